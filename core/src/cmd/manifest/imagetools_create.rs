//! `docker buildx imagetools create`.

use super::lists;
use crate::base::Duration;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::cmd::image::build_display::as_text;
use crate::model::build::{News, Progress};
use crate::engine::image::pack::Packed;
use crate::engine::registry;
use crate::grammar::Invocation;
use crate::model::image::{Blob, Descriptor, media};

/// `docker buildx imagetools create [OPTIONS] [SOURCE...]`.
pub const COMMAND: Command = Command::new("buildx imagetools create", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let wrong = |text: &str| Failure::new(format!("ERROR: {text}"));
    let (tags, append, dry) = (call.list("tag"), call.bool("append"), call.bool("dry-run"));
    if call.args.is_empty() {
        return Err(wrong("no sources specified"));
    }
    if tags.is_empty() && (append || !dry) {
        return Err(wrong("can't push with no tags specified, please set --tag or --dry-run"));
    }
    let known: Vec<String> = if append { tags.iter().take(1).cloned().collect() } else { vec![] };
    let mut sources = vec![];
    for text in known.iter().chain(&call.args) {
        sources.push(fetch(cli, text)?);
    }
    let platforms: Vec<String> =
        call.list("platform").iter().flat_map(|list| list.split(',')).map(str::to_owned).collect();
    let (media_type, bytes) = document(&sources, &platforms, call.bool("prefer-index"));
    if dry {
        cli.sys.write(1, &bytes);
        cli.out("\n");
        return DONE;
    }
    let mut progress = Progress::default();
    for tag in &tags {
        let name = lists::parse(tag).map_err(|e| wrong(e.stderr.trim_end()))?;
        let digest = lists::push(cli, &name, &media_type, bytes.clone(), &sources)
            .map_err(|e| Failure { stderr: format!("ERROR: {}", e.stderr), ..e })?;
        let now = cli.sys.now();
        let step = progress.begin(now, format!("[internal] pushing {}", name.canonical()));
        progress.part(now, step, format!("pushing {digest} to {}", name.canonical()), 0, Duration::ZERO);
        progress.tell(now, step, News::Done);
    }
    if !matches!(call.str("progress"), "quiet" | "none") {
        let text = as_text(&progress, cli.sys.now());
        // No builder is told of.
        cli.err(text.split_once("\n\n").map_or("", |(_, steps)| steps));
    }
    DONE
}

fn fetch(cli: &mut Cli<'_, '_>, text: &str) -> Result<Packed, Failure> {
    let wrong = |text: String| Failure::new(format!("ERROR: {text}"));
    let name = lists::parse(text).map_err(|e| wrong(e.stderr.trim_end().to_owned()))?;
    registry::fetch(cli.world()?, &name).map_err(|e| Failure {
        hint: e.hint.clone(),
        ..wrong(match e.message.split_once("\": ") {
            Some((_, why)) if e.message.starts_with("failed to resolve") => why.to_owned(),
            _ => e.message.clone(),
        })
    })
}

/// What is pushed: a single source as it is where it is an index, else an index of all manifests.
fn document(sources: &[Packed], platforms: &[String], prefer_index: bool) -> (String, Vec<u8>) {
    if let [only] = sources
        && platforms.is_empty()
        && (!prefer_index || media::is_index(&only.target.media_type))
    {
        let bytes = only.blobs.get(&only.target.digest).map(Blob::to_vec).unwrap_or_default();
        return (only.target.media_type.clone(), bytes);
    }
    let fits = |manifest: &Descriptor| {
        let platform = manifest.platform.as_ref().map(|p| format!("{}/{}", p.os, p.architecture));
        platforms.is_empty() || platform.is_some_and(|platform| platforms.contains(&platform))
    };
    let mut manifests: Vec<Descriptor> = vec![];
    for manifest in sources.iter().flat_map(registry::manifests).filter(fits) {
        if !manifests.iter().any(|known| known.digest == manifest.digest) {
            manifests.push(manifest);
        }
    }
    (media::INDEX.to_owned(), registry::index(media::INDEX, manifests))
}
