//! `docker buildx stop`: the builder of the daemon runs as long as the daemon does.

use super::facts;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;

/// `docker buildx stop [NAME]`.
pub const COMMAND: Command = Command::new("buildx stop", run);

fn run(_: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    facts::check(call.arg(0))?;
    DONE
}
