//! `docker volume inspect`.

use crate::cmd::system::objects::Shown;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::volume::{find, inspect};
use crate::grammar::Invocation;
use crate::render::inspect::ObjectKind;

/// `docker volume inspect [OPTIONS] VOLUME [VOLUME...]`.
pub const COMMAND: Command = Command::new("volume inspect", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let mut shown = Shown::new(call)?;
    for name in &call.args {
        let world = cli.world()?;
        let object = find(world, name).map(|volume| inspect(world, volume, false));
        shown.add(ObjectKind::Volume, object.map_err(Failure::from));
    }
    shown.print(cli)
}
