//! `mkdir [-pv] [-m MODE] DIRECTORY…` and `rmdir [-pv] DIRECTORY…`: make and remove directories.
//!
//! Exit status: 0, or 1 where one could not be made or removed.

use super::mode;
use super::opts::{Spec, parse, usage_error};
use super::walk::{complain, parent};
use crate::base::Errno;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `mkdir` and `rmdir`.
pub const APPLETS: &[Applet] = &[Applet::main("mkdir", mkdir), Applet::main("rmdir", rmdir)];

const MKDIR: Spec = Spec::new(
    "pvm:",
    &[("parents", 'p'), ("verbose", 'v'), ("mode=", 'm')],
    "[-pv] [-m MODE] DIRECTORY...",
    "Make DIRECTORYs; with -p those above them too.",
);
const RMDIR: Spec = Spec::new(
    "pv",
    &[("parents", 'p'), ("verbose", 'v'), ("ignore-fail-on-non-empty", '\u{1}')],
    "[-pv] DIRECTORY...",
    "Remove empty DIRECTORYs; with -p those above them too.",
);

fn mkdir(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &MKDIR)?;
    if options.operands.is_empty() {
        let text = if sys.flavor() == Flavor::Gnu { "missing operand" } else { "" };
        return Err(usage_error(sys, &MKDIR, text));
    }
    let mut wanted = None;
    if let Some(text) = options.value('m') {
        wanted = mode::parse(text, 0o777, true, 0);
        if wanted.is_none() {
            complain(sys, &format!("invalid mode '{text}'"), &format!("invalid mode '{text}'"));
            return Ok(1);
        }
    }
    let mut fine = true;
    for path in &options.operands {
        let made = if options.has('p') {
            make_all(sys, path, options.has('v'))
        } else {
            make_one(sys, path, options.has('v'))
        };
        match (made, wanted) {
            (Ok(true), Some(mode)) => {
                let _just_made = sys.chmod(path, mode);
            }
            (Ok(_), _) => {}
            (Err((at, e)), _) => {
                let gnu = format!("cannot create directory '{at}': {e}");
                complain(sys, &gnu, &format!("can't create directory '{at}': {e}"));
                fine = false;
            }
        }
    }
    Ok(i32::from(!fine))
}

fn make_one(sys: &mut Sys<'_>, path: &str, verbose: bool) -> Result<bool, (String, Errno)> {
    sys.mkdir(path, 0o777).map_err(|e| (path.to_string(), e))?;
    if verbose {
        let text = match sys.flavor() {
            Flavor::Gnu => format!("{}: created directory '{path}'\n", sys.name()),
            Flavor::Busybox => format!("created directory: '{path}'\n"),
        };
        sys.print(&text);
    }
    Ok(true)
}

/// Makes a directory and those above it that are missing; whether the last one is new.
fn make_all(sys: &mut Sys<'_>, path: &str, verbose: bool) -> Result<bool, (String, Errno)> {
    let mut fresh = false;
    let ends = path.trim_end_matches('/').match_indices('/').map(|(i, _)| i).filter(|i| *i > 0);
    for end in ends.chain([path.len()]).collect::<Vec<_>>() {
        let part = &path[..end];
        fresh = match sys.stat(part) {
            Ok(stat) if stat.is_dir() => false,
            Ok(_) if end == path.len() => return Err((part.to_string(), Errno::EEXIST)),
            Ok(_) => return Err((part.to_string(), Errno::ENOTDIR)),
            Err(Errno::ENOENT) => make_one(sys, part, verbose)?,
            Err(e) => return Err((part.to_string(), e)),
        };
    }
    Ok(fresh)
}

fn rmdir(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &RMDIR)?;
    if options.operands.is_empty() {
        let text = if sys.flavor() == Flavor::Gnu { "missing operand" } else { "" };
        return Err(usage_error(sys, &RMDIR, text));
    }
    let mut fine = true;
    for path in &options.operands {
        let mut at = path.as_str();
        loop {
            match sys.rmdir(at) {
                Ok(()) if options.has('v') => sys.print(&format!("rmdir: removing directory, '{at}'\n")),
                Ok(()) => {}
                Err(Errno::ENOTEMPTY) if options.has('\u{1}') => break,
                Err(e) => {
                    complain(sys, &format!("failed to remove '{at}': {e}"), &format!("'{at}': {e}"));
                    fine = false;
                    break;
                }
            }
            at = parent(at);
            if !options.has('p') || matches!(at, "." | "/") {
                break;
            }
        }
    }
    Ok(i32::from(!fine))
}
