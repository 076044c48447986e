//! `getconf NAME [PATH]`: limits of the system, those that scripts ask for.
//!
//! Exit status: 0; 1 for a name that is not simulated; 2 without a name. Left out: `-a`, `-v`.

use super::hostname::PROCESSORS;
use crate::kernel::{Applet, Stop, Sys};

/// `getconf`.
pub const APPLETS: &[Applet] = &[Applet::main("getconf", main)];

const KNOWN: &[(&str, u64)] = &[
    ("ARG_MAX", 2_097_152),
    ("CHAR_BIT", 8),
    ("CLK_TCK", 100),
    ("HOST_NAME_MAX", 64),
    ("INT_MAX", 2_147_483_647),
    ("LOGIN_NAME_MAX", 256),
    ("LONG_BIT", 64),
    ("NAME_MAX", 255),
    ("NGROUPS_MAX", 65_536),
    ("OPEN_MAX", 1_048_576),
    ("PAGESIZE", 4096),
    ("PAGE_SIZE", 4096),
    ("PATH_MAX", 4096),
    ("PIPE_BUF", 4096),
    ("UINT_MAX", 4_294_967_295),
    ("WORD_BIT", 32),
    ("_NPROCESSORS_CONF", PROCESSORS),
    ("_NPROCESSORS_ONLN", PROCESSORS),
];

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let args = sys.args();
    let Some(name) = args.first() else {
        sys.eprint("Usage: getconf [-v SPEC] VAR\n  or:  getconf [-v SPEC] PATH_VAR PATH\n");
        return Ok(2);
    };
    let known = KNOWN.iter().find(|(known, _)| known == name || name.strip_prefix('_') == Some(known));
    match known {
        Some((_, value)) => sys.print(&format!("{value}\n")),
        None if name == "PATH" => sys.print("/bin:/usr/bin\n"),
        None => {
            sys.complain(&format!("'{name}' is not simulated by Drydock"));
            return Ok(1);
        }
    }
    Ok(0)
}
