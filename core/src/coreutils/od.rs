//! `od [-c] [-x] [-b] [-An] [-t {x1|o1|u1|d1|c|x2|o2}] [-N BYTES] [-j SKIP] [FILE…]`: show bytes.
//!
//! - `-c` characters, `-x` 16-bit hexadecimal, `-b` octal bytes, `-t` a format, `-A n|o|d|x` the addresses
//! - `-v` also lines like the one before
//!
//! Exit status: 0, or 1 for an error. Left out: more than one format, wider numbers.

use super::hexdump::rows;
use super::input::{parse_count, plain_error, read_with};
use super::opts::{Spec, parse};
use crate::kernel::{Applet, Stop, Sys};

/// `od`.
pub const APPLETS: &[Applet] = &[Applet::main("od", main)];

const SPEC: Spec = Spec::new(
    "A:bcxot:N:j:v",
    &[
        ("address-radix=", 'A'),
        ("format=", 't'),
        ("read-bytes=", 'N'),
        ("skip-bytes=", 'j'),
        ("output-duplicates", 'v'),
    ],
    "[-bcxov] [-t TYPE] [-A RADIX] [-N SIZE] [-j SKIP] [FILE]...",
    "Show the bytes of FILEs in octal, or as characters and numbers",
)
.missing("adfilsSw");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let format = match o.list.iter().rev().find(|(c, _)| "bcxot".contains(*c)) {
        Some(('b', _)) => "o1",
        Some(('c', _)) => "c",
        Some(('x', _)) => "x2",
        Some(('t', Some(text))) => text.as_str(),
        _ => "o2",
    };
    let (size, cell): (usize, fn(u32) -> String) = match format {
        "c" => (1, |n| format!("{:>4}", character(n))),
        "x1" => (1, |n| format!(" {n:02x}")),
        "o1" => (1, |n| format!(" {n:03o}")),
        "u1" => (1, |n| format!(" {n:>3}")),
        "d1" => (1, |n| format!(" {:>4}", n as u8 as i8)),
        "x2" => (2, |n| format!(" {n:04x}")),
        "o2" => (2, |n| format!(" {n:06o}")),
        other => {
            sys.complain(&format!("the format '{other}' is not simulated by Drydock"));
            return Ok(1);
        }
    };
    let mut counts = [0, u64::MAX];
    for (slot, letter) in counts.iter_mut().zip("jN".chars()) {
        let Some(text) = o.value(letter) else { continue };
        let Some(n) = parse_count(text) else {
            sys.complain(&format!("invalid -{letter} argument '{text}'"));
            return Ok(1);
        };
        *slot = n;
    }
    let (inputs, failed) = read_with(sys, &o.operands, plain_error)?;
    let data: Vec<u8> = inputs.into_iter().flat_map(|i| i.data).collect();
    let [skip, length] = counts.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    let data = data.get(skip..).unwrap_or_default();
    let data = data.get(..length.min(data.len())).unwrap_or_default();
    let address = |n: usize| match o.value('A') {
        Some("n") => String::new(),
        Some("d") => format!("{n:07}"),
        Some("x") => format!("{n:06x}"),
        _ => format!("{n:07o}"),
    };
    let mut out = String::new();
    for row in rows(data, o.has('v')) {
        let Some((at, chunk)) = row else {
            out.push_str("*\n");
            continue;
        };
        out.push_str(&address(skip + at));
        for unit in chunk.chunks(size) {
            let number = unit.iter().rev().fold(0u32, |n, b| n << 8 | u32::from(*b));
            out.push_str(&cell(number));
        }
        out.push('\n');
    }
    if o.value('A') != Some("n") {
        out.push_str(&address(skip + data.len()));
        out.push('\n');
    }
    sys.print(&out);
    Ok(i32::from(failed))
}

fn character(n: u32) -> String {
    match n {
        0 => "\\0".into(),
        7 => "\\a".into(),
        8 => "\\b".into(),
        9 => "\\t".into(),
        10 => "\\n".into(),
        11 => "\\v".into(),
        12 => "\\f".into(),
        13 => "\\r".into(),
        0x20..0x7f => char::from(n as u8).to_string(),
        _ => format!("{n:03o}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn shows_bytes() {
        check(
            &mut bed(),
            &[
                ("od -c", "ab\n", "0000000   a   b  \\n\n0000003\n"),
                ("od -An -tx1", "hi\n", " 68 69 0a\n"),
                ("od", "abc", "0000000 061141 000143\n0000003\n"),
                ("od -An -N2 -tu1", "abc", "  97  98\n"),
            ],
        );
    }
}
