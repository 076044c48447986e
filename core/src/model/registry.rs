//! Registries: what Docker Hub and others hold besides the catalogue.

use super::image::{Blob, Descriptor};
use crate::base::{Digest, Time};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};

/// A repository of a registry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Repository {
    /// What each tag names.
    pub tags: OrdMap<String, Descriptor>,
    /// Every manifest and index by digest.
    pub manifests: OrdMap<Digest, Descriptor>,
}

/// What was pushed to a registry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Registry {
    /// Repositories by path, such as `alice/webapp`.
    pub repositories: OrdMap<String, Repository>,
    /// Documents and layers.
    pub blobs: OrdMap<Digest, Blob>,
}

/// All registries that can be reached, besides those that containers serve.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Registries {
    /// What users have pushed to Docker Hub.
    pub hub: Registry,
    /// When the images of the catalogue were built, one a second in its order, instead of when the
    /// real ones were.
    pub built: Option<Time>,
    /// Passwords of Docker Hub by user; the first login of a name opens its account, unless it is closed.
    pub accounts: OrdMap<String, String>,
    /// Docker Hub opens no accounts: as where the recordings were made.
    pub closed: bool,
    /// Plain registries by address, such as `127.0.0.1:5000`.
    pub hosts: OrdMap<String, Registry>,
}
