//! `top`: the processes of a container as the host's `ps` lists them.

use super::{emit, not_running, spawn};
use crate::base::passwd::{self, Group, User};
use crate::base::time_format::rfc3339;
use crate::base::{ObjectId, Time};
use crate::kernel::{NsId, Process, Run};
use crate::model::{EngineError, Status, World};
use serde::Serialize;

/// A listing of processes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Top {
    /// Cells by process.
    pub processes: Vec<Vec<String>>,
    /// Headers.
    pub titles: Vec<String>,
}

/// The columns there are: the names `ps -o` knows them by, and the header.
const COLUMNS: &[(&str, &str)] = &[
    ("pid", "PID"),
    ("ppid", "PPID"),
    ("pgid", "PGID"),
    ("pgrp", "PGRP"),
    ("user", "USER"),
    ("euser", "EUSER"),
    ("ruser", "RUSER"),
    ("uname", "USER"),
    ("uid", "UID"),
    ("euid", "EUID"),
    ("ruid", "RUID"),
    ("gid", "GID"),
    ("egid", "EGID"),
    ("group", "GROUP"),
    ("comm", "COMMAND"),
    ("ucmd", "CMD"),
    ("args", "COMMAND"),
    ("command", "COMMAND"),
    ("cmd", "CMD"),
    ("etime", "ELAPSED"),
    ("etimes", "ELAPSED"),
    ("time", "TIME"),
    ("cputime", "TIME"),
    ("tty", "TT"),
    ("tt", "TT"),
    ("tname", "TTY"),
    ("stat", "STAT"),
    ("state", "S"),
    ("s", "S"),
    ("c", "C"),
    ("pcpu", "%CPU"),
    ("%cpu", "%CPU"),
    ("pmem", "%MEM"),
    ("%mem", "%MEM"),
    ("rss", "RSS"),
    ("vsz", "VSZ"),
    ("nlwp", "NLWP"),
    ("ni", "NI"),
    ("nice", "NI"),
    ("pri", "PRI"),
    ("stime", "STIME"),
    ("start", "STARTED"),
    ("bsdstart", "START"),
    ("bsdtime", "TIME"),
];

/// Lists the processes of a container with these options of `ps`; `-ef` where there are none.
///
/// # Errors
/// Not found; conflict where it does not run; options that `ps` or Docker cannot take.
pub fn top(world: &mut World, id: ObjectId, options: &[String]) -> Result<Top, EngineError> {
    let container =
        world.container(id).ok_or_else(|| EngineError::not_found(format!("No such container: {id}")))?;
    if container.status == Status::Restarting {
        return Err(EngineError::conflict(format!(
            "Container {id} is restarting, wait until the container is running"
        )));
    }
    let runtime = container.runtime.clone().ok_or_else(|| not_running(container))?;
    let columns = columns(options)?;
    let titles: Vec<String> = columns.iter().map(|(_, title)| title.clone()).collect();
    if !titles.iter().any(|t| t == "PID") {
        return Err(EngineError::system("Couldn't find PID field in ps output"));
    }
    let host = world.host.ns;
    let host = Host {
        users: passwd::parse_passwd(&spawn::read_text(&world.kernel, host, "/etc/passwd")),
        groups: passwd::parse_group(&spawn::read_text(&world.kernel, host, "/etc/group")),
        now: world.now(),
        tty: has_tty(world, runtime.ns),
    };
    let cells = |p: &Process| columns.iter().map(|(name, _)| host.cell(name, p)).collect();
    let processes = world.kernel.processes_of(runtime.ns).map(cells).collect();
    emit(world, id, "top", &[]);
    Ok(Top { processes, titles })
}

fn has_tty(world: &World, ns: NsId) -> bool {
    world.kernel.namespace(ns).is_some_and(|ns| ns.tty.is_some())
}

