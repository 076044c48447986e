//! Chains of layers: what an image's filesystem is.

use super::{Ino, Inode, View};
use crate::base::{Digest, Time};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

/// A chain as the base of views.
pub type Base = Chain;

/// A list of layers, lowest first, with the one tree they add up to. A clone is O(1).
#[derive(Debug, Clone)]
pub struct Chain(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The chain id; none without layers.
    id: Option<Digest>,
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
            tree: imbl::OrdMap::unit(View::ROOT, Arc::new(root)),
            names: imbl::OrdSet::new(),
            merged: imbl::OrdSet::new(),
            next: View::ROOT.0 + 1,
        }))
    }

    /// The chain id as the OCI image specification defines it; none without layers.
    pub fn id(&self) -> Option<Digest> {
        self.0.id
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

impl Serialize for Chain {
    /// Writes the chain id alone.
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.0.id.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Chain {
    /// A chain of that id without its tree, until it is put back.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mut chain = Chain::empty();
        if let Some(inner) = Arc::get_mut(&mut chain.0) {
            inner.id = Option::deserialize(d)?;
        }
        Ok(chain)
    }
}

impl PartialEq for Chain {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.id == other.0.id
    }
}

impl Eq for Chain {}
