//! `pwd [-L] [-P]`: print the working directory.
//!
//! - `-L` the path as `$PWD` has it, where that is right; `-P` without links (the default of the program).
//!
//! Exit status: 0; 1 for an option it does not know.

use crate::kernel::{Applet, Stop, Sys};

/// `pwd`.
pub const APPLETS: &[Applet] = &[Applet::main("pwd", main)];

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let mut logical = false;
    for arg in sys.args() {
        match arg.as_str() {
            "-L" | "--logical" => logical = true,
            "-P" | "--physical" => logical = false,
            other => {
                sys.complain(&format!("unrecognized option '{other}'"));
                return Err(Stop::Exit(1));
            }
        }
    }
    let here = sys.cwd();
    let shown = sys.env("PWD").filter(|pwd| logical && sys.realpath(pwd).is_ok_and(|real| real == here));
    sys.print(&format!("{}\n", shown.unwrap_or(here)));
    Ok(0)
}
