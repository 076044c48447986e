//! `split [-l N|-b SIZE|-C SIZE|-n CHUNKS] [-a N] [-d] [--additional-suffix=S] [FILE [PREFIX]]`: cut a file into pieces.
//!
//! - `-l` lines of each piece (1000), `-b` bytes, `-n` so many pieces of equal size; `-d` names with digits
//!
//! Exit status: 0, or 1 for an error. Left out: `-C`, `--filter`, `-n l/N` and the like.

use super::input::{parse_count, read_one};
use super::opts::{Spec, parse, usage_error};
use crate::kernel::{Applet, Stop, Sys};

/// `split`.
pub const APPLETS: &[Applet] = &[Applet::main("split", main)];

const SPEC: Spec = Spec::new(
    "l:b:n:a:dx",
    &[
        ("lines=", 'l'),
        ("bytes=", 'b'),
        ("number=", 'n'),
        ("suffix-length=", 'a'),
        ("additional-suffix=", 'S'),
        ("numeric-suffixes", 'd'),
        ("hex-suffixes", 'x'),
        ("verbose", 'V'),
        ("filter=", 'F'),
    ],
    "[OPTION]... [FILE [PREFIX]]",
    "Output pieces of FILE to PREFIXaa, PREFIXab, ...\n\n\t-b N\tSplit by N bytes\n\t-l N\tSplit by N lines\n\t-a N\tUse N letters as suffix",
)
.busybox("b:l:a:")
.number('l')
.missing("CFetu");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let (file, prefix) = match o.operands.as_slice() {
        [] => ("-", "x"),
        [file] => (file.as_str(), "x"),
        [file, prefix] => (file.as_str(), prefix.as_str()),
        [_, _, extra, ..] => return Err(usage_error(sys, &SPEC, &format!("extra operand '{extra}'"))),
    };
    let how = o.last_of("lbn").unwrap_or('l');
    let text = o.value(how).unwrap_or("1000").to_string();
    let count = parse_count(&text).and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0);
    let Some(count) = count else {
        let what = match how {
            'b' => "bytes",
            'n' => "chunks",
            _ => "lines",
        };
        sys.complain(&format!("invalid number of {what}: '{text}'"));
        return Ok(1);
    };
    let length = o.value('a').unwrap_or("2").to_string();
    let Some(length) = length.parse::<usize>().ok().filter(|n| (1..=20).contains(n)) else {
        sys.complain(&format!("invalid suffix length: '{length}'"));
        return Ok(1);
    };
    let digits: &[u8] = match o.last_of("dx") {
        Some('d') => b"0123456789",
        Some(_) => b"0123456789abcdef",
        None => b"abcdefghijklmnopqrstuvwxyz",
    };
    let data = read_one(sys, file)?;
    for (i, piece) in pieces(&data, how, count).into_iter().enumerate() {
        let Some(suffix) = suffix(i, length, digits) else {
            sys.complain("output file suffixes exhausted");
            return Ok(1);
        };
        let name = format!("{prefix}{suffix}{}", o.value('S').unwrap_or(""));
        if o.has('V') {
            sys.print(&format!("creating file '{name}'\n"));
        }
        if let Err(e) = sys.write_file(&name, piece, 0o666) {
            sys.complain(&format!("{name}: {e}"));
            return Ok(1);
        }
    }
    Ok(0)
}

fn pieces(data: &[u8], how: char, count: usize) -> Vec<&[u8]> {
    match how {
        'b' => data.chunks(count).collect(),
        'n' => {
            let size = data.len() / count;
            let piece = |i: usize| {
                let end = if i + 1 == count { data.len() } else { (i + 1) * size };
                data.get(i * size..end).unwrap_or_default()
            };
            (0..count.min(100_000)).map(piece).collect()
        }
        _ => {
            let mut pieces = vec![];
            let (mut start, mut lines) = (0, 0);
            for (at, _) in data.iter().enumerate().filter(|(_, b)| **b == b'\n') {
                lines += 1;
                if lines == count {
                    pieces.push(&data[start..=at]);
                    (start, lines) = (at + 1, 0);
                }
            }
            pieces.extend(data.get(start..).filter(|rest| !rest.is_empty()));
            pieces
        }
    }
}

fn suffix(mut i: usize, length: usize, digits: &[u8]) -> Option<String> {
    let mut out = vec![];
    for _ in 0..length {
        out.push(char::from(digits[i % digits.len()]));
        i /= digits.len();
    }
    (i == 0).then(|| out.iter().rev().collect())
}
