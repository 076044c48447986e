//! `timeout [-s SIGNAL] [-k SPAN] [-v] [--preserve-status] [--foreground] SPAN COMMAND [ARG]…`: run a command
//! and end it when its time is over.
//!
//! Exit status: that of the command; 124 where time was over (busybox: 143), 137 where it had to be killed, 125
//! for a mistake, 126 and 127 where the command cannot be started.

use super::opts::{Spec, parse, usage_error};
use super::sleep::span;
use super::spawn::{child, status_of};
use super::stream::{Running, Stream};
use crate::base::Time;
use crate::kernel::{Applet, Disposition, Exit, Flavor, Pid, Signal, Step, Stop, Sys, Wait};
use serde::{Deserialize, Serialize};

/// `timeout`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Timeout>>("timeout")];

const SPEC: Spec = Spec::new(
    "s:k:vf",
    &[
        ("signal=", 's'),
        ("kill-after=", 'k'),
        ("verbose", 'v'),
        ("foreground", 'f'),
        ("preserve-status", 'p'),
    ],
    "[-s SIG] [-k KILL_SECS] SECS PROG ARGS",
    "Run PROG and send it SIG when SECS are over.",
)
.missing("f")
.in_order()
.trouble(125);

/// A `timeout`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Timeout {
    pid: Pid,
    command: String,
    until: Option<Time>,
    signal: Signal,
    kill_after: Option<crate::base::Duration>,
    sent: Option<Signal>,
    preserve: bool,
    verbose: bool,
}

impl Stream for Timeout {
fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
    let options = parse(sys, &SPEC)?;
    let [text, command @ ..] = options.operands.as_slice() else { return Err(usage_error(sys, &SPEC, "")) };
    if command.is_empty() {
        return Err(usage_error(sys, &SPEC, ""));
    }
    let read = |sys: &mut Sys<'_>, text: &str| {
        span(text).ok_or_else(|| {
            if sys.flavor() == Flavor::Gnu {
                return usage_error(sys, &SPEC, &format!("invalid time interval '{text}'"));
            }
            sys.complain(&format!("invalid number '{text}'"));
            Stop::Exit(1)
        })
    };
    let limit = read(sys, text)?;
    let kill_after = options.value('k').map(|k| read(sys, k)).transpose()?;
    let name = options.value('s').unwrap_or("TERM");
    let Some(signal) = Signal::parse(name) else {
        return Err(usage_error(sys, &SPEC, &format!("{name}: invalid signal")));
    };
    let pid = child(sys, command, false).map_err(|e| {
        let name = &command[0];
        match sys.flavor() {
            Flavor::Gnu => sys.complain(&format!("failed to run command '{name}': {e}")),
            Flavor::Busybox => sys.complain(&format!("can't execute '{name}': {e}")),
        }
        Stop::Exit(status_of(e))
    })?;
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        sys.on_signal(signal, Some(Disposition::Handle));
    }
    Ok(Self {
        pid,
        command: command[0].clone(),
        until: (limit.0 > 0).then(|| sys.after(limit)),
        signal,
        kill_after,
        sent: None,
        preserve: options.has('p'),
        verbose: options.has('v'),
    })
}

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        while let Some(signal) = sys.take_signal() {
            let _already_ended = sys.kill(self.pid, signal);
        }
        match sys.wait(Some(self.pid)) {
            Ok(Some((_, exit))) => return Step::Exit(self.status(exit, sys.flavor())),
            Ok(None) => {}
            Err(_) => return Step::Exit(125),
        }
        match self.until {
            Some(until) if sys.now() >= until => {
                let signal = if self.sent.is_some() { Signal::KILL } else { self.signal };
                if self.verbose {
                    sys.complain(&format!("sending signal {} to command '{}'", signal.name(), self.command));
                }
                let _already_ended = sys.kill(self.pid, signal);
                self.until = self.kill_after.filter(|_| self.sent.is_none()).map(|span| sys.after(span));
                self.sent = Some(signal);
                Step::Continue
            }
            Some(until) => Step::Block(Wait::child().or_until(until)),
            None => Step::Block(Wait::child()),
        }
    }
}

impl Timeout {
    fn status(&self, exit: Exit, flavor: Flavor) -> i32 {
        match self.sent {
            Some(Signal::KILL) => 137,
            Some(_) if self.preserve => exit.status(),
            Some(_) if flavor == Flavor::Busybox => 143,
            Some(_) => 124,
            None => exit.status(),
        }
    }
}
