//! `docker image tag`.

use crate::base::{AnyReference, Reference};
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::image;
use crate::grammar::Invocation;

/// `docker tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]`.
pub const COMMAND: Command = Command::new("image tag", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let (source, target) = (call.arg(0), call.arg(1));
    let name = Reference::parse(target).map_err(|e| Failure::new(e.of_tag_target(target)))?;
    if name.digest().is_some() {
        return Err(Failure::new("refusing to create a tag with a digest reference"));
    }
    if source.is_empty() || AnyReference::parse(source).is_err() {
        let why = AnyReference::parse(source).err().map_or(String::new(), |e| e.to_string());
        return Err(Failure::new(format!("Error response from daemon: {why}")));
    }
    image::tag(cli.world()?, source, &name)?;
    DONE
}
