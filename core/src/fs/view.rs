//! One mounted filesystem: an immutable base and the inodes written since.

use super::{Base, Content, Dir, Ino, Inode, Name, Node};
use crate::base::{Errno, Time};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// The longest name of a directory entry in bytes.
const NAME_MAX: usize = 255;

/// A filesystem in use: the root of a container, a volume, a tmpfs or the disk of the host.
///
/// A clone is O(1). Every operation that returns an error has changed nothing. `upper` follows the
/// rule of overlayfs: whatever was written is in it together with all directories above it, and an
/// entry of a base directory that is missing in its upper copy is a whiteout. Two differences from
/// overlayfs are meant: hard links inside the base stay links when one of them is written, and a
/// directory of the base can be renamed (the kernel returns `EXDEV` and `mv` copies).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    pub(super) base: Base,
    /// What was written; `None` hides an inode of the base for good.
    pub(super) upper: imbl::OrdMap<Ino, Option<Arc<Inode>>>,
    /// Inodes without a name that somebody may still have open.
    pub(super) orphans: imbl::OrdSet<Ino>,
    pub(super) next: u64,
}

impl View {
    /// The root directory.
    pub const ROOT: Ino = Ino(1);

    /// An empty filesystem: tmpfs, volume, disk of the host. The root is `0755 root:root`.
    pub fn empty(now: Time) -> View {
        let mut view = View::on(Base::empty());
        view.upper.insert(View::ROOT, Some(Arc::new(Inode::dir(0o755, now))));
        view
    }

    /// The filesystem of `base` with nothing written yet; O(1).
    pub fn on(base: Base) -> View {
        let next = base.next();
        View { base, upper: imbl::OrdMap::new(), orphans: imbl::OrdSet::new(), next }
    }

    /// What lies under the written inodes.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The inode, also while it is an orphan. Two look-ups whatever the number of layers.
    pub fn get(&self, ino: Ino) -> Option<&Inode> {
        match self.upper.get(&ino) {
            Some(written) => written.as_deref(),
            None => self.base.get(ino).map(|inode| &**inode),
        }
    }

    /// The inode or `ENOENT`.
    pub fn inode(&self, ino: Ino) -> Result<&Inode, Errno> {
        self.get(ino).ok_or(Errno::ENOENT)
    }

    /// The directory; `ENOTDIR` where the inode is something else.
    pub fn dir(&self, ino: Ino) -> Result<&Dir, Errno> {
        self.inode(ino)?.as_dir().ok_or(Errno::ENOTDIR)
    }

    /// The bytes of a regular file; `EISDIR` for a directory, `EINVAL` for anything else.
    pub fn file(&self, ino: Ino) -> Result<&Content, Errno> {
        match &self.inode(ino)?.node {
            Node::File(content) => Ok(content),
            Node::Dir(_) => Err(Errno::EISDIR),
            _ => Err(Errno::EINVAL),
        }
    }

    /// The entry `name` of `dir`; `.` and `..` as well. Does not follow links.
    pub fn lookup(&self, dir: Ino, name: &str) -> Result<Ino, Errno> {
        let entries = self.dir(dir)?;
        match name {
            "." => Ok(dir),
            ".." => Ok(entries.parent),
            _ if name.len() > NAME_MAX => Err(Errno::ENAMETOOLONG),
            _ => entries.entries.get(name).copied().ok_or(Errno::ENOENT),
        }
    }

    /// The entries without `.` and `..`, sorted by name.
    pub fn read_dir(&self, dir: Ino) -> Result<impl Iterator<Item = (&Name, Ino)>, Errno> {
        Ok(self.dir(dir)?.entries.iter().map(|(name, ino)| (name, *ino)))
    }

