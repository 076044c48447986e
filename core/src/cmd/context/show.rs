//! `docker context show`.

use super::store;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;

/// `docker context show`.
pub const COMMAND: Command = Command::new("context show", run);

fn run(cli: &mut Cli<'_, '_>, _: &Invocation) -> Result<Flow, Failure> {
    let name = store::current(cli);
    cli.out(&format!("{name}\n"));
    DONE
}
