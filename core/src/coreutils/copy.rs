//! Copying of files and trees, as `cp` does, `mv` across filesystems, and `install`.

use super::walk::{base, bottom_up, complain, join, tree};
use crate::base::Errno;
use crate::fs::{Content, Node};
use crate::kernel::{Access, Flavor, Stat, Sys};

/// What a copy keeps and how it goes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Copy {
    /// Directories with what they hold.
    pub recursive: bool,
    /// Mode, owner and time go with the copy.
    pub preserve: bool,
    /// Links stand for what they point to, everywhere.
    pub follow: bool,
    /// A link given as the source stands for what it points to.
    pub follow_source: bool,
    /// What cannot be overwritten is removed first.
    pub force: bool,
    /// What is there stays.
    pub no_clobber: bool,
    /// What is there stays unless it is older.
    pub update: bool,
    /// Each copy is printed.
    pub verbose: bool,
    /// Hard links instead of copies.
    pub link: bool,
    /// Symbolic links instead of copies.
    pub symlink: bool,
}

/// Copies `from` to exactly `to`; false where something failed (and has been reported).
pub fn copy(sys: &mut Sys<'_>, from: &str, to: &str, how: Copy) -> bool {
    let source = if how.follow_source || how.follow { sys.stat(from) } else { sys.lstat(from) };
    let source = match source {
        Ok(stat) => stat,
        Err(e) => {
            let (gnu, bb) = (format!("cannot stat '{from}': {e}"), format!("can't stat '{from}': {e}"));
            complain(sys, &gnu, &bb);
            return false;
        }
    };
    if source.is_dir() && !how.recursive {
        let gnu = format!("-r not specified; omitting directory '{from}'");
        complain(sys, &gnu, &format!("omitting directory '{from}'"));
        return false;
    }
    if let Ok(there) = sys.stat(to)
        && (there.fs, there.ino) == (source.fs, source.ino)
        && there.fs.is_some()
    {
        sys.complain(&format!("'{from}' and '{to}' are the same file"));
        return false;
    }
    if source.is_dir() { copy_tree(sys, from, to, how) } else { copy_one(sys, from, &source, to, how) }
}

fn copy_tree(sys: &mut Sys<'_>, from: &str, to: &str, how: Copy) -> bool {
    let top = if sys.lstat(from).is_ok_and(|s| s.is_link()) { join(from, ".") } else { from.to_string() };
    if let Ok(real_from) = sys.realpath(from) {
        let real_to = sys.resolve(to, true).map(|r| r.path).unwrap_or_default();
        if real_to.starts_with(&format!("{}/", real_from.trim_end_matches('/'))) {
            let gnu = format!("cannot copy a directory, '{from}', into itself, '{to}'");
            complain(sys, &gnu, &format!("recursion detected, omitting directory '{to}'"));
            return false;
        }
    }
    let entries = match tree(sys, &top, how.follow) {
        Ok(entries) => entries,
        Err(e) => {
            let text = format!("cannot access '{from}': {e}");
            complain(sys, &text, &format!("can't stat '{from}': {e}"));
            return false;
        }
    };
    let target = |path: &str| {
        let below = path[top.len().min(path.len())..].trim_start_matches('/');
        if below.is_empty() { to.to_string() } else { join(to, below) }
    };
    let mut fine = true;
    for entry in &entries {
        let target = target(&entry.path);
        if let Some(e) = entry.error {
            let gnu = format!("cannot access '{}': {e}", entry.path);
            complain(sys, &gnu, &format!("can't open '{}': {e}", entry.path));
            fine = false;
        }
        fine &= if entry.stat.is_dir() {
            copy_dir(sys, &entry.path, &entry.stat, &target, how)
        } else {
            copy_one(sys, &entry.path, &entry.stat, &target, how)
        };
    }
    for i in bottom_up(&entries) {
        let Some(entry) = entries.get(i).filter(|e| e.stat.is_dir()) else { continue };
        let target = target(&entry.path);
        if how.preserve {
            keep(sys, &target, &entry.stat);
        }
    }
    fine
}

fn copy_dir(sys: &mut Sys<'_>, from: &str, stat: &Stat, to: &str, how: Copy) -> bool {
    match sys.stat(to) {
        Ok(there) if there.is_dir() => return true,
        Ok(_) => {
            let gnu = format!("cannot overwrite non-directory '{to}' with directory '{from}'");
            complain(sys, &gnu, &format!("target '{to}' is not a directory"));
            return false;
        }
        Err(_) => {}
    }
    if let Err(e) = sys.mkdir(to, stat.mode | 0o700) {
        let gnu = format!("cannot create directory '{to}': {e}");
        complain(sys, &gnu, &format!("can't create directory '{to}': {e}"));
        return false;
    }
    if how.verbose {
        sys.print(&format!("'{from}' -> '{to}'\n"));
    }
    true
}

