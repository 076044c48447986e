//! `docker manifest inspect`.

use crate::base::Reference;
use super::lists;
use crate::base::reference::DOCKER_HUB;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::registry;
use crate::grammar::Invocation;
use crate::model::image::{Blob, media};
use crate::model::{EngineError, ErrorKind};
use crate::render::json::{Escape, indented};

/// `docker manifest inspect [OPTIONS] [MANIFEST_LIST] MANIFEST`.
pub const COMMAND: Command = Command::new("manifest inspect", run);

const DENIED: &str =
    "errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n\n";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let name = lists::parse(call.arg(call.args.len() - 1))?;
    if let [list, _] = call.args.as_slice() {
        let list = lists::parse(list)?;
        let entries = lists::existing(cli, &list)?;
        if !entries.iter().any(|entry| entry.reference == name.canonical()) {
            return Err(Failure::new(format!("No such manifest: {}", name.canonical())));
        }
    } else if let Some(entries) = lists::read(cli, &name) {
        let manifests = entries.into_iter().map(|entry| entry.descriptor).collect();
        let bytes = registry::index(media::DOCKER_LIST, manifests);
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        cli.out(&(reindent(&indented(&json, Escape::Plain), "   ") + "\n"));
        return DONE;
    }
    let packed = lists::fetch(cli, &name)?;
    let bytes = packed.blobs.get(&packed.target.digest).map(Blob::to_vec).unwrap_or_default();
    let json = serde_json::from_slice(&bytes).unwrap_or_default();
    let text = indented(&json, Escape::Plain);
    let indent = if media::is_index(&packed.target.media_type) { "   " } else { "\t" };
    cli.out(&(reindent(&text, indent) + "\n"));
    DONE
}

/// What the client says of a registry's refusal.
pub fn refused(name: &Reference, error: &EngineError) -> Failure {
    let denied = name.domain() == DOCKER_HUB && error.message.starts_with("pull access denied");
    match error.kind {
        ErrorKind::NotFound if denied => Failure { stderr: DENIED.into(), ..Failure::new("") },
        ErrorKind::NotFound => {
            let shown = if name.domain() == DOCKER_HUB { name.canonical() } else { name.familiar() };
            Failure::new(format!("no such manifest: {shown}"))
        }
        _ => Failure { hint: error.hint.clone(), ..Failure::new(error.message.clone()) },
    }
}

/// Replaces each step of four spaces at the start of a line.
fn reindent(text: &str, indent: &str) -> String {
    let lines = text.lines().map(|line| {
        let rest = line.trim_start_matches(' ');
        indent.repeat((line.len() - rest.len()) / 4) + rest
    });
    lines.collect::<Vec<_>>().join("\n")
}
