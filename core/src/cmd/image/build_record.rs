//! What is remembered of a build for `docker buildx history`.

use super::build_display::as_text;
use crate::cmd::{Cli, Failure};
use crate::engine::build::{new_reference, remember};
use crate::grammar::Invocation;
use crate::kernel::Sys;
use crate::model::build::Progress;
use crate::model::{PastBuild, World};

/// The record of a build that begins now.
///
/// # Errors
/// There is no daemon.
pub fn begin(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<PastBuild, Failure> {
    let place = call.arg(0);
    let file = match call.str("file") {
        "" => "Dockerfile",
        given => given,
    };
    let cwd = cli.sys.cwd();
    let dir = match place {
        "." | "-" => cwd.as_str(),
        other => other.trim_end_matches('/'),
    };
    let target = call.get("target").filter(|target| !target.is_empty()).map(str::to_owned);
    let mut name = dir.rsplit('/').next().unwrap_or(dir).to_owned();
    if file.rsplit('/').next() != Some("Dockerfile") {
        name = format!("{name}/{}", file.rsplit('/').next().unwrap_or(file));
    }
    if let Some(target) = &target {
        name = format!("{name} ({target})");
    }
    let started = cli.sys.now();
    Ok(PastBuild {
        reference: new_reference(cli.world()?),
        name,
        context: place.to_owned(),
        file: file.to_owned(),
        target,
        args: call.pairs("build-arg"),
        labels: call.pairs("label"),
        started,
        ..PastBuild::default()
    })
}

/// Remembers that a build has ended; a failure with the message as it was printed.
pub fn end(sys: &mut Sys<'_>, build: &mut PastBuild, progress: &Progress, failure: Option<&str>) {
    let mut build = std::mem::take(build);
    build.log(&as_text(progress, sys.now()));
    build.error = failure.map(|text| {
        let message = text.trim_end().rsplit("failed to solve: ").next().unwrap_or(text);
        message.to_owned()
    });
    if let Some(world) = sys.daemon::<World>() {
        remember(world, build);
    }
}
