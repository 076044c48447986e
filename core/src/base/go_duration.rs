//! Go's `time.Duration` as text: `1h2m3.5s`, both ways.

use super::Duration;
use super::go_text::quote;
use std::fmt;

/// Writes a span as Go's `Duration.String` does: `1.5s`, `2m0s`, `350ms`, `0s`.
pub fn format_duration(span: Duration) -> String {
    let nanos = span.0.unsigned_abs();
    let sign = if span.0 < 0 { "-" } else { "" };
    if nanos == 0 {
        return "0s".into();
    }
    if nanos < 1_000_000_000 {
        let (unit, name) = match nanos {
            0..1_000 => (1, "ns"),
            1_000..1_000_000 => (1_000, "µs"),
            _ => (1_000_000, "ms"),
        };
        return format!("{sign}{}{name}", decimal(nanos / unit, nanos % unit, unit));
    }
    let seconds = nanos / 1_000_000_000;
    let rest = decimal(seconds % 60, nanos % 1_000_000_000, 1_000_000_000);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{sign}{rest}s"),
        (0, _) => format!("{sign}{minutes}m{rest}s"),
        _ => format!("{sign}{hours}h{minutes}m{rest}s"),
    }
}

/// `whole` and the fraction `part / unit` (a power of ten) without trailing zeros.
fn decimal(whole: u64, part: u64, unit: u64) -> String {
    if part == 0 {
        return whole.to_string();
    }
    let width = unit.ilog10() as usize;
    let digits = format!("{part:0width$}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

/// Why a span could not be read; the text is Go's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DurationError {
    /// Not a duration at all, or out of range.
    Invalid(String),
    /// A number without a unit.
    MissingUnit(String),
    /// A unit that is not one.
    UnknownUnit(String, String),
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(text) => write!(f, "time: invalid duration {}", quote(text)),
            Self::MissingUnit(text) => write!(f, "time: missing unit in duration {}", quote(text)),
            Self::UnknownUnit(unit, text) => {
                write!(f, "time: unknown unit {} in duration {}", quote(unit), quote(text))
            }
        }
    }
}

impl std::error::Error for DurationError {}

/// Reads a span as Go's `time.ParseDuration` does: a sign, then numbers with the units
/// ns, us, µs, ms, s, m, h; a bare `0` needs no unit.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let invalid = || DurationError::Invalid(text.into());
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..).unwrap_or("")),
        Some(b'+') => (false, text.get(1..).unwrap_or("")),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (digits, after) = rest.split_at(number);
        // A second point ends the number: it then stands where the unit should.
        let (digits, after) = match digits.match_indices('.').nth(1) {
            Some((at, _)) => rest.split_at(at),
            None => (digits, after),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && part.is_empty() {
            return Err(invalid());
        }
        let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(end);
        if unit.is_empty() {
            return Err(DurationError::MissingUnit(text.into()));
        }
        let scale: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return Err(DurationError::UnknownUnit(unit.into(), text.into())),
        };
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
        total = whole.checked_mul(scale).and_then(|n| total.checked_add(n)).ok_or_else(invalid)?;
        total += fraction(part, scale);
        if total > 1 << 63 {
            return Err(invalid());
        }
        rest = next;
    }
    let signed = if negative { -total } else { total };
    i64::try_from(signed).map(Duration).map_err(|_| invalid())
}

/// `0.part × scale`, cut to whole nanoseconds.
fn fraction(part: &str, scale: i128) -> i128 {
    let digits = part.get(..part.len().min(18)).unwrap_or(part);
    let value: i128 = digits.parse().unwrap_or(0);
    value * scale / 10_i128.pow(u32::try_from(digits.len()).unwrap_or(0))
}

/// Spans as text in JSON and YAML, for `#[serde(with = …)]`.
pub mod as_text {
    use super::{Duration, format_duration, parse_duration};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    /// Writes a span.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(span: &Duration, s: S) -> Result<S::Ok, S::Error> {
        format_duration(*span).serialize(s)
    }

    /// Reads a span.
    ///
    /// # Errors
    /// What is wrong with it, in Go's words.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
        parse_duration(&String::deserialize(d)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn written_as_go_writes() {
        for (nanos, want) in [
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1µs"),
            (350_000_000, "350ms"),
            (1_500_000_000, "1.5s"),
            (120_000_000_000, "2m0s"),
            (3_600_000_000_000, "1h0m0s"),
            (-5_000_000_000, "-5s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            assert_eq!(format_duration(Duration(nanos)), want);
        }
    }

    #[test]
    fn read_as_go_reads() {
        for (text, want) in [
            ("1h2m3s", 3_723_000_000_000),
            ("1.5s", 1_500_000_000),
            ("-.5ms", -500_000),
            ("0", 0),
            ("+1us", 1_000),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration(want)), "{text}");
        }
        for (text, want) in [
            ("abc", "time: invalid duration \"abc\""),
            ("", "time: invalid duration \"\""),
            ("10", "time: missing unit in duration \"10\""),
            ("10x", "time: unknown unit \"x\" in duration \"10x\""),
            ("9999999999h", "time: invalid duration \"9999999999h\""),
            ("1h.", "time: invalid duration \"1h.\""),
        ] {
            assert_eq!(parse_duration(text).unwrap_err().to_string(), want);
        }
    }

    proptest! {
        #[test]
        fn round_trip(nanos: i64) {
            prop_assert_eq!(parse_duration(&format_duration(Duration(nanos))), Ok(Duration(nanos)));
        }

        #[test]
        fn any_text_is_answered(text in "[-+0-9.smhnuµ]{0,40}|.{0,20}") {
            let _ = parse_duration(&text);
        }
    }
}
