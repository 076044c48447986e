//! Tar archives: layers, `docker cp`, export, import, build contexts, the `tar` program.

use super::{Content, Inode, Node};
use crate::base::Time;
use std::fmt;
use std::io::{self, Read, Write};

const BLOCK: usize = 512;

/// How much an archive may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most entries.
    pub entries: usize,
    /// The most bytes of all files together, and of one decompressed stream.
    pub bytes: u64,
}

impl Default for Limits {
    /// A quarter of a million entries, one gibibyte.
    fn default() -> Self {
        Limits { entries: 1 << 18, bytes: 1 << 30 }
    }
}

/// Why an archive could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TarError {
    /// The bytes end inside a header or a file.
    UnexpectedEof,
    /// A header that cannot be one; the text says how.
    Invalid(String),
    /// A path or link target that leaves the root.
    Escape(String),
    /// Compressed in a way that this reader does not know.
    Packed(&'static str),
    /// A sparse file in the PAX format, which this reader does not know (it knows that of GNU).
    Sparse,
    /// More entries or bytes than the limits allow.
    TooBig,
}

impl fmt::Display for TarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TarError::UnexpectedEof => f.write_str("unexpected EOF"),
            TarError::Invalid(why) => write!(f, "archive/tar: invalid tar header: {why}"),
            TarError::Escape(path) => write!(f, "invalid path {path:?}: outside of the root"),
            TarError::Packed(how) => write!(f, "archive is compressed with {how}: not simulated by Drydock"),
            TarError::Sparse => f.write_str("archive has a sparse file in PAX format: not simulated"),
            TarError::TooBig => f.write_str("archive is larger than this simulator accepts"),
        }
    }
}

impl std::error::Error for TarError {}

/// What an entry of an archive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TarKind {
    /// A regular file.
    File(Content),
    /// A directory.
    Dir,
    /// A symbolic link and its target.
    Symlink(String),
    /// A hard link and the path of an earlier entry.
    Link(String),
    /// A character device, major and minor.
    CharDevice(u32, u32),
    /// A block device, major and minor.
    BlockDevice(u32, u32),
    /// A named pipe.
    Fifo,
}

/// One entry of an archive, with every field that a header carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TarEntry {
    /// The path as written in the archive, without the slash that ends a directory.
    pub path: String,
    /// Kind and data.
    pub kind: TarKind,
    /// The permission bits.
    pub mode: u32,
    /// The owner.
    pub uid: u32,
    /// The group.
    pub gid: u32,
    /// The owner's name, often empty.
    pub uname: String,
    /// The group's name, often empty.
    pub gname: String,
    /// When the data last changed.
    pub mtime: Time,
}

impl TarEntry {
    /// An empty file of mode 0, as whiteouts are.
    pub fn empty(path: &str) -> TarEntry {
        TarEntry {
            path: path.to_owned(),
            kind: TarKind::File(Content::default()),
            mode: 0,
            uid: 0,
            gid: 0,
            uname: String::new(),
            gname: String::new(),
            mtime: Time(0),
        }
    }

    /// The entry for an inode; none for a socket, which no archive can hold.
    pub fn of(path: &str, inode: &Inode) -> Option<TarEntry> {
        let kind = match &inode.node {
            Node::File(content) => TarKind::File(content.clone()),
            Node::Dir(_) => TarKind::Dir,
            Node::Symlink(target) => TarKind::Symlink(target.to_string()),
            Node::CharDevice { major, minor } => TarKind::CharDevice(*major, *minor),
            Node::BlockDevice { major, minor } => TarKind::BlockDevice(*major, *minor),
            Node::Fifo => TarKind::Fifo,
            Node::Socket => return None,
        };
        let Inode { mode, uid, gid, mtime, .. } = *inode;
        Some(TarEntry { kind, mode, uid, gid, mtime, ..TarEntry::empty(path) })
    }

    /// The inode it describes. A hard link, whose data is elsewhere, becomes an empty file.
    pub fn into_inode(self) -> Inode {
        let node = match self.kind {
            TarKind::File(content) => Node::File(content),
            TarKind::Dir => Node::empty_dir(),
            TarKind::Symlink(target) => Node::Symlink(target.into()),
            TarKind::Link(_) => Node::File(Content::default()),
            TarKind::CharDevice(major, minor) => Node::CharDevice { major, minor },
            TarKind::BlockDevice(major, minor) => Node::BlockDevice { major, minor },
            TarKind::Fifo => Node::Fifo,
        };
        Inode::new(node, self.mode, self.mtime).owned_by(self.uid, self.gid)
    }

