//! `basename [-az] [-s SUFFIX] NAME [SUFFIX]` and `dirname NAME…`: the parts of paths.
//!
//! Exit status: 0, or 1 for a mistake in the command line.

use super::opts::{Spec, parse, usage_error};
use super::walk::{base, parent};
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `basename` and `dirname`.
pub const APPLETS: &[Applet] = &[Applet::main("basename", basename), Applet::main("dirname", dirname)];

const BASENAME: Spec = Spec::new(
    "as:z",
    &[("multiple", 'a'), ("suffix=", 's'), ("zero", 'z')],
    "FILE [SUFFIX] | -a FILE... | -s SUFFIX FILE...",
    "Print the last name of FILE, without SUFFIX.",
);
const DIRNAME: Spec = Spec::new("z", &[("zero", 'z')], "FILENAME...", "Print FILENAME without its last name.");

fn basename(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &BASENAME)?;
    let gnu = sys.flavor() == Flavor::Gnu;
    let end = if options.has('z') { "\0" } else { "\n" };
    let many = options.has('a') || options.has('s');
    let (names, suffix) = match options.operands.as_slice() {
        [] => return Err(usage_error(sys, &BASENAME, if gnu { "missing operand" } else { "" })),
        names if many => (names, options.value('s').unwrap_or("")),
        [_] => (&options.operands[..1], ""),
        [_, suffix] => (&options.operands[..1], suffix.as_str()),
        [_, _, extra, ..] => {
            let text = if gnu { format!("extra operand '{extra}'") } else { String::new() };
            return Err(usage_error(sys, &BASENAME, &text));
        }
    };
    for name in names {
        let name = base(name);
        let short = name.strip_suffix(suffix).filter(|s| !s.is_empty()).unwrap_or(name);
        sys.print(&format!("{short}{end}"));
    }
    Ok(0)
}

fn dirname(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &DIRNAME)?;
    let gnu = sys.flavor() == Flavor::Gnu;
    if options.operands.is_empty() || (!gnu && options.operands.len() > 1) {
        return Err(usage_error(sys, &DIRNAME, if gnu { "missing operand" } else { "" }));
    }
    let end = if options.has('z') { "\0" } else { "\n" };
    for name in &options.operands {
        sys.print(&format!("{}{end}", parent(name)));
    }
    Ok(0)
}
