//! `rm [-rRfdvi] FILE…`: remove files and, with `-r`, directories.
//!
//! - `-f` says nothing of what is missing, `-d` takes empty directories, `-v` prints each removal
//! - `-i` asks on standard error and reads the answers from standard input, which must not be a terminal
//!
//! Exit status: 0, or 1 where something could not be removed.

use super::opts::{Options, Spec, parse, usage_error};
use super::walk::{base, bottom_up, complain, tree};
use crate::base::Errno;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `rm`.
pub const APPLETS: &[Applet] = &[Applet::main("rm", main)];

const SPEC: Spec = Spec::new(
    "rRfdvi",
    &[
        ("recursive", 'r'),
        ("force", 'f'),
        ("dir", 'd'),
        ("verbose", 'v'),
        ("interactive=?", 'i'),
        ("no-preserve-root", '\u{1}'),
    ],
    "[-rfv] FILE...",
    "Remove FILEs; with -r directories and what they hold.",
);

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    if options.operands.is_empty() {
        if options.has('f') {
            return Ok(0);
        }
        let text = if sys.flavor() == Flavor::Gnu { "missing operand" } else { "" };
        return Err(usage_error(sys, &SPEC, text));
    }
    let mut answers = vec![];
    if options.last_of("fi") == Some('i') {
        if sys.is_tty(0) {
            sys.complain("questions at a terminal are not simulated by Drydock; leave out -i");
            return Ok(1);
        }
        let input = sys.stdin_to_end()?;
        answers = String::from_utf8_lossy(&input).lines().map(String::from).rev().collect();
    }
    let mut fine = true;
    for path in &options.operands {
        fine &= remove(sys, path, &options, &mut answers);
    }
    Ok(i32::from(!fine))
}

fn remove(sys: &mut Sys<'_>, path: &str, options: &Options, answers: &mut Vec<String>) -> bool {
    let recursive = options.has('r') || options.has('R');
    let gnu = sys.flavor() == Flavor::Gnu;
    if recursive && matches!(base(path), "." | "..") {
        let text = format!("refusing to remove '.' or '..' directory: skipping '{path}'");
        complain(sys, &text, "can't remove '.' or '..'");
        return false;
    }
    if recursive && gnu && !options.has('\u{1}') && sys.realpath(path).as_deref() == Ok("/") {
        sys.complain("it is dangerous to operate recursively on '/'");
        sys.complain("use --no-preserve-root to override this failsafe");
        return false;
    }
    let stat = match sys.lstat(path) {
        Ok(stat) => stat,
        Err(Errno::ENOENT | Errno::ENOTDIR) if options.has('f') => return true,
        Err(e) => return refuse(sys, path, e),
    };
    if options.last_of("fi") == Some('i') && !agreed(sys, path, stat.is_dir(), answers) {
        return true;
    }
    if !stat.is_dir() {
        return remove_entry(sys, path, false, options.has('v'));
    }
    if options.has('d') && !recursive {
        return remove_entry(sys, path, true, options.has('v'));
    }
    if !recursive {
        let text = format!("cannot remove '{path}': {}", Errno::EISDIR);
        complain(sys, &text, &format!("'{path}' is a directory"));
        return false;
    }
    remove_below(sys, path, options.has('v'))
}

fn agreed(sys: &mut Sys<'_>, path: &str, dir: bool, answers: &mut Vec<String>) -> bool {
    let name = sys.name();
    let question = match (sys.flavor(), dir) {
        (Flavor::Gnu, true) => format!("{name}: remove directory '{path}'? "),
        (Flavor::Gnu, false) => format!("{name}: remove regular file '{path}'? "),
        (Flavor::Busybox, true) => format!("{name}: descend into directory '{path}'? "),
        (Flavor::Busybox, false) => format!("{name}: remove '{path}'? "),
    };
    sys.eprint(&question);
    answers.pop().is_some_and(|a| a.starts_with(['y', 'Y']))
}

/// Removes a file, or a directory with all it holds; false where something stayed (and has been reported).
pub fn remove_tree(sys: &mut Sys<'_>, path: &str) -> bool {
    remove_below(sys, path, false)
}

fn remove_below(sys: &mut Sys<'_>, path: &str, verbose: bool) -> bool {
    let entries = match tree(sys, path, false) {
        Ok(entries) => entries,
        Err(e) => return refuse(sys, path, e),
    };
    let mut stuck: Vec<&str> = vec![];
    let mut fine = true;
    for i in bottom_up(&entries) {
        let entry = &entries[i];
        if let Some(e) = entry.error {
            fine = refuse(sys, &entry.path, e);
            stuck.push(&entry.path);
            continue;
        }
        // A directory that still holds something has been explained by what it holds.
        let prefix = format!("{}/", entry.path.trim_end_matches('/'));
        if stuck.iter().any(|s| s.starts_with(&prefix)) {
            stuck.push(&entry.path);
            continue;
        }
        if !remove_entry(sys, &entry.path, entry.stat.is_dir(), verbose) {
            fine = false;
            stuck.push(&entry.path);
        }
    }
    fine
}

fn remove_entry(sys: &mut Sys<'_>, path: &str, dir: bool, verbose: bool) -> bool {
    let result = if dir { sys.rmdir(path) } else { sys.unlink(path) };
    if let Err(e) = result {
        return refuse(sys, path, e);
    }
    if verbose {
        let kind = if dir { "directory" } else { "" };
        let text = match (sys.flavor(), dir) {
            (Flavor::Gnu, true) => format!("removed {kind} '{path}'\n"),
            (Flavor::Busybox, true) => format!("removed {kind}: '{path}'\n"),
            (_, false) => format!("removed '{path}'\n"),
        };
        sys.print(&text);
    }
    true
}

fn refuse(sys: &mut Sys<'_>, path: &str, e: Errno) -> bool {
    complain(sys, &format!("cannot remove '{path}': {e}"), &format!("can't remove '{path}': {e}"));
    false
}
