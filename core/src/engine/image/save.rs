//! `save`: images as an archive in the OCI layout, with the `manifest.json` of older readers.

use super::find::{By, find};
use super::name::emit;
use super::pack::{json, pack_of};
use crate::base::{Digest, Gather, Reference};
use crate::fs::Content;
use crate::fs::tar::{TarEntry, TarKind, Writer};
use crate::model::image::{Blob, Descriptor, Image, Index, media};
use crate::model::{EngineError, World};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The annotation that holds the whole name of an image in `index.json`.
pub(super) const IMAGE_NAME: &str = "io.containerd.image.name";
/// The annotation that holds its tag.
pub(super) const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// One image of an archive, and the names it has there.
type Chosen = (Arc<Image>, Vec<Reference>);

/// Writes images to an archive: by name with that name, by repository with all its tags, by id
/// without a name.
///
/// # Errors
/// Those of finding the images.
pub fn save(world: &mut World, names: &[String]) -> Result<Vec<u8>, EngineError> {
    let mut chosen: Vec<Chosen> = Vec::new();
    for name in names {
        for (image, name) in choose(world, name)? {
            match chosen.iter_mut().find(|(known, _)| known.id() == image.id()) {
                Some((_, known)) => known.extend(name.filter(|name| !known.contains(name))),
                None => chosen.push((image, name.into_iter().collect())),
            }
        }
    }
    let mut files: BTreeMap<String, Content> = BTreeMap::new();
    let mut manifests: Vec<Descriptor> = Vec::new();
    let mut older: Vec<Value> = Vec::new();
    for (image, names) in &chosen {
        for (digest, blob) in pack_of(&world.images, image)?.blobs {
            files.entry(path(&digest)).or_insert_with(|| bytes(&blob));
        }
        if names.is_empty() {
            manifests.push(image.target.clone());
        }
        manifests.extend(names.iter().map(|name| named(image, name)));
        older.push(describe(image, names));
    }
    let index =
        Index { schema_version: 2, media_type: media::INDEX.into(), manifests, annotations: BTreeMap::new() };
    layout(&mut files, &index);
    files.insert("manifest.json".into(), json(&older).into());
    for (image, names) in &chosen {
        let id = image.id().to_string();
        let name = names.first().map_or_else(|| id.clone(), Reference::familiar);
        emit(world, "save", &id, &name, Some(image));
    }
    Ok(archive(files))
}

/// What every archive in the OCI layout has beside its blobs.
fn layout(files: &mut BTreeMap<String, Content>, index: &Index) {
    files.insert("index.json".into(), json(index).into());
    files.insert("oci-layout".into(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec().into());
}

/// An image with names as an archive in the OCI layout; `older` readers find theirs in it as well.
///
/// # Errors
/// A blob that is missing, which is a fault of ours.
pub fn archive_of(
    world: &World,
    image: &Image,
    names: &[Reference],
    older: bool,
) -> Result<Vec<u8>, EngineError> {
    let blobs = pack_of(&world.images, image)?.blobs;
    let mut files: BTreeMap<String, Content> =
        blobs.iter().map(|(digest, blob)| (path(digest), bytes(blob))).gather();
    let mut manifests: Vec<Descriptor> = names.iter().map(|name| named(image, name)).collect();
    if manifests.is_empty() {
        manifests.push(image.target.clone());
    }
    let annotations = BTreeMap::new();
    layout(&mut files, &Index { schema_version: 2, media_type: media::INDEX.into(), manifests, annotations });
    if older {
        files.insert("manifest.json".into(), json(&vec![describe(image, names)]).into());
    }
    Ok(archive(files))
}

/// An image, and the name that led to it.
type Named = (Arc<Image>, Option<Reference>);

/// The images that a word names.
fn choose(world: &World, text: &str) -> Result<Vec<Named>, EngineError> {
    let store = &world.images;
    let found = match find(store, text) {
        Ok(found) => found,
        Err(error) => {
            let repository =
                Reference::parse(text).ok().filter(Reference::is_name_only).ok_or(error.clone())?;
            let tagged: Vec<_> = store
                .names
                .iter()
                .filter_map(|(known, name)| Some((Reference::parse(known).ok()?, store.get(&name.target)?)))
                .filter(|(known, _)| known.name() == repository.name() && known.tag().is_some())
                .map(|(known, image)| (image.clone(), Some(known)))
                .collect();
            return if tagged.is_empty() { Err(error) } else { Ok(tagged) };
        }
    };
    let name = match found.by {
        By::Name(name) => Some(name).filter(|name| name.tag().is_some()),
        By::Id => None,
    };
    Ok(vec![(found.image, name)])
}

fn path(digest: &Digest) -> String {
    format!("blobs/sha256/{}", digest.hex())
}

fn bytes(blob: &Blob) -> Content {
    match blob {
        Blob::Bytes(content) => content.clone(),
        Blob::Layer(layer) => layer.to_tar().into(),
    }
}

fn named(image: &Image, name: &Reference) -> Descriptor {
    let mut descriptor = image.target.clone();
    descriptor.annotations.insert(IMAGE_NAME.into(), name.canonical());
    descriptor.annotations.insert(REF_NAME.into(), name.tag().unwrap_or_default().to_owned());
    descriptor
}

/// The entry of `manifest.json`.
fn describe(image: &Image, names: &[Reference]) -> Value {
    let tags: Option<Vec<String>> =
        Some(names.iter().map(Reference::familiar).collect()).filter(|tags: &Vec<_>| !tags.is_empty());
    let layers: Vec<String> = image.layers.iter().map(|layer| path(&layer.digest)).collect();
    json!({ "Config": path(&image.config_blob.digest), "RepoTags": tags, "Layers": layers })
}

fn archive(files: BTreeMap<String, Content>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out);
    let dirs = ["blobs", "blobs/sha256"].map(|path| TarEntry {
        kind: TarKind::Dir,
        mode: 0o755,
        ..TarEntry::empty(path)
    });
    let files = files.into_iter().map(|(path, content)| TarEntry {
        kind: TarKind::File(content),
        mode: 0o444,
        ..TarEntry::empty(&path)
    });
    for entry in dirs.into_iter().chain(files) {
        // Writing to memory cannot fail.
        let _ = writer.append(&entry);
    }
    let _ = writer.finish();
    out
}
