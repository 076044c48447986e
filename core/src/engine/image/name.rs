//! Names of images: giving, moving and taking them.

use super::find::{By, find, repository_of};
use crate::base::{Digest, Gather, Reference, Time};
use crate::model::image::Name;
use crate::model::{EngineError, Event, EventType, Image, ImageStore, World};
use std::collections::BTreeMap;

/// What becomes of an image that loses its last name to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// It stays as `<none>`: `tag`, `pull`, `load`, `commit`, `import`.
    Dangling,
    /// It goes, as BuildKit leaves nothing behind; containers keep their files.
    Gone,
}

/// Gives the image `target` a name, normalised and with a tag or digest.
pub fn give(store: &mut ImageStore, name: &Reference, target: Digest, now: Time, left: Left) {
    let name = name.canonical();
    let old = store.names.insert(name, Name { target, tagged: now });
    if let Some(old) = old.filter(|old| old.target != target)
        && left == Left::Gone
        && store.names_of(old.target).next().is_none()
    {
        forget(store, old.target);
    }
}

/// Takes an image with all its names out of the store, and the documents that nothing else needs.
pub fn forget(store: &mut ImageStore, id: Digest) {
    let names: Vec<String> = store.names_of(id).map(str::to_owned).collect();
    for name in names {
        store.names.remove(&name);
    }
    let Some(image) = store.images.remove(&id) else { return };
    let mut unused = super::pack::reach(store, &image);
    for other in store.images.values() {
        for digest in super::pack::reach(store, other) {
            unused.remove(&digest);
        }
    }
    for digest in unused {
        store.blobs.remove(&digest);
    }
}

/// `docker tag`: gives an image a further name.
///
/// # Errors
/// Those of finding the source; the target's are the caller's, who parses it.
pub fn tag(world: &mut World, source: &str, target: &Reference) -> Result<(), EngineError> {
    let image = find(&world.images, source)?.image;
    let target = target.clone().or_latest();
    let now = world.now();
    give(&mut world.images, &target, image.id(), now, Left::Dangling);
    emit(world, "tag", &image.id().to_string(), &target.familiar(), Some(&image));
    Ok(())
}

/// Tells of something that happened to an image.
pub fn emit(world: &mut World, action: &str, actor: &str, name: &str, image: Option<&Image>) {
    let labels = image.and_then(|image| image.config.config.labels.clone());
    let mut attributes: BTreeMap<String, String> = labels.unwrap_or_default();
    attributes.insert("name".into(), name.to_owned());
    world.emit(Event {
        time: world.now(),
        kind: EventType::Image,
        action: action.to_owned(),
        actor: actor.to_owned(),
        attributes,
    });
}

/// The tags of an image as users write them: RepoTags.
pub fn repo_tags(store: &ImageStore, id: Digest) -> Vec<String> {
    let names = store.names_of(id).filter_map(|name| Reference::parse(name).ok());
    names.filter(|name| name.tag().is_some()).map(|name| name.familiar()).gather()
}

/// The image's digest in each of its repositories: RepoDigests.
pub fn repo_digests(store: &ImageStore, id: Digest) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in store.names_of(id).filter_map(|name| Reference::parse(name).ok()) {
        let text = name.with_digest(id).familiar();
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// The repositories that name an image.
pub(super) fn repositories(store: &ImageStore, id: Digest) -> std::collections::BTreeSet<String> {
    store.names_of(id).map(repository_of).gather()
}

/// The name of the store that a user's words mean, where they are one.
pub(super) fn stored(store: &ImageStore, by: &By) -> Option<String> {
    match by {
        By::Name(name) => Some(name.canonical()).filter(|name| store.names.contains_key(name)),
        By::Id => None,
    }
}
