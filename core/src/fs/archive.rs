//! Trees to archive entries and back: `docker cp`, `docker export`, `ADD archive.tar`.

use super::tar::{TarEntry, TarKind};
use super::{Ino, Inode, Name, View};
use crate::base::{Errno, Time};
use std::collections::BTreeMap;
use std::fmt;

/// Why an entry of an archive could not be put into a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnpackError {
    /// The path or the target of a hard link leaves the directory; the text is that path.
    Escape(String),
    /// A directory is where the archive has something else.
    DirectoryInTheWay(String),
    /// Something else is where the archive has a directory.
    FileInTheWay(String),
    /// What the filesystem says about that path.
    Filesystem(String, Errno),
}

impl fmt::Display for UnpackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnpackError::Escape(path) => write!(f, "{path:?} is outside of the directory"),
            UnpackError::DirectoryInTheWay(path) => {
                write!(f, "cannot overwrite directory {path:?} with non-directory")
            }
            UnpackError::FileInTheWay(path) => {
                write!(f, "cannot overwrite non-directory {path:?} with directory")
            }
            UnpackError::Filesystem(path, errno) => {
                write!(f, "{path}: {}", errno.text().to_lowercase())
            }
        }
    }
}

impl std::error::Error for UnpackError {}

/// What may replace what when an archive goes into a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// Files replace directories and the other way round, as image layers do.
    Anything,
    /// Only files replace files and directories join directories, as `docker cp` does.
    SameKind,
}

impl View {
    /// The entries of the tree at `ino`, which is called `name` in the archive: a directory before
    /// what it holds, sorted. With the empty name the directory itself has no entry and the paths
    /// start with what it holds. Sockets are left out; a second name is a hard link to the first.
    pub fn pack(&self, ino: Ino, name: &str) -> Vec<TarEntry> {
        let mut found = Vec::new();
        let mut first: BTreeMap<Ino, String> = BTreeMap::new();
        let mut todo = vec![(name.to_owned(), ino)];
        while let Some((path, ino)) = todo.pop() {
            let Some(inode) = self.get(ino) else { continue };
            if let Some(dir) = inode.as_dir() {
                let child =
                    |name: &Name| if path.is_empty() { name.to_string() } else { format!("{path}/{name}") };
                todo.extend(dir.entries.iter().rev().map(|(name, ino)| (child(name), *ino)));
                if path.is_empty() {
                    continue;
                }
            }
            let Some(mut entry) = TarEntry::of(&path, inode) else { continue };
            if !inode.is_dir() && inode.nlink > 1 {
                match first.get(&ino) {
                    Some(target) => entry.kind = TarKind::Link(target.clone()),
                    None => drop(first.insert(ino, path)),
                }
            }
            found.push(entry);
        }
        found
    }

    /// Puts archive entries into the directory `dir`. Links on the way are followed, but not out of
    /// this view; missing directories are made. On an error nothing has changed.
    pub fn unpack(
        &mut self,
        dir: Ino,
        entries: &[TarEntry],
        overwrite: Overwrite,
        now: Time,
    ) -> Result<(), UnpackError> {
        let before = self.clone();
        let done = self.unpack_entries(dir, entries, overwrite, now);
        if done.is_err() {
            *self = before;
        }
        done
    }

    fn unpack_entries(
        &mut self,
        dir: Ino,
        entries: &[TarEntry],
        overwrite: Overwrite,
        now: Time,
    ) -> Result<(), UnpackError> {
        let mut directories = Vec::new();
        for entry in entries {
            let path = relative(&entry.path)?;
            let failed = |errno| UnpackError::Filesystem(entry.path.clone(), errno);
            let (above, name) = path.rsplit_once('/').unwrap_or(("", &path));
            let holder = self.make_way(dir, above, now).map_err(failed)?;
            let old = if name.is_empty() { Some(dir) } else { self.lookup(holder, name).ok() };
            let is_dir = entry.kind == TarKind::Dir;
            if let Some(old) = old {
                // A directory goes through a link to one.
                let through = if is_dir { self.resolve_at(holder, name, true).unwrap_or(old) } else { old };
                let was_dir = self.inode(through).is_ok_and(Inode::is_dir);
                if is_dir && was_dir {
                    directories.push((through, entry));
                    continue;
                }
                if was_dir && overwrite == Overwrite::SameKind {
                    return Err(UnpackError::DirectoryInTheWay(entry.path.clone()));
                }
                if is_dir && overwrite == Overwrite::SameKind {
                    return Err(UnpackError::FileInTheWay(entry.path.clone()));
                }
            }
            if let TarKind::Link(target) = &entry.kind {
                let target = self.resolve_at(dir, &relative(target)?, false).map_err(failed)?;
                if old != Some(target) {
                    self.clear_name(holder, name, old, now).map_err(failed)?;
                    self.link(holder, name, target, now).map_err(failed)?;
                }
                continue;
            }
            self.clear_name(holder, name, old, now).map_err(failed)?;
            let made = self.create(holder, name, entry.clone().into_inode(), now).map_err(failed)?;
            if is_dir {
                directories.push((made, entry));
            }
        }
        // Times of directories come last: what was put into them has changed them.
        for (ino, entry) in directories {
            let failed = |errno| UnpackError::Filesystem(entry.path.clone(), errno);
            self.set_attributes(ino, &entry.clone().into_inode()).map_err(failed)?;
        }
        Ok(())
    }

