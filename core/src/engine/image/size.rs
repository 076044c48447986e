//! How much images take, in bytes: the recorded facts of catalogue layers, honest sums for the rest.

use super::pack::reach;
use crate::base::Digest;
use crate::fs::{Entry, Layer};
use crate::model::{Image, ImageStore};
use std::collections::BTreeSet;

/// What a directory, and every begun part of a file of this size, takes on disk.
const BLOCK: u64 = 4096;

/// A layer unpacked.
pub fn layer(store: &ImageStore, diff_id: &Digest) -> u64 {
    match (store.facts.get(diff_id), store.chains.layer(diff_id)) {
        (Some(fact), _) => fact.unpacked,
        (None, Some(layer)) => on_disk(layer),
        (None, None) => 0,
    }
}

/// What the directory of a layer takes on disk, as `du` counts: the root always, whiteouts nothing.
pub fn on_disk(layer: &Layer) -> u64 {
    let root = if layer.entries().contains_key("/") { 0 } else { BLOCK };
    layer.entries().values().fold(root, |sum, entry| match entry {
        Entry::Put(inode) | Entry::Opaque(inode) => match inode.as_file() {
            Some(content) => sum.saturating_add(content.len().div_ceil(BLOCK).saturating_mul(BLOCK)),
            None if inode.is_dir() => sum.saturating_add(BLOCK),
            None => sum,
        },
        Entry::Link(_) | Entry::Whiteout => sum,
    })
}

/// All layers of an image unpacked.
pub fn unpacked(store: &ImageStore, image: &Image) -> u64 {
    let mut seen = BTreeSet::new();
    let distinct = image.config.rootfs.diff_ids.iter().filter(|diff_id| seen.insert(**diff_id));
    distinct.map(|diff_id| layer(store, diff_id)).sum()
}

/// All documents and compressed layers of an image: CONTENT SIZE.
pub fn content(store: &ImageStore, image: &Image) -> u64 {
    reach(store, image).iter().map(|digest| blob(store, digest)).sum()
}

/// One document or compressed layer.
pub fn blob(store: &ImageStore, digest: &Digest) -> u64 {
    match store.facts.get(digest) {
        Some(fact) => fact.compressed,
        None => store.blob(digest).map_or(0, |blob| blob.len()),
    }
}

/// Everything: DISK USAGE.
pub fn total(store: &ImageStore, image: &Image) -> u64 {
    content(store, image).saturating_add(unpacked(store, image))
}