/// Names and headers of the columns that options of `ps` ask for.
fn columns(options: &[String]) -> Result<Vec<(&'static str, String)>, EngineError> {
    let text = options.join(" ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut listed: Vec<String> = vec![];
    let mut letters = String::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if let Some(list) = word.strip_prefix("--format=") {
            listed.push(list.into());
            continue;
        }
        let flags = word.trim_start_matches('-');
        match flags.split_once(['o', 'O']) {
            Some((before, list)) => {
                letters.push_str(before);
                let list = if list.is_empty() { rest.next().copied().unwrap_or_default() } else { list };
                listed.push(list.into());
            }
            None => letters.push_str(flags),
        }
    }
    if let Some(odd) = letters.chars().find(|c| !"aAefFguxwlTHm".contains(*c)) {
        return Err(EngineError::not_simulated(&format!("the option {odd} of ps")));
    }
    if !listed.is_empty() {
        return chosen(&listed);
    }
    let names: &[(&'static str, &str)] = if text.is_empty() || letters.contains(['f', 'F']) {
        &[
            ("user", "UID"),
            ("pid", "PID"),
            ("ppid", "PPID"),
            ("c", "C"),
            ("stime", "STIME"),
            ("tname", "TTY"),
            ("time", "TIME"),
            ("args", "CMD"),
        ]
    } else if letters.contains('u') {
        &[
            ("user", "USER"),
            ("pid", "PID"),
            ("pcpu", "%CPU"),
            ("pmem", "%MEM"),
            ("vsz", "VSZ"),
            ("rss", "RSS"),
            ("tname", "TTY"),
            ("stat", "STAT"),
            ("stime", "START"),
            ("bsdtime", "TIME"),
            ("args", "COMMAND"),
        ]
    } else if letters.contains('x') {
        &[("pid", "PID"), ("tname", "TTY"), ("stat", "STAT"), ("bsdtime", "TIME"), ("args", "COMMAND")]
    } else {
        &[("pid", "PID"), ("tname", "TTY"), ("time", "TIME"), ("comm", "CMD")]
    };
    Ok(names.iter().map(|(name, title)| (*name, (*title).to_string())).collect())
}

/// The columns of `-o`: names separated by commas, each perhaps with a header after `=`.
fn chosen(lists: &[String]) -> Result<Vec<(&'static str, String)>, EngineError> {
    let mut all = vec![];
    for item in lists.iter().flat_map(|list| list.split(',')) {
        let (name, title) = item.split_once('=').map_or((item, None), |(n, t)| (n, Some(t)));
        let known = COLUMNS.iter().find(|(known, _)| *known == name.to_lowercase());
        let (name, usual) = known.ok_or_else(|| {
            EngineError::system(format!("ps: error: unknown user-defined format specifier \"{name}\""))
        })?;
        all.push((*name, title.unwrap_or(usual).to_string()));
    }
    Ok(all)
}

/// What the host knows of users, and of the moment.
struct Host {
    users: Vec<User>,
    groups: Vec<Group>,
    now: Time,
    tty: bool,
}

impl Host {
    fn cell(&self, name: &str, p: &Process) -> String {
        let zombie = matches!(p.run, Run::Zombie(_));
        let elapsed = (self.now - p.started).0.max(0) / 1_000_000_000;
        let cpu = p.cpu_micros / 1_000_000;
        match name {
            "pid" => p.pid.0.to_string(),
            // What the daemon starts is a child of init as far as the host is concerned.
            "ppid" => p.parent.0.max(1).to_string(),
            "pgid" | "pgrp" => p.group.0.to_string(),
            "user" | "euser" | "ruser" | "uname" => {
                let user = self.users.iter().find(|u| u.uid == p.cred.uid);
                user.map_or_else(|| p.cred.uid.to_string(), |u| u.name.clone())
            }
            "uid" | "euid" | "ruid" => p.cred.uid.to_string(),
            "gid" | "egid" => p.cred.gid.to_string(),
            "group" => {
                let group = self.groups.iter().find(|g| g.gid == p.cred.gid);
                group.map_or_else(|| p.cred.gid.to_string(), |g| g.name.clone())
            }
            "comm" | "ucmd" if zombie => format!("{} <defunct>", p.comm),
            "comm" | "ucmd" => p.comm.clone(),
            "args" | "command" | "cmd" if zombie => format!("[{}] <defunct>", p.comm),
            "args" | "command" | "cmd" => p.argv.join(" "),
            "etime" => clock(elapsed, false),
            "etimes" => elapsed.to_string(),
            "time" | "cputime" => clock(i64::try_from(cpu).unwrap_or(i64::MAX), true),
            "bsdtime" => format!("{}:{:02}", cpu / 60, cpu % 60),
            "tty" | "tt" | "tname" => if self.tty { "pts/0" } else { "?" }.to_string(),
            "stat" | "state" | "s" => match p.run {
                Run::Ready => "R",
                Run::Waiting(_) => "S",
                Run::Stopped => "T",
                Run::Zombie(_) => "Z",
            }
            .to_string(),
            "pcpu" | "%cpu" | "pmem" | "%mem" => "0.0".into(),
            "rss" | "vsz" => ((crate::kernel::PROCESS_BYTES + p.memory) / 1024).to_string(),
            "nlwp" => "1".into(),
            "pri" => "19".into(),
            "stime" | "bsdstart" => self.start_of(p.started, 5),
            "start" => self.start_of(p.started, 8),
            _ => "0".into(),
        }
    }

    /// The clock for what started today, the day for the rest.
    fn start_of(&self, started: Time, digits: usize) -> String {
        let text = rfc3339(started);
        if rfc3339(self.now).get(..10) == text.get(..10) {
            return text.get(11..11 + digits).unwrap_or_default().to_string();
        }
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let month: usize = text.get(5..7).and_then(|m| m.parse().ok()).unwrap_or(1);
        let month = MONTHS.get(month.saturating_sub(1)).copied().unwrap_or_default();
        format!("{month}{}", text.get(8..10).unwrap_or_default())
    }
}

/// `[DD-]HH:MM:SS`; short spans leave the hours out unless `whole`.
fn clock(seconds: i64, whole: bool) -> String {
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let rest = format!("{:02}:{:02}", seconds / 60 % 60, seconds % 60);
    match (days, hours) {
        (0, 0) if !whole => rest,
        (0, _) => format!("{hours:02}:{rest}"),
        _ => format!("{days}-{hours:02}:{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_ps() {
        let titles = |options: &[&str]| {
            let options: Vec<String> = options.iter().map(|o| (*o).to_string()).collect();
            columns(&options).map(|c| c.into_iter().map(|(_, t)| t).collect::<Vec<_>>().join(" "))
        };
        for (options, want) in [
            (&[][..], "UID PID PPID C STIME TTY TIME CMD"),
            (&["-ef"], "UID PID PPID C STIME TTY TIME CMD"),
            (&["aux"], "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND"),
            (&["-o", "pid,args"], "PID COMMAND"),
            (&["-eo", "pid,cmd"], "PID CMD"),
            (&["-o", "pid=Number,comm"], "Number COMMAND"),
            (&["-e"], "PID TTY TIME CMD"),
        ] {
            assert_eq!(titles(options).as_deref(), Ok(want), "{options:?}");
        }
        assert!(titles(&["-o", "bogus"]).is_err() && titles(&["-Z"]).is_err());
    }
}
