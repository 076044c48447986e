//! `less [FILE…]`, `more [FILE…]`: print files. Nothing is paged: everything is printed at once, as the real ones
//! do where the output is no terminal.
//!
//! Exit status: 0, or 1 where a file could not be read.

use super::input::read_with;
use super::opts::{Spec, parse};
use crate::base::Errno;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `less` and `more`.
pub const APPLETS: &[Applet] = &[Applet::main("less", main), Applet::main("more", main)];

// Pages are printed whole, so that nothing is left to ask about (`-E`, `-F`), to redraw (`-X`) or to scroll (`-S`); colours
// pass as they are (`-R`).
const SPEC: Spec = Spec::new("FRSXE", &[], "[FILE]...", "Print FILEs page by page").missing("NMm").moot("FRSXE");

fn complaint(flavor: Flavor, name: &str, error: Errno) -> String {
    match flavor {
        Flavor::Gnu => format!("cannot open {name}: {}", error.text()),
        Flavor::Busybox => format!("can't open '{name}': {}", error.text()),
    }
}

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let (inputs, failed) = read_with(sys, &o.operands, complaint)?;
    for input in inputs {
        sys.write(1, &input.data);
    }
    Ok(i32::from(failed))
}
