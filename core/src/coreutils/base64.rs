//! `base64 [-d] [-i] [-w COLUMNS] [FILE]`: encode or decode base64.
//!
//! - `-d` decodes, `-i` skips other characters, `-w` wraps lines (76; 0 not at all)
//!
//! Exit status: 0, or 1 for an error.

use super::input::{plain_error, read_with};
use super::opts::{Spec, parse, usage_error};
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `base64`.
pub const APPLETS: &[Applet] = &[Applet::main("base64", main)];

const SPEC: Spec = Spec::new(
    "diw:",
    &[("decode", 'd'), ("ignore-garbage", 'i'), ("wrap=", 'w')],
    "[-d] [-w COL] [FILE]",
    "Encode or decode base64\n\n\t-d\tDecode\n\t-w COL\tWrap lines at COL (76; 0 not at all)",
);

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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
    let (inputs, failed) = read_with(sys, &o.operands, plain_error)?;
    let data: Vec<u8> = inputs.into_iter().flat_map(|i| i.data).collect();
    sys.spend(u32::try_from(data.len() / 64).unwrap_or(u32::MAX));
    if failed {
        return Ok(1);
    }
    if !o.has('d') {
        let text = crate::base::base64::encode(&data).into_bytes();
        let mut out = vec![];
        for line in text.chunks(if wrap == 0 { usize::MAX } else { wrap }) {
            out.extend_from_slice(line);
            out.extend((wrap > 0).then_some(b'\n'));
        }
        sys.write(1, &out);
        return Ok(0);
    }
    let (out, valid) = decode(&data, o.has('i'));
    sys.write(1, &out);
    if !valid {
        let gnu = sys.flavor() == Flavor::Gnu;
        sys.complain(if gnu { "invalid input" } else { "truncated input" });
    }
    Ok(i32::from(!valid))
}

fn decode(data: &[u8], lenient: bool) -> (Vec<u8>, bool) {
    let mut out = vec![];
    let (mut bits, mut count, mut padding) = (0u32, 0, 0);
    for byte in data.iter().filter(|b| **b != b'\n') {
        match LETTERS.iter().position(|l| l == byte) {
            Some(value) if padding == 0 => {
                bits = bits << 6 | value as u32;
                count += 1;
                if count == 4 {
                    out.extend_from_slice(&bits.to_be_bytes()[1..]);
                    (bits, count) = (0, 0);
                }
            }
            None if *byte == b'=' && count >= 2 => {
                padding += 1;
                if count + padding == 4 {
                    let bytes = (bits << (6 * padding)).to_be_bytes();
                    out.extend_from_slice(&bytes[1..4 - padding]);
                    (bits, count, padding) = (0, 0, 0);
                }
            }
            _ if lenient => {}
            _ => return (out, false),
        }
    }
    (out, count == 0 && padding == 0)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn there_and_back() {
        check(
            &mut bed(),
            &[
                ("base64", "hello\n", "aGVsbG8K\n"),
                ("base64 -w0", "ab", "YWI="),
                ("base64 -w 3", "abc", "YWJ\nj\n"),
                ("base64 -d", "aGVsbG8K\n", "hello\n"),
                ("base64 -d", "YQ==", "a"),
                ("base64 -d", "a*b", "! base64: invalid input\n= 1\n"),
            ],
        );
    }
}
