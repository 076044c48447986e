//! Values of `awk`, and numbers as text.

use serde::{Deserialize, Serialize};

/// A value; input that looks like a number is both.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Value {
    /// Never assigned: empty and zero.
    #[default]
    Unset,
    /// A number.
    Num(f64),
    /// A text.
    Str(String),
    /// A text from input that is a number too.
    Both(String, f64),
}

impl Value {
    /// A field or other input.
    pub fn input(text: &str) -> Self {
        let trimmed = text.trim_matches([' ', '\t', '\n']);
        match prefix(trimmed) {
            (n, used) if used > 0 && used == trimmed.len() => Value::Both(text.to_string(), n),
            _ => Value::Str(text.to_string()),
        }
    }

    /// As a number: what it starts with.
    pub fn num(&self) -> f64 {
        match self {
            Value::Unset => 0.0,
            Value::Num(n) | Value::Both(_, n) => *n,
            Value::Str(s) => prefix(s.trim_start_matches([' ', '\t', '\n'])).0,
        }
    }

    /// As a text; `format` is CONVFMT or OFMT.
    pub fn text(&self, format: &str, wide: bool) -> String {
        match self {
            Value::Unset => String::new(),
            Value::Num(n) => number_text(*n, format, wide),
            Value::Str(s) | Value::Both(s, _) => s.clone(),
        }
    }

    /// As a condition.
    pub fn truth(&self) -> bool {
        match self {
            Value::Unset => false,
            Value::Num(n) | Value::Both(_, n) => *n != 0.0,
            Value::Str(s) => !s.is_empty(),
        }
    }

    /// True where it compares as a number.
    pub fn is_numeric(&self) -> bool {
        !matches!(self, Value::Str(_))
    }
}

/// The number a text starts with, and its length.
fn prefix(text: &str) -> (f64, usize) {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let whole = digits(at);
    at += whole;
    let mut part = 0;
    if bytes.get(at) == Some(&b'.') {
        part = digits(at + 1);
        if whole + part > 0 {
            at += 1 + part;
        }
    }
    if whole + part == 0 {
        return (0.0, 0);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        if exponent > 0 {
            at += 1 + sign + exponent;
        }
    }
    (text.get(..at).and_then(|t| t.parse().ok()).unwrap_or(0.0), at)
}

/// A number as `print` shows it. `wide` shows whole numbers beyond 32 bits by their digits (busybox, not mawk).
pub fn number_text(n: f64, format: &str, wide: bool) -> String {
    if n.is_nan() {
        return if n.is_sign_negative() { "-nan" } else { "nan" }.into();
    }
    if n.is_infinite() {
        return if n < 0.0 { "-inf" } else { "inf" }.into();
    }
    let limit = if wide { 1e18 } else { 2_147_483_648.0 };
    if n == n.trunc() && n.abs() < limit {
        return format!("{}", n as i64);
    }
    super::format::format(format, &[Value::Num(n)], "%.6g", wide)
}
