//! The bytes of a file: shared until written, and holes cost nothing.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::sync::Arc;

/// The unit of data beyond a hole.
const PAGE: u64 = 4096;
/// A gap up to this length is filled with stored zeros; a longer one stays a hole.
const FILL: u64 = 64 << 10;
/// The longest answer of one read; a longer read is short, as POSIX allows.
pub(super) const READ_MAX: usize = 16 << 20;

/// File bytes. A clone shares them; an append to bytes that nobody shares is amortised O(1).
///
/// `head` holds the file from its start; whatever follows up to `len` is zeros, except for the
/// `pages` that were written behind a hole.
#[derive(Debug, Clone, Default)]
pub struct Content {
    head: Arc<Vec<u8>>,
    pages: imbl::OrdMap<u64, Arc<Vec<u8>>>,
    len: u64,
}

impl Content {
    /// The largest file: 8 EiB less one byte, as the offset of a Linux file is signed.
    pub const MAX_LEN: u64 = i64::MAX as u64;

    /// Apparent size in bytes, holes included.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes that are really stored: holes are free.
    pub fn stored(&self) -> u64 {
        self.head.len() as u64 + self.pages.len() as u64 * PAGE
    }

    /// Up to `max` bytes from `offset`; empty at the end. Never more than 16 MiB at once.
    pub fn read(&self, offset: u64, max: usize) -> Cow<'_, [u8]> {
        let want = self.len.saturating_sub(offset).min(max.min(READ_MAX) as u64) as usize;
        if want == 0 {
            return Cow::Borrowed(&[]);
        }
        let head_len = self.head.len() as u64;
        if offset.saturating_add(want as u64) <= head_len {
            let start = offset as usize;
            return Cow::Borrowed(self.head.get(start..start + want).unwrap_or(&[]));
        }
        let mut out = vec![0; want];
        if let Some(tail) = usize::try_from(offset).ok().and_then(|start| self.head.get(start..)) {
            out[..tail.len()].copy_from_slice(tail);
        }
        let end = offset + want as u64;
        for (&index, page) in self.pages.range(offset / PAGE..=end / PAGE) {
            let from = (index * PAGE).max(offset);
            let to = (index * PAGE + PAGE).min(end);
            if from < to {
                let page = &page[(from - index * PAGE) as usize..(to - index * PAGE) as usize];
                out[(from - offset) as usize..(to - offset) as usize].copy_from_slice(page);
            }
        }
        Cow::Owned(out)
    }

    /// All bytes, where there are at most `limit` of them (and 16 MiB).
    pub fn bytes(&self, limit: u64) -> Option<Cow<'_, [u8]>> {
        (self.len <= limit.min(READ_MAX as u64)).then(|| self.read(0, READ_MAX))
    }

    /// The text, where the bytes are UTF-8 and at most 16 MiB.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self.bytes(READ_MAX as u64)? {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        }
    }

    /// The bytes in pieces, from the start; a hole comes as pieces of zeros.
    pub fn pieces(&self) -> impl Iterator<Item = Cow<'_, [u8]>> {
        let step = 256 << 10;
        (0..self.len.div_ceil(step as u64)).map(move |i| self.read(i * step as u64, step))
    }

    /// Puts `data` at `offset`, filling a gap with zeros. Data that would end beyond
    /// [`Content::MAX_LEN`] is cut there.
    pub fn write(&mut self, offset: u64, data: &[u8]) {
        let room = Self::MAX_LEN.saturating_sub(offset).min(data.len() as u64) as usize;
        let data = &data[..room];
        if data.is_empty() {
            return;
        }
        let end = offset + room as u64;
        let stored = self.head.len() as u64;
        let zeros = |bytes: &[u8]| bytes.iter().all(|b| *b == 0);
        let near = self.pages.is_empty() && offset <= stored.saturating_add(FILL);
        let hole = offset >= stored && room as u64 >= PAGE && self.pages.is_empty() && zeros(data);
        if hole {
            // Nothing to store: the end of the file moves.
        } else if near {
            self.write_head(offset as usize, data);
        } else {
            let split = stored.saturating_sub(offset).min(room as u64) as usize;
            if split > 0 {
                self.write_head(offset as usize, &data[..split]);
            }
            self.write_pages(offset + split as u64, &data[split..]);
        }
        self.len = self.len.max(end);
    }

    fn write_head(&mut self, start: usize, data: &[u8]) {
        let head = Arc::make_mut(&mut self.head);
        if head.len() < start {
            head.resize(start, 0);
        }
        let over = data.len().min(head.len() - start);
        head[start..start + over].copy_from_slice(&data[..over]);
        head.extend_from_slice(&data[over..]);
    }

    /// Stores what lies at or behind the end of the head, which is padded to whole pages first so
    /// that the two never overlap.
    fn write_pages(&mut self, mut offset: u64, mut data: &[u8]) {
        let padded = self.head.len().next_multiple_of(PAGE as usize);
        if padded != self.head.len() {
            Arc::make_mut(&mut self.head).resize(padded, 0);
        }
        while !data.is_empty() {
            let (index, within) = (offset / PAGE, (offset % PAGE) as usize);
            let (now, rest) = data.split_at(data.len().min(PAGE as usize - within));
            if self.pages.contains_key(&index) || now.iter().any(|b| *b != 0) {
                let page = self.pages.entry(index).or_insert_with(|| Arc::new(vec![0; PAGE as usize]));
                Arc::make_mut(page)[within..within + now.len()].copy_from_slice(now);
            }
            offset += now.len() as u64;
            data = rest;
        }
    }

    /// Puts `data` at the end.
    pub fn append(&mut self, data: &[u8]) {
        self.write(self.len, data);
    }

    /// Cuts or extends to `len` bytes (at most [`Content::MAX_LEN`]); new bytes are a hole.
    pub fn truncate(&mut self, len: u64) {
        let len = len.min(Self::MAX_LEN);
        if len < self.head.len() as u64 {
            if len == 0 {
                self.head = Arc::default();
            } else {
                Arc::make_mut(&mut self.head).truncate(len as usize);
            }
        }
        if len < self.len && !self.pages.is_empty() {
            self.pages = self.pages.split(&len.div_ceil(PAGE)).0;
            if let Some(page) = self.pages.get_mut(&(len / PAGE)) {
                Arc::make_mut(page)[(len % PAGE) as usize..].fill(0);
            }
        }
        self.len = len;
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Content { len: bytes.len() as u64, head: Arc::new(bytes), pages: imbl::OrdMap::new() }
    }
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl PartialEq for Content {
    /// Equal bytes, however they are stored; O(1) where the storage is shared.
    fn eq(&self, other: &Self) -> bool {
        if self.len != other.len {
            return false;
        }
        let same_pages = self.pages.ptr_eq(&other.pages);
        if same_pages && Arc::ptr_eq(&self.head, &other.head) {
            return true;
        }
        self.agrees_with(other) && other.agrees_with(self)
    }
}

