//! Go's literals inside templates: numbers, characters and quoted strings.

use super::node::Number;
use crate::base::go_text::quote;

/// The text of a quoted or raw string literal; an error is Go's `invalid syntax`.
pub(super) fn unquote(literal: &str) -> Result<String, String> {
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or("");
    if literal.starts_with('`') {
        return Ok(inner.replace('\r', ""));
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while !rest.is_empty() {
        rest = unescape(rest, '"', &mut bytes).ok_or("invalid syntax")?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads one character or escape from the front of `text` into `out`.
fn unescape<'t>(text: &'t str, mark: char, out: &mut Vec<u8>) -> Option<&'t str> {
    let mut chars = text.chars();
    let c = chars.next()?;
    if c == mark {
        return None;
    }
    if c != '\\' {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        return Some(chars.as_str());
    }
    let escape = chars.next()?;
    let rest = chars.as_str();
    let simple = match escape {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 0x0b,
        '\\' => b'\\',
        '\'' | '"' if escape == mark => mark as u8,
        'x' => {
            out.push(u8::from_str_radix(hex(rest, 2)?, 16).ok()?);
            return rest.get(2..);
        }
        'u' | 'U' => {
            let width = if escape == 'u' { 4 } else { 8 };
            let c = char::from_u32(u32::from_str_radix(hex(rest, width)?, 16).ok()?)?;
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            return rest.get(width..);
        }
        '0'..='7' => {
            let digits = text.get(1..4).filter(|d| d.bytes().all(|b| matches!(b, b'0'..=b'7')))?;
            out.push(u8::from_str_radix(digits, 8).ok()?);
            return text.get(4..);
        }
        _ => return None,
    };
    out.push(simple);
    Some(rest)
}

fn hex(text: &str, width: usize) -> Option<&str> {
    text.get(..width).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The number a literal stands for; the error is Go's text.
pub(super) fn number(literal: &str) -> Result<Number, String> {
    if literal.starts_with('\'') {
        return character(literal);
    }
    if literal.ends_with('i') && !literal.contains(['x', 'X']) {
        return Err(format!("complex numbers are not simulated: {literal}"));
    }
    if let Some(n) = integer(literal) {
        return match i64::try_from(n) {
            Ok(n) => Ok(Number::Int(n)),
            Err(_) if u64::try_from(n).is_ok() => Ok(Number::Uint),
            Err(_) => Err(format!("integer overflow: {}", quote(literal))),
        };
    }
    let digits = literal.replace('_', "");
    if !literal.contains(['x', 'X'])
        && !literal.ends_with('_')
        && let Ok(f) = digits.parse::<f64>()
    {
        if !literal.contains(['.', 'e', 'E']) {
            return Err(format!("integer overflow: {}", quote(literal)));
        }
        if f.is_finite() {
            let whole = f as i64;
            return Ok(Number::Float(f, (whole as f64 == f).then_some(whole)));
        }
    }
    Err(format!("illegal number syntax: {}", quote(literal)))
}

fn character(literal: &str) -> Result<Number, String> {
    let inner = literal.get(1..).unwrap_or("");
    let mut bytes = Vec::new();
    let tail = unescape(inner, '\'', &mut bytes).ok_or("invalid syntax")?;
    if tail != "'" {
        return Err(format!("malformed character constant: {literal}"));
    }
    let value = match std::str::from_utf8(&bytes) {
        Ok(text) => text.chars().next().map_or(0, |c| i64::from(u32::from(c))),
        Err(_) => bytes.first().copied().map_or(0, i64::from),
    };
    Ok(Number::Int(value))
}

/// An integer in any of Go's bases, with underscores between digits.
fn integer(literal: &str) -> Option<i128> {
    let (sign, body) = match literal.as_bytes().first()? {
        b'-' => (-1, literal.get(1..)?),
        b'+' => (1, literal.get(1..)?),
        _ => (1, literal),
    };
    let lower = body.to_ascii_lowercase();
    let (base, digits) = match lower.get(..2) {
        Some("0x") => (16, lower.get(2..)?),
        Some("0o") => (8, lower.get(2..)?),
        Some("0b") => (2, lower.get(2..)?),
        _ if lower.len() > 1 && lower.starts_with('0') => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    if digits.contains("__") || digits.ends_with('_') || (base == 10 && digits.starts_with('_')) {
        return None;
    }
    let digits = digits.replace('_', "");
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return None;
    }
    Some(sign * i128::from_str_radix(&digits, base).unwrap_or(i128::MAX / 2))
}
