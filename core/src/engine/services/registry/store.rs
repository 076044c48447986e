//! The files of a registry, as its program sees them.

use crate::base::{Digest, Errno, Order};
use crate::kernel::Sys;

const ROOT: &str = "/var/lib/registry/docker/registry/v2";
/// How deep the names of repositories may nest.
const MAX_DEPTH: usize = 16;

/// All repositories that hold a manifest, sorted.
pub fn repositories(sys: &Sys<'_>) -> Vec<String> {
    let mut found = vec![];
    collect(sys, "", 0, &mut found);
    found.order();
    found
}

fn collect(sys: &Sys<'_>, name: &str, depth: usize, found: &mut Vec<String>) {
    let at = format!("{ROOT}/repositories/{name}");
    let Ok(entries) = sys.list(at.trim_end_matches('/')) else { return };
    if entries.iter().any(|entry| entry == "_manifests") {
        found.push(name.to_string());
    }
    for entry in entries.iter().filter(|entry| !entry.starts_with('_') && depth < MAX_DEPTH) {
        let below = if name.is_empty() { entry.clone() } else { format!("{name}/{entry}") };
        collect(sys, &below, depth + 1, found);
    }
}

fn manifests(name: &str) -> String {
    format!("{ROOT}/repositories/{name}/_manifests")
}

/// True where something was pushed to the repository.
pub fn has(sys: &Sys<'_>, name: &str) -> bool {
    sys.stat(&manifests(name)).is_ok()
}

/// The tags of a repository, sorted.
pub fn tags(sys: &Sys<'_>, name: &str) -> Vec<String> {
    sys.list(&format!("{}/tags", manifests(name))).unwrap_or_default()
}

fn link(sys: &mut Sys<'_>, path: &str) -> Option<Digest> {
    let text = sys.read_file(path).ok()?;
    Digest::parse(String::from_utf8_lossy(&text).trim())
}

/// The manifest that a tag leads to.
pub fn tagged(sys: &mut Sys<'_>, name: &str, tag: &str) -> Option<Digest> {
    link(sys, &format!("{}/tags/{tag}/current/link", manifests(name)))
}

fn revision(name: &str, digest: &Digest) -> String {
    format!("{}/revisions/sha256/{}", manifests(name), digest.hex())
}

/// A manifest of a repository.
pub fn manifest(sys: &mut Sys<'_>, name: &str, digest: &Digest) -> Option<Vec<u8>> {
    link(sys, &format!("{}/link", revision(name, digest)))?;
    read(sys, digest)
}

/// A layer or configuration of a repository.
pub fn blob(sys: &mut Sys<'_>, name: &str, digest: &Digest) -> Option<Vec<u8>> {
    link(sys, &format!("{ROOT}/repositories/{name}/_layers/sha256/{}/link", digest.hex()))?;
    read(sys, digest)
}

fn read(sys: &mut Sys<'_>, digest: &Digest) -> Option<Vec<u8>> {
    let hex = digest.hex();
    sys.read_file(&format!("{ROOT}/blobs/sha256/{}/{hex}/data", hex.get(..2)?)).ok()
}

/// Deletes a manifest and the tags that lead to it.
///
/// # Errors
/// `ENOENT` where the repository has no such manifest.
pub fn delete(sys: &mut Sys<'_>, name: &str, digest: &Digest) -> Result<(), Errno> {
    let dir = revision(name, digest);
    sys.unlink(&format!("{dir}/link"))?;
    sys.rmdir(&dir)?;
    for tag in tags(sys, name) {
        if tagged(sys, name, &tag).as_ref() == Some(digest) {
            untag(sys, name, &tag)?;
        }
    }
    Ok(())
}

/// Takes a tag away.
///
/// # Errors
/// `ENOENT` where there is no such tag.
pub fn untag(sys: &mut Sys<'_>, name: &str, tag: &str) -> Result<(), Errno> {
    remove(sys, &format!("{}/tags/{tag}", manifests(name)), 0)
}

fn remove(sys: &mut Sys<'_>, path: &str, depth: usize) -> Result<(), Errno> {
    if !sys.lstat(path)?.is_dir() {
        return sys.unlink(path);
    }
    if depth < MAX_DEPTH {
        for entry in sys.list(path)? {
            remove(sys, &format!("{path}/{entry}"), depth + 1)?;
        }
    }
    sys.rmdir(path)
}
