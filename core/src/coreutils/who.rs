//! `who`, `users`, `logname`: who has logged in. Nobody has: containers and the host keep no record of it.
//!
//! Exit status: 0; 1 of `logname`.

use super::opts::{Spec, parse};
use crate::kernel::{Applet, Stop, Sys};

/// `logname`, `users` and `who`.
pub const APPLETS: &[Applet] =
    &[Applet::main("logname", logname), Applet::main("users", nobody), Applet::main("who", nobody)];

const SPEC: Spec = Spec::new("abdHlmpqrstTu", &[("all", 'a'), ("count", 'q'), ("heading", 'H')], "[OPTION]... [FILE]", "Print who is logged in.")
    .missing("abdHlmpqrstTu");
const LOGNAME: Spec = Spec::new("", &[], "", "Print the name of the user who logged in.");

fn nobody(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    parse(sys, &SPEC).map(|_| 0)
}

fn logname(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    parse(sys, &LOGNAME)?;
    sys.complain("no login name");
    Ok(1)
}
