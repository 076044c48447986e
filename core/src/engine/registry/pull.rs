//! `pull`: an image from a registry into the store.

use super::{Progress, Transfer, source};
use crate::base::{Digest, Gather, Reference};
use crate::engine::durations;
use crate::engine::image::pack::{Packed, admit, layers_of, reach};
use crate::engine::image::{Left, emit, give};
use crate::model::{EngineError, Image, World};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a pull did.
#[derive(Debug, Clone, PartialEq)]
pub struct Pulled {
    /// What was pulled.
    pub name: Reference,
    /// Its digest.
    pub digest: Digest,
    /// Whether the name led elsewhere before, or nowhere.
    pub newer: bool,
    /// What happened, in order.
    pub progress: Vec<Progress>,
}

/// Pulls the image of a name with a tag or digest.
///
/// # Errors
/// Those of [`source::fetch`]; a platform that is not there; one that Drydock does not simulate.
pub fn pull(world: &mut World, name: &Reference, platform: Option<&str>) -> Result<Pulled, EngineError> {
    let name = name.clone().or_latest().digest_wins();
    if name.familiar_name() == "scratch" {
        return Err(EngineError::invalid("'scratch' is a reserved name"));
    }
    let packed = source::fetch(world, &name)?;
    if let Some(wanted) = platform.filter(|wanted| !wanted.is_empty()) {
        check_platform(&name, wanted)?;
    }
    let digest = packed.target.digest;
    let before = world.images.names.get(&name.canonical()).map(|known| known.target);
    let mut progress = vec![pulling(&name)];
    progress.extend(layers(world, &packed));
    let sizes = progress.iter().filter_map(|line| line.done.map(|(size, _)| size));
    durations::take(world, Transfer::new(sizes.collect()).took());
    let image = admit(&mut world.images, &packed)?;
    note_source(world, &image, &name);
    let now = world.now();
    if before != Some(digest) {
        give(&mut world.images, &name, digest, now, Left::Dangling);
    }
    let newer = before != Some(digest);
    let status = if newer { "Downloaded newer image for" } else { "Image is up to date for" };
    progress.push(Progress::new("", &format!("Digest: {digest}")));
    progress.push(Progress::new("", &format!("Status: {status} {}", name.familiar())));
    emit(world, "pull", &name.familiar(), &name.familiar_name(), Some(&image));
    Ok(Pulled { name, digest, newer, progress })
}

/// The line that a pull begins with, whatever comes of it.
pub fn pulling(name: &Reference) -> Progress {
    Progress::new(&heading(name), &format!("Pulling from {}", name.path()))
}

/// What stands in front of `Pulling from`: the tag, or the whole reference with its digest.
fn heading(name: &Reference) -> String {
    match name.tag() {
        Some(tag) => tag.to_owned(),
        None => name.canonical(),
    }
}

fn note_source(world: &mut World, image: &Arc<Image>, name: &Reference) {
    if let Some(known) = world.images.images.get_mut(&image.id()) {
        Arc::make_mut(known).pulled_from.insert(name.name());
    }
}

/// The progress of the layers; none where all is here.
fn layers(world: &World, packed: &Packed) -> Vec<Progress> {
    let store = &world.images;
    if store.get(&packed.target.digest).is_some() {
        return vec![];
    }
    let here: BTreeSet<Digest> = store.images.values().flat_map(|image| reach(store, image)).gather();
    let size = |digest: &Digest| {
        let fact = packed.facts.get(digest).or_else(|| store.facts.get(digest)).map(|fact| fact.compressed);
        fact.or_else(|| packed.blobs.get(digest).map(|blob| blob.len())).unwrap_or(0)
    };
    let (old, new): (Vec<_>, Vec<_>) =
        layers_of(packed).iter().map(|layer| layer.digest).partition(|digest| here.contains(digest));
    let line = |digest: &Digest, status: &str| Progress::new(&digest.short(), status);
    let mut lines: Vec<Progress> = old.iter().map(|digest| line(digest, "Already exists")).collect();
    lines.extend(new.iter().map(|digest| line(digest, "Pulling fs layer")));
    for digest in &new {
        let size = size(digest);
        lines.push(Progress { done: Some((size, size)), ..line(digest, "Downloading") });
        lines.push(line(digest, "Download complete"));
    }
    lines.extend(new.iter().map(|digest| line(digest, "Pull complete")));
    lines
}

/// Only linux/amd64 can run here; what the real image has beside that is a gap of ours, anything
/// else is one of the image's.
fn check_platform(name: &Reference, wanted: &str) -> Result<(), EngineError> {
    let mut words = wanted.split('/');
    let (os, architecture) = (words.next().unwrap_or(""), words.next().unwrap_or("amd64"));
    if os == "linux" && ["amd64", "x86_64", "x86-64"].contains(&architecture) {
        return Ok(());
    }
    let facts = source::catalogued(name)
        .and_then(|repository| super::catalogue::find(&repository, name.tag().unwrap_or_default()));
    let wanted = format!("{os}/{architecture}");
    let exists = |facts: super::catalogue::Facts| facts.platforms.iter().any(|p| p.starts_with(&wanted));
    if facts.is_some_and(exists) {
        return Err(EngineError::not_simulated(&format!("the platform {wanted}"))
            .hint("the official image exists for it; Drydock runs linux/amd64 alone"));
    }
    Err(EngineError::not_found(format!(
        "no matching manifest for {wanted} in the manifest list entries: not found"
    )))
}
