//! A fresh volume is filled with what the image has at its mount point.

use crate::fs::{Ino, Inode, Node, View};
use crate::kernel::FsId;
use crate::model::World;
use std::collections::BTreeMap;

/// Copies the image's content at `path` into the volume, where the volume is empty; the owner and mode of the
/// directory itself carry over in any case.
pub fn populate(world: &mut World, rootfs: FsId, path: &str, volume: FsId) {
    let now = world.now();
    let Some(source) = world.kernel.view(rootfs).cloned() else { return };
    let Ok(from) = source.resolve(path, true) else { return };
    let Some(root) = source.get(from).filter(|inode| inode.is_dir()).cloned() else { return };
    let Some(target) = world.kernel.view_mut(volume) else { return };
    if target.dir(View::ROOT).is_ok_and(|dir| dir.entries.is_empty()) {
        copy_tree(&source, from, target, View::ROOT, now);
        let _the_root_exists = target.set_mtime(View::ROOT, root.mtime);
    }
    let _the_root_exists = target.set_owner(View::ROOT, root.uid, root.gid);
    let _the_root_exists = target.set_mode(View::ROOT, root.mode);
}

/// Copies what is in one directory into another, with owners, modes, times and hard links.
fn copy_tree(source: &View, from: Ino, target: &mut View, to: Ino, now: crate::base::Time) {
    let mut copied: BTreeMap<Ino, Ino> = BTreeMap::new();
    let mut directories = Vec::new();
    let mut todo = vec![(from, to)];
    while let Some((from, to)) = todo.pop() {
        let Ok(entries) = source.read_dir(from) else { continue };
        for (name, child) in entries {
            if let Some(twin) = copied.get(&child) {
                let _the_name_is_free = target.link(to, name, *twin, now);
                continue;
            }
            let Some(inode) = source.get(child) else { continue };
            let node = if inode.is_dir() { Node::empty_dir() } else { inode.node.clone() };
            let copy = Inode::new(node, inode.mode, inode.mtime).owned_by(inode.uid, inode.gid);
            let Ok(made) = target.create(to, name, copy, now) else { continue };
            if inode.is_dir() {
                directories.push((made, inode.mtime));
                todo.push((child, made));
            } else if inode.nlink > 1 {
                copied.insert(child, made);
            }
        }
    }
    for (made, mtime) in directories {
        let _it_was_just_made = target.set_mtime(made, mtime);
    }
}
