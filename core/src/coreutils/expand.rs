//! `expand [-i] [-t LIST] [FILE…]` and `unexpand [-a] [--first-only] [-t LIST] [FILE…]`: tabs to blanks and back.
//!
//! - `-t` a width (8) or the columns of the stops; `-i` leading tabs only; `-a` all runs of blanks
//!
//! Exit status: 0, or 1 where a file could not be read.

use super::input::{plain_error, read_with};
use super::opts::{Options, Spec, parse};
use crate::kernel::{Applet, Stop, Sys};

/// `expand` and `unexpand`.
pub const APPLETS: &[Applet] = &[Applet::main("expand", expand), Applet::main("unexpand", unexpand)];

const EXPAND: Spec = Spec::new(
    "it:",
    &[("initial", 'i'), ("tabs=", 't')],
    "[-i] [-t N] [FILE]...",
    "Convert tabs to spaces, writing to stdout\n\n\t-i\tDon't convert tabs after non blanks\n\t-t\tTabstops every N chars",
)
.number('t');

const UNEXPAND: Spec = Spec::new(
    "aft:",
    &[("all", 'a'), ("first-only", 'f'), ("tabs=", 't')],
    "[-fa][-t N] [FILE]...",
    "Convert spaces to tabs, writing to stdout\n\n\t-a\tConvert all blanks\n\t-f\tConvert only leading blanks\n\t-t N\tTabstops every N chars",
)
.number('t');

/// Where tabs stop.
enum Stops {
    Every(usize),
    At(Vec<usize>),
}

impl Stops {
    fn read(sys: &mut Sys<'_>, o: &Options) -> Result<Self, Stop> {
        let text = o.value('t').unwrap_or("8").to_string();
        let numbers: Option<Vec<usize>> =
            text.split([',', ' ']).map(|n| n.parse().ok().filter(|n| *n > 0)).collect();
        match numbers {
            None => {
                sys.complain(&format!("tab size contains invalid character(s): '{text}'"));
                Err(Stop::Exit(1))
            }
            Some(numbers) if numbers.windows(2).any(|w| w[0] >= w[1]) => {
                sys.complain("tab sizes must be ascending");
                Err(Stop::Exit(1))
            }
            Some(numbers) => Ok(match numbers.as_slice() {
                [one] => Stops::Every(*one),
                _ => Stops::At(numbers),
            }),
        }
    }

    /// The stop after a column; `None` behind the last.
    fn next(&self, column: usize) -> Option<usize> {
        match self {
            Stops::Every(n) => Some(column / n * n + n),
            Stops::At(all) => all.iter().copied().find(|stop| *stop > column),
        }
    }
}

fn expand(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &EXPAND)?;
    let stops = Stops::read(sys, &o)?;
    let (inputs, failed) = read_with(sys, &o.operands, plain_error)?;
    let mut out = vec![];
    for line in inputs.iter().flat_map(|i| i.data.split_inclusive(|b| *b == b'\n')) {
        let (mut column, mut leading) = (0, true);
        for &byte in line {
            leading &= matches!(byte, b' ' | b'\t');
            match byte {
                b'\t' if leading || !o.has('i') => {
                    let stop = stops.next(column).unwrap_or(column + 1);
                    out.extend(std::iter::repeat_n(b' ', stop - column));
                    column = stop;
                    continue;
                }
                b'\t' => column = stops.next(column).unwrap_or(column + 1),
                b'\x08' => column = column.saturating_sub(1),
                _ => column += 1,
            }
            out.push(byte);
        }
    }
    sys.write(1, &out);
    Ok(i32::from(failed))
}

fn unexpand(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &UNEXPAND)?;
    let stops = Stops::read(sys, &o)?;
    let all = (o.has('a') || o.has('t')) && !o.has('f');
    let (inputs, failed) = read_with(sys, &o.operands, plain_error)?;
    let mut out = vec![];
    for line in inputs.iter().flat_map(|i| i.data.split_inclusive(|b| *b == b'\n')) {
        let (mut column, mut blanks_from, mut leading) = (0, 0, true);
        let mut held: Vec<u8> = vec![];
        for &byte in line {
            let converts = leading || all;
            match byte {
                b' ' if converts && stops.next(column).is_some() => {
                    column += 1;
                    held.push(b' ');
                    if column > blanks_from && stops.next(column - 1) == Some(column) {
                        // A single blank before a stop stays one.
                        let single = held.as_slice() == b" " && column - blanks_from == 1;
                        if !single || leading && column == 1 {
                            held = tabs(&held);
                        }
                        if !single {
                            blanks_from = column;
                        }
                    }
                    continue;
                }
                b'\t' if converts => {
                    column = stops.next(column).unwrap_or(column + 1);
                    held = tabs(&held);
                    held.push(b'\t');
                    if held.ends_with(b"\t\t") && held.len() > 1 {
                        held.pop();
                    }
                    blanks_from = column;
                    out.append(&mut held);
                    continue;
                }
                b'\x08' => column = column.saturating_sub(1),
                _ => column += 1,
            }
            out.append(&mut held);
            out.push(byte);
            leading &= matches!(byte, b' ' | b'\t');
            blanks_from = column;
        }
        out.append(&mut held);
    }
    sys.write(1, &out);
    Ok(i32::from(failed))
}

/// Blanks that end at a stop, with a tab in their place; tabs before them stay.
fn tabs(held: &[u8]) -> Vec<u8> {
    let kept = held.iter().take_while(|b| **b == b'\t').count();
    let mut out = vec![b'\t'; kept];
    out.extend((held.len() > kept).then_some(b'\t'));
    out
}