    fn clear_name(&mut self, dir: Ino, name: &str, old: Option<Ino>, now: Time) -> Result<(), Errno> {
        if old.is_some() { self.remove_all(dir, name, now) } else { Ok(()) }
    }

    /// The directory `path` below `dir`, made where it is missing.
    fn make_way(&mut self, dir: Ino, path: &str, now: Time) -> Result<Ino, Errno> {
        let mut at = dir;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            at = match self.lookup(at, name) {
                Ok(_) => self.resolve_at(at, name, true)?,
                Err(Errno::ENOENT) => self.create(at, name, Inode::dir(0o755, now), now)?,
                Err(other) => return Err(other),
            };
        }
        self.dir(at)?;
        Ok(at)
    }
}

/// The clean path without a slash in front; empty for the directory itself.
fn relative(path: &str) -> Result<String, UnpackError> {
    let inside = super::tar::inside_root(path).ok_or_else(|| UnpackError::Escape(path.to_owned()))?;
    Ok(inside.trim_start_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::fixture;
    use std::sync::Arc;

    const NOW: Time = Time(9_000_000_000);

    fn view(text: &str) -> View {
        View::on(crate::fs::Chain::empty().push(Arc::new(fixture::parse(text, Time(0)).unwrap())))
    }

    fn at(view: &View, path: &str) -> Ino {
        view.resolve(path, true).unwrap()
    }

    #[test]
    fn a_packed_tree_unpacks_to_the_same() {
        let from =
            view("dir /d 0700 1:2 @5\nfile /d/a 0640 3:4 @6 \"x\"\nhard /d/s/b -> /d/a\nlink /d/l -> a");
        let entries = from.pack(at(&from, "/d"), "new");
        let names: Vec<_> = entries.iter().map(|e| e.path.as_str()).collect();
        assert_eq!(names, ["new", "new/a", "new/l", "new/s", "new/s/b"]);
        let mut to = view("dir /to/new 0755\nlink /way -> to");
        let way = at(&to, "/way");
        to.unpack(way, &entries, Overwrite::SameKind, NOW).unwrap();
        assert_eq!(to.pack(at(&to, "/to/new"), "new"), entries);
        assert_eq!(at(&to, "/to/new/a"), at(&to, "/to/new/s/b"));
    }

    #[test]
    fn what_is_in_the_way_stays() {
        let mut to = view("dir /d/x\nfile /f\nlink /abs -> /d");
        let file = |path: &str| TarEntry::empty(path);
        let dir = |path: &str| TarEntry { kind: TarKind::Dir, mode: 0o755, ..file(path) };
        let mut unpack = |entries: &[TarEntry]| {
            let before = to.clone();
            let done = to.unpack(View::ROOT, entries, Overwrite::SameKind, NOW);
            assert!(done.is_ok() || to == before);
            done.map_err(|error| error.to_string())
        };
        assert_eq!(
            unpack(&[file("new"), file("../out")]),
            Err("\"../out\" is outside of the directory".into())
        );
        assert_eq!(unpack(&[file("d")]), Err("cannot overwrite directory \"d\" with non-directory".into()));
        assert_eq!(unpack(&[dir("f")]), Err("cannot overwrite non-directory \"f\" with directory".into()));
        assert_eq!(unpack(&[file("f/x")]), Err("f/x: not a directory".into()));
        assert_eq!(unpack(&[dir("./"), dir("abs"), file("abs/y")]), Ok(()));
        assert!(to.resolve("/d/y", false).is_ok());
        assert!(to.unpack(View::ROOT, &[file("d")], Overwrite::Anything, NOW).is_ok());
        assert!(!to.inode(at(&to, "/d")).unwrap().is_dir());
    }
}
