//! Images: the documents of the OCI image format, and the store that names, tags and digests lead into.
//!
//! Every digest here is the sha256 of bytes that `docker save` writes.

use super::{Healthcheck, Set};
use crate::base::{Digest, Time, time_format};
use crate::fs::{Chain, ChainStore, Content, Layer, chain_id};
use imbl::OrdMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Media types of the OCI image format and of Docker's older one.
pub mod media {
    /// A manifest.
    pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    /// An index of manifests.
    pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
    /// The configuration of an image.
    pub const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
    /// A layer, not compressed.
    pub const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
    /// A statement about an image, in the in-toto format.
    pub const IN_TOTO: &str = "application/vnd.in-toto+json";
    /// Docker's manifest.
    pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
    /// Docker's index.
    pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// Whether a document of this type lists manifests.
    pub fn is_index(media_type: &str) -> bool {
        media_type == INDEX || media_type == DOCKER_LIST
    }
}

/// What a container made from an image starts with: the `config` of the image's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ImageConfig {
    /// Who runs: a user or id, perhaps with a group.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// Ports it listens on, such as `80/tcp`.
    #[serde(skip_serializing_if = "is_none_or_empty")]
    pub exposed_ports: Option<Set>,
    /// `NAME=value`.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_default")]
    pub env: Vec<String>,
    /// What runs before the command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entrypoint: Option<Vec<String>>,
    /// The command, or the arguments of the entrypoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cmd: Option<Vec<String>>,
    /// Mount points for anonymous volumes.
    #[serde(skip_serializing_if = "is_none_or_empty")]
    pub volumes: Option<Set>,
    /// Where the command starts.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub working_dir: String,
    /// Labels.
    #[serde(skip_serializing_if = "is_none_or_no_labels")]
    pub labels: Option<BTreeMap<String, String>>,
    /// The signal of `docker stop`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub stop_signal: String,
    /// The command is one line for a shell; BuildKit sets it for every `CMD` and `ENTRYPOINT`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub args_escaped: bool,
    /// The health check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
    /// Instructions for builds on top of this image.
    #[serde(skip_serializing_if = "is_none_or_no_words")]
    pub on_build: Option<Vec<String>>,
    /// The shell of shell-form instructions.
    #[serde(skip_serializing_if = "is_none_or_no_words")]
    pub shell: Option<Vec<String>>,
}

fn is_none_or_empty(set: &Option<Set>) -> bool {
    set.as_ref().is_none_or(BTreeMap::is_empty)
}

fn is_none_or_no_labels(labels: &Option<BTreeMap<String, String>>) -> bool {
    labels.as_ref().is_none_or(BTreeMap::is_empty)
}

fn is_none_or_no_words(words: &Option<Vec<String>>) -> bool {
    words.as_ref().is_none_or(Vec::is_empty)
}

fn null_is_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(d: D) -> Result<T, D::Error> {
    Option::deserialize(d).map(Option::unwrap_or_default)
}

/// One step of an image's history.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// When.
    #[serde(with = "moment", skip_serializing_if = "Option::is_none")]
    pub created: Option<Time>,
    /// The instruction or command.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub created_by: String,
    /// By whom.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// A remark: `buildkit.dockerfile.v0`, or the message of a commit.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// The step made no layer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub empty_layer: bool,
}

/// The layers of an image, lowest first, by the digest of their uncompressed tar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootFs {
    /// Always `layers`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Digests of uncompressed layers.
    #[serde(deserialize_with = "null_is_default")]
    pub diff_ids: Vec<Digest>,
}

impl Default for RootFs {
    fn default() -> Self {
        RootFs { kind: "layers".into(), diff_ids: vec![] }
    }
}

/// The configuration document of an image.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfigFile {
    /// When it was made.
    #[serde(with = "moment", skip_serializing_if = "Option::is_none")]
    pub created: Option<Time>,
    /// By whom.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// `amd64` and the like.
    pub architecture: String,
    /// `v7` and the like.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub variant: String,
    /// `linux`.
    pub os: String,
    /// What its containers start with.
    #[serde(deserialize_with = "null_is_default")]
    pub config: ImageConfig,
    /// Its layers.
    pub rootfs: RootFs,
    /// How it was made, first step first.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_default")]
    pub history: Vec<History>,
    /// The cache that goes with it (`--cache-to type=inline`).
    #[serde(rename = "moby.buildkit.cache.v0", skip_serializing_if = "Option::is_none")]
    pub cache: Option<String>,
}

/// A platform as an index names it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Platform {
    /// `amd64` and the like.
    pub architecture: String,
    /// `linux`.
    pub os: String,
    /// `v8` and the like.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub variant: String,
}

/// Type, digest and size of a document or layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What the bytes are; see [`media`].
    #[serde(default)]
    pub media_type: String,
    /// Their sha256.
    pub digest: Digest,
    /// How many there are.
    pub size: u64,
    /// Remarks, such as the name in `index.json` of an archive.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// In an index: who can run it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
}

impl Descriptor {
    /// The descriptor of those bytes.
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self::new(media_type, Digest::of(bytes), bytes.len() as u64)
    }

    /// A descriptor without annotations.
    pub fn new(media_type: &str, digest: Digest, size: u64) -> Self {
        Self { media_type: media_type.into(), digest, size, annotations: BTreeMap::new(), platform: None }
    }
}

