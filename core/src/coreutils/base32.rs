//! `base32 [-d] [-i] [-w COLUMNS] [FILE]`: encode or decode base32.
//!
//! - `-d` decodes, `-i` skips other characters, `-w` wraps lines (76; 0 not at all)
//!
//! Exit status: 0, or 1 for an error.

use super::input::read_one;
use super::opts::{Spec, parse, usage_error};
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `base32`.
pub const APPLETS: &[Applet] = &[Applet::main("base32", main)];

const SPEC: Spec = Spec::new(
    "diw:",
    &[("decode", 'd'), ("ignore-garbage", 'i'), ("wrap=", 'w')],
    "[-d] [-w COL] [FILE]",
    "Encode or decode base32\n\n\t-d\tDecode\n\t-w COL\tWrap lines at COL (76; 0 not at all)",
);

const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    if let Some(extra) = o.operands.get(1) {
        return Err(usage_error(sys, &SPEC, &format!("extra operand '{extra}'")));
    }
    let wrap = o.value('w').unwrap_or("76").to_string();
    let Ok(wrap) = wrap.parse::<usize>() else {
        sys.complain(&format!("invalid wrap size: '{wrap}'"));
        return Ok(1);
    };
    let data = read_one(sys, o.operands.first().map_or("-", String::as_str))?;
    sys.spend(u32::try_from(data.len() / 64).unwrap_or(u32::MAX));
    if o.has('d') {
        let (out, valid) = decode(&data, o.has('i'));
        sys.write(1, &out);
        if !valid {
            let gnu = sys.flavor() == Flavor::Gnu;
            sys.complain(if gnu { "invalid input" } else { "truncated input" });
        }
        return Ok(i32::from(!valid));
    }
    let mut out = vec![];
    for line in encode(&data).chunks(if wrap == 0 { usize::MAX } else { wrap }) {
        out.extend_from_slice(line);
        out.extend((wrap > 0).then_some(b'\n'));
    }
    sys.write(1, &out);
    Ok(0)
}

fn encode(data: &[u8]) -> Vec<u8> {
    let mut out = vec![];
    for group in data.chunks(5) {
        let bits = (0..5).fold(0_u64, |bits, at| bits << 8 | u64::from(group.get(at).copied().unwrap_or(0)));
        let letters = (group.len() * 8).div_ceil(5);
        let letter = |at: usize| LETTERS[(bits >> (35 - 5 * at) & 31) as usize];
        out.extend((0..8).map(|at| if at < letters { letter(at) } else { b'=' }));
    }
    out
}

/// The bytes, and whether all of the text was good.
fn decode(data: &[u8], lenient: bool) -> (Vec<u8>, bool) {
    let known = |byte: &u8| LETTERS.contains(byte) || *byte == b'=';
    let text: Vec<u8> = data.iter().copied().filter(|b| *b != b'\n' && (!lenient || known(b))).collect();
    let mut out = vec![];
    for group in text.chunks(8) {
        let values: Vec<u64> =
            group.iter().map_while(|b| LETTERS.iter().position(|l| l == b)).map(|value| value as u64).collect();
        let bytes = values.len() * 5 / 8;
        let padded = group.iter().skip(values.len()).all(|b| *b == b'=');
        if group.len() < 8 || !padded || ![2, 4, 5, 7, 8].contains(&values.len()) {
            return (out, false);
        }
        let bits = (0..8).fold(0_u64, |bits, at| bits << 5 | values.get(at).copied().unwrap_or(0));
        out.extend_from_slice(&bits.to_be_bytes()[3..3 + bytes]);
    }
    (out, true)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn there_and_back() {
        check(
            &mut bed(),
            &[
                ("base32", "hello\n", "NBSWY3DPBI======\n"),
                ("base32 -w0", "foobar", "MZXW6YTBOI======"),
                ("base32 -d", "NBSWY3DPBI======\n", "hello\n"),
                ("base32 -d", "MZXW6YTBOI======", "foobar"),
                ("base32 -di", "MZ*XW6YTBOI======", "foobar"),
                ("base32 -d", "MZX", "! base32: invalid input\n= 1\n"),
            ],
        );
    }
}
