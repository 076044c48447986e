//! Paths to places: mounts, symbolic links and permissions, as the kernel resolves them.

use super::{Credentials, FsId, Kernel, NsId, PidNsId, generated, namespace::Source};
use crate::base::Errno;
use crate::fs::{Ino, Inode, Node};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How many symbolic links one path may cross, as on Linux.
const MAX_LINKS: u32 = 40;
/// The longest path, in bytes, as on Linux.
const MAX_PATH: usize = 4096;

/// A file on a mounted filesystem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The filesystem.
    pub fs: FsId,
    /// The directory it was reached through: what copy-up needs.
    pub dir: Ino,
    /// The file.
    pub ino: Ino,
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A file of a filesystem.
    Disk(Place),
    /// A file of /proc or /sys, by its path below `/`.
    Generated(String),
}

/// A resolved path.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The absolute path without links, `.` or `..`.
    pub path: String,
    /// What is there, or `None` where only the last name is missing.
    pub target: Option<Target>,
    /// The directory that holds (or would hold) the last name, and that name. `None` for a root.
    pub parent: Option<(Place, String)>,
    /// The mount it is on refuses writes.
    pub read_only: bool,
}

impl Resolved {
    /// The place, where the target exists on a filesystem.
    ///
    /// # Errors
    /// `ENOENT` where there is none, `EPERM` in /proc and /sys.
    pub fn place(&self) -> Result<Place, Errno> {
        match &self.target {
            Some(Target::Disk(place)) => Ok(*place),
            Some(Target::Generated(_)) => Err(Errno::EPERM),
            None => Err(Errno::ENOENT),
        }
    }
}

/// Who asks, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Viewer<'a> {
    /// The namespace whose mounts count.
    pub ns: NsId,
    /// Where relative paths begin.
    pub cwd: &'a str,
    /// Whose permissions count.
    pub cred: &'a Credentials,
    /// Whose `/proc/self` it is, as a number in its pid namespace.
    pub me: Option<(PidNsId, u32)>,
}

/// What a permission check is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading.
    Read = 4,
    /// Writing.
    Write = 2,
    /// Executing, or searching a directory.
    Execute = 1,
}

/// True where `cred` may do this to `inode`. Root, as long as it has the capabilities for that, may do all but
/// execute what nobody may.
pub fn may(inode: &Inode, cred: &Credentials, access: Access) -> bool {
    let bit = access as u32;
    let looks = access == Access::Read || (access == Access::Execute && inode.is_dir());
    if cred.is_capable("DAC_OVERRIDE") || (looks && cred.is_capable("DAC_READ_SEARCH")) {
        return access != Access::Execute || matches!(inode.node, Node::Dir(_)) || inode.mode & 0o111 != 0;
    }
    let shift = if inode.uid == cred.uid {
        6
    } else if inode.gid == cred.gid || cred.groups.contains(&inode.gid) {
        3
    } else {
        0
    };
    inode.mode >> shift & bit != 0
}

/// A directory of the walk, or where it ended.
struct Level {
    /// How much of the walk's path leads here, in bytes.
    end: usize,
    target: Target,
    read_only: bool,
}

struct Walk<'a> {
    kernel: &'a Kernel,
    viewer: Viewer<'a>,
    /// The absolute path walked so far, without links; empty at the root.
    path: String,
    levels: Vec<Level>,
    links: u32,
}

impl Kernel {
    /// Resolves `path`. Where only the last name is missing the result has no target.
    ///
    /// # Errors
    /// `ENOENT` for a missing directory on the way or an empty path, `ENOTDIR`, `EACCES`, `ELOOP`,
    /// `ENAMETOOLONG`.
    pub fn resolve(&self, viewer: Viewer<'_>, path: &str, follow_last: bool) -> Result<Resolved, Errno> {
        if path.is_empty() {
            return Err(Errno::ENOENT);
        }
        let levels = Vec::with_capacity(8);
        let mut walk = Walk { kernel: self, viewer, path: String::with_capacity(64), levels, links: 0 };
        walk.reset()?;
        if !path.starts_with('/') {
            walk.follow(viewer.cwd, true)?;
        }
        let missing = walk.follow(path, follow_last)?;
        Ok(walk.finish(missing))
    }
}

