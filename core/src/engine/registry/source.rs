//! Where a reference leads: Docker Hub with the catalogue, plain registries, or nowhere.

use super::{catalogue, files};
use crate::base::{Digest, Order, Reference, Time, reference::DOCKER_HUB};
use crate::engine::image::pack::Packed;
use crate::model::image::{Blob, Descriptor, Index, Manifest, media};
use crate::model::{EngineError, ErrorKind, Registry, World};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Hosts that exist but whose content Drydock does not have.
const ELSEWHERE: [&str; 8] = [
    "ghcr.io",
    "quay.io",
    "gcr.io",
    "mcr.microsoft.com",
    "registry.k8s.io",
    "public.ecr.aws",
    "docker.elastic.co",
    "registry.gitlab.com",
];

/// Repositories elsewhere that hold official images: a prefix of all of them, or one and the image that it holds.
const MIRRORED: [(&str, &str); 8] = [
    ("public.ecr.aws/docker/library/", ""),
    ("mirror.gcr.io/library/", ""),
    ("gcr.io/google-containers/", ""),
    ("gcr.io/google_containers/", ""),
    ("ghcr.io/containerd/alpine", "alpine"),
    ("ghcr.io/containerd/busybox", "busybox"),
    ("quay.io/libpod/alpine", "alpine"),
    ("quay.io/libpod/busybox", "busybox"),
];

/// The repository that a name leads to, as the catalogue calls it: official ones without `library/`.
pub(super) fn catalogued(name: &Reference) -> Option<String> {
    if name.domain() == DOCKER_HUB {
        return Some(name.path().strip_prefix("library/").unwrap_or(name.path()).to_owned());
    }
    let full = name.name();
    let held = |(place, image): &(&str, &'static str)| match full.strip_prefix(place)? {
        "" if !image.is_empty() => Some((*image).to_owned()),
        repository if image.is_empty() => Some(repository.to_owned()),
        _ => None,
    };
    MIRRORED.iter().find_map(held)
}

/// A registry's address for look-ups: `localhost` is 127.0.0.1.
pub(super) fn address(domain: &str) -> String {
    match domain.strip_prefix("localhost") {
        Some(port) if port.is_empty() || port.starts_with(':') => format!("127.0.0.1{port}"),
        _ => domain.to_owned(),
    }
}

/// The registry behind a domain, where one holds what was pushed to it.
pub(super) fn registry<'a>(world: &'a World, domain: &str) -> Option<Cow<'a, Registry>> {
    if domain == DOCKER_HUB {
        return Some(Cow::Borrowed(&world.registries.hub));
    }
    if let Some(place) = files::serving(world, domain) {
        return Some(Cow::Owned(files::read(world, &place)));
    }
    world.registries.hosts.get(&address(domain)).map(Cow::Borrowed)
}

/// Puts back what a push has made of a registry.
pub(super) fn put_back(world: &mut World, domain: &str, registry: Registry) -> Result<(), EngineError> {
    if domain == DOCKER_HUB {
        world.registries.hub = registry;
    } else if let Some(place) = files::serving(world, domain) {
        let failed = |e: crate::base::Errno| EngineError::system(format!("unknown blob: {}", e.go_text()));
        files::write(world, &place, &registry).map_err(failed)?;
    } else {
        world.registries.hosts.insert(address(domain), registry);
    }
    Ok(())
}

/// Why no connection to a registry comes about. `what` is the path of the request.
pub(super) fn unreachable(domain: &str, scheme: &str, method: &str, what: &str) -> EngineError {
    let host = domain.split(':').next().unwrap_or(domain);
    if ELSEWHERE.contains(&host) {
        return EngineError::not_simulated(&format!("the registry {domain}"))
            .hint("Docker Hub, registries of your own and a few mirrors of official images are");
    }
    let address = address(domain);
    let local = address.starts_with("127.") || address.parse::<std::net::SocketAddr>().is_ok();
    let why = if local {
        let address = if address.contains(':') { address } else { format!("{address}:443") };
        format!("dial tcp {address}: connect: connection refused")
    } else {
        format!("dial tcp: lookup {host} on 127.0.0.53:53: no such host")
    };
    let verb = method.chars().next().map_or(String::new(), |c| c.to_uppercase().to_string())
        + method.get(1..).unwrap_or("");
    let url = format!("{scheme}://{domain}/v2/{what}");
    EngineError::new(ErrorKind::Unavailable, format!("{verb} {url:?}: {why}"))
}

fn unresolved(name: &Reference, why: &str) -> EngineError {
    let canonical = name.canonical();
    let message = format!("failed to resolve reference \"{canonical}\": {why}");
    EngineError::not_found(message)
}