impl Eq for Content {}

impl Content {
    /// The stored runs of bytes, ascending, cut at the end of the file.
    fn runs(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let end = self.len;
        let head = std::iter::once((0, self.head.as_slice()));
        let pages = self.pages.iter().map(|(index, page)| (index * PAGE, page.as_slice()));
        head.chain(pages).map(move |(at, run)| {
            (at, &run[..run.len().min(usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX))])
        })
    }

    fn agrees_with(&self, other: &Content) -> bool {
        self.runs().all(|(at, run)| {
            let mut at = at;
            run.chunks(READ_MAX).all(|chunk| {
                let same = *other.read(at, chunk.len()) == *chunk;
                at += chunk.len() as u64;
                same
            })
        })
    }
}

/// How content is written down: text where it is text, else hexadecimal, both without what a hole
/// leaves out.
#[derive(Serialize, Deserialize)]
struct Saved {
    len: u64,
    runs: Vec<SavedRun>,
}

#[derive(Serialize, Deserialize)]
enum SavedRun {
    Text(u64, String),
    Hex(u64, String),
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let runs =
            self.runs().filter(|(_, run)| !run.is_empty()).map(|(at, run)| match std::str::from_utf8(run) {
                Ok(text) => SavedRun::Text(at, text.to_owned()),
                Err(_) => SavedRun::Hex(at, to_hex(run)),
            });
        Saved { len: self.len, runs: runs.collect() }.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let saved = Saved::deserialize(d)?;
        let mut content = Content::default();
        for run in saved.runs {
            match run {
                SavedRun::Text(at, text) => content.write(at, text.as_bytes()),
                SavedRun::Hex(at, hex) => {
                    let bytes = from_hex(&hex)
                        .ok_or_else(|| serde::de::Error::custom("file content: bad hexadecimal"))?;
                    content.write(at, &bytes);
                }
            }
        }
        content.truncate(saved.len);
        Ok(content)
    }
}

fn to_hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let nibble = |c: u8| char::from(c).to_digit(16).map(|n| n as u8);
    text.as_bytes()
        .chunks(2)
        .map(|pair| Some(nibble(*pair.first()?)? << 4 | nibble(*pair.get(1)?)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Places around the ends of heads, holes and pages, often enough the same ones.
    fn offset() -> impl Strategy<Value = usize> {
        let near = prop_oneof![Just(0usize), Just(3), Just(5000), Just(8190)];
        prop_oneof![near.clone(), near.prop_map(|at| at + 70_000)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        /// Whatever is stored where, reads and equality see plain bytes.
        #[test]
        fn content_is_a_vector_of_bytes(
            ops in proptest::collection::vec((0..4u8, offset(), 0..9000usize, any::<bool>()), 1..12)
        ) {
            let (mut content, mut plain) = (Content::default(), Vec::new());
            for (n, (kind, at, len, zeros)) in ops.into_iter().enumerate() {
                let data = vec![if zeros { 0 } else { n as u8 + 1 }; len];
                let at = if kind == 1 { plain.len() } else { at };
                if kind == 0 {
                    content.truncate(at as u64);
                    plain.resize(at, 0);
                } else if len > 0 {
                    content.write(at as u64, &data);
                    plain.resize(plain.len().max(at + len), 0);
                    plain[at..at + len].copy_from_slice(&data);
                }
                prop_assert_eq!(content.len(), plain.len() as u64);
                let whole = content.read(0, usize::MAX);
                prop_assert!(*whole == plain[..]);
                let (from, to) = (at.min(plain.len()), (at + len).min(plain.len()));
                prop_assert!(*content.read(from as u64, to - from) == plain[from..to]);
                }
            prop_assert!(content == Content::from(plain.clone()));
            prop_assert!(content.pieces().collect::<Vec<_>>().concat() == plain);
            let saved = serde_json::to_string(&content).unwrap();
            prop_assert!(content == serde_json::from_str::<Content>(&saved).unwrap());
            if let Some(last) = plain.last_mut() {
                *last ^= 1;
                prop_assert!(content != Content::from(plain));
            }
        }
    }
}
