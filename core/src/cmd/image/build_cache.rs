//! `docker build --cache-from` and `--cache-to`: the cache of another machine, or of another day.

use super::build_context::failed;
use crate::base::Reference;
use crate::cmd::{Cli, Failure};
use crate::engine::build::{Request, cache_files, cache_from_files, cache_from_image};
use crate::grammar::{Invocation, read_csv};
use crate::kernel::Sys;
use crate::model::World;
use crate::model::build::{News, Progress};
use serde::{Deserialize, Serialize};

/// Where the cache of a build goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    /// The image's configuration.
    Inline,
    /// A directory of the client; with true the steps of all stages.
    Local(String, bool),
}

/// The fields of an option, and its kind; a bare word is a name in a registry.
fn fields(text: &str) -> Result<(String, Vec<(String, String)>), Failure> {
    let fields = read_csv(text).map_err(failed)?;
    if let [name] = fields.as_slice()
        && !name.contains('=')
    {
        return Ok(("registry".into(), vec![("ref".into(), name.clone())]));
    }
    let mut pairs = Vec::new();
    for field in fields {
        let (key, value) =
            field.split_once('=').ok_or_else(|| failed(format!("invalid value {field}, expected key=value")))?;
        pairs.push((key.trim().to_lowercase(), value.to_owned()));
    }
    let kind = pairs.iter().find(|(key, _)| key == "type").map(|(_, kind)| kind.clone());
    let kind = kind.ok_or_else(|| failed(format!("type required form> {}", quoted(text))))?;
    Ok((kind, pairs))
}

fn quoted(text: &str) -> String {
    crate::base::go_text::quote(text)
}

fn get(pairs: &[(String, String)], key: &str) -> Option<String> {
    pairs.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value.clone())
}

/// Reads `--cache-to`.
///
/// # Errors
/// A kind of cache that there is not or that is not simulated.
pub fn destinations(call: &Invocation, request: &mut Request) -> Result<Vec<Destination>, Failure> {
    let mut found = Vec::new();
    // The old way to ask for it.
    if request.args.iter().any(|(name, value)| name == "BUILDKIT_INLINE_CACHE" && value == "1") {
        found.push(Destination::Inline);
    }
    for text in call.list("cache-to") {
        let (kind, pairs) = fields(&text)?;
        let mode = get(&pairs, "mode").unwrap_or_else(|| "min".into());
        found.push(match kind.as_str() {
            "inline" => Destination::Inline,
            "local" => {
                let dest = get(&pairs, "dest").ok_or_else(|| failed("local cache exporter requires dest"))?;
                Destination::Local(dest, mode == "max")
            }
            "registry" => return Err(failed("exporting the cache to a registry is not simulated by Drydock")),
            kind => return Err(failed(format!("failed to solve: unknown cache exporter: {}", quoted(kind)))),
        });
    }
    request.inline_cache = found.contains(&Destination::Inline);
    Ok(found)
}

/// Takes in what `--cache-from` names; a source that is not there is told of and left out.
///
/// # Errors
/// A kind of cache that there is not.
pub fn import(cli: &mut Cli<'_, '_>, call: &Invocation, progress: &mut Progress) -> Result<(), Failure> {
    for text in call.list("cache-from") {
        let (kind, pairs) = fields(&text)?;
        let now = cli.sys.now();
        let (name, done) = match kind.as_str() {
            "registry" => {
                let named = get(&pairs, "ref").ok_or_else(|| failed("registry cache importer requires ref"))?;
                let name = Reference::parse(&named).map_err(|e| failed(format!("failed to solve: {e}")))?.or_latest();
                let world = cli.world()?;
                let done = cache_from_image(world, &name).map_err(|e| {
                    format!("failed to configure registry cache importer: {}", e.message)
                });
                (named, done)
            }
            "local" => {
                let dir = get(&pairs, "src").ok_or_else(|| failed("local cache importer requires src"))?;
                let read = |sys: &mut Sys<'_>, path: &str| sys.read_file(&format!("{dir}/{path}"));
                if let Err(e) = read(cli.sys, "index.json") {
                    let why = format!("could not read {dir}/index.json: open {dir}/index.json: {}", e.go_text());
                    cli.err(&format!("WARNING: local cache import at {dir} not found due to err: {why}\n"));
                    continue;
                }
                let mut files = std::collections::BTreeMap::new();
                for path in cli.sys.list(&format!("{dir}/blobs/sha256")).unwrap_or_default() {
                    let path = format!("blobs/sha256/{path}");
                    files.extend(read(cli.sys, &path).ok().map(|bytes| (path, bytes)));
                }
                files.extend(read(cli.sys, "index.json").ok().map(|bytes| ("index.json".into(), bytes)));
                let done = cache_from_files(cli.world()?, |path| files.get(path).cloned());
                (format!("local:{dir}"), done)
            }
            kind => return Err(failed(format!("failed to solve: unknown cache importer: {}", quoted(kind)))),
        };
        let step = progress.begin(now, format!("importing cache manifest from {name}"));
        progress.tell(now, step, done.map_or_else(News::Failed, |()| News::Done));
    }
    Ok(())
}

/// Writes the cache of a build that is done into a directory of the client.
///
/// # Errors
/// What the client may not write.
pub fn export(sys: &mut Sys<'_>, number: u64, dest: &str, all: bool) -> Result<(), String> {
    let world = sys.daemon::<World>().ok_or("no daemon")?;
    let files = cache_files(world, number, all);
    let layers = files.len().saturating_sub(4);
    let fail = |path: &str, e: crate::base::Errno| format!("open {path}: {}", e.go_text());
    sys.mkdir_all(&format!("{dest}/blobs/sha256"), 0o755).map_err(|e| fail(dest, e))?;
    for (path, bytes) in files {
        let path = format!("{dest}/{path}");
        sys.write_file(&path, &bytes, 0o644).map_err(|e| fail(&path, e))?;
    }
    let world = sys.daemon::<World>().ok_or("no daemon")?;
    let parts = ["preparing build cache for export", "writing cache image manifest"];
    let parts = if layers == 0 { &parts[..1] } else { &parts[..] };
    crate::engine::build::told(world, number, "exporting cache to client directory", parts, 0);
    Ok(())
}
