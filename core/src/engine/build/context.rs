//! The client's directory as a build sees it: read from an archive, without what patterns leave out.

use super::ignore::Patterns;
use crate::base::Time;
use crate::fs::tar::{self, Limits};
use crate::fs::{Inode, Node, Overwrite, View, gzip};

/// Takes over an entry; everything in a context belongs to root.
pub fn put(view: &mut View, path: &str, inode: &Inode, now: Time) {
    let above = path.rfind('/').map_or("", |slash| &path[..slash]);
    let Ok(dir) = view.mkdir_all(&format!("/{above}"), 0o755, now) else { return };
    let name = path.rsplit('/').next().unwrap_or(path);
    let node = match &inode.node {
        Node::Dir(_) => Node::empty_dir(),
        other => other.clone(),
    };
    let copy = Inode { node, uid: 0, gid: 0, nlink: 1, ..inode.clone() };
    if let Ok(ino) = view.create(dir, name, copy, now) {
        let _a_fresh_inode_takes_it = view.set_mtime(ino, inode.mtime);
    }
}

/// Whether bytes are an archive, perhaps compressed.
pub fn is_archive(bytes: &[u8]) -> bool {
    gzip::is_gzip(bytes) || bytes.get(257..262) == Some(b"ustar".as_slice())
}

/// An archive as a context.
///
/// # Errors
/// A broken archive, or a larger one than Drydock holds.
pub fn archive(bytes: &[u8], now: Time) -> Result<View, String> {
    let limits = Limits::default();
    let plain = if gzip::is_gzip(bytes) {
        gzip::gunzip(bytes, limits.bytes).map_err(|e| e.to_string())?
    } else {
        bytes.to_vec()
    };
    let mut entries = tar::read(&plain, limits).map_err(|e| e.to_string())?;
    entries.iter_mut().for_each(|entry| (entry.uid, entry.gid) = (0, 0));
    let mut view = View::empty(now);
    view.unpack(View::ROOT, &entries, Overwrite::Anything, now).map_err(|e| e.to_string())?;
    Ok(view)
}

/// The text of a file of a context.
pub fn text_in(view: &View, path: &str) -> Option<String> {
    let ino = view.resolve(path, true).ok()?;
    let content = view.get(ino)?.as_file()?;
    Some(String::from_utf8_lossy(&content.read(0, 4 << 20)).into_owned())
}

/// The context without what patterns leave out.
pub fn filtered(view: &View, ignore: &Patterns, now: Time) -> View {
    let mut kept = View::empty(now);
    for (path, ino) in view.walk() {
        let at = path.trim_matches('/');
        if let Some(inode) = view.get(ino).filter(|_| !at.is_empty() && !ignore.excludes(at)) {
            put(&mut kept, at, inode, now);
        }
    }
    kept
}
