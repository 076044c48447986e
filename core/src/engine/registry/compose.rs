//! Indexes put together in a registry from manifests that registries hold: what `docker manifest push` and
//! `docker buildx imagetools create` do.

use super::push::{Credentials, authorize};
use super::source;
use crate::base::{Digest, Reference};
use crate::engine::image::pack::Packed;
use crate::model::image::{Blob, Descriptor, Index, Manifest, Platform, media};
use crate::model::{EngineError, World};
use std::collections::BTreeMap;

/// The manifests that something in a registry leads to, each with its platform.
pub fn manifests(packed: &Packed) -> Vec<Descriptor> {
    let bytes = |digest: &Digest| packed.blobs.get(digest).map(Blob::to_vec).unwrap_or_default();
    if media::is_index(&packed.target.media_type) {
        let index = serde_json::from_slice::<Index>(&bytes(&packed.target.digest));
        return index.map(|index| index.manifests).unwrap_or_default();
    }
    let manifest = serde_json::from_slice::<Manifest>(&bytes(&packed.target.digest)).ok();
    let config = manifest.map(|manifest| bytes(&manifest.config.digest)).unwrap_or_default();
    let platform = serde_json::from_slice::<Platform>(&config).ok();
    vec![Descriptor { platform, ..packed.target.clone() }]
}

/// The bytes of an index of manifests.
pub fn index(media_type: &str, manifests: Vec<Descriptor>) -> Vec<u8> {
    let index = Index {
        schema_version: 2,
        media_type: media_type.to_owned(),
        manifests,
        annotations: std::collections::BTreeMap::new(),
    };
    serde_json::to_vec_pretty(&index).unwrap_or_default()
}

/// Puts a document that leads to manifests of `sources` under a name into its registry; its digest.
///
/// # Errors
/// No right to push; no connection.
pub fn push_document(
    world: &mut World,
    name: &Reference,
    media_type: &str,
    bytes: Vec<u8>,
    sources: &[Packed],
    who: Option<&Credentials>,
) -> Result<Digest, EngineError> {
    authorize(world, name, who)?;
    let registry = source::registry(world, name.domain()).map(std::borrow::Cow::into_owned);
    let Some(mut registry) = registry else {
        return Err(source::unreachable(
            name.domain(),
            "https",
            "head",
            &format!("{}/manifests/latest", name.path()),
        ));
    };
    let target = Descriptor::of(media_type, &bytes);
    let mut packed = Packed { target, blobs: BTreeMap::new(), facts: BTreeMap::new() };
    for source in sources {
        super::put(&mut registry, name.path(), None, source);
        let entry = registry.repositories.entry(name.path().to_owned()).or_default();
        for manifest in manifests(source) {
            entry.manifests.insert(manifest.digest, manifest);
        }
    }
    let digest = packed.target.digest;
    packed.blobs.insert(digest, Blob::Bytes(bytes.into()));
    super::put(&mut registry, name.path(), name.tag(), &packed);
    source::put_back(world, name.domain(), registry)?;
    Ok(digest)
}
