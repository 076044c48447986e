//! What redis keeps: numbered databases of keys with values of five kinds.

use crate::base::Time;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};

/// A string of bytes.
pub type Bytes = Vec<u8>;

/// How many databases there are.
pub const DATABASES: usize = 16;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// A string.
    Str(Bytes),
    /// A list.
    List(VecDeque<Bytes>),
    /// A set.
    Set(BTreeSet<Bytes>),
    /// A hash, in the order its fields came.
    Hash(Vec<(Bytes, Bytes)>),
    /// A sorted set: members with their scores as the bits of a float, in order.
    Sorted(Vec<(u64, Bytes)>),
}

impl Value {
    /// What TYPE says.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Str(_) => "string",
            Value::List(_) => "list",
            Value::Set(_) => "set",
            Value::Hash(_) => "hash",
            Value::Sorted(_) => "zset",
        }
    }

    /// True for a collection without members, which redis removes.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Str(_) => false,
            Value::List(l) => l.is_empty(),
            Value::Set(s) => s.is_empty(),
            Value::Hash(h) => h.is_empty(),
            Value::Sorted(z) => z.is_empty(),
        }
    }
}

/// A value and when it goes away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The value.
    pub value: Value,
    /// When it goes away.
    pub expires: Option<Time>,
}

/// One database.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Database {
    #[serde(with = "crate::base::pairs")]
    entries: OrdMap<Bytes, Entry>,
}

impl Database {
    /// The value of a key that has not gone away.
    pub fn get(&self, key: &[u8], now: Time) -> Option<&Value> {
        let entry = self.entries.get(key)?;
        entry.expires.is_none_or(|e| e > now).then_some(&entry.value)
    }

    /// The whole entry of a key that has not gone away.
    pub fn entry(&self, key: &[u8], now: Time) -> Option<&Entry> {
        self.entries.get(key).filter(|entry| entry.expires.is_none_or(|e| e > now))
    }

    /// The whole entry of a key, to change it.
    pub fn entry_mut(&mut self, key: &[u8], now: Time) -> Option<&mut Entry> {
        self.entries.get_mut(key).filter(|entry| entry.expires.is_none_or(|e| e > now))
    }

    /// Sets a value; `expires` replaces what was there.
    pub fn set(&mut self, key: &[u8], value: Value, expires: Option<Time>) {
        self.entries.insert(key.to_vec(), Entry { value, expires });
    }

    /// Replaces a value and keeps when it goes away; an empty collection goes at once.
    pub fn put(&mut self, key: &[u8], value: Value, now: Time) {
        if value.is_empty() {
            self.entries.remove(key);
            return;
        }
        let expires = self.entry(key, now).and_then(|e| e.expires);
        self.set(key, value, expires);
    }

    /// Removes a key; true where it was there.
    pub fn remove(&mut self, key: &[u8], now: Time) -> bool {
        self.entries.remove(key).is_some_and(|entry| entry.expires.is_none_or(|e| e > now))
    }

    /// The keys that have not gone away.
    pub fn keys(&self, now: Time) -> impl Iterator<Item = &Bytes> {
        self.entries.iter().filter(move |(_, e)| e.expires.is_none_or(|e| e > now)).map(|(k, _)| k)
    }

    /// How many of the keys will go away.
    pub fn expiring(&self) -> usize {
        self.entries.values().filter(|e| e.expires.is_some()).count()
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

/// How a dump begins.
const MAGIC: &[u8] = b"REDIS0012";

/// All databases as the bytes of `dump.rdb`. Behind the mark it is Drydock's own form.
pub fn dump(databases: &[Database]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend(serde_json::to_vec(databases).unwrap_or_default());
    out
}

/// The databases of a dump; `None` where it is none of ours.
pub fn restore(bytes: &[u8]) -> Option<Vec<Database>> {
    let databases: Vec<Database> = serde_json::from_slice(bytes.strip_prefix(MAGIC)?).ok()?;
    (databases.len() == DATABASES).then_some(databases)
}
