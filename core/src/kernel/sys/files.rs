//! Files by path.

use super::{Read, Sys};
use crate::base::{Errno, Time};
use crate::fs::{Content, Inode, Node};
use crate::kernel::{
    Access, FsId, MAX_WHOLE, Object, OpenFlags, PipeId, Place, Resolved, Target, generated, may,
};

/// What `stat` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// The inode's number.
    pub ino: u64,
    /// The filesystem; `None` for /proc and /sys.
    pub fs: Option<FsId>,
    /// The kind of file, as the character `ls -l` prints: `-`, `d`, `l`, `c`, `b`, `p`, `s`.
    pub kind: char,
    /// Permission bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Size in bytes; of a link, the length of its text.
    pub size: u64,
    /// When it was last changed.
    pub mtime: Time,
    /// How many names it has.
    pub nlink: u32,
    /// Major and minor number of a device.
    pub device: (u32, u32),
}

impl Stat {
    /// Type and permissions as `st_mode` has them.
    pub fn st_mode(&self) -> u32 {
        let kind = match self.kind {
            'd' => 0o040_000,
            'l' => 0o120_000,
            'c' => 0o020_000,
            'b' => 0o060_000,
            'p' => 0o010_000,
            's' => 0o140_000,
            _ => 0o100_000,
        };
        kind | self.mode
    }

    /// True for a directory.
    pub fn is_dir(&self) -> bool {
        self.kind == 'd'
    }

    /// True for a regular file.
    pub fn is_file(&self) -> bool {
        self.kind == '-'
    }

    /// True for a symbolic link.
    pub fn is_link(&self) -> bool {
        self.kind == 'l'
    }

    fn of(place: Place, inode: &Inode) -> Self {
        let (kind, size, device) = match &inode.node {
            Node::File(content) => ('-', content.len(), (0, 0)),
            Node::Dir(_) => ('d', 4096, (0, 0)),
            Node::Symlink(text) => ('l', text.len() as u64, (0, 0)),
            Node::CharDevice { major, minor } => ('c', 0, (*major, *minor)),
            Node::BlockDevice { major, minor } => ('b', 0, (*major, *minor)),
            Node::Fifo => ('p', 0, (0, 0)),
            Node::Socket => ('s', 0, (0, 0)),
        };
        Self {
            ino: place.ino.0,
            fs: Some(place.fs),
            kind,
            mode: inode.mode,
            uid: inode.uid,
            gid: inode.gid,
            size,
            mtime: inode.mtime,
            nlink: inode.nlink,
            device,
        }
    }
}

