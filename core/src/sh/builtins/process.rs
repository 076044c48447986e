//! Builtins about processes: `jobs`, `kill`, `trap`, `wait`, `fg`, `bg`, `disown`.

use super::super::machine::{Call, Doing, Shell, Turn};
use super::super::quote;
use super::super::voice::Voice;
use super::Done;
use crate::base::Errno;
use crate::kernel::{Signal, Sys};

pub fn jobs(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let (mut pids_only, mut with_pids, mut only) = (false, false, None);
    for arg in call.args.iter().skip(1).cloned().collect::<Vec<_>>() {
        match arg.as_str() {
            "-p" => pids_only = true,
            "-l" => with_pids = true,
            // Every job that is listed is new or running.
            "-n" | "-r" if shell.voice == Voice::Bash => {}
            "-x" | "-s" if shell.voice == Voice::Bash => {
                shell.complain_as(sys, "jobs", &format!("{arg}: this option is not simulated by Drydock"));
                return Ok(Done::Status(2));
            }
            option if option.starts_with('-') => {
                return Ok(super::bad_option(
                    shell,
                    sys,
                    "jobs",
                    option,
                    "[-lnprs] [jobspec ...] or jobs -x command [args]",
                ));
            }
            _ => match shell.job_pid(&arg, sys).filter(|pid| shell.jobs.iter().any(|job| job.pid == *pid)) {
                Some(pid) => only = Some(pid),
                None => {
                    shell.complain_as(sys, "jobs", &format!("{arg}: no such job"));
                    return Ok(Done::Status(1));
                }
            },
        }
    }
    shell.list_jobs(sys, only, pids_only, with_pids);
    Ok(Done::Status(0))
}

/// `wait [-n] [JOB…]`
pub fn wait(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    shell.reap(sys);
    let mut args: Vec<String> = call.args.iter().skip(1).cloned().collect();
    let mut next = false;
    while let Some(option) = args.first().filter(|a| a.len() > 1 && a.starts_with('-')).cloned() {
        match option.as_str() {
            "-n" if shell.voice == Voice::Bash => next = true,
            // A job that is stopped is waited for anyway.
            "-f" if shell.voice == Voice::Bash => {}
            "--" => {}
            "-p" if shell.voice == Voice::Bash => {
                shell.complain_as(sys, "wait", "-p: this option is not simulated by Drydock");
                return Ok(Done::Status(2));
            }
            other => return Ok(super::bad_option(shell, sys, "wait", other, "[-fn] [-p var] [id ...]")),
        }
        args.remove(0);
    }
    if next && args.is_empty() {
        return Ok(Done::Doing(Doing::Wait { pids: None, next: true }));
    }
    if args.is_empty() {
        return Ok(Done::Doing(Doing::Wait { pids: None, next: false }));
    }
    let mut pids = vec![];
    for arg in args {
        let known = shell.job_pid(&arg, sys).filter(|pid| shell.jobs.iter().any(|job| job.pid == *pid));
        match known {
            Some(pid) => pids.push(pid),
            None => {
                let numeric = arg.parse::<u32>().is_ok();
                match shell.voice {
                    Voice::Bash if numeric => {
                        shell.complain_as(sys, "wait", &format!("pid {arg} is not a child of this shell"));
                    }
                    Voice::Bash if arg.starts_with('%') => {
                        shell.complain_as(sys, "wait", &format!("{arg}: no such job"));
                    }
                    Voice::Bash => {
                        let text = format!("`{arg}': not a pid or valid job spec");
                        shell.complain_as(sys, "wait", &text);
                        return Ok(Done::Status(1));
                    }
                    _ if !numeric && !arg.starts_with('%') => {
                        shell.complain_as(sys, "wait", &format!("Illegal number: {arg}"));
                        return Ok(Done::Status(2));
                    }
                    _ => {}
                }
                return Ok(Done::Status(127));
            }
        }
    }
    Ok(Done::Doing(Doing::Wait { pids: Some(pids), next }))
}

