//! `load`: images from an archive, in the OCI layout or in that of older Docker, gzip or not.

use super::name::{Left, emit, give};
use super::pack::{Packed, admit, pack};
use super::save::{IMAGE_NAME, REF_NAME};
use crate::base::{Digest, Reference};
use crate::fs::tar::{self, TarError, TarKind};
use crate::fs::{Content, Layer, gzip};
use crate::model::image::{Blob, ConfigFile, Descriptor, Index};
use crate::model::{EngineError, Image, World};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An image that was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// Its id.
    pub id: Digest,
    /// Its name, where the archive has one.
    pub name: Option<Reference>,
}

/// The files of an archive by path.
type Files = BTreeMap<String, Content>;

/// The largest document that is read, in bytes.
const MAX_DOCUMENT: u64 = 4 << 20;

/// An entry of `manifest.json`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Older {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    layers: Vec<String>,
}

/// Loads the images of an archive.
///
/// # Errors
/// What is no archive, or no archive of images; documents and layers that are broken.
pub fn load(world: &mut World, bytes: &[u8]) -> Result<Vec<Loaded>, EngineError> {
    let unknown = || EngineError::invalid("unrecognized image format");
    if bytes.is_empty() {
        return Err(unknown());
    }
    let files = read(bytes)?;
    let images = if files.contains_key("index.json") && files.contains_key("oci-layout") {
        layout(&files)?
    } else if files.contains_key("manifest.json") {
        older(&files)?
    } else {
        return Err(unknown());
    };
    let before = world.images.clone();
    let loaded: Result<Vec<_>, _> =
        images.into_iter().map(|(packed, name)| take(world, &packed, name)).collect();
    if loaded.is_err() {
        world.images = before;
    }
    loaded
}

fn read(bytes: &[u8]) -> Result<Files, EngineError> {
    let limits = tar::Limits::default();
    let failed = |e: TarError| {
        EngineError::invalid(match e {
            TarError::Invalid(_) => "archive/tar: invalid tar header".to_owned(),
            other => other.to_string(),
        })
    };
    let unpacked;
    let bytes = if gzip::is_gzip(bytes) {
        unpacked = gzip::gunzip(bytes, limits.bytes).map_err(failed)?;
        unpacked.as_slice()
    } else {
        bytes
    };
    let mut files = Files::new();
    let mut links = Vec::new();
    for entry in tar::read(bytes, limits).map_err(failed)? {
        let Some(path) = tar::inside_root(&entry.path) else { continue };
        let path = path.trim_start_matches('/').to_owned();
        match entry.kind {
            TarKind::File(content) => drop(files.insert(path, content)),
            // Older archives share layers by links.
            TarKind::Symlink(target) => links.push((path, target)),
            _ => {}
        }
    }
    for (path, target) in links {
        let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
        let target = tar::inside_root(&format!("{dir}/{target}")).unwrap_or_default();
        if let Some(content) = files.get(target.trim_start_matches('/')).cloned() {
            files.insert(path, content);
        }
    }
    Ok(files)
}

fn document<T: serde::de::DeserializeOwned>(files: &Files, path: &str) -> Result<T, EngineError> {
    let content = files.get(path).ok_or_else(|| EngineError::invalid(format!("{path}: not found")))?;
    let bytes =
        content.bytes(MAX_DOCUMENT).ok_or_else(|| EngineError::invalid(format!("{path}: too large")))?;
    serde_json::from_slice(&bytes).map_err(|e| EngineError::invalid(format!("{path}: {e}")))
}

/// The images of an OCI layout.
fn layout(files: &Files) -> Result<Vec<(Packed, Option<Reference>)>, EngineError> {
    let index: Index = document(files, "index.json")?;
    let mut blobs = BTreeMap::new();
    for (path, content) in files {
        let Some(digest) = path.strip_prefix("blobs/sha256/").and_then(Digest::parse) else { continue };
        let blob = Blob::Bytes(content.clone());
        if Digest::of(&blob.to_vec()) != digest {
            let message = format!("commit failed: unexpected commit digest, expected {digest}");
            return Err(EngineError::invalid(message));
        }
        blobs.insert(digest, blob);
    }
    let named = |descriptor: &Descriptor| {
        let annotation = |key: &str| descriptor.annotations.get(key).map(String::as_str);
        let short = annotation(REF_NAME).filter(|name| name.contains([':', '/']));
        Reference::parse(annotation(IMAGE_NAME).or(short)?).ok().map(Reference::or_latest)
    };
    let mut images = Vec::new();
    for manifest in index.manifests {
        let name = named(&manifest);
        images.push((Packed { target: manifest, blobs: blobs.clone(), facts: BTreeMap::new() }, name));
    }
    Ok(images)
}

/// The images of an older archive. Their manifests are made here, over the configuration as it came.
fn older(files: &Files) -> Result<Vec<(Packed, Option<Reference>)>, EngineError> {
    let mut images = Vec::new();
    for entry in document::<Vec<Older>>(files, "manifest.json")? {
        let config: ConfigFile = document(files, &entry.config)?;
        let mut layers = Vec::new();
        for path in &entry.layers {
            let content =
                files.get(path).ok_or_else(|| EngineError::invalid(format!("{path}: not found")))?;
            layers.push(layer(content)?);
        }
        let known: Vec<Digest> = layers.iter().map(|layer| layer.diff_id()).collect();
        if known != config.rootfs.diff_ids {
            return Err(EngineError::invalid("invalid manifest, layers length mismatch or changed layers"));
        }
        let packed = pack(config, &layers);
        let tags = entry.repo_tags.unwrap_or_default();
        let names: Vec<Reference> = tags.iter().filter_map(|tag| Reference::parse(tag).ok()).collect();
        if names.is_empty() {
            images.push((packed.clone(), None));
        }
        images.extend(names.into_iter().map(|name| (packed.clone(), Some(name.or_latest()))));
    }
    Ok(images)
}

fn layer(content: &Content) -> Result<Arc<Layer>, EngineError> {
    super::pack::read_layer(content).map(Arc::new)
}

fn take(world: &mut World, packed: &Packed, name: Option<Reference>) -> Result<Loaded, EngineError> {
    let image: Arc<Image> = admit(&mut world.images, packed)?;
    let id = image.id();
    let now = world.now();
    if let Some(name) = &name {
        give(&mut world.images, name, id, now, Left::Dangling);
    }
    let shown = name.as_ref().map_or_else(|| id.to_string(), Reference::familiar);
    emit(world, "load", &id.to_string(), &shown, Some(&image));
    Ok(Loaded { id, name })
}