/// A manifest: one image for one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Always 2.
    pub schema_version: u32,
    /// Its media type.
    #[serde(default)]
    pub media_type: String,
    /// The configuration.
    pub config: Descriptor,
    /// The layers, lowest first.
    #[serde(default, deserialize_with = "null_is_default")]
    pub layers: Vec<Descriptor>,
    /// Remarks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "null_is_default")]
    pub annotations: BTreeMap<String, String>,
}

/// An index: the manifests of one image, by platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// Always 2.
    pub schema_version: u32,
    /// Its media type.
    #[serde(default)]
    pub media_type: String,
    /// The manifests.
    #[serde(default, deserialize_with = "null_is_default")]
    pub manifests: Vec<Descriptor>,
    /// Remarks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "null_is_default")]
    pub annotations: BTreeMap<String, String>,
}

/// The bytes behind a digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Blob {
    /// A document, or a layer compressed by somebody else.
    Bytes(Content),
    /// A layer; its bytes are its tar.
    Layer(Arc<Layer>),
}

impl Blob {
    /// How many bytes.
    pub fn len(&self) -> u64 {
        match self {
            Blob::Bytes(content) => content.len(),
            Blob::Layer(layer) => layer.tar_size(),
        }
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        match self {
            Blob::Bytes(content) => content.pieces().flat_map(|piece| piece.into_owned()).collect(),
            Blob::Layer(layer) => layer.to_tar(),
        }
    }
}

/// An image: what a name of the store leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The index or manifest; its digest is the image's id.
    pub target: Descriptor,
    /// The manifest for this platform; the same as `target` where there is no index.
    pub manifest: Descriptor,
    /// The configuration's digest and size.
    pub config_blob: Descriptor,
    /// The layers as the manifest lists them.
    pub layers: Vec<Descriptor>,
    /// The configuration.
    pub config: ConfigFile,
    /// The repositories it was pulled from, as `docker.io/library/nginx`.
    pub pulled_from: BTreeSet<String>,
}

impl Image {
    /// Its id: the digest of its index or manifest.
    pub fn id(&self) -> Digest {
        self.target.digest
    }

    /// The id of the chain of its layers; none without layers.
    pub fn chain_id(&self) -> Option<Digest> {
        self.config.rootfs.diff_ids.iter().fold(None, |below, diff_id| Some(chain_id(below, *diff_id)))
    }

    /// When it was made; 1970 where it does not say.
    pub fn created(&self) -> Time {
        self.config.created.unwrap_or_default()
    }
}

/// What a name leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The image's id.
    pub target: Digest,
    /// When the name was given.
    pub tagged: Time,
}

/// How much a layer of the catalogue takes in reality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerFact {
    /// Unpacked, in bytes.
    pub unpacked: u64,
    /// Compressed, in bytes.
    pub compressed: u64,
}

/// All images of the daemon.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ImageStore {
    /// Layers and the trees they add up to.
    pub chains: ChainStore,
    /// Documents and foreign layers by digest.
    pub blobs: OrdMap<Digest, Content>,
    /// Images by id.
    pub images: OrdMap<Digest, Arc<Image>>,
    /// Names, normalised: `docker.io/library/nginx:latest`, `docker.io/library/nginx@sha256:…`.
    pub names: OrdMap<String, Name>,
    /// What is known of layers that stand in for larger ones, by diff id.
    pub facts: OrdMap<Digest, LayerFact>,
}

impl ImageStore {
    /// The image of that id.
    pub fn get(&self, id: &Digest) -> Option<&Arc<Image>> {
        self.images.get(id)
    }

    /// The tree an image's containers start from.
    pub fn chain(&self, image: &Image) -> Chain {
        image.chain_id().and_then(|id| self.chains.get(&id).cloned()).unwrap_or_else(Chain::empty)
    }

    /// The bytes behind a digest: a document, a layer as it came, or an uncompressed layer.
    pub fn blob(&self, digest: &Digest) -> Option<Blob> {
        match self.blobs.get(digest) {
            Some(content) => Some(Blob::Bytes(content.clone())),
            None => self.chains.layer(digest).cloned().map(Blob::Layer),
        }
    }

    /// The names of an image, in order.
    pub fn names_of(&self, id: Digest) -> impl Iterator<Item = &str> {
        self.names.iter().filter(move |(_, name)| name.target == id).map(|(text, _)| text.as_str())
    }

    /// When an image was named last.
    pub fn last_tagged(&self, id: Digest) -> Option<Time> {
        self.names.values().filter(|name| name.target == id).map(|name| name.tagged).max()
    }
}

/// Moments in documents: RFC 3339 with a fraction as Go writes it, or nothing.
mod moment {
    use super::*;

    pub fn serialize<S: Serializer>(at: &Option<Time>, s: S) -> Result<S::Ok, S::Error> {
        at.map(time_format::rfc3339_nano).serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Time>, D::Error> {
        let text = Option::<String>::deserialize(d)?;
        Ok(text.and_then(|text| parse_moment(&text)))
    }
}

/// Reads an RFC 3339 moment; `None` for what is none and for Go's zero time.
pub fn parse_moment(text: &str) -> Option<Time> {
    let at = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
    let nanos = i64::try_from(at.unix_timestamp_nanos()).ok()?;
    (text != time_format::ZERO_TIME).then_some(Time(nanos))
}
