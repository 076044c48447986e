//! The store of layers and of the chains built from them.

use super::{Chain, Layer, View};
use crate::base::Digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
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
        let mut wanted = std::collections::BTreeSet::new();
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

impl View {
    /// Puts the base back that a save file names only by its chain id. The error is the id of a
    /// chain that the store does not have; the view is then unchanged.
    pub fn rehydrate(&mut self, store: &ChainStore) -> Result<(), Digest> {
        if let Some(id) = self.base.id() {
            self.base = store.get(&id).ok_or(id)?.clone();
        }
        Ok(())
    }
}
