//! What `docker build` reads: the context with its Dockerfile, and further contexts.

use super::build_context::{self as context, failed};
use crate::cmd::{Cli, Failure};
use crate::engine::build::context as archived;
use crate::engine::build::{Patterns, Request};
use crate::fs::View;
use crate::grammar::Invocation;
use std::collections::BTreeMap;

/// A context with its Dockerfile, as the client reads them.
pub struct Sources {
    /// The directories by name, and how many bytes of each are sent.
    pub contexts: BTreeMap<String, (View, u64)>,
    /// What `.dockerignore` leaves out.
    pub ignore: Patterns,
    /// How many bytes `.dockerignore` has.
    pub ignore_size: usize,
    /// The name of the Dockerfile.
    pub file: String,
    /// The Dockerfile, or why there is none.
    pub text: Result<String, String>,
}

/// Reads Dockerfile and context.
///
/// # Errors
/// A context that is not there or not simulated.
pub fn sources(cli: &mut Cli<'_, '_>, call: &Invocation, place: &str) -> Result<Sources, Failure> {
    let input = cli.input.take().unwrap_or_default();
    let named = call.get("file").filter(|file| !file.is_empty()).map(str::to_owned);
    if place == "-" {
        return stdin_sources(cli, named, &input);
    }
    if context::is_remote(place) {
        return Err(failed("a context from an address is not simulated by Drydock"));
    }
    if !cli.sys.stat(place).is_ok_and(|stat| stat.is_dir()) {
        return Err(failed(format!("unable to prepare context: path {place:?} not found")));
    }
    let inside = |name: &str| format!("{}/{name}", place.trim_end_matches('/'));
    let path = match &named {
        Some(name) => name.clone(),
        None if cli.sys.stat(&inside("Dockerfile")).is_err() && cli.sys.stat(&inside("dockerfile")).is_ok() => {
            inside("dockerfile")
        }
        None => inside("Dockerfile"),
    };
    let file = path.rsplit('/').next().unwrap_or(&path).to_owned();
    let (file, text) = if path == "-" {
        ("Dockerfile".to_owned(), Ok(String::from_utf8_lossy(&input).into_owned()))
    } else {
        let missing = || format!("failed to read dockerfile: open {file}: no such file or directory");
        let text = context::text(cli.sys, &path).ok_or_else(missing);
        (file, text)
    };
    let solve = |e: String| failed(format!("failed to solve: {e}"));
    let (ignore, ignore_size) = match context::ignore(cli.sys, place, &path) {
        Ok(found) => found,
        // A Dockerfile that is missing is told of first.
        Err(_) if text.is_err() => (Patterns::default(), 0),
        Err(e) => return Err(solve(e)),
    };
    let mut contexts = BTreeMap::new();
    contexts.insert(String::new(), context::directory(cli.sys, place, &ignore).map_err(solve)?);
    Ok(Sources { contexts, ignore, ignore_size, file, text })
}

/// An archive or a Dockerfile on standard input.
fn stdin_sources(cli: &mut Cli<'_, '_>, named: Option<String>, input: &[u8]) -> Result<Sources, Failure> {
    let now = cli.sys.now();
    let empty = || BTreeMap::from([(String::new(), (View::empty(now), 0))]);
    let file = named.unwrap_or_else(|| "Dockerfile".into());
    if file == "-" {
        return Err(failed("invalid argument: can't use stdin for both build context and dockerfile"));
    }
    if !archived::is_archive(input) {
        let text = match input.is_empty() {
            true => Err("failed to read dockerfile: no local sources enabled".to_owned()),
            false => Ok(String::from_utf8_lossy(input).into_owned()),
        };
        let file = "Dockerfile".into();
        return Ok(Sources { contexts: empty(), ignore: Patterns::default(), ignore_size: 0, file, text });
    }
    let solve = |e: String| failed(format!("failed to solve: {e}"));
    let view = archived::archive(input, now).map_err(solve)?;
    let missing = || format!("failed to read dockerfile: open {file}: no such file or directory");
    let text = archived::text_in(&view, &format!("/{file}")).ok_or_else(missing);
    let ignored = archived::text_in(&view, "/.dockerignore").unwrap_or_default();
    let ignore = Patterns::parse(&ignored).map_err(solve)?;
    let kept = archived::filtered(&view, &ignore, now);
    let contexts = BTreeMap::from([(String::new(), (kept, input.len() as u64))]);
    Ok(Sources { contexts, ignore, ignore_size: ignored.len(), file, text })
}

/// `--build-context`.
///
/// # Errors
/// A directory that is not there; a source that is not simulated.
pub fn named_contexts(
    cli: &mut Cli<'_, '_>,
    call: &Invocation,
    request: &mut Request,
    contexts: &mut BTreeMap<String, (View, u64)>,
) -> Result<(), Failure> {
    for text in call.list("build-context") {
        let (name, place) = text
            .split_once('=')
            .ok_or_else(|| failed(format!("invalid context value: {text}, expected key=value")))?;
        if let Some(image) = place.strip_prefix("docker-image://") {
            request.images.push((name.to_owned(), image.to_owned()));
            continue;
        }
        if context::is_remote(place) || place.contains("://") {
            return Err(failed(format!("the context {place} is not simulated by Drydock")));
        }
        if !cli.sys.stat(place).is_ok_and(|stat| stat.is_dir()) {
            return Err(failed(format!(
                "failed to get build context {name}: stat {place}: no such file or directory"
            )));
        }
        let solve = |e: String| failed(format!("failed to solve: {e}"));
        let (ignore, _) = context::ignore(cli.sys, place, "").map_err(solve)?;
        let read = context::directory(cli.sys, place, &ignore).map_err(solve)?;
        contexts.insert(name.to_owned(), read);
        request.contexts.push(name.to_owned());
    }
    Ok(())
}