    /// What the header's type field says.
    fn entry_type(&self) -> tar::EntryType {
        match self.kind {
            TarKind::File(_) => tar::EntryType::Regular,
            TarKind::Dir => tar::EntryType::Directory,
            TarKind::Symlink(_) => tar::EntryType::Symlink,
            TarKind::Link(_) => tar::EntryType::Link,
            TarKind::CharDevice(..) => tar::EntryType::Char,
            TarKind::BlockDevice(..) => tar::EntryType::Block,
            TarKind::Fifo => tar::EntryType::Fifo,
        }
    }
}

/// The absolute, clean form of a path in an archive: `./a//b/` and `/a/b` are `/a/b`. None where
/// `..` leads out of the root.
pub fn inside_root(path: &str) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()?),
            _ => names.push(name),
        }
    }
    Some(format!("/{}", names.join("/")))
}

/// Writes an archive: ustar headers, PAX records for what does not fit into them.
pub struct Writer<W> {
    out: W,
}

impl<W: Write> Writer<W> {
    /// An archive that goes to `out`.
    pub fn new(out: W) -> Self {
        Writer { out }
    }

    /// Writes one entry. Fails only where the output does.
    pub fn append(&mut self, entry: &TarEntry) -> io::Result<()> {
        let mut path = entry.path.clone();
        if matches!(entry.kind, TarKind::Dir) && !path.ends_with('/') {
            path.push('/');
        }
        let target = match &entry.kind {
            TarKind::Symlink(target) | TarKind::Link(target) => target.as_str(),
            _ => "",
        };
        let size = match &entry.kind {
            TarKind::File(content) => content.len(),
            _ => 0,
        };
        let records = pax_records(entry, &path, target, size);
        if !records.is_empty() {
            let name =
                format!("PaxHeaders.0/{}", path.trim_end_matches('/').rsplit('/').next().unwrap_or(""));
            self.header(&name, "", tar::EntryType::XHeader, records.len() as u64, &TarEntry::empty(""))?;
            self.data(std::iter::once(records.as_bytes().into()))?;
        }
        self.header(&path, target, entry.entry_type(), size, entry)?;
        match &entry.kind {
            TarKind::File(content) => self.data(content.pieces()),
            _ => Ok(()),
        }
    }

    /// Writes the two empty blocks that end an archive.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.write_all(&[0; 2 * BLOCK])
    }

    fn data<'a>(&mut self, pieces: impl Iterator<Item = std::borrow::Cow<'a, [u8]>>) -> io::Result<()> {
        let mut written = 0;
        for piece in pieces {
            self.out.write_all(&piece)?;
            written = (written + piece.len()) % BLOCK;
        }
        self.out.write_all(&[0; BLOCK][..(BLOCK - written) % BLOCK])
    }

    fn header(
        &mut self,
        path: &str,
        target: &str,
        kind: tar::EntryType,
        size: u64,
        e: &TarEntry,
    ) -> io::Result<()> {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(e.mode & 0o7777);
        header.set_uid(u64::from(e.uid).min(OCTAL_7));
        header.set_gid(u64::from(e.gid).min(OCTAL_7));
        header.set_size(if size > OCTAL_11 { 0 } else { size });
        header.set_mtime(u64::try_from(e.mtime.unix_secs()).unwrap_or(0).min(OCTAL_11));
        let (major, minor) = match e.kind {
            TarKind::CharDevice(major, minor) | TarKind::BlockDevice(major, minor) => (major, minor),
            _ => (0, 0),
        };
        if let Some(ustar) = header.as_ustar_mut() {
            let (prefix, name) = split_path(path);
            fill(&mut ustar.name, name);
            fill(&mut ustar.prefix, prefix);
            fill(&mut ustar.linkname, target);
            fill(&mut ustar.uname, &e.uname);
            fill(&mut ustar.gname, &e.gname);
            ustar.set_device_major(major.min(OCTAL_7 as u32));
            ustar.set_device_minor(minor.min(OCTAL_7 as u32));
        }
        header.set_cksum();
        self.out.write_all(header.as_bytes())
    }
}

/// The largest number of a header field of 7 octal digits, and of 11.
const OCTAL_7: u64 = 0o7_777_777;
const OCTAL_11: u64 = 0o77_777_777_777;

fn fill(field: &mut [u8], text: &str) {
    let n = text.len().min(field.len());
    field[..n].copy_from_slice(&text.as_bytes()[..n]);
}

/// Prefix and name of a ustar header; a path that does not fit is cut, and a PAX record has it.
fn split_path(path: &str) -> (&str, &str) {
    if path.len() <= 100 {
        return ("", path);
    }
    let fits = |at: &usize| *at > 0 && *at <= 155 && path.len() - at - 1 <= 100 && *at + 1 < path.len();
    match path.match_indices('/').map(|(at, _)| at).find(fits) {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => ("", path),
    }
}

