//! Moments as text: RFC 3339 as Go trims it, Go's `Time.String`, and the forms that
//! `--since` and `--until` take. Docker's world is in UTC here.

use super::Time;
use super::go_duration::parse_duration;
use super::go_text::quote;
use std::fmt;
use time::{Date, Month, OffsetDateTime};

/// Go's zero time, which Docker prints for "never": it lies outside of [`Time`].
pub const ZERO_TIME: &str = "0001-01-01T00:00:00Z";

fn civil(at: Time) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Year to second with a chosen mark between date and clock.
fn seconds_text(at: Time, mark: char) -> String {
    let t = civil(at);
    format!(
        "{:04}-{:02}-{:02}{mark}{:02}:{:02}:{:02}",
        t.year(),
        u8::from(t.month()),
        t.day(),
        t.hour(),
        t.minute(),
        t.second()
    )
}

/// The fraction of the second with its point and without trailing zeros; empty when there is none.
fn trimmed_fraction(at: Time) -> String {
    match at.subsec_nanos() {
        0 => String::new(),
        nanos => format!(".{nanos:09}").trim_end_matches('0').to_owned(),
    }
}

/// `2026-11-21T01:33:04Z`.
pub fn rfc3339(at: Time) -> String {
    seconds_text(at, 'T') + "Z"
}

/// `2026-11-21T01:33:04.5Z`: nanoseconds without trailing zeros, as JSON of the Engine has it.
pub fn rfc3339_nano(at: Time) -> String {
    seconds_text(at, 'T') + &trimmed_fraction(at) + "Z"
}

/// `2026-11-21T01:33:04.500000000Z`: always nine digits, as log timestamps have it.
pub fn rfc3339_nano_padded(at: Time) -> String {
    format!("{}.{:09}Z", seconds_text(at, 'T'), at.subsec_nanos())
}

/// `2026-11-21 01:33:04.5 +0000 UTC`: Go's `Time.String`.
pub fn go_time(at: Time) -> String {
    seconds_text(at, ' ') + &trimmed_fraction(at) + " +0000 UTC"
}

/// `Sat Nov 21 01:33:04 2026`: C's `asctime`, as `docker version` prints build times.
pub fn ansi_c(at: Time) -> String {
    let t = civil(at);
    let day = t.weekday().to_string();
    let month = t.month().to_string();
    format!(
        "{} {} {:>2} {:02}:{:02}:{:02} {}",
        day.get(..3).unwrap_or(""),
        month.get(..3).unwrap_or(""),
        t.day(),
        t.hour(),
        t.minute(),
        t.second(),
        t.year()
    )
}

/// Why a moment could not be read. `Display` is what the command line client says;
/// [`TimestampError::daemon_text`] is what the daemon says of the same text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimestampError {
    /// Neither a time, a duration nor a number of seconds.
    NotATime(String),
    /// It looks like a date but is not one; the text is Go's.
    BadDate(String),
}

impl TimestampError {
    /// The wording of the daemon (filters such as `until=`).
    pub fn daemon_text(&self) -> String {
        match self {
            Self::NotATime(text) => format!(
                "failed to parse value as time or duration: invalid seconds {}: invalid syntax",
                quote(text)
            ),
            Self::BadDate(text) => text.clone(),
        }
    }
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotATime(text) => {
                write!(f, "failed to parse value as time or duration: {}", quote(text))
            }
            Self::BadDate(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for TimestampError {}

/// Reads what `--since` and `--until` take: a duration back from `now` (cut to whole seconds, as
/// Docker does), a date with or without clock and zone, or Unix seconds with an optional fraction.
/// A date outside of [`Time`] saturates.
pub fn parse_timestamp(text: &str, now: Time) -> Result<Time, TimestampError> {
    if text != "0"
        && let Ok(back) = parse_duration(text)
    {
        let at = i128::from(now.0) - i128::from(back.0);
        return Ok(saturated(at.div_euclid(1_000_000_000) * 1_000_000_000));
    }
    let local = !(text.contains(['z', 'Z', '+']) || text.matches('-').count() == 3);
    let layout = layout_for(text, local);
    match parse_layout(text, layout) {
        Ok(at) => Ok(at),
        Err(message) if text.contains('-') => Err(TimestampError::BadDate(message)),
        Err(_) => unix_seconds(text).ok_or_else(|| TimestampError::NotATime(text.into())),
    }
}

fn saturated(nanos: i128) -> Time {
    Time(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }))
}

