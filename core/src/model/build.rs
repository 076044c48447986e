//! What the builder remembers: results of steps, base images and the directories of cache mounts.

use super::Image;
use crate::base::{Digest, Time};
use crate::fs::View;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The result of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildRecord {
    /// The chain the step ended with; none for an empty tree.
    pub chain: Option<Digest>,
    /// The layer it made.
    pub layer: Digest,
    /// The step as progress shows it, such as `[2/4] RUN make`.
    pub description: String,
    /// When it was made.
    pub created: Time,
    /// When it was used last.
    pub used: Time,
    /// How often it was used.
    pub uses: u32,
}

/// Everything that makes the next build faster.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BuildCache {
    /// Results by key: the step, what it builds on and what it reads.
    pub records: OrdMap<Digest, Arc<BuildRecord>>,
    /// Images that builds fetched and no name of the store leads to, by canonical name.
    pub bases: OrdMap<String, Arc<Image>>,
    /// The directories of `RUN --mount=type=cache`, by id.
    pub mounts: OrdMap<String, Arc<View>>,
}