    /// `st_nlink`: as overlayfs does, 1 for a directory that several layers supply.
    pub fn links(&self, ino: Ino) -> Result<u32, Errno> {
        let inode = self.inode(ino)?;
        let written = ino == View::ROOT || self.upper.contains_key(&ino);
        let copied = written && self.base.id().is_some() && self.base.get(ino).is_some();
        let merged = inode.is_dir() && inode.nlink > 0 && (copied || self.base.is_merged(ino));
        Ok(if merged { 1 } else { inode.nlink })
    }

    /// Adds `inode` as `name`; sets its link count and, for a directory, its parent. Errors:
    /// `EEXIST`, `ENOTDIR`, `ENAMETOOLONG`, `ENOENT` in a removed directory, `EINVAL` for a name
    /// that cannot be one and for a directory that comes with entries.
    pub fn create(&mut self, dir: Ino, name: &str, mut inode: Inode, now: Time) -> Result<Ino, Errno> {
        self.free_name(dir, name)?;
        inode.nlink = 1;
        inode.mode &= 0o7777;
        if let Node::Dir(new) = &mut inode.node {
            if !new.entries.is_empty() {
                return Err(Errno::EINVAL);
            }
            new.parent = dir;
            inode.nlink = 2;
        }
        let ino = Ino(self.next);
        self.next += 1;
        let deeper = i32::from(inode.is_dir());
        self.upper.insert(ino, Some(Arc::new(inode)));
        self.edit(dir, now, deeper, |entries| {
            entries.insert(name.into(), ino);
        });
        Ok(ino)
    }

    /// Gives `target` one more name. Errors: those of [`View::create`], `EPERM` for a directory,
    /// `ENOENT` for an orphan.
    pub fn link(&mut self, dir: Ino, name: &str, target: Ino, now: Time) -> Result<(), Errno> {
        self.free_name(dir, name)?;
        let inode = self.inode(target)?;
        if inode.is_dir() {
            return Err(Errno::EPERM);
        }
        if inode.nlink == 0 {
            return Err(Errno::ENOENT);
        }
        self.change(target, |inode| inode.nlink = inode.nlink.saturating_add(1))?;
        self.edit(dir, now, 0, |entries| {
            entries.insert(name.into(), target);
        });
        Ok(())
    }

    /// Takes away the name of something that is no directory (`EISDIR`). With its last name the
    /// inode becomes an orphan until [`View::release`].
    pub fn unlink(&mut self, dir: Ino, name: &str, now: Time) -> Result<(), Errno> {
        let ino = self.lookup(dir, name)?;
        if self.inode(ino)?.is_dir() {
            return Err(Errno::EISDIR);
        }
        self.detach(dir, name, ino, now);
        Ok(())
    }

    /// Removes an empty directory, which becomes an orphan until [`View::release`]. Errors:
    /// `ENOTDIR`, `ENOTEMPTY` (for `..` as well), `EINVAL` for `.`.
    pub fn rmdir(&mut self, dir: Ino, name: &str, now: Time) -> Result<(), Errno> {
        let ino = self.lookup(dir, name)?;
        match name {
            "." => return Err(Errno::EINVAL),
            ".." => return Err(Errno::ENOTEMPTY),
            _ => {}
        }
        if !self.dir(ino)?.entries.is_empty() {
            return Err(Errno::ENOTEMPTY);
        }
        self.detach(dir, name, ino, now);
        Ok(())
    }

