//! `rmi`: takes names away, and images with their last one.

use super::find::{By, find, repository_of};
use super::name::{emit, forget, repositories, stored};
use crate::base::{Digest, Reference};
use crate::model::{Container, EngineError, Image, Status, World};

/// One thing that a removal did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// A name is gone, as users write it.
    Untagged(String),
    /// An image is gone.
    Deleted(Digest),
}

/// Removes a name, and the image where that was the last one.
///
/// # Errors
/// Not found; conflict where a container uses the image or several repositories name it.
pub fn remove(world: &mut World, reference: &str, force: bool) -> Result<Vec<Removed>, EngineError> {
    let removed = remove_found(world, reference, force)?;
    if removed.iter().any(|one| matches!(one, Removed::Deleted(_))) {
        super::sweep(world);
    }
    Ok(removed)
}

fn remove_found(world: &mut World, reference: &str, force: bool) -> Result<Vec<Removed>, EngineError> {
    let found = find(&world.images, reference)?;
    let id = found.image.id();
    match stored(&world.images, &found.by) {
        Some(name) => remove_name(world, &found.image, &name, force),
        None if matches!(found.by, By::Id) || repositories(&world.images, id).len() <= 1 => {
            remove_id(world, &found.image, force)
        }
        // A digest that is a name of nothing: the repository's tags of that image go.
        None => {
            let By::Name(name) = found.by else { return Ok(vec![]) };
            let names: Vec<String> = world
                .images
                .names_of(id)
                .filter(|known| repository_of(known) == name.name())
                .map(str::to_owned)
                .collect();
            Ok(names.iter().map(|name| untag(world, &found.image, name)).collect())
        }
    }
}

fn remove_name(
    world: &mut World,
    image: &Image,
    name: &str,
    force: bool,
) -> Result<Vec<Removed>, EngineError> {
    let id = image.id();
    let names: Vec<String> = world.images.names_of(id).map(str::to_owned).collect();
    if !is_single(&names) {
        return Ok(vec![untag(world, image, name)]);
    }
    if let Some(user) = user_of(world, id, |_| true) {
        if force {
            return Ok(names.iter().map(|name| untag(world, image, name)).collect());
        }
        let name = familiar(name);
        let why = format!("container {} is using its referenced image {}", user.id.short(), id.short());
        return Err(conflict(&name, "must be forced", &why).hint(format!(
            "container {} was made from it, running or not; remove the container first",
            user.name
        )));
    }
    Ok(delete(world, image))
}

fn remove_id(world: &mut World, image: &Image, force: bool) -> Result<Vec<Removed>, EngineError> {
    let id = image.id();
    if !force && repositories(&world.images, id).len() > 1 {
        let why = "image is referenced in multiple repositories";
        return Err(conflict(&id.short(), "must be forced", why)
            .hint("several repositories name this image; remove the names one by one, or all with -f"));
    }
    let runs = |c: &Container| !matches!(c.status, Status::Created | Status::Exited | Status::Dead);
    if let Some(user) = user_of(world, id, runs) {
        let why = format!("image is being used by running container {}", user.id.short());
        return Err(conflict(&id.short(), "cannot be forced", &why));
    }
    if let Some(user) = user_of(world, id, |_| true).filter(|_| !force) {
        let why = format!("image is being used by stopped container {}", user.id.short());
        return Err(conflict(&id.short(), "must be forced", &why));
    }
    Ok(delete(world, image))
}

fn conflict(what: &str, how: &str, why: &str) -> EngineError {
    EngineError::conflict(format!("conflict: unable to delete {what} ({how}) - {why}"))
}

fn user_of(world: &World, image: Digest, which: impl Fn(&Container) -> bool) -> Option<&Container> {
    world.containers.values().map(AsRef::as_ref).find(|c| c.image == image && which(c))
}

/// Whether these names of one image count as one: a tag and a digest of the same repository do.
fn is_single(names: &[String]) -> bool {
    let tags = names.iter().filter(|name| !name.contains('@')).count();
    let mut repositories: Vec<String> = names.iter().map(|name| repository_of(name)).collect();
    repositories.dedup();
    tags <= 1 && repositories.len() <= 1
}

fn familiar(name: &str) -> String {
    Reference::parse(name).map_or_else(|_| name.to_owned(), |name| name.familiar())
}

fn untag(world: &mut World, image: &Image, name: &str) -> Removed {
    world.images.names.remove(name);
    let name = familiar(name);
    emit(world, "untag", &image.id().to_string(), &name, Some(image));
    Removed::Untagged(name)
}

/// Takes an image away with all its names.
pub(super) fn delete(world: &mut World, image: &Image) -> Vec<Removed> {
    let id = image.id();
    let names: Vec<String> = world.images.names_of(id).map(str::to_owned).collect();
    let mut removed: Vec<Removed> = names.iter().map(|name| untag(world, image, name)).collect();
    forget(&mut world.images, id);
    emit(world, "delete", &id.to_string(), &id.to_string(), Some(image));
    removed.push(Removed::Deleted(id));
    removed
}
