//! Layers: immutable maps of changes, what `docker commit` and a build step make.

use super::tar::{self, TarEntry, TarError, TarKind};
use super::{Content, Inode, Node};
use crate::base::Digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::sync::Arc;

/// What a layer does at one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// Puts a node there. A directory joins one that lies below, anything else replaces.
    /// The inode's link count means nothing and a directory in it has no entries.
    Put(Inode),
    /// Puts a hard link to that path of the same layer or of a layer below.
    Link(Arc<str>),
    /// Hides what lies below.
    Whiteout,
    /// Puts a directory that hides the content of the one below.
    Opaque(Inode),
}

/// The changes of a layer by absolute path; the root is `/`.
pub type Entries = BTreeMap<Arc<str>, Entry>;

/// An immutable layer. Its identity is the digest of its uncompressed tar. A clone is O(1).
#[derive(Debug, Clone)]
pub struct Layer {
    entries: Arc<Entries>,
    /// The tar it came from, where ours would have other bytes.
    verbatim: Option<Content>,
    diff_id: Digest,
    tar_size: u64,
}

impl Layer {
    /// A layer of `entries`. Among the names of one file the first in order carries the data.
    pub fn new(entries: Entries) -> Layer {
        let entries = canonical_links(entries);
        let (diff_id, tar_size) = digest_of(|out| write_tar(&entries, out));
        Layer { entries: Arc::new(entries), verbatim: None, diff_id, tar_size }
    }

    /// Reads an uncompressed OCI layer. The digest stays that of `bytes`. Errors: a broken
    /// archive, a path or link that leaves the root, more data than `limits` allow.
    pub fn from_tar(bytes: &[u8], limits: tar::Limits) -> Result<Layer, TarError> {
        let mut layer = Layer::new(entries_of(tar::read(bytes, limits)?)?);
        let diff_id = Digest::of(bytes);
        if layer.diff_id != diff_id {
            let verbatim = Some(Content::from(bytes));
            layer = Layer { verbatim, diff_id, tar_size: bytes.len() as u64, ..layer };
        }
        Ok(layer)
    }

    /// The changes.
    pub fn entries(&self) -> &Entries {
        &self.entries
    }

    /// The sha256 of the uncompressed tar.
    pub fn diff_id(&self) -> Digest {
        self.diff_id
    }

    /// The length of the uncompressed tar in bytes.
    pub fn tar_size(&self) -> u64 {
        self.tar_size
    }

    /// The bytes of its files, hard links counted once: what `docker history` shows.
    pub fn size(&self) -> u64 {
        self.entries.values().fold(0, |sum, entry| match entry {
            Entry::Put(inode) => sum.saturating_add(inode.as_file().map_or(0, Content::len)),
            _ => sum,
        })
    }

    /// Writes the uncompressed tar: in order of paths, every header field set, whiteouts as
    /// `.wh.` files. Sockets are left out, as Docker leaves them out. Fails only where `out` does.
    pub fn write_tar(&self, out: &mut impl Write) -> io::Result<()> {
        match &self.verbatim {
            Some(bytes) => bytes.pieces().try_for_each(|piece| out.write_all(&piece)),
            None => write_tar(&self.entries, out),
        }
    }

    /// The uncompressed tar in memory; [`Layer::tar_size`] says how much that is.
    pub fn to_tar(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let _ = self.write_tar(&mut bytes);
        bytes
    }
}

impl PartialEq for Layer {
    fn eq(&self, other: &Self) -> bool {
        self.diff_id == other.diff_id
    }
}

impl Eq for Layer {}

#[derive(Serialize, Deserialize)]
struct Saved {
    entries: Arc<Entries>,
    verbatim: Option<Content>,
}

impl Serialize for Layer {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        Saved { entries: self.entries.clone(), verbatim: self.verbatim.clone() }.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Layer {
    /// Computes the digest anew: a changed save file has other layers, not lying ones.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let saved = Saved::deserialize(d)?;
        let mut layer = Layer::new(Arc::unwrap_or_clone(saved.entries));
        if let Some(bytes) = saved.verbatim {
            (layer.diff_id, layer.tar_size) =
                digest_of(|out| bytes.pieces().try_for_each(|piece| out.write_all(&piece)));
            layer.verbatim = Some(bytes);
        }
        Ok(layer)
    }
}

/// Hashes and counts what is written to it.
struct Hasher {
    sha: sha2::Sha256,
    len: u64,
}

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        sha2::Digest::update(&mut self.sha, bytes);
        self.len += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn digest_of(write: impl FnOnce(&mut Hasher) -> io::Result<()>) -> (Digest, u64) {
    let mut hasher = Hasher { sha: sha2::Digest::new(), len: 0 };
    let _ = write(&mut hasher);
    (Digest::from_bytes(sha2::Digest::finalize(hasher.sha).into()), hasher.len)
}

