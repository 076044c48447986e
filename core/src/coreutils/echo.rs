//! `echo [-neE] [STRING…]`: print a line.
//!
//! - `-n` without the line feed, `-e` with backslash escapes, `-E` without (the default).
//!
//! Exit status: 0.

use crate::kernel::{Applet, Flavor, Stop, Sys};
use crate::sh::{Voice, builtins};

/// `echo`.
pub const APPLETS: &[Applet] = &[Applet::main("echo", main)];

/// The voice of the programs of a family.
pub fn voice(sys: &Sys<'_>) -> Voice {
    match sys.flavor() {
        Flavor::Gnu => Voice::Gnu,
        Flavor::Busybox => Voice::Ash,
    }
}

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let out = builtins::echo::echo(&sys.args(), voice(sys));
    sys.write(1, &out);
    Ok(0)
}
