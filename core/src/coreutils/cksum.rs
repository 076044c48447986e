//! `cksum [FILE…]` and `sum [-rs] [FILE…]`: checksums and sizes.
//!
//! - `sum -r` the BSD sum and blocks of 1024 bytes (default), `-s` the System V sum and blocks of 512
//!
//! Exit status: 0, or 1 where a file could not be read. Left out: the other algorithms of `cksum -a`.

use super::input::{plain_error, read_with};
use super::opts::{Spec, parse};
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `cksum` and `sum`.
pub const APPLETS: &[Applet] = &[Applet::main("cksum", cksum), Applet::main("sum", sum)];

const CKSUM: Spec = Spec::new("", &[("algorithm=", 'a')], "[FILE]...", "Calculate CRC32 checksum of FILEs").missing("acz");

const SUM: Spec = Spec::new(
    "rs",
    &[("sysv", 's')],
    "[-rs] [FILE]...",
    "Checksum and count the blocks in FILEs\n\n\t-r\tUse BSD sum algorithm (1K blocks)\n\t-s\tUse System V sum algorithm (512byte blocks)",
);

fn crc(byte: u8, crc: u32) -> u32 {
    (0..8).fold(crc ^ u32::from(byte) << 24, |c, _| if c >> 31 == 1 { c << 1 ^ 0x04c1_1db7 } else { c << 1 })
}

fn cksum(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &CKSUM)?;
    let (inputs, failed) = read_with(sys, &o.operands, plain_error)?;
    for input in inputs {
        let mut value = input.data.iter().fold(0, |c, b| crc(*b, c));
        let mut length = input.data.len();
        while length > 0 {
            value = crc((length & 0xff) as u8, value);
            length >>= 8;
        }
        let name = if o.operands.is_empty() { String::new() } else { format!(" {}", input.name) };
        sys.print(&format!("{} {}{name}\n", !value, input.data.len()));
    }
    Ok(i32::from(failed))
}

fn sum(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SUM)?;
    let system_v = o.last_of("rs") == Some('s');
    let (inputs, failed) = read_with(sys, &o.operands, plain_error)?;
    for input in inputs {
        let named = !o.operands.is_empty() && (system_v || o.operands.len() > 1 || sys.flavor() == Flavor::Gnu);
        let name = if named { format!(" {}", input.name) } else { String::new() };
        let text = if system_v {
            let total = input.data.iter().fold(0u32, |s, b| s.wrapping_add(u32::from(*b)));
            let folded = (total & 0xffff) + (total >> 16);
            format!("{} {}{name}\n", (folded & 0xffff) + (folded >> 16), input.data.len().div_ceil(512))
        } else {
            let total = input.data.iter().fold(0u32, |s, b| ((s >> 1) + ((s & 1) << 15) + u32::from(*b)) & 0xffff);
            format!("{total:05} {:>5}{name}\n", input.data.len().div_ceil(1024))
        };
        sys.print(&text);
    }
    Ok(i32::from(failed))
}
