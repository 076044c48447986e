//! `docker ARG…`: hands the words to the grammar and the invocation to its command.

use super::{Cli, Failure, Flow, Until, find};
use crate::base::Time;
use crate::engine::door::{Left, Verdicts, close, open};
use crate::engine::system::LOST;
use crate::grammar::{Absent, Invocation, Parsed, parse};
use crate::kernel::{Applet, Behave, Read, Step, Sys, Wait};
use crate::model::{EngineError, ErrorKind, World};
use serde::{Deserialize, Serialize};

/// `docker`.
pub const APPLETS: &[Applet] = &[Applet::state::<Docker>("docker"), Applet::state::<Lost>(LOST)];

/// The largest standard input of a command, in bytes.
const MAX_INPUT: usize = 64 << 20;

/// The client: before it knows what it was asked for, or reading the input of its command.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Docker {
    reading: Option<Until>,
    input: Vec<u8>,
    pulled: bool,
    /// The daemon takes until then, by a fault.
    due: Option<Time>,
    /// What struck its operations when it was tried before.
    struck: Verdicts,
}

/// A client whose connection has broken.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Lost;

impl Behave for Lost {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        sys.eprint("unexpected EOF\n");
        Step::Exit(1)
    }
}

impl Behave for Docker {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if let Some(due) = self.due.filter(|due| *due > sys.now()) {
            return Step::Block(Wait::until(due));
        }
        if let Some(until) = self.reading
            && let Some(step) = self.read(sys, until)
        {
            return step;
        }
        let argv = sys.args();
        if let Some(world) = sys.daemon::<World>() {
            world.last_hint = None;
        }
        match parse(&argv) {
            Parsed::Done(done) => {
                sys.print(&done.stdout);
                sys.eprint(&done.stderr);
                Step::Exit(i32::from(done.code))
            }
            Parsed::Version => {
                sys.print("Docker version 29.7.2, build d7a2c19\n");
                Step::Exit(0)
            }
            Parsed::Run(call) => self.run(sys, &call),
        }
    }
}

impl Docker {
    /// A client that begins again after it has pulled the image it needs.
    pub fn after_pull() -> Self {
        Self { pulled: true, ..Self::default() }
    }

    /// Reads on; `None` when all is there.
    fn read(&mut self, sys: &mut Sys<'_>, until: Until) -> Option<Step> {
        loop {
            // An answer is read byte by byte: what follows it is not ours.
            let max = if until == Until::Line { 1 } else { 64 << 10 };
            match sys.read(0, max) {
                Ok(Read::Data(data)) => self.input.extend_from_slice(&data),
                Ok(Read::Wait) => return Some(Step::Block(Wait::readable(0))),
                Ok(Read::End) | Err(_) => return None,
            }
            if until == Until::Line && self.input.ends_with(b"\n") {
                return None;
            }
            if self.input.len() > MAX_INPUT {
                sys.eprint("the standard input is larger than 64 MiB, which Drydock does not hold\n");
                return Some(Step::Exit(1));
            }
        }
    }

    fn run(&mut self, sys: &mut Sys<'_>, call: &Invocation) -> Step {
        let opened = sys.daemon::<World>().map(|world| open(world, false, std::mem::take(&mut self.struck)));
        let kept = opened.as_ref().filter(|opened| opened.can_strike()).map(|_| self.input.clone());
        let input = self.reading.map(|_| std::mem::take(&mut self.input));
        if input.is_none() && !self.pulled {
            sys.print(&call.notices);
        }
        let mut cli = Cli { sys, input, globals: call.globals.clone(), pulled: self.pulled };
        let result = super::endpoint::check(&mut cli, call)
            .and_then(|()| super::endpoint::builder(&cli, call))
            .and_then(|()| super::edge::enter(&mut cli, call))
            .and_then(|()| match (find(call.name()), call.refused()) {
                (None, _) => Err(missing(&mut cli, call)),
                (_, Some(option)) => Err(refused(call, option)),
                (Some(command), None) => (command.run)(&mut cli, call),
            });
        #[cfg(test)]
        super::accounting::note(cli.sys, call);
        if let Some(world) = cli.sys.daemon::<World>()
            && let Some(Left::Delayed(span, struck)) = opened.map(|opened| close(world, opened))
        {
            let due = world.now() + span;
            (self.due, self.struck, self.input) = (Some(due), struck, kept.unwrap_or_default());
            return Step::Block(Wait::until(due));
        }
        match result {
            Ok(Flow::Exit(code)) => Step::Exit(code),
            Ok(Flow::Wait(name, program)) => {
                sys.become_state(name, program);
                Step::Replaced
            }
            Ok(Flow::Input(until)) => {
                self.reading = Some(until);
                Step::Continue
            }
            Err(failure) => Step::Exit(cli.report(&failure)),
        }
    }
}

/// Why a command that the table knows does nothing here: the daemon has not what it needs, or we have it not.
fn missing(cli: &mut Cli<'_, '_>, call: &Invocation) -> Failure {
    let Some(absent) = call.command.absent else {
        return complaint(call, &format!("{}: this command is not simulated by Drydock", call.shown));
    };
    if call.name().ends_with(" inspect") {
        let nothing = if call.str("format").is_empty() { "[]\n" } else { "\n" };
        cli.out(nothing);
    }
    match absent {
        Absent::Manager => EngineError::no_swarm_manager(),
        Absent::Member => EngineError::new(ErrorKind::Unavailable, "This node is not part of a swarm"),
        Absent::Plugin => EngineError::not_found(format!("plugin {:?} not found", call.arg(0))),
    }
    .into()
}

fn refused(call: &Invocation, option: &str) -> Failure {
    let code = if call.name() == "container run" { 125 } else { 1 };
    complaint(call, &format!("{}: --{option} is not simulated by Drydock", call.shown)).code(code)
}

fn complaint(call: &Invocation, text: &str) -> Failure {
    Failure::new(if call.command.is_buildx() { format!("ERROR: {text}") } else { text.to_owned() })
}