/// `kill [-s SIGNAL|-SIGNAL] PROCESS…`, `kill -l`
pub fn kill(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let mut args: Vec<String> = call.args.iter().skip(1).cloned().collect();
    let mut signal = Signal::TERM;
    match args.first().map(String::as_str) {
        Some("-l" | "-L") => return list_signals(shell, sys, args.get(1..).unwrap_or_default()),
        Some("-s" | "-n") => {
            let name = args.get(1).cloned().unwrap_or_default();
            let Some(parsed) = named(&name) else { return bad_signal(shell, sys, &name) };
            signal = parsed;
            args.drain(..2.min(args.len()));
        }
        Some("--") => {
            args.remove(0);
        }
        Some(text) if text.len() > 1 && text.starts_with('-') => {
            let name = text.trim_start_matches('-').to_string();
            let Some(parsed) = named(&name) else { return bad_signal(shell, sys, &name) };
            signal = parsed;
            args.remove(0);
        }
        _ => {}
    }
    args.retain(|a| a != "--");
    if args.is_empty() {
        let text = match shell.voice {
            Voice::Bash | Voice::Gnu => "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n".to_string(),
            Voice::Dash => format!("{}: {}: kill: Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]\n", shell.name, shell.line()),
            Voice::Ash => format!("{}: you need to specify whom to kill\n", shell.name),
        };
        sys.eprint(&text);
        return Ok(Done::Status(if shell.voice == Voice::Ash { 1 } else { 2 }));
    }
    let mut status = 0;
    for arg in args {
        if let Err(text) = send(shell, sys, &arg, signal) {
            status = 1;
            match shell.voice {
                Voice::Ash => {
                    let name = shell.name.clone();
                    sys.eprint(&format!("{name}: {text}\n"));
                }
                Voice::Dash if !text.contains(':') => shell.complain_as(sys, "kill", &format!("{text}\n")),
                _ => shell.complain_as(sys, "kill", &text),
            }
        }
    }
    Ok(Done::Yield(status))
}

/// A signal by name or number; 0 only asks whether the process is there.
fn named(text: &str) -> Option<Signal> {
    if text == "0" { Some(Signal::CONT) } else { Signal::parse(text) }
}

fn bad_signal(shell: &mut Shell, sys: &mut Sys<'_>, name: &str) -> Turn<Done> {
    match shell.voice {
        Voice::Bash | Voice::Gnu => {
            shell.complain_as(sys, "kill", &format!("{name}: invalid signal specification"));
            Ok(Done::Status(1))
        }
        Voice::Dash => {
            shell.complain_as(
                sys,
                "kill",
                &format!("Illegal option -{}", name.chars().next().unwrap_or(' ')),
            );
            Ok(Done::Status(2))
        }
        Voice::Ash => {
            let own = shell.name.clone();
            sys.eprint(&format!("{own}: bad signal name '{name}'\n"));
            Ok(Done::Status(1))
        }
    }
}

fn send(shell: &mut Shell, sys: &mut Sys<'_>, arg: &str, signal: Signal) -> Result<(), String> {
    let ash = shell.voice == Voice::Ash;
    if let Some(group) = arg.strip_prefix('-').and_then(|g| g.parse::<u32>().ok()) {
        let members: Vec<_> = sys
            .find_vpid(group)
            .map(|leader| sys.kernel().processes().filter(|p| p.group == leader).map(|p| p.pid).collect())
            .unwrap_or_default();
        if members.is_empty() {
            return Err(format!("(-{group}) - {}", Errno::ESRCH.text()));
        }
        for pid in members {
            sys.kill(pid, signal).map_err(|e| format!("(-{group}) - {}", e.text()))?;
        }
        return Ok(());
    }
    if arg == "0" {
        let own = sys.me().map(|me| me.group).unwrap_or_default();
        let members: Vec<_> = sys.kernel().processes().filter(|p| p.group == own).map(|p| p.pid).collect();
        for pid in members {
            let _ended_ones_are_skipped = sys.kill(pid, signal);
        }
        return Ok(());
    }
    let Some(pid) = shell.job_pid(arg, sys) else {
        return Err(match (arg.parse::<u32>().is_ok(), shell.voice) {
            (true, Voice::Ash) => format!("can't kill pid {arg}: No such process"),
            (true, Voice::Bash) => format!("({arg}) - No such process"),
            (true, _) => "No such process".to_string(),
            (false, Voice::Bash) if arg.starts_with('%') => format!("{arg}: no such job"),
            (false, Voice::Bash) => format!("{arg}: arguments must be process or job IDs"),
            (false, Voice::Dash) if arg.starts_with('%') => format!("No such job: {arg}"),
            (false, Voice::Dash) => format!("Illegal number: {arg}"),
            (false, _) => format!("invalid number '{arg}'"),
        });
    };
    sys.kill(pid, signal).map_err(|e| match shell.voice {
        _ if ash => format!("can't kill pid {arg}: {}", e.text()),
        Voice::Bash => format!("({arg}) - {}", e.text()),
        _ => e.text().to_string(),
    })
}

