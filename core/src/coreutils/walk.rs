//! Paths and trees: joining names, and a list of everything below a directory, made without recursion.

use crate::base::Errno;
use crate::kernel::{Flavor, Stat, Sys};

/// How many entries a walk that follows links may find; loops of links have no end.
const MAX_FOLLOWED: usize = 100_000;

/// A file that a walk came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The root as it was given, and the names below it.
    pub path: String,
    /// What it is.
    pub stat: Stat,
    /// 0 for the root.
    pub depth: usize,
    /// Why the directory could not be listed.
    pub error: Option<Errno>,
}

/// Everything from `root` on, each directory before what it holds, names sorted by bytes. `follow` says
/// whether links stand for what they point to.
///
/// # Errors
/// Those of looking at the root.
pub fn tree(sys: &Sys<'_>, root: &str, follow: bool) -> Result<Vec<Entry>, Errno> {
    let look =
        |path: &str| if follow { sys.stat(path).or_else(|_| sys.lstat(path)) } else { sys.lstat(path) };
    let mut found = vec![];
    let mut ahead = vec![Entry { path: root.to_string(), stat: look(root)?, depth: 0, error: None }];
    while let Some(mut entry) = ahead.pop() {
        if entry.stat.is_dir() {
            match sys.list(&entry.path) {
                _ if follow && found.len() > MAX_FOLLOWED => entry.error = Some(Errno::ELOOP),
                Err(error) => entry.error = Some(error),
                Ok(names) => {
                    for name in names.iter().rev() {
                        let path = join(&entry.path, name);
                        if let Ok(stat) = look(&path) {
                            ahead.push(Entry { path, stat, depth: entry.depth + 1, error: None });
                        }
                    }
                }
            }
        }
        found.push(entry);
    }
    Ok(found)
}

/// The positions of a walk's entries in the order that has each directory after what it holds.
pub fn bottom_up(entries: &[Entry]) -> Vec<usize> {
    let (mut order, mut open) = (vec![], Vec::<usize>::new());
    for (i, entry) in entries.iter().enumerate() {
        while let Some(last) = open.pop_if(|last| entries[*last].depth >= entry.depth) {
            order.push(last);
        }
        open.push(i);
    }
    order.extend(open.into_iter().rev());
    order
}

/// A name in a directory.
pub fn join(dir: &str, name: &str) -> String {
    if dir.ends_with('/') { format!("{dir}{name}") } else { format!("{dir}/{name}") }
}

/// The last name of a path, without slashes at its end; `/` of the root.
pub fn base(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() && !path.is_empty() {
        return "/";
    }
    trimmed.rsplit('/').next().unwrap_or("")
}

/// The path without its last name; `.` where that is all.
pub fn parent(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit_once('/') {
        Some((dir, _)) if dir.trim_end_matches('/').is_empty() => "/",
        Some((dir, _)) => dir.trim_end_matches('/'),
        None if trimmed.is_empty() && !path.is_empty() => "/",
        None => ".",
    }
}

/// Complains in the words of the program's family.
pub fn complain(sys: &mut Sys<'_>, gnu: &str, busybox: &str) {
    let text = match sys.flavor() {
        Flavor::Gnu => gnu,
        Flavor::Busybox => busybox,
    };
    sys.complain(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_split_as_dirname_and_basename_do() {
        for (path, dir, name) in [
            ("/a/b", "/a", "b"),
            ("a", ".", "a"),
            ("/", "/", "/"),
            ("//", "/", "/"),
            ("/a", "/", "a"),
            ("a//b//", "a", "b"),
            ("", ".", ""),
        ] {
            assert_eq!((parent(path), base(path)), (dir, name), "{path}");
        }
    }
}
