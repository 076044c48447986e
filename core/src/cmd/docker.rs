//! `docker ARG…`: hands the words to the grammar and the invocation to its command.

use super::{Cli, Failure, Flow, find};
use crate::grammar::{Invocation, Parsed, parse};
use crate::kernel::{Applet, Behave, Step, Sys};
use serde::{Deserialize, Serialize};

/// `docker`.
pub const APPLETS: &[Applet] = &[Applet::state::<Docker>("docker")];

/// The client before it knows what it was asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Docker;

impl Behave for Docker {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let argv = sys.args();
        match parse(&argv) {
            Parsed::Done(done) => {
                sys.print(&done.stdout);
                sys.eprint(&done.stderr);
                Step::Exit(i32::from(done.code))
            }
            Parsed::Version => {
                sys.print("Docker version 29.7.2, build drydock\n");
                Step::Exit(0)
            }
            Parsed::Run(call) => run(sys, &call),
        }
    }
}

fn run(sys: &mut Sys<'_>, call: &Invocation) -> Step {
    sys.print(&call.notices);
    let mut cli = Cli { sys };
    let result = match find(call.name()) {
        Some(command) => (command.run)(&mut cli, call),
        None => Err(not_simulated(call)),
    };
    match result {
        Ok(Flow::Exit(code)) => Step::Exit(code),
        Ok(Flow::Wait(name, program)) => {
            sys.become_state(name, program);
            Step::Replaced
        }
        Err(failure) => Step::Exit(cli.report(&failure)),
    }
}

fn not_simulated(call: &Invocation) -> Failure {
    Failure::new(format!("{}: this command is not simulated by Drydock", call.shown))
}
