//! `docker image save`.

use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::image;
use crate::grammar::Invocation;

/// `docker save [OPTIONS] IMAGE [IMAGE...]`.
pub const COMMAND: Command = Command::new("image save", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let path = call.str("output").to_owned();
    if path.is_empty() && cli.sys.is_tty(1) {
        return Err(Failure::new("cowardly refusing to save to a terminal. Use the -o flag or redirect"));
    }
    check_output(cli, &path).map_err(|why| Failure::new(format!("failed to save image: {why}")))?;
    let platforms = call.list("platform");
    let store = &cli.world()?.images;
    call.args.iter().try_for_each(|name| image::check_platforms(store, name, &platforms))?;
    let bytes = image::save(cli.world()?, &call.args)?;
    write(cli, &path, &bytes)
}

/// Whether a file can be written there, in the client's words.
///
/// # Errors
/// Why not.
pub fn check_output(cli: &mut Cli<'_, '_>, path: &str) -> Result<(), String> {
    if path.is_empty() {
        return Ok(());
    }
    let dir = match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((dir, _)) => dir,
        None => ".",
    };
    if let Err(e) = cli.sys.stat(dir) {
        return Err(format!("invalid output path: stat {dir}: {}", e.go_text()));
    }
    match cli.sys.stat(path) {
        Ok(found) if !found.is_file() => Err(format!("invalid output path: {path:?} must be a regular file")),
        _ => Ok(()),
    }
}

/// Writes an archive to a file, or to stdout where the path is empty.
///
/// # Errors
/// Those of the file.
pub fn write(cli: &mut Cli<'_, '_>, path: &str, bytes: &[u8]) -> Result<Flow, Failure> {
    if path.is_empty() {
        cli.sys.write(1, bytes);
        return DONE;
    }
    cli.sys
        .write_file(path, bytes, 0o600)
        .map_err(|e| Failure::new(format!("open {path}: {}", e.go_text())))?;
    DONE
}
