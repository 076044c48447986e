//! `docker container export`.

use crate::cmd::image::save::{check_output, write};
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::{archive, find};
use crate::fs::tar::{TarEntry, TarKind, Writer};
use crate::grammar::Invocation;

/// `docker export [OPTIONS] CONTAINER`.
pub const COMMAND: Command = Command::new("container export", run);

/// The largest archive that is made, in bytes.
const MAX_ARCHIVE: u64 = 256 << 20;

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let path = call.str("output").to_owned();
    if path.is_empty() && cli.sys.is_tty(1) {
        return Err(Failure::new("cowardly refusing to save to a terminal. Use the -o flag or redirect"));
    }
    check_output(cli, &path).map_err(|why| Failure::new(format!("failed to export container: {why}")))?;
    let world = cli.world()?;
    let id = find(world, call.arg(0))?;
    let entries = archive::export(world, id)?;
    let bytes = archive_of(&entries)?;
    write(cli, &path, &bytes)
}

/// The bytes of an archive.
///
/// # Errors
/// Where it would be larger than Drydock holds.
pub fn archive_of(entries: &[TarEntry]) -> Result<Vec<u8>, Failure> {
    let size = |e: &TarEntry| match &e.kind {
        TarKind::File(content) => content.len(),
        _ => 0,
    };
    let total = entries.iter().fold(0u64, |sum, e| sum.saturating_add(size(e)).saturating_add(1024));
    if total > MAX_ARCHIVE {
        return Err(Failure::new("the archive would be larger than 256 MiB, which Drydock does not hold"));
    }
    let mut bytes = vec![];
    let mut writer = Writer::new(&mut bytes);
    let written = entries.iter().try_for_each(|entry| writer.append(entry)).and_then(|()| writer.finish());
    written.map_err(|e| Failure::new(e.to_string()))?;
    Ok(bytes)
}