fn not_found(name: &Reference) -> EngineError {
    unresolved(name, &format!("{}: not found", name.canonical()))
}

/// Fetches an image with everything it is made of.
///
/// # Errors
/// In Docker's words: no such repository, no such tag or digest, no connection.
pub fn fetch(world: &World, name: &Reference) -> Result<Packed, EngineError> {
    if let Some(repository) = catalogued(name).filter(|repository| catalogue::has_repository(repository)) {
        return from_catalogue(&repository, name, world.registries.built).ok_or_else(|| {
            let tags: Vec<&str> = catalogue::tags(&repository).iter().map(|tags| tags[0]).collect();
            not_found(name).hint(format!("the catalogue has {repository} as {}", tags.join(", ")))
        });
    }
    if let Some(registry) = registry(world, name.domain()) {
        let registry = registry.as_ref();
        let Some(repository) = registry.repositories.get(name.path()) else {
            return Err(no_repository(name));
        };
        let known = match name.digest() {
            Some(digest) => repository.manifests.get(&digest),
            None => repository.tags.get(name.tag().unwrap_or_default()),
        };
        let target = known.ok_or_else(|| not_found(name))?;
        return packed(registry, target).ok_or_else(|| not_found(name));
    }
    let what = name.digest().map_or_else(|| name.tag().unwrap_or_default().to_owned(), |d| d.to_string());
    let error = unreachable(name.domain(), "https", "head", &format!("{}/manifests/{what}", name.path()));
    Err(match error.kind {
        ErrorKind::Unavailable => unresolved(name, &format!("failed to do request: {}", error.message)),
        _ => error,
    })
}

fn no_repository(name: &Reference) -> EngineError {
    if name.domain() != DOCKER_HUB {
        return not_found(name);
    }
    EngineError::not_found(format!(
        "pull access denied for {}, repository does not exist or may require 'docker login'",
        name.familiar_name()
    ))
}

fn from_catalogue(repository: &str, name: &Reference, built: Option<Time>) -> Option<Packed> {
    let build = |tag: &str| {
        let facts = catalogue::find(repository, tag)?;
        catalogue::build(&match built {
            Some(begun) => facts.built_after(begun),
            None => facts,
        })
    };
    let Some(digest) = name.digest() else { return build(name.tag()?) };
    let all = catalogue::tags(repository);
    let further = catalogue::further_tags(repository);
    let mut images = all.iter().map(|tags| tags[0]).chain(further).filter_map(build);
    images.find(|packed| packed.target.digest == digest)
}

/// An image of a registry.
pub(super) fn packed(registry: &Registry, target: &Descriptor) -> Option<Packed> {
    let mut packed = Packed { target: target.clone(), blobs: BTreeMap::new(), facts: BTreeMap::new() };
    let mut take = |digest: &Digest| -> Option<Vec<u8>> {
        let blob = registry.blobs.get(digest)?;
        packed.blobs.insert(*digest, blob.clone());
        match blob {
            Blob::Bytes(content) if content.len() < 4 << 20 => Some(blob.to_vec()),
            _ => Some(vec![]),
        }
    };
    let top = take(&target.digest)?;
    let mut manifests = vec![];
    if media::is_index(&target.media_type) {
        let index: Index = serde_json::from_slice(&top).ok()?;
        for listed in index.manifests {
            manifests.extend(take(&listed.digest));
        }
    } else {
        manifests.push(top);
    }
    for manifest in manifests {
        let Ok(manifest) = serde_json::from_slice::<Manifest>(&manifest) else { continue };
        for part in manifest.layers.iter().chain([&manifest.config]) {
            take(&part.digest);
        }
    }
    Some(packed)
}

/// All tags of a repository, for `pull -a`.
///
/// # Errors
/// Those of [`fetch`] for a repository.
pub fn tags_of(world: &World, name: &Reference) -> Result<Vec<Reference>, EngineError> {
    let tagged = |tags: Vec<String>| tags.iter().filter_map(|tag| name.with_tag(tag).ok()).collect();
    if let Some(repository) = catalogued(name).filter(|repository| catalogue::has_repository(repository)) {
        let mut tags: Vec<String> =
            catalogue::tags(&repository).into_iter().flatten().map(str::to_owned).collect();
        tags.order();
        return Ok(tagged(tags));
    }
    match registry(world, name.domain()) {
        Some(registry) => match registry.repositories.get(name.path()) {
            Some(repository) => Ok(tagged(repository.tags.keys().cloned().collect())),
            None => Err(no_repository(name)),
        },
        None => fetch(world, &name.clone().or_latest()).map(|_| vec![]),
    }
}
