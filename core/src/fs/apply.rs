//! Applying a layer to a tree: what unpacking an image does.

use super::layer::{Entries, Entry};
use super::{Ino, Inode, Name, View};
use crate::base::{Errno, Time};

/// Applies the entries to the view. Times of directories are those the layer gives, not the
/// moment of unpacking. An entry that cannot be applied is left out.
pub(super) fn apply(view: &mut View, entries: &Entries) {
    for (path, entry) in entries {
        // Left out: see `Chain::push`.
        let _ = match entry {
            Entry::Put(inode) => put(view, path, inode),
            Entry::Opaque(inode) => clear(view, path).and_then(|()| put(view, path, inode)),
            Entry::Whiteout => whiteout(view, path),
            Entry::Link(_) => Ok(()),
        };
    }
    for (path, entry) in entries {
        if let Entry::Link(target) = entry {
            let _ = link(view, path, target);
        }
    }
}

fn put(view: &mut View, path: &str, inode: &Inode) -> Result<(), Errno> {
    if path == "/" {
        return view.set_attributes(View::ROOT, inode);
    }
    let (dir, name) = place(view, path)?;
    if let Ok(old) = view.lookup(dir, &name) {
        if inode.is_dir() && view.inode(old)?.is_dir() {
            return view.set_attributes(old, inode);
        }
        remove(view, dir, &name)?;
    }
    let mtime = view.inode(dir)?.mtime;
    view.create(dir, &name, inode.clone(), mtime).map(drop)
}

fn link(view: &mut View, path: &str, target: &str) -> Result<(), Errno> {
    let target = view.resolve(target, false)?;
    if view.inode(target)?.is_dir() {
        return Err(Errno::EPERM);
    }
    let (dir, name) = place(view, path)?;
    match view.lookup(dir, &name) {
        Ok(old) if old == target => return Ok(()),
        Ok(_) => remove(view, dir, &name)?,
        Err(_) => {}
    }
    let mtime = view.inode(dir)?.mtime;
    view.link(dir, &name, target, mtime)
}

fn whiteout(view: &mut View, path: &str) -> Result<(), Errno> {
    let (dir, name) = view.parent_of(path)?;
    remove(view, dir, &name)
}

/// Removes everything below `path`, where that is a directory.
fn clear(view: &mut View, path: &str) -> Result<(), Errno> {
    if path == "/" {
        let names: Vec<Name> = view.read_dir(View::ROOT)?.map(|(name, _)| name.clone()).collect();
        return names.iter().try_for_each(|name| remove(view, View::ROOT, name));
    }
    match whiteout(view, path) {
        Ok(()) | Err(Errno::ENOENT) => Ok(()),
        Err(other) => Err(other),
    }
}

fn remove(view: &mut View, dir: Ino, name: &str) -> Result<(), Errno> {
    let mtime = view.inode(dir)?.mtime;
    view.remove_all(dir, name, mtime)
}

/// The directory a path goes into, made where it is missing, and the last component.
fn place(view: &mut View, path: &str) -> Result<(Ino, Name), Errno> {
    match view.parent_of(path) {
        Err(Errno::ENOENT) => {}
        found => return found,
    }
    let above = path.rfind('/').map_or("", |slash| &path[..slash]);
    let mut at = View::ROOT;
    for name in above.split('/').filter(|name| !name.is_empty()) {
        at = match view.lookup(at, name) {
            Ok(_) => view.resolve_at(at, name, true)?,
            Err(_) => {
                let mtime = view.inode(at)?.mtime;
                view.create(at, name, Inode::dir(0o755, Time(0)), mtime)?
            }
        };
    }
    view.parent_of(path)
}
