//! `docker context export`: a context as a tar archive.

use super::store::{self, Context, DEFAULT};
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::fs::Content;
use crate::fs::tar::{TarEntry, TarKind, Writer};
use crate::grammar::Invocation;
use crate::render::json::{Escape, compact};

/// `docker context export [OPTIONS] CONTEXT [FILE|-]`.
pub const COMMAND: Command = Command::new("context export", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let name = call.arg(0);
    if name != DEFAULT {
        store::check_name(name)?;
    }
    let file = match call.arg(1) {
        "" => format!("{name}.dockercontext"),
        given => given.to_owned(),
    };
    let bytes = archive(&store::load(cli, name)?);
    if file == "-" {
        if cli.sys.is_tty(1) {
            return Err(Failure::new("cowardly refusing to export to a terminal, specify a file path"));
        }
        cli.sys.write(1, &bytes);
        return DONE;
    }
    if cli.sys.lstat(&file).is_ok() {
        return Err(Failure::new(format!("open {file}: file exists")));
    }
    cli.sys
        .write_file(&file, &bytes, 0o600)
        .map_err(|e| Failure::new(format!("open {file}: {}", e.go_text())))?;
    cli.err(&format!("Written file {file:?}\n"));
    DONE
}

fn archive(context: &Context) -> Vec<u8> {
    let file = |path: &str, bytes: &[u8], mode| TarEntry {
        kind: TarKind::File(Content::from(bytes.to_vec())),
        mode,
        ..TarEntry::empty(path)
    };
    let mut entries = vec![file("meta.json", compact(&context.meta(), Escape::Html).as_bytes(), 0o644)];
    for dir in ["tls", "tls/docker"].iter().take(if context.tls.is_empty() { 1 } else { 2 }) {
        entries.push(TarEntry { kind: TarKind::Dir, mode: 0o700, ..TarEntry::empty(dir) });
    }
    entries.extend(context.tls.iter().map(|(name, bytes)| file(&format!("tls/docker/{name}"), bytes, 0o600)));
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    for entry in &entries {
        let _memory_takes_it = writer.append(entry);
    }
    let _memory_takes_it = writer.finish();
    bytes
}
