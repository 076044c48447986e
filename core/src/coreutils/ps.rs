//! `ps`: the processes of this pid namespace. busybox has `-o`; procps has `-e`, `-f`, `aux`, `-p`, `-o` …
//!
//! Exit status: 0, or 1 for a mistake in the command line or where no process is shown.

use crate::base::Order;
use super::accounts::Accounts;
use super::when;
use crate::kernel::{Applet, Flavor, Process, Run, Stop, Sys};

/// `ps`.
pub const APPLETS: &[Applet] = &[Applet::main("ps", main)];

/// A process as a row of facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number in this namespace.
    pub pid: u32,
    /// Its parent's number here; 0 where the parent is outside.
    pub ppid: u32,
    /// Its group's number here.
    pub pgid: u32,
    /// Its user.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// The state letter.
    pub state: char,
    /// Its name.
    pub comm: String,
    /// Its command line; the name in brackets where there is none.
    pub args: String,
    /// Seconds since it started.
    pub elapsed: i64,
    /// When it started.
    pub started: crate::base::Time,
    /// Seconds of processor time.
    pub cpu: u64,
    /// It has a terminal.
    pub tty: bool,
}

/// The processes of this namespace in order of their numbers.
pub fn rows(sys: &Sys<'_>) -> Vec<Row> {
    let Some(space) = sys
        .me()
        .ok()
        .and_then(|me| sys.kernel().namespace(me.ns))
        .and_then(|ns| sys.kernel().pid_space(ns.pids))
    else {
        return vec![];
    };
    let here = |pid| space.members.iter().find(|(_, p)| **p == pid).map_or(0, |(v, _)| *v);
    let row = |(vpid, pid): (&u32, &crate::kernel::Pid)| {
        let p: &Process = sys.kernel().process(*pid)?;
        let zombie = matches!(p.run, Run::Zombie(_));
        let mut args = p.argv.join(" ");
        if zombie {
            args = format!("[{}] <defunct>", p.comm);
        } else if args.is_empty() {
            args = format!("[{}]", p.comm);
        }
        Some(Row {
            pid: *vpid,
            ppid: here(p.parent),
            pgid: here(p.group),
            uid: p.cred.uid,
            gid: p.cred.gid,
            state: match p.run {
                _ if *pid == sys.pid() => 'R',
                Run::Ready => 'R',
                Run::Waiting(_) => 'S',
                Run::Stopped => 'T',
                Run::Zombie(_) => 'Z',
            },
            comm: p.comm.clone(),
            args,
            elapsed: (sys.now() - p.started).0 / 1_000_000_000,
            started: p.started,
            cpu: p.cpu_micros / 1_000_000,
            tty: sys.kernel().namespace(p.ns).is_some_and(|ns| ns.tty.is_some()),
        })
    };
    space.members.iter().filter_map(row).collect()
}

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    match sys.flavor() {
        Flavor::Busybox => busybox(sys),
        Flavor::Gnu => procps(sys),
    }
}

