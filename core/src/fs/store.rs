//! The store of layers and of the chains built from them.

use super::{Chain, Ino, Inode, Layer, Node, View};
use crate::base::Digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// Every layer once, by diff id, and every chain once, by chain id. A clone is O(1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChainStore {
    layers: imbl::OrdMap<Digest, Arc<Layer>>,
    chains: imbl::OrdMap<Digest, Chain>,
}

impl ChainStore {
    /// The chain of `layers`, lowest first; builds what is not there yet and shares the rest.
    pub fn add(&mut self, layers: impl IntoIterator<Item = Arc<Layer>>) -> Chain {
        layers.into_iter().fold(Chain::empty(), |below, layer| self.push(&below, layer))
    }

    /// The chain `below` with `layer` on top, shared where it is known.
    pub fn push(&mut self, below: &Chain, layer: Arc<Layer>) -> Chain {
        let id = super::chain_id(below.id(), layer.diff_id());
        if let Some(known) = self.chains.get(&id) {
            return known.clone();
        }
        let layer = self.layers.entry(layer.diff_id()).or_insert(layer).clone();
        let chain = below.push(layer);
        self.chains.insert(id, chain.clone());
        chain
    }

    /// The chain of that id.
    pub fn get(&self, id: &Digest) -> Option<&Chain> {
        self.chains.get(id)
    }

    /// The layer of that diff id.
    pub fn layer(&self, diff_id: &Digest) -> Option<&Arc<Layer>> {
        self.layers.get(diff_id)
    }

    /// All layers by diff id.
    pub fn layers(&self) -> impl Iterator<Item = &Arc<Layer>> {
        self.layers.values()
    }

    /// Keeps the chains that `keep` wants and the layers they are made of.
    pub fn retain(&mut self, keep: impl Fn(&Digest) -> bool) {
        self.chains = self.chains.iter().filter(|(id, _)| keep(id)).map(|(k, v)| (*k, v.clone())).collect();
        let used = self.chains.values().flat_map(Chain::layers);
        self.layers = used.map(|layer| (layer.diff_id(), layer.clone())).collect();
    }
}

/// A save file has the layers and, for each chain, their order by number.
#[derive(Serialize, Deserialize)]
struct Saved {
    layers: Vec<Arc<Layer>>,
    chains: Vec<Vec<usize>>,
}

impl Serialize for ChainStore {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let layers: Vec<Arc<Layer>> = self.layers.values().cloned().collect();
        let numbers: BTreeMap<Digest, usize> =
            layers.iter().enumerate().map(|(n, layer)| (layer.diff_id(), n)).collect();
        let number = |layer: &Arc<Layer>| numbers.get(&layer.diff_id()).copied();
        let chains = self.chains.values().map(|chain| chain.layers().filter_map(number).collect());
        Saved { chains: chains.collect(), layers }.serialize(s)
    }
}

impl<'de> Deserialize<'de> for ChainStore {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let saved = Saved::deserialize(d)?;
        let mut store = ChainStore::default();
        let mut wanted = BTreeSet::new();
        for numbers in saved.chains {
            let layers: Option<Vec<_>> = numbers.iter().map(|n| saved.layers.get(*n).cloned()).collect();
            let layers =
                layers.ok_or_else(|| serde::de::Error::custom("a chain names a layer that is not there"))?;
            wanted.extend(store.add(layers).id());
        }
        let all = saved.layers.into_iter().map(|layer| (layer.diff_id(), layer));
        store.chains = store.chains.into_iter().filter(|(id, _)| wanted.contains(id)).collect();
        store.layers.extend(all);
        Ok(store)
    }
}

/// Why a loaded view cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RehydrateError {
    /// The store does not have the chain of this id.
    MissingChain(Digest),
    /// The inodes are no tree: the save file was damaged or made by hand.
    Broken,
}

impl fmt::Display for RehydrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RehydrateError::MissingChain(id) => write!(f, "the layers of chain {id} are missing"),
            RehydrateError::Broken => f.write_str("the files of a container or volume are no tree"),
        }
    }
}

impl std::error::Error for RehydrateError {}

