//! Registries that containers serve: what they hold lies in their files, as the `registry` program
//! lays it out, so that it lives and dies with the container's volume.

use super::source::{self, address};
use crate::base::{Digest, Errno, Time};
use crate::fs::{Content, View};
use crate::kernel::{FsId, stub_name};
use crate::model::image::{Blob, Descriptor, media};
use crate::model::{Container, Registry, Status, World, registry::Repository};
use std::collections::BTreeSet;

/// Where the images look in a container.
const DATA: &str = "/var/lib/registry";
/// Where they lie below that.
const ROOT: &str = "docker/registry/v2";
/// The largest document that is read, in bytes.
const MAX_DOCUMENT: u64 = 4 << 20;

/// The files of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    fs: FsId,
    root: String,
}

/// The registry that a running container serves on this port of the host.
pub(super) fn serving(world: &World, domain: &str) -> Option<Place> {
    let address = address(domain);
    let (host, port) = address.rsplit_once(':')?;
    if !host.starts_with("127.") {
        return None;
    }
    let publishes = |c: &&Container| {
        matches!(c.status, Status::Running) && c.ports.values().flatten().any(|bound| bound.host_port == port)
    };
    let container = world.containers.values().map(AsRef::as_ref).find(publishes)?;
    let view = world.kernel.view(container.rootfs)?;
    let program = view.resolve("/bin/registry", true).ok().and_then(|ino| view.file(ino).ok())?;
    if stub_name(&program.read(0, 64)) != Some("registry") {
        return None;
    }
    let volume = container.mounts.iter().find(|mount| mount.destination == DATA);
    let volume = volume.and_then(|mount| world.volumes.get(mount.name.as_deref()?));
    Some(match volume {
        Some(volume) => Place { fs: volume.fs, root: format!("/{ROOT}") },
        None => Place { fs: container.rootfs, root: format!("{DATA}/{ROOT}") },
    })
}

/// What the files hold.
pub(super) fn read(world: &World, place: &Place) -> Registry {
    let mut registry = Registry::default();
    let Some(view) = world.kernel.view(place.fs) else { return registry };
    for (path, ino) in view.walk() {
        let Some(rest) = path.strip_prefix(&place.root) else { continue };
        let Ok(content) = view.file(ino) else { continue };
        if let Some(rest) = rest.strip_prefix("/blobs/sha256/") {
            let digest = rest.split('/').nth(1).and_then(Digest::parse);
            if let Some(digest) = digest.filter(|_| rest.ends_with("/data")) {
                registry.blobs.insert(digest, Blob::Bytes(content.clone()));
            }
        } else if let Some(rest) = rest.strip_prefix("/repositories/") {
            read_link(&mut registry, view, &place.root, rest, content);
        }
    }
    registry
}

/// Reads `NAME/_manifests/tags/TAG/current/link` and `NAME/_manifests/revisions/sha256/HEX/link`.
fn read_link(registry: &mut Registry, view: &View, root: &str, path: &str, content: &Content) {
    let Some((name, what)) = path.split_once("/_manifests/") else { return };
    let words: Vec<&str> = what.split('/').collect();
    let Some(digest) = content.text().and_then(|text| Digest::parse(text.trim())) else { return };
    let Some(descriptor) = describe(view, root, digest) else { return };
    let repository = registry.repositories.entry(name.to_owned()).or_default();
    match words[..] {
        ["tags", tag, "current", "link"] => drop(repository.tags.insert(tag.to_owned(), descriptor)),
        ["revisions", "sha256", _, "link"] => drop(repository.manifests.insert(digest, descriptor)),
        _ => {}
    }
}

fn describe(view: &View, root: &str, digest: Digest) -> Option<Descriptor> {
    let ino = view.resolve(&data(root, &digest), true).ok()?;
    let bytes = view.file(ino).ok()?.bytes(MAX_DOCUMENT)?;
    let json: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    let media_type = json.get("mediaType").and_then(|t| t.as_str()).unwrap_or(media::MANIFEST);
    Some(Descriptor::new(media_type, digest, bytes.len() as u64))
}

fn data(root: &str, digest: &Digest) -> String {
    let hex = digest.hex();
    format!("{root}/blobs/sha256/{}/{hex}/data", &hex[..2])
}

/// Writes what the files do not hold yet.
///
/// # Errors
/// Those of the filesystem.
pub(super) fn write(world: &mut World, place: &Place, registry: &Registry) -> Result<(), Errno> {
    let now = world.now();
    let view = world.kernel.view_mut(place.fs).ok_or(Errno::EIO)?;
    for (digest, blob) in &registry.blobs {
        let path = data(&place.root, digest);
        if view.resolve(&path, true).is_err() {
            let content = match blob {
                Blob::Bytes(content) => content.clone(),
                Blob::Layer(layer) => layer.to_tar().into(),
            };
            view.write_file(&path, content, 0o644, now)?;
        }
    }
    for (name, repository) in &registry.repositories {
        let dir = format!("{}/repositories/{name}/_manifests", place.root);
        for digest in repository.manifests.keys() {
            link(view, &format!("{dir}/revisions/sha256/{}", digest.hex()), digest, now)?;
        }
        for (tag, target) in &repository.tags {
            link(view, &format!("{dir}/tags/{tag}/current"), &target.digest, now)?;
            let index = format!("{dir}/tags/{tag}/index/sha256/{}", target.digest.hex());
            link(view, &index, &target.digest, now)?;
        }
        for digest in parts(registry, repository) {
            let dir = format!("{}/repositories/{name}/_layers/sha256/{}", place.root, digest.hex());
            link(view, &dir, &digest, now)?;
        }
    }
    Ok(())
}

/// The layers and configurations of a repository's manifests.
fn parts(registry: &Registry, repository: &Repository) -> BTreeSet<Digest> {
    let mut found = BTreeSet::new();
    for target in repository.manifests.values() {
        let held = source::packed(registry, target).map_or_else(Default::default, |packed| packed.blobs);
        found.extend(held.into_keys().filter(|digest| !repository.manifests.contains_key(digest)));
    }
    found
}

fn link(view: &mut View, dir: &str, digest: &Digest, now: Time) -> Result<(), Errno> {
    let path = format!("{dir}/link");
    let known = view.resolve(&path, true).ok().and_then(|ino| view.file(ino).ok());
    if known.and_then(|content| content.text()).is_some_and(|text| text == digest.to_string()) {
        return Ok(());
    }
    view.write_file(&path, digest.to_string().into_bytes(), 0o644, now).map(drop)
}
