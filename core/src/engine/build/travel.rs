//! The cache on its way: what `--cache-to` writes beside an image or into a directory, and `--cache-from` reads.
//!
//! A record is told by the key of its step and the layers it ended with; who reads it needs those layers as well.

use super::export::steps_of;
use super::visit::outcome;
use crate::base::{Digest, Reference, Time, base64};
use crate::engine::image::pack;
use crate::engine::registry;
use crate::fs::{Chain, Layer, tar};
use crate::model::BuildRecord;
use crate::model::build::Job;
use crate::model::image::{Descriptor, Index, media};
use crate::model::{EngineError, ImageStore, World};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The type of the document that tells of records.
const CONFIG: &str = "application/vnd.buildkit.cacheconfig.v0";
/// How many records are read of one source.
const MAX_RECORDS: usize = 10_000;

/// A record that travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Traveller {
    /// The key of its step.
    key: Digest,
    /// The layers it ended with, lowest first.
    layers: Vec<Digest>,
    /// What the progress called it.
    description: String,
    /// When it was made, in nanoseconds since 1970.
    created: i64,
}

/// The records of a build: of the steps that led to the result, or of all.
fn travellers(world: &World, job: &Job, all: bool) -> Vec<Traveller> {
    let steps = if all { (0..job.plan.nodes.len()).collect() } else { steps_of(&job.plan) };
    let told = steps.into_iter().filter_map(|step| {
        let outcome = outcome(job, Some(step))?;
        let record = world.build_cache.records.get(&outcome.key)?;
        let chain = world.images.chains.get(&record.chain?)?;
        let layers = chain.layers().map(|layer| layer.diff_id()).collect();
        let description = record.description.clone();
        Some(Traveller { key: outcome.key, layers, description, created: record.created.0 })
    });
    told.collect()
}

/// What goes into the configuration of an image with `--cache-to type=inline`.
pub fn inline(world: &World, job: &Job) -> String {
    base64::encode(&serde_json::to_vec(&travellers(world, job, false)).unwrap_or_default())
}

/// The files of a cache directory, by path: the OCI layout, whose one manifest lists layers and records.
pub fn files(world: &World, number: u64, all: bool) -> BTreeMap<String, Vec<u8>> {
    let Some(job) = world.builds.get(&number) else { return BTreeMap::new() };
    let records = travellers(world, job, all);
    let mut files = BTreeMap::new();
    let mut put = |media_type: &str, bytes: Vec<u8>| {
        let descriptor = Descriptor::of(media_type, &bytes);
        files.insert(format!("blobs/sha256/{}", descriptor.digest.hex()), bytes);
        descriptor
    };
    let mut layers: BTreeMap<Digest, Arc<Layer>> = BTreeMap::new();
    for digest in records.iter().flat_map(|record| &record.layers) {
        layers.extend(world.images.chains.layer(digest).map(|layer| (*digest, layer.clone())));
    }
    let mut manifests: Vec<Descriptor> =
        layers.values().map(|layer| put(media::LAYER, layer.to_tar())).collect();
    manifests.push(put(CONFIG, serde_json::to_vec(&records).unwrap_or_default()));
    let index =
        Index { schema_version: 2, media_type: media::INDEX.into(), manifests, annotations: BTreeMap::new() };
    let mut listed = put(media::INDEX, serde_json::to_vec(&index).unwrap_or_default());
    listed.annotations.insert("org.opencontainers.image.ref.name".into(), "latest".into());
    let top = Index { manifests: vec![listed], ..index };
    files.insert("index.json".into(), serde_json::to_vec(&top).unwrap_or_default());
    files.insert("oci-layout".into(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec());
    files
}

/// Takes in the records of a cache directory, whose files `read` gives.
///
/// # Errors
/// A directory that is no cache.
pub fn from_files(world: &mut World, mut read: impl FnMut(&str) -> Option<Vec<u8>>) -> Result<(), String> {
    let mut index = |path: &str| -> Option<Index> { serde_json::from_slice(&read(path)?).ok() };
    let blob = |digest: Digest| format!("blobs/sha256/{}", digest.hex());
    let top = index("index.json").ok_or("index.json cannot be read")?;
    let listed = top.manifests.first().ok_or("index.json names nothing")?;
    let listed = index(&blob(listed.digest)).ok_or("the manifest of the cache cannot be read")?;
    let mut records: Vec<Traveller> = vec![];
    let mut layers = BTreeMap::new();
    for part in &listed.manifests {
        let bytes = read(&blob(part.digest)).ok_or_else(|| format!("the blob {} is missing", part.digest))?;
        if part.media_type == CONFIG {
            records = serde_json::from_slice(&bytes).map_err(|e| e.to_string())?;
        } else {
            let layer = Layer::from_tar(&bytes, tar::Limits::default()).map_err(|e| e.to_string())?;
            layers.insert(layer.diff_id(), Arc::new(layer));
        }
    }
    admit(world, records, |world, digest| {
        layers.get(digest).cloned().or_else(|| world.images.chains.layer(digest).cloned())
    });
    Ok(())
}

/// Takes in the records that an image of a registry carries, if it does.
///
/// # Errors
/// The registry's.
pub fn from_image(world: &mut World, name: &Reference) -> Result<(), EngineError> {
    let packed = registry::fetch(world, name)?;
    let mut store = ImageStore { chains: world.images.chains.clone(), ..ImageStore::default() };
    let image = pack::admit(&mut store, &packed)?;
    let Some(told) = &image.config.cache else { return Ok(()) };
    let records =
        base64::decode(told).and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let chains = store.chains;
    admit(world, records, |_, digest| chains.layer(digest).cloned());
    Ok(())
}

/// Takes records in whose layers are all there; what is known already stays.
fn admit(world: &mut World, records: Vec<Traveller>, layer: impl Fn(&World, &Digest) -> Option<Arc<Layer>>) {
    let now = world.now();
    for record in records.into_iter().take(MAX_RECORDS) {
        let layers: Option<Vec<_>> = record.layers.iter().map(|digest| layer(world, digest)).collect();
        let Some(layers) = layers else { continue };
        let (Some(last), false) = (record.layers.last(), world.build_cache.records.contains_key(&record.key))
        else {
            continue;
        };
        let chains = &mut world.images.chains;
        let chain = layers.into_iter().fold(Chain::empty(), |chain, layer| chains.push(&chain, layer));
        let made = BuildRecord {
            chain: chain.id(),
            layer: *last,
            description: record.description,
            created: Time(record.created),
            used: now,
            uses: 0,
        };
        world.build_cache.records.insert(record.key, Arc::new(made));
    }
}
