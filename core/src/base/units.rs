//! Sizes and ages in words as Docker writes and reads them (the go-units conventions).

use super::Duration;
use super::go_text::{format_g, quote};
use std::fmt;

const DECIMAL: [&str; 9] = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const BINARY: [&str; 9] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

fn scaled(mut size: f64, base: f64, names: &[&str; 9], precision: usize) -> String {
    let mut unit = 0;
    while size >= base && unit + 1 < names.len() {
        size /= base;
        unit += 1;
    }
    format!("{}{}", format_g(size, Some(precision)), names.get(unit).unwrap_or(&"B"))
}

/// A size in decimal units with four significant digits: `1.235MB`.
pub fn human_size(bytes: f64) -> String {
    scaled(bytes, 1000.0, &DECIMAL, 4)
}

/// A size in decimal units with a chosen number of significant digits; listings use three.
pub fn human_size_with_precision(bytes: f64, precision: usize) -> String {
    scaled(bytes, 1000.0, &DECIMAL, precision)
}

/// A size in binary units with four significant digits: `1.5MiB`.
pub fn bytes_size(bytes: f64) -> String {
    scaled(bytes, 1024.0, &BINARY, 4)
}

/// A span of time in words: `Less than a second`, `About a minute`, `3 weeks`.
pub fn human_duration(span: Duration) -> String {
    let seconds = span.0 / 1_000_000_000;
    let minutes = seconds / 60;
    let hours_rounded = (span.as_secs_f64() / 3600.0 + 0.5) as i64;
    match () {
        () if seconds < 1 => "Less than a second".into(),
        () if seconds == 1 => "1 second".into(),
        () if seconds < 60 => format!("{seconds} seconds"),
        () if minutes == 1 => "About a minute".into(),
        () if minutes < 60 => format!("{minutes} minutes"),
        () if hours_rounded == 1 => "About an hour".into(),
        () if hours_rounded < 48 => format!("{hours_rounded} hours"),
        () if hours_rounded < 24 * 7 * 2 => format!("{} days", hours_rounded / 24),
        () if hours_rounded < 24 * 30 * 2 => format!("{} weeks", hours_rounded / 24 / 7),
        () if hours_rounded < 24 * 365 * 2 => format!("{} months", hours_rounded / 24 / 30),
        () => format!("{} years", seconds / 3600 / 24 / 365),
    }
}

/// Why a size could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SizeError {
    /// There is no number, or it is negative.
    Size(String),
    /// What follows the number is not a unit.
    Suffix(String),
    /// The number itself is malformed.
    Number(String),
}

impl fmt::Display for SizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(text) => write!(f, "invalid size: '{text}'"),
            Self::Suffix(text) => write!(f, "invalid suffix: '{text}'"),
            Self::Number(text) => write!(f, "strconv.ParseFloat: parsing {}: invalid syntax", quote(text)),
        }
    }
}

impl std::error::Error for SizeError {}

/// Reads a size in bytes with binary units: `64m`, `1.5GiB`, `512kb`, `100`.
pub fn ram_in_bytes(text: &str) -> Result<i64, SizeError> {
    parse_size(text, 1024.0)
}

/// Reads a size in bytes with decimal units: `10MB` is ten million.
pub fn from_human_size(text: &str) -> Result<i64, SizeError> {
    parse_size(text, 1000.0)
}

fn parse_size(text: &str, base: f64) -> Result<i64, SizeError> {
    let end = text
        .rfind(|c: char| c.is_ascii_digit() || c == '.' || c == ' ')
        .ok_or_else(|| SizeError::Size(text.into()))?;
    let (head, suffix) = text.split_at(end + 1);
    let number = head.strip_suffix(' ').unwrap_or(head);
    let size = parse_float(number).ok_or_else(|| SizeError::Number(number.into()))?;
    if size < 0.0 {
        return Err(SizeError::Size(text.into()));
    }
    if suffix.len() > 3 {
        return Err(SizeError::Suffix(suffix.into()));
    }
    let suffix = suffix.to_lowercase();
    let power = match suffix.as_str() {
        "" | "b" => 0,
        _ => {
            let (unit, rest) = suffix.split_at(suffix.chars().next().map_or(0, char::len_utf8));
            let known = ["k", "m", "g", "t", "p"].iter().position(|u| *u == unit);
            match (known, rest) {
                (Some(at), "" | "b" | "ib") => at as i32 + 1,
                _ => return Err(SizeError::Suffix(suffix)),
            }
        }
    };
    Ok((size * base.powi(power)) as i64)
}

/// Go's `strconv.ParseFloat` for the decimal forms people write.
fn parse_float(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_words() {
        for (bytes, want) in [(0.0, "0B"), (1234.0, "1.234kB"), (1_000_000.0, "1MB"), (3.42e9, "3.42GB")] {
            assert_eq!(human_size(bytes), want);
        }
        for (bytes, want) in [(8192.0, "8.19kB"), (12288.0, "12.3kB"), (999_900.0, "1e+03kB"), (77.0, "77B")]
        {
            assert_eq!(human_size_with_precision(bytes, 3), want);
        }
        for (bytes, want) in [(1024.0, "1KiB"), (1_572_864.0, "1.5MiB"), (7.9e9, "7.357GiB")] {
            assert_eq!(bytes_size(bytes), want);
        }
    }

    #[test]
    fn ages_in_words() {
        for (seconds, want) in [
            (0, "Less than a second"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "About a minute"),
            (119, "About a minute"),
            (120, "2 minutes"),
            (3599, "59 minutes"),
            (3600, "About an hour"),
            (5399, "About an hour"),
            (5400, "2 hours"),
            (47 * 3600, "47 hours"),
            (48 * 3600, "2 days"),
            (14 * 86400, "2 weeks"),
            (60 * 86400, "2 months"),
            (730 * 86400, "2 years"),
        ] {
            assert_eq!(human_duration(Duration::secs(seconds)), want, "{seconds}");
        }
    }

    #[test]
    fn sizes_are_read() {
        for (text, want) in
            [("64m", 67_108_864), ("1.5k", 1536), ("100", 100), ("32 MiB", 33_554_432), ("5b", 5)]
        {
            assert_eq!(ram_in_bytes(text), Ok(want), "{text}");
        }
        assert_eq!(from_human_size("10MB"), Ok(10_000_000));
        for (text, want) in [
            ("lots", "invalid size: 'lots'"),
            ("-5m", "invalid size: '-5m'"),
            ("1x", "invalid suffix: 'x'"),
            ("1mx", "invalid suffix: 'mx'"),
            ("1.1.1m", "strconv.ParseFloat: parsing \"1.1.1\": invalid syntax"),
            ("", "invalid size: ''"),
            ("1é", "invalid suffix: 'é'"),
        ] {
            assert_eq!(ram_in_bytes(text).unwrap_err().to_string(), want);
        }
    }
}
