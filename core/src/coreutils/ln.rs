//! `ln [-sfnvT] TARGET… LINK`, or into a directory: make hard and symbolic links.
//!
//! Exit status: 0, or 1 where a link could not be made.

use super::copy::landing;
use super::opts::{Spec, parse, usage_error};
use super::walk::{base, complain, join};
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `ln`.
pub const APPLETS: &[Applet] = &[Applet::main("ln", main)];

const SPEC: Spec = Spec::new(
    "sfnvTt:",
    &[
        ("symbolic", 's'),
        ("force", 'f'),
        ("no-dereference", 'n'),
        ("verbose", 'v'),
        ("no-target-directory", 'T'),
        ("target-directory=", 't'),
        ("relative", 'r'),
    ],
    "[-sfnv] TARGET... LINK|DIR",
    "Make LINK another name for TARGET; with -s a symbolic link to it.",
)
.missing("rbi");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    let mut targets = options.operands.clone();
    let place = match options.value('t') {
        Some(dir) => dir.to_string(),
        None if targets.len() == 1 => ".".to_string(),
        None => targets.pop().unwrap_or_default(),
    };
    if targets.is_empty() {
        let text = if sys.flavor() == Flavor::Gnu { "missing file operand" } else { "" };
        return Err(usage_error(sys, &SPEC, text));
    }
    let mut fine = true;
    for target in &targets {
        let as_link = options.has('n') && sys.lstat(&place).is_ok_and(|s| s.is_link());
        let link = if targets.len() > 1 || options.has('t') {
            join(&place, base(target))
        } else {
            landing(sys, target, &place, options.has('T') || as_link)
        };
        let link = link.strip_prefix("./").filter(|_| place == ".").unwrap_or(&link).to_string();
        fine &= make(sys, target, &link, options.has('s'), options.has('f'));
        if fine && options.has('v') {
            let arrow = if options.has('s') || sys.flavor() == Flavor::Busybox { "->" } else { "=>" };
            sys.print(&format!("'{link}' {arrow} '{target}'\n"));
        }
    }
    Ok(i32::from(!fine))
}

fn make(sys: &mut Sys<'_>, target: &str, link: &str, symbolic: bool, force: bool) -> bool {
    if !symbolic {
        match sys.lstat(target) {
            Err(e) => {
                complain(sys, &format!("failed to access '{target}': {e}"), &format!("{target}: {e}"));
                return false;
            }
            Ok(stat) if stat.is_dir() => {
                let gnu = format!("{target}: hard link not allowed for directory");
                complain(sys, &gnu, &format!("{link}: Operation not permitted"));
                return false;
            }
            Ok(_) => {}
        }
    }
    if force && sys.lstat(link).is_ok_and(|s| !s.is_dir()) {
        let _reported_below = sys.unlink(link);
    }
    let made = if symbolic { sys.symlink(target, link) } else { sys.link(target, link) };
    let Err(e) = made else { return true };
    let gnu = match symbolic {
        true => format!("failed to create symbolic link '{link}': {e}"),
        false => format!("failed to create hard link '{link}' => '{target}': {e}"),
    };
    complain(sys, &gnu, &format!("{link}: {e}"));
    false
}