    /// Moves a name, replacing a file by a non-directory or an empty directory by a directory.
    /// Errors: `ENOENT`, `EISDIR`, `ENOTDIR`, `ENOTEMPTY`, `EINVAL` into its own subtree, `EBUSY`
    /// for `.` and `..`.
    pub fn rename(
        &mut self,
        dir: Ino,
        name: &str,
        new_dir: Ino,
        new_name: &str,
        now: Time,
    ) -> Result<(), Errno> {
        let ino = self.lookup(dir, name)?;
        self.dir(new_dir)?;
        if [name, new_name].iter().any(|n| matches!(*n, "." | "..")) {
            return Err(Errno::EBUSY);
        }
        let is_dir = self.inode(ino)?.is_dir();
        if is_dir && self.is_within(new_dir, ino) {
            return Err(Errno::EINVAL);
        }
        let replaced = match self.free_name(new_dir, new_name) {
            Ok(()) => None,
            Err(Errno::EEXIST) => Some(self.lookup(new_dir, new_name)?),
            Err(other) => return Err(other),
        };
        if let Some(old) = replaced {
            if old == ino {
                return Ok(());
            }
            match (is_dir, self.inode(old)?.as_dir()) {
                (true, None) => return Err(Errno::ENOTDIR),
                (false, Some(_)) => return Err(Errno::EISDIR),
                (true, Some(target)) if !target.entries.is_empty() => return Err(Errno::ENOTEMPTY),
                _ => self.detach(new_dir, new_name, old, now),
            }
        }
        self.lift_links(ino);
        let deeper = i32::from(is_dir);
        self.edit(dir, now, -deeper, |entries| {
            entries.remove(name);
        });
        self.edit(new_dir, now, deeper, |entries| {
            entries.insert(new_name.into(), ino);
        });
        if is_dir && dir != new_dir {
            self.change(ino, |inode| {
                if let Node::Dir(moved) = &mut inode.node {
                    moved.parent = new_dir;
                }
            })?;
        }
        Ok(())
    }

    /// What an open for writing does: the inode and the directories above it appear in the upper
    /// part, unchanged.
    pub fn copy_up(&mut self, dir: Ino, ino: Ino) {
        self.lift(dir);
        self.lift(ino);
    }

