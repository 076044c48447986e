//! Trees as text, for tests and for the miniatures of catalogue images. One line is one node:
//!
//! ```text
//! # mode and owner may be left out: 0755 for directories, 0644 for files, root
//! dir /etc 0755
//! file /etc/hostname 0644 "box\n"
//! file /bin/busybox 0755 size=1048576
//! link /bin/sh -> busybox
//! hard /bin/ls -> /bin/busybox
//! char /dev/null 0666 1:3
//! block /dev/sda 0660 0:6 8:0
//! fifo /run/pipe 0600 1000:1000
//! gone /etc/motd
//! opaque /var/cache 0755
//! ```
//!
//! The first pair of numbers is the owner where a device has two. `@1700000000` or
//! `@1700000000.5` gives a time in seconds. A path or target with spaces is quoted like text, which
//! knows `\n`, `\t`, `\r`, `\0`, `\"`, `\\` and `\xHH` for a byte.

use super::layer::{Entries, Entry, Layer, canonical_links};
use super::{Content, Inode, Node, tar};
use crate::base::Time;
use std::fmt;

/// Why a fixture could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixtureError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for FixtureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for FixtureError {}

/// Reads a fixture as a layer; nodes without a time get `mtime`. A path that stands twice is an
/// error, directories above need no line of their own.
pub fn parse(text: &str, mtime: Time) -> Result<Layer, FixtureError> {
    Ok(Layer::new(entries(text, mtime)?))
}

/// Reads a fixture as what a layer is made of, for those who make more of it first: a layer has a digest, and that is
/// work.
pub fn entries(text: &str, mtime: Time) -> Result<Entries, FixtureError> {
    let mut entries = Entries::new();
    for (index, line) in text.lines().enumerate() {
        let failed = |reason| FixtureError { line: index + 1, reason };
        let words = words(line).map_err(failed)?;
        if words.is_empty() {
            continue;
        }
        let (path, entry) = node(&words, mtime).map_err(failed)?;
        if entries.insert(path.as_str().into(), entry).is_some() {
            return Err(failed(format!("{path} is there already")));
        }
    }
    Ok(canonical_links(entries))
}

/// Writes a layer as a fixture, times included; [`parse`] reads it back.
pub fn dump(layer: &Layer) -> String {
    layer.entries().iter().map(|(path, entry)| line_of(path, entry)).collect()
}

/// A word of a line, with its escapes resolved.
struct Word {
    bytes: Vec<u8>,
    quoted: bool,
}

impl Word {
    fn bare(&self) -> &str {
        if self.quoted { "" } else { std::str::from_utf8(&self.bytes).unwrap_or("") }
    }

    fn text(&self) -> Result<&str, String> {
        std::str::from_utf8(&self.bytes).map_err(|_| "a path is not UTF-8".to_owned())
    }
}

fn words(line: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && !rest.starts_with('#') {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (bytes, after) = unquote(quoted)?;
            words.push(Word { bytes, quoted: true });
            rest = after;
        } else {
            let (word, after) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
            words.push(Word { bytes: word.into(), quoted: false });
            rest = after;
        }
        rest = rest.trim_start();
    }
    Ok(words)
}

/// The bytes up to the closing quote, and what follows it.
fn unquote(text: &str) -> Result<(Vec<u8>, &str), String> {
    let mut bytes = Vec::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((bytes, &text[at + 1..])),
            '\\' => match chars.next().map(|(_, c)| c) {
                Some('n') => bytes.push(b'\n'),
                Some('t') => bytes.push(b'\t'),
                Some('r') => bytes.push(b'\r'),
                Some('0') => bytes.push(0),
                Some('x') => {
                    let digits = [chars.next(), chars.next()].map(|d| d.and_then(|(_, d)| d.to_digit(16)));
                    let [Some(high), Some(low)] = digits else {
                        return Err("\\x needs two digits".to_owned());
                    };
                    bytes.push((high << 4 | low) as u8);
                }
                Some(c @ ('"' | '\\')) => bytes.push(c as u8),
                other => {
                    return Err(format!("unknown escape \\{}", other.map_or(String::new(), String::from)));
                }
            },
            _ => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Err("a quote is not closed".to_owned())
}