impl View {
    /// Puts the base back that a save file names only by its chain id, and checks that the whole is
    /// a tree. On an error the view is unchanged.
    pub fn rehydrate(&mut self, store: &ChainStore) -> Result<(), RehydrateError> {
        let mut whole = self.clone();
        if let Some(id) = self.base.id() {
            whole.base = store.get(&id).ok_or(RehydrateError::MissingChain(id))?.clone();
        }
        if !whole.is_tree() {
            return Err(RehydrateError::Broken);
        }
        *self = whole;
        Ok(())
    }

    /// Whether every written inode is reached from the root exactly as a tree wants it, or is an
    /// orphan whose directories above lead to an end.
    fn is_tree(&self) -> bool {
        let is_dir = |ino: Ino| self.get(ino).is_some_and(Inode::is_dir);
        let mut met: BTreeSet<Ino> = [View::ROOT].into();
        let mut todo = vec![View::ROOT];
        while let Some(ino) = todo.pop() {
            // What was not written is a subtree of the base.
            if !self.upper.contains_key(&ino) {
                continue;
            }
            let Ok(dir) = self.dir(ino) else { continue };
            for child in dir.entries.values() {
                let first = met.insert(*child);
                match self.get(*child) {
                    None => return false,
                    Some(Inode { node: Node::Dir(d), .. }) if d.parent != ino || !first => return false,
                    Some(_) => todo.push(*child),
                }
            }
        }
        let mut ends: BTreeSet<Ino> = met.clone();
        let leads_to_an_end = |orphan: Ino, ends: &mut BTreeSet<Ino>| {
            let mut seen = BTreeSet::new();
            let mut at = orphan;
            while !ends.contains(&at) && is_dir(at) {
                if !seen.insert(at) {
                    return false;
                }
                at = self.dir(at).map_or(View::ROOT, |dir| dir.parent);
            }
            ends.extend(seen);
            true
        };
        let empty = |ino: Ino| self.dir(ino).is_ok_and(|dir| dir.entries.is_empty());
        let written = self.upper.iter().filter(|(_, inode)| inode.is_some()).map(|(ino, _)| *ino);
        let mut orphans = written.clone().filter(|ino| !met.contains(ino));
        is_dir(View::ROOT)
            && self.dir(View::ROOT).is_ok_and(|root| root.parent == View::ROOT)
            && self.next >= self.base.next()
            && self.upper.keys().all(|ino| ino.0 < self.next)
            && orphans.all(|ino| {
                self.orphans.contains(&ino) && (!is_dir(ino) || empty(ino)) && leads_to_an_end(ino, &mut ends)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Time;

    #[test]
    fn a_damaged_save_file_is_refused() {
        let mut view = View::empty(Time(1));
        let a = view.mkdir_all("/a", 0o755, Time(1)).unwrap();
        let b = view.mkdir_all("/a/b", 0o755, Time(1)).unwrap();
        view.rmdir(a, "b", Time(1)).unwrap();
        let store = ChainStore::default();
        let good = serde_json::to_string(&view).unwrap();
        let load = |text: &str| serde_json::from_str::<View>(text).unwrap().rehydrate(&store);
        assert_eq!(load(&good), Ok(()));
        for (from, to) in [
            // A directory in itself, the root in another, a loop above an orphan, a reused number.
            ("\"entries\":{},\"parent\":1", "\"entries\":{\"x\":2},\"parent\":1".to_owned()),
            ("\"entries\":{},\"parent\":1", "\"entries\":{\"x\":1},\"parent\":1".to_owned()),
            ("\"parent\":2", format!("\"parent\":{b}")),
            ("\"next\":4", "\"next\":3".to_owned()),
            ("\"orphans\":[3]", "\"orphans\":[]".to_owned()),
        ] {
            assert!(good.contains(from), "{from} in {good}");
            assert_eq!(load(&good.replace(from, &to)), Err(RehydrateError::Broken), "{to}");
        }
        let other = good.replace("\"base\":null", &format!("\"base\":\"{}\"", Digest::of(b"")));
        assert_eq!(load(&other), Err(RehydrateError::MissingChain(Digest::of(b""))));
    }
}
