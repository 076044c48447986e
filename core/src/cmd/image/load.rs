//! `docker image load`.

use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until};
use crate::engine::image;
use crate::grammar::Invocation;
use crate::model::EngineError;

/// `docker load [OPTIONS]`.
pub const COMMAND: Command = Command::new("image load", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let path = call.str("input").to_owned();
    let bytes = if path.is_empty() {
        if cli.sys.is_tty(0) {
            return Err(Failure::new("requested load from stdin, but stdin is empty"));
        }
        let Some(input) = cli.input.take() else { return Ok(Flow::Input(Until::End)) };
        input
    } else {
        read(cli, &path)?
    };
    for platform in call.list("platform") {
        image::check_platform_name(&platform)?;
        if !["linux", "linux/amd64"].contains(&platform.as_str()) {
            return Err(EngineError::not_simulated(&format!("loading images for {platform}")).into());
        }
    }
    // The daemon has begun to answer by then, so the client prints its words as they come.
    let loaded = image::load(cli.world()?, &bytes).map_err(|e| {
        let hint = e.hint.clone();
        Failure { hint, ..Failure::new(e.message) }
    })?;
    for image in loaded {
        match image.name {
            Some(name) => cli.out(&format!("Loaded image: {}\n", name.familiar())),
            None => cli.out(&format!("Loaded image ID: {}\n", image.id)),
        }
    }
    DONE
}

/// The bytes of a file that a command was given.
///
/// # Errors
/// In the client's words.
pub fn read(cli: &mut Cli<'_, '_>, path: &str) -> Result<Vec<u8>, Failure> {
    let is_dir = cli.sys.stat(path).is_ok_and(|found| found.is_dir());
    if is_dir {
        return Err(Failure::new(format!("read {path}: is a directory")));
    }
    cli.sys.read_file(path).map_err(|e| Failure::new(format!("open {path}: {}", e.go_text())))
}
