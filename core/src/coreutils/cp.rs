//! `cp [-rRadfpnuvTHLPlsx] [-t DIR] SOURCE… DEST`: copy files and directories.
//!
//! - `-r`, `-R`, `-a` copy directories; `-p` and `-a` keep mode, owner and time
//! - `-f` replaces what cannot be written, `-n` leaves what is there, `-u` what is not older
//! - `-L` follows links, `-P` and `-d` copy them, `-H` follows those given as sources
//! - `-T` takes DEST as it is, `-t` names the directory first, `-l`, `-s` make links, `-v` prints each copy
//!
//! Exit status: 0, or 1 where something could not be copied. Questions (`-i`) are not simulated.

use super::copy::{Copy, Mistake, copy, landing, operands};
use super::opts::{Spec, parse, usage_error};
use super::walk::{base, complain, join, parent};
use crate::kernel::{Applet, Stop, Sys};

/// `cp`.
pub const APPLETS: &[Applet] = &[Applet::main("cp", main)];

const SPEC: Spec = Spec::new(
    "rRadfpnuvTHLPlst:x",
    &[
        ("archive", 'a'),
        ("recursive", 'r'),
        ("force", 'f'),
        ("no-clobber", 'n'),
        ("update", 'u'),
        ("verbose", 'v'),
        ("dereference", 'L'),
        ("no-dereference", 'P'),
        ("no-target-directory", 'T'),
        ("target-directory=", 't'),
        ("preserve=?", 'p'),
        ("link", 'l'),
        ("symbolic-link", 's'),
        ("parents", '\u{1}'),
        ("one-file-system", 'x'),
        ("interactive", 'i'),
    ],
    "[OPTION]... [-T] SOURCE DEST",
    "Copy SOURCEs to DEST, or into it where it is a directory.",
)
.busybox_usage("[-arPLHpfinlsTu] SOURCE DEST\nor: cp [-arPLHpfinlsu] SOURCE... { -t DIRECTORY | DIRECTORY }")
.missing("ix");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    let recursive = options.list.iter().any(|(c, _)| "rRa".contains(*c));
    let links = options.last_of("LPda");
    let how = Copy {
        recursive,
        preserve: options.has('p') || options.has('a'),
        follow: links == Some('L') && recursive,
        follow_source: options.has('H') || links == Some('L') || (!recursive && links.is_none()),
        force: options.has('f'),
        no_clobber: options.has('n'),
        update: options.has('u'),
        verbose: options.has('v'),
        link: options.has('l'),
        symlink: options.has('s'),
    };
    let (sources, target) = match operands(sys, options.operands.clone(), options.value('t')) {
        Ok(found) => found,
        Err(Mistake::Usage(text)) => return Err(usage_error(sys, &SPEC, &gnu_only(sys, &text))),
        Err(Mistake::Target(text)) => {
            sys.complain(&text);
            return Ok(1);
        }
    };
    let mut fine = true;
    for from in &sources {
        let to = if options.has('\u{1}') {
            let to = join(&target, from.trim_start_matches('/'));
            make_parents(sys, parent(&to));
            to
        } else if sources.len() > 1 || options.has('t') {
            join(&target, base(from))
        } else {
            into(sys, from, &target, options.has('T'))
        };
        if to.ends_with('/') && recursive_or_dir(sys, from) != Some(true) {
            let text = format!("cannot create regular file '{to}': Not a directory");
            complain(sys, &text, &format!("can't create '{to}': Is a directory"));
            fine = false;
            continue;
        }
        fine &= copy(sys, from, &to, how);
    }
    Ok(i32::from(!fine))
}

fn recursive_or_dir(sys: &Sys<'_>, from: &str) -> Option<bool> {
    // A source that does not exist is the complaint, whatever the target.
    sys.stat(from).map_or(Some(true), |s| Some(s.is_dir()))
}

/// `cp -r a/. b` copies into `b` itself.
fn into(sys: &Sys<'_>, from: &str, to: &str, not_into: bool) -> String {
    let dots = matches!(base(from), "." | ".." | "/");
    landing(sys, from, to, not_into || dots)
}

fn make_parents(sys: &mut Sys<'_>, dir: &str) {
    let mut made = String::new();
    for name in dir.split_inclusive('/') {
        made.push_str(name);
        let _exists = sys.mkdir(&made, 0o777);
    }
}

fn gnu_only(sys: &Sys<'_>, text: &str) -> String {
    match sys.flavor() {
        crate::kernel::Flavor::Gnu => text.to_string(),
        crate::kernel::Flavor::Busybox => String::new(),
    }
}
