//! `comm [-123z] [--output-delimiter=S] [--total] [--check-order|--nocheck-order] FILE1 FILE2`: compare sorted files.
//!
//! Three columns: lines only in FILE1, only in FILE2, in both; `-1`, `-2` and `-3` leave one out.
//!
//! Exit status: 0, or 1 for an error or input that is not sorted.

use super::input::{read_one, records};
use super::opts::{Spec, parse, usage_error};
use crate::kernel::{Applet, Flavor, Stop, Sys};
use std::cmp::Ordering;

/// `comm`.
pub const APPLETS: &[Applet] = &[Applet::main("comm", main)];

const SPEC: Spec = Spec::new(
    "123z",
    &[
        ("check-order", 'C'),
        ("nocheck-order", 'N'),
        ("output-delimiter=", 'D'),
        ("total", 'T'),
        ("zero-terminated", 'z'),
    ],
    "[OPTION]... FILE1 FILE2",
    "Compare FILE1 with FILE2\n\n\t-1\tSuppress lines unique to FILE1\n\t-2\tSuppress lines unique to FILE2\n\t-3\tSuppress lines common to both files",
)
.busybox("123");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let [first, second] = match o.operands.as_slice() {
        [a, b] => [a.clone(), b.clone()],
        [] => return Err(usage_error(sys, &SPEC, "missing operand")),
        [one] => return Err(usage_error(sys, &SPEC, &format!("missing operand after '{one}'"))),
        [.., extra] => return Err(usage_error(sys, &SPEC, &format!("extra operand '{extra}'"))),
    };
    let (a, b) = (read_one(sys, &first)?, read_one(sys, &second)?);
    let end = if o.has('z') { 0 } else { b'\n' };
    let (a, b): (Vec<_>, Vec<_>) = (records(&a, end).collect(), records(&b, end).collect());
    let delimiter = o.value('D').unwrap_or("\t").to_string();
    let hidden = ['1', '2', '3'].map(|letter| o.has(letter));
    let mut out = vec![];
    let (mut i, mut j, mut counts) = (0, 0, [0_u64; 3]);
    loop {
        let (column, line) = match (a.get(i), b.get(j)) {
            (None, None) => break,
            (Some(x), None) => (0, *x),
            (None, Some(y)) => (1, *y),
            (Some(x), Some(y)) => match x.cmp(y) {
                Ordering::Less => (0, *x),
                Ordering::Greater => (1, *y),
                Ordering::Equal => (2, *x),
            },
        };
        i += usize::from(column != 1);
        j += usize::from(column != 0);
        counts[column] += 1;
        if !hidden[column] {
            let before = hidden.iter().take(column).filter(|h| !**h).count();
            out.extend(delimiter.as_bytes().repeat(before));
            out.extend_from_slice(line);
            out.push(end);
        }
    }
    sys.write(1, &out);
    if o.has('T') {
        let [one, two, both] = counts;
        sys.print(&format!("{one}{delimiter}{two}{delimiter}{both}{delimiter}total{}", char::from(end)));
    }
    let unpaired = counts[0] + counts[1] > 0;
    if sys.flavor() == Flavor::Busybox || o.has('N') || !(unpaired || o.has('C')) {
        return Ok(0);
    }
    let mut failed = false;
    for (number, lines) in [(1, &a), (2, &b)] {
        if lines.windows(2).any(|w| w[0] > w[1]) {
            sys.complain(&format!("file {number} is not in sorted order"));
            failed = true;
        }
    }
    if failed {
        sys.complain("input is not in sorted order");
    }
    Ok(i32::from(failed))
}
