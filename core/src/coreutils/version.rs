//! The order of version strings, for `sort -V`: runs of digits compare as numbers.

use std::cmp::Ordering;

/// Compares two strings run by run, and by bytes where the runs are equal.
pub fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let (mut x, mut y) = (a, b);
    while !x.is_empty() || !y.is_empty() {
        let order = run(&mut x, false)
            .iter()
            .map(|c| rank(*c))
            .chain([0])
            .cmp(run(&mut y, false).iter().map(|c| rank(*c)).chain([0]));
        if order != Ordering::Equal {
            return order;
        }
        let (m, n) = (number(run(&mut x, true)), number(run(&mut y, true)));
        let order = m.len().cmp(&n.len()).then(m.cmp(n));
        if order != Ordering::Equal {
            return order;
        }
    }
    a.cmp(b)
}

/// Letters come before other characters, `~` before everything, even the end.
fn rank(byte: u8) -> i32 {
    match byte {
        b'~' => -1,
        b if b.is_ascii_alphabetic() => i32::from(b),
        b => i32::from(b) + 256,
    }
}

fn run<'a>(text: &mut &'a [u8], digits: bool) -> &'a [u8] {
    let n = text.iter().take_while(|b| b.is_ascii_digit() == digits).count();
    let (run, rest) = text.split_at(n);
    *text = rest;
    run
}

fn number(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|b| **b == b'0').count();
    &digits[zeros..]
}
