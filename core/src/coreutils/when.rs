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

/// What words of `date -d` add up to.
#[derive(Default)]
struct Moment {
    /// The day, since 1970, where one was named.
    day: Option<i64>,
    /// Nanoseconds since midnight, where a clock was named.
    clock: Option<i64>,
    /// A day of the week, from Sunday, and which of them: 0 is the next from today on.
    weekday: Option<(i64, i64)>,
    months: i64,
    seconds: i64,
}

/// Reads what `date -d` and `touch -d` take: `@SECONDS`, dates, clocks, zones, `now`, `tomorrow`, `next friday`,
/// `3 days ago`, `+1 hour`, and several of them together.
pub fn parse(text: &str, now: Time) -> Option<Time> {
    if let Some(seconds) = text.trim().strip_prefix('@') {
        return seconds_text(seconds);
    }
    let words = words(text);
    let mut moment = Moment::default();
    let mut at = 0;
    while at < words.len() {
        at += read_words(&words[at..], &mut moment, now)?;
    }
    if words.is_empty() || moment.day.is_some() || moment.weekday.is_some() {
        moment.clock = moment.clock.or(Some(0));
    }
    let today = now.unix_secs().div_euclid(86_400);
    let mut day = moment.day.unwrap_or(today);
    if let Some((weekday, which)) = moment.weekday {
        // 1970 began on a Thursday.
        let current = (day + 4).rem_euclid(7);
        day = day.checked_add(
            (weekday - current).rem_euclid(7) + 7 * (which - i64::from(which > 0 && weekday != current)),
        )?;
    }
    let day = months_later(day, moment.months)?;
    let clock = moment.clock.unwrap_or(now.0.rem_euclid(86_400_000_000_000));
    let seconds = day.checked_mul(86_400)?.checked_add(moment.seconds)?;
    seconds.checked_mul(1_000_000_000)?.checked_add(clock).map(Time)
}

/// The words of a moment in small letters: `T` and `Z` among digits end words, a sign belongs to what it is before.
fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    let spaced: String = chars
        .iter()
        .enumerate()
        .map(|(at, c)| match c {
            'T' if digit(at.checked_sub(1)) && digit(Some(at + 1)) => " ".to_string(),
            'Z' if digit(at.checked_sub(1)) => " utc ".to_string(),
            c => c.to_ascii_lowercase().to_string(),
        })
        .collect();
    let mut words: Vec<String> = vec![];
    for word in spaced.split_whitespace() {
        match words.last_mut().filter(|last| matches!(last.as_str(), "+" | "-")) {
            Some(sign) => sign.push_str(word),
            None => words.push(word.to_string()),
        }
    }
    words
}

/// Takes the next words in; how many they were.
fn read_words(words: &[String], moment: &mut Moment, now: Time) -> Option<usize> {
    let word = words.first()?.as_str();
    match word {
        "now" | "today" | "utc" | "gmt" | "+0000" | "+00:00" => return Some(1),
        "midnight" => moment.clock = Some(0),
        "noon" => moment.clock = Some(12 * 3600 * 1_000_000_000),
        "tomorrow" => moment.seconds = moment.seconds.checked_add(86_400)?,
        "yesterday" => moment.seconds = moment.seconds.checked_sub(86_400)?,
        _ => {
            let which = match word {
                "next" => 1,
                "last" => -1,
                _ => 0,
            };
            let named = if matches!(word, "next" | "last" | "this") { words.get(1)? } else { word };
            if let Some(weekday) = named_in(&DAYS, named) {
                moment.weekday = Some((weekday, which));
                return Some(if named == word { 1 } else { 2 });
            }
            if let Some(day) = date_of(word) {
                moment.day = Some(day);
            } else if let Some((day, used)) = spelled(words, now) {
                moment.day = Some(day);
                return Some(used);
            } else if let Some(nanos) = clock_of(word) {
                moment.clock = Some(nanos);
            } else {
                let (count, unit, used) = span_of(words)?;
                match unit {
                    Unit::Months(n) => moment.months = moment.months.checked_add(n.checked_mul(count)?)?,
                    Unit::Seconds(n) => moment.seconds = moment.seconds.checked_add(n.checked_mul(count)?)?,
                }
                return Some(used);
            }
        }
    }
    Some(1)
}

/// The place of a name in a list, by its first letters, three at least.
fn named_in(names: &[&str], word: &str) -> Option<i64> {
    let at = names.iter().position(|name| word.len() >= 3 && name.to_ascii_lowercase().starts_with(word))?;
    i64::try_from(at).ok()
}

