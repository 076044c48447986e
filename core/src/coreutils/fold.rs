//! `fold [-bs] [-w WIDTH] [FILE…]`: break long lines.
//!
//! - `-w` columns (80), `-b` counts bytes, `-s` breaks after blanks where there are some
//!
//! Exit status: 0, or 1 where a file could not be read.

use super::input::{plain_error, read_with};
use super::opts::{Spec, parse};
use crate::kernel::{Applet, Stop, Sys};

/// `fold`.
pub const APPLETS: &[Applet] = &[Applet::main("fold", main)];

const SPEC: Spec = Spec::new(
    "bsw:",
    &[("bytes", 'b'), ("spaces", 's'), ("width=", 'w')],
    "[-bs] [-w WIDTH] [FILE]...",
    "Wrap input lines in FILEs, writing to stdout\n\n\t-b\tCount bytes rather than columns\n\t-s\tBreak at spaces\n\t-w\tUse WIDTH columns instead of 80",
)
.number('w');

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let text = o.value('w').unwrap_or("80").to_string();
    let width = match text.parse::<usize>() {
        Ok(n) if n > 0 => n,
        _ => {
            sys.complain(&format!("invalid number of columns: '{text}'"));
            return Ok(1);
        }
    };
    let (inputs, failed) = read_with(sys, &o.operands, plain_error)?;
    for input in inputs {
        let mut out = vec![];
        for line in input.data.split_inclusive(|b| *b == b'\n') {
            fold(line, width, o.has('b'), o.has('s'), &mut out);
        }
        sys.write(1, &out);
    }
    Ok(i32::from(failed))
}

fn after(column: usize, byte: u8, bytes: bool) -> usize {
    match byte {
        _ if bytes => column + 1,
        b'\t' => column / 8 * 8 + 8,
        b'\x08' => column.saturating_sub(1),
        b'\r' => 0,
        _ => column + 1,
    }
}

fn fold(line: &[u8], width: usize, bytes: bool, spaces: bool, out: &mut Vec<u8>) {
    let mut held: Vec<u8> = vec![];
    let mut column = 0;
    for &byte in line {
        if byte == b'\n' {
            held.push(byte);
            break;
        }
        while after(column, byte, bytes) > width && !held.is_empty() {
            let blank = held.iter().rposition(|b| matches!(b, b' ' | b'\t')).filter(|_| spaces);
            let rest = held.split_off(blank.map_or(held.len(), |at| at + 1));
            out.append(&mut held);
            out.push(b'\n');
            held = rest;
            column = held.iter().fold(0, |column, b| after(column, *b, bytes));
        }
        column = after(column, byte, bytes);
        held.push(byte);
    }
    out.append(&mut held);
}
