//! `docker context use`.

use super::store::{self, DEFAULT};
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;

/// `docker context use CONTEXT`.
pub const COMMAND: Command = Command::new("context use", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let name = call.arg(0);
    if name != DEFAULT {
        store::check_name(name)?;
        store::load(cli, name)?;
    }
    store::choose(cli, name)?;
    cli.out(&format!("{name}\n"));
    cli.err(&format!("Current context is now {name:?}\n"));
    if name != DEFAULT && cli.sys.env("DOCKER_HOST").is_some_and(|host| !host.is_empty()) {
        cli.err(&format!(
            "Warning: DOCKER_HOST environment variable overrides the active context. To use {name:?}, either set the \
             global --context flag, or unset DOCKER_HOST environment variable.\n"
        ));
    }
    DONE
}
