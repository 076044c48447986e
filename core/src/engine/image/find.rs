//! Finding an image by what a user calls it, and what a container takes from it.

use crate::base::{AnyReference, Digest, Reference};
use crate::fs::Chain;
use crate::model::{EngineError, Image, ImageConfig, ImageStore, World};
use std::sync::Arc;

/// What a container takes from its image.
#[derive(Debug, Clone, PartialEq)]
pub struct ForContainer {
    /// The image's id.
    pub id: Digest,
    /// The manifest of the platform.
    pub manifest: Digest,
    /// The configuration.
    pub config: ImageConfig,
    /// The tree the container starts from.
    pub base: Chain,
    /// The size that listings show, in bytes.
    pub size: u64,
}

/// Finds an image by name, digest, id or unique prefix of its id.
///
/// # Errors
/// Not found, in Docker's words; invalid for what is no reference.
pub fn find(store: &ImageStore, reference: &str) -> Result<Arc<Image>, EngineError> {
    let no_such = |name: &str| EngineError::not_found(format!("No such image: {name}"));
    if let Some(image) = Digest::parse(reference).and_then(|id| store.get(&id)) {
        return Ok(image.clone());
    }
    let named = Reference::parse(reference).map(Reference::or_latest);
    let by_name = named.as_ref().ok().and_then(|r| store.names.get(&r.canonical()));
    if let Some(image) = by_name.and_then(|name| store.get(&name.target)) {
        return Ok(image.clone());
    }
    let hex = reference.strip_prefix("sha256:").unwrap_or(reference);
    if !hex.is_empty() && hex.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')) {
        let mut found = store.images.values().filter(|image| image.id().hex().starts_with(hex));
        match (found.next(), found.next()) {
            (Some(image), None) => return Ok(image.clone()),
            (Some(_), Some(_)) => {
                return Err(EngineError::invalid(format!("image reference {reference} is ambiguous")));
            }
            _ => {}
        }
    }
    match (named, AnyReference::parse(reference)) {
        (Ok(named), _) => Err(no_such(&named.familiar())),
        (_, Ok(_)) => Err(no_such(reference)),
        (Err(e), _) => Err(EngineError::invalid(e.to_string())),
    }
}

/// What a container made from `reference` starts with.
///
/// # Errors
/// As [`find`].
pub fn for_container(
    world: &World,
    reference: &str,
    _platform: Option<&str>,
) -> Result<ForContainer, EngineError> {
    let image = find(&world.images, reference)?;
    let size = image.config.rootfs.diff_ids.iter().filter_map(|id| world.images.facts.get(id));
    Ok(ForContainer {
        id: image.id(),
        manifest: image.manifest.digest,
        config: image.config.config.clone(),
        base: world.images.chain(&image),
        size: size.map(|fact| fact.unpacked).sum(),
    })
}
