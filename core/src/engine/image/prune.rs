//! `image prune`: removes images that nothing needs.

use super::filter::{Filters, PRUNE};
use super::remove::{Removed, delete};
use super::size;
use crate::model::{EngineError, World};

/// What a prune did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Names and images that are gone, in order.
    pub removed: Vec<Removed>,
    /// How many bytes that frees.
    pub reclaimed: u64,
}

/// Removes dangling images, or with `all` every image that no container uses.
///
/// # Errors
/// Those of reading filters.
pub fn prune(world: &mut World, all: bool, filters: &[(String, String)]) -> Result<Pruned, EngineError> {
    let filters = Filters::read(&world.images, filters, PRUNE, world.now())?;
    let all = all || filters.dangling == Some(false);
    let filters = filters.without_dangling();
    let mut pruned = Pruned::default();
    let candidates: Vec<_> = world.images.images.values().cloned().collect();
    for image in candidates {
        let id = image.id();
        let named = world.images.names_of(id).next().is_some();
        let used = world.containers.values().any(|c| c.image == id);
        if used || (named && !all) || !filters.pass(&world.images, &image) {
            continue;
        }
        let before = disk(world);
        pruned.removed.extend(delete(world, &image));
        pruned.reclaimed += before.saturating_sub(disk(world));
    }
    if !pruned.removed.is_empty() {
        super::sweep(world);
    }
    emit_prune(world, pruned.reclaimed);
    Ok(pruned)
}

fn emit_prune(world: &mut World, reclaimed: u64) {
    let mut event = crate::model::Event {
        time: world.now(),
        kind: crate::model::EventType::Image,
        action: "prune".into(),
        actor: String::new(),
        attributes: Default::default(),
    };
    event.attributes.insert("reclaimed".into(), reclaimed.to_string());
    world.emit(event);
}

/// What all images take together, shared parts counted once, in bytes.
pub fn disk(world: &World) -> u64 {
    let store = &world.images;
    let mut blobs = std::collections::BTreeSet::new();
    let mut layers = std::collections::BTreeSet::new();
    for image in store.images.values() {
        blobs.extend(super::pack::reach(store, image));
        layers.extend(image.config.rootfs.diff_ids.iter().copied());
    }
    let blobs: u64 = blobs.iter().map(|digest| size::blob(store, digest)).sum();
    blobs + layers.iter().map(|diff_id| size::layer(store, diff_id)).sum::<u64>()
}
