//! Packed images: the documents and layers behind one digest, on their way between the store, a
//! registry and an archive.

use crate::base::Digest;
use crate::fs::{Content, Layer, gzip, tar};
use crate::model::build::Annotations;
use crate::model::image::{
    Blob, ConfigFile, Descriptor, Image, ImageStore, Index, LayerFact, Manifest, Platform, media,
};
use crate::model::{EngineError, ErrorKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The largest document that is read.
pub(super) const MAX_DOCUMENT: u64 = 4 << 20;
/// How many manifests an index may list.
const MAX_MANIFESTS: usize = 100;

/// An image with all the bytes it is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Packed {
    /// The index or manifest.
    pub target: Descriptor,
    /// Everything it leads to, itself included.
    pub blobs: BTreeMap<Digest, Blob>,
    /// What is known of the layers, by diff id.
    pub facts: BTreeMap<Digest, LayerFact>,
}

impl Packed {
    fn put(&mut self, media_type: &str, bytes: Vec<u8>) -> Descriptor {
        let descriptor = Descriptor::of(media_type, &bytes);
        self.blobs.insert(descriptor.digest, Blob::Bytes(bytes.into()));
        descriptor
    }

    /// The document behind a digest, as JSON of some type.
    fn read<T: serde::de::DeserializeOwned>(&self, digest: Digest) -> Option<T> {
        let blob = self.blobs.get(&digest)?;
        if blob.len() > MAX_DOCUMENT {
            return None;
        }
        serde_json::from_slice(&blob.to_vec()).ok()
    }
}

/// The bytes of a document. Serialising these types cannot fail: their keys are strings.
pub(super) fn json(document: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(document).unwrap_or_default()
}

/// Packs a configuration and its layers as one manifest. The layers go in uncompressed, so that the
/// digest of each is its diff id; `config.rootfs` is filled in here.
pub fn pack(config: ConfigFile, layers: &[Arc<Layer>]) -> Packed {
    pack_noted(config, layers, BTreeMap::new())
}

/// The same with remarks in the manifest.
pub fn pack_noted(
    mut config: ConfigFile,
    layers: &[Arc<Layer>],
    annotations: BTreeMap<String, String>,
) -> Packed {
    config.rootfs.diff_ids = layers.iter().map(|layer| layer.diff_id()).collect();
    let mut packed =
        Packed { target: Descriptor::of("", b""), blobs: BTreeMap::new(), facts: BTreeMap::new() };
    let listed = layers.iter().map(|layer| {
        packed.blobs.insert(layer.diff_id(), Blob::Layer(layer.clone()));
        Descriptor::new(media::LAYER, layer.diff_id(), layer.tar_size())
    });
    let layers = listed.collect();
    let config = packed.put(media::CONFIG, json(&config));
    let manifest =
        Manifest { schema_version: 2, media_type: media::MANIFEST.into(), config, layers, annotations };
    packed.target = packed.put(media::MANIFEST, json(&manifest));
    packed
}

/// Puts an index over a packed manifest, with a statement of how it was built beside it, as BuildKit
/// does: `statement` is the in-toto document.
pub fn with_statement(packed: Packed, platform: Platform, statement: &serde_json::Value) -> Packed {
    with_statement_noted(packed, platform, statement, &Annotations::default())
}

/// The same with remarks in the index and where it names the image.
pub fn with_statement_noted(
    mut packed: Packed,
    platform: Platform,
    statement: &serde_json::Value,
    notes: &Annotations,
) -> Packed {
    let annotations = notes.descriptor.clone();
    let image = Descriptor { platform: Some(platform), annotations, ..packed.target.clone() };
    let config = packed.put(media::CONFIG, b"{}".to_vec());
    let mut layer = packed.put(media::IN_TOTO, json(statement));
    layer.annotations.insert("in-toto.io/predicate-type".into(), "https://slsa.dev/provenance/v1".into());
    let manifest = Manifest {
        schema_version: 2,
        media_type: media::MANIFEST.into(),
        config,
        layers: vec![layer],
        annotations: BTreeMap::new(),
    };
    let mut beside = packed.put(media::MANIFEST, json(&manifest));
    beside.annotations = BTreeMap::from([
        ("vnd.docker.reference.digest".into(), image.digest.to_string()),
        ("vnd.docker.reference.type".into(), "attestation-manifest".into()),
    ]);
    let unknown = || "unknown".to_string();
    beside.platform = Some(Platform { architecture: unknown(), os: unknown(), variant: String::new() });
    let index = Index {
        schema_version: 2,
        media_type: media::INDEX.into(),
        manifests: vec![image, beside],
        annotations: notes.index.clone(),
    };
    packed.target = packed.put(media::INDEX, json(&index));
    packed
}

/// An image of the store with all its bytes.
///
/// # Errors
/// A blob that is missing: an image is in the store with everything it leads to, so this is a fault of ours.
pub fn pack_of(store: &ImageStore, image: &Image) -> Result<Packed, EngineError> {
    let mut packed = Packed { target: image.target.clone(), blobs: BTreeMap::new(), facts: BTreeMap::new() };
    for digest in reach(store, image) {
        let blob = store
            .blob(&digest)
            .ok_or_else(|| EngineError::not_found(format!("content digest {digest}: not found")))?;
        packed.blobs.insert(digest, blob);
    }
    for diff_id in &image.config.rootfs.diff_ids {
        packed.facts.extend(store.facts.get(diff_id).map(|fact| (*diff_id, *fact)));
    }
    Ok(packed)
}

