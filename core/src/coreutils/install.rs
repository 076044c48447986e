//! `install [-dDpv] [-m MODE] [-o OWNER] [-g GROUP] [-t DIR] SOURCE… DEST`: copy files and set their mode.
//!
//! `-d` makes directories instead. Exit status: 0, or 1 where something failed.

use super::accounts::Accounts;
use super::copy::{Copy, Mistake, copy, landing, operands};
use super::mode;
use super::opts::{Options, Spec, parse, usage_error};
use super::walk::{base, complain, join, parent};
use crate::base::Errno;
use crate::kernel::{Applet, Stop, Sys};

/// `install`.
pub const APPLETS: &[Applet] = &[Applet::main("install", main)];

// `-c` is ignored by the real ones too.
const SPEC: Spec = Spec::new(
    "cdDpvm:o:g:t:sT",
    &[
        ("directory", 'd'),
        ("mode=", 'm'),
        ("owner=", 'o'),
        ("group=", 'g'),
        ("target-directory=", 't'),
        ("preserve-timestamps", 'p'),
        ("verbose", 'v'),
    ],
    "[-dDpv] [-m MODE] [-o USER] [-g GRP] SOURCE... DEST",
    "Copy SOURCEs to DEST and set their mode and owner; with -d make directories.",
)
.missing("s")
.moot("c");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    let text = options.value('m').unwrap_or("755");
    let Some(bits) = mode::parse(text, 0, options.has('d'), 0) else {
        sys.complain(&format!("invalid mode '{text}'"));
        return Ok(1);
    };
    if options.has('d') {
        let mut fine = true;
        for dir in &options.operands {
            fine &= make_dirs(sys, dir) && finish(sys, dir, bits, &options);
        }
        return Ok(i32::from(!fine));
    }
    let (sources, target) = match operands(sys, options.operands.clone(), options.value('t')) {
        Ok(found) => found,
        Err(Mistake::Usage(text)) => return Err(usage_error(sys, &SPEC, &text)),
        Err(Mistake::Target(text)) => {
            sys.complain(&text);
            return Ok(1);
        }
    };
    let mut fine = true;
    for from in &sources {
        let into_dir = sources.len() > 1 || options.has('t');
        if options.has('D') {
            fine &= make_dirs(sys, if into_dir { &target } else { parent(&target) });
        }
        let to = if into_dir { join(&target, base(from)) } else { landing(sys, from, &target, options.has('T')) };
        let how = Copy {
            follow_source: true,
            force: true,
            preserve: options.has('p'),
            verbose: options.has('v'),
            ..Copy::default()
        };
        if sys.stat(from).is_ok_and(|s| s.is_dir()) {
            sys.complain(&format!("omitting directory '{from}'"));
            fine = false;
        } else {
            fine &= copy(sys, from, &to, how) && finish(sys, &to, bits, &options);
        }
    }
    Ok(i32::from(!fine))
}

fn make_dirs(sys: &mut Sys<'_>, dir: &str) -> bool {
    let mut made = String::new();
    let mut last = Ok(());
    for name in dir.split_inclusive('/') {
        made.push_str(name);
        last = match sys.mkdir(&made, 0o755) {
            Err(Errno::EEXIST) if sys.stat(&made).is_ok_and(|s| s.is_dir()) => Ok(()),
            other => other,
        };
    }
    if let Err(e) = last {
        complain(sys, &format!("cannot create directory '{dir}': {e}"), &format!("can't create directory '{dir}': {e}"));
    }
    last.is_ok()
}

fn finish(sys: &mut Sys<'_>, path: &str, bits: u32, options: &Options) -> bool {
    let accounts = Accounts::read(sys);
    let mut ids = [None, None];
    if let Some(name) = options.value('o') {
        ids[0] = accounts.user_named(name).map(|u| u.uid).or(name.parse().ok());
        if ids[0].is_none() {
            sys.complain(&format!("invalid user '{name}'"));
            return false;
        }
    }
    if let Some(name) = options.value('g') {
        ids[1] = accounts.group_named(name).map(|g| g.gid).or(name.parse().ok());
        if ids[1].is_none() {
            sys.complain(&format!("invalid group '{name}'"));
            return false;
        }
    }
    let owned = if ids == [None, None] { Ok(()) } else { sys.chown(path, ids[0], ids[1], true) };
    match owned.and_then(|()| sys.chmod(path, bits)) {
        Ok(()) => true,
        Err(e) => {
            sys.complain(&format!("cannot change ownership of '{path}': {e}"));
            false
        }
    }
}
