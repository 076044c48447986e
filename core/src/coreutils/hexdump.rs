//! `hexdump [-C] [-n LENGTH] [-s OFFSET] [-v] [FILE…]`, `hd`, `xxd [-p] [-r] [-l LENGTH] [-s OFFSET] [FILE]`: bytes in
//! hexadecimal, and back (`xxd -r -p`).
//!
//! Exit status: 0, or 1 for an error. Formats of one's own (`-e`, `-f`) are left out.

use super::input::{parse_count, plain_error, read_with};
use super::opts::{Options, Spec, parse};
use crate::kernel::{Applet, Stop, Sys};
use std::fmt::Write as _;

/// `hd`, `hexdump` and `xxd`.
pub const APPLETS: &[Applet] = &[
    Applet::main("hd", |sys| hexdump(sys, true)),
    Applet::main("hexdump", |sys| hexdump(sys, false)),
    Applet::main("xxd", xxd),
];

const HEXDUMP: Spec =
    Spec::new("Cn:s:vbcdox", &[("canonical", 'C'), ("length=", 'n'), ("skip=", 's'), ("no-squeezing", 'v')], "[-Cv] [-n LENGTH] [-s OFFSET] [FILE]...", "Show bytes in hexadecimal.")
        .missing("bcdox");
const XXD: Spec = Spec::new("prl:s:c:g:ubei", &[("plain", 'p'), ("revert", 'r'), ("len=", 'l'), ("seek=", 's'), ("cols=", 'c')], "[-pr] [-l LENGTH] [-s OFFSET] [-c COLS] [FILE]", "Show bytes in hexadecimal, or make bytes of them.")
    .missing("gubei");

/// The bytes that the options ask for, and where they begin; nothing where a file could not be read.
fn input(sys: &mut Sys<'_>, options: &Options, length: char) -> Result<Option<(Vec<u8>, usize)>, Stop> {
    let mut bounds = [0, usize::MAX];
    for (slot, letter) in bounds.iter_mut().zip(['s', length]) {
        let Some(text) = options.value(letter) else { continue };
        let number = text.strip_prefix("0x").map_or_else(|| parse_count(text), |hex| u64::from_str_radix(hex, 16).ok());
        let Some(number) = number else {
            let text = text.to_string();
            sys.complain(&format!("invalid number '{text}'"));
            return Err(Stop::Exit(1));
        };
        *slot = usize::try_from(number).unwrap_or(usize::MAX);
    }
    let [skip, length] = bounds;
    let (inputs, failed) = read_with(sys, &options.operands, plain_error)?;
    let data: Vec<u8> = inputs.into_iter().flat_map(|i| i.data).skip(skip).take(length).collect();
    sys.spend(u32::try_from(data.len() / 16).unwrap_or(u32::MAX));
    Ok((!failed).then_some((data, skip)))
}

fn printable(bytes: &[u8]) -> String {
    bytes.iter().map(|b| if b.is_ascii_graphic() || *b == b' ' { char::from(*b) } else { '.' }).collect()
}

/// The rows of 16 bytes of a dump, each with where it begins; none stands for rows that repeat the one before, unless
/// all are wanted.
pub fn rows(data: &[u8], all: bool) -> impl Iterator<Item = Option<(usize, &[u8])>> {
    let repeats = move |row: usize| !all && row > 0 && data.chunks(16).nth(row) == data.chunks(16).nth(row - 1);
    data.chunks(16).enumerate().filter_map(move |(row, bytes)| match repeats(row) {
        false => Some(Some((row * 16, bytes))),
        true => (!repeats(row - 1)).then_some(None),
    })
}

fn hexdump(sys: &mut Sys<'_>, canonical: bool) -> Result<i32, Stop> {
    let options = parse(sys, &HEXDUMP)?;
    let canonical = canonical || options.has('C');
    let Some((data, skip)) = input(sys, &options, 'n')? else { return Ok(1) };
    let mut out = String::new();
    for row in rows(&data, options.has('v')) {
        let Some((at, line)) = row.map(|(at, line)| (skip + at, line)) else {
            out.push_str("*\n");
            continue;
        };
        let _to_text = if canonical {
            let half = |part: &[u8]| part.iter().map(|b| format!("{b:02x} ")).collect::<String>();
            let (left, right) = line.split_at(line.len().min(8));
            writeln!(out, "{at:08x}  {:<24} {:<24} |{}|", half(left), half(right), printable(line))
        } else {
            let words = line.chunks(2).map(|pair| {
                let word = u16::from(pair[0]) | u16::from(pair.get(1).copied().unwrap_or(0)) << 8;
                format!(" {word:04x}")
            });
            writeln!(out, "{at:07x}{:<40}", words.collect::<String>())
        };
    }
    if !data.is_empty() {
        let end = skip + data.len();
        out.push_str(&if canonical { format!("{end:08x}\n") } else { format!("{end:07x}\n") });
    }
    sys.print(&out);
    Ok(0)
}

fn xxd(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &XXD)?;
    let Some((data, skip)) = input(sys, &options, 'l')? else { return Ok(2) };
    if options.has('r') {
        if !options.has('p') {
            sys.complain("-r without -p is not simulated by Drydock");
            return Ok(1);
        }
        let digits: Vec<u32> = data.iter().filter_map(|b| char::from(*b).to_digit(16)).collect();
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect();
        sys.write(1, &bytes);
        return Ok(0);
    }
    let usual = if options.has('p') { 30 } else { 16 };
    let wide = options.value('c').and_then(|c| c.parse().ok()).filter(|c| (1..=256).contains(c)).unwrap_or(usual);
    let mut out = String::new();
    for (number, line) in data.chunks(wide).enumerate() {
        let _to_text = if options.has('p') {
            writeln!(out, "{}", line.iter().map(|b| format!("{b:02x}")).collect::<String>())
        } else {
            let pairs = line.chunks(2).map(|p| p.iter().map(|b| format!("{b:02x}")).collect::<String>() + " ");
            let room = wide * 2 + wide.div_ceil(2);
            writeln!(out, "{:08x}: {:<room$} {}", skip + number * wide, pairs.collect::<String>(), printable(line))
        };
    }
    sys.print(&out);
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn bytes_as_digits() {
        check(
            &mut bed(),
            &[
                ("hexdump -C", "hello\n", "00000000  68 65 6c 6c 6f 0a                                 |hello.|\n00000006\n"),
                ("hexdump", "ab", "0000000 6261                                   \n0000002\n"),
                ("xxd", "hello\n", "00000000: 6865 6c6c 6f0a                           hello.\n"),
                ("xxd -p", "hello\n", "68656c6c6f0a\n"),
                ("xxd -r -p", "68656c6c6f0a\n", "hello\n"),
            ],
        );
    }
}
