//! `COPY` and `ADD`: which paths are meant, their digest for the cache, and the copying itself.

use super::ignore::Patterns;
use super::key;
use super::plan::{CopyOp, CopySource};
use super::wording::below;
use crate::base::glob::path_match;
use crate::base::{Digest, Time, passwd};
use crate::fs::tar::{self, Limits};
use crate::fs::{Content, Ino, Inode, Node, Overwrite, View, gzip};

/// How many paths one pattern may find.
const MAX_MATCHES: usize = 10_000;

/// A source that was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A path and what is there.
    Tree(String, Ino),
    /// A file given in the Dockerfile.
    Inline(String, String),
}

/// Finds the sources of a copy.
///
/// # Errors
/// The path that is not there.
pub fn find(from: &View, op: &CopyOp) -> Result<Vec<Found>, String> {
    let mut found = Vec::new();
    for source in &op.sources {
        match source {
            CopySource::Inline(name, content) => found.push(Found::Inline(name.clone(), content.clone())),
            CopySource::Path(text) => {
                let path = below("/", text);
                if text.contains(['*', '?', '[']) && from.resolve(&path, false).is_err() {
                    found.extend(matching(from, &path));
                    continue;
                }
                let ino = from.resolve(&path, true).map_err(|_| path.clone())?;
                found.push(Found::Tree(path, ino));
            }
        }
    }
    Ok(found)
}

/// The paths a pattern means, sorted; none is no mistake.
fn matching(from: &View, pattern: &str) -> Vec<Found> {
    let mut level = vec![(String::new(), View::ROOT)];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        for (path, ino) in level {
            let Ok(ino) = from.resolve_at(ino, ".", true) else { continue };
            let Ok(entries) = from.read_dir(ino) else { continue };
            for (name, child) in entries {
                if path_match(part, name).unwrap_or(false) && next.len() < MAX_MATCHES {
                    next.push((format!("{path}/{name}"), child));
                }
            }
        }
        level = next;
    }
    level.into_iter().map(|(path, ino)| Found::Tree(path, ino)).collect()
}

/// The digest of all that a copy reads.
pub fn digest(from: &View, found: &[Found]) -> Digest {
    let mut key = key::Key::new("sources");
    for source in found {
        match source {
            Found::Tree(path, ino) => {
                let is_dir = from.get(*ino).is_some_and(Inode::is_dir);
                let name = if is_dir { "" } else { path.rsplit('/').next().unwrap_or_default() };
                key.add(name.as_bytes());
                key.add(key::tree(from, *ino).hex().as_bytes());
            }
            Found::Inline(name, content) => {
                key.add(name.as_bytes());
                key.add(content.as_bytes());
            }
        }
    }
    key.finish()
}

/// How copied files look.
struct Look {
    owner: Option<(u32, u32)>,
    mode: String,
    now: Time,
    exclude: Patterns,
}