/// The PAX records an entry needs, sorted by key; empty where ustar says it all.
fn pax_records(entry: &TarEntry, path: &str, target: &str, size: u64) -> String {
    let mut records = String::new();
    let mut put = |key: &str, value: &str| {
        let rest = key.len() + value.len() + 3;
        let mut len = rest + rest.to_string().len();
        if len.to_string().len() != rest.to_string().len() {
            len = rest + len.to_string().len();
        }
        records.push_str(&format!("{len} {key}={value}\n"));
    };
    let ustar_path = split_path(path);
    let fits = |text: &str, max: usize| text.is_ascii() && text.len() <= max;
    if u64::from(entry.gid) > OCTAL_7 {
        put("gid", &entry.gid.to_string());
    }
    if !fits(target, 100) {
        put("linkpath", target);
    }
    if entry.mtime.0 < 0 || entry.mtime.subsec_nanos() != 0 {
        put("mtime", &pax_time_text(entry.mtime));
    }
    if !fits(path, 256) || !fits(ustar_path.1, 100) {
        put("path", path);
    }
    if size > OCTAL_11 {
        put("size", &size.to_string());
    }
    if u64::from(entry.uid) > OCTAL_7 {
        put("uid", &entry.uid.to_string());
    }
    records
}

/// Reads an uncompressed archive: ustar, GNU and PAX. Entries of kinds that Linux has no inode for
/// are left out. Garbage is an error, never a panic.
pub fn read(bytes: &[u8], limits: Limits) -> Result<Vec<TarEntry>, TarError> {
    if let Some(how) = foreign(bytes) {
        return Err(TarError::Packed(how));
    }
    let mut found = Vec::new();
    let mut room = limits.bytes;
    let mut archive = tar::Archive::new(bytes);
    for entry in archive.entries().map_err(error_of)? {
        let mut entry = entry.map_err(error_of)?;
        if found.len() >= limits.entries || entry.size() > room {
            return Err(TarError::TooBig);
        }
        // Some writers leave out what fills the last block, and the blocks that end an archive.
        let stored = match entry.header().entry_type() {
            tar::EntryType::GNUSparse => entry.header().entry_size().map_err(error_of)?,
            _ => entry.size(),
        };
        let end = entry.raw_file_position().saturating_add(stored);
        let last = end <= bytes.len() as u64 && end.next_multiple_of(BLOCK as u64) > bytes.len() as u64;
        if let Some(read) = read_entry(&mut entry)? {
            if let TarKind::File(content) = &read.kind {
                room = room.saturating_sub(content.len());
            }
            found.push(read);
        }
        if last {
            break;
        }
    }
    Ok(found)
}

/// A number of a header; a field that is not filled in is 0.
fn number(field: &[u8], read: io::Result<u64>) -> Result<u64, TarError> {
    if field.iter().all(|b| matches!(b, 0 | b' ')) { Ok(0) } else { read.map_err(error_of) }
}

fn read_entry(entry: &mut tar::Entry<'_, &[u8]>) -> Result<Option<TarEntry>, TarError> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (mut uid, mut gid) = (None, None);
    let mut mtime = None;
    if let Some(records) = entry.pax_extensions().map_err(error_of)? {
        for record in records {
            let record = record.map_err(error_of)?;
            let Ok(value) = record.value() else { continue };
            match record.key_bytes() {
                b"mtime" => mtime = pax_time(value),
                b"uid" => uid = value.parse().ok(),
                b"gid" => gid = value.parse().ok(),
                key if key.starts_with(b"GNU.sparse.") => return Err(TarError::Sparse),
                _ => {}
            }
        }
    }
    let header = entry.header();
    let link = || text(&entry.link_name_bytes().unwrap_or_default());
    let device = || -> Result<(u32, u32), TarError> {
        let major = header.device_major().map_err(error_of)?.unwrap_or(0);
        Ok((major, header.device_minor().map_err(error_of)?.unwrap_or(0)))
    };
    let path = text(&entry.path_bytes());
    let kind = match header.entry_type() {
        tar::EntryType::Directory => TarKind::Dir,
        tar::EntryType::Symlink => TarKind::Symlink(link()),
        tar::EntryType::Link => TarKind::Link(link()),
        tar::EntryType::Char => device().map(|(major, minor)| TarKind::CharDevice(major, minor))?,
        tar::EntryType::Block => device().map(|(major, minor)| TarKind::BlockDevice(major, minor))?,
        tar::EntryType::Fifo => TarKind::Fifo,
        // Before POSIX a directory was a file whose name ends in a slash.
        tar::EntryType::Regular if path.ends_with('/') => TarKind::Dir,
        tar::EntryType::Regular | tar::EntryType::Continuous | tar::EntryType::GNUSparse => {
            TarKind::File(Content::default())
        }
        _ => return Ok(None),
    };
    let narrow = |id: u64| u32::try_from(id).unwrap_or(u32::MAX);
    let fields = header.as_old();
    let mut read = TarEntry {
        mode: narrow(number(&fields.mode, header.mode().map(u64::from))?) & 0o7777,
        uid: uid.unwrap_or(narrow(number(&fields.uid, header.uid())?)),
        gid: gid.unwrap_or(narrow(number(&fields.gid, header.gid())?)),
        uname: text(header.username_bytes().unwrap_or_default()),
        gname: text(header.groupname_bytes().unwrap_or_default()),
        mtime: mtime.unwrap_or(seconds(number(&fields.mtime, header.mtime())?)),
        path: if path == "/" { path } else { path.trim_end_matches('/').to_owned() },
        kind,
    };
    if let TarKind::File(content) = &mut read.kind {
        *content = read_data(entry)?;
    }
    Ok(Some(read))
}

