//! `mv [-fnuvT] [-t DIR] SOURCE… DEST`: rename files and directories.
//!
//! Across filesystems the source is copied and then removed. Exit status: 0, or 1 where something could not
//! be moved. Questions (`-i`) are not simulated.

use super::copy::{Copy, Mistake, copy, landing, operands};
use super::opts::{Spec, parse, usage_error};
use super::rm::remove_tree;
use super::walk::{base, complain, join};
use crate::base::Errno;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `mv`.
pub const APPLETS: &[Applet] = &[Applet::main("mv", main)];

const SPEC: Spec = Spec::new(
    "fnuvTt:",
    &[
        ("force", 'f'),
        ("no-clobber", 'n'),
        ("update", 'u'),
        ("verbose", 'v'),
        ("no-target-directory", 'T'),
        ("target-directory=", 't'),
        ("interactive", 'i'),
    ],
    "[-fnuvT] SOURCE... DEST",
    "Rename SOURCEs to DEST, or move them into it where it is a directory.",
)
.missing("i");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    let (sources, target) = match operands(sys, options.operands.clone(), options.value('t')) {
        Ok(found) => found,
        Err(Mistake::Usage(text)) => {
            let text = if sys.flavor() == Flavor::Gnu { text } else { String::new() };
            return Err(usage_error(sys, &SPEC, &text));
        }
        Err(Mistake::Target(text)) => {
            sys.complain(&text);
            return Ok(1);
        }
    };
    let mut fine = true;
    for from in &sources {
        let to = if sources.len() > 1 || options.has('t') {
            join(&target, base(from))
        } else {
            landing(sys, from, &target, options.has('T'))
        };
        let stays = sys.lstat(&to).is_ok_and(|there| {
            let older = || sys.lstat(from).is_ok_and(|s| s.mtime > there.mtime);
            options.last_of("fn") == Some('n') || (options.has('u') && !older())
        });
        if stays {
            continue;
        }
        match move_one(sys, from, &to) {
            false => fine = false,
            true if options.has('v') => {
                let renamed = if sys.flavor() == Flavor::Gnu { "renamed " } else { "" };
                sys.print(&format!("{renamed}'{from}' -> '{to}'\n"));
            }
            true => {}
        }
    }
    Ok(i32::from(!fine))
}

fn move_one(sys: &mut Sys<'_>, from: &str, to: &str) -> bool {
    let source = match sys.lstat(from) {
        Ok(stat) => stat,
        Err(e) => {
            complain(sys, &format!("cannot stat '{from}': {e}"), &format!("can't rename '{from}': {e}"));
            return false;
        }
    };
    if let Ok(there) = sys.lstat(to) {
        if (there.fs, there.ino) == (source.fs, source.ino) {
            sys.complain(&format!("'{from}' and '{to}' are the same file"));
            return false;
        }
        let clash = match (source.is_dir(), there.is_dir()) {
            (true, false) => Some(format!("cannot overwrite non-directory '{to}' with directory '{from}'")),
            (false, true) => Some(format!("cannot overwrite directory '{to}' with non-directory '{from}'")),
            _ => None,
        };
        if let Some(gnu) = clash {
            let e = if there.is_dir() { Errno::EISDIR } else { Errno::ENOTDIR };
            complain(sys, &gnu, &format!("can't rename '{from}': {e}"));
            return false;
        }
    }
    match sys.rename(from, to) {
        Ok(()) => true,
        Err(Errno::EXDEV) => {
            let how = Copy { recursive: true, preserve: true, force: true, ..Copy::default() };
            copy(sys, from, to, how) && remove_tree(sys, from)
        }
        Err(Errno::EINVAL) if source.is_dir() => {
            let gnu = format!("cannot move '{from}' to a subdirectory of itself, '{to}'");
            complain(sys, &gnu, &format!("can't rename '{from}': {}", Errno::EINVAL));
            false
        }
        Err(e) => {
            let gnu = format!("cannot move '{from}' to '{to}': {e}");
            complain(sys, &gnu, &format!("can't rename '{from}': {e}"));
            false
        }
    }
}
