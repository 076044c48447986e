//! `tac [FILE…]`: print the lines of every file from the last to the first.
//!
//! Exit status: 0, or 1 where a file could not be read. Left out: `-b`, `-r`, `-s`.

use super::input::read_with;
use super::opts::{Spec, parse};
use crate::base::Errno;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `tac`.
pub const APPLETS: &[Applet] = &[Applet::main("tac", main)];

const SPEC: Spec = Spec::new("", &[], "[FILE]...", "Print the lines of FILEs in reverse").missing("brs");

fn complaint(flavor: Flavor, name: &str, error: Errno) -> String {
    match flavor {
        Flavor::Gnu => format!("failed to open '{name}' for reading: {}", error.text()),
        Flavor::Busybox => format!("{name}: {}", error.text()),
    }
}

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let (inputs, failed) = read_with(sys, &o.operands, complaint)?;
    for input in inputs {
        let mut lines: Vec<&[u8]> = input.data.split_inclusive(|b| *b == b'\n').collect();
        lines.reverse();
        sys.write(1, &lines.concat());
    }
    Ok(i32::from(failed))
}
