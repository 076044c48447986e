//! `docker container pause`.

use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::pause;
use crate::grammar::Invocation;

/// `docker pause CONTAINER [CONTAINER...]`.
pub const COMMAND: Command = Command::new("container pause", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    cli.each(&call.args, |cli, name| {
        pause(cli.world()?, name)?;
        Ok(format!("{name}\n"))
    })
}
