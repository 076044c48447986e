//! `docker container export`.

use crate::cmd::image::save::{check_output, write};
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::{archive, find};
use crate::grammar::Invocation;

/// `docker export [OPTIONS] CONTAINER`.
pub const COMMAND: Command = Command::new("container export", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let path = call.str("output").to_owned();
    if path.is_empty() && cli.sys.is_tty(1) {
        return Err(Failure::new("cowardly refusing to save to a terminal. Use the -o flag or redirect"));
    }
    check_output(cli, &path).map_err(|why| Failure::new(format!("failed to export container: {why}")))?;
    let world = cli.world()?;
    let id = find(world, call.arg(0))?;
    let entries = archive::export(world, id)?;
    let bytes = archive::to_bytes(&entries)?;
    write(cli, &path, &bytes)
}