/// Copies into a tree.
///
/// # Errors
/// A message in BuildKit's words.
pub fn apply(into: &mut View, from: &View, op: &CopyOp, found: &[Found], now: Time) -> Result<(), String> {
    let exclude = Patterns::new(op.exclude.iter().map(String::as_str))?;
    let owner = if op.chown.is_empty() { None } else { Some(owner(into, &op.chown)) };
    let look = Look { owner, mode: op.chmod.clone(), now, exclude };
    let into_dir = op.target.ends_with('/') || is_dir(into, &op.target);
    let target = op.target.trim_end_matches('/');
    for source in found {
        match source {
            Found::Inline(name, content) => {
                let path = if into_dir { format!("{target}/{name}") } else { target.to_owned() };
                let inode = Inode::file(content.as_str(), 0o644, now);
                put(into, &path, inode, &look)?;
            }
            Found::Tree(path, ino) => {
                let Some(inode) = from.get(*ino).cloned() else { continue };
                let name = path.rsplit('/').next().unwrap_or_default();
                if op.parents {
                    copy_tree(into, &format!("{target}{path}"), from, *ino, &look, path)?;
                } else if inode.is_dir() {
                    copy_tree(into, target, from, *ino, &look, "")?;
                } else if op.unpack && unpack(into, target, &inode, &look)? {
                    continue;
                } else {
                    let at = if into_dir { format!("{target}/{name}") } else { target.to_owned() };
                    if !look.exclude.excludes(name) {
                        put(into, &at, fresh(&inode), &look)?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn is_dir(view: &View, path: &str) -> bool {
    view.resolve(path, true).ok().and_then(|ino| view.get(ino)).is_some_and(Inode::is_dir)
}

/// Makes a directory and those above it, owned by a user of the tree.
///
/// # Errors
/// Something else in the way.
pub fn make_workdir(into: &mut View, path: &str, user: &str, now: Time) -> Result<(), String> {
    let owner = Some(user).filter(|user| !user.is_empty()).map(|user| owner(into, user));
    let look = Look { owner, mode: String::new(), now, exclude: Patterns::default() };
    way_to(into, &format!("{}/.", path.trim_end_matches('/')), &look)
}

/// A copy of a file or link with its attributes; its data is shared.
fn fresh(inode: &Inode) -> Inode {
    let node = match &inode.node {
        Node::Dir(_) => Node::empty_dir(),
        other => other.clone(),
    };
    Inode { node, nlink: 1, ..inode.clone() }
}

/// Who owns what is copied: names are those of the target; an unknown one is root.
fn owner(view: &View, spec: &str) -> (u32, u32) {
    let text = |path: &str| {
        let file = view.resolve(path, true).ok().and_then(|ino| view.get(ino)).and_then(Inode::as_file);
        file.and_then(Content::text).map(|text| text.into_owned()).unwrap_or_default()
    };
    let users = passwd::parse_passwd(&text("/etc/passwd"));
    let groups = passwd::parse_group(&text("/etc/group"));
    let spec = if spec.contains(':') || spec.parse::<u32>().is_err() {
        spec.to_owned()
    } else {
        format!("{spec}:{spec}")
    };
    passwd::resolve(&spec, &users, &groups).map_or((0, 0), |who| (who.uid, who.gid))
}

fn dressed(mut inode: Inode, look: &Look) -> Inode {
    if let Some((uid, gid)) = look.owner {
        (inode.uid, inode.gid) = (uid, gid);
    }
    if !look.mode.is_empty() && !matches!(inode.node, Node::Symlink(_)) {
        let mode = crate::coreutils::mode::parse(&look.mode, inode.mode, inode.is_dir(), 0);
        inode.mode = mode.unwrap_or(inode.mode);
    }
    inode
}

/// The directory above a path, made where it is missing.
fn way_to(into: &mut View, path: &str, look: &Look) -> Result<(), String> {
    let mut at = String::new();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    for part in parts.iter().take(parts.len().saturating_sub(1)) {
        at = format!("{at}/{part}");
        match into.resolve(&at, true) {
            Ok(ino) if into.get(ino).is_some_and(Inode::is_dir) => {}
            Ok(_) => return Err(format!("cannot copy to non-directory: {at}")),
            Err(_) => make_dir(into, &at, Inode::dir(0o755, look.now), look)?,
        }
    }
    Ok(())
}

fn make_dir(into: &mut View, path: &str, inode: Inode, look: &Look) -> Result<(), String> {
    let inode = if look.owner.is_some() { Look::own(inode, look) } else { inode };
    let fail = |e: crate::base::Errno| format!("failed to copy files: {path}: {}", e.text().to_lowercase());
    let (dir, name) = into.parent_of(path).map_err(fail)?;
    into.create(dir, &name, inode, look.now).map_err(fail)?;
    Ok(())
}

impl Look {
    fn own(mut inode: Inode, look: &Look) -> Inode {
        if let Some((uid, gid)) = look.owner {
            (inode.uid, inode.gid) = (uid, gid);
        }
        inode
    }
}

/// Puts a file or link at a path; what is there is replaced, a directory is not.
fn put(into: &mut View, path: &str, inode: Inode, look: &Look) -> Result<(), String> {
    let fail = |e: crate::base::Errno| format!("failed to copy files: {path}: {}", e.text().to_lowercase());
    way_to(into, path, look)?;
    let path = if path.is_empty() { "/" } else { path };
    // A link in the way is followed, as the copy goes through it.
    let (dir, name) = into.parent_of(path).map_err(fail)?;
    if let Ok(old) = into.lookup(dir, &name) {
        if into.get(old).is_some_and(Inode::is_dir) {
            return Err(format!("cannot copy to existing directory: {path}"));
        }
        into.unlink(dir, &name, look.now).map_err(fail)?;
        into.release(old);
    }
    let mtime = inode.mtime;
    let ino = into.create(dir, &name, dressed(inode, look), look.now).map_err(fail)?;
    into.set_mtime(ino, mtime).map_err(fail)
}

/// Copies a tree so that `path` is what `ino` is.
fn copy_tree(
    into: &mut View,
    path: &str,
    from: &View,
    ino: Ino,
    look: &Look,
    origin: &str,
) -> Result<(), String> {
    let mut todo = vec![(path.to_owned(), ino, origin.trim_matches('/').to_owned())];
    while let Some((path, ino, seen)) = todo.pop() {
        let Some(inode) = from.get(ino) else { continue };
        if !seen.is_empty() && look.exclude.excludes(&seen) {
            continue;
        }
        let Some(dir) = inode.as_dir() else {
            if !matches!(inode.node, Node::Socket) {
                put(into, &path, fresh(inode), look)?;
            }
            continue;
        };
        if !path.is_empty() && !is_dir(into, &path) {
            way_to(into, &path, look)?;
            if into.resolve(&path, false).is_ok() {
                return Err(format!("cannot copy to non-directory: {path}"));
            }
            make_dir(into, &path, dressed(fresh(inode), look), look)?;
        }
        let child = |name: &str| if seen.is_empty() { name.to_owned() } else { format!("{seen}/{name}") };
        todo.extend(
            dir.entries.iter().rev().map(|(name, ino)| (format!("{path}/{name}"), *ino, child(name))),
        );
    }
    Ok(())
}

/// Unpacks an archive into a directory; false where it is none.
fn unpack(into: &mut View, target: &str, inode: &Inode, look: &Look) -> Result<bool, String> {
    let limits = Limits::default();
    let Some(content) = inode.as_file().filter(|c| !c.is_empty() && c.len() <= limits.bytes) else {
        return Ok(false);
    };
    let mut bytes: Vec<u8> = content.pieces().flat_map(|piece| piece.into_owned()).collect();
    if gzip::is_gzip(&bytes) {
        let Ok(plain) = gzip::gunzip(&bytes, limits.bytes) else { return Ok(false) };
        bytes = plain;
    }
    if let Some(how) = tar::foreign(&bytes) {
        return Err(tar::TarError::Packed(how).to_string());
    }
    // The mark of the format: `ustar` in the first header.
    if bytes.get(257..262) != Some(b"ustar".as_slice()) {
        return Ok(false);
    }
    let Ok(mut entries) = tar::read(&bytes, limits) else { return Ok(false) };
    if let Some((uid, gid)) = look.owner {
        entries.iter_mut().for_each(|entry| (entry.uid, entry.gid) = (uid, gid));
    }
    let path = if target.is_empty() { "/" } else { target };
    if !is_dir(into, path) {
        way_to(into, path, look)?;
        make_dir(into, path, Inode::dir(0o755, look.now), look)?;
    }
    let dir = into.resolve(path, true).map_err(|e| e.text().to_owned())?;
    into.unpack(dir, &entries, Overwrite::Anything, look.now).map_err(|e| e.to_string())?;
    Ok(true)
}
