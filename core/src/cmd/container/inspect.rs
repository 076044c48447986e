//! `docker container inspect`.

use crate::cmd::system::objects::Shown;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::{find, inspect};
use crate::grammar::Invocation;
use crate::render::inspect::ObjectKind;

/// `docker container inspect [OPTIONS] CONTAINER [CONTAINER...]`.
pub const COMMAND: Command = Command::new("container inspect", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let mut shown = Shown::new(call)?;
    let size = call.bool("size");
    for name in &call.args {
        let world = cli.world()?;
        let object = find(world, name).and_then(|id| inspect(world, id, size));
        shown.add(ObjectKind::Container, object.map_err(Failure::from));
    }
    shown.print(cli)
}
