//! Moments as `date`, `touch` and `ls` write and read them. All is in UTC.

use crate::base::{Duration, Time};
use time::{Date, Month, OffsetDateTime};

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// How deep `%c` and the like lead into further formats.
const MAX_NESTING: u32 = 2;

fn civil(at: Time) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Writes a moment by a format of `date`; what is no conversion stays as it is.
pub fn format(format: &str, at: Time) -> String {
    nested(format, at, 0)
}

fn nested(text: &str, at: Time, depth: u32) -> String {
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut flag = None;
        if let Some(f) = rest.peek().copied().filter(|f| "-_0^#:".contains(*f)) {
            flag = Some(f);
            rest.next();
        }
        let mut width = String::new();
        while let Some(digit) = rest.peek().copied().filter(|d| d.is_ascii_digit() && width.len() < 2) {
            width.push(digit);
            rest.next();
        }
        match rest.next() {
            None => out.push('%'),
            Some(letter) => match convert(letter, at, depth, width.parse().ok()) {
                Some(piece) => out.push_str(&flagged(piece, flag)),
                None => {
                    out.push('%');
                    out.extend(flag);
                    out.push_str(&width);
                    out.push(letter);
                }
            },
        }
    }
    out
}

fn flagged(piece: String, flag: Option<char>) -> String {
    let short = || piece.trim_start_matches(['0', ' ']);
    match flag {
        Some('-') if piece.bytes().all(|b| b.is_ascii_digit() || b == b' ') => {
            if short().is_empty() {
                "0".into()
            } else {
                short().into()
            }
        }
        Some('_') => {
            format!("{:>width$}", if short().is_empty() { "0" } else { short() }, width = piece.len())
        }
        Some('0') => piece.replace(' ', "0"),
        Some('^') => piece.to_uppercase(),
        Some(':') if piece == "+0000" => "+00:00".into(),
        _ => piece,
    }
}

fn convert(letter: char, at: Time, depth: u32, width: Option<usize>) -> Option<String> {
    let t = civil(at);
    let (day, month) = (usize::from(t.weekday().number_days_from_sunday()), usize::from(u8::from(t.month())));
    let hour12 = match t.hour() % 12 {
        0 => 12,
        h => h,
    };
    let within = |format: &str| (depth < MAX_NESTING).then(|| nested(format, at, depth + 1));
    let week = |from_monday: bool| {
        let weekday = if from_monday {
            t.weekday().number_days_from_monday()
        } else {
            t.weekday().number_days_from_sunday()
        };
        (t.ordinal() + 6 - u16::from(weekday)) / 7
    };
    Some(match letter {
        '%' => "%".into(),
        'n' => "\n".into(),
        't' => "\t".into(),
        'Y' => t.year().to_string(),
        'C' => format!("{:02}", t.year().div_euclid(100)),
        'y' => format!("{:02}", t.year().rem_euclid(100)),
        'G' => t.to_iso_week_date().0.to_string(),
        'g' => format!("{:02}", t.to_iso_week_date().0.rem_euclid(100)),
        'V' => format!("{:02}", t.iso_week()),
        'U' => format!("{:02}", week(false)),
        'W' => format!("{:02}", week(true)),
        'm' => format!("{month:02}"),
        'd' => format!("{:02}", t.day()),
        'e' => format!("{:2}", t.day()),
        'H' => format!("{:02}", t.hour()),
        'k' => format!("{:2}", t.hour()),
        'I' => format!("{hour12:02}"),
        'l' => format!("{hour12:2}"),
        'M' => format!("{:02}", t.minute()),
        'S' => format!("{:02}", t.second()),
        'N' => format!("{:09}", at.subsec_nanos()).chars().take(width.unwrap_or(9)).collect(),
        's' => at.unix_secs().to_string(),
        'j' => format!("{:03}", t.ordinal()),
        'a' => DAYS[day % 7][..3].into(),
        'A' => DAYS[day % 7].into(),
        'b' | 'h' => MONTHS[(month + 11) % 12][..3].into(),
        'B' => MONTHS[(month + 11) % 12].into(),
        'u' => t.weekday().number_from_monday().to_string(),
        'w' => day.to_string(),
        'p' => if t.hour() < 12 { "AM" } else { "PM" }.into(),
        'P' => if t.hour() < 12 { "am" } else { "pm" }.into(),
        'q' => month.div_ceil(3).to_string(),
        'Z' => "UTC".into(),
        'z' => "+0000".into(),
        'F' => return within("%Y-%m-%d"),
        'T' | 'X' => return within("%H:%M:%S"),
        'R' => return within("%H:%M"),
        'D' | 'x' => return within("%m/%d/%y"),
        'r' => return within("%I:%M:%S %p"),
        'c' => return within("%a %b %e %H:%M:%S %Y"),
        _ => return None,
    })
}

