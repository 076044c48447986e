//! `docker buildx version`.

use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::system::COMMIT;
use crate::grammar::Invocation;

/// `docker buildx version`.
pub const COMMAND: Command = Command::new("buildx version", run);

fn run(cli: &mut Cli<'_, '_>, _: &Invocation) -> Result<Flow, Failure> {
    cli.out(&format!("github.com/docker/buildx v0.36.1 {COMMIT}\n"));
    DONE
}