fn busybox(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    const SPEC: super::opts::Spec =
        super::opts::Spec::new("o:aAdefTlw", &[], "[-o COL1,COL2=HEADER]", "Print the processes.").missing("Tl");
    let options = super::opts::parse(sys, &SPEC)?;
    let asked: Vec<String> = options.values('o').map(String::from).collect();
    let columns = if asked.is_empty() { "pid,user,time,args".to_string() } else { asked.join(",") };
    let columns: Vec<&str> = columns.split(',').collect();
    let plain = asked.is_empty();
    let known = |c: &&str| KNOWN.iter().any(|k| k.0 == c.split('=').next().unwrap_or(""));
    if let Some(bad) = columns.iter().find(|c| !known(c)) {
        let names: Vec<&str> = KNOWN.iter().map(|k| k.0).collect();
        sys.complain(&format!("bad -o argument '{bad}', supported arguments: {}", names.join(",")));
        return Ok(1);
    }
    let accounts = Accounts::read(sys);
    let rows = rows(sys);
    let width = |name: &str| match name {
        "user" | "group" | "ruser" | "rgroup" => 8,
        "comm" => 16,
        "args" => 27,
        "tty" => 6,
        "etime" => 7,
        _ => 5,
    };
    let mut text = String::new();
    let mut line = |cells: Vec<(String, usize)>| {
        let last = cells.len();
        let cells: Vec<String> = cells
            .into_iter()
            .enumerate()
            .map(|(i, (cell, w))| if i + 1 == last { cell } else { format!("{cell:<w$}") })
            .collect();
        text.push_str(&cells.join(" "));
        text.push('\n');
    };
    let head = |c: &&str| {
        let (name, title) = c.split_once('=').unwrap_or((c, ""));
        let usual = KNOWN.iter().find(|k| k.0 == name).map_or("", |k| k.1);
        (if title.is_empty() { usual.to_string() } else { title.to_string() }, width(name))
    };
    line(columns.iter().map(head).collect());
    for row in &rows {
        let cell = |c: &&str| {
            let name = c.split('=').next().unwrap_or("");
            let text = match name {
                "pid" | "ppid" | "pgid" if plain => format!("{:>5}", value(row, name, &accounts, false)),
                "time" => format!("{:>3}:{:02}", row.cpu / 60, row.cpu % 60),
                "etime" => format!("{}:{:02}", row.elapsed / 60, row.elapsed % 60),
                "comm" => row.comm.chars().take(15).collect(),
                _ => value(row, name, &accounts, false),
            };
            let text = match name {
                "user" | "group" => text.chars().take(8).collect(),
                "pid" | "ppid" | "pgid" => format!("{text:>5}"),
                _ => text,
            };
            (text, width(name))
        };
        line(columns.iter().map(cell).collect());
    }
    sys.print(&text);
    Ok(0)
}

/// Columns by their name, heading, and whether procps sets them to the right.
const KNOWN: &[(&str, &str, bool)] = &[
    ("user", "USER", false),
    ("group", "GROUP", false),
    ("comm", "COMMAND", false),
    ("args", "COMMAND", false),
    ("pid", "PID", true),
    ("ppid", "PPID", true),
    ("pgid", "PGID", true),
    ("etime", "ELAPSED", true),
    ("nice", "NI", true),
    ("rgroup", "RGROUP", false),
    ("ruser", "RUSER", false),
    ("time", "TIME", true),
    ("tty", "TT", false),
    ("vsz", "VSZ", true),
    ("sid", "SID", true),
    ("stat", "STAT", false),
    ("rss", "RSS", true),
];

/// A column of a row.
fn value(row: &Row, name: &str, accounts: &Accounts, gnu: bool) -> String {
    match name {
        "pid" => row.pid.to_string(),
        "ppid" => row.ppid.to_string(),
        "pgid" | "pgrp" | "sid" | "sess" => row.pgid.to_string(),
        "user" | "euser" | "ruser" | "uname" => accounts.user_text(row.uid),
        "group" | "egroup" | "rgroup" => accounts.group_text(row.gid),
        "uid" | "euid" | "ruid" => row.uid.to_string(),
        "gid" | "egid" => row.gid.to_string(),
        "comm" | "ucmd" | "ucomm" => row.comm.chars().take(15).collect(),
        "args" | "cmd" | "command" => row.args.clone(),
        "stat" | "state" | "s" => match row.state {
            state if name == "stat" && row.pid == 1 && gnu => format!("{state}s"),
            'R' if name == "stat" && gnu => "R+".into(),
            state => state.to_string(),
        },
        "time" | "cputime" => format!("{:02}:{:02}:{:02}", row.cpu / 3600, row.cpu / 60 % 60, row.cpu % 60),
        "etime" => {
            let (h, m, s) = (row.elapsed / 3600, row.elapsed / 60 % 60, row.elapsed % 60);
            if h > 0 { format!("{h:02}:{m:02}:{s:02}") } else { format!("{m:02}:{s:02}") }
        }
        "etimes" => row.elapsed.to_string(),
        "lstart" => when::format("%a %b %e %H:%M:%S %Y", row.started),
        "start" | "stime" | "bsdstart" => when::format("%H:%M", row.started),
        "tty" | "tt" | "tname" => if row.tty { "pts/0" } else { "?" }.into(),
        "ni" | "nice" => "0".into(),
        "pri" => "19".into(),
        "pcpu" | "%cpu" | "pmem" | "%mem" | "c" => if name == "c" { "0" } else { "0.0" }.into(),
        "vsz" | "vsize" => "4348".into(),
        "rss" | "rssize" => "1024".into(),
        "wchan" => "-".into(),
        _ => String::new(),
    }
}

