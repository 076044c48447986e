//! `nohup COMMAND [ARG]…`, `nice [-n N] [COMMAND [ARG]…]`, `setsid COMMAND [ARG]…`: run a command that hang-ups
//! do not end, at another priority, in a session of its own.
//!
//! Priorities change nothing here. Exit status: that of the command; 126 and 127 where it cannot be started.

use super::opts::{Spec, parse, usage_error};
use super::spawn::{environment, replace, status_of};
use super::walk::complain;
use crate::kernel::{Applet, Disposition, OpenFlags, Signal, Stop, Sys};

/// `nice`, `nohup` and `setsid`.
pub const APPLETS: &[Applet] =
    &[Applet::main("nice", nice), Applet::main("nohup", nohup), Applet::main("setsid", setsid)];

const NOHUP: Spec = Spec::new("", &[], "PROG ARGS", "Run PROG so that it outlives the terminal.").in_order().trouble(125);
const NICE: Spec = Spec::new("n:", &[("adjustment=", 'n')], "[-n N] [PROG ARGS]", "Run PROG at another priority.")
    .number('n')
    .in_order()
    .trouble(125);
// The program takes the place of `setsid`, which so need not wait (`-w`).
const SETSID: Spec = Spec::new("cwf", &[("wait", 'w'), ("fork", 'f')], "PROG ARGS", "Run PROG in a session of its own.").in_order().missing("cf").moot("w");

fn run(sys: &mut Sys<'_>, argv: &[String]) -> Result<i32, Stop> {
    let env = environment(sys);
    match replace(sys, argv, env) {
        Ok(replaced) => Err(replaced),
        Err(e) => {
            let name = argv.first().map_or("", String::as_str);
            let gnu = format!("failed to run command '{name}': {e}");
            complain(sys, &gnu, &format!("can't execute '{name}': {e}"));
            Ok(status_of(e))
        }
    }
}

fn nohup(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &NOHUP)?;
    if options.operands.is_empty() {
        return Err(usage_error(sys, &NOHUP, "missing operand"));
    }
    if sys.is_tty(1) {
        match sys.open("nohup.out", OpenFlags::APPEND, 0o600) {
            Ok(fd) => {
                sys.complain("ignoring input and appending output to 'nohup.out'");
                for to in [1, 2] {
                    if sys.is_tty(to) {
                        let _open = sys.dup_to(fd, to);
                    }
                }
                let _open = sys.close(fd);
            }
            Err(e) => {
                sys.complain(&format!("failed to open 'nohup.out': {e}"));
                return Ok(125);
            }
        }
    }
    sys.on_signal(Signal::HUP, Some(Disposition::Ignore));
    run(sys, &options.operands)
}

fn nice(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &NICE)?;
    if let Some(text) = options.value('n') {
        let Ok(by) = text.parse::<i32>() else {
            sys.complain(&format!("invalid adjustment '{text}'"));
            return Ok(125);
        };
        if options.operands.is_empty() {
            return Err(usage_error(sys, &NICE, "a command must be given with an adjustment"));
        }
        // The command runs all the same.
        if by < 0 && !sys.is_capable("SYS_NICE") {
            complain(sys, "cannot set niceness: Permission denied", &format!("setpriority({by}): Permission denied"));
        }
    }
    if options.operands.is_empty() {
        sys.print("0\n");
        return Ok(0);
    }
    run(sys, &options.operands)
}

fn setsid(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SETSID)?;
    if options.operands.is_empty() {
        return Err(usage_error(sys, &SETSID, "no command specified"));
    }
    let pid = sys.pid();
    sys.set_group(pid, pid);
    run(sys, &options.operands)
}
