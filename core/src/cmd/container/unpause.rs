//! `docker container unpause`.

use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::unpause;
use crate::grammar::Invocation;

/// `docker unpause CONTAINER [CONTAINER...]`.
pub const COMMAND: Command = Command::new("container unpause", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    cli.each(&call.args, |cli, name| {
        unpause(cli.world()?, name)?;
        Ok(format!("{name}\n"))
    })
}
