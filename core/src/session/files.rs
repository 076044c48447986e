//! Files of the simulated host as the learner sees them, for editors: read, written and listed from outside, with
//! the learner's permissions and from the shell's directory.

use super::Session;
use crate::base::Errno;
use crate::fs::{Content, Inode};
use crate::kernel::{Access, Target, may};
use serde::Serialize;

/// The largest file an editor gets, in bytes.
const LARGEST: u64 = 1 << 20;

/// A name in a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct File {
    /// Its name.
    pub name: String,
    /// It is a directory.
    pub dir: bool,
    /// Its size in bytes.
    pub size: u64,
}

/// Why a file could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileError {
    /// The file system says no.
    Errno(Errno),
    /// It is no text, or too long for an editor.
    NotText,
}

impl From<Errno> for FileError {
    fn from(errno: Errno) -> Self {
        FileError::Errno(errno)
    }
}

impl std::fmt::Display for FileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FileError::Errno(errno) => write!(f, "{errno}"),
            FileError::NotText => write!(f, "not a text of at most {LARGEST} bytes"),
        }
    }
}

impl Session {
    /// The shell's working directory.
    pub fn directory(&self) -> String {
        self.world.kernel.viewer(self.shell).map_or_else(String::new, |viewer| viewer.cwd.to_string())
    }

    /// What is in a directory, sorted by name.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn list_files(&self, path: &str) -> Result<Vec<File>, Errno> {
        let kernel = &self.world.kernel;
        let viewer = kernel.viewer(self.shell).ok_or(Errno::ESRCH)?;
        let place = kernel.resolve(viewer, path, true)?.place()?;
        let view = kernel.view(place.fs).ok_or(Errno::ENOENT)?;
        if !may(view.inode(place.ino)?, viewer.cred, Access::Read) {
            return Err(Errno::EACCES);
        }
        let files = view.read_dir(place.ino)?.filter_map(|(name, ino)| {
            let inode = view.get(ino)?;
            Some(File { name: name.to_string(), dir: inode.is_dir(), size: inode.size() })
        });
        Ok(files.collect())
    }

    /// The text of a file.
    ///
    /// # Errors
    /// Those of the file system; what is no text.
    pub fn read_file(&self, path: &str) -> Result<String, FileError> {
        let kernel = &self.world.kernel;
        let viewer = kernel.viewer(self.shell).ok_or(Errno::ESRCH)?;
        let place = kernel.resolve(viewer, path, true)?.place()?;
        let view = kernel.view(place.fs).ok_or(Errno::ENOENT)?;
        if !may(view.inode(place.ino)?, viewer.cred, Access::Read) {
            return Err(Errno::EACCES.into());
        }
        let bytes = view.file(place.ino)?.bytes(LARGEST).ok_or(FileError::NotText)?;
        String::from_utf8(bytes.into_owned()).map_err(|_| FileError::NotText)
    }

    /// Writes a whole file, made anew where there is none.
    ///
    /// # Errors
    /// Those of the file system; `EFBIG` for more than an editor would get back.
    pub fn write_file(&mut self, path: &str, content: impl AsRef<[u8]>) -> Result<(), Errno> {
        let content = content.as_ref();
        if content.len() as u64 > LARGEST {
            return Err(Errno::EFBIG);
        }
        let now = self.world.now();
        let kernel = &self.world.kernel;
        let viewer = kernel.viewer(self.shell).ok_or(Errno::ESRCH)?;
        let (cred, resolved) = (viewer.cred.clone(), kernel.resolve(viewer, path, true)?);
        let allowed = |inode: Option<&Inode>| match inode {
            Some(inode) if may(inode, &cred, Access::Write) => Ok(()),
            Some(_) => Err(Errno::EACCES),
            None => Err(Errno::ENOENT),
        };
        match (resolved.target, resolved.parent) {
            (Some(Target::Generated(_)), _) => Err(Errno::EACCES),
            _ if resolved.read_only => Err(Errno::EROFS),
            (Some(Target::Disk(place)), _) => {
                allowed(kernel.inode(place))?;
                let view = self.world.kernel.view_mut(place.fs).ok_or(Errno::ENOENT)?;
                view.file(place.ino)?;
                view.copy_up(place.dir, place.ino);
                view.set_content(place.ino, Content::from(content), now)
            }
            (None, Some((dir, name))) => {
                allowed(kernel.inode(dir))?;
                let file = Inode::file(content, 0o644, now).owned_by(cred.uid, cred.gid);
                let view = self.world.kernel.view_mut(dir.fs).ok_or(Errno::ENOENT)?;
                view.create(dir.ino, &name, file, now).map(drop)
            }
            (None, None) => Err(Errno::EISDIR),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_editor_writes_the_shell_reads_and_the_other_way_round() {
        let mut session = Session::script(7);
        session.run("mkdir site && cd site && echo one > a && echo long ago > b");
        assert_eq!(session.read_file("a"), Ok("one\n".into()));
        assert_eq!(session.write_file("b", "two\n"), Ok(()));
        assert_eq!(session.write_file("../c", "three\n"), Ok(()));
        assert_eq!(session.run("cat b ../c; stat -c '%U %a' ../c").stdout, "two\nthree\nlearner 644\n");
        assert_eq!(session.list_files(".").map(|f| f.len()), Ok(2));
    }

    #[test]
    fn the_learner_is_not_root() {
        let mut session = Session::script(7);
        for path in ["/etc/passwd", "/etc/new", "/proc/version"] {
            assert_eq!(session.write_file(path, "x"), Err(Errno::EACCES), "{path}");
        }
        assert_eq!(session.write_file("/home/learner", "x"), Err(Errno::EISDIR));
        assert_eq!(session.read_file("/nowhere"), Err(Errno::ENOENT.into()));
    }
}