impl Walk<'_> {
    fn reset(&mut self) -> Result<(), Errno> {
        let ns = self.kernel.namespace(self.viewer.ns).ok_or(Errno::ENOENT)?;
        let root = ns.mounts.first().ok_or(Errno::ENOENT)?;
        let Source::Disk { fs, root: ino } = root.source else { return Err(Errno::ENOENT) };
        let target = Target::Disk(Place { fs, dir: ino, ino });
        self.path.clear();
        self.levels.clear();
        self.levels.push(Level { end: 0, target, read_only: root.read_only });
        Ok(())
    }

    fn push(&mut self, name: &str, target: Target, read_only: bool) {
        self.path.push('/');
        self.path.push_str(name);
        self.levels.push(Level { end: self.path.len(), target, read_only });
    }

    fn pop(&mut self) {
        self.levels.pop();
        self.path.truncate(self.levels.last().map_or(0, |level| level.end));
    }

    /// Walks `path` from where the walk stands; returns the last name if only that is missing.
    fn follow(&mut self, path: &str, follow_last: bool) -> Result<Option<String>, Errno> {
        if path.len() >= MAX_PATH {
            return Err(Errno::ENAMETOOLONG);
        }
        if path.starts_with('/') {
            self.reset()?;
        }
        let must_be_dir = path.ends_with('/') || path.ends_with("/.") || path == ".";
        let mut names = path.split('/').filter(|n| !n.is_empty() && *n != ".").peekable();
        while let Some(name) = names.next() {
            let last = names.peek().is_none();
            self.require_dir()?;
            if name == ".." {
                if self.levels.len() > 1 {
                    self.pop();
                }
                continue;
            }
            match self.child(name)? {
                None if last => return Ok(Some(name.to_string())),
                None => return Err(Errno::ENOENT),
                Some(link) => {
                    if let Some(text) = link.filter(|_| !last || follow_last || must_be_dir) {
                        self.pop();
                        if let Some(missing) = self.enter_link(&text)? {
                            return if last { Ok(Some(missing)) } else { Err(Errno::ENOENT) };
                        }
                    }
                }
            }
        }
        if must_be_dir {
            self.require_dir()?;
        }
        Ok(None)
    }

    fn enter_link(&mut self, text: &str) -> Result<Option<String>, Errno> {
        self.links += 1;
        if self.links > MAX_LINKS {
            return Err(Errno::ELOOP);
        }
        self.follow(text, true)
    }

    fn require_dir(&self) -> Result<(), Errno> {
        match self.levels.last().map(|level| &level.target) {
            Some(Target::Disk(place)) => {
                let inode = self.kernel.inode(*place).ok_or(Errno::ENOENT)?;
                if !matches!(inode.node, Node::Dir(_)) {
                    return Err(Errno::ENOTDIR);
                }
                if may(inode, self.viewer.cred, Access::Execute) { Ok(()) } else { Err(Errno::EACCES) }
            }
            Some(Target::Generated(path)) => match generated::entry(self.kernel, self.viewer, path) {
                Some(generated::Entry::Dir(_)) => Ok(()),
                _ => Err(Errno::ENOTDIR),
            },
            None => Err(Errno::ENOENT),
        }
    }

    /// Steps into `name`; `Some(Some(text))` where it is a link.
    #[allow(clippy::option_option, reason = "missing, present, and a link are three things")]
    fn child(&mut self, name: &str) -> Result<Option<Option<Arc<str>>>, Errno> {
        let Some(here) = self.levels.last() else { return Err(Errno::ENOENT) };
        let read_only = here.read_only;
        match &here.target {
            Target::Disk(dir) => {
                let Some(view) = self.kernel.view(dir.fs) else { return Err(Errno::ENOENT) };
                let ino = match view.lookup(dir.ino, name) {
                    Ok(ino) => ino,
                    Err(Errno::ENOENT) => return Ok(None),
                    Err(e) => return Err(e),
                };
                let place = Place { fs: dir.fs, dir: dir.ino, ino };
                let (target, read_only) = self.through_mount(place, read_only);
                let link = match &target {
                    Target::Disk(at) => match self.kernel.inode(*at).map(|inode| &inode.node) {
                        Some(Node::Symlink(text)) => Some(text.clone()),
                        _ => None,
                    },
                    Target::Generated(_) => None,
                };
                self.push(name, target, read_only);
                Ok(Some(link))
            }
            Target::Generated(path) => {
                let path = format!("{path}/{name}");
                let Some(entry) = generated::entry(self.kernel, self.viewer, &path) else { return Ok(None) };
                let link = match entry {
                    generated::Entry::Link(text) => Some(Arc::from(text)),
                    _ => None,
                };
                self.push(name, Target::Generated(path), true);
                Ok(Some(link))
            }
        }
    }

    fn through_mount(&self, place: Place, read_only: bool) -> (Target, bool) {
        let mounts = self.kernel.namespace(self.viewer.ns).map_or(&[][..], |ns| &ns.mounts[..]);
        let covers = |over: Option<Place>| over.is_some_and(|o| (o.fs, o.ino) == (place.fs, place.ino));
        match mounts.iter().rev().find(|mount| covers(mount.over)) {
            None => (Target::Disk(place), read_only),
            Some(mount) => match mount.source {
                Source::Disk { fs, root } => {
                    (Target::Disk(Place { fs, dir: root, ino: root }), mount.read_only)
                }
                Source::Proc => (Target::Generated("/proc".to_string()), true),
                Source::Sys => (Target::Generated("/sys".to_string()), true),
            },
        }
    }

    fn finish(mut self, missing: Option<String>) -> Resolved {
        let Some(level) = self.levels.pop() else {
            return Resolved { path: "/".into(), target: None, parent: None, read_only: true };
        };
        let below = |target: &Target, name: String| match target {
            Target::Disk(dir) => Some((*dir, name)),
            Target::Generated(_) => None,
        };
        if let Some(name) = missing {
            self.path.push('/');
            self.path.push_str(&name);
            let parent = below(&level.target, name);
            return Resolved { path: self.path, target: None, parent, read_only: level.read_only };
        }
        let parent = self.levels.last().and_then(|above| {
            let name = self.path.get(above.end + 1..).unwrap_or_default();
            below(&above.target, name.to_string())
        });
        if self.path.is_empty() {
            self.path.push('/');
        }
        Resolved { path: self.path, target: Some(level.target), parent, read_only: level.read_only }
    }
}