/// What may follow the path, in any order.
#[derive(Default)]
struct Fields {
    mode: Option<u32>,
    pairs: Vec<(u32, u32)>,
    mtime: Option<Time>,
    content: Option<Content>,
    target: Option<String>,
}

fn fields(words: &[Word]) -> Result<Fields, String> {
    let mut found = Fields::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let bare = word.bare();
        if word.quoted {
            found.content = Some(word.bytes.clone().into());
        } else if bare == "->" {
            found.target = Some(words.next().ok_or("-> needs a target")?.text()?.to_owned());
        } else if let Some(size) = bare.strip_prefix("size=") {
            let mut content = Content::default();
            content.truncate(size.parse().map_err(|_| format!("not a size: {size}"))?);
            found.content = Some(content);
        } else if let Some(time) = bare.strip_prefix('@') {
            found.mtime = Some(tar::pax_time(time).ok_or_else(|| format!("not a time: {time}"))?);
        } else if let Some((a, b)) = bare.split_once(':') {
            let pair = a.parse().ok().zip(b.parse().ok());
            found.pairs.push(pair.ok_or_else(|| format!("not a pair of numbers: {bare}"))?);
        } else {
            let mode = u32::from_str_radix(bare, 8).ok().filter(|mode| *mode <= 0o7777);
            found.mode = Some(mode.ok_or_else(|| format!("not understood: {bare}"))?);
        }
    }
    Ok(found)
}

fn node(words: &[Word], mtime: Time) -> Result<(String, Entry), String> {
    let [kind, path, rest @ ..] = words else { return Err("a path is missing".to_owned()) };
    let path = path.text()?;
    let kind = kind.bare();
    if !path.starts_with('/') || tar::inside_root(path).as_deref() != Some(path) {
        return Err(format!("not a clean absolute path: {path}"));
    }
    let mut found = fields(rest)?;
    let device = matches!(kind, "char" | "block").then(|| found.pairs.pop());
    let target = || found.target.clone().ok_or_else(|| format!("{kind} needs -> and a target"));
    let (node, mode) = match kind {
        "gone" => return Ok((path.to_owned(), Entry::Whiteout)),
        "hard" => return Ok((path.to_owned(), Entry::Link(target()?.as_str().into()))),
        "dir" | "opaque" => (Node::empty_dir(), 0o755),
        "file" => (Node::File(found.content.clone().unwrap_or_default()), 0o644),
        "link" => (Node::Symlink(target()?.as_str().into()), 0o777),
        "fifo" => (Node::Fifo, 0o644),
        "socket" => (Node::Socket, 0o755),
        "char" | "block" => {
            let (major, minor) = device.flatten().ok_or("a device needs major:minor")?;
            let block = kind == "block";
            let node =
                if block { Node::BlockDevice { major, minor } } else { Node::CharDevice { major, minor } };
            (node, 0o600)
        }
        _ => return Err(format!("unknown kind of node: {kind}")),
    };
    let (uid, gid) = found.pairs.first().copied().unwrap_or((0, 0));
    let inode = Inode::new(node, found.mode.unwrap_or(mode), found.mtime.unwrap_or(mtime)).owned_by(uid, gid);
    let entry = if kind == "opaque" { Entry::Opaque(inode) } else { Entry::Put(inode) };
    Ok((path.to_owned(), entry))
}

