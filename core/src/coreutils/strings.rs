//! `strings [-a] [-f] [-n MIN] [-t d|o|x] [-o] [FILE…]`: print the runs of printable characters.
//!
//! Exit status: 0, or 1 where a file could not be read.

use super::input::{plain_error, read_with};
use super::opts::{Spec, parse};
use crate::kernel::{Applet, Stop, Sys};

/// `strings`.
pub const APPLETS: &[Applet] = &[Applet::main("strings", main)];

// Whole files are scanned with and without `-a`, as binutils does today.
const SPEC: Spec = Spec::new(
    "afon:t:",
    &[("all", 'a'), ("print-file-name", 'f'), ("bytes=", 'n'), ("radix=", 't')],
    "[-fo] [-t o|d|x] [-n LEN] [FILE]...",
    "Display printable strings in a binary file\n\n\t-f\tPrecede strings with filenames\n\t-o\tPrecede strings with octal offsets\n\t-t o|d|x\tPrecede strings with offsets in base 8/10/16\n\t-n LEN\tAt least LEN characters form a string (default 4)",
)
.number('n')
.missing("deswT")
.moot("a");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let text = o.value('n').unwrap_or("4").to_string();
    let least = match text.parse::<usize>() {
        Ok(n) if n > 0 => n,
        _ => {
            sys.complain(&format!("invalid minimum string length {text}"));
            return Ok(1);
        }
    };
    let radix = if o.has('o') { "o" } else { o.value('t').unwrap_or("") }.to_string();
    if !["", "o", "d", "x"].contains(&radix.as_str()) {
        sys.complain(&format!("invalid radix '{radix}'"));
        return Ok(1);
    }
    let (inputs, failed) = read_with(sys, &o.operands, plain_error)?;
    let mut out = String::new();
    for input in inputs {
        let name = if input.name == "-" { "{standard input}" } else { &input.name };
        let mut at = 0;
        for run in input.data.split(|b| !matches!(b, b'\t' | b' '..=b'~')) {
            if run.len() >= least {
                if o.has('f') {
                    out.push_str(&format!("{name}: "));
                }
                match radix.as_str() {
                    "o" => out.push_str(&format!("{at:7o} ")),
                    "d" => out.push_str(&format!("{at:7} ")),
                    "x" => out.push_str(&format!("{at:7x} ")),
                    _ => {}
                }
                out.push_str(&format!("{}\n", String::from_utf8_lossy(run)));
            }
            at += run.len() + 1;
        }
    }
    sys.print(&out);
    Ok(i32::from(failed))
}
