//! `mktemp [-dqut] [-p DIR] [--suffix=S] [TEMPLATE]`: make a file or directory with a name of its own.
//!
//! Exit status: 0, or 1 where it could not be made.

use super::opts::{Spec, parse};
use super::walk::{complain, join};
use crate::kernel::{Applet, OpenFlags, Stop, Sys};

/// `mktemp`.
pub const APPLETS: &[Applet] = &[Applet::main("mktemp", main)];

const SPEC: Spec = Spec::new(
    "dqutp:",
    &[("directory", 'd'), ("quiet", 'q'), ("dry-run", 'u'), ("tmpdir=?", 'p'), ("suffix=", 's')],
    "[-dqu] [-p DIR] [TEMPLATE]",
    "Make a file (with -d a directory) whose name nobody else has, and print it.",
)
.missing("q");
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    let template = options.operands.first().cloned();
    let in_tmp = template.is_none() || options.has('t') || options.has('p');
    let template = template.unwrap_or_else(|| "tmp.XXXXXXXXXX".into());
    let suffix = options.value('s').unwrap_or("");
    let stem = template.trim_end_matches('X');
    let count = template.len() - stem.len();
    if count < 3 {
        let text = format!("too few X's in template '{template}'");
        complain(sys, &text, "(null): Invalid argument");
        return Ok(1);
    }
    let dir = options.value('p').map(String::from).or_else(|| sys.env("TMPDIR")).unwrap_or("/tmp".into());
    for _ in 0..100 {
        let letters: String = (0..count)
            .map(|_| char::from(LETTERS[(sys.random() % LETTERS.len() as u64) as usize]))
            .collect();
        let name = format!("{stem}{letters}{suffix}");
        let path = if in_tmp { join(&dir, &name) } else { name };
        if sys.lstat(&path).is_ok() {
            continue;
        }
        let made = if options.has('u') {
            Ok(())
        } else if options.has('d') {
            sys.mkdir(&path, 0o700)
        } else {
            let flags = OpenFlags { exclusive: true, ..OpenFlags::WRITE };
            sys.open(&path, flags, 0o600).and_then(|fd| sys.close(fd))
        };
        if let Err(e) = made {
            let kind = if options.has('d') { "directory" } else { "file" };
            let shown = if in_tmp { join(&dir, &template) } else { template };
            let gnu = format!("failed to create {kind} via template '{shown}': {e}");
            complain(sys, &gnu, &format!("{shown}: {e}"));
            return Ok(1);
        }
        sys.print(&format!("{path}\n"));
        return Ok(0);
    }
    Ok(1)
}
