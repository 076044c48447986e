//! `docker container diff`.

use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::container::{diff, find};
use crate::grammar::Invocation;

/// `docker diff CONTAINER`.
pub const COMMAND: Command = Command::new("container diff", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let world = cli.world()?;
    let changes = find(world, call.arg(0)).and_then(|id| diff(world, id))?;
    let lines: String = changes.iter().map(|c| format!("{} {}\n", c.kind.letter(), c.path)).collect();
    cli.out(&lines);
    DONE
}
