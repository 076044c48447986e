//! Registries: Docker Hub with its catalogue, and those that hold what was pushed to them.

mod asked;
pub mod catalogue;
mod compose;
mod files;
mod login;
mod pull;
mod push;
mod search;
mod source;
mod transfer;

pub use asked::{fetch_base, login, pull, pull_quietly, push, search};
pub use compose::{index, manifests, push_document};
pub use pull::{Pulled, pulling};
pub use push::{Credentials, Pushed, heading, tags_here};
pub use search::SearchResult;
pub use source::{fetch, tags_of};
pub use transfer::{Part, Transfer};

use crate::base::Time;
use crate::model::World;
use crate::model::image::{Blob, Image};

/// A line of progress, as the Engine API sends them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// What it is about: a layer's short digest, a tag, or nothing.
    pub id: String,
    /// What happens.
    pub status: String,
    /// How much is done of how much, in bytes; only a terminal shows such lines.
    pub done: Option<(u64, u64)>,
}

impl Progress {
    /// A line without numbers.
    pub fn new(id: &str, status: &str) -> Self {
        Progress { id: id.to_owned(), status: status.to_owned(), done: None }
    }

    /// The line without its line feed.
    pub fn line(&self) -> String {
        if self.id.is_empty() { self.status.clone() } else { format!("{}: {}", self.id, self.status) }
    }
}

/// Puts an image into a registry's repository, under a tag where there is one.
fn put(
    registry: &mut crate::model::Registry,
    repository: &str,
    tag: Option<&str>,
    packed: &crate::engine::image::pack::Packed,
) {
    for (digest, blob) in &packed.blobs {
        registry.blobs.insert(*digest, blob.clone());
    }
    let entry = registry.repositories.entry(repository.to_owned()).or_default();
    entry.manifests.insert(packed.target.digest, packed.target.clone());
    if let Some(tag) = tag {
        entry.tags.insert(tag.to_owned(), packed.target.clone());
    }
}

/// When the recordings' Docker Hub had its images built: 2026-11-20T23:41:23Z, to the second at which their ids sort as recorded.
const RECORDED: Time = Time(1_795_218_083_000_000_000);

/// Docker Hub as the recordings met it: its images were built when theirs were, and the one account is `alice` with the
/// password `secret`.
pub fn recorded_hub(world: &mut World) {
    world.registries.accounts.insert("alice".into(), "secret".into());
    world.registries.closed = true;
    world.registries.built = Some(RECORDED);
}

/// The surroundings of recordings: that Docker Hub, and a registry at 127.0.0.1:5000 that holds `alice/webapp:v1`, which
/// is busybox.
pub fn recorded_surroundings(world: &mut World) {
    recorded_hub(world);
    let registry = world.registries.hosts.entry("127.0.0.1:5000".into()).or_default();
    let facts = catalogue::find("busybox", "latest").map(|facts| facts.built_after(RECORDED));
    if let Some(busybox) = facts.and_then(|facts| catalogue::build(&facts)) {
        put(registry, "alice/webapp", Some("v1"), &busybox);
    }
}

/// The digests of an image's layers that a registry has.
fn held<'a>(registry: &crate::model::Registry, image: &'a Image) -> Vec<&'a crate::base::Digest> {
    let has =
        |digest: &&crate::base::Digest| registry.blobs.get(*digest).is_some_and(|b: &Blob| !b.is_empty());
    image.layers.iter().map(|layer| &layer.digest).filter(has).collect()
}
