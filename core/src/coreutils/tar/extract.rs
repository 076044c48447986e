//! Unpacking the entries of an archive into the working directory. Nothing is written outside of it: names
//! lose their leading slashes, and one with `..` is refused.

use crate::base::Errno;
use crate::coreutils::opts::Options;
use crate::coreutils::walk::{complain, parent};
use crate::fs::Node;
use crate::fs::tar::{TarEntry, TarKind};
use crate::kernel::Sys;

/// Where an entry goes; `None` where nothing of its name is left.
fn place(entry: &TarEntry, options: &Options) -> Option<String> {
    let strip = options.value('\u{1}').and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
    let names: Vec<&str> = entry.path.split('/').filter(|n| !n.is_empty() && *n != ".").skip(strip).collect();
    if names.is_empty() { None } else { Some(names.join("/")) }
}

/// Unpacks one entry; false where it failed (and has been reported).
pub fn one(sys: &mut Sys<'_>, entry: &TarEntry, options: &Options) -> bool {
    let Some(path) = place(entry, options) else { return true };
    if entry.path.split('/').any(|n| n == "..") {
        complain(sys, &format!("{}: Member name contains '..'", entry.path), &format!("name with '..': {}", entry.path));
        return false;
    }
    if options.has('O') {
        if let TarKind::File(content) = &entry.kind {
            for piece in content.pieces() {
                sys.write(1, &piece);
            }
        }
        return true;
    }
    if options.has('k') && sys.lstat(&path).is_ok_and(|s| !s.is_dir()) {
        sys.complain(&format!("{path}: Cannot open: {}", Errno::EEXIST));
        return false;
    }
    make_parents(sys, &path);
    if let Err(e) = make(sys, entry, &path, options) {
        let gnu = match entry.kind {
            TarKind::Dir => format!("{path}: Cannot mkdir: {e}"),
            TarKind::Symlink(_) => format!("{path}: Cannot create symlink: {e}"),
            _ => format!("{path}: Cannot open: {e}"),
        };
        let busybox = match entry.kind {
            TarKind::Dir => format!("can't make dir {path}: {e}"),
            _ => format!("can't open '{path}': {e}"),
        };
        complain(sys, &gnu, &busybox);
        return false;
    }
    true
}

fn make_parents(sys: &mut Sys<'_>, path: &str) {
    let dir = parent(path);
    if dir == "." || sys.stat(dir).is_ok() {
        return;
    }
    let mut made = String::new();
    for name in dir.split_inclusive('/') {
        made.push_str(name);
        let _exists = sys.mkdir(&made, 0o777);
    }
}

fn make(sys: &mut Sys<'_>, entry: &TarEntry, path: &str, options: &Options) -> Result<(), Errno> {
    if entry.kind != TarKind::Dir && sys.lstat(path).is_ok_and(|s| !s.is_dir()) {
        sys.unlink(path)?;
    }
    match &entry.kind {
        TarKind::Dir => match sys.mkdir(path, entry.mode | 0o700) {
            Err(Errno::EEXIST) if sys.stat(path).is_ok_and(|s| s.is_dir()) => {}
            other => other?,
        },
        TarKind::File(content) => sys.set_content(path, content.clone(), entry.mode)?,
        TarKind::Symlink(to) => sys.symlink(to, path)?,
        TarKind::Link(to) => {
            let target = TarEntry { path: to.clone(), ..entry.clone() };
            let target = place(&target, options).ok_or(Errno::ENOENT)?;
            return sys.link(&target, path);
        }
        TarKind::CharDevice(major, minor) => {
            sys.mknod(path, Node::CharDevice { major: *major, minor: *minor }, entry.mode)?;
        }
        TarKind::BlockDevice(major, minor) => {
            sys.mknod(path, Node::BlockDevice { major: *major, minor: *minor }, entry.mode)?;
        }
        TarKind::Fifo => sys.mknod(path, Node::Fifo, entry.mode)?,
    }
    attributes(sys, entry, path, options);
    Ok(())
}

/// Owner for root, mode, time; what is not permitted is left.
fn attributes(sys: &mut Sys<'_>, entry: &TarEntry, path: &str, options: &Options) {
    let root = sys.me().is_ok_and(|me| me.cred.uid == 0);
    if options.last_of("o\u{4}").map_or(root, |given| given == '\u{4}') {
        let _not_permitted = sys.chown(path, Some(entry.uid), Some(entry.gid), false);
    }
    if matches!(entry.kind, TarKind::Symlink(_)) {
        return;
    }
    if (root || options.has('p')) && !options.has('\u{3}') {
        let _not_permitted = sys.chmod(path, entry.mode);
    }
    if !options.has('m') {
        let _not_permitted = sys.set_mtime(path, entry.mtime);
    }
}

/// Gives the directories their times, which what was unpacked into them has changed.
pub fn finish(sys: &mut Sys<'_>, entries: &[TarEntry], options: &Options) {
    if options.has('O') || options.has('m') {
        return;
    }
    for entry in entries.iter().filter(|e| e.kind == TarKind::Dir) {
        if let Some(path) = place(entry, options).filter(|p| !p.split('/').any(|n| n == "..")) {
            let _not_unpacked = sys.set_mtime(&path, entry.mtime);
        }
    }
}
