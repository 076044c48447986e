//! `watch [-n SECONDS] [-t] COMMAND [ARG]…`: run a command again and again, until it is interrupted.
//!
//! Exit status: that of a signal; 1 for a mistake. Marking what has changed (`-d`) is left out.

use super::opts::{Spec, parse, usage_error};
use super::sleep::span;
use super::spawn::child;
use super::stream::{Running, Stream};
use crate::base::{Duration, Time, time_format};
use crate::kernel::{Applet, Flavor, Pid, Step, Stop, Sys, Wait};
use serde::{Deserialize, Serialize};

/// `watch`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Watch>>("watch")];

const SPEC: Spec = Spec::new(
    "n:tdegx",
    &[("interval=", 'n'), ("no-title", 't')],
    "[-n SEC] [-t] PROG ARGS",
    "Run PROG again and again.",
)
.missing("degx")
.in_order();

/// A `watch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Watch {
    every: Duration,
    title: bool,
    command: String,
    running: Option<Pid>,
    next: Time,
}

impl Stream for Watch {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let options = parse(sys, &SPEC)?;
        if options.operands.is_empty() {
            return Err(usage_error(sys, &SPEC, ""));
        }
        let every = options.value('n').map_or(Some(Duration::secs(2)), span);
        let Some(every) = every else {
            sys.complain("invalid interval");
            return Err(Stop::Exit(1));
        };
        let (title, command) = (!options.has('t'), options.operands.join(" "));
        Ok(Self { every: every.max(Duration::millis(100)), title, command, running: None, next: sys.now() })
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        if let Some(pid) = self.running {
            return match sys.wait(Some(pid)) {
                Ok(None) => Step::Block(Wait::child()),
                _ => {
                    self.running = None;
                    Step::Continue
                }
            };
        }
        if sys.now() < self.next {
            return Step::Block(Wait::until(self.next));
        }
        sys.print("\x1b[H\x1b[J");
        if self.title {
            self.print_title(sys);
        }
        self.next = sys.after(self.every);
        match child(sys, &["sh".into(), "-c".into(), self.command.clone()], false) {
            Ok(pid) => self.running = Some(pid),
            Err(e) => {
                sys.complain(&format!("can't execute 'sh': {e}"));
                return Step::Exit(1);
            }
        }
        Step::Continue
    }
}

impl Watch {
    fn print_title(&self, sys: &mut Sys<'_>) {
        let width = sys.tty_size(1).map_or(80, |(_, columns)| usize::from(columns));
        let now = time_format::ansi_c(sys.now());
        let right = match sys.flavor() {
            Flavor::Busybox => now,
            Flavor::Gnu => format!("{}: {now}", sys.hostname()),
        };
        let left = format!("Every {:.1}s: {}", self.every.as_secs_f64(), self.command);
        let gap = width.saturating_sub(left.chars().count() + right.chars().count()).max(1);
        sys.print(&format!("{left}{}{right}\n\n", " ".repeat(gap)));
    }
}