/// Every digest an image leads to, itself included.
pub fn reach(store: &ImageStore, image: &Image) -> BTreeSet<Digest> {
    let mut found = BTreeSet::from([image.target.digest, image.manifest.digest, image.config_blob.digest]);
    found.extend(image.layers.iter().map(|layer| layer.digest));
    let document = |digest: &Digest| store.blobs.get(digest)?.bytes(MAX_DOCUMENT);
    if media::is_index(&image.target.media_type)
        && let Some(index) = document(&image.target.digest)
        && let Ok(index) = serde_json::from_slice::<Index>(&index)
    {
        for listed in index.manifests {
            let Some(manifest) = document(&listed.digest) else { continue };
            let Ok(manifest) = serde_json::from_slice::<Manifest>(&manifest) else { continue };
            found.insert(listed.digest);
            found.insert(manifest.config.digest);
            found.extend(manifest.layers.iter().map(|layer| layer.digest));
        }
    }
    found
}

/// Takes a packed image into the store, without a name; it is there already where the id is known.
///
/// # Errors
/// Documents that cannot be read, no manifest for linux/amd64, layers that are missing, broken or
/// not what the configuration says.
pub fn admit(store: &mut ImageStore, packed: &Packed) -> Result<Arc<Image>, EngineError> {
    if let Some(known) = store.get(&packed.target.digest) {
        return Ok(known.clone());
    }
    let manifest = choose(packed)?;
    let broken = |what: &str| EngineError::invalid(format!("{what} cannot be read"));
    let document: Manifest = packed.read(manifest.digest).ok_or_else(|| broken("the image's manifest"))?;
    let config: ConfigFile =
        packed.read(document.config.digest).ok_or_else(|| broken("the image's configuration"))?;
    let mut layers = Vec::new();
    for (listed, diff_id) in document.layers.iter().zip(&config.rootfs.diff_ids) {
        layers.push(unpack(store, packed, listed, *diff_id)?);
    }
    if layers.len() != config.rootfs.diff_ids.len() || layers.len() != document.layers.len() {
        return Err(EngineError::invalid("mismatched image rootfs and manifest layers"));
    }
    store.chains.add(layers);
    for (digest, blob) in &packed.blobs {
        // An uncompressed layer is in the chains already.
        if let Blob::Bytes(content) = blob
            && store.chains.layer(digest).is_none()
        {
            store.blobs.insert(*digest, content.clone());
        }
    }
    for (diff_id, fact) in &packed.facts {
        store.facts.entry(*diff_id).or_insert(*fact);
    }
    let image = Arc::new(Image {
        target: Descriptor { annotations: BTreeMap::new(), platform: None, ..packed.target.clone() },
        manifest: Descriptor { annotations: BTreeMap::new(), ..manifest },
        config_blob: document.config,
        layers: document.layers,
        config,
        pulled_from: BTreeSet::new(),
    });
    store.images.insert(image.id(), image.clone());
    Ok(image)
}

/// The layers of a packed image for linux/amd64, lowest first; none where it cannot be read.
pub fn layers_of(packed: &Packed) -> Vec<Descriptor> {
    let manifest = choose(packed).ok().and_then(|manifest| packed.read::<Manifest>(manifest.digest));
    manifest.map_or_else(Vec::new, |manifest| manifest.layers)
}

/// The manifest for linux/amd64.
fn choose(packed: &Packed) -> Result<Descriptor, EngineError> {
    if !media::is_index(&packed.target.media_type) {
        return Ok(packed.target.clone());
    }
    let index: Index = packed
        .read(packed.target.digest)
        .ok_or_else(|| EngineError::invalid("the image's index cannot be read"))?;
    let runs_here = |listed: &&Descriptor| {
        listed.platform.as_ref().is_none_or(|p| p.os == "linux" && p.architecture == "amd64")
            && packed.blobs.contains_key(&listed.digest)
    };
    index.manifests.iter().take(MAX_MANIFESTS).find(runs_here).cloned().ok_or_else(|| {
        EngineError::new(
            ErrorKind::NotFound,
            "no matching manifest for linux/amd64 in the manifest list entries: not found",
        )
    })
}

fn unpack(
    store: &ImageStore,
    packed: &Packed,
    listed: &Descriptor,
    diff_id: Digest,
) -> Result<Arc<Layer>, EngineError> {
    if let Some(known) = store.chains.layer(&diff_id) {
        return Ok(known.clone());
    }
    let missing = || EngineError::not_found(format!("content digest {}: not found", listed.digest));
    let layer = match packed.blobs.get(&listed.digest).ok_or_else(missing)? {
        Blob::Layer(layer) => layer.clone(),
        Blob::Bytes(content) => Arc::new(read_layer(content)?),
    };
    if layer.diff_id() != diff_id {
        let message = format!("wrong diff id calculated on extraction {:?}", layer.diff_id().to_string());
        return Err(EngineError::invalid(message));
    }
    Ok(layer)
}

/// A layer from its tar, compressed with gzip or not.
pub(super) fn read_layer(content: &Content) -> Result<Layer, EngineError> {
    let limits = tar::Limits::default();
    let invalid = |e: tar::TarError| EngineError::invalid(e.to_string());
    if content.len() > limits.bytes {
        return Err(invalid(tar::TarError::TooBig));
    }
    let bytes = Blob::Bytes(content.clone()).to_vec();
    if gzip::is_gzip(&bytes) {
        let bytes = gzip::gunzip(&bytes, limits.bytes).map_err(invalid)?;
        return Layer::from_tar(&bytes, limits).map_err(invalid);
    }
    Layer::from_tar(&bytes, limits).map_err(invalid)
}
