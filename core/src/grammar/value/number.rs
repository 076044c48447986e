//! Numbers and switches as Go reads them.

use crate::base::go_text::quote;

/// Go's `strconv.ParseBool`.
pub fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(syntax("ParseBool", text)),
    }
}

fn syntax(function: &str, text: &str) -> String {
    format!("strconv.{function}: parsing {}: invalid syntax", quote(text))
}

fn out_of_range(function: &str, text: &str) -> String {
    format!("strconv.{function}: parsing {}: value out of range", quote(text))
}

/// Go's `strconv.ParseInt(text, 0, bits)`: the base follows from a prefix.
pub fn parse_int(text: &str, bits: u32) -> Result<i64, String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let Some(size) = magnitude(digits).map_err(|()| syntax("ParseInt", text))? else {
        return Err(out_of_range("ParseInt", text));
    };
    let limit = 1i128 << (bits.clamp(1, 64) - 1);
    let value = sign * i128::from(size);
    if value < -limit || value >= limit {
        return Err(out_of_range("ParseInt", text));
    }
    i64::try_from(value).map_err(|_| out_of_range("ParseInt", text))
}

/// Go's `strconv.ParseUint(text, 0, bits)`.
pub fn parse_uint(text: &str, bits: u32) -> Result<u64, String> {
    let size = magnitude(text).map_err(|()| syntax("ParseUint", text))?;
    let fits = size.filter(|n| u128::from(*n) < 1u128 << bits.min(64));
    fits.ok_or_else(|| out_of_range("ParseUint", text))
}

/// The digits of a number without a sign, in the base its prefix names; `None` when too large.
fn magnitude(text: &str) -> Result<Option<u64>, ()> {
    let lower = text.to_ascii_lowercase();
    let (radix, digits) = match (lower.get(..2), lower.strip_prefix('0')) {
        (Some("0x"), _) => (16, lower.get(2..).unwrap_or("")),
        (Some("0b"), _) => (2, lower.get(2..).unwrap_or("")),
        (Some("0o"), _) => (8, lower.get(2..).unwrap_or("")),
        (_, Some(rest)) if !rest.is_empty() => (8, rest),
        _ => (10, lower.as_str()),
    };
    let plain = digits.replace('_', "");
    let misplaced =
        digits.ends_with('_') || digits.contains("__") || (radix == 10 && digits.starts_with('_'));
    if plain.is_empty() || misplaced || !plain.chars().all(|c| c.is_digit(radix)) {
        return Err(());
    }
    Ok(u64::from_str_radix(&plain, radix).ok())
}

/// Go's `strconv.ParseFloat`, for what people write.
pub fn parse_float(text: &str) -> Result<f64, String> {
    let value = text.parse::<f64>().map_err(|_| syntax("ParseFloat", text))?;
    if value.is_infinite() && text.contains(|c: char| c.is_ascii_digit()) {
        return Err(out_of_range("ParseFloat", text));
    }
    Ok(value)
}

/// Reads a number of CPUs (`1.5`, `3/2`, `15e-1`) as billionths.
pub fn parse_cpus(text: &str) -> Result<i64, String> {
    let bad = || format!("failed to parse {text} as a rational number");
    let (over, under) = match text.split_once('/') {
        Some((over, under)) => {
            let under = under.parse::<u64>().ok().filter(|n| *n != 0).ok_or_else(bad)?;
            ((over.parse::<i64>().map_err(|_| bad())?.into(), 0), i128::from(under))
        }
        None => (decimal(text).ok_or_else(bad)?, 1),
    };
    let (digits, exponent) = over;
    let power = exponent + 9;
    let scale = 10i128.checked_pow(power.unsigned_abs()).ok_or_else(bad)?;
    let (over, under) = if power >= 0 {
        (digits.checked_mul(scale).ok_or_else(bad)?, under)
    } else {
        (digits, under.checked_mul(scale).ok_or_else(bad)?)
    };
    if over % under != 0 {
        return Err("value is too precise".to_owned());
    }
    i64::try_from(over / under).map_err(|_| bad())
}

/// A decimal number as digits and a power of ten.
fn decimal(text: &str) -> Option<(i128, i32)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let part = part.trim_end_matches('0');
    let digits = format!("{whole}{part}");
    if digits.is_empty() && !mantissa.contains('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    if value == 0 {
        return Some((0, 0));
    }
    Some((sign * value, exponent.checked_sub(i32::try_from(part.len()).ok()?)?.clamp(-1000, 1000)))
}

/// A resource limit; -1 stands for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ulimit {
    /// Which resource, such as `nofile`.
    pub name: String,
    /// The soft limit.
    pub soft: i64,
    /// The hard limit.
    pub hard: i64,
}

/// Reads `NAME=SOFT[:HARD]`.
pub fn parse_ulimit(text: &str) -> Result<Ulimit, String> {
    const NAMES: [&str; 15] = [
        "core",
        "cpu",
        "data",
        "fsize",
        "locks",
        "memlock",
        "msgqueue",
        "nice",
        "nofile",
        "nproc",
        "rss",
        "rtprio",
        "rttime",
        "sigpending",
        "stack",
    ];
    let Some((name, limits)) = text.split_once('=') else {
        return Err(format!("invalid ulimit argument: {text}"));
    };
    if !NAMES.contains(&name) {
        return Err(format!("invalid ulimit type: {name}"));
    }
    let mut values = limits.split(':');
    let soft = parse_decimal(values.next().unwrap_or(""))?;
    let hard = values.next().map_or(Ok(soft), parse_decimal)?;
    if values.next().is_some() {
        return Err(format!("too many limit values - {limits}, can only have up to two, `soft[:hard]`"));
    }
    if hard != -1 {
        let rule = "ulimit soft limit must be less than or equal to hard limit";
        if soft == -1 {
            return Err(format!("{rule}: soft: -1 (unlimited), hard: {hard}"));
        }
        if soft > hard {
            return Err(format!("{rule}: {soft} > {hard}"));
        }
    }
    Ok(Ulimit { name: name.to_owned(), soft, hard })
}

/// Go's `strconv.ParseInt(text, 10, 64)`.
fn parse_decimal(text: &str) -> Result<i64, String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(syntax("ParseInt", text));
    }
    text.parse().map_err(|_| out_of_range("ParseInt", text))
}
