//! `volume rm` and `volume prune`.

use super::{destroy, find, size, users};
use crate::engine::filter::Filters;
use crate::model::{EngineError, Event, EventType, Volume, World};
use std::collections::BTreeMap;

/// Removes a volume.
///
/// # Errors
/// Not found; conflict where a container has it mounted, running or not.
pub fn remove(world: &mut World, name: &str) -> Result<(), EngineError> {
    find(world, name)?;
    let users = users(world, name);
    if users.is_empty() {
        destroy(world, name);
        return Ok(());
    }
    let ids: Vec<String> = users.iter().map(ToString::to_string).collect();
    let names: Vec<&str> = users.iter().filter_map(|id| Some(world.container(*id)?.name.as_str())).collect();
    Err(EngineError::conflict(format!("remove {name}: volume is in use - [{}]", ids.join(", ")))
        .hint(format!("mounted by {}; a volume can go once those containers are removed", names.join(", "))))
}

/// What a prune took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// The names of the volumes.
    pub deleted: Vec<String>,
    /// The bytes of their files.
    pub reclaimed: u64,
}

/// Removes the anonymous volumes that no container has mounted, and with the filter `all` the named ones too.
///
/// # Errors
/// Invalid for unknown filters.
pub fn prune(world: &mut World, filters: &Filters) -> Result<Pruned, EngineError> {
    filters.check(&["all", "label", "label!"])?;
    let all = filters.switch("all")?.unwrap_or(false);
    let none = BTreeMap::new();
    let goes = |v: &Volume| {
        (all || v.is_anonymous())
            && users(world, &v.name).is_empty()
            && filters.prune_labels(v.labels.as_ref().unwrap_or(&none))
    };
    let mut pruned = Pruned::default();
    for volume in world.volumes.values().filter(|v| goes(v)) {
        pruned.reclaimed = pruned.reclaimed.saturating_add(size(world, volume));
        pruned.deleted.push(volume.name.clone());
    }
    for name in &pruned.deleted {
        destroy(world, name);
    }
    let time = world.now();
    let attributes = BTreeMap::from([("reclaimed".to_string(), pruned.reclaimed.to_string())]);
    let (kind, action, actor) = (EventType::Volume, "prune".to_string(), String::new());
    world.emit(Event { time, kind, action, actor, attributes });
    Ok(pruned)
}