/// Heading and width of procps' columns.
fn procps_column(name: &str) -> Option<(&'static str, usize, bool)> {
    Some(match name {
        "pid" => ("PID", 7, true),
        "ppid" => ("PPID", 7, true),
        "pgid" | "pgrp" => ("PGID", 7, true),
        "sid" | "sess" => ("SID", 7, true),
        "user" | "euser" | "uname" => ("USER", 8, false),
        "ruser" => ("RUSER", 8, false),
        "group" | "egroup" => ("GROUP", 8, false),
        "uid" | "euid" => ("UID", 5, true),
        "gid" | "egid" => ("GID", 5, true),
        "comm" | "ucmd" | "ucomm" => ("COMMAND", 15, false),
        "args" | "command" => ("COMMAND", 27, false),
        "cmd" => ("CMD", 27, false),
        "stat" => ("STAT", 4, false),
        "state" | "s" => ("S", 1, false),
        "time" | "cputime" => ("TIME", 8, true),
        "etime" => ("ELAPSED", 11, true),
        "etimes" => ("ELAPSED", 7, true),
        "lstart" => ("STARTED", 24, true),
        "start" | "stime" | "bsdstart" => ("STIME", 5, true),
        "tty" | "tt" | "tname" => ("TT", 8, false),
        "ni" | "nice" => ("NI", 3, true),
        "pri" => ("PRI", 3, true),
        "pcpu" | "%cpu" => ("%CPU", 4, true),
        "pmem" | "%mem" => ("%MEM", 4, true),
        "c" => ("C", 2, true),
        "vsz" | "vsize" => ("VSZ", 6, true),
        "rss" | "rssize" => ("RSS", 5, true),
        _ => return None,
    })
}

/// What procps was asked for.
#[derive(Default)]
struct Wish {
    all: bool,
    columns: Vec<(String, Option<String>)>,
    headings: bool,
    pids: Vec<u32>,
    users: Vec<String>,
    commands: Vec<String>,
    sort: Option<String>,
}

fn procps(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let wish = match wish(&sys.args()) {
        Ok(wish) => wish,
        Err(text) => {
            sys.eprint(&format!("error: {text}\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n"));
            return Ok(1);
        }
    };
    let accounts = Accounts::read(sys);
    let my_group = sys.me().ok().and_then(|me| sys.kernel().process(me.group).map(|g| g.vpid)).unwrap_or(0);
    let selective = !wish.pids.is_empty() || !wish.users.is_empty() || !wish.commands.is_empty();
    let shown = |row: &Row| {
        if selective {
            return wish.pids.contains(&row.pid)
                || wish.users.contains(&accounts.user_text(row.uid))
                || wish.commands.contains(&row.comm);
        }
        wish.all || row.tty || row.pgid == my_group || row.pid == sys.vpid() || row.pid == 1
    };
    let mut rows: Vec<Row> = rows(sys).into_iter().filter(shown).collect();
    if let Some(key) = &wish.sort {
        let name = key.trim_start_matches(['-', '+']).to_string();
        rows.order_by_key(|r| {
            let text = value(r, &name, &accounts, true);
            (text.parse::<u64>().unwrap_or(0), text)
        });
        if key.starts_with('-') {
            rows.reverse();
        }
    }
    let text = table(&wish, &rows, &accounts);
    sys.print(&text);
    Ok(i32::from(rows.is_empty()))
}

fn table(wish: &Wish, rows: &[Row], accounts: &Accounts) -> String {
    let mut text = String::new();
    let facts: Vec<(&str, String, usize, bool)> = wish
        .columns
        .iter()
        .filter_map(|(name, title)| {
            let (heading, width, right) = procps_column(name)?;
            let heading = title.clone().unwrap_or(heading.to_string());
            Some((name.as_str(), heading.clone(), width.max(heading.len()), right))
        })
        .collect();
    let mut line = |cells: Vec<String>| {
        let last = cells.len();
        let cells = cells.iter().zip(&facts).enumerate().map(|(i, (cell, (_, _, width, right)))| match right {
            true => format!("{cell:>width$}"),
            false if i + 1 == last => cell.clone(),
            false => format!("{cell:<width$}"),
        });
        text.push_str(&cells.collect::<Vec<_>>().join(" "));
        text.push('\n');
    };
    if wish.headings && facts.iter().any(|f| !f.1.is_empty()) {
        line(facts.iter().map(|f| f.1.clone()).collect());
    }
    for row in rows {
        line(facts.iter().map(|f| value(row, f.0, accounts, true)).collect());
    }
    text
}

