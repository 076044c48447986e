//! Paths within one view: following them, naming a directory, and what engine code and fixtures
//! need to make files by path.

use super::{Content, Ino, Inode, Name, Node, View};
use crate::base::{Errno, Time};

/// The most symbolic links one path may lead through.
pub const SYMLINKS_MAX: u32 = 40;
/// The longest path in bytes, with the byte that ends it in C.
pub const PATH_MAX: usize = 4096;

impl View {
    /// What `path` leads to, from the root; knows no mounts. Errors: `ENOENT`, `ENOTDIR`, `ELOOP`
    /// after 40 links, `ENAMETOOLONG`. A last component that is a link is followed where
    /// `follow_last` says so or a slash ends the path.
    pub fn resolve(&self, path: &str, follow_last: bool) -> Result<Ino, Errno> {
        self.resolve_at(View::ROOT, path, follow_last)
    }

    /// [`View::resolve`] with a relative path starting at `dir`.
    pub fn resolve_at(&self, dir: Ino, path: &str, follow_last: bool) -> Result<Ino, Errno> {
        if path.is_empty() {
            return Err(Errno::ENOENT);
        }
        if path.len() >= PATH_MAX {
            return Err(Errno::ENAMETOOLONG);
        }
        let must_be_dir = path.ends_with('/');
        let mut at = if path.starts_with('/') { View::ROOT } else { dir };
        let mut todo: Vec<Name> = reversed(path);
        let mut links = 0;
        while let Some(name) = todo.pop() {
            let next = self.lookup(at, &name)?;
            match &self.inode(next)?.node {
                Node::Symlink(target) if follow_last || must_be_dir || !todo.is_empty() => {
                    links += 1;
                    if links > SYMLINKS_MAX {
                        return Err(Errno::ELOOP);
                    }
                    if target.starts_with('/') {
                        at = View::ROOT;
                    }
                    todo.extend(reversed(target));
                }
                _ => at = next,
            }
        }
        if must_be_dir {
            self.dir(at)?;
        }
        Ok(at)
    }

    /// The directory that holds (or would hold) the last component of `path`, and that component.
    /// The directory is resolved, the last component is not. `EINVAL` where the path ends in `.`
    /// or `..` or is the root.
    pub fn parent_of(&self, path: &str) -> Result<(Ino, Name), Errno> {
        if path.is_empty() {
            return Err(Errno::ENOENT);
        }
        let trimmed = path.trim_end_matches('/');
        let (above, name) = match trimmed.rfind('/') {
            Some(slash) => trimmed.split_at(slash + 1),
            None => ("/", trimmed),
        };
        if matches!(name, "" | "." | "..") {
            return Err(Errno::EINVAL);
        }
        let dir = self.resolve(above, true)?;
        self.dir(dir)?;
        Ok((dir, name.into()))
    }

    /// The absolute path of a directory, found through its parents; `(unreachable)` where it was
    /// removed.
    pub fn path_of(&self, dir: Ino) -> String {
        let mut names: Vec<&Name> = Vec::new();
        let mut at = dir;
        while at != View::ROOT {
            let found = self.dir(at).ok().map(|d| d.parent).and_then(|parent| {
                let entries = &self.dir(parent).ok()?.entries;
                let (name, _) = entries.iter().find(|(_, ino)| **ino == at)?;
                Some((parent, name))
            });
            let Some((parent, name)) = found else { return "(unreachable)".to_owned() };
            names.push(name);
            at = parent;
        }
        let mut path = String::new();
        for name in names.iter().rev() {
            path.push('/');
            path.push_str(name);
        }
        if path.is_empty() { "/".to_owned() } else { path }
    }

    /// The directory `path`; makes what is missing with `mode`, owned by root. `ENOTDIR` where a
    /// component is something else.
    pub fn mkdir_all(&mut self, path: &str, mode: u32, now: Time) -> Result<Ino, Errno> {
        let before = self.clone();
        let made = self.mkdir_all_from(path, mode, now);
        if made.is_err() {
            *self = before;
        }
        made
    }

    fn mkdir_all_from(&mut self, path: &str, mode: u32, now: Time) -> Result<Ino, Errno> {
        let mut at = View::ROOT;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            at = match self.lookup(at, name) {
                Ok(_) => self.resolve_at(at, name, true)?,
                Err(Errno::ENOENT) => self.create(at, name, Inode::dir(mode, now), now)?,
                Err(other) => return Err(other),
            };
            self.dir(at)?;
        }
        Ok(at)
    }

    /// Makes or overwrites the regular file `path` with `content` and `mode`, owned by root; makes
    /// the directories above it with mode 0755. A link that leads to a file is followed.
    pub fn write_file(
        &mut self,
        path: &str,
        content: impl Into<Content>,
        mode: u32,
        now: Time,
    ) -> Result<Ino, Errno> {
        let before = self.clone();
        let written = self.write_file_at(path, content.into(), mode, now);
        if written.is_err() {
            *self = before;
        }
        written
    }

    fn write_file_at(&mut self, path: &str, content: Content, mode: u32, now: Time) -> Result<Ino, Errno> {
        match self.resolve(path, true) {
            Ok(ino) => {
                self.file(ino)?;
                self.put(ino, Inode::file(content, mode, now))?;
                Ok(ino)
            }
            Err(Errno::ENOENT) => {
                if let Some(slash) = path.trim_end_matches('/').rfind('/') {
                    self.mkdir_all_from(&path[..slash], 0o755, now)?;
                }
                let (dir, name) = self.parent_of(path)?;
                self.create(dir, &name, Inode::file(content, mode, now), now)
            }
            Err(other) => Err(other),
        }
    }

    /// Takes away the entry `name` of `dir` with all that is below it, and releases it. `ENOENT`
    /// where there is no such entry, `EINVAL` for `.` and `..`.
    pub fn remove_all(&mut self, dir: Ino, name: &str, now: Time) -> Result<(), Errno> {
        let ino = self.lookup(dir, name)?;
        if matches!(name, "." | "..") {
            return Err(Errno::EINVAL);
        }
        let mut todo = vec![(dir, Name::from(name), ino)];
        while let Some((dir, name, ino)) = todo.last().cloned() {
            match self.get(ino).and_then(Inode::as_dir).map(|d| d.entries.clone()) {
                Some(entries) if !entries.is_empty() => {
                    todo.extend(entries.into_iter().map(|(name, child)| (ino, name, child)));
                    continue;
                }
                Some(_) => self.rmdir(dir, &name, now)?,
                None => self.unlink(dir, &name, now)?,
            }
            todo.pop();
            self.release(ino);
        }
        Ok(())
    }

    /// Every path of the tree with its inode, sorted so that a directory comes before its entries;
    /// the root is `/`.
    pub fn walk(&self) -> impl Iterator<Item = (String, Ino)> {
        let mut todo = vec![(String::from("/"), View::ROOT)];
        std::iter::from_fn(move || {
            let (path, ino) = todo.pop()?;
            if let Some(dir) = self.get(ino).and_then(Inode::as_dir) {
                let prefix = path.trim_end_matches('/');
                todo.extend(
                    dir.entries.iter().rev().map(|(name, child)| (format!("{prefix}/{name}"), *child)),
                );
            }
            Some((path, ino))
        })
    }
}

/// The components of a path, last first; a slash at the end adds none.
fn reversed(path: &str) -> Vec<Name> {
    path.rsplit('/').filter(|name| !name.is_empty()).map(Name::from).collect()
}