fn list_signals(shell: &mut Shell, sys: &mut Sys<'_>, args: &[String]) -> Turn<Done> {
    if args.is_empty() {
        let names: Vec<String> = (1..=31)
            .filter_map(|n| Signal::from_number(n).map(|s| (n, s.name())))
            .map(|(n, name)| match shell.voice {
                Voice::Bash => format!("{n:>2}) SIG{name}"),
                Voice::Ash => format!("{n:>2}) {name}"),
                _ => name,
            })
            .collect();
        let text = if shell.voice == Voice::Bash {
            names.chunks(5).map(|row| row.join("\t")).collect::<Vec<_>>().join("\n")
        } else {
            names.join("\n")
        };
        sys.print(&format!("{text}\n"));
        return Ok(Done::Status(0));
    }
    for arg in args {
        let number = arg.parse::<i64>().ok().map(|n| if n > 128 { n - 128 } else { n });
        let text = match (number.and_then(Signal::from_number), Signal::parse(arg)) {
            (Some(signal), _) => signal.name(),
            (None, Some(signal)) => signal.number().to_string(),
            (None, None) => return bad_signal(shell, sys, arg),
        };
        sys.print(&format!("{text}\n"));
    }
    Ok(Done::Status(0))
}

/// `trap [ACTION] [SIGNAL…]`, `trap -p`, `trap -l`
pub fn trap(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let mut args: Vec<String> = call.args.iter().skip(1).cloned().collect();
    if args.first().is_some_and(|a| a == "--") {
        args.remove(0);
    }
    match args.first().map(String::as_str) {
        None | Some("-p") => {
            let wanted: Vec<_> = args.iter().skip(1).filter_map(|name| trap_number(name)).collect();
            let asked = |number: &i32| args.len() < 2 || wanted.contains(number);
            let traps = shell.traps.iter().filter(|(number, _)| asked(number));
            let text: String = traps.map(|(n, action)| shown(shell.voice, *n, action)).collect();
            sys.print(&text);
            return Ok(Done::Status(0));
        }
        Some("-l") => return list_signals(shell, sys, &[]),
        _ => {}
    }
    let first = args.first().cloned().unwrap_or_default();
    let resets = args.len() == 1 || first.parse::<u32>().is_ok();
    let action = if resets || first == "-" { None } else { Some(first) };
    let names = if resets { args.as_slice() } else { args.get(1..).unwrap_or_default() };
    let mut status = 0;
    for name in names.iter().filter(|n| *n != "-") {
        match trap_number(name) {
            Some(super::super::traps::ERR) if shell.voice == Voice::Dash => {
                status = 1;
                sys.eprint("trap: ERR: bad trap\n");
            }
            Some(number) => shell.set_trap(number, action.clone(), sys),
            None if shell.voice == Voice::Bash && matches!(name.as_str(), "DEBUG" | "RETURN") => {
                status = 1;
                shell.complain_as(sys, "trap", &format!("{name}: this trap is not simulated by Drydock"));
            }
            None => {
                status = 1;
                let text = match shell.voice {
                    Voice::Bash | Voice::Gnu => format!("{name}: invalid signal specification"),
                    Voice::Dash => format!("{name}: bad trap"),
                    Voice::Ash => format!("{name}: invalid signal specification"),
                };
                shell.complain_as(sys, "trap", &text);
            }
        }
    }
    Ok(Done::Status(status))
}