/// The date of `ls -l`: with the clock within the last half year, else with the year.
pub fn listing(at: Time, now: Time) -> String {
    const HALF_YEAR: Duration = Duration::secs(31_556_952 / 2);
    let recent = at <= now && now - at < HALF_YEAR;
    format(if recent { "%b %e %H:%M" } else { "%b %e  %Y" }, at)
}

/// Reads what `date -d` and `touch -d` take: `@SECONDS`, dates, clocks, zones, `now`, `tomorrow`,
/// `3 days ago`, `+1 hour`, and several of them together.
pub fn parse(text: &str, now: Time) -> Option<Time> {
    if let Some(seconds) = text.trim().strip_prefix('@') {
        return seconds_text(seconds);
    }
    let mut at = now;
    let mut clock: Option<i64> = None;
    let mut shift = 0_i64;
    let normal = text.trim().replace('T', " ").replace('Z', " UTC ");
    let words: Vec<&str> = normal.split_whitespace().collect();
    let mut i = 0;
    while let Some(word) = words.get(i) {
        i += 1;
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            "now" | "utc" | "gmt" | "+0000" | "+00:00" => continue,
            "today" => continue,
            "midnight" => {
                clock = Some(0);
                continue;
            }
            "tomorrow" => shift = shift.checked_add(86_400)?,
            "yesterday" => shift = shift.checked_sub(86_400)?,
            _ => {
                if let Some(days) = date_of(&lower) {
                    at = Time(days.checked_mul(86_400)?.checked_mul(1_000_000_000)?);
                    clock = clock.or(Some(0));
                } else if let Some(nanos) = clock_of(&lower) {
                    clock = Some(nanos);
                } else if let Some((span, used)) = span_of(&lower, &words[i..]) {
                    shift = shift.checked_add(span)?;
                    i += used;
                } else {
                    return None;
                }
            }
        }
    }
    if words.is_empty() {
        clock = Some(0);
    }
    let day = at.unix_secs().div_euclid(86_400).checked_mul(86_400)?;
    let base = match clock {
        Some(nanos) => day.checked_mul(1_000_000_000)?.checked_add(nanos)?,
        None => at.0,
    };
    base.checked_add(shift.checked_mul(1_000_000_000)?).map(Time)
}

fn seconds_text(text: &str) -> Option<Time> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let nanos = whole.parse::<i64>().ok()?.checked_mul(1_000_000_000)?;
    Some(Time(nanos.checked_add(fraction_nanos(fraction)?)?))
}

fn fraction_nanos(digits: &str) -> Option<i64> {
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nine: String = digits.chars().chain(std::iter::repeat('0')).take(9).collect();
    nine.parse().ok()
}

