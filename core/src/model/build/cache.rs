//! What the builder remembers: results of steps, base images and the directories of cache mounts.

use crate::base::{Digest, Time};
use crate::fs::View;
use crate::model::Image;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
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
    /// Builds that have ended, the oldest first.
    pub history: VecDeque<Arc<PastBuild>>,
}

/// A build that has ended, for `docker buildx history`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastBuild {
    /// Its id: 25 letters and digits.
    pub reference: String,
    /// What listings call it: the directory, the Dockerfile where it is not the usual one, the target.
    pub name: String,
    /// The context as it was given.
    pub context: String,
    /// The Dockerfile.
    pub file: String,
    /// `--target`.
    pub target: Option<String>,
    /// `--build-arg`.
    pub args: Vec<(String, String)>,
    /// `--label`.
    pub labels: Vec<(String, String)>,
    /// When it began.
    pub started: Time,
    /// When it ended.
    pub completed: Time,
    /// How many steps its log tells of.
    pub steps: usize,
    /// How many of them came from the cache.
    pub cached: usize,
    /// How many of them were carried out or came from the cache.
    pub finished: usize,
    /// Why it failed.
    pub error: Option<String>,
    /// It was interrupted.
    pub canceled: bool,
    /// What it printed.
    pub log: String,
}