impl Sys<'_> {
    /// Resolves a path from this process's working directory.
    ///
    /// # Errors
    /// As [`crate::kernel::Kernel::resolve`].
    pub fn resolve(&self, path: &str, follow_last: bool) -> Result<Resolved, Errno> {
        self.kernel().resolve(self.viewer()?, path, follow_last)
    }

    /// The absolute path without links; every part must exist.
    ///
    /// # Errors
    /// As path resolution; `ENOENT` where the last part is missing.
    pub fn realpath(&self, path: &str) -> Result<String, Errno> {
        let resolved = self.resolve(path, true)?;
        if resolved.target.is_some() { Ok(resolved.path) } else { Err(Errno::ENOENT) }
    }

    /// `stat`, following links.
    ///
    /// # Errors
    /// As path resolution.
    pub fn stat(&self, path: &str) -> Result<Stat, Errno> {
        self.stat_resolved(&self.resolve(path, true)?)
    }

    /// `stat` of a link itself.
    ///
    /// # Errors
    /// As path resolution.
    pub fn lstat(&self, path: &str) -> Result<Stat, Errno> {
        self.stat_resolved(&self.resolve(path, false)?)
    }

    fn stat_resolved(&self, resolved: &Resolved) -> Result<Stat, Errno> {
        match resolved.target.as_ref().ok_or(Errno::ENOENT)? {
            Target::Disk(place) => {
                let inode = self.kernel().inode(*place).ok_or(Errno::ENOENT)?;
                Ok(Stat::of(*place, inode))
            }
            Target::Generated(path) => {
                let entry = generated::entry(self.kernel(), self.viewer()?, path).ok_or(Errno::ENOENT)?;
                let (kind, mode) = match entry {
                    generated::Entry::Dir(_) => ('d', 0o555),
                    generated::Entry::File(_) => ('-', 0o444),
                    generated::Entry::Link(_) => ('l', 0o777),
                };
                let mtime = self.kernel().boot;
                Ok(Stat {
                    ino: 1,
                    fs: None,
                    kind,
                    mode,
                    uid: 0,
                    gid: 0,
                    size: 0,
                    mtime,
                    nlink: 1,
                    device: (0, 0),
                })
            }
        }
    }

    /// True where the process may do this to the file (a write to a read-only mount it may not).
    pub fn access(&self, path: &str, access: Access) -> bool {
        let Ok(resolved) = self.resolve(path, true) else { return false };
        match (&resolved.target, self.me()) {
            (Some(Target::Disk(place)), Ok(me)) => {
                let Some(inode) = self.kernel().inode(*place) else { return false };
                may(inode, &me.cred, access) && !(access == Access::Write && resolved.read_only)
            }
            (Some(Target::Generated(_)), Ok(me)) => access == Access::Read || me.cred.uid == 0,
            _ => false,
        }
    }

    fn check(&self, place: Place, access: Access) -> Result<(), Errno> {
        let inode = self.kernel().inode(place).ok_or(Errno::ENOENT)?;
        if may(inode, &self.me()?.cred, access) { Ok(()) } else { Err(Errno::EACCES) }
    }

    /// The directory and name for a change of a directory's entries, checked for permission.
    fn entry_of(&self, resolved: &Resolved) -> Result<(Place, String), Errno> {
        let Some((dir, name)) = resolved.parent.clone() else {
            return Err(match resolved.target {
                Some(_) => Errno::EBUSY,
                // Nothing can be made in /proc; /sys is mounted for reading.
                None if resolved.path.starts_with("/proc") => Errno::ENOENT,
                None => Errno::EROFS,
            });
        };
        if resolved.read_only {
            return Err(Errno::EROFS);
        }
        self.check(dir, Access::Write)?;
        Ok((dir, name))
    }

    /// Opens a file.
    ///
    /// # Errors
    /// `ENOENT`, `EACCES`, `EISDIR`, `EEXIST`, `EROFS` and those of path resolution.
    pub fn open(&mut self, path: &str, flags: OpenFlags, mode: u32) -> Result<i32, Errno> {
        let resolved = self.resolve(path, true)?;
        let desc = match resolved.target.clone() {
            Some(_) if flags.create && flags.exclusive => return Err(Errno::EEXIST),
            Some(Target::Generated(at)) => return self.open_generated(&at, flags),
            Some(Target::Disk(place)) => {
                if flags.read {
                    self.check(place, Access::Read)?;
                }
                if flags.write {
                    self.check(place, Access::Write)?;
                    let device = matches!(
                        self.kernel().inode(place).map(|i| &i.node),
                        Some(Node::CharDevice { .. } | Node::BlockDevice { .. })
                    );
                    if resolved.read_only && !device {
                        return Err(Errno::EROFS);
                    }
                }
                if let Some(tty) = self.terminal_at(place) {
                    self.kernel_mut().describe(Object::Tty(tty), OpenFlags::BOTH, resolved.path)
                } else {
                    self.kernel_mut().open_place(place, flags, resolved.path)?
                }
            }
            None if flags.create => {
                let place = self.make(&resolved, Node::File(Content::default()), mode)?;
                self.kernel_mut().open_place(place, flags, resolved.path)?
            }
            None => return Err(Errno::ENOENT),
        };
        let pid = self.pid;
        self.kernel_mut().install(pid, desc, 3)
    }

    /// `/dev/tty` and `/dev/console` are the namespace's terminal.
    fn terminal_at(&self, place: Place) -> Option<crate::kernel::TtyId> {
        match self.kernel().inode(place)?.node {
            Node::CharDevice { major: 5, .. } | Node::CharDevice { major: 136, .. } => {
                self.kernel().namespace(self.me().ok()?.ns)?.tty
            }
            _ => None,
        }
    }

    /// /proc and /sys; `/proc/self/fd/N` opens what descriptor N refers to.
    fn open_generated(&mut self, path: &str, flags: OpenFlags) -> Result<i32, Errno> {
        let viewer = self.viewer()?;
        if let Some(desc) = generated::descriptor(self.kernel(), viewer, path) {
            let pid = self.pid;
            self.kernel_mut().share(desc);
            return self.kernel_mut().install(pid, desc, 3);
        }
        let data = match generated::entry(self.kernel(), viewer, path).ok_or(Errno::ENOENT)? {
            _ if flags.write && path.starts_with("/proc/sys/") => return Err(Errno::EROFS),
            _ if flags.write => return Err(Errno::EACCES),
            generated::Entry::File(data) => data,
            generated::Entry::Dir(_) => return Err(Errno::EISDIR),
            generated::Entry::Link(_) => return Err(Errno::ELOOP),
        };
        let pid = self.pid;
        let desc =
            self.kernel_mut().describe(Object::Generated(data.into()), OpenFlags::READ, path.to_string());
        self.kernel_mut().install(pid, desc, 3)
    }

    fn make(&mut self, resolved: &Resolved, node: Node, mode: u32) -> Result<Place, Errno> {
        if resolved.target.is_some() {
            return Err(Errno::EEXIST);
        }
        let (dir, name) = self.entry_of(resolved)?;
        let me = self.me()?;
        let (uid, gid, umask) = (me.cred.uid, me.cred.gid, me.umask);
        let is_link = matches!(node, Node::Symlink(_));
        let mode = if is_link { 0o777 } else { mode & !umask };
        let now = self.now();
        let inode = Inode { node, mode, uid, gid, mtime: now, nlink: 1 };
        self.kernel_mut().pay(0, 1)?;
        let view = self.kernel_mut().view_mut(dir.fs).ok_or(Errno::EIO)?;
        let ino = view.create(dir.ino, &name, inode, now)?;
        Ok(Place { fs: dir.fs, dir: dir.ino, ino })
    }

    /// The descriptor and the pipe that a path such as `/dev/fd/63` names.
    fn pipe_at(&self, path: &str) -> Option<(i32, PipeId)> {
        let fd = match path.strip_prefix("/dev/").or_else(|| path.strip_prefix("/proc/self/"))? {
            "stdin" => 0,
            name => name.strip_prefix("fd/")?.parse().ok()?,
        };
        match self.object(fd) {
            Ok(Object::PipeReader(pipe)) => Some((fd, pipe)),
            _ => None,
        }
    }

    /// A whole file.
    ///
    /// # Errors
    /// As [`Sys::open`]; `EISDIR`; `EFBIG` above 64 MiB. A pipe gives `EAGAIN` until all who write to it are done:
    /// a program that is a [`crate::kernel::Main`] is then run again, any other waits for [`Sys::awaited`].
    pub fn read_file(&mut self, path: &str) -> Result<Vec<u8>, Errno> {
        if let Some((fd, pipe)) = self.pipe_at(path) {
            let data = self.kernel_mut().gather_pipe(pipe);
            if data == Err(Errno::EAGAIN) {
                self.awaited = Some(fd);
            }
            return data;
        }
        let fd = self.open(path, OpenFlags::READ, 0)?;
        let mut data = vec![];
        let result = loop {
            match self.read(fd, usize::MAX) {
                Ok(Read::Data(more)) if data.len() + more.len() > MAX_WHOLE => break Err(Errno::EFBIG),
                Ok(Read::Data(more)) => data.extend_from_slice(&more),
                Ok(Read::End) => break Ok(data),
                Ok(Read::Wait) => break Err(Errno::EAGAIN),
                Err(e) => break Err(e),
            }
        };
        self.close(fd)?;
        result
    }

    /// Writes a whole file, making or emptying it first.
    ///
    /// # Errors
    /// As [`Sys::open`].
    pub fn write_file(&mut self, path: &str, data: &[u8], mode: u32) -> Result<(), Errno> {
        let fd = self.open(path, OpenFlags::WRITE, mode)?;
        let result = self.write_checked(fd, data);
        self.flush();
        self.close(fd)?;
        result
    }

    /// The bytes of a regular file, shared and with their holes.
    ///
    /// # Errors
    /// `EINVAL` where it is no regular file of a disk, `EACCES`, and those of path resolution.
    pub fn content(&self, path: &str) -> Result<Content, Errno> {
        match self.resolve(path, true)?.target.ok_or(Errno::ENOENT)? {
            Target::Disk(place) => {
                self.check(place, Access::Read)?;
                let inode = self.kernel().inode(place).ok_or(Errno::ENOENT)?;
                inode.as_file().cloned().ok_or(Errno::EINVAL)
            }
            Target::Generated(_) => Err(Errno::EINVAL),
        }
    }

    /// Makes `path` a regular file with these bytes, or gives the one there these bytes.
    ///
    /// # Errors
    /// As [`Sys::open`]; `EINVAL` where something else than a regular file is there; `ENOSPC` on a full
    /// filesystem, which holds what fitted.
    pub fn set_content(&mut self, path: &str, mut bytes: Content, mode: u32) -> Result<(), Errno> {
        let fd = self.open(path, OpenFlags::WRITE, mode)?;
        let object = self.object(fd);
        self.close(fd)?;
        let Object::File(place) = object? else { return Err(Errno::EINVAL) };
        let now = self.now();
        let len = usize::try_from(bytes.len()).unwrap_or(usize::MAX);
        let pid = self.pid;
        let room = self.kernel().room(place, 0, len);
        let allowed = self.kernel_mut().allowed(pid, place, 0, len)?;
        let memory = self.kernel().memory_room(pid, place);
        let fits = room.min(allowed).min(memory);
        bytes.truncate(if fits < len { fits as u64 } else { bytes.len() });
        self.kernel_mut().pay(bytes.stored(), 0)?;
        self.kernel_mut().view_mut(place.fs).ok_or(Errno::EIO)?.set_content(place.ino, bytes, now)?;
        if memory < len.min(room).min(allowed) {
            self.kill_self_out_of_memory();
            return Err(Errno::ENOMEM);
        }
        match fits == len {
            true => Ok(()),
            false if room <= allowed => Err(Errno::ENOSPC),
            false => self.kernel_mut().allowed(pid, place, fits as u64, 1).map(drop),
        }
    }

    /// The names in a directory, sorted by bytes, without `.` and `..`.
    ///
    /// # Errors
    /// `ENOTDIR`, `EACCES` and those of path resolution.
    pub fn list(&self, path: &str) -> Result<Vec<String>, Errno> {
        let resolved = self.resolve(path, true)?;
        match resolved.target.as_ref().ok_or(Errno::ENOENT)? {
            Target::Disk(place) => {
                self.check(*place, Access::Read)?;
                let view = self.kernel().view(place.fs).ok_or(Errno::EIO)?;
                Ok(view.read_dir(place.ino)?.map(|(name, _)| name.to_string()).collect())
            }
            Target::Generated(at) => match generated::entry(self.kernel(), self.viewer()?, at) {
                Some(generated::Entry::Dir(names)) => Ok(names),
                _ => Err(Errno::ENOTDIR),
            },
        }
    }

    /// Makes a directory.
    ///
    /// # Errors
    /// `EEXIST`, `EACCES`, `EROFS` and those of path resolution.
    pub fn mkdir(&mut self, path: &str, mode: u32) -> Result<(), Errno> {
        let trimmed = path.trim_end_matches('/');
        let resolved = self.resolve(if trimmed.is_empty() { path } else { trimmed }, true)?;
        self.make(&resolved, Node::empty_dir(), mode).map(|_| ())
    }

    /// Makes a symbolic link.
    ///
    /// # Errors
    /// As [`Sys::mkdir`].
    pub fn symlink(&mut self, text: &str, path: &str) -> Result<(), Errno> {
        let resolved = self.resolve(path, false)?;
        self.make(&resolved, Node::Symlink(text.into()), 0o777).map(|_| ())
    }

    /// Makes a device, a fifo or a socket.
    ///
    /// # Errors
    /// As [`Sys::mkdir`].
    pub fn mknod(&mut self, path: &str, node: Node, mode: u32) -> Result<(), Errno> {
        let resolved = self.resolve(path, false)?;
        self.make(&resolved, node, mode).map(|_| ())
    }

    /// Makes another name for a file.
    ///
    /// # Errors
    /// `EXDEV` across filesystems, `EPERM` for a directory, `EEXIST` and so on.
    pub fn link(&mut self, existing: &str, path: &str) -> Result<(), Errno> {
        let from = self.resolve(existing, false)?.place()?;
        let to = self.resolve(path, false)?;
        if to.target.is_some() {
            return Err(Errno::EEXIST);
        }
        let (dir, name) = self.entry_of(&to)?;
        if dir.fs != from.fs {
            return Err(Errno::EXDEV);
        }
        let now = self.now();
        let view = self.kernel_mut().view_mut(dir.fs).ok_or(Errno::EIO)?;
        view.copy_up(from.dir, from.ino);
        view.link(dir.ino, &name, from.ino, now)
    }

    /// The text of a symbolic link.
    ///
    /// # Errors
    /// `EINVAL` where it is none, and those of path resolution.
    pub fn readlink(&self, path: &str) -> Result<String, Errno> {
        let resolved = self.resolve(path, false)?;
        match resolved.target.as_ref().ok_or(Errno::ENOENT)? {
            Target::Disk(place) => match &self.kernel().inode(*place).ok_or(Errno::ENOENT)?.node {
                Node::Symlink(text) => Ok(text.to_string()),
                _ => Err(Errno::EINVAL),
            },
            Target::Generated(at) => match generated::entry(self.kernel(), self.viewer()?, at) {
                Some(generated::Entry::Link(text)) => Ok(text),
                _ => Err(Errno::EINVAL),
            },
        }
    }

    /// Removes a name that is not a directory's.
    ///
    /// # Errors
    /// `EISDIR`, `ENOENT`, `EACCES`, `EPERM` in a sticky directory, `EROFS`, `EBUSY` for a mount.
    pub fn unlink(&mut self, path: &str) -> Result<(), Errno> {
        let (dir, name) = self.removable(path)?;
        let now = self.now();
        self.kernel_mut().view_mut(dir.fs).ok_or(Errno::EIO)?.unlink(dir.ino, &name, now)?;
        self.kernel_mut().release_orphans(dir.fs);
        Ok(())
    }

    /// Removes an empty directory.
    ///
    /// # Errors
    /// `ENOTEMPTY`, `ENOTDIR`, `EBUSY` for a mount, and as [`Sys::unlink`].
    pub fn rmdir(&mut self, path: &str) -> Result<(), Errno> {
        let (dir, name) = self.removable(path.trim_end_matches('/'))?;
        let now = self.now();
        self.kernel_mut().view_mut(dir.fs).ok_or(Errno::EIO)?.rmdir(dir.ino, &name, now)?;
        self.kernel_mut().release_orphans(dir.fs);
        Ok(())
    }

    fn removable(&self, path: &str) -> Result<(Place, String), Errno> {
        let resolved = self.resolve(path, false)?;
        let place = resolved.place()?;
        let (dir, name) = self.entry_of(&resolved)?;
        self.check_sticky(dir, place)?;
        if place.fs != dir.fs || self.is_mount_point(dir, &name) {
            return Err(Errno::EBUSY);
        }
        Ok((dir, name))
    }

    fn is_mount_point(&self, dir: Place, name: &str) -> bool {
        let Some(ino) = self.kernel().view(dir.fs).and_then(|v| v.lookup(dir.ino, name).ok()) else {
            return false;
        };
        let Ok(me) = self.me() else { return false };
        let mounts = self.kernel().namespace(me.ns).map_or(&[][..], |ns| &ns.mounts[..]);
        mounts.iter().any(|m| m.over.is_some_and(|o| (o.fs, o.ino) == (dir.fs, ino)))
    }

    fn check_sticky(&self, dir: Place, place: Place) -> Result<(), Errno> {
        let uid = self.me()?.cred.uid;
        let owner = |p: Place| self.kernel().inode(p).map_or(0, |i| i.uid);
        let sticky = self.kernel().inode(dir).is_some_and(|i| i.mode & 0o1000 != 0);
        if sticky && uid != owner(dir) && uid != owner(place) && !self.is_capable("FOWNER") {
            Err(Errno::EPERM)
        } else {
            Ok(())
        }
    }

    /// Renames a file or directory, replacing a file or an empty directory.
    ///
    /// # Errors
    /// `EXDEV` across filesystems, `EINVAL` into its own subtree, and as [`Sys::unlink`].
    pub fn rename(&mut self, from: &str, to: &str) -> Result<(), Errno> {
        let (dir, name) = self.removable(from.trim_end_matches('/'))?;
        let target = self.resolve(to.trim_end_matches('/'), false)?;
        let (new_dir, new_name) = self.entry_of(&target)?;
        if dir.fs != new_dir.fs {
            return Err(Errno::EXDEV);
        }
        let now = self.now();
        let view = self.kernel_mut().view_mut(dir.fs).ok_or(Errno::EIO)?;
        view.rename(dir.ino, &name, new_dir.ino, &new_name, now)?;
        self.kernel_mut().release_orphans(dir.fs);
        Ok(())
    }

    /// The place of a file whose attributes are to change, copied up and writable.
    fn changeable(&mut self, path: &str, follow: bool, owner_only: bool) -> Result<Place, Errno> {
        let resolved = self.resolve(path, follow)?;
        let place = resolved.place()?;
        let me = self.me()?.cred.uid;
        let inode = self.kernel().inode(place).ok_or(Errno::ENOENT)?;
        if owner_only && me != inode.uid && !self.is_capable("FOWNER") {
            return Err(Errno::EPERM);
        }
        if resolved.read_only {
            return Err(Errno::EROFS);
        }
        self.kernel_mut().view_mut(place.fs).ok_or(Errno::EIO)?.copy_up(place.dir, place.ino);
        Ok(place)
    }

    /// Changes permission bits.
    ///
    /// # Errors
    /// `EPERM` unless owner or with `FOWNER`, `EROFS`, and those of path resolution.
    pub fn chmod(&mut self, path: &str, mode: u32) -> Result<(), Errno> {
        let place = self.changeable(path, true, true)?;
        self.kernel_mut().view_mut(place.fs).ok_or(Errno::EIO)?.set_mode(place.ino, mode & 0o7777)
    }

    /// Changes owner and group; `None` leaves one as it is. `follow` false changes a link itself.
    ///
    /// # Errors
    /// `EPERM` unless root, `EROFS`, and those of path resolution.
    pub fn chown(
        &mut self,
        path: &str,
        uid: Option<u32>,
        gid: Option<u32>,
        follow: bool,
    ) -> Result<(), Errno> {
        let place = self.changeable(path, follow, false)?;
        let me = self.me()?.cred.uid;
        let inode = self.kernel().inode(place).ok_or(Errno::ENOENT)?;
        let (uid, gid) = (uid.unwrap_or(inode.uid), gid.unwrap_or(inode.gid));
        if !self.is_capable("CHOWN") && (me != inode.uid || uid != inode.uid || me == 0) {
            return Err(Errno::EPERM);
        }
        self.kernel_mut().view_mut(place.fs).ok_or(Errno::EIO)?.set_owner(place.ino, uid, gid)
    }

    /// Changes the modification time.
    ///
    /// # Errors
    /// As [`Sys::chmod`].
    pub fn set_mtime(&mut self, path: &str, mtime: Time) -> Result<(), Errno> {
        let place = self.changeable(path, true, true)?;
        self.kernel_mut().view_mut(place.fs).ok_or(Errno::EIO)?.set_mtime(place.ino, mtime)
    }

    /// Changes a file's size.
    ///
    /// # Errors
    /// As [`Sys::open`] for writing.
    pub fn truncate(&mut self, path: &str, len: u64) -> Result<(), Errno> {
        let fd = self.open(path, OpenFlags { truncate: false, create: false, ..OpenFlags::WRITE }, 0)?;
        let object = self.object(fd)?;
        self.close(fd)?;
        let Object::File(place) = object else { return Err(Errno::EINVAL) };
        let now = self.now();
        self.kernel_mut().view_mut(place.fs).ok_or(Errno::EIO)?.truncate(place.ino, len, now)
    }
}
