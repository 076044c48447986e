//! `push`: an image of the store into a registry.

use super::{Progress, Transfer, source};
use crate::base::{Digest, Gather, Reference, reference::DOCKER_HUB};
use crate::engine::durations;
use crate::engine::image::pack::pack_of;
use crate::engine::image::{emit, find};
use crate::model::{EngineError, ErrorKind, Image, Registry, World};
use std::collections::{BTreeMap, BTreeSet};

/// Who pushes, as the client's configuration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user.
    pub user: String,
    /// The password or token.
    pub password: String,
}

/// What a push did.
#[derive(Debug, Clone, PartialEq)]
pub struct Pushed {
    /// What happened, in order.
    pub progress: Vec<Progress>,
}

/// The line that a push begins with, whatever comes of it.
pub fn heading(name: &Reference) -> String {
    format!("The push refers to repository [{}]", name.name())
}

/// Pushes the image that a tagged name leads to.
///
/// # Errors
/// No such tag here; no right to push; no connection.
pub fn push(world: &mut World, name: &Reference, who: Option<&Credentials>) -> Result<Pushed, EngineError> {
    let name = name.clone().or_latest();
    let missing = || EngineError::not_found(format!("tag does not exist: {}", name.familiar()));
    let image = match world.images.names.get(&name.canonical()) {
        Some(_) => find(&world.images, &name.canonical())?.image,
        None => return Err(missing()),
    };
    let packed = pack_of(&world.images, &image)?;
    authorize(world, &name, who)?;
    let tag = name.tag().unwrap_or_default().to_owned();
    let registry = source::registry(world, name.domain()).map(std::borrow::Cow::into_owned);
    let Some(mut registry) = registry else { return Err(no_connection(&name, &image)) };
    let mut progress = layers(&registry, &name, &image);
    let sizes = progress.iter().filter_map(|line| line.done.map(|(size, _)| size));
    durations::take(world, Transfer::new(sizes.collect()).sent());
    super::put(&mut registry, name.path(), Some(&tag), &packed);
    source::put_back(world, name.domain(), registry)?;
    let (digest, size) = (image.target.digest, image.target.size);
    progress.push(Progress::new("", &format!("{tag}: digest: {digest} size: {size}")));
    emit(world, "push", &name.familiar(), &name.familiar_name(), Some(&image));
    Ok(Pushed { progress })
}

/// The names of a repository that `push -a` pushes, in order.
pub fn tags_here(world: &World, name: &Reference) -> Vec<Reference> {
    let names = world.images.names.keys().filter_map(|known| Reference::parse(known).ok());
    names.filter(|known| known.name() == name.name() && known.tag().is_some()).collect()
}

fn no_connection(name: &Reference, image: &Image) -> EngineError {
    let first = image.layers.first().map_or(image.config_blob.digest, |layer| layer.digest);
    let error =
        source::unreachable(name.domain(), "https", "head", &format!("{}/blobs/{first}", name.path()));
    match error.kind {
        ErrorKind::Unavailable => {
            EngineError { message: format!("failed to do request: {}", error.message), ..error }
        }
        _ => error,
    }
}

/// Docker Hub lets users push below their own name.
pub(super) fn authorize(
    world: &World,
    name: &Reference,
    who: Option<&Credentials>,
) -> Result<(), EngineError> {
    if name.domain() != DOCKER_HUB {
        return Ok(());
    }
    let valid = who.filter(|who| world.registries.accounts.get(&who.user) == Some(&who.password));
    let owner = name.path().split('/').next().unwrap_or_default();
    if valid.is_some_and(|who| who.user == owner) {
        return Ok(());
    }
    let hint = match valid {
        Some(who) => format!("{} may push to {}/… only", who.user, who.user),
        None => {
            "nobody is logged in: `docker login` first, and tag the image with your own name in front".into()
        }
    };
    let message = "push access denied, repository does not exist or may require authorization: server message: \
                   insufficient_scope: authorization failed";
    Err(EngineError::new(ErrorKind::Forbidden, message).hint(hint))
}

/// For every layer of a registry a repository that it can be mounted from.
fn origins(registry: &Registry) -> BTreeMap<Digest, String> {
    let mut found = BTreeMap::new();
    for (path, repository) in &registry.repositories {
        for target in repository.manifests.values() {
            let Some(packed) = source::packed(registry, target) else { continue };
            for digest in packed.blobs.into_keys() {
                found.entry(digest).or_insert_with(|| path.clone());
            }
        }
    }
    found
}

/// The progress of the layers, top first as Docker prints them.
fn layers(registry: &Registry, name: &Reference, image: &Image) -> Vec<Progress> {
    let held: BTreeSet<Digest> = super::held(registry, image).into_iter().copied().gather();
    let here = registry.repositories.contains_key(name.path());
    let mut sources = BTreeMap::new();
    let mut lines = Vec::new();
    for layer in image.layers.iter().rev() {
        let short = layer.digest.short();
        if !held.contains(&layer.digest) {
            lines.push(Progress { done: Some((layer.size, layer.size)), ..Progress::new(&short, "Pushing") });
            lines.push(Progress::new(&short, "Pushed"));
        } else if here {
            lines.push(Progress::new(&short, "Layer already exists"));
        } else {
            if sources.is_empty() {
                sources = origins(registry);
            }
            match sources.get(&layer.digest) {
                Some(from) => lines.push(Progress::new(&short, &format!("Mounted from {from}"))),
                None => lines.push(Progress::new(&short, "Layer already exists")),
            }
        }
    }
    lines
}