/// Gives the data of each hard-linked file to the first of its names.
pub(super) fn canonical_links(mut entries: Entries) -> Entries {
    let mut groups: BTreeMap<Arc<str>, BTreeSet<Arc<str>>> = BTreeMap::new();
    for (path, entry) in &entries {
        let Entry::Link(first) = entry else { continue };
        let (mut target, mut steps) = (first, 0);
        while let Some(Entry::Link(next)) = entries.get(target) {
            (target, steps) = (next, steps + 1);
            if steps > entries.len() {
                break;
            }
        }
        groups.entry(target.clone()).or_default().insert(path.clone());
    }
    for (target, mut names) in groups {
        match entries.get(&target) {
            Some(Entry::Put(inode)) if !inode.is_dir() => {
                let put = Entry::Put(inode.clone());
                names.insert(target);
                let mut names = names.into_iter();
                let Some(first) = names.next() else { continue };
                for name in names {
                    entries.insert(name, Entry::Link(first.clone()));
                }
                entries.insert(first, put);
            }
            // A file of a layer below.
            None => entries.extend(names.into_iter().map(|name| (name, Entry::Link(target.clone())))),
            Some(_) => names.iter().for_each(|name| drop(entries.remove(name))),
        }
    }
    entries
}

const WHITEOUT: &str = ".wh.";
const OPAQUE: &str = ".wh..wh..opq";

/// The path as a layer's tar has it: no slash in front, the root is `./`.
fn tar_path(path: &str) -> String {
    match path.trim_start_matches('/') {
        "" => "./".to_owned(),
        rest => rest.to_owned(),
    }
}

fn write_tar(entries: &Entries, out: &mut impl Write) -> io::Result<()> {
    let mut writer = tar::Writer::new(out);
    for (path, entry) in entries {
        let name = tar_path(path);
        match entry {
            Entry::Put(inode) => {
                if let Some(entry) = TarEntry::of(&name, inode) {
                    writer.append(&entry)?;
                }
            }
            Entry::Link(target) => {
                let file = entries.get(target).and_then(|entry| match entry {
                    Entry::Put(inode) => TarEntry::of(&name, inode),
                    _ => None,
                });
                let kind = TarKind::Link(tar_path(target));
                writer.append(&TarEntry { kind, ..file.unwrap_or_else(|| TarEntry::empty(&name)) })?;
            }
            Entry::Whiteout => {
                let (above, last) = name.split_at(name.rfind('/').map_or(0, |slash| slash + 1));
                writer.append(&TarEntry::empty(&format!("{above}{WHITEOUT}{last}")))?;
            }
            Entry::Opaque(inode) => {
                writer.append(&TarEntry::of(&name, inode).unwrap_or_else(|| TarEntry::empty(&name)))?;
                writer.append(&TarEntry::empty(&format!("{}/{OPAQUE}", name.trim_end_matches('/'))))?;
            }
        }
    }
    writer.finish()
}

fn entries_of(archive: Vec<TarEntry>) -> Result<Entries, TarError> {
    let mut entries = Entries::new();
    let mut opaque = BTreeSet::new();
    for entry in archive {
        let path = tar::inside_root(&entry.path).ok_or_else(|| TarError::Escape(entry.path.clone()))?;
        let (above, last) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
        if last == OPAQUE {
            let dir = above.trim_end_matches('/');
            opaque.insert(Arc::<str>::from(if dir.is_empty() { "/" } else { dir }));
        } else if let Some(hidden) = last.strip_prefix(WHITEOUT) {
            // `.wh..wh.` starts the bookkeeping of aufs, which means nothing here.
            if !hidden.is_empty() && !hidden.starts_with(WHITEOUT) {
                entries.insert(format!("{above}{hidden}").into(), Entry::Whiteout);
            }
        } else if let TarKind::Link(target) = &entry.kind {
            let target = tar::inside_root(target).ok_or_else(|| TarError::Escape(target.clone()))?;
            if target != path {
                entries.insert(path.into(), Entry::Link(target.into()));
            }
        } else if path != "/" || matches!(entry.kind, TarKind::Dir) {
            entries.insert(path.into(), Entry::Put(entry.into_inode()));
        }
    }
    for path in opaque {
        let dir = match entries.remove(&path) {
            Some(Entry::Put(inode)) if inode.is_dir() => inode,
            _ => Inode::new(Node::empty_dir(), 0o755, crate::base::Time(0)),
        };
        entries.insert(path, Entry::Opaque(dir));
    }
    Ok(entries)
}
