//! How Go writes text and numbers: quoted strings (`strconv.Quote`) and floats (`%g`, `%e`, `%f`).

use std::fmt::Write;

/// Whether Go's `strconv.IsPrint` calls `c` printable.
pub fn is_print(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    let mut probe = String::from("a");
    probe.push(c);
    !probe.escape_debug().skip(1).any(|e| e == '\\')
}

/// Puts `text` in double quotes as Go's `strconv.Quote` and the verb `%q` do.
pub fn quote(text: &str) -> String {
    quote_with(text, '"')
}

/// Puts one character in single quotes, as `%q` does for a number.
pub fn quote_char(c: char) -> String {
    quote_with(c.encode_utf8(&mut [0; 4]), '\'')
}

fn quote_with(text: &str, mark: char) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(mark);
    for c in text.chars() {
        match c {
            _ if c == mark || c == '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            _ if is_print(c) => out.push(c),
            _ => {
                let n = c as u32;
                let _ = match n {
                    0..=0x7f => write!(out, "\\x{n:02x}"),
                    0x80..=0xffff => write!(out, "\\u{n:04x}"),
                    _ => write!(out, "\\U{n:08x}"),
                };
            }
        }
    }
    out.push(mark);
    out
}

/// Significant decimal digits of a finite non-negative number and the decimal exponent of the
/// first of them (`d.ddd × 10^exponent`). `None` asks for the shortest digits that read back.
fn digits(value: f64, count: Option<usize>) -> (String, i32) {
    let text = match count {
        Some(n) => format!("{:.*e}", n.saturating_sub(1), value),
        None => format!("{value:e}"),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.chars().filter(char::is_ascii_digit).collect(), exponent.parse().unwrap_or(0))
}

fn special(value: f64) -> Option<String> {
    if value.is_nan() {
        Some("NaN".into())
    } else if value.is_infinite() {
        Some(if value > 0.0 { "+Inf" } else { "-Inf" }.into())
    } else {
        None
    }
}

fn sign(value: f64) -> &'static str {
    if value.is_sign_negative() { "-" } else { "" }
}

fn exponent_form(value: f64, digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(digits.len().min(1));
    let dot = if rest.is_empty() { "" } else { "." };
    let mark = if exponent < 0 { '-' } else { '+' };
    format!("{}{first}{dot}{rest}e{mark}{:02}", sign(value), exponent.unsigned_abs())
}

/// Go's `%g` (`strconv.FormatFloat(…, 'g', precision, 64)`); `None` is the shortest form that
/// reads back, which goes over to an exponent at 1e6.
pub fn format_g(value: f64, precision: Option<usize>) -> String {
    if let Some(word) = special(value) {
        return word;
    }
    let (all, exponent) = digits(value.abs(), precision.map(|p| p.clamp(1, 1000)));
    let trimmed = all.trim_end_matches('0');
    let kept = if trimmed.is_empty() { "0" } else { trimmed };
    let threshold = match precision {
        None => 6,
        Some(p) => {
            let p = i32::try_from(p.clamp(1, 1000)).unwrap_or(1000);
            let kept_len = i32::try_from(all.len()).unwrap_or(i32::MAX);
            if p > kept_len && kept_len > exponent { kept_len } else { p }
        }
    };
    if exponent < -4 || exponent >= threshold {
        return exponent_form(value, kept, exponent);
    }
    plain(value, kept, exponent)
}

fn plain(value: f64, digits: &str, exponent: i32) -> String {
    let mut out = String::from(sign(value));
    if exponent < 0 {
        out.push_str("0.");
        (1..exponent.unsigned_abs()).for_each(|_| out.push('0'));
        out.push_str(digits);
        return out;
    }
    let whole = exponent.unsigned_abs() as usize + 1;
    if digits.len() > whole {
        let (a, b) = digits.split_at(whole);
        let _ = write!(out, "{a}.{b}");
    } else {
        out.push_str(digits);
        (digits.len()..whole).for_each(|_| out.push('0'));
    }
    out
}

/// Go's `%e` with a number of digits after the point.
pub fn format_e(value: f64, precision: usize) -> String {
    if let Some(word) = special(value) {
        return word;
    }
    let (all, exponent) = digits(value.abs(), Some(precision.min(1000) + 1));
    exponent_form(value, &all, exponent)
}

/// Go's `%f` with a number of digits after the point.
pub fn format_f(value: f64, precision: usize) -> String {
    special(value).unwrap_or_else(|| format!("{value:.*}", precision.min(1000)))
}

/// A float as Go's `encoding/json` writes it: plain up to 1e21, then with a short exponent.
pub fn format_json_float(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let (all, exponent) = digits(size, None);
        return exponent_form(value, &all, exponent).replace("e-0", "e-");
    }
    let (all, exponent) = digits(size, None);
    plain(value, &all, exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_go_does() {
        for (text, want) in [
            ("plain", r#""plain""#),
            ("a\"b\\", r#""a\"b\\""#),
            ("\n\t\x07\x00\x7f", r#""\n\t\a\x00\x7f""#),
            ("é☺ 'x'", "\"é☺ 'x'\""),
            ("\u{a0}\u{200b}\u{feff}", r#""\u00a0\u200b\ufeff""#),
            ("e\u{301}", "\"e\u{301}\""),
        ] {
            assert_eq!(quote(text), want);
        }
        assert_eq!(quote_char('\''), r"'\''");
    }

    #[test]
    fn floats_as_go_writes_them() {
        for (value, precision, want) in [
            (0.0, None, "0"),
            (1.0, None, "1"),
            (100000.0, None, "100000"),
            (1_234_567.0, None, "1.234567e+06"),
            (1e21, None, "1e+21"),
            (0.0001, None, "0.0001"),
            (0.00001, None, "1e-05"),
            (2.5, None, "2.5"),
            (1.234567, Some(4), "1.235"),
            (1.2, Some(4), "1.2"),
            (999.96, Some(4), "1000"),
            (999.9, Some(3), "1e+03"),
            (1023.9, Some(4), "1024"),
            (-0.5, Some(3), "-0.5"),
        ] {
            assert_eq!(format_g(value, precision), want, "{value} {precision:?}");
        }
        assert_eq!(format_e(1234.5, 2), "1.23e+03");
        assert_eq!(format_f(2.675, 1), "2.7");
        assert_eq!(format_json_float(1e21), "1e+21");
        assert_eq!(format_json_float(1e-7), "1e-7");
        assert_eq!(format_json_float(120000.0), "120000");
    }
}
