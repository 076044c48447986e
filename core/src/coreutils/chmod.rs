//! `chmod [-Rvcf] MODE FILE…`: change permission bits, given in octal or as `u+x,go-w`.
//!
//! Exit status: 0, or 1 where a file could not be changed.

use super::mode;
use super::opts::{Options, Spec, parse_args, usage_error};
use super::walk::{complain, tree};
use crate::kernel::{Applet, Flavor, Stat, Stop, Sys};

/// `chmod`.
pub const APPLETS: &[Applet] = &[Applet::main("chmod", main)];

const SPEC: Spec = Spec::new(
    "Rvcf",
    &[("recursive", 'R'), ("verbose", 'v'), ("changes", 'c'), ("silent", 'f'), ("quiet", 'f'), ("reference=", 'r')],
    "[-Rvcf] MODE[,MODE]... FILE...",
    "Change the permission bits of FILEs.",
);

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    // A mode such as -x is no option.
    let is_mode = |a: &String| {
        a.len() > 1 && a.starts_with('-') && a[1..].chars().all(|c| "rwxXstugo,+=-".contains(c)) && a != "--"
    };
    let mut args = sys.args();
    let minus = args.iter().position(is_mode).map(|at| args.remove(at));
    let options = parse_args(sys, &SPEC, &args)?;
    let mut operands = options.operands.clone();
    let mode = match (minus, options.value('r')) {
        (Some(mode), _) => mode,
        (None, Some(model)) => match sys.stat(model) {
            Ok(stat) => format!("{:o}", stat.mode),
            Err(e) => {
                sys.complain(&format!("failed to get attributes of '{model}': {e}"));
                return Ok(1);
            }
        },
        (None, None) if operands.is_empty() => {
            return Err(usage(sys, "missing operand"));
        }
        (None, None) => operands.remove(0),
    };
    if operands.is_empty() {
        return Err(usage(sys, &format!("missing operand after '{mode}'")));
    }
    let umask = sys.umask(0);
    sys.umask(umask);
    if mode::parse(&mode, 0, false, umask).is_none() {
        if sys.flavor() == Flavor::Gnu {
            return Err(usage_error(sys, &SPEC, &format!("invalid mode: '{mode}'")));
        }
        sys.complain(&format!("invalid mode '{mode}'"));
        return Ok(1);
    }
    let mut fine = true;
    for path in &operands {
        match sys.stat(path) {
            Ok(stat) => fine &= change(sys, path, &stat, &mode, umask, &options),
            Err(e) => {
                fine = false;
                if !options.has('f') {
                    complain(sys, &format!("cannot access '{path}': {e}"), &format!("{path}: {e}"));
                }
            }
        }
        if options.has('R') {
            for entry in tree(sys, path, false).unwrap_or_default().iter().skip(1) {
                fine &= entry.stat.is_link() || change(sys, &entry.path, &entry.stat, &mode, umask, &options);
            }
        }
    }
    Ok(i32::from(!fine))
}

fn usage(sys: &mut Sys<'_>, text: &str) -> Stop {
    let text = if sys.flavor() == Flavor::Gnu { text } else { "" };
    usage_error(sys, &SPEC, text)
}

fn change(sys: &mut Sys<'_>, path: &str, stat: &Stat, mode: &str, umask: u32, options: &Options) -> bool {
    let Some(bits) = mode::parse(mode, stat.mode, stat.is_dir(), umask) else { return false };
    if let Err(e) = sys.chmod(path, bits) {
        if !options.has('f') {
            let gnu = format!("changing permissions of '{path}': {e}");
            complain(sys, &gnu, &format!("{path}: {e}"));
        }
        return false;
    }
    let changed = bits != stat.mode;
    if options.has('v') || (options.has('c') && changed) {
        let show = |bits: u32| format!("{bits:04o} ({})", &mode::letters_of('-', bits)[1..]);
        let text = match sys.flavor() {
            Flavor::Busybox => format!("mode of '{path}' changed to {}\n", show(bits)),
            Flavor::Gnu if changed => {
                format!("mode of '{path}' changed from {} to {}\n", show(stat.mode), show(bits))
            }
            Flavor::Gnu => format!("mode of '{path}' retained as {}\n", show(bits)),
        };
        sys.print(&text);
    }
    true
}