/// Days since 1970 of `25 dec 2024` or `jan 5`; how many words it took.
fn spelled(words: &[String], now: Time) -> Option<(i64, usize)> {
    let (mut day, mut month, mut year, mut used) = (None, None, None, 0);
    for word in words.iter().take(3) {
        let word = word.trim_end_matches([',', '.']);
        let number = word.parse::<i32>().ok().filter(|_| word.bytes().all(|b| b.is_ascii_digit()));
        match (number, named_in(&MONTHS, word)) {
            (None, Some(at)) if month.is_none() => month = Some(at),
            (Some(n), _) if word.len() <= 2 && day.is_none() => day = u8::try_from(n).ok(),
            (Some(n), _) if word.len() == 4 && year.is_none() => year = Some(n),
            _ => break,
        }
        used += 1;
    }
    let month = Month::try_from(u8::try_from(month? + 1).ok()?).ok()?;
    let date = Date::from_calendar_date(year.unwrap_or(civil(now).year()), month, day?).ok()?;
    Some((since_1970(date), used))
}

fn since_1970(date: Date) -> i64 {
    i64::from(date.to_julian_day()) - 2_440_588
}

/// The day so many months later; a day that the month does not have is one of the month after it.
fn months_later(day: i64, months: i64) -> Option<i64> {
    if months == 0 {
        return Some(day);
    }
    let date = Date::from_julian_day(i32::try_from(day.checked_add(2_440_588)?).ok()?).ok()?;
    let all = i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1;
    let all = all.checked_add(months)?;
    let month = Month::try_from(u8::try_from(all.rem_euclid(12) + 1).ok()?).ok()?;
    let first = Date::from_calendar_date(i32::try_from(all.div_euclid(12)).ok()?, month, 1).ok()?;
    Some(since_1970(first) + i64::from(date.day()) - 1)
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
    Date::from_calendar_date(y.parse().ok()?, month, d.parse().ok()?).ok().map(since_1970)
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

/// What a span is counted in.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Seconds(i64),
    Months(i64),
}

/// The count and the unit of `3 days ago`, `+1 hour`, `-2 weeks`, `next day`; how many words it took.
fn span_of(words: &[String]) -> Option<(i64, Unit, usize)> {
    let word = words.first()?.as_str();
    let split = word.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(word.len());
    let (number, glued) = word.split_at(split);
    let (count, unit, mut used) = match (word, number.parse::<i64>()) {
        ("next", _) => (1, words.get(1)?.as_str(), 2),
        ("last", _) => (-1, words.get(1)?.as_str(), 2),
        (_, Ok(n)) if glued.is_empty() => (n, words.get(1)?.as_str(), 2),
        (_, Ok(n)) => (n, glued, 1),
        _ if number.is_empty() => (1, word, 1),
        _ => return None,
    };
    let unit = match unit.trim_end_matches('s') {
        "sec" | "second" => Unit::Seconds(1),
        "min" | "minute" => Unit::Seconds(60),
        "hour" => Unit::Seconds(3600),
        "day" => Unit::Seconds(86_400),
        "week" => Unit::Seconds(604_800),
        "fortnight" => Unit::Seconds(1_209_600),
        "month" => Unit::Months(1),
        "year" => Unit::Months(12),
        _ => return None,
    };
    let mut count = count.clamp(-1_000_000_000, 1_000_000_000);
    if words.get(used).is_some_and(|w| w == "ago") {
        count = -count;
        used += 1;
    }
    Some((count, unit, used))
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
            ("next friday", "2026-11-27 00:00:00"),
            ("last monday", "2026-11-16 00:00:00"),
            ("Tue 10:30", "2026-11-24 10:30:00"),
            ("noon", "2026-11-21 12:00:00"),
            ("25 Dec 2024", "2024-12-25 00:00:00"),
            ("Jan 5, 2023 7:05", "2023-01-05 07:05:00"),
            ("2024-12-25 10:00 UTC", "2024-12-25 10:00:00"),
            ("now + 1 hour", "2026-11-21 02:33:04"),
            ("2024-01-01 + 3 days", "2024-01-04 00:00:00"),
            ("2024-01-31 +1 month", "2024-03-02 00:00:00"),
            ("2024-03-31 1 month ago", "2024-03-02 00:00:00"),
            ("2024-02-29 +1 year", "2025-03-01 00:00:00"),
        ] {
            assert_eq!(parse(text, NOW).map(|t| format("%F %T", t)).as_deref(), Some(expect), "{text}");
        }
        for text in ["garbage", "2026-13-01", "25:00", "@x", "5", "31 Feb 2024", "+", "next"] {
            assert_eq!(parse(text, NOW), None, "{text}");
        }
        assert_eq!(parse_stamp("202601020304.05", NOW), parse("2026-01-02 03:04:05", NOW));
    }
}
