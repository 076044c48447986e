//! `kill [-s SIGNAL | -SIGNAL] PID…`, `kill -l`, `killall NAME…`, `pkill`, `pgrep [-lafxnov] PATTERN`, `pidof
//! NAME…`: find processes of this pid namespace and send them signals.
//!
//! Exit status: 0 where something was found and signalled, else 1.

use super::accounts::Accounts;
use super::opts::{Options, Spec, parse, parse_args, usage_error};
use super::ps::{Row, rows};
use crate::base::Errno;
use crate::kernel::{Applet, Flavor, Signal, Stop, Sys};

/// `kill`, `killall`, `pgrep`, `pidof` and `pkill`.
pub const APPLETS: &[Applet] = &[
    Applet::main("kill", kill),
    Applet::main("killall", killall),
    Applet::main("pgrep", |sys| search(sys, false)),
    Applet::main("pidof", pidof),
    Applet::main("pkill", |sys| search(sys, true)),
];

// Names are never cut short, so matching them whole (`-e`) is all there is.
const KILLALL: Spec =
    Spec::new("lqs:eiw", &[("quiet", 'q'), ("signal=", 's')], "[-lq] [-SIG] PROCESS_NAME...", "Send a signal to processes by name.")
        .missing("iw")
        .moot("e");
const SEARCH: Spec = Spec::new(
    "flanovxqcu:P:s:e",
    &[("full", 'f'), ("list-name", 'l'), ("list-full", 'a'), ("signal=", 's'), ("count", 'c'), ("exact", 'x'), ("newest", 'n'), ("oldest", 'o'), ("inverse", 'v'), ("parent=", 'P'), ("uid=", 'u')],
    "[-flanovx] [-s SIG] [-P PPID] PATTERN",
    "Find processes whose name (with -f command line) matches PATTERN.",
)
.missing("q")
.trouble(2);
// Scripts are found by their names as programs are (`-x`).
const PIDOF: Spec = Spec::new("so:x", &[], "[-s] [-o PID] NAME...", "Print the numbers of processes by name.").moot("x");

/// Takes `-9`, `-TERM`, `-SIGTERM` out of the arguments.
fn take_signal(args: &mut Vec<String>, letters: &str) -> Option<Signal> {
    let named = |a: &String| {
        let text = a.strip_prefix('-').filter(|t| !t.is_empty() && !t.starts_with('-'))?;
        let option = text.len() == 1 && letters.contains(text) || text.starts_with('s') || text.starts_with('l');
        if option { None } else { Signal::parse(text) }
    };
    let at = args.iter().position(|a| named(a).is_some())?;
    named(&args.remove(at))
}

fn kill(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let mut args = sys.args();
    let gnu = sys.flavor() == Flavor::Gnu;
    if args.first().is_some_and(|a| a == "-l" || a == "-L" || a == "--list") {
        return list(sys, &args[1..]);
    }
    let mut signal = Signal::TERM;
    let mut zero = false;
    if let Some(first) = args.first().filter(|a| a.starts_with('-') && a.len() > 1).cloned() {
        args.remove(0);
        let name = match first.as_str() {
            "-s" | "--signal" | "-n" if !args.is_empty() => args.remove(0),
            "--" => "TERM".into(),
            other => other.trim_start_matches('-').to_string(),
        };
        zero = name == "0";
        match Signal::parse(&name) {
            Some(found) => signal = found,
            None if zero => {}
            None => {
                let text = if gnu { format!("unknown signal name {name}") } else { format!("bad signal name '{name}'") };
                sys.complain(&text);
                return Ok(1);
            }
        }
    }
    if args.is_empty() {
        sys.complain(if gnu { "not enough arguments" } else { "you need to specify whom to kill" });
        return Ok(1);
    }
    let mut code = 0;
    for text in &args {
        let Ok(number) = text.parse::<i64>() else {
            let text = if gnu { format!("failed to parse argument: '{text}'") } else { format!("invalid number '{text}'") };
            sys.complain(&text);
            code = 1;
            continue;
        };
        let sent = if zero { exists(sys, number) } else { send(sys, number, signal) };
        if let Err(e) = sent {
            let text = if gnu { format!("sending signal to {number} failed: {e}") } else { format!("can't kill pid {number}: {e}") };
            sys.complain(&text);
            code = 1;
        }
    }
    Ok(code)
}

