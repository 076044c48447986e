//! `readlink [-fenm] FILE…` and `realpath [-emsz] FILE…`: where links and paths lead.
//!
//! Exit status: 0, or 1 where a file is no link or does not resolve.

use super::opts::{Spec, parse, usage_error};
use super::walk::{base, join, parent};
use crate::base::Errno;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `readlink` and `realpath`.
pub const APPLETS: &[Applet] = &[Applet::main("readlink", readlink), Applet::main("realpath", realpath)];

const READLINK: Spec = Spec::new(
    "fenmv",
    &[("canonicalize", 'f'), ("canonicalize-existing", 'e'), ("canonicalize-missing", 'm'), ("no-newline", 'n')],
    "[-fn] FILE...",
    "Print where a link leads; with -f the whole path without links.",
);
const REALPATH: Spec = Spec::new(
    "emsqz",
    &[("canonicalize-existing", 'e'), ("canonicalize-missing", 'm'), ("strip", 's'), ("quiet", 'q')],
    "[-em] FILE...",
    "Print the whole path of FILEs without links.",
)
.missing("sz");

fn readlink(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &READLINK)?;
    if options.operands.is_empty() {
        let text = if sys.flavor() == Flavor::Gnu { "missing operand" } else { "" };
        return Err(usage_error(sys, &READLINK, text));
    }
    let mut code = 0;
    for path in &options.operands {
        let found = match options.last_of("fem") {
            Some(how) => canonical(sys, path, how),
            None => sys.readlink(path),
        };
        match found {
            Ok(text) => sys.print(&format!("{text}{}", if options.has('n') { "" } else { "\n" })),
            Err(e) => {
                if options.has('v') {
                    sys.complain(&format!("{path}: {e}"));
                }
                code = 1;
            }
        }
    }
    Ok(code)
}

fn realpath(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &REALPATH)?;
    if options.operands.is_empty() {
        let text = if sys.flavor() == Flavor::Gnu { "missing operand" } else { "" };
        return Err(usage_error(sys, &REALPATH, text));
    }
    let mut code = 0;
    for path in &options.operands {
        match canonical(sys, path, options.last_of("em").unwrap_or('f')) {
            Ok(text) => sys.print(&format!("{text}\n")),
            Err(e) => {
                if !options.has('q') {
                    sys.complain(&format!("{path}: {e}"));
                }
                code = 1;
            }
        }
    }
    Ok(code)
}

/// The path without links: `e` where all of it must exist, `f` all but the last name, `m` nothing.
pub fn canonical(sys: &Sys<'_>, path: &str, how: char) -> Result<String, Errno> {
    match how {
        'e' => sys.realpath(path),
        'f' => sys.resolve(path, true).map(|r| r.path),
        _ => {
            let (mut at, mut missing) = (path.to_string(), vec![]);
            loop {
                match sys.resolve(&at, true) {
                    Ok(resolved) => {
                        return Ok(missing.iter().rev().fold(resolved.path, |p, name: &String| join(&p, name)));
                    }
                    Err(Errno::ENOENT | Errno::ENOTDIR) if at != "/" && at != "." => {
                        missing.push(base(&at).to_string());
                        at = parent(&at).to_string();
                    }
                    Err(e) => return Err(e),
                }
            }
        }
    }
}
