//! `seq [-w] [-s SEPARATOR] [-f FORMAT] [FIRST [STEP]] LAST`: print numbers.
//!
//! - `-w` pads with zeros, `-s` between the numbers, `-f` a `printf` format for one floating-point number
//!
//! Exit status: 0, or 1 for a bad number.

use super::opts::{Spec, parse_args, usage_error};
use super::stream::{Running, Stream};
use crate::kernel::{Applet, Flavor, Step, Stop, Sys};
use crate::sh::{Voice, builtins};
use serde::{Deserialize, Serialize};

/// `seq`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Seq>>("seq")];

const SPEC: Spec = Spec::new(
    "f:s:w",
    &[("format=", 'f'), ("separator=", 's'), ("equal-width", 'w')],
    "[-w] [-s SEP] [FIRST [INC]] LAST",
    "Print numbers from FIRST to LAST, in steps of INC\n\n\t-w\tPad with leading zeros\n\t-s SEP\tString between the numbers",
)
.in_order();

/// The state of a `seq`: numbers scaled by a power of ten, so that they are exact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seq {
    next: i64,
    step: i64,
    last: i64,
    decimals: u32,
    width: usize,
    separator: String,
    format: Option<String>,
    started: bool,
}

/// A decimal number as digits and how many of them follow the point.
fn decimal(text: &str) -> Option<(i64, u32)> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{part}");
    if all.is_empty() || all.len() > 17 || !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((sign * all.parse::<i64>().ok()?, u32::try_from(part.len()).ok()?))
}

fn scaled((digits, decimals): (i64, u32), to: u32) -> Option<i64> {
    digits.checked_mul(10_i64.checked_pow(to.checked_sub(decimals)?)?)
}

impl Stream for Seq {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let mut args = sys.args();
        if let Some(at) = args.iter().position(|a| decimal(a).is_some() && a.starts_with('-')) {
            args.insert(at, "--".into());
        }
        let o = parse_args(sys, &SPEC, &args)?;
        let gnu = sys.flavor() == Flavor::Gnu;
        let operands: Vec<&String> = o.operands.iter().filter(|a| *a != "--").collect();
        let mut numbers = vec![];
        for text in &operands {
            match decimal(text) {
                Some(number) => numbers.push(number),
                None => {
                    let text = format!("invalid floating point argument: '{text}'");
                    return Err(usage_error(sys, &SPEC, if gnu { &text } else { "" }));
                }
            }
        }
        let (first, step, last) = match numbers.as_slice() {
            [] => return Err(usage_error(sys, &SPEC, if gnu { "missing operand" } else { "" })),
            [last] => ((1, 0), (1, 0), *last),
            [first, last] => (*first, (1, 0), *last),
            [first, step, last] => (*first, *step, *last),
            [..] => {
                let extra = operands.get(3).map_or("", |t| t.as_str());
                return Err(usage_error(sys, &SPEC, &format!("extra operand '{extra}'")));
            }
        };
        if step.0 == 0 {
            let text = "invalid Zero increment value: '0'";
            return Err(usage_error(sys, &SPEC, text));
        }
        let decimals = first.1.max(step.1);
        let most = decimals.max(last.1);
        let scale = |n| scaled(n, most);
        let (Some(next), Some(step), Some(last)) = (scale(first), scale(step), scale(last)) else {
            sys.complain("numbers of that size are not simulated by Drydock");
            return Err(Stop::Exit(1));
        };
        let down = 10_i64.pow(most - decimals);
        let (next, step, last) = (next / down, step / down, last.div_euclid(down));
        let mut seq = Self {
            next,
            step,
            last,
            decimals,
            width: 0,
            separator: o.value('s').unwrap_or("\n").to_string(),
            format: o.value('f').map(String::from),
            started: false,
        };
        if o.has('w') {
            let ends = [next, last].map(|n| seq.show(n).len());
            seq.width = ends.into_iter().max().unwrap_or(0);
        }
        Ok(seq)
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        let mut out = String::new();
        while if self.step > 0 { self.next <= self.last } else { self.next >= self.last } {
            if self.started {
                out.push_str(&self.separator);
            }
            self.started = true;
            out.push_str(&self.show(self.next));
            let Some(next) = self.next.checked_add(self.step) else { break };
            self.next = next;
            if out.len() > 4096 {
                sys.print(&out);
                sys.spend(u32::try_from(out.len()).unwrap_or(u32::MAX));
                return Step::Continue;
            }
        }
        if self.started {
            out.push('\n');
        }
        sys.print(&out);
        Step::Exit(0)
    }
}

impl Seq {
    fn show(&self, n: i64) -> String {
        let unit = 10_u64.pow(self.decimals);
        let (sign, size) = (if n < 0 { "-" } else { "" }, n.unsigned_abs());
        let mut digits = (size / unit).to_string();
        if self.decimals > 0 {
            digits.push_str(&format!(".{:0>1$}", size % unit, self.decimals as usize));
        }
        if let Some(format) = &self.format {
            let args = [format.clone(), format!("{sign}{digits}")];
            let out = builtins::printf::printf(&args, Voice::Gnu);
            return String::from_utf8_lossy(&out.stdout).into_owned();
        }
        let width = self.width.saturating_sub(sign.len());
        format!("{sign}{digits:0>width$}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn numbers() {
        check(
            &mut bed(),
            &[
                ("seq 3", "", "1\n2\n3\n"),
                ("seq 1 2 7", "", "1\n3\n5\n7\n"),
                ("seq 3 -1 1", "", "3\n2\n1\n"),
                ("seq -1 1", "", "-1\n0\n1\n"),
                ("seq 0 .5 1.2", "", "0.0\n0.5\n1.0\n"),
                ("seq -w 8 10", "", "08\n09\n10\n"),
                ("seq -s , 3", "", "1,2,3\n"),
                ("seq 2 1", "", ""),
                ("seq -f %03g 2", "", "001\n002\n"),
                (
                    "seq x",
                    "",
                    "! seq: invalid floating point argument: 'x'\n! Try 'seq --help' for more information.\n= 1\n",
                ),
            ],
        );
    }
}
