//! `docker buildx use`: there is one builder, the default one.

use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;

/// `docker buildx use [OPTIONS] NAME`.
pub const COMMAND: Command = Command::new("buildx use", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let name = call.arg(0);
    if name == super::facts::NAME {
        return DONE;
    }
    let home = cli.sys.env("HOME").unwrap_or_default();
    Err(Failure::new(format!(
        "ERROR: failed to find instance {}: open {home}/.docker/buildx/instances/{name}: no such file or directory",
        crate::base::go_text::quote(name)
    )))
}
