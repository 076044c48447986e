//! `docker container commit`.

use crate::base::Reference;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::container::{Commit, commit, find};
use crate::grammar::Invocation;

/// `docker commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]`.
pub const COMMAND: Command = Command::new("container commit", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let name = call.arg(1);
    let parsed = Some(name).filter(|n| !n.is_empty()).map(Reference::parse).transpose();
    let name = parsed.map_err(|e| Failure::new(e.to_string()))?;
    if name.as_ref().is_some_and(|n| n.digest().is_some()) {
        return Err(Failure::new("refusing to create a tag with a digest reference"));
    }
    let how = Commit {
        name,
        author: call.str("author").to_string(),
        message: call.str("message").to_string(),
        changes: call.list("change"),
        pause: !call.bool("no-pause") && (!call.changed("pause") || call.bool("pause")),
    };
    let world = cli.world()?;
    let id = find(world, call.arg(0))?;
    let image = commit(world, id, &how)?;
    cli.out(&format!("{}\n", image.id()));
    DONE
}