fn exists(sys: &Sys<'_>, number: i64) -> Result<(), Errno> {
    u32::try_from(number).ok().and_then(|n| sys.find_vpid(n)).map(|_| ()).ok_or(Errno::ESRCH)
}

/// Sends to a process, to a group (negative), or to all but 1 and this one (-1).
fn send(sys: &mut Sys<'_>, number: i64, signal: Signal) -> Result<(), Errno> {
    let targets: Vec<u32> = match number {
        1.. => vec![u32::try_from(number).map_err(|_| Errno::ESRCH)?],
        -1 => {
            let me = sys.vpid();
            rows(sys).iter().map(|r| r.pid).filter(|p| *p != 1 && *p != me).collect()
        }
        _ => {
            let mine = sys.me()?.group;
            let group = if number == 0 { sys.vpid_of(mine) } else { number.unsigned_abs() as u32 };
            rows(sys).iter().filter(|r| r.pgid == group).map(|r| r.pid).collect()
        }
    };
    if targets.is_empty() {
        return Err(Errno::ESRCH);
    }
    for vpid in targets {
        let pid = sys.find_vpid(vpid).ok_or(Errno::ESRCH)?;
        sys.kill(pid, signal)?;
    }
    Ok(())
}

fn list(sys: &mut Sys<'_>, args: &[String]) -> Result<i32, Stop> {
    let all: Vec<Signal> = (1..=31).filter_map(Signal::from_number).collect();
    if args.is_empty() {
        let text = match sys.flavor() {
            Flavor::Gnu => all.iter().map(|s| s.name()).collect::<Vec<_>>().join(" ") + "\n",
            Flavor::Busybox => all.iter().map(|s| format!("{:>2}) {}\n", s.number(), s.name())).collect(),
        };
        sys.print(&text);
        return Ok(0);
    }
    for text in args {
        // 137 is the status of a process that signal 9 ended.
        let number = text.parse::<i64>().ok().map(|n| if n > 128 { n - 128 } else { n });
        match (number.and_then(Signal::from_number), Signal::parse(text)) {
            (Some(signal), _) => sys.print(&format!("{}\n", signal.name())),
            (None, Some(signal)) => sys.print(&format!("{}\n", signal.number())),
            (None, None) => {
                sys.complain(&format!("unknown signal name {text}"));
                return Ok(1);
            }
        }
    }
    Ok(0)
}

fn signal_of(sys: &mut Sys<'_>, taken: Option<Signal>, options: &Options) -> Result<Signal, Stop> {
    match options.value('s').map(|name| (name.to_string(), Signal::parse(name))) {
        None => Ok(taken.unwrap_or(Signal::TERM)),
        Some((_, Some(signal))) => Ok(signal),
        Some((name, None)) => {
            sys.complain(&format!("bad signal name '{name}'"));
            Err(Stop::Exit(1))
        }
    }
}

/// The process's name, also where its program runs under an interpreter of that name.
fn is_called(row: &Row, name: &str) -> bool {
    let first = row.args.split(' ').next().unwrap_or("");
    row.comm == name || first == name || first.rsplit('/').next() == Some(name)
}

