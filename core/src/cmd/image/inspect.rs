//! `docker image inspect`.

use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::image;
use crate::grammar::Invocation;
use crate::render::inspect::{Format, ObjectKind, print};
use crate::render::template::ErrorKind;

/// `docker image inspect [OPTIONS] IMAGE [IMAGE...]`.
pub const COMMAND: Command = Command::new("image inspect", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let format = Format::parse(call.str("format"))
        .map_err(|e| Failure::new(format!("template parsing error: {}", e.message)).code(64))?;
    let platforms = call.list("platform");
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for name in &call.args {
        let store = &cli.world()?.images;
        let there = image::check_platforms(store, name, &platforms);
        match there.and_then(|()| image::inspect(store, name)) {
            Ok(object) => found.push((ObjectKind::Image, object)),
            Err(error) => failures.push(Failure::from(error)),
        }
    }
    let (text, error) = print(&format, &found);
    cli.out(&text);
    if let Some(error) = error {
        let code = if error.kind == ErrorKind::Parse { 64 } else { 1 };
        return Err(Failure::new(format!("template parsing error: {}", error.message)).code(code));
    }
    for failure in &failures {
        cli.report(failure);
    }
    Ok(Flow::Exit(i32::from(!failures.is_empty())))
}