/// The number of EXIT, ERR or a signal.
fn trap_number(name: &str) -> Option<i32> {
    match name {
        "EXIT" | "0" | "exit" => Some(0),
        "ERR" => Some(super::super::traps::ERR),
        _ => Signal::parse(name).map(Signal::number),
    }
}

fn shown(voice: Voice, number: i32, action: &str) -> String {
    let name = match Signal::from_number(i64::from(number)) {
        None if number == super::super::traps::ERR => "ERR".to_string(),
        None => "EXIT".to_string(),
        Some(signal) if voice == Voice::Bash => format!("SIG{}", signal.name()),
        Some(signal) => signal.name(),
    };
    format!("trap -- {} {name}\n", quote::single(action))
}

/// `fg` and `bg` of bash want job control.
fn lacks_control(shell: &mut Shell, sys: &mut Sys<'_>, name: &str) -> bool {
    let lacks = shell.voice == Voice::Bash && !shell.options.monitor;
    if lacks {
        shell.complain_as(sys, name, "no job control");
    }
    lacks
}

pub fn foreground(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    if lacks_control(shell, sys, "fg") {
        return Ok(Done::Status(1));
    }
    let name = call.args.get(1).cloned().unwrap_or_else(|| "%%".to_string());
    let Some(pid) = shell.job_pid(&name, sys).filter(|pid| shell.jobs.iter().any(|j| j.pid == *pid)) else {
        let text = if call.args.len() > 1 {
            format!("{name}: no such job")
        } else {
            "current: no such job".to_string()
        };
        shell.complain_as(sys, "fg", &text);
        return Ok(Done::Status(1));
    };
    if let Some(job) = shell.jobs.iter().find(|j| j.pid == pid) {
        let text = format!("{}\n", job.text);
        sys.print(&text);
    }
    if shell.options.monitor {
        sys.set_foreground(pid);
    }
    let _it_may_run_already = sys.kill(pid, Signal::CONT);
    Ok(Done::Doing(Doing::Wait { pids: Some(vec![pid]), next: false }))
}

pub fn background(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    if lacks_control(shell, sys, "bg") {
        return Ok(Done::Status(1));
    }
    let name = call.args.get(1).cloned().unwrap_or_else(|| "%%".to_string());
    let Some(pid) = shell.job_pid(&name, sys) else {
        shell.complain_as(sys, "bg", "current: no such job");
        return Ok(Done::Status(1));
    };
    let _it_may_run_already = sys.kill(pid, Signal::CONT);
    Ok(Done::Status(0))
}

pub fn disown(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    if call.args.get(1).is_some_and(|a| a == "-a") {
        shell.jobs.clear();
        return Ok(Done::Status(0));
    }
    let mut pids = vec![];
    for arg in call.args.iter().skip(1).filter(|a| *a != "--").cloned().collect::<Vec<_>>() {
        match arg.as_str() {
            // No shell here sends SIGHUP to its jobs when it ends, so there is nothing to mark.
            "-h" => return Ok(Done::Status(0)),
            option if option.starts_with('-') => {
                return Ok(super::bad_option(
                    shell,
                    sys,
                    "disown",
                    option,
                    "[-h] [-ar] [jobspec ... | pid ...]",
                ));
            }
            job => match shell.job_pid(job, sys) {
                Some(pid) => pids.push(pid),
                None => {
                    shell.complain_as(sys, "disown", &format!("{job}: no such job"));
                    return Ok(Done::Status(1));
                }
            },
        }
    }
    let last = shell.jobs.last().map(|job| job.pid);
    shell.jobs.retain(|job| if pids.is_empty() { Some(job.pid) != last } else { !pids.contains(&job.pid) });
    Ok(Done::Status(0))
}