fn killall(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let mut args = sys.args();
    let taken = take_signal(&mut args, "lqeiw");
    let options = parse_args(sys, &KILLALL, &args)?;
    if options.has('l') {
        return list(sys, &options.operands);
    }
    if options.operands.is_empty() {
        return Err(usage_error(sys, &KILLALL, ""));
    }
    let signal = signal_of(sys, taken, &options)?;
    let me = sys.vpid();
    let mut code = 0;
    for name in &options.operands {
        let found: Vec<u32> =
            rows(sys).iter().filter(|r| r.pid != me && is_called(r, name)).map(|r| r.pid).collect();
        if found.is_empty() {
            code = 1;
            if !options.has('q') {
                match sys.flavor() {
                    Flavor::Gnu => sys.eprint(&format!("{name}: no process found\n")),
                    Flavor::Busybox => sys.complain(&format!("{name}: no process killed")),
                }
            }
        }
        for pid in found {
            if let Err(e) = send(sys, i64::from(pid), signal) {
                let text = if sys.flavor() == Flavor::Gnu { format!("{name}({pid}): {e}") } else { format!("can't kill pid {pid}: {e}") };
                sys.complain(&text);
                code = 1;
            }
        }
    }
    Ok(code)
}

fn search(sys: &mut Sys<'_>, kills: bool) -> Result<i32, Stop> {
    let mut args = sys.args();
    let taken = if kills { take_signal(&mut args, "flanovxqcuPse") } else { None };
    let options = parse_args(sys, &SEARCH, &args)?;
    let pattern = options.operands.first().cloned();
    if pattern.is_none() && !options.has('u') && !options.has('P') {
        if sys.flavor() == Flavor::Gnu {
            let name = sys.name();
            sys.complain("no matching criteria specified");
            sys.eprint(&format!("Try `{name} --help' for more information.\n"));
            return Ok(2);
        }
        return Err(usage_error(sys, &SEARCH, ""));
    }
    let text = pattern.unwrap_or_default();
    let anchored = if options.has('x') { format!("^(?:{text})$") } else { text.clone() };
    let Ok(regex) = regex_lite::Regex::new(&anchored) else {
        sys.complain(&format!("bad regex '{text}'"));
        return Ok(2);
    };
    let signal = signal_of(sys, taken, &options)?;
    let accounts = Accounts::read(sys);
    let me = sys.vpid();
    let fits = |row: &Row| {
        let subject = if options.has('f') { &row.args } else { &row.comm };
        let user = options.value('u').is_none_or(|u| {
            u.split(',').any(|u| accounts.user_text(row.uid) == u || row.uid.to_string() == u)
        });
        let parent = options.value('P').is_none_or(|p| p.split(',').any(|p| row.ppid.to_string() == p));
        row.pid != me && row.state != 'Z' && user && parent && (regex.is_match(subject) != options.has('v'))
    };
    let mut found: Vec<Row> = rows(sys).into_iter().filter(fits).collect();
    match options.last_of("no") {
        Some('n') => drop(found.drain(..found.len().saturating_sub(1))),
        Some(_) => found.truncate(1),
        None => {}
    }
    if options.has('c') && !kills {
        sys.print(&format!("{}\n", found.len()));
        return Ok(i32::from(found.is_empty()));
    }
    let mut code = i32::from(found.is_empty());
    for row in &found {
        if kills {
            if let Err(e) = send(sys, i64::from(row.pid), signal) {
                sys.complain(&format!("killing pid {} failed: {e}", row.pid));
                code = 1;
            } else if options.has('e') {
                sys.print(&format!("{} killed (pid {})\n", row.comm, row.pid));
            }
        } else {
            let line = match options.last_of("la") {
                Some('l') => format!("{} {}\n", row.pid, row.comm),
                Some(_) => format!("{} {}\n", row.pid, row.args),
                None => format!("{}\n", row.pid),
            };
            sys.print(&line);
        }
    }
    Ok(code)
}

fn pidof(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &PIDOF)?;
    let me = sys.vpid();
    let omitted: Vec<&str> = options.values('o').collect();
    let mut found: Vec<u32> = rows(sys)
        .iter()
        .filter(|r| r.pid != me && options.operands.iter().any(|name| is_called(r, name)))
        .map(|r| r.pid)
        .filter(|pid| !omitted.contains(&pid.to_string().as_str()))
        .collect();
    found.reverse();
    if options.has('s') {
        found.truncate(1);
    }
    if found.is_empty() {
        return Ok(1);
    }
    let text: Vec<String> = found.iter().map(u32::to_string).collect();
    sys.print(&format!("{}\n", text.join(" ")));
    Ok(0)
}
