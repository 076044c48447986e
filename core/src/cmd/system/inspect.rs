//! `docker inspect`: any object by its name or id.

use super::objects::Shown;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::{container, image, network, volume};
use crate::grammar::Invocation;
use crate::model::{EngineError, ErrorKind, World};
use crate::render::inspect::ObjectKind;
use serde_json::Value;

/// `docker inspect [OPTIONS] NAME|ID [NAME|ID...]`.
pub const COMMAND: Command = Command::new("inspect", run);

/// Every type there is, as `--type` takes them.
const TYPES: [&str; 10] =
    ["config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume"];
/// The order in which a name is looked up.
const ORDER: [&str; 4] = ["container", "image", "network", "volume"];

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let wanted = call.str("type");
    if call.changed("type") && !TYPES.contains(&wanted) {
        let known = TYPES.map(|t| format!("{t:?}")).join(", ");
        let what = if wanted.is_empty() { "type is empty".into() } else { format!("unknown type: {wanted:?}") };
        return Err(Failure::new(format!("{what}: must be one of {known}")));
    }
    let mut shown = Shown::new(call)?;
    let size = call.bool("size");
    for name in &call.args {
        let object = if wanted.is_empty() {
            any(cli, name, size)?
        } else {
            one(cli.world()?, wanted, name, size).map(|o| (wanted, o)).map_err(Failure::from)
        };
        match object {
            Ok((kind, object)) => {
                if size && kind != "container" {
                    cli.err(&format!("WARNING: --size ignored for {kind}\n"));
                }
                shown.add(object_kind(kind), Ok(object));
            }
            Err(failure) => shown.add(ObjectKind::Other, Err(failure)),
        }
    }
    shown.print(cli)
}

type Found = Result<(&'static str, Value), Failure>;

/// The first object of that name, whatever its type.
fn any(cli: &mut Cli<'_, '_>, name: &str, size: bool) -> Result<Found, Failure> {
    for kind in ORDER {
        match one(cli.world()?, kind, name, size) {
            Ok(object) => return Ok(Ok((kind, object))),
            Err(e) if e.kind == ErrorKind::NotFound => {}
            Err(e) => return Ok(Err(e.into())),
        }
    }
    Ok(Err(Failure::new(format!("error: no such object: {name}"))))
}

fn one(world: &World, kind: &str, name: &str, size: bool) -> Result<Value, EngineError> {
    match kind {
        "container" => container::find(world, name).and_then(|id| container::inspect(world, id, size)),
        "image" => image::inspect(&world.images, name),
        "network" => {
            let id = network::find(world, name)?;
            let network = world.network(id);
            let missing = || EngineError::not_found(format!("network {name} not found"));
            network.map(|n| network::inspect(world, n)).ok_or_else(missing)
        }
        "volume" => volume::find(world, name).map(|v| volume::inspect(world, v, false)),
        "plugin" => Err(EngineError::not_found(format!("plugin {name:?} not found"))),
        _ => Err(EngineError::no_swarm_manager()),
    }
}

fn object_kind(kind: &str) -> ObjectKind {
    match kind {
        "container" => ObjectKind::Container,
        "image" => ObjectKind::Image,
        "network" => ObjectKind::Network,
        "volume" => ObjectKind::Volume,
        _ => ObjectKind::Other,
    }
}
