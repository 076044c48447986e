//! `docker volume inspect`.

use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::volume::{find, inspect};
use crate::grammar::Invocation;
use crate::render::inspect::{Format, ObjectKind, print};

/// `docker volume inspect [OPTIONS] VOLUME [VOLUME...]`.
pub const COMMAND: Command = Command::new("volume inspect", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let trouble = |message: String, code| Failure::new(format!("template parsing error: {message}")).code(code);
    let format = Format::parse(call.str("format")).map_err(|e| trouble(e.message, 64))?;
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for name in &call.args {
        let world = cli.world()?;
        match find(world, name) {
            Ok(volume) => found.push((ObjectKind::Volume, inspect(world, volume, false))),
            Err(error) => failures.push(Failure::from(error)),
        }
    }
    let (text, error) = print(&format, &found);
    cli.out(&text);
    if let Some(error) = error {
        return Err(trouble(error.message, 1));
    }
    for failure in &failures {
        cli.report(failure);
    }
    Ok(Flow::Exit(i32::from(!failures.is_empty())))
}
