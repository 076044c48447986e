//! `images`: what is here, newest first.

use super::filter::{Filters, LIST, is_named};
use super::{name, size};
use crate::base::{Digest, Order, Reference, Time};
use crate::model::{EngineError, World};
use std::collections::BTreeMap;

/// What to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// Those without a name as well.
    pub all: bool,
    /// A repository, perhaps with a tag, or a pattern.
    pub matching: Option<String>,
    /// `--filter`, as name and value.
    pub filters: Vec<(String, String)>,
}

/// An image in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Its id.
    pub id: Digest,
    /// When it was made.
    pub created: Time,
    /// Its names with tags, as users write them.
    pub repo_tags: Vec<String>,
    /// Its names with digests.
    pub repo_digests: Vec<String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Everything it takes, in bytes: DISK USAGE.
    pub size: u64,
    /// Its documents and compressed layers, in bytes: CONTENT SIZE.
    pub content: u64,
    /// How many containers use it.
    pub containers: usize,
    /// What its id is the digest of.
    pub media_type: String,
    /// How large that document is, in bytes.
    pub media_size: u64,
}

/// Lists images, newest first.
///
/// # Errors
/// Those of reading filters.
pub fn list(world: &World, request: &List) -> Result<Vec<Summary>, EngineError> {
    let store = &world.images;
    let filters = Filters::read(store, &request.filters, LIST, world.now())?;
    let mut found = Vec::new();
    for image in store.images.values().filter(|image| filters.pass(store, image)) {
        let id = image.id();
        let wanted = |text: &String| {
            Reference::parse(text).is_ok_and(|name| {
                request.matching.as_ref().is_none_or(|matching| is_named(&name, matching))
                    && filters.pass_name(&name)
            })
        };
        let selects = request.matching.is_some() || filters.wants_names();
        let mut repo_tags = name::repo_tags(store, id);
        let mut repo_digests = name::repo_digests(store, id);
        let dangling = repo_digests.is_empty();
        if selects {
            repo_tags.retain(wanted);
            repo_digests
                .retain(|text| wanted(text) || repo_tags.iter().any(|tag| same_repository(tag, text)));
        }
        let shown = if dangling {
            !selects && (request.all || filters.dangling == Some(true))
        } else {
            !selects || !repo_tags.is_empty() || !repo_digests.is_empty()
        };
        if shown {
            let content = size::content(store, image);
            found.push(Summary {
                id,
                created: image.created(),
                repo_tags,
                repo_digests,
                labels: image.config.config.labels.clone().unwrap_or_default(),
                size: content.saturating_add(size::unpacked(store, image)),
                content,
                containers: world.containers.values().filter(|c| c.image == id).count(),
                media_type: image.target.media_type.clone(),
                media_size: image.target.size,
            });
        }
    }
    found.order_by_key(|summary| std::cmp::Reverse(summary.created));
    Ok(found)
}

fn same_repository(a: &str, b: &str) -> bool {
    match (Reference::parse(a), Reference::parse(b)) {
        (Ok(a), Ok(b)) => a.name() == b.name(),
        _ => false,
    }
}