fn line_of(path: &str, entry: &Entry) -> String {
    let path = name(path);
    let inode = match entry {
        Entry::Whiteout => return format!("gone {path}\n"),
        Entry::Link(target) => return format!("hard {path} -> {}\n", name(target)),
        Entry::Put(inode) | Entry::Opaque(inode) => inode,
    };
    let (kind, rest) = match &inode.node {
        Node::Dir(_) if matches!(entry, Entry::Opaque(_)) => ("opaque", String::new()),
        Node::Dir(_) => ("dir", String::new()),
        Node::File(content) if content.stored() == 0 && !content.is_empty() => {
            ("file", format!(" size={}", content.len()))
        }
        Node::File(content) => {
            ("file", format!(" {}", quote(&content.pieces().collect::<Vec<_>>().concat())))
        }
        Node::Symlink(target) => ("link", format!(" -> {}", name(target))),
        Node::CharDevice { major, minor } => ("char", format!(" {major}:{minor}")),
        Node::BlockDevice { major, minor } => ("block", format!(" {major}:{minor}")),
        Node::Fifo => ("fifo", String::new()),
        Node::Socket => ("socket", String::new()),
    };
    let Inode { mode, uid, gid, .. } = inode;
    let time = tar::pax_time_text(inode.mtime);
    format!("{kind} {path} {mode:04o} {uid}:{gid} @{time}{rest}\n")
}

/// A path or target as a word, quoted where it would not be one.
fn name(path: &str) -> String {
    let plain = !path.is_empty()
        && !path.starts_with(['"', '#'])
        && !path.chars().any(|c| c.is_whitespace() || c.is_control());
    if plain { path.to_owned() } else { quote(path.as_bytes()) }
}

fn quote(bytes: &[u8]) -> String {
    let mut out = String::from('"');
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                '\r' => out.push_str("\\r"),
                '\0' => out.push_str("\\0"),
                '"' | '\\' => out.extend(['\\', c]),
                '\x01'..='\x1f' | '\x7f' => out.push_str(&format!("\\x{:02x}", c as u32)),
                _ => out.push(c),
            }
        }
        chunk.invalid().iter().for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_comes_back() {
        let text = r##"dir / 0755 0:0 @0
dir /bin 0755 0:0 @1700000000.5
file /bin/busybox 4755 0:0 @1700000000 size=1048576
hard /bin/ls -> /bin/busybox
link /bin/sh 0777 0:0 @5 -> busybox
file /binary 0644 1000:1000 @5 "\x7fELF\0\xff\\ \"ü\"\n"
block /dev/sda 0660 0:6 @5 8:0
char /dev/tty 0666 0:5 @5 5:0
gone /etc/motd
fifo /run/pipe 0600 0:0 @-1.5
socket /run/sock 0755 0:0 @5
opaque /var/cache 0755 33:33 @5
file "/with space" 0644 0:0 @5 ""
"##;
        assert_eq!(dump(&parse(text, Time(0)).unwrap()), text);
    }

    #[test]
    fn defaults_and_errors() {
        let layer =
            parse("# a comment\n\n  file /x \"a\" # more\nchar /dev/null 0666 1:3\n", Time(7_000_000_000));
        assert_eq!(dump(&layer.unwrap()), "char /dev/null 0666 0:0 @7 1:3\nfile /x 0644 0:0 @7 \"a\"\n");
        for (text, message) in [
            ("dir /a\nfile b", "line 2: not a clean absolute path: b"),
            ("dir /a\n\ndir /a", "line 3: /a is there already"),
            ("dir /a/../b", "line 1: not a clean absolute path: /a/../b"),
            ("file", "line 1: a path is missing"),
            ("flie /a", "line 1: unknown kind of node: flie"),
            ("file /a \"x", "line 1: a quote is not closed"),
            ("file /a \"\\q\"", "line 1: unknown escape \\q"),
            ("file /a 0999", "line 1: not understood: 0999"),
            ("link /a b", "line 1: not understood: b"),
            ("link /a", "line 1: link needs -> and a target"),
            ("char /a", "line 1: a device needs major:minor"),
        ] {
            assert_eq!(parse(text, Time(0)).unwrap_err().to_string(), message);
        }
    }
}
