//! Finding an image by what a user calls it: a name, a digest, an id or the beginning of one.

use super::size;
use crate::base::{AnyReference, Digest, Reference};
use crate::fs::Chain;
use crate::model::{EngineError, Image, ImageConfig, ImageStore, World};
use std::sync::Arc;

/// How an image was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// By a name of the store, or by repository and digest; normalised.
    Name(Reference),
    /// By its id or the beginning of it.
    Id,
}

/// An image and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The image.
    pub image: Arc<Image>,
    /// How it was named.
    pub by: By,
}

/// Finds the image a user means.
///
/// # Errors
/// Invalid for what is no reference, not found, conflict where several ids begin so.
pub fn find(store: &ImageStore, text: &str) -> Result<Found, EngineError> {
    let parsed = AnyReference::parse(text).map_err(|e| EngineError::invalid(e.to_string()))?;
    let name = match parsed {
        AnyReference::Id(id) => {
            let image = store.get(&id).cloned();
            let image = image.ok_or_else(|| EngineError::not_found(format!("No such image: {text}")))?;
            return Ok(Found { image, by: By::Id });
        }
        AnyReference::Named(name) => name,
    };
    if let Some(digest) = name.digest() {
        let has_name =
            |image: &&Arc<Image>| store.names_of(image.id()).any(|full| repository_of(full) == name.name());
        if let Some(image) = store.get(&digest).filter(has_name) {
            return Ok(Found { image: image.clone(), by: By::Name(name) });
        }
        return Err(no_such(&name));
    }
    let tagged = name.clone().or_latest();
    if let Some(image) = store.names.get(&tagged.canonical()).and_then(|known| store.get(&known.target)) {
        return Ok(Found { image: image.clone(), by: By::Name(tagged) });
    }
    by_prefix(store, text)?.map(|image| Found { image, by: By::Id }).ok_or_else(|| no_such(&tagged))
}

fn no_such(name: &Reference) -> EngineError {
    EngineError::not_found(format!("No such image: {}", name.familiar()))
        .hint("`docker images` lists the images that are here; `docker pull` fetches one")
}

/// The repository of a normalised name: what stands before the tag or digest.
pub fn repository_of(full: &str) -> String {
    Reference::parse(full).map_or_else(|_| full.to_owned(), |name| name.name())
}

/// The image whose id begins so: 4 to 64 hexadecimal digits, perhaps after `sha256:`.
fn by_prefix(store: &ImageStore, text: &str) -> Result<Option<Arc<Image>>, EngineError> {
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    let hex = digits.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
    if !hex || !(4..=64).contains(&digits.len()) {
        return Ok(None);
    }
    let mut matching = store.images.iter().filter(|(id, _)| id.hex().starts_with(digits));
    let first = matching.next().map(|(_, image)| image.clone());
    if matching.next().is_some() {
        return Err(EngineError::invalid(format!("image reference {text} is ambiguous")));
    }
    Ok(first)
}

/// What a container needs of its image.
#[derive(Debug, Clone, PartialEq)]
pub struct ForContainer {
    /// What it starts with.
    pub config: ImageConfig,
    /// The image's id.
    pub id: Digest,
    /// The size that listings show, in bytes.
    pub size: u64,
    /// The manifest for this platform.
    pub manifest: Digest,
    /// The tree.
    pub base: Chain,
}

/// The image a container is made from.
///
/// # Errors
/// Those of [`find`]; not found where the platform asked for is not the image's.
pub fn for_container(
    world: &World,
    reference: &str,
    platform: Option<&str>,
) -> Result<ForContainer, EngineError> {
    let store = &world.images;
    let image = find(store, reference)?.image;
    if let Some(platform) = platform.filter(|wanted| !wanted.is_empty() && !matches_platform(&image, wanted))
    {
        return Err(EngineError::not_found(format!("No such image: {reference}"))
            .hint(format!("the image is here, but not for {platform}")));
    }
    Ok(ForContainer {
        config: image.config.config.clone(),
        id: image.id(),
        size: size::unpacked(store, &image),
        manifest: image.manifest.digest,
        base: store.chain(&image),
    })
}

/// Checks that an image is there for every platform asked for.
///
/// # Errors
/// Those of [`find`]; invalid for what is no platform; not found for one that the image is not for.
pub fn check_platforms(store: &ImageStore, reference: &str, platforms: &[String]) -> Result<(), EngineError> {
    for wanted in platforms {
        check_platform_name(wanted)?;
        let found = find(store, reference)?;
        if !matches_platform(&found.image, wanted) {
            let shown =
                Reference::parse(reference).map_or_else(|_| reference.into(), |r| r.or_latest().familiar());
            return Err(EngineError::not_found(format!(
                "image with reference {shown} was found but does not provide the specified platform ({wanted})"
            )));
        }
    }
    Ok(())
}

/// Checks that a text can be a platform: `os[/arch[/variant]]`.
///
/// # Errors
/// Invalid, in the words of containerd.
pub fn check_platform_name(text: &str) -> Result<(), EngineError> {
    let parts: Vec<&str> = text.split('/').collect();
    let fits = |part: &&str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
    };
    match parts.iter().find(|part| !fits(part)) {
        Some(part) => Err(EngineError::invalid(format!(
            "{part:?} is an invalid component of {text:?}: platform specifier component must match \"^[A-Za-z0-9_.-]+$\": \
             invalid argument"
        ))),
        None if parts.len() > 3 => {
            Err(EngineError::invalid(format!("{text:?}: cannot parse platform specifier: invalid argument")))
        }
        None => Ok(()),
    }
}

/// Whether an image runs on `linux`, `linux/amd64` and the like.
pub fn matches_platform(image: &Image, wanted: &str) -> bool {
    let mut words = wanted.split('/');
    let (os, architecture) = (words.next().unwrap_or(""), words.next());
    let architecture = architecture.map(|a| if a == "x86_64" || a == "x86-64" { "amd64" } else { a });
    os == image.config.os && architecture.is_none_or(|a| a == image.config.architecture)
}