    /// Bytes of a regular file, at most `max` and 16 MiB; empty at the end.
    pub fn read(&self, ino: Ino, offset: u64, max: usize) -> Result<Cow<'_, [u8]>, Errno> {
        Ok(self.file(ino)?.read(offset, max))
    }

    /// Writes all of `data` into a regular file; `EFBIG` beyond the largest file size.
    pub fn write(&mut self, ino: Ino, offset: u64, data: &[u8], now: Time) -> Result<(), Errno> {
        self.file(ino)?;
        match offset.checked_add(data.len() as u64) {
            Some(end) if end <= Content::MAX_LEN => {}
            _ => return Err(Errno::EFBIG),
        }
        self.change_file(ino, now, |content| content.write(offset, data))
    }

    /// Writes all of `data` at the end of a regular file.
    pub fn append(&mut self, ino: Ino, data: &[u8], now: Time) -> Result<(), Errno> {
        let end = self.file(ino)?.len();
        self.write(ino, end, data, now)
    }

    /// Cuts a regular file or extends it with a hole; `EFBIG` beyond the largest file size.
    pub fn truncate(&mut self, ino: Ino, len: u64, now: Time) -> Result<(), Errno> {
        self.file(ino)?;
        if len > Content::MAX_LEN {
            return Err(Errno::EFBIG);
        }
        self.change_file(ino, now, |content| content.truncate(len))
    }

    /// Gives a regular file other bytes, shared with where they come from.
    pub fn set_content(&mut self, ino: Ino, bytes: Content, now: Time) -> Result<(), Errno> {
        self.file(ino)?;
        self.change_file(ino, now, |content| *content = bytes)
    }

    /// Sets the permission bits.
    pub fn set_mode(&mut self, ino: Ino, mode: u32) -> Result<(), Errno> {
        self.change(ino, |inode| inode.mode = mode & 0o7777)
    }

    /// Sets owner and group.
    pub fn set_owner(&mut self, ino: Ino, uid: u32, gid: u32) -> Result<(), Errno> {
        self.change(ino, |inode| (inode.uid, inode.gid) = (uid, gid))
    }

    /// Sets when the data last changed.
    pub fn set_mtime(&mut self, ino: Ino, mtime: Time) -> Result<(), Errno> {
        self.change(ino, |inode| inode.mtime = mtime)
    }

    /// Inodes that have lost their last name and were not released, ascending.
    pub fn orphans(&self) -> impl Iterator<Item = Ino> {
        self.orphans.iter().copied()
    }

    /// Frees an orphan; call when nothing has it open. An inode with a name stays.
    pub fn release(&mut self, ino: Ino) {
        if self.orphans.remove(&ino).is_some() {
            if self.base.get(ino).is_some() {
                self.upper.insert(ino, None);
            } else {
                self.upper.remove(&ino);
            }
        }
    }

    /// Whether `dir` is `above` or lies below it.
    pub fn is_within(&self, dir: Ino, above: Ino) -> bool {
        let mut at = dir;
        loop {
            if at == above {
                return true;
            }
            match self.dir(at) {
                Ok(d) if d.parent != at => at = d.parent,
                _ => return false,
            }
        }
    }

    /// `Ok` where `name` can be added to `dir`.
    fn free_name(&self, dir: Ino, name: &str) -> Result<(), Errno> {
        let inode = self.inode(dir)?;
        let entries = &inode.as_dir().ok_or(Errno::ENOTDIR)?.entries;
        match name {
            "" => Err(Errno::ENOENT),
            "." | ".." => Err(Errno::EEXIST),
            _ if name.len() > NAME_MAX => Err(Errno::ENAMETOOLONG),
            _ if name.contains(['/', '\0']) => Err(Errno::EINVAL),
            _ if inode.nlink == 0 => Err(Errno::ENOENT),
            _ if entries.contains_key(name) => Err(Errno::EEXIST),
            _ => Ok(()),
        }
    }

    /// Copies an inode of the base to the upper part with every directory that leads to it.
    fn lift(&mut self, ino: Ino) {
        let mut todo = vec![ino];
        while let Some(ino) = todo.pop() {
            if self.upper.contains_key(&ino) {
                continue;
            }
            let Some(inode) = self.base.get(ino).cloned() else { continue };
            match inode.as_dir() {
                Some(dir) => todo.push(dir.parent),
                None => todo.extend(self.base.holders(ino)),
            }
            self.upper.insert(ino, Some(inode));
        }
    }

    /// Lifts what has several names at or below `ino`: a walk of the upper part then meets all of
    /// them, whichever of them moves.
    fn lift_links(&mut self, ino: Ino) {
        let mut todo = vec![ino];
        while let Some(ino) = todo.pop() {
            match self.get(ino) {
                Some(Inode { node: Node::Dir(dir), .. }) => todo.extend(dir.entries.values()),
                Some(inode) if inode.nlink > 1 => self.lift(ino),
                _ => {}
            }
        }
    }

    fn change(&mut self, ino: Ino, f: impl FnOnce(&mut Inode)) -> Result<(), Errno> {
        self.lift(ino);
        let inode = self.upper.get_mut(&ino).and_then(Option::as_mut).ok_or(Errno::ENOENT)?;
        f(Arc::make_mut(inode));
        Ok(())
    }

    /// Gives a file another content and attributes; its names stay.
    pub(super) fn put(&mut self, ino: Ino, new: Inode) -> Result<(), Errno> {
        self.change(ino, |inode| *inode = Inode { nlink: inode.nlink, ..new })
    }

    /// Takes over mode, owner and time.
    pub(super) fn set_attributes(&mut self, ino: Ino, from: &Inode) -> Result<(), Errno> {
        self.change(ino, |inode| {
            (inode.mode, inode.uid, inode.gid, inode.mtime) = (from.mode, from.uid, from.gid, from.mtime);
        })
    }

    fn change_file(&mut self, ino: Ino, now: Time, f: impl FnOnce(&mut Content)) -> Result<(), Errno> {
        self.change(ino, |inode| {
            if let Node::File(content) = &mut inode.node {
                f(content);
                inode.mtime = now;
            }
        })
    }

    /// Changes the entries of a directory that is known to be one.
    fn edit(&mut self, dir: Ino, now: Time, links: i32, f: impl FnOnce(&mut imbl::OrdMap<Name, Ino>)) {
        let _ = self.change(dir, |inode| {
            if let Node::Dir(d) = &mut inode.node {
                f(&mut d.entries);
                inode.mtime = now;
                inode.nlink = inode.nlink.saturating_add_signed(links);
            }
        });
    }

    /// Removes the entry `name`, which leads to `ino`, from `dir`.
    fn detach(&mut self, dir: Ino, name: &str, ino: Ino, now: Time) {
        let is_dir = self.get(ino).is_some_and(Inode::is_dir);
        self.edit(dir, now, -i32::from(is_dir), |entries| {
            entries.remove(name);
        });
        let _ =
            self.change(ino, |inode| inode.nlink = if is_dir { 0 } else { inode.nlink.saturating_sub(1) });
        if self.get(ino).is_some_and(|inode| inode.nlink == 0) {
            self.orphans.insert(ino);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::{ChangeKind, fixture};

    const T: Time = Time(1_700_000_000_000_000_000);

    fn base(text: &str) -> Base {
        Base::empty().push(Arc::new(fixture::parse(text, Time(0)).unwrap()))
    }

    fn diff(view: &View) -> Vec<String> {
        view.changes().iter().map(|change| format!("{} {}", change.kind.letter(), change.path)).collect()
    }

    #[test]
    fn errors_are_those_of_linux() {
        let mut view = View::on(base("file /d/f\ndir /e\nlink /loop -> loop\nlink /up -> d/../d"));
        let root = View::ROOT;
        let d = view.resolve("/up/", false).unwrap();
        let f = view.resolve("d//./f", true).unwrap();
        assert_eq!(view.resolve("/loop", true), Err(Errno::ELOOP));
        assert_eq!(view.resolve("/d/f/", true), Err(Errno::ENOTDIR));
        assert_eq!(view.resolve("", true), Err(Errno::ENOENT));
        assert_eq!(view.resolve(&"/d".repeat(3000), true), Err(Errno::ENAMETOOLONG));
        assert_eq!(view.resolve("../../d/..", true), Ok(root));
        assert_eq!(view.lookup(root, &"x".repeat(256)), Err(Errno::ENAMETOOLONG));
        assert_eq!(view.create(root, "d", Inode::dir(0, T), T), Err(Errno::EEXIST));
        assert_eq!(view.create(f, "x", Inode::dir(0, T), T), Err(Errno::ENOTDIR));
        assert_eq!(view.link(root, "x", d, T), Err(Errno::EPERM));
        assert_eq!(view.unlink(root, "d", T), Err(Errno::EISDIR));
        assert_eq!(view.rmdir(root, "d", T), Err(Errno::ENOTEMPTY));
        assert_eq!(view.rmdir(d, "f", T), Err(Errno::ENOTDIR));
        assert_eq!(view.rename(root, "d", d, "x", T), Err(Errno::EINVAL));
        assert_eq!(view.rename(root, "e", root, "d", T), Err(Errno::ENOTEMPTY));
        assert_eq!(view.rename(d, "f", root, "e", T), Err(Errno::EISDIR));
        assert_eq!(view.rename(root, "e", d, "f", T), Err(Errno::ENOTDIR));
        assert_eq!(view.rename(root, ".", root, "x", T), Err(Errno::EBUSY));
        assert_eq!(view.write(f, u64::MAX, b"x", T), Err(Errno::EFBIG));
        assert_eq!(view.write(d, 0, b"x", T), Err(Errno::EISDIR));
        assert_eq!(view.write_file("/d/f/x/y", "", 0o644, T), Err(Errno::ENOTDIR));
        assert_eq!(view, View::on(view.base().clone()));
    }

    #[test]
    fn an_open_file_outlives_its_name() {
        let mut view = View::on(base("file /log \"old\""));
        let log = view.resolve("/log", true).unwrap();
        view.unlink(View::ROOT, "log", T).unwrap();
        view.append(log, b" new", T).unwrap();
        assert_eq!(*view.read(log, 0, 99).unwrap(), *b"old new");
        assert_eq!(view.link(View::ROOT, "again", log, T), Err(Errno::ENOENT));
        assert_eq!(view.orphans().collect::<Vec<_>>(), [log]);
        assert_eq!(diff(&view), ["D /log"]);
        view.release(log);
        assert_eq!(view.get(log), None);

        let dir = view.create(View::ROOT, "gone", Inode::dir(0o755, T), T).unwrap();
        view.rmdir(View::ROOT, "gone", T).unwrap();
        assert_eq!(view.create(dir, "x", Inode::dir(0, T), T), Err(Errno::ENOENT));
        assert_eq!(view.path_of(dir), "(unreachable)");
    }

    #[test]
    fn links_in_the_base_stay_links_when_one_is_written() {
        let mut view = View::on(base("file /a/one \"x\"\nhard /b/two -> /a/one"));
        let one = view.resolve("/a/one", true).unwrap();
        view.append(one, b"y", T).unwrap();
        let two = view.resolve("/b/two", true).unwrap();
        assert_eq!(*view.read(two, 0, 9).unwrap(), *b"xy");
        assert_eq!(diff(&view), ["C /a", "C /a/one", "C /b", "C /b/two"]);
    }

    #[test]
    fn what_moved_into_a_new_directory_of_an_old_name_is_written() {
        let mut view = View::on(base("file /d/f \"x\""));
        let root = View::ROOT;
        view.rename(root, "d", root, "e", T).unwrap();
        let (old, new) = (view.lookup(root, "e").unwrap(), view.mkdir_all("/d", 0o755, T).unwrap());
        view.rename(old, "f", new, "f", T).unwrap();
        let next = View::on(view.base().push(Arc::new(view.layer())));
        assert!(next.resolve("/d/f", true).is_ok(), "{:?}", view.layer_entries());
    }

    #[test]
    fn a_view_costs_what_was_written() {
        let mut chain = base("file /f \"0\"");
        for n in 1..127 {
            let mut view = View::on(chain.clone());
            view.write_file("/f", n.to_string(), 0o644, T).unwrap();
            chain = chain.push(Arc::new(view.layer()));
        }
        let view = View::on(chain.clone());
        assert!(view.upper.is_empty() && view.orphans.is_empty());
        assert!(std::mem::size_of::<View>() < 256);
        assert_eq!(view.used_bytes(), 4096);
        assert_eq!(*view.read(view.resolve("/f", true).unwrap(), 0, 9).unwrap(), *b"126");
        let found = view.provenance("/f");
        assert_eq!((found.supplier, found.shadowed.len(), found.hidden_by), (Some(126), 126, None));

        let mut big = view;
        let f = big.resolve("/f", true).unwrap();
        big.truncate(f, 1 << 40, T).unwrap();
        big.write(f, 1 << 39, b"x", T).unwrap();
        assert_eq!(big.used_bytes(), 4096 * 3);
        assert_eq!(big.changes()[0].kind, ChangeKind::Changed);
    }

    #[test]
    fn directories_of_several_layers_have_one_link_as_on_overlayfs() {
        let mut view = View::on(base("dir /d/sub\ndir /e"));
        let links = |view: &View, path: &str| view.links(view.resolve(path, true).unwrap()).unwrap();
        assert_eq!((links(&view, "/"), links(&view, "/d"), links(&view, "/e")), (1, 3, 2));
        view.write_file("/d/new", "", 0o644, T).unwrap();
        view.mkdir_all("/own/sub", 0o755, T).unwrap();
        assert_eq!((links(&view, "/"), links(&view, "/d"), links(&view, "/own")), (1, 1, 3));
        let next = View::on(view.base().push(Arc::new(view.layer())));
        assert_eq!((links(&next, "/d"), links(&next, "/e"), links(&next, "/own")), (1, 2, 3));
    }
}
