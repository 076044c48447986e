//! `sleep NUMBER[smhd]…`: wait. Several spans add up; `inf` never ends.
//!
//! Exit status: 0, or 1 for a mistake in the command line.

use super::opts::{Spec, parse, usage_error};
use crate::base::{Duration, Time};
use crate::kernel::{Applet, Behave, Flavor, Step, Stop, Sys, Wait};
use serde::{Deserialize, Serialize};

/// `sleep`.
pub const APPLETS: &[Applet] = &[Applet::state::<Sleep>("sleep")];

const SPEC: Spec = Spec::new("", &[], "[N]...", "Wait for N seconds; N may end in s, m, h or d.");
/// What is longer never ends, in seconds: a hundred years.
const FOREVER: f64 = 3_155_760_000.0;

/// Reads a span such as `1.5`, `2m`, `1h`, `inf`.
pub fn span(text: &str) -> Option<Duration> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h', 'd']) {
        Some(number) => (number, &text[number.len()..]),
        None => (text, "s"),
    };
    if text == "inf" || text == "infinity" {
        return Some(Duration::from_secs_f64(FOREVER));
    }
    let plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.') && !number.is_empty();
    let seconds: f64 = number.parse().ok().filter(|_| plain)?;
    let factor = match unit {
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => 1.0,
    };
    Some(Duration::from_secs_f64((seconds * factor).min(FOREVER)))
}

/// A `sleep`, with the moment it ends once it has read its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sleep {
    until: Option<Time>,
}

impl Behave for Sleep {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let until = match self.until {
            Some(until) => until,
            None => match wanted(sys) {
                Ok(span) => *self.until.insert(sys.after(span)),
                Err(Stop::Exit(code)) => return Step::Exit(code),
                Err(_) => return Step::Exit(1),
            },
        };
        let left = until - sys.now();
        if left <= Duration::ZERO {
            Step::Exit(0)
        } else if left >= Duration::from_secs_f64(FOREVER / 2.0) {
            // Without a timer: a clock that jumps to the next one would end it.
            Step::Block(Wait::signal())
        } else {
            Step::Block(Wait::until(until))
        }
    }
}

fn wanted(sys: &mut Sys<'_>) -> Result<Duration, Stop> {
    let options = parse(sys, &SPEC)?;
    let gnu = sys.flavor() == Flavor::Gnu;
    if options.operands.is_empty() {
        return Err(usage_error(sys, &SPEC, if gnu { "missing operand" } else { "" }));
    }
    let mut total = Duration::ZERO;
    for text in &options.operands {
        match span(text) {
            Some(span) => total = Duration(total.0.saturating_add(span.0)),
            None if gnu => {
                return Err(usage_error(sys, &SPEC, &format!("invalid time interval '{text}'")));
            }
            None => {
                sys.complain(&format!("invalid number '{text}'"));
                return Err(Stop::Exit(1));
            }
        }
    }
    Ok(total)
}
