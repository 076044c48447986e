//! `docker image pull`.

use crate::base::Reference;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::{image, registry};
use crate::grammar::Invocation;
use crate::model::EngineError;
use crate::model::image::Name;

/// `docker pull [OPTIONS] NAME[:TAG|@DIGEST]`.
pub const COMMAND: Command = Command::new("image pull", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let reference = Reference::parse(call.arg(0)).map_err(|e| Failure::new(e.to_string()))?.or_latest();
    let text = fetch(cli, &reference)?;
    if !call.bool("quiet") {
        cli.out(&text);
    }
    cli.out(&format!("{}\n", reference.canonical()));
    DONE
}

/// Pulls the image of a container that is to be made, telling of it on stderr.
///
/// # Errors
/// As `docker run` prints them.
pub fn pull_missing(cli: &mut Cli<'_, '_>, name: &str, call: &Invocation) -> Result<(), Failure> {
    let reference = Reference::parse(name).map_err(|e| Failure::new(e.to_string()))?.or_latest();
    cli.err(&format!("Unable to find image '{}' locally\n", reference.familiar()));
    let code = if call.name() == "container run" { 125 } else { 1 };
    let text = fetch(cli, &reference).map_err(|e| super::super::container::run::refused(&e, call, code))?;
    cli.err(&text);
    Ok(())
}

fn fetch(cli: &mut Cli<'_, '_>, reference: &Reference) -> Result<String, EngineError> {
    let (path, tag) = (reference.path(), reference.tag().unwrap_or("latest"));
    let repository = path.strip_prefix("library/").unwrap_or(path);
    let denied = || {
        EngineError::not_found(format!(
            "pull access denied for {}, repository does not exist or may require 'docker login'",
            reference.familiar_name()
        ))
    };
    if !registry::catalogue::has_repository(repository) {
        return Err(denied());
    }
    let name = reference.canonical();
    let facts = registry::catalogue::find(repository, tag)
        .ok_or_else(|| EngineError::not_found(format!("failed to resolve reference \"{name}\": {name}: not found")))?;
    let packed = registry::catalogue::build(&facts).ok_or_else(denied)?;
    let world = cli.world().map_err(|f| EngineError::system(f.stderr))?;
    let image = image::pack::admit(&mut world.images, &packed)?;
    let tagged = world.now();
    world.images.names.insert(name, Name { target: image.id(), tagged });
    Ok(format!(
        "{tag}: Pulling from {path}\nDigest: {}\nStatus: Downloaded newer image for {}\n",
        image.id(),
        reference.familiar()
    ))
}
