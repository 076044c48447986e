//! Whole trees of directories, made and removed.

use super::Sys;
use crate::base::Errno;

impl Sys<'_> {
    /// Makes a directory and those above it that are missing.
    ///
    /// # Errors
    /// As [`Sys::mkdir`], but for what is there already.
    pub fn mkdir_all(&mut self, path: &str, mode: u32) -> Result<(), Errno> {
        let mut at = String::new();
        for (n, part) in path.split('/').enumerate() {
            at = if n == 0 { part.to_owned() } else { format!("{at}/{part}") };
            if at.is_empty() || self.stat(&at).is_ok_and(|stat| stat.is_dir()) {
                continue;
            }
            self.mkdir(&at, mode)?;
        }
        Ok(())
    }

    /// Removes a file, or a directory with everything in it. What is missing is fine.
    ///
    /// # Errors
    /// As [`Sys::unlink`] and [`Sys::rmdir`].
    pub fn remove_all(&mut self, path: &str) -> Result<(), Errno> {
        let mut stack = vec![path.to_owned()];
        while let Some(at) = stack.last().cloned() {
            let Ok(stat) = self.lstat(&at) else {
                stack.pop();
                continue;
            };
            if !stat.is_dir() {
                self.unlink(&at)?;
                stack.pop();
                continue;
            }
            let names = self.list(&at)?;
            if names.is_empty() {
                self.rmdir(&at)?;
                stack.pop();
            }
            stack.extend(names.into_iter().map(|name| format!("{at}/{name}")));
        }
        Ok(())
    }
}
