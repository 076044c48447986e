//! Dates as the logs and headers of servers write them, all in UTC.

use crate::base::{Time, time_format};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Year, month's name, day and clock of a moment.
fn parts(at: Time) -> (String, &'static str, String, String) {
    let text = time_format::rfc3339(at);
    let (date, clock) = text.split_once('T').unwrap_or(("", ""));
    let mut fields = date.rsplitn(3, '-');
    let day = fields.next().unwrap_or("").to_string();
    let month = fields.next().and_then(|m| m.parse::<usize>().ok()).unwrap_or(1);
    let year = fields.next().unwrap_or("").to_string();
    let name = MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or("Jan");
    (year, name, day, clock.trim_end_matches('Z').to_string())
}

/// `Sat, 21 Nov 2026 01:33:04 GMT`: HTTP's dates.
pub fn http(at: Time) -> String {
    let (year, month, day, clock) = parts(at);
    let weekday = time_format::ansi_c(at);
    format!("{}, {day} {month} {year} {clock} GMT", weekday.get(..3).unwrap_or(""))
}

/// `21/Nov/2026:01:33:04 +0000`: access logs.
pub fn access(at: Time) -> String {
    let (year, month, day, clock) = parts(at);
    format!("{day}/{month}/{year}:{clock} +0000")
}

/// `2026/11/21 01:33:04`: nginx's error log.
pub fn slashes(at: Time) -> String {
    time_format::rfc3339(at).trim_end_matches('Z').replace('-', "/").replace('T', " ")
}

/// `21 Nov 2026 01:33:04.123`: redis.
pub fn redis(at: Time) -> String {
    let (year, month, day, clock) = parts(at);
    format!("{day} {month} {year} {clock}.{:03}", at.subsec_nanos() / 1_000_000)
}

/// `21-Nov-2026 01:33`: listings of directories.
pub fn listing(at: Time) -> String {
    let (year, month, day, clock) = parts(at);
    format!("{day}-{month}-{year} {}", clock.get(..5).unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let at = Time(1_795_224_784_123_000_000);
        assert_eq!(http(at), "Sat, 21 Nov 2026 01:33:04 GMT");
        assert_eq!(access(at), "21/Nov/2026:01:33:04 +0000");
        assert_eq!(slashes(at), "2026/11/21 01:33:04");
        assert_eq!(redis(at), "21 Nov 2026 01:33:04.123");
        assert_eq!(listing(at), "21-Nov-2026 01:33");
    }
}