fn copy_one(sys: &mut Sys<'_>, from: &str, stat: &Stat, to: &str, how: Copy) -> bool {
    if let Ok(there) = sys.lstat(to) {
        if how.no_clobber || (how.update && there.mtime >= stat.mtime) {
            return true;
        }
        if there.is_dir() {
            let gnu = format!("cannot overwrite directory '{to}' with non-directory '{from}'");
            complain(sys, &gnu, &format!("'{to}' is a directory"));
            return false;
        }
        let replaced =
            stat.is_link() || how.link || how.symlink || (how.force && !sys.access(to, Access::Write));
        if replaced {
            let _reported_below = sys.unlink(to);
        }
    }
    if let Err((reading, e)) = copy_data(sys, from, stat, to, how) {
        let (gnu, bb) = if reading {
            (format!("cannot open '{from}' for reading: {e}"), format!("can't open '{from}': {e}"))
        } else if stat.is_link() {
            let bb = format!("can't create symlink '{to}' to '{from}': {e}");
            (format!("cannot create symbolic link '{to}': {e}"), bb)
        } else {
            (format!("cannot create regular file '{to}': {e}"), format!("can't create '{to}': {e}"))
        };
        complain(sys, &gnu, &bb);
        return false;
    }
    if how.preserve {
        keep(sys, to, stat);
    }
    if how.verbose {
        sys.print(&format!("'{from}' -> '{to}'\n"));
    }
    true
}

/// The copy itself; the error says whether it came up in reading.
fn copy_data(sys: &mut Sys<'_>, from: &str, stat: &Stat, to: &str, how: Copy) -> Result<(), (bool, Errno)> {
    let writing = |e| (false, e);
    if how.symlink {
        return sys.symlink(from, to).map_err(writing);
    }
    if how.link {
        return sys.link(from, to).map_err(writing);
    }
    let node = match stat.kind {
        'l' => {
            let text = sys.readlink(from).map_err(|e| (true, e))?;
            return sys.symlink(&text, to).map_err(writing);
        }
        'p' if how.recursive => Some(Node::Fifo),
        's' if how.recursive => Some(Node::Socket),
        'c' if how.recursive => Some(Node::CharDevice { major: stat.device.0, minor: stat.device.1 }),
        'b' if how.recursive => Some(Node::BlockDevice { major: stat.device.0, minor: stat.device.1 }),
        _ => None,
    };
    if let Some(node) = node {
        return sys.mknod(to, node, stat.mode).map_err(writing);
    }
    let bytes = match sys.content(from) {
        Ok(content) => content,
        Err(Errno::EINVAL) => Content::from(sys.read_file(from).map_err(|e| (true, e))?),
        Err(e) => return Err((true, e)),
    };
    match sys.set_content(to, bytes.clone(), stat.mode) {
        Err(Errno::EINVAL) => {
            let all = bytes.pieces().map(|p| p.into_owned()).collect::<Vec<_>>().concat();
            sys.write_file(to, &all, stat.mode).map_err(writing)
        }
        result => result.map_err(writing),
    }
}

/// Gives a copy the owner, mode and time of its source; what is not permitted is left, as `cp -p` does.
fn keep(sys: &mut Sys<'_>, path: &str, stat: &Stat) {
    let _not_permitted = sys.chown(path, Some(stat.uid), Some(stat.gid), false);
    if !stat.is_link() {
        let _not_permitted = sys.chmod(path, stat.mode);
        let _not_permitted = sys.set_mtime(path, stat.mtime);
    }
}

/// Where `from` ends up: in `to` where that is a directory, else at `to`.
pub fn landing(sys: &Sys<'_>, from: &str, to: &str, not_into: bool) -> String {
    if !not_into && sys.stat(to).is_ok_and(|s| s.is_dir()) { join(to, base(from)) } else { to.to_string() }
}

/// Splits the operands of `cp`, `mv`, `ln` and `install` into sources and target; the error is the complaint.
///
/// # Errors
/// The text of the mistake: a missing operand, or a target of several sources that is no directory.
pub fn operands(
    sys: &Sys<'_>,
    mut operands: Vec<String>,
    target_dir: Option<&str>,
) -> Result<(Vec<String>, String), Mistake> {
    if let Some(dir) = target_dir {
        return match operands.is_empty() {
            true => Err(Mistake::Usage("missing file operand".into())),
            false => Ok((operands, dir.to_string())),
        };
    }
    let Some(target) = operands.pop() else { return Err(Mistake::Usage("missing file operand".into())) };
    if operands.is_empty() {
        return Err(Mistake::Usage(format!("missing destination file operand after '{target}'")));
    }
    if sys.flavor() == Flavor::Gnu && operands.len() > 1 {
        match sys.stat(&target) {
            Ok(stat) if stat.is_dir() => {}
            Ok(_) => return Err(Mistake::Target(format!("target '{target}': {}", Errno::ENOTDIR))),
            Err(e) => return Err(Mistake::Target(format!("target '{target}': {e}"))),
        }
    }
    Ok((operands, target))
}

/// What is wrong with the operands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// The usage is to be shown.
    Usage(String),
    /// Only this is said.
    Target(String),
}