fn unix_seconds(text: &str) -> Option<Time> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().ok()?;
    if part.len() > 9 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanos: i64 = format!("{part:0<9}").parse().ok()?;
    Some(saturated(i128::from(seconds) * 1_000_000_000 + i128::from(nanos)))
}

fn layout_for(text: &str, local: bool) -> &'static str {
    let mut colons = text.matches(':').count();
    if !local && text.contains(['+', '-']) && colons > 0 && !text.ends_with(['z', 'Z']) {
        colons -= 1;
    }
    let zoned_clock = text.contains('T');
    match (local, text.contains('.'), zoned_clock, colons) {
        (true, true, _, _) => "2006-01-02T15:04:05.999999999",
        (false, true, _, _) => "2006-01-02T15:04:05.999999999Z07:00",
        (true, _, true, 0) => "2006-01-02T15",
        (true, _, true, 1) => "2006-01-02T15:04",
        (true, _, true, _) => "2006-01-02T15:04:05",
        (false, _, true, 0) => "2006-01-02T15Z07:00",
        (false, _, true, 1) => "2006-01-02T15:04Z07:00",
        (false, _, true, _) => "2006-01-02T15:04:05Z07:00",
        (true, ..) => "2006-01-02",
        (false, ..) => "2006-01-02Z07:00",
    }
}

/// The pieces of a layout, longest spelling first where one starts another.
const PIECES: [&str; 8] = ["2006", "01", "02", "15", "04", "05", ".999999999", "Z07:00"];

/// Reads `text` by one of Go's reference layouts; the error is Go's `time.Parse` text.
fn parse_layout(text: &str, layout: &str) -> Result<Time, String> {
    let (mut rest, mut pattern) = (text, layout);
    let mut fields = [1970_i64, 1, 1, 0, 0, 0, 0, 0];
    let fail = |rest: &str, piece: &str| {
        format!(
            "parsing time {} as {}: cannot parse {} as {}",
            quote(text),
            quote(layout),
            quote(rest),
            quote(piece)
        )
    };
    while !pattern.is_empty() {
        let Some((slot, piece)) = PIECES.iter().enumerate().find(|(_, p)| pattern.starts_with(**p)) else {
            let literal = pattern.get(..1).unwrap_or("");
            rest = rest.strip_prefix(literal).ok_or_else(|| fail(rest, literal))?;
            pattern = pattern.get(1..).unwrap_or("");
            continue;
        };
        pattern = pattern.get(piece.len()..).unwrap_or("");
        let (value, next) = read_piece(rest, slot).ok_or_else(|| fail(rest, piece))?;
        if let Some(place) = fields.get_mut(slot) {
            *place = value;
        }
        rest = next;
    }
    if !rest.is_empty() {
        return Err(format!("parsing time {}: extra text: {}", quote(text), quote(rest)));
    }
    moment(fields).map_err(|what| format!("parsing time {}: {what} out of range", quote(text)))
}

/// One number of the layout and what follows it.
fn read_piece(rest: &str, slot: usize) -> Option<(i64, &str)> {
    let number = |from: usize, to: usize| {
        let digits = rest.get(from..to)?;
        if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse::<i64>().ok() } else { None }
    };
    match slot {
        0 => Some((number(0, 4)?, rest.get(4..)?)),
        6 => {
            let Some(tail) = rest.strip_prefix('.') else { return Some((0, rest)) };
            let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
            let digits = tail.get(..end.min(9))?;
            if digits.is_empty() {
                return None;
            }
            Some((format!("{digits:0<9}").parse().ok()?, tail.get(end..)?))
        }
        7 => {
            if let Some(next) = rest.strip_prefix('Z') {
                return Some((0, next));
            }
            let sign = if rest.starts_with('-') { -1 } else { 1 };
            if !rest.starts_with(['+', '-']) || rest.get(3..4)? != ":" {
                return None;
            }
            Some((sign * (number(1, 3)? * 3600 + number(4, 6)? * 60), rest.get(6..)?))
        }
        _ => Some((number(0, 2)?, rest.get(2..)?)),
    }
}

