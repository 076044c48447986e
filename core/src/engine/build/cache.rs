//! What the build cache takes, and pruning it.

use crate::base::{Digest, Gather, Time};
use crate::engine::image::size;
use crate::model::World;
use std::collections::BTreeSet;

/// A record of the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id: 25 letters and digits made from its key.
    pub id: String,
    /// The step it comes from.
    pub description: String,
    /// What its layer takes, in bytes.
    pub size: u64,
    /// An image has the layer too: removing the record frees nothing.
    pub shared: bool,
    /// When it was made.
    pub created: Time,
    /// When it was used last.
    pub used: Time,
    /// How often it was used.
    pub uses: u32,
}

/// All records.
pub fn disk(world: &World) -> Vec<Record> {
    records(world).into_iter().map(|(_, record)| record).collect()
}

fn records(world: &World) -> Vec<(Digest, Record)> {
    let images = world.images.images.values();
    let held: BTreeSet<Digest> =
        images.flat_map(|image| image.config.rootfs.diff_ids.iter().copied()).gather();
    let made = world.build_cache.records.iter().map(|(key, record)| {
        let record = Record {
            id: key.hex().chars().take(25).collect(),
            description: record.description.clone(),
            size: size::layer(&world.images, &record.layer),
            shared: held.contains(&record.layer),
            created: record.created,
            used: record.used,
            uses: record.uses,
        };
        (*key, record)
    });
    made.collect()
}

/// How much records take that nothing shares, in bytes.
pub fn total(records: &[Record]) -> u64 {
    records.iter().map(|record| record.size).sum()
}

/// Removes records: those no image shares, or all. What was fetched for builds and the cache mounts go with
/// all of them.
pub fn prune(world: &mut World, all: bool) -> Vec<Record> {
    let mut gone = Vec::new();
    for (key, record) in records(world) {
        if all || !record.shared {
            world.build_cache.records.remove(&key);
            gone.push(record);
        }
    }
    if all {
        world.build_cache.bases.clear();
        world.build_cache.mounts.clear();
    }
    crate::engine::image::sweep(world);
    gone
}

/// Removes the records of these ids.
pub fn discard(world: &mut World, ids: &BTreeSet<String>) -> Vec<Record> {
    let gone: Vec<_> = records(world).into_iter().filter(|(_, record)| ids.contains(&record.id)).collect();
    for (key, _) in &gone {
        world.build_cache.records.remove(key);
    }
    gone.into_iter().map(|(_, record)| record).collect()
}
