//! `docker network disconnect`.

use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::network::disconnect;
use crate::grammar::Invocation;

/// `docker network disconnect [OPTIONS] NETWORK CONTAINER`.
pub const COMMAND: Command = Command::new("network disconnect", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    disconnect(cli.world()?, call.arg(0), call.arg(1), call.bool("force"))?;
    DONE
}
