//! `docker manifest inspect`.

use crate::base::Reference;
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
    if call.bool("verbose") {
        return Err(EngineError::not_simulated("docker manifest inspect --verbose").into());
    }
    if call.args.len() > 1 {
        return Err(EngineError::not_simulated("a manifest list made by hand").into());
    }
    let name = Reference::parse(call.arg(0)).map_err(|e| Failure::new(e.to_string()))?.or_latest();
    let packed = registry::fetch(cli.world()?, &name).map_err(|e| refused(&name, &e))?;
    let bytes = packed.blobs.get(&packed.target.digest).map(Blob::to_vec).unwrap_or_default();
    let json = serde_json::from_slice(&bytes).unwrap_or_default();
    let text = indented(&json, Escape::Plain);
    let indent = if media::is_index(&packed.target.media_type) { "   " } else { "\t" };
    cli.out(&(reindent(&text, indent) + "\n"));
    DONE
}

fn refused(name: &Reference, error: &EngineError) -> Failure {
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
