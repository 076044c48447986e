//! What a view changed: as `docker diff` lists it, as a layer, and in bytes.

use super::layer::{Entries, Entry, Layer};
use super::{Ino, Inode, Node, View};
use crate::base::Order;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How a path differs from the image, in the letters of `docker diff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ChangeKind {
    /// `C`: other attributes or other data; for a directory also: something in it changed.
    Changed,
    /// `A`: not in the image.
    Added,
    /// `D`: in the image alone.
    Deleted,
}

impl ChangeKind {
    /// The number the Engine API gives it.
    pub fn code(self) -> u8 {
        match self {
            ChangeKind::Changed => 0,
            ChangeKind::Added => 1,
            ChangeKind::Deleted => 2,
        }
    }

    /// The letter of `docker diff`.
    pub fn letter(self) -> char {
        match self {
            ChangeKind::Changed => 'C',
            ChangeKind::Added => 'A',
            ChangeKind::Deleted => 'D',
        }
    }
}

/// One line of `docker diff`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The absolute path.
    pub path: String,
}

/// A directory of the view to compare with one of the base.
struct Pair {
    path: String,
    base: Option<Ino>,
    view: Ino,
}

impl Pair {
    fn child(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }
}

impl View {
    /// What `docker diff` reports, sorted by path. The daemon compares the two trees: a file is
    /// changed where mode, owner, time, kind or data differ, a directory where mode or owner differ
    /// or something in it changed; the content of what was deleted is not listed, that of what was
    /// added is.
    pub fn changes(&self) -> Vec<Change> {
        let mut found: BTreeMap<String, ChangeKind> = BTreeMap::new();
        let mut todo = vec![Pair { path: String::new(), base: Some(View::ROOT), view: View::ROOT }];
        while let Some(pair) = todo.pop() {
            if pair.base == Some(pair.view) && !self.upper.contains_key(&pair.view) {
                continue;
            }
            let below = pair.base.and_then(|ino| self.base.get(ino)).and_then(|inode| inode.as_dir());
            let Ok(dir) = self.dir(pair.view) else { continue };
            for name in below.into_iter().flat_map(|below| below.entries.keys()) {
                if !dir.entries.contains_key(name) {
                    found.insert(pair.child(name), ChangeKind::Deleted);
                }
            }
            for (name, &ino) in &dir.entries {
                let Some(inode) = self.get(ino) else { continue };
                let path = pair.child(name);
                let old = below.and_then(|below| below.entries.get(name)).copied();
                let old = old.and_then(|ino| Some((ino, self.base.get(ino)?)));
                let base = match old {
                    None => {
                        found.insert(path.clone(), ChangeKind::Added);
                        None
                    }
                    Some((old_ino, old)) => {
                        if differs(old_ino, old, ino, inode) {
                            found.insert(path.clone(), ChangeKind::Changed);
                        }
                        old.is_dir().then_some(old_ino)
                    }
                };
                if inode.is_dir() {
                    todo.push(Pair { path, base, view: ino });
                }
            }
        }
        add_parents(&mut found, |path| (path.to_owned(), ChangeKind::Changed));
        found.into_iter().map(|(path, kind)| Change { kind, path }).collect()
    }

    /// What was written, as a layer on the base: what a commit or a build step makes.
    pub fn layer(&self) -> Layer {
        Layer::new(self.layer_entries())
    }

    /// The changes of [`View::layer`] without the cost of its digest.
    pub fn layer_entries(&self) -> Entries {
        let mut entries = Entries::new();
        // Every name met of inodes that have several, and the names among them to be written.
        let mut names: BTreeMap<Ino, Vec<Arc<str>>> = BTreeMap::new();
        let mut put: Vec<(Arc<str>, Ino)> = Vec::new();
        let mut todo = vec![Pair { path: String::new(), base: Some(View::ROOT), view: View::ROOT }];
        while let Some(pair) = todo.pop() {
            if pair.base == Some(pair.view) && !self.upper.contains_key(&pair.view) {
                continue;
            }
            let below = pair.base.and_then(|ino| self.base.get(ino)).and_then(|inode| inode.as_dir());
            let Ok(dir) = self.dir(pair.view) else { continue };
            for name in below.into_iter().flat_map(|below| below.entries.keys()) {
                if !dir.entries.contains_key(name) {
                    entries.insert(pair.child(name).into(), Entry::Whiteout);
                }
            }
            for (name, &ino) in &dir.entries {
                let Some(inode) = self.get(ino) else { continue };
                let path = pair.child(name);
                let old = below.and_then(|below| below.entries.get(name)).copied();
                let old_inode = old.and_then(|old| self.base.get(old));
                let kept = old == Some(ino);
                if kept && old_inode.is_some_and(|old| old.same_attributes(inode)) {
                    // Nothing to write at this path itself.
                } else if inode.is_dir() {
                    let opaque = !kept && old_inode.is_some_and(|old| old.is_dir());
                    let entry = if opaque { Entry::Opaque(bare(inode)) } else { Entry::Put(bare(inode)) };
                    entries.insert(path.as_str().into(), entry);
                } else {
                    put.push((path.as_str().into(), ino));
                }
                if inode.is_dir() {
                    todo.push(Pair { path, base: if kept { old } else { None }, view: ino });
                } else if inode.nlink > 1 {
                    names.entry(ino).or_default().push(path.into());
                }
            }
        }
        self.put_files(&mut entries, put, names);
        self.put_directories(&mut entries);
        entries
    }

    /// Writes files, and where one has several names all of them: data at the first, links at the
    /// others.
    fn put_files(
        &self,
        entries: &mut Entries,
        put: Vec<(Arc<str>, Ino)>,
        mut names: BTreeMap<Ino, Vec<Arc<str>>>,
    ) {
        for (path, ino) in put {
            let Some(inode) = self.get(ino) else { continue };
            if inode.nlink < 2 {
                entries.insert(path, Entry::Put(bare(inode)));
                continue;
            }
            // Already written with the first of its names.
            let Some(mut all) = names.remove(&ino) else { continue };
            all.order();
            let Some((first, others)) = all.split_first() else { continue };
            entries.insert(first.clone(), Entry::Put(bare(inode)));
            entries.extend(others.iter().map(|other| (other.clone(), Entry::Link(first.clone()))));
        }
    }

    /// Adds the directories above what changed, as the archives of real layers have them; the root
    /// only where its mode or owner changed.
    fn put_directories(&self, entries: &mut Entries) {
        let dir_at = |path: &str| {
            let inode = self.resolve(path, false).ok().and_then(|ino| self.get(ino));
            (Arc::from(path), Entry::Put(inode.map_or_else(|| Inode::dir(0o755, Default::default()), bare)))
        };
        add_parents(entries, dir_at);
        if let (Some(new), Some(old)) = (self.get(View::ROOT), self.base.get(View::ROOT))
            && (new.mode, new.uid, new.gid) != (old.mode, old.uid, old.gid)
        {
            entries.insert("/".into(), Entry::Put(bare(new)));
        }
    }

    /// Disk space of what was written, in bytes: whole blocks of 4 KiB for each directory and for
    /// the stored data of each file, as `du` counts it on the writable layer. At least one block,
    /// for the root.
    pub fn used_bytes(&self) -> u64 {
        let blocks = |inode: &Inode| match &inode.node {
            Node::File(content) => content.stored().div_ceil(4096),
            Node::Dir(_) => 1,
            _ => 0,
        };
        let root = u64::from(!self.upper.contains_key(&View::ROOT));
        let written = self.upper.values().flatten().map(|inode| blocks(inode));
        (root + written.sum::<u64>()).saturating_mul(4096)
    }

    /// How many inodes are written or hidden since the base.
    pub fn inodes(&self) -> u64 {
        self.upper.len() as u64
    }

    /// Apparent bytes of all files of the tree, hard links counted once.
    pub fn total_bytes(&self) -> u64 {
        let mut linked = std::collections::BTreeSet::new();
        self.walk().fold(0u64, |sum, (_, ino)| match self.get(ino) {
            Some(inode) if inode.nlink < 2 || linked.insert(ino) => {
                sum.saturating_add(inode.as_file().map_or(0, |content| content.len()))
            }
            _ => sum,
        })
    }
}

/// Whether `docker diff` calls an entry that both trees have changed.
fn differs(old_ino: Ino, old: &Inode, ino: Ino, inode: &Inode) -> bool {
    if old.is_dir() && inode.is_dir() {
        return (old.mode, old.uid, old.gid) != (inode.mode, inode.uid, inode.gid);
    }
    old_ino != ino || !old.same_attributes(inode)
}

/// The inode as a layer keeps it: without what belongs to a tree.
fn bare(inode: &Inode) -> Inode {
    let node = if inode.is_dir() { Node::empty_dir() } else { inode.node.clone() };
    Inode::new(node, inode.mode, inode.mtime).owned_by(inode.uid, inode.gid)
}

/// Inserts what `make` gives for every directory above a key that is not there yet, up to but not
/// including the root.
fn add_parents<K, V>(map: &mut BTreeMap<K, V>, make: impl Fn(&str) -> (K, V))
where
    K: Ord + Clone + std::borrow::Borrow<str>,
{
    let paths: Vec<K> = map.keys().cloned().collect();
    for path in paths {
        let mut path: &str = path.borrow();
        while let Some(slash) = path.rfind('/').filter(|slash| *slash > 0) {
            path = &path[..slash];
            if map.contains_key(path) {
                break;
            }
            let (key, value) = make(path);
            map.insert(key, value);
        }
    }
}
