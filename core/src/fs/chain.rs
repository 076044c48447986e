//! Chains of layers: what an image's filesystem is, and which layer supplies what.

use super::apply;
use super::layer::{Entry, Layer};
use super::{Ino, Inode, View};
use crate::base::{Digest, Time};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

/// A chain as the base of views.
pub type Base = Chain;

/// A list of layers, lowest first, with the one tree they add up to. A clone is O(1), and a chain
/// shares the tree of the chain it was pushed on.
#[derive(Debug, Clone)]
pub struct Chain(Arc<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    /// The chain id; none without layers.
    id: Option<Digest>,
    layers: Vec<Arc<Layer>>,
    tree: imbl::OrdMap<Ino, Arc<Inode>>,
    /// `(inode, directory)` for every name of something that is no directory.
    names: imbl::OrdSet<(Ino, Ino)>,
    /// Directories that more than one layer supplies.
    merged: imbl::OrdSet<Ino>,
    next: u64,
}

impl Chain {
    /// No layers: an empty root directory.
    pub fn empty() -> Chain {
        let root = Inode::dir(0o755, Time(0));
        Chain(Arc::new(Inner {
            id: None,
            layers: Vec::new(),
            tree: imbl::OrdMap::unit(View::ROOT, Arc::new(root)),
            names: imbl::OrdSet::new(),
            merged: imbl::OrdSet::new(),
            next: View::ROOT.0 + 1,
        }))
    }

    /// The chain with one more layer on top. What the layer asks for and cannot be had (a hard link
    /// to a path that is nowhere, a name longer than 255 bytes) is left out of the tree.
    pub fn push(&self, layer: Arc<Layer>) -> Chain {
        let mut view = View::on(self.clone());
        apply::apply(&mut view, layer.entries());
        let mut new = Inner::clone(&self.0);
        for (&ino, written) in &view.upper {
            new.replace(ino, written.as_ref(), &view);
        }
        new.next = view.next;
        new.id = Some(chain_id(self.0.id, layer.diff_id()));
        new.layers.push(layer);
        Chain(Arc::new(new))
    }

    /// The chain id as the OCI image specification defines it; none without layers.
    pub fn id(&self) -> Option<Digest> {
        self.0.id
    }

    /// The layers, lowest first.
    pub fn layers(&self) -> impl DoubleEndedIterator<Item = &Arc<Layer>> {
        self.0.layers.iter()
    }

    /// How many layers there are.
    pub fn depth(&self) -> usize {
        self.0.layers.len()
    }

    /// Where `path` comes from; see [`Provenance`]. Paths are absolute and lead through no links.
    pub fn provenance(&self, path: &str) -> Provenance {
        let mut found = Provenance::default();
        for (index, layer) in self.0.layers.iter().enumerate().rev() {
            found.meet(index, layer.entries(), path);
        }
        found
    }

    pub(super) fn get(&self, ino: Ino) -> Option<&Arc<Inode>> {
        self.0.tree.get(&ino)
    }

    /// The first inode number that no inode of the chain has.
    pub(super) fn next(&self) -> u64 {
        self.0.next
    }

    /// The directories that hold a name of `ino`, each once; nothing for a directory.
    pub(super) fn holders(&self, ino: Ino) -> impl Iterator<Item = Ino> {
        self.0.names.range((ino, Ino(0))..=(ino, Ino(u64::MAX))).map(|(_, dir)| *dir)
    }

    pub(super) fn is_merged(&self, ino: Ino) -> bool {
        self.0.merged.contains(&ino)
    }
}

impl Inner {
    /// Takes over what the top layer made of `ino`.
    fn replace(&mut self, ino: Ino, written: Option<&Arc<Inode>>, view: &View) {
        let old = self.tree.get(&ino).cloned();
        if let Some(dir) = old.as_ref().and_then(|old| old.as_dir()) {
            for child in dir.entries.values() {
                self.names.remove(&(*child, ino));
            }
        }
        let Some(inode) = written else {
            self.tree.remove(&ino);
            self.merged.remove(&ino);
            return;
        };
        if let Some(dir) = inode.as_dir() {
            let files = dir.entries.values().filter(|child| view.get(**child).is_some_and(|c| !c.is_dir()));
            self.names.extend(files.map(|child| (*child, ino)));
            if old.is_some() && self.id.is_some() {
                self.merged.insert(ino);
            }
        }
        self.tree.insert(ino, inode.clone());
    }
}

/// The id of the chain `below` with the layer `diff_id` on top.
pub fn chain_id(below: Option<Digest>, diff_id: Digest) -> Digest {
    match below {
        None => diff_id,
        Some(below) => Digest::of(format!("{below} {diff_id}").as_bytes()),
    }
}

/// Where a path comes from. Layers are numbered from 0, the lowest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The layer whose entry is seen. None for a path that is hidden or nowhere, and for a
    /// directory that layers only imply.
    pub supplier: Option<usize>,
    /// Lower layers that have the path as well, highest first. Directories join: from a shadowed
    /// one the content is still seen.
    pub shadowed: Vec<usize>,
    /// The layer that hides the path from all layers below it: by a whiteout, an opaque directory
    /// or a file in the way.
    pub hidden_by: Option<usize>,
}

impl Provenance {
    /// Goes one layer down.
    pub(super) fn meet(&mut self, index: usize, entries: &super::layer::Entries, path: &str) {
        let at_path = entries.get(path);
        if matches!(at_path, Some(Entry::Put(_) | Entry::Link(_) | Entry::Opaque(_))) {
            if self.supplier.is_none() && self.hidden_by.is_none() {
                self.supplier = Some(index);
            } else {
                self.shadowed.push(index);
            }
        }
        let hides =
            at_path == Some(&Entry::Whiteout) || above(path).any(|dir| hides_content(entries.get(dir)));
        if hides && self.hidden_by.is_none() {
            self.hidden_by = Some(index);
        }
    }
}

fn hides_content(entry: Option<&Entry>) -> bool {
    match entry {
        Some(Entry::Put(inode)) => !inode.is_dir(),
        Some(Entry::Link(_) | Entry::Whiteout | Entry::Opaque(_)) => true,
        None => false,
    }
}

/// The directories above an absolute path, nearest first, with the root.
fn above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| match path.rfind('/')? {
        0 if path.len() > 1 => Some("/"),
        0 => None,
        slash => Some(&path[..slash]),
    })
    .skip(1)
}

impl View {
    /// Where `path` comes from. The number after those of the base's layers is the written part.
    pub fn provenance(&self, path: &str) -> Provenance {
        let mut found = Provenance::default();
        found.meet(self.base.depth(), &self.layer_entries(), path);
        for (index, layer) in self.base.0.layers.iter().enumerate().rev() {
            found.meet(index, layer.entries(), path);
        }
        found
    }
}

impl Serialize for Chain {
    /// Writes the chain id alone.
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.0.id.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Chain {
    /// A chain of that id without its tree, until [`View::rehydrate`] puts it back.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let id = Option::deserialize(d)?;
        let empty = Chain::empty();
        Ok(if id.is_none() { empty } else { Chain(Arc::new(Inner { id, ..Inner::clone(&empty.0) })) })
    }
}

impl PartialEq for Chain {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.id == other.0.id
    }
}

impl Eq for Chain {}
