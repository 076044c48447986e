//! `touch [-acmh] [-d DATE] [-t STAMP] [-r FILE] FILE…`: make files, or set when they were changed.
//!
//! There is one time per file here, the time of change; `-a` alone leaves it. Exit status: 0, or 1 where a
//! file could not be touched.

use super::opts::{Spec, parse, usage_error};
use super::walk::complain;
use super::when;
use crate::base::Errno;
use crate::kernel::{Applet, Flavor, OpenFlags, Stop, Sys};

/// `touch`.
pub const APPLETS: &[Applet] = &[Applet::main("touch", main)];

// `-f` is ignored by the real ones too.
const SPEC: Spec = Spec::new(
    "acmhfd:t:r:",
    &[("no-create", 'c'), ("date=", 'd'), ("reference=", 'r'), ("no-dereference", 'h'), ("time=", 'x')],
    "[-acm] [-d DATE] [-t STAMP] [-r FILE] FILE...",
    "Set the time of FILEs to now, making those that are missing.",
)
.missing("hx")
.moot("f");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    if options.operands.is_empty() {
        let text = if sys.flavor() == Flavor::Gnu { "missing file operand" } else { "" };
        return Err(usage_error(sys, &SPEC, text));
    }
    let now = sys.now();
    let mut time = now;
    if let Some(model) = options.value('r') {
        time = match sys.stat(model) {
            Ok(stat) => stat.mtime,
            Err(e) => {
                let gnu = format!("failed to get attributes of '{model}': {e}");
                complain(sys, &gnu, &format!("{model}: {e}"));
                return Ok(1);
            }
        };
    }
    for (text, parsed) in options
        .value('d')
        .map(|d| (d, when::parse(d, now)))
        .into_iter()
        .chain(options.value('t').map(|t| (t, when::parse_stamp(t, now))))
    {
        let Some(parsed) = parsed else {
            complain(sys, &format!("invalid date format '{text}'"), &format!("invalid date '{text}'"));
            return Ok(1);
        };
        time = parsed;
    }
    let only_access = options.has('a') && !options.has('m');
    let mut fine = true;
    for path in &options.operands {
        let result = match sys.stat(path) {
            Ok(_) if only_access => Ok(()),
            Ok(_) => sys.set_mtime(path, time),
            Err(Errno::ENOENT) if options.has('c') => Ok(()),
            Err(Errno::ENOENT) => create(sys, path).and_then(|()| sys.set_mtime(path, time)),
            Err(e) => Err(e),
        };
        // Whoever may write a file may set its time to now.
        let result = match result {
            Err(Errno::EPERM) if time == now && sys.access(path, crate::kernel::Access::Write) => Ok(()),
            Err(Errno::EPERM) if time == now => Err(Errno::EACCES),
            other => other,
        };
        if let Err(e) = result {
            complain(sys, &format!("cannot touch '{path}': {e}"), &format!("{path}: {e}"));
            fine = false;
        }
    }
    Ok(i32::from(!fine))
}

fn create(sys: &mut Sys<'_>, path: &str) -> Result<(), Errno> {
    let fd = sys.open(path, OpenFlags::APPEND, 0o666)?;
    sys.close(fd)
}
