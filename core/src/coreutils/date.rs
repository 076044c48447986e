//! `date [-uRI] [-d TEXT] [-r FILE] [+FORMAT]`: print the time. All times are in UTC.
//!
//! Setting the clock is refused. Exit status: 0, or 1 for a date that cannot be read.

use super::opts::{Spec, parse, usage_error};
use super::walk::complain;
use super::when;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `date`.
pub const APPLETS: &[Applet] = &[Applet::main("date", main)];

// The time zone is UTC, with and without `-u`.
const SPEC: Spec = Spec::new(
    "uRI::d:r:s:D:",
    &[
        ("utc", 'u'),
        ("universal", 'u'),
        ("rfc-email", 'R'),
        ("rfc-2822", 'R'),
        ("iso-8601=?", 'I'),
        ("rfc-3339=", '3'),
        ("date=", 'd'),
        ("reference=", 'r'),
        ("set=", 's'),
    ],
    "[-uR] [-I[SPEC]] [-d TIME] [-r FILE] [+FMT]",
    "Print the time, by FMT where it is given.",
)
.missing("D")
.moot("u");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    let mut at = sys.now();
    if let Some(file) = options.value('r') {
        at = match sys.stat(file) {
            Ok(stat) => stat.mtime,
            Err(e) => {
                sys.complain(&format!("{file}: {e}"));
                return Ok(1);
            }
        };
    }
    if let Some(text) = options.value('d') {
        // busybox reads numbers alone.
        let words = sys.flavor() == Flavor::Busybox && text.contains(|c: char| c == '+' || c.is_alphabetic() && !matches!(c, 'T' | 'Z'));
        let Some(parsed) = when::parse(text, at).filter(|_| !words) else {
            sys.complain(&format!("invalid date '{text}'"));
            return Ok(1);
        };
        at = parsed;
    }
    if options.has('s') {
        if sys.is_capable("SYS_TIME") {
            sys.complain("setting the clock is not simulated by Drydock");
        } else {
            complain(sys, "cannot set date: Operation not permitted", "can't set date: Operation not permitted");
        }
        return Ok(1);
    }
    let format = match options.operands.as_slice() {
        [] => None,
        [format] if format.starts_with('+') => Some(format[1..].to_string()),
        [other] if sys.flavor() == Flavor::Gnu => {
            sys.complain(&format!("invalid date '{other}'"));
            return Ok(1);
        }
        [other] => {
            sys.complain(&format!("invalid date '{other}'"));
            return Err(usage_error(sys, &SPEC, ""));
        }
        [_, extra, ..] => {
            let gnu = sys.flavor() == Flavor::Gnu;
            let text = if gnu { format!("extra operand '{extra}'") } else { String::new() };
            return Err(usage_error(sys, &SPEC, &text));
        }
    };
    let format = match (format, options.last_of("RI3")) {
        (Some(format), _) => format,
        (None, Some('R')) => "%a, %d %b %Y %H:%M:%S %z".into(),
        (None, Some('I')) => iso(options.value('I').unwrap_or("date"), 'T', sys.flavor()).into(),
        (None, Some(_)) => iso(options.value('3').unwrap_or("date"), ' ', sys.flavor()).into(),
        (None, None) => "%a %b %e %H:%M:%S %Z %Y".to_string(),
    };
    let text = when::format(&format, at);
    sys.print(&format!("{text}\n"));
    Ok(0)
}

fn iso(precision: &str, mark: char, flavor: Flavor) -> &'static str {
    match (precision.chars().next().unwrap_or('d'), mark, flavor) {
        ('h', ..) => "%Y-%m-%dT%H%:z",
        ('m', ..) => "%Y-%m-%dT%H:%M%:z",
        ('s', ' ', _) => "%Y-%m-%d %H:%M:%S%:z",
        ('s', _, _) => "%Y-%m-%dT%H:%M:%S%:z",
        ('n', ' ', _) => "%Y-%m-%d %H:%M:%S.%N%:z",
        ('n', _, _) => "%Y-%m-%dT%H:%M:%S,%N%:z",
        _ => "%Y-%m-%d",
    }
}
