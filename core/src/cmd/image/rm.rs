//! `docker image rm`.

use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::image::{self, Removed};
use crate::grammar::Invocation;
use crate::model::{EngineError, ErrorKind};

/// `docker rmi [OPTIONS] IMAGE [IMAGE...]`.
pub const COMMAND: Command = Command::new("image rm", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let force = call.bool("force");
    let mut code = 0;
    for name in &call.args {
        match remove(cli, name, force)? {
            Ok(removed) => cli.out(&removed.iter().map(line).collect::<String>()),
            Err(error) => {
                let missing = error.kind == ErrorKind::NotFound;
                cli.report(&error.into());
                if !(force && missing) {
                    code = 1;
                }
            }
        }
    }
    Ok(Flow::Exit(code))
}

fn remove(
    cli: &mut Cli<'_, '_>,
    name: &str,
    force: bool,
) -> Result<Result<Vec<Removed>, EngineError>, Failure> {
    // An empty name makes a request to a path that is none.
    if name.is_empty() {
        return Ok(Err(EngineError::not_found("page not found")));
    }
    Ok(image::remove(cli.world()?, name, force))
}

fn line(removed: &Removed) -> String {
    match removed {
        Removed::Untagged(name) => format!("Untagged: {name}\n"),
        Removed::Deleted(id) => format!("Deleted: {id}\n"),
    }
}
