//! `docker container rm`.

use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::{Remove, remove_named};
use crate::grammar::Invocation;
use crate::model::ErrorKind;

/// `docker rm [OPTIONS] CONTAINER [CONTAINER...]`.
pub const COMMAND: Command = Command::new("container rm", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let how = Remove { force: call.bool("force"), volumes: call.bool("volumes"), link: call.bool("link") };
    cli.each(&call.args, |cli, name| {
        let world = cli.world()?;
        match remove_named(world, name, how) {
            Ok(()) => Ok(format!("{name}\n")),
            Err(e) if how.force && e.kind == ErrorKind::NotFound => Ok(String::new()),
            Err(e) => Err(e.into()),
        }
    })
}