fn wish(args: &[String]) -> Result<Wish, String> {
    let mut wish = Wish { headings: true, ..Wish::default() };
    let mut style = "plain";
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        if let Some(long) = arg.strip_prefix("--") {
            match long.split_once('=').unwrap_or((long, "")) {
                ("no-headers" | "no-heading" | "noheaders", _) => wish.headings = false,
                ("forest", _) => return Err("the option --forest is not simulated by Drydock".into()),
                ("sort", key) => wish.sort = Some(key.split(',').next().unwrap_or("").to_string()),
                ("pid", list) => wish.pids.extend(list.split(',').filter_map(|p| p.parse::<u32>().ok())),
                ("ppid" | "user" | "format", _) | (_, _) => return Err("unknown gnu long option".into()),
            }
            continue;
        }
        let (dashed, letters) = match arg.strip_prefix('-') {
            Some(letters) => (true, letters),
            None => (false, arg.as_str()),
        };
        if !dashed && letters.bytes().all(|b| b.is_ascii_digit()) {
            wish.pids.extend(letters.parse::<u32>().ok());
            continue;
        }
        for (at, letter) in letters.char_indices() {
            let mut argument = || {
                let glued = &letters[at + letter.len_utf8()..];
                if glued.is_empty() { rest.next().cloned().unwrap_or_default() } else { glued.to_string() }
            };
            match letter {
                'o' | 'O' => {
                    columns(&mut wish, &argument())?;
                    style = "own";
                    break;
                }
                'p' => {
                    let list = argument();
                    wish.pids.extend(list.split([',', ' ']).filter_map(|p| p.parse::<u32>().ok()));
                    break;
                }
                'C' if dashed => {
                    wish.commands.extend(argument().split(',').map(String::from));
                    break;
                }
                'u' | 'U' if dashed => {
                    wish.users.extend(argument().split(',').map(String::from));
                    break;
                }
                'e' | 'A' if dashed => wish.all = true,
                'f' => style = if dashed { "full" } else { style },
                'F' => style = "full",
                'a' | 'x' | 'd' | 'g' => wish.all = true,
                'u' => style = "user",
                'w' | 'h' | 'c' | 'n' | 'H' => {}
                'l' | 'j' | 'L' | 'T' | 'M' | 'Z' | 's' | 'v' | 't' => {
                    return Err(format!("the option {letter} is not simulated by Drydock"));
                }
                _ => return Err("unsupported option".to_string()),
            }
        }
    }
    if wish.columns.is_empty() {
        for part in usual_columns(style).split(',') {
            columns(&mut wish, part)?;
        }
    }
    Ok(wish)
}

fn usual_columns(style: &str) -> &'static str {
    match style {
        "full" => "user=UID,pid,ppid,c,stime,tty=TTY,time,cmd",
        "user" => "user,pid,%cpu,%mem,vsz,rss,tty=TTY,stat,start=START,time,args",
        _ => "pid,tty=TTY,time,comm=CMD",
    }
}

fn columns(wish: &mut Wish, list: &str) -> Result<(), String> {
    let mut rest = list;
    while !rest.is_empty() {
        let end = rest.find([',', '=', ' ']).unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        if procps_column(&name).is_none() {
            return Err(format!("unknown user-defined format specifier \"{name}\""));
        }
        rest = &rest[end..];
        // A heading takes the rest of its word; `-o pid=` has none.
        let title = rest.strip_prefix('=').map(|t| t.split(',').next().unwrap_or("").to_string());
        if let Some(title) = &title {
            rest = &rest[1 + title.len()..];
        }
        rest = rest.trim_start_matches([',', ' ']);
        wish.columns.push((name, title));
    }
    Ok(())
}
