//! `docker container rename`.

use crate::cmd::{Cli, Command, DONE, Failure, Flow, daemon_text};
use crate::engine::container::rename;
use crate::grammar::Invocation;

/// `docker rename CONTAINER NEW_NAME`.
pub const COMMAND: Command = Command::new("container rename", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let (old, new) = (call.arg(0).trim(), call.arg(1).trim());
    rename(cli.world()?, old, new).map_err(|e| Failure {
        hint: e.hint.clone(),
        ..Failure::new(format!("failed to rename container: {}", daemon_text(&e)))
    })?;
    DONE
}
