//! Dictionaries that keep the order of insertion; their hashes come from outside.

use super::Value;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Up to this many entries are simply gone through.
const SMALL: usize = 8;
const FREE: u32 = u32::MAX;

/// An entry: hash, key, value.
pub type Entry = (u64, Value, Value);

/// Keys and values in the order of insertion.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Dict {
    entries: Vec<Option<Entry>>,
    /// Open addressing: places in `entries`.
    table: Vec<u32>,
    live: usize,
}

/// The hash of a text.
pub fn hash_text(text: &str) -> u64 {
    hash_bytes(text.as_bytes())
}

/// The hash of bytes (FNV-1a).
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}

impl Dict {
    pub fn len(&self) -> usize {
        self.live
    }

    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Places of entries with this hash.
    pub fn candidates(&self, hash: u64) -> Vec<usize> {
        let mut out = vec![];
        self.search(hash, |at, _| {
            out.push(at);
            false
        });
        out
    }

    /// The first entry with this hash for which `fits` holds.
    fn search(&self, hash: u64, mut fits: impl FnMut(usize, &Entry) -> bool) -> Option<usize> {
        if self.table.is_empty() {
            return self.entries.iter().enumerate().find_map(|(at, entry)| {
                let entry = entry.as_ref().filter(|e| e.0 == hash)?;
                fits(at, entry).then_some(at)
            });
        }
        let mask = self.table.len() - 1;
        let mut slot = spread(hash) & mask;
        loop {
            let at = self.table.get(slot).copied().unwrap_or(FREE);
            if at == FREE {
                return None;
            }
            if let Some(Some(entry)) = self.entries.get(at as usize)
                && entry.0 == hash
                && fits(at as usize, entry)
            {
                return Some(at as usize);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The place of a key that is a text.
    pub fn find_text(&self, hash: u64, text: &str) -> Option<usize> {
        self.search(hash, |_, (_, key, _)| matches!(key, Value::Str(k) if **k == *text))
    }

    /// The place of a key that is equal as it stands.
    pub fn find_same(&self, hash: u64, key: &Value) -> Option<usize> {
        self.search(hash, |_, (_, k, _)| k == key)
    }

    pub fn text(&self, text: &str) -> Option<&Value> {
        self.value_at(self.find_text(hash_text(text), text)?)
    }

    pub fn entry_at(&self, at: usize) -> Option<&Entry> {
        self.entries.get(at)?.as_ref()
    }

    pub fn value_at(&self, at: usize) -> Option<&Value> {
        self.entry_at(at).map(|(_, _, value)| value)
    }

    pub fn set_at(&mut self, at: usize, value: Value) {
        if let Some(Some(entry)) = self.entries.get_mut(at) {
            entry.2 = value;
        }
    }

    pub fn set_text(&mut self, name: &Arc<str>, value: Value) {
        let hash = hash_text(name);
        match self.find_text(hash, name) {
            Some(at) => self.set_at(at, value),
            None => self.push(hash, Value::Str(name.clone()), value),
        }
    }

    /// Sets a name that the machine itself knows.
    pub fn set(&mut self, name: &str, value: Value) {
        self.set_text(&name.into(), value);
    }

    /// Adds an entry whose key is not there.
    pub fn push(&mut self, hash: u64, key: Value, value: Value) {
        let at = self.entries.len();
        self.entries.push(Some((hash, key, value)));
        self.live += 1;
        if self.entries.len() > SMALL && (self.table.len() * 2 < self.entries.len() * 3 || self.table.is_empty()) {
            self.rebuild();
        } else if !self.table.is_empty() {
            place(&mut self.table, hash, at);
        }
    }

    pub fn remove_at(&mut self, at: usize) -> Option<Entry> {
        let entry = self.entries.get_mut(at)?.take()?;
        self.live -= 1;
        if self.live == 0 {
            self.clear();
        } else if self.entries.len() > 16 && self.live * 2 < self.entries.len() {
            self.rebuild();
        }
        Some(entry)
    }

    pub fn remove_text(&mut self, text: &str) -> Option<Value> {
        let at = self.find_text(hash_text(text), text)?;
        self.remove_at(at).map(|(_, _, value)| value)
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn rebuild(&mut self) {
        self.entries.retain(Option::is_some);
        if self.entries.len() <= SMALL {
            self.table.clear();
            return;
        }
        let size = (self.entries.len() * 3).next_power_of_two();
        self.table = vec![FREE; size];
        for (at, entry) in self.entries.iter().enumerate() {
            if let Some((hash, ..)) = entry {
                place(&mut self.table, *hash, at);
            }
        }
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().flatten()
    }

    /// The first entry at or after a place, and its place.
    pub fn next_from(&self, at: usize) -> Option<(usize, &Entry)> {
        self.entries.iter().enumerate().skip(at).find_map(|(i, e)| Some((i, e.as_ref()?)))
    }

    pub fn keys(&self) -> Vec<Value> {
        self.iter().map(|(_, key, _)| key.clone()).collect()
    }

    pub fn values(&self) -> Vec<Value> {
        self.iter().map(|(_, _, value)| value.clone()).collect()
    }
}

fn spread(hash: u64) -> usize {
    ((hash ^ (hash >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as usize
}

fn place(table: &mut [u32], hash: u64, at: usize) {
    let mask = table.len() - 1;
    let mut slot = spread(hash) & mask;
    while table.get(slot).is_some_and(|s| *s != FREE) {
        slot = (slot + 1) & mask;
    }
    if let Some(free) = table.get_mut(slot) {
        *free = at as u32;
    }
}