fn moment([year, month, day, hour, minute, second, nanos, offset]: [i64; 8]) -> Result<Time, &'static str> {
    let month = u8::try_from(month).ok().and_then(|m| Month::try_from(m).ok()).ok_or("month")?;
    let date = i32::try_from(year)
        .ok()
        .zip(u8::try_from(day).ok())
        .and_then(|(y, d)| Date::from_calendar_date(y, month, d).ok())
        .ok_or("day")?;
    for (value, limit, name) in [(hour, 24, "hour"), (minute, 60, "minute"), (second, 60, "second")] {
        if value >= limit {
            return Err(name);
        }
    }
    let days = i128::from(date.to_julian_day()) - 2_440_588;
    let seconds = days * 86_400 + i128::from(hour * 3600 + minute * 60 + second - offset);
    Ok(saturated(seconds * 1_000_000_000 + i128::from(nanos)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AT: Time = Time(1_795_224_784_500_000_000);

    #[test]
    fn written() {
        assert_eq!(rfc3339(AT), "2026-11-21T01:33:04Z");
        assert_eq!(rfc3339_nano(AT), "2026-11-21T01:33:04.5Z");
        assert_eq!(rfc3339_nano_padded(AT), "2026-11-21T01:33:04.500000000Z");
        assert_eq!(go_time(AT), "2026-11-21 01:33:04.5 +0000 UTC");
        assert_eq!(go_time(Time(0)), "1970-01-01 00:00:00 +0000 UTC");
        assert_eq!(ansi_c(Time(0)), "Thu Jan  1 00:00:00 1970");
    }

    #[test]
    fn read() {
        for (text, want) in [
            ("10s", "2026-11-21T01:32:54Z"),
            ("2026-11-20", "2026-11-20T00:00:00Z"),
            ("2026-11-20T05", "2026-11-20T05:00:00Z"),
            ("2026-11-20T05:06", "2026-11-20T05:06:00Z"),
            ("2026-11-20T05:06:07", "2026-11-20T05:06:07Z"),
            ("2026-11-20T05:06:07.25", "2026-11-20T05:06:07.25Z"),
            ("2026-11-20T05:06:07+02:00", "2026-11-20T03:06:07Z"),
            ("2026-11-20T05:06:07.5Z", "2026-11-20T05:06:07.5Z"),
            ("2026-11-20Z", "2026-11-20T00:00:00Z"),
            ("0", "1970-01-01T00:00:00Z"),
            ("1136073845.25", "2006-01-01T00:04:05.25Z"),
        ] {
            assert_eq!(parse_timestamp(text, AT).map(rfc3339_nano).as_deref(), Ok(want), "{text}");
        }
        assert_eq!(parse_timestamp("2999-01-01T00:00:00Z", AT), Ok(Time(i64::MAX)));
    }

    #[test]
    fn refused() {
        let banana = parse_timestamp("banana", AT).unwrap_err();
        assert_eq!(banana.to_string(), "failed to parse value as time or duration: \"banana\"");
        assert_eq!(
            banana.daemon_text(),
            "failed to parse value as time or duration: invalid seconds \"banana\": invalid syntax"
        );
        for (text, want) in [
            ("2026-13-01", "parsing time \"2026-13-01\": month out of range"),
            ("2026-1-01", "parsing time \"2026-1-01\" as \"2006-01-02\": cannot parse \"1-01\" as \"01\""),
            ("2026-01-01x", "parsing time \"2026-01-01x\": extra text: \"x\""),
        ] {
            assert_eq!(parse_timestamp(text, AT).unwrap_err().to_string(), want);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[-0-9TZ:.+]{0,30}|.{0,12}", now: i64) {
            let _ = parse_timestamp(&text, Time(now));
        }

        #[test]
        fn nanos_round_trip(nanos: i64) {
            prop_assert_eq!(parse_timestamp(&rfc3339_nano(Time(nanos)), AT), Ok(Time(nanos)));
        }
    }
}
