//! `factor [NUMBER…]`: prime factors.
//!
//! Exit status: 0, or 1 where a word is no number. Left out: numbers above 10^15, which would take too long.

use super::opts::{Spec, parse};
use crate::kernel::{Applet, Stop, Sys};

/// `factor`.
pub const APPLETS: &[Applet] = &[Applet::main("factor", main)];

const SPEC: Spec = Spec::new("", &[], "[NUMBER]...", "Print prime factors");

/// The largest number that is factored.
const MAX: u64 = 1_000_000_000_000_000;

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let words = if o.operands.is_empty() {
        let data = sys.stdin_to_end()?;
        String::from_utf8_lossy(&data).split_whitespace().map(String::from).collect()
    } else {
        o.operands
    };
    let mut status = 0;
    for word in words {
        match word.parse::<u64>() {
            Ok(number) if number <= MAX => {
                let factors: String = factors(number).iter().map(|f| format!(" {f}")).collect();
                sys.spend((factors.len() * 100) as u32);
                sys.print(&format!("{number}:{factors}\n"));
            }
            Ok(_) => {
                sys.complain(&format!("{word}: numbers above 10^15 are not simulated by Drydock"));
                status = 1;
            }
            Err(_) => {
                sys.complain(&format!("'{word}' is not a valid positive integer"));
                status = 1;
            }
        }
    }
    Ok(status)
}

fn factors(mut number: u64) -> Vec<u64> {
    let mut found = vec![];
    let mut divisor = 2;
    while divisor * divisor <= number {
        while number.is_multiple_of(divisor) {
            found.push(divisor);
            number /= divisor;
        }
        divisor += if divisor == 2 { 1 } else { 2 };
    }
    found.extend((number > 1).then_some(number));
    found
}
