//! `docker volume rm`.

use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::volume::remove;
use crate::grammar::Invocation;
use crate::model::ErrorKind;

/// `docker volume rm [OPTIONS] VOLUME [VOLUME...]`.
pub const COMMAND: Command = Command::new("volume rm", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let mut failures: Vec<Failure> = Vec::new();
    for name in &call.args {
        match remove(cli.world()?, name) {
            Err(e) if !(call.bool("force") && e.kind == ErrorKind::NotFound) => failures.push(e.into()),
            _ => cli.out(&format!("{name}\n")),
        }
    }
    for failure in &failures {
        cli.report(failure);
    }
    Ok(Flow::Exit(i32::from(!failures.is_empty())))
}
