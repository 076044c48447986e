//! `docker network inspect`.

use crate::cmd::system::objects::Shown;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::network::{find, inspect};
use crate::grammar::Invocation;
use crate::render::inspect::ObjectKind;

/// `docker network inspect [OPTIONS] NETWORK [NETWORK...]`.
pub const COMMAND: Command = Command::new("network inspect", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let mut shown = Shown::new(call)?;
    for name in &call.args {
        let world = cli.world()?;
        let object = find(world, name).map(|id| world.network(id).map(|n| inspect(world, n)));
        shown.add(ObjectKind::Network, object.map(Option::unwrap_or_default).map_err(Failure::from));
    }
    shown.print(cli)
}