/// Days since 1970 of `2026-11-21`, `20261121` or `11/21/2026`.
fn date_of(word: &str) -> Option<i64> {
    let parts: Vec<&str> = word.split(['-', '/']).collect();
    let (y, m, d) = match parts[..] {
        [y, m, d] if word.contains('-') => (y, m, d),
        [m, d, y] => (y, m, d),
        [all] if all.len() == 8 && all.is_ascii() => (&all[..4], &all[4..6], &all[6..]),
        _ => return None,
    };
    if y.len() != 4 {
        return None;
    }
    let month = Month::try_from(m.parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(y.parse().ok()?, month, d.parse().ok()?).ok()?;
    Some(i64::from(date.to_julian_day()) - 2_440_588)
}

/// Nanoseconds since midnight of `12:30`, `12:30:05.25`, with `+01:00` behind it or not.
fn clock_of(word: &str) -> Option<i64> {
    let zone_at = word.find(['+', '-']).unwrap_or(word.len());
    let (clock, zone) = word.split_at(zone_at);
    let mut parts = clock.split(':');
    let hour: i64 = parts.next()?.parse().ok().filter(|h| (0..24).contains(h))?;
    let minute: i64 = parts.next()?.parse().ok().filter(|m| (0..60).contains(m))?;
    let (seconds, fraction) = match parts.next().unwrap_or("0").split_once('.') {
        Some((s, f)) => (s.to_string(), fraction_nanos(f)?),
        None => (clock.split(':').nth(2).unwrap_or("0").to_string(), 0),
    };
    let second: i64 = seconds.parse().ok().filter(|s| (0..=60).contains(s))?;
    let offset = match zone.replace(':', "") {
        none if none.is_empty() => 0,
        zone => {
            let number: i64 = zone.parse().ok().filter(|n: &i64| n.abs() <= 1400)?;
            (number / 100 * 3600) + (number % 100 * 60)
        }
    };
    Some((hour * 3600 + minute * 60 + second - offset) * 1_000_000_000 + fraction)
}

/// Seconds of `3 days ago`, `+1 hour`, `-2 weeks`, `next day`; how many further words it took.
fn span_of(word: &str, rest: &[&str]) -> Option<(i64, usize)> {
    let split = word.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(word.len());
    let (number, glued) = word.split_at(split);
    let (count, unit, mut used) = match (word, number.parse::<i64>()) {
        ("next", _) => (1, rest.first()?.to_ascii_lowercase(), 1),
        ("last", _) => (-1, rest.first()?.to_ascii_lowercase(), 1),
        (_, Ok(n)) if glued.is_empty() => (n, rest.first()?.to_ascii_lowercase(), 1),
        (_, Ok(n)) => (n, glued.to_string(), 0),
        _ if number.is_empty() => (1, word.to_string(), 0),
        _ => return None,
    };
    let seconds = match unit.trim_end_matches('s') {
        "sec" | "second" => 1,
        "min" | "minute" => 60,
        "hour" => 3600,
        "day" => 86_400,
        "week" => 604_800,
        "fortnight" => 1_209_600,
        // Months and years of even length, which is what a simulator of days needs.
        "month" => 2_592_000,
        "year" => 31_536_000,
        _ => return None,
    };
    let mut span = seconds * count.clamp(-1_000_000_000, 1_000_000_000);
    if rest.get(used).is_some_and(|w| w.eq_ignore_ascii_case("ago")) {
        span = -span;
        used += 1;
    }
    Some((span, used))
}

/// Reads the stamps of `touch -t`: `[[CC]YY]MMDDhhmm[.ss]`.
pub fn parse_stamp(text: &str, now: Time) -> Option<Time> {
    let (digits, seconds) = text.split_once('.').unwrap_or((text, "00"));
    if !digits.bytes().chain(seconds.bytes()).all(|b| b.is_ascii_digit()) || seconds.len() != 2 {
        return None;
    }
    let full = match digits.len() {
        8 => format!("{}{digits}", format("%Y", now)),
        10 => format!("{}{digits}", if digits < "69" { "20" } else { "19" }),
        12 => digits.to_string(),
        _ => return None,
    };
    parse(&format!("{} {}:{}:{seconds}", &full[..8], &full[8..10], &full[10..12]), now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_795_224_784_500_000_000);

    #[test]
    fn moments_are_written_as_date_writes_them() {
        for (pattern, text) in [
            ("%F %T", "2026-11-21 01:33:04"),
            ("%a %b %e %H:%M:%S %Z %Y", "Sat Nov 21 01:33:04 UTC 2026"),
            ("%s.%N %3N", "1795224784.500000000 500"),
            ("%-d/%-m %j %V %U %u %I%p", "21/11 325 47 46 6 01AM"),
            ("%Q %", "%Q %"),
            ("%:z %c", "+00:00 Sat Nov 21 01:33:04 2026"),
        ] {
            assert_eq!(format(pattern, NOW), text, "{pattern}");
        }
    }

    #[test]
    fn moments_are_read_as_people_write_them() {
        for (text, expect) in [
            ("@0", "1970-01-01 00:00:00"),
            ("2026-01-02", "2026-01-02 00:00:00"),
            ("2026-01-02T03:04:05Z", "2026-01-02 03:04:05"),
            ("2026-01-02 03:04:05+01:00", "2026-01-02 02:04:05"),
            ("tomorrow", "2026-11-22 01:33:04"),
            ("2 days ago", "2026-11-19 01:33:04"),
            ("2026-01-01 +1 hour", "2026-01-01 01:00:00"),
            ("12:30", "2026-11-21 12:30:00"),
            ("next week", "2026-11-28 01:33:04"),
        ] {
            assert_eq!(parse(text, NOW).map(|t| format("%F %T", t)).as_deref(), Some(expect), "{text}");
        }
        for text in ["garbage", "2026-13-01", "25:00", "@x", "5"] {
            assert_eq!(parse(text, NOW), None, "{text}");
        }
        assert_eq!(parse_stamp("202601020304.05", NOW), parse("2026-01-02 03:04:05", NOW));
    }
}
