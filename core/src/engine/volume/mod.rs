//! Volumes and everything else that is mounted into containers: one file a verb.

mod asked;
mod create;
mod inspect;
mod mounts;
mod place;
mod plan;
mod populate;
mod release;
mod remove;
mod spec;

pub use asked::{create, prune, remove};
pub use create::Create;
pub use inspect::{inspect, list};
pub use mounts::{mounts, unmount};
pub use plan::plan;
pub use release::release;
pub use remove::Pruned;

use crate::base::ObjectId;
use crate::model::{EngineError, Event, EventType, Volume, World};
use std::collections::BTreeMap;

/// A volume by its name.
///
/// # Errors
/// Not found.
pub fn find<'a>(world: &'a World, name: &str) -> Result<&'a Volume, EngineError> {
    let volume = world.volumes.get(name).map(AsRef::as_ref);
    volume.ok_or_else(|| EngineError::not_found(format!("get {name}: no such volume")))
}

/// The containers that have a volume mounted, running or not.
pub fn users(world: &World, name: &str) -> Vec<ObjectId> {
    let uses = |c: &crate::model::Container| {
        c.mounts.iter().any(|m| m.kind == "volume" && m.name.as_deref() == Some(name))
    };
    world.containers.values().filter(|c| uses(c)).map(|c| c.id).collect()
}

/// The bytes of a volume's files.
pub fn size(world: &World, volume: &Volume) -> u64 {
    world.kernel.view(volume.fs).map_or(0, crate::fs::View::total_bytes)
}

fn is_local(driver: &str) -> bool {
    matches!(driver, "" | "local")
}

/// Tells of something that happened to a volume.
fn emit(world: &mut World, volume: &Volume, action: &str, extra: &[(&str, String)]) {
    let mut attributes = BTreeMap::from([("driver".to_string(), volume.driver.clone())]);
    for (key, value) in extra {
        attributes.insert((*key).to_string(), value.clone());
    }
    let (time, actor) = (world.now(), volume.name.clone());
    world.emit(Event { time, kind: EventType::Volume, action: action.to_string(), actor, attributes });
}

/// Removes a volume that nobody uses.
fn destroy(world: &mut World, name: &str) {
    if let Some(volume) = world.volumes.remove(name) {
        world.kernel.remove_fs(volume.fs);
        emit(world, &volume, "destroy", &[]);
    }
}

#[cfg(test)]
mod tests;
