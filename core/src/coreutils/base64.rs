//! `base64 [-d] [-i] [-w COLUMNS] [FILE]`, `base32 …`: encode or decode base64 or base32.
//!
//! - `-d` decodes, `-i` skips other characters, `-w` wraps lines (76; 0 not at all)
//!
//! Exit status: 0, or 1 for an error.

use super::input::{plain_error, read_one, read_with};
use super::opts::{Options, Spec, parse, usage_error};
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `base32` and `base64`.
pub const APPLETS: &[Applet] = &[Applet::main("base32", base32), Applet::main("base64", base64)];

const BASE32: Spec = Spec::new(
    "diw:",
    &[("decode", 'd'), ("ignore-garbage", 'i'), ("wrap=", 'w')],
    "[-d] [-w COL] [FILE]",
    "Encode or decode base32\n\n\t-d\tDecode\n\t-w COL\tWrap lines at COL (76; 0 not at all)",
);
const BASE64: Spec = Spec::new(
    "diw:",
    &[("decode", 'd'), ("ignore-garbage", 'i'), ("wrap=", 'w')],
    "[-d] [-w COL] [FILE]",
    "Encode or decode base64\n\n\t-d\tDecode\n\t-w COL\tWrap lines at COL (76; 0 not at all)",
);

const BASE32_LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64_LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A way to write bytes as letters.
struct Code {
    read: fn(&mut Sys<'_>, &Options) -> Result<Vec<u8>, Stop>,
    encode: fn(&[u8]) -> Vec<u8>,
    /// The bytes as far as the text is good, and whether all of it is; the flag has other characters skipped.
    decode: fn(&[u8], bool) -> (Vec<u8>, bool),
}

fn base32(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let read = |sys: &mut Sys<'_>, o: &Options| read_one(sys, o.operands.first().map_or("-", String::as_str));
    transcode(sys, &BASE32, &Code { read, encode: encode_base32, decode: decode_base32 })
}

fn base64(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let read = |sys: &mut Sys<'_>, o: &Options| {
        let (inputs, failed) = read_with(sys, &o.operands, plain_error)?;
        if failed { Err(Stop::Exit(1)) } else { Ok(inputs.into_iter().flat_map(|i| i.data).collect()) }
    };
    let encode = |data: &[u8]| crate::base::base64::encode(data).into_bytes();
    transcode(sys, &BASE64, &Code { read, encode, decode: decode_base64 })
}

fn transcode(sys: &mut Sys<'_>, spec: &Spec, code: &Code) -> Result<i32, Stop> {
    let o = parse(sys, spec)?;
    if let Some(extra) = o.operands.get(1) {
        return Err(usage_error(sys, spec, &format!("extra operand '{extra}'")));
    }
    let wrap = o.value('w').unwrap_or("76").to_string();
    let Ok(wrap) = wrap.parse::<usize>() else {
        sys.complain(&format!("invalid wrap size: '{wrap}'"));
        return Ok(1);
    };
    let data = (code.read)(sys, &o)?;
    sys.spend(u32::try_from(data.len() / 64).unwrap_or(u32::MAX));
    if o.has('d') {
        let (out, valid) = (code.decode)(&data, o.has('i'));
        sys.write(1, &out);
        if !valid {
            let gnu = sys.flavor() == Flavor::Gnu;
            sys.complain(if gnu { "invalid input" } else { "truncated input" });
        }
        return Ok(i32::from(!valid));
    }
    let mut out = vec![];
    for line in (code.encode)(&data).chunks(if wrap == 0 { usize::MAX } else { wrap }) {
        out.extend_from_slice(line);
        out.extend((wrap > 0).then_some(b'\n'));
    }
    sys.write(1, &out);
    Ok(0)
}

fn encode_base32(data: &[u8]) -> Vec<u8> {
    let mut out = vec![];
    for group in data.chunks(5) {
        let bits = (0..5).fold(0_u64, |bits, at| bits << 8 | u64::from(group.get(at).copied().unwrap_or(0)));
        let letters = (group.len() * 8).div_ceil(5);
        let letter = |at: usize| BASE32_LETTERS[(bits >> (35 - 5 * at) & 31) as usize];
        out.extend((0..8).map(|at| if at < letters { letter(at) } else { b'=' }));
    }
    out
}

fn decode_base32(data: &[u8], lenient: bool) -> (Vec<u8>, bool) {
    let known = |byte: &u8| BASE32_LETTERS.contains(byte) || *byte == b'=';
    let text: Vec<u8> = data.iter().copied().filter(|b| *b != b'\n' && (!lenient || known(b))).collect();
    let mut out = vec![];
    for group in text.chunks(8) {
        let values: Vec<u64> =
            group.iter().map_while(|b| BASE32_LETTERS.iter().position(|l| l == b)).map(|value| value as u64).collect();
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

fn decode_base64(data: &[u8], lenient: bool) -> (Vec<u8>, bool) {
    let mut out = vec![];
    let (mut bits, mut count, mut padding) = (0u32, 0, 0);
    for byte in data.iter().filter(|b| **b != b'\n') {
        match BASE64_LETTERS.iter().position(|l| l == byte) {
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
                ("base32", "hello\n", "NBSWY3DPBI======\n"),
                ("base32 -w0", "foobar", "MZXW6YTBOI======"),
                ("base32 -d", "NBSWY3DPBI======\n", "hello\n"),
                ("base32 -d", "MZXW6YTBOI======", "foobar"),
                ("base32 -di", "MZ*XW6YTBOI======", "foobar"),
                ("base32 -d", "MZX", "! base32: invalid input\n= 1\n"),
                ("base64 -d", "a*b", "! base64: invalid input\n= 1\n"),
            ],
        );
    }
}
