//! `time [-p] COMMAND [ARG]…`: run a command and print how long it took, on standard error.
//!
//! Exit status: that of the command; 126 and 127 where it cannot be started.

use super::opts::{Spec, parse, usage_error};
use super::spawn::{child, status_of};
use crate::base::Time;
use crate::kernel::{Applet, Behave, Pid, Step, Stop, Sys, Wait};
use serde::{Deserialize, Serialize};

/// `time`.
pub const APPLETS: &[Applet] = &[Applet::state::<Timed>("time")];

const SPEC: Spec = Spec::new("pv", &[("portability", 'p')], "[-p] PROG ARGS", "Run PROG and print the time it took.")
    .missing("vfoa")
    .in_order();

/// A `time`, before and after it has started its command.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Timed {
    running: Option<(Pid, Time, bool)>,
}

impl Behave for Timed {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let (pid, started, portable) = match self.running {
            Some(running) => running,
            None => match start(sys) {
                Ok(running) => *self.running.insert(running),
                Err(Stop::Exit(code)) => return Step::Exit(code),
                Err(_) => return Step::Exit(1),
            },
        };
        match sys.wait(Some(pid)) {
            Ok(None) => Step::Block(Wait::child()),
            Ok(Some((_, exit))) => {
                let real = (sys.now() - started).as_secs_f64();
                let text = if portable {
                    format!("real {real:.2}\nuser 0.00\nsys 0.00\n")
                } else {
                    let (minutes, seconds) = ((real / 60.0).floor(), real % 60.0);
                    format!("real\t{minutes}m {seconds:.2}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n")
                };
                sys.eprint(&text);
                Step::Exit(exit.status())
            }
            Err(_) => Step::Exit(127),
        }
    }
}

fn start(sys: &mut Sys<'_>) -> Result<(Pid, Time, bool), Stop> {
    let options = parse(sys, &SPEC)?;
    if options.operands.is_empty() {
        return Err(usage_error(sys, &SPEC, ""));
    }
    let now = sys.now();
    match child(sys, &options.operands, false) {
        Ok(pid) => Ok((pid, now, options.has('p'))),
        Err(e) => {
            sys.complain(&format!("can't execute '{}': {e}", options.operands[0]));
            Err(Stop::Exit(status_of(e)))
        }
    }
}
