//! `docker container kill`.

use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::kill;
use crate::grammar::Invocation;

/// `docker kill [OPTIONS] CONTAINER [CONTAINER...]`.
pub const COMMAND: Command = Command::new("container kill", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let signal = call.str("signal").to_string();
    cli.each(&call.args, |cli, name| {
        kill(cli.world()?, name, &signal)?;
        Ok(format!("{name}\n"))
    })
}
