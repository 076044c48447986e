//! `container prune`: every container that does not run goes.

use super::{Remove, remove};
use crate::base::{ObjectId, Order};
use crate::engine::filter::Filters;
use crate::model::{Container, EngineError, Event, EventType, Status, World};
use std::collections::BTreeMap;

/// What a prune removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// The containers, the newest first.
    pub removed: Vec<ObjectId>,
    /// The bytes of their writable layers.
    pub reclaimed: u64,
}

/// Removes the containers that do not run and that the filters let through.
///
/// # Errors
/// Invalid for filters other than `label`, `label!` and `until`, and for what `until` cannot read.
pub fn prune(world: &mut World, filters: &Filters) -> Result<Pruned, EngineError> {
    filters.check(&["label", "label!", "until"])?;
    let until = filters.until(world.now())?;
    let goes = |c: &Container| {
        matches!(c.status, Status::Created | Status::Exited | Status::Dead)
            && until.is_none_or(|until| c.created <= until)
            && filters.prune_labels(&c.config.labels)
    };
    let mut chosen: Vec<_> =
        world.containers.values().filter(|c| goes(c)).map(|c| (c.created, c.id)).collect();
    chosen.order_by_key(|(created, _)| std::cmp::Reverse(*created));
    let mut pruned = Pruned::default();
    for (_, id) in chosen {
        let size =
            world.container(id).and_then(|c| world.kernel.view(c.rootfs)).map_or(0, |v| v.used_bytes());
        if remove(world, id, Remove::default()).is_ok() {
            pruned.removed.push(id);
            pruned.reclaimed += size;
        }
    }
    let attributes = BTreeMap::from([("reclaimed".to_string(), pruned.reclaimed.to_string())]);
    let (time, action) = (world.now(), "prune".to_string());
    world.emit(Event { time, kind: EventType::Container, action, actor: String::new(), attributes });
    Ok(pruned)
}
