//! Random 256-bit ids of containers, networks, execs, and how Docker looks them up by prefix.

use super::Rng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The id of a container, network, exec or build: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId([u8; 32]);

impl ObjectId {
    /// Draws a new id. As in Docker, the first 12 digits are never all decimal: a listing's
    /// short id must not read as a number.
    pub fn random(rng: &mut Rng) -> Self {
        loop {
            let id = Self(rng.bytes());
            if id.short().bytes().any(|c| c.is_ascii_alphabetic()) {
                return id;
            }
        }
    }

    /// The first 12 digits, as listings show them.
    pub fn short(&self) -> String {
        hex(&self.0[..6])
    }

    /// Reads exactly 64 hexadecimal digits in lower case.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let mut out = [0; 32];
        for (i, byte) in out.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
        }
        Some(Self(out))
    }
}

/// Lower-case hexadecimal of `bytes`.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[usize::from(b >> 4)] as char, DIGITS[usize::from(b & 15)] as char])
        .collect()
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("not an id: {text}")))
    }
}

/// What a look-up by prefix found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrefixMatch<T> {
    /// Nothing starts with the prefix.
    None,
    /// Exactly one thing does.
    One(T),
    /// Several do.
    Ambiguous,
}

/// Finds the one id that starts with `prefix` among ids in ascending order of their text.
pub fn find_by_prefix<'a, I>(ids: I, prefix: &str) -> PrefixMatch<ObjectId>
where
    I: IntoIterator<Item = &'a ObjectId>,
{
    let mut found = PrefixMatch::None;
    if prefix.is_empty() || prefix.len() > 64 {
        return found;
    }
    for id in ids {
        if id.to_string().starts_with(prefix) {
            if found != PrefixMatch::None {
                return PrefixMatch::Ambiguous;
            }
            found = PrefixMatch::One(*id);
        }
    }
    found
}
