//! `system df`: how much images, containers and volumes take.

use crate::base::{Digest, Gather};
use crate::engine::image::{pack, size};
use crate::engine::{build, volume};
use crate::model::{Image, Status, World};
use std::collections::{BTreeMap, BTreeSet};

/// One kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// How many there are.
    pub total: usize,
    /// How many are in use.
    pub active: usize,
    /// What all take, in bytes.
    pub size: u64,
    /// What those take that are not in use, in bytes.
    pub reclaimable: u64,
}

/// What everything takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// Images; parts that several share count once.
    pub images: Amount,
    /// What images share with others, in bytes, by id.
    pub shared: BTreeMap<Digest, u64>,
    /// Containers.
    pub containers: Amount,
    /// Volumes.
    pub volumes: Amount,
    /// Records of the builder. As recorded, the daemon counts all of them as in use.
    pub cache: Amount,
}

/// Adds up what everything takes.
pub fn usage(world: &World) -> Usage {
    let used = |image: &Image| world.containers.values().any(|c| c.image == image.id());
    let images: Vec<&Image> = world.images.images.values().map(AsRef::as_ref).collect();
    let active: Vec<&Image> = images.iter().copied().filter(|i| used(i)).collect();
    let size = disk(world, &images);
    Usage {
        images: Amount {
            total: images.len(),
            active: active.len(),
            size,
            reclaimable: size.saturating_sub(disk(world, &active)),
        },
        shared: shared(world, &images),
        containers: containers(world),
        volumes: volumes(world),
        cache: cache(world),
    }
}

/// What images take together, parts they share counted once.
fn disk(world: &World, images: &[&Image]) -> u64 {
    let store = &world.images;
    let mut blobs = BTreeSet::new();
    let mut layers = BTreeSet::new();
    for image in images {
        blobs.extend(pack::reach(store, image));
        layers.extend(image.config.rootfs.diff_ids.iter().copied());
    }
    let blobs = blobs.iter().map(|digest| size::blob(store, digest));
    blobs.chain(layers.iter().map(|diff_id| size::layer(store, diff_id))).fold(0, u64::saturating_add)
}

/// The unpacked layers that an image has in common with another one.
fn shared(world: &World, images: &[&Image]) -> BTreeMap<Digest, u64> {
    let mut users: BTreeMap<Digest, usize> = BTreeMap::new();
    for image in images {
        let layers: BTreeSet<Digest> = image.config.rootfs.diff_ids.iter().copied().gather();
        layers.into_iter().for_each(|layer| *users.entry(layer).or_default() += 1);
    }
    let common = |image: &&Image| {
        let layers: BTreeSet<Digest> = image.config.rootfs.diff_ids.iter().copied().gather();
        let common = layers.iter().filter(|layer| users.get(layer).is_some_and(|n| *n > 1));
        (image.id(), common.map(|layer| size::layer(&world.images, layer)).sum())
    };
    images.iter().map(common).collect()
}

fn containers(world: &World) -> Amount {
    let mut amount = Amount::default();
    for container in world.containers.values() {
        let size = world.kernel.view(container.rootfs).map_or(0, crate::fs::View::used_bytes);
        amount.total += 1;
        amount.size = amount.size.saturating_add(size);
        if container.status.is_alive() || container.status == Status::Restarting {
            amount.active += 1;
        } else {
            amount.reclaimable = amount.reclaimable.saturating_add(size);
        }
    }
    amount
}

fn volumes(world: &World) -> Amount {
    let mut amount = Amount::default();
    for v in world.volumes.values() {
        let size = volume::size(world, v);
        amount.total += 1;
        amount.size = amount.size.saturating_add(size);
        if volume::users(world, &v.name).is_empty() {
            amount.reclaimable = amount.reclaimable.saturating_add(size);
        } else {
            amount.active += 1;
        }
    }
    amount
}

fn cache(world: &World) -> Amount {
    let records = build::disk(world);
    let own = records.iter().filter(|record| !record.shared).map(|record| record.size);
    let size = own.fold(0, u64::saturating_add);
    Amount { total: records.len(), active: records.len(), size, reclaimable: 0 }
}