fn read_data(entry: &mut tar::Entry<'_, &[u8]>) -> Result<Content, TarError> {
    let size = entry.size();
    let mut content = Content::default();
    let mut buffer = vec![0; 64 << 10];
    while content.len() < size {
        match entry.read(&mut buffer).map_err(error_of)? {
            0 => return Err(TarError::UnexpectedEof),
            n => content.append(&buffer[..n]),
        }
    }
    Ok(content)
}

fn seconds(secs: u64) -> Time {
    Time(i64::try_from(secs).unwrap_or(i64::MAX).saturating_mul(1_000_000_000))
}

/// A PAX time: seconds since 1970 with a decimal fraction, perhaps negative.
pub(super) fn pax_time(text: &str) -> Option<Time> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (secs, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let secs: i64 = secs.parse().ok()?;
    let fraction: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let nanos: i64 = fraction.parse().ok()?;
    Some(Time(secs.saturating_mul(1_000_000_000).saturating_add(nanos).saturating_mul(sign)))
}

/// The shortest text that [`pax_time`] reads as `time`.
pub(super) fn pax_time_text(time: Time) -> String {
    let (sign, nanos) = (if time.0 < 0 { "-" } else { "" }, time.0.unsigned_abs());
    let text = format!("{sign}{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn error_of(error: io::Error) -> TarError {
    let text = error.to_string();
    let eof = ["unexpected EOF", "failed to read entire block", "unexpected end of file", "UnexpectedEof"];
    if error.kind() == io::ErrorKind::UnexpectedEof || eof.iter().any(|e| text.contains(e)) {
        TarError::UnexpectedEof
    } else {
        TarError::Invalid(text)
    }
}

/// The name of a compression that Docker knows and this reader does not.
pub fn foreign(bytes: &[u8]) -> Option<&'static str> {
    const MARKS: [(&[u8], &str); 3] =
        [(b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zstd")];
    MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive() -> Vec<u8> {
        let mut bytes = vec![];
        let mut writer = Writer::new(&mut bytes);
        for (path, text) in [("one", "first"), ("two", "second")] {
            let kind = TarKind::File(Content::from(text.as_bytes().to_vec()));
            writer.append(&TarEntry { kind, mode: 0o600, ..TarEntry::empty(path) }).unwrap();
        }
        writer.finish().unwrap();
        bytes
    }

    #[test]
    fn an_archive_may_end_with_its_last_byte() {
        let whole = archive();
        let want = read(&whole, Limits::default()).unwrap();
        let data = whole.len() - 3 * BLOCK + "second".len();
        for end in [whole.len() - 2 * BLOCK, data + 1, data] {
            assert_eq!(read(&whole[..end], Limits::default()).as_ref(), Ok(&want), "{end}");
        }
        assert_eq!(read(&whole[..data - 1], Limits::default()), Err(TarError::UnexpectedEof));
    }

    #[test]
    fn numbers_that_are_not_filled_in_are_0() {
        let mut bytes = archive();
        // The owner, the group and the time of the first header, whose sum is then another.
        bytes[108..124].fill(0);
        bytes[136..148].fill(0);
        bytes[148..156].fill(b' ');
        let sum: u32 = bytes[..BLOCK].iter().map(|b| u32::from(*b)).sum();
        bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let found = read(&bytes, Limits::default()).unwrap();
        assert_eq!((found[0].uid, found[0].gid, found[0].mtime, found[0].mode), (0, 0, Time(0), 0o600));
    }
}
