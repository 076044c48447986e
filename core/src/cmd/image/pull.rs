//! `docker image pull`.

use super::moving::{Moving, Purpose};
use crate::base::Reference;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::registry::{self, Progress};
use crate::grammar::Invocation;
use crate::kernel::Applet;
use crate::model::ErrorKind;

/// `docker pull [OPTIONS] NAME[:TAG|@DIGEST]`.
pub const COMMAND: Command = Command::new("image pull", run);

/// Layers on their way, at a terminal.
pub const APPLETS: &[Applet] = super::moving::APPLETS;

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let name = Reference::parse(call.arg(0)).map_err(|e| Failure::new(e.to_string()))?;
    let quiet = call.bool("quiet");
    let all = call.bool("all-tags");
    if all && !name.is_name_only() {
        return Err(Failure::new("tag can't be used with --all-tags/-a"));
    }
    if !all && name.is_name_only() && !quiet {
        cli.out("Using default tag: latest\n");
    }
    let names = if all { registry::tags_of(cli.world()?, &name)? } else { vec![name.clone().or_latest()] };
    let last = format!("{}\n", if all { name.name() } else { name.clone().or_latest().digest_wins().canonical() });
    if !quiet && cli.sys.is_tty(1) {
        let moving = Moving::new(cli, Purpose::Pull, &names, call.get("platform"), last);
        return Ok(Flow::Wait("docker moving layers", Box::new(moving)));
    }
    for one in &names {
        let pulled = registry::pull(cli.world()?, one, call.get("platform"));
        let pulled = pulled.inspect_err(|e| {
            if e.kind == ErrorKind::InBand && !quiet {
                cli.out(&piped(&[registry::pulling(one)]));
            }
        })?;
        if !quiet {
            cli.out(&piped(&pulled.progress));
        }
    }
    cli.out(&last);
    DONE
}

/// Progress as it is printed where there is no terminal: a line each, without bars.
pub fn piped(progress: &[Progress]) -> String {
    let lines = progress.iter().filter(|line| line.done.is_none());
    lines.map(|line| line.line() + "\n").collect()
}

/// A client that pulls the image of a container and then begins again, where a terminal shows its progress and the
/// image is wanted.
///
/// # Errors
/// As `docker run` and `docker create` print them.
pub fn pull_first(cli: &mut Cli<'_, '_>, name: &str, call: &Invocation) -> Result<Option<Flow>, Failure> {
    let always = match call.str("pull") {
        "never" => return Ok(None),
        pull => pull == "always",
    };
    if cli.pulled || call.bool("quiet") || !cli.sys.is_tty(2) {
        return Ok(None);
    }
    let Ok(name) = Reference::parse(name).map(Reference::or_latest) else { return Ok(None) };
    if !always {
        if crate::engine::image::find(&cli.world()?.images, &name.familiar()).is_ok() {
            return Ok(None);
        }
        cli.err(&format!("Unable to find image '{}' locally\n", name.familiar()));
    }
    let code = if call.name() == "container run" { 125 } else { 1 };
    let platform = call.get("platform");
    if always {
        // What will fail fails now: an image that is here would be taken in its place.
        let world = cli.world()?;
        if registry::pull(&mut world.clone(), &name, platform).is_err() {
            registry::pull(world, &name, platform)
                .map_err(|e| super::super::container::run::refused(&e, call, code))?;
        }
    }
    let moving = Moving::new(cli, Purpose::Container, &[name], platform, String::new());
    Ok(Some(Flow::Wait("docker moving layers", Box::new(moving))))
}

/// Pulls the image of a container that is to be made, telling of it on stderr.
///
/// # Errors
/// As `docker run` and `docker create` print them.
pub fn pull_missing(cli: &mut Cli<'_, '_>, name: &str, call: &Invocation) -> Result<(), Failure> {
    let name = Reference::parse(name).map_err(|e| Failure::new(e.to_string()))?.or_latest();
    // A client that comes back from a pull without the image has told so before.
    if !call.bool("quiet") && !cli.pulled {
        cli.err(&format!("Unable to find image '{}' locally\n", name.familiar()));
    }
    pull_for_container(cli, &name.familiar(), call)
}

/// Pulls an image for a container that is to be made, whether it is here or not.
///
/// # Errors
/// As `docker run` and `docker create` print them.
pub fn pull_for_container(cli: &mut Cli<'_, '_>, name: &str, call: &Invocation) -> Result<(), Failure> {
    let name = Reference::parse(name).map_err(|e| Failure::new(e.to_string()))?.or_latest();
    let code = if call.name() == "container run" { 125 } else { 1 };
    let platform = call.get("platform");
    let pulled = registry::pull(cli.world()?, &name, platform)
        .map_err(|e| super::super::container::run::refused(&e, call, code))?;
    if !call.bool("quiet") {
        cli.err(&piped(&pulled.progress));
    }
    Ok(())
}
