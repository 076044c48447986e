//! `shuf [-e] [-i LO-HI] [-n COUNT] [-o FILE] [-r] [-z] [FILE|WORD…]`: lines in random order.
//!
//! The order comes from the seed of the world, so a session that is played again shuffles alike.
//!
//! Exit status: 0, or 1 for an error. Left out: `--random-source`.

use super::input::{read_one, records};
use super::opts::{Options, Spec, parse, usage_error};
use crate::kernel::{Applet, Stop, Sys};

/// `shuf`.
pub const APPLETS: &[Applet] = &[Applet::main("shuf", main)];

/// The most numbers of `-i`.
const MAX_NUMBERS: u64 = 1_000_000;

const SPEC: Spec = Spec::new(
    "ei:n:o:rz",
    &[
        ("echo", 'e'),
        ("input-range=", 'i'),
        ("head-count=", 'n'),
        ("output=", 'o'),
        ("repeat", 'r'),
        ("zero-terminated", 'z'),
        ("random-source=", 'R'),
    ],
    "[-n NUM] [-o FILE] [-z] [FILE | -e [ARG...] | -i L-H]",
    "Randomly permute lines\n\n\t-n NUM\tOutput at most NUM lines\n\t-o FILE\tWrite to FILE, not standard output\n\t-z\tEnd lines with zero byte, not newline\n\t-e\tTreat ARGs as lines\n\t-i L-H\tTreat numbers L-H as lines",
)
.busybox("ei:n:o:z")
.missing("R");

fn source(sys: &mut Sys<'_>, o: &Options, end: u8) -> Result<Vec<Vec<u8>>, Stop> {
    if o.has('e') {
        return Ok(o.operands.iter().map(|w| w.clone().into_bytes()).collect());
    }
    let Some(range) = o.value('i').map(String::from) else {
        if let [_, extra, ..] = o.operands.as_slice() {
            return Err(usage_error(sys, &SPEC, &format!("extra operand '{extra}'")));
        }
        let data = read_one(sys, o.operands.first().map_or("-", String::as_str))?;
        return Ok(records(&data, end).map(<[u8]>::to_vec).collect());
    };
    let ends = range.split_once('-').and_then(|(a, b)| Some((a.parse::<u64>().ok()?, b.parse::<u64>().ok()?)));
    match ends {
        Some((low, high)) if high.saturating_sub(low) >= MAX_NUMBERS => {
            sys.complain("a range of more than 1000000 numbers, which Drydock does not shuffle");
            Err(Stop::Exit(1))
        }
        Some((low, high)) if low <= high + 1 => {
            Ok((low..=high).map(|n| n.to_string().into_bytes()).collect())
        }
        _ => {
            sys.complain(&format!("invalid input range: '{range}'"));
            Err(Stop::Exit(1))
        }
    }
}

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let end = if o.has('z') { 0 } else { b'\n' };
    let count = match o.value('n').map(|n| (n.to_string(), n.parse::<usize>())) {
        None => None,
        Some((_, Ok(n))) => Some(n),
        Some((text, Err(_))) => {
            sys.complain(&format!("invalid line count: '{text}'"));
            return Ok(1);
        }
    };
    let mut items = source(sys, &o, end)?;
    let mut out = vec![];
    if o.has('r') {
        let Some(count) = count else {
            sys.complain("-r without -n never ends, which Drydock does not simulate");
            return Ok(1);
        };
        for _ in 0..count.min(1_000_000) {
            let Some(item) = items.get((sys.random() % items.len().max(1) as u64) as usize) else {
                sys.complain("no lines to repeat");
                return Ok(1);
            };
            out.extend_from_slice(item);
            out.push(end);
        }
    } else {
        for i in (1..items.len()).rev() {
            items.swap(i, (sys.random() % (i as u64 + 1)) as usize);
        }
        for item in items.iter().take(count.unwrap_or(usize::MAX)) {
            out.extend_from_slice(item);
            out.push(end);
        }
    }
    match o.value('o') {
        None => sys.write(1, &out),
        Some(path) => {
            if let Err(e) = sys.write_file(path, &out, 0o666) {
                sys.complain(&format!("{path}: {e}"));
                return Ok(1);
            }
        }
    }
    Ok(0)
}
