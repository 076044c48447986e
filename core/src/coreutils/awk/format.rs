//! `printf` of `awk`.

use super::value::Value;

/// The widest field.
const MAX_WIDTH: usize = 100_000;

#[derive(Default)]
struct Spec {
    minus: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

/// The text that a format gives with these arguments.
pub fn format(format: &str, args: &[Value], convfmt: &str, wide: bool) -> String {
    let mut out = String::new();
    let mut args = args.iter();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut spec = Spec::default();
        while let Some(flag) = chars.next_if(|c| "-+ #0".contains(*c)) {
            match flag {
                '-' => spec.minus = true,
                '+' => spec.plus = true,
                ' ' => spec.space = true,
                '#' => spec.alternate = true,
                _ => spec.zero = true,
            }
        }
        let mut number = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            if chars.next_if_eq(&'*').is_some() {
                return args.next().map_or(0.0, Value::num) as i64;
            }
            let mut n: i64 = 0;
            while let Some(d) = chars.next_if(char::is_ascii_digit) {
                n = n.saturating_mul(10).saturating_add(i64::from(d as u32 - 48));
            }
            n
        };
        let width = number(&mut chars);
        spec.minus |= width < 0;
        spec.width = usize::try_from(width.unsigned_abs()).unwrap_or(MAX_WIDTH).min(MAX_WIDTH);
        if chars.next_if_eq(&'.').is_some() {
            let precision = number(&mut chars);
            spec.precision = usize::try_from(precision).ok().map(|p| p.min(MAX_WIDTH));
        }
        while chars.next_if(|c| "hlLqjzt".contains(*c)).is_some() {}
        match chars.next() {
            Some('%') => out.push('%'),
            Some(kind) if "diouxXcsfFeEgG".contains(kind) => {
                let value = args.next().cloned().unwrap_or_default();
                conversion(&mut out, &spec, kind, &value, convfmt, wide);
            }
            Some(other) => {
                out.push('%');
                out.push(other);
            }
            None => out.push('%'),
        }
    }
    out
}

fn conversion(out: &mut String, spec: &Spec, kind: char, value: &Value, convfmt: &str, wide: bool) {
    let (sign, digits) = match kind {
        's' => {
            let text = value.text(convfmt, wide);
            (String::new(), text.chars().take(spec.precision.unwrap_or(usize::MAX)).collect())
        }
        'c' => {
            let c = match value {
                Value::Num(n) => char::from_u32(*n as u32 & 0xff),
                other => other.text(convfmt, wide).chars().next(),
            };
            (String::new(), c.map(String::from).unwrap_or_default())
        }
        _ => number(spec, kind, value.num()),
    };
    let length = sign.chars().count() + digits.chars().count();
    let fill = spec.width.saturating_sub(length);
    let numeric = !"sc".contains(kind);
    let zeros = spec.zero && !spec.minus && numeric && !("dioxXu".contains(kind) && spec.precision.is_some());
    if spec.minus {
        out.push_str(&sign);
        out.push_str(&digits);
        out.extend(std::iter::repeat_n(' ', fill));
    } else if zeros {
        out.push_str(&sign);
        out.extend(std::iter::repeat_n('0', fill));
        out.push_str(&digits);
    } else {
        out.extend(std::iter::repeat_n(' ', fill));
        out.push_str(&sign);
        out.push_str(&digits);
    }
}

fn number(spec: &Spec, kind: char, n: f64) -> (String, String) {
    let sign = |negative: bool| {
        String::from(if negative {
            "-"
        } else if spec.plus {
            "+"
        } else if spec.space {
            " "
        } else {
            ""
        })
    };
    if !n.is_finite() && kind != 'c' {
        let name = if n.is_nan() { "nan" } else { "inf" };
        return (sign(n.is_sign_negative()), name.into());
    }
    let pad = |digits: String| match spec.precision {
        Some(p) => format!("{digits:0>p$}"),
        None => digits,
    };
    let size = n.abs();
    match kind {
        'd' | 'i' => (sign(n <= -1.0), pad((size.min(9.3e18) as u64).to_string())),
        'u' => (String::new(), pad((n as i64 as u64).to_string())),
        'o' => (String::new(), pad(format!("{:o}", n as i64))),
        'x' => (if spec.alternate { "0x".into() } else { String::new() }, pad(format!("{:x}", n as i64))),
        'X' => (if spec.alternate { "0X".into() } else { String::new() }, pad(format!("{:X}", n as i64))),
        'f' | 'F' => (sign(n.is_sign_negative()), format!("{:.*}", spec.precision.unwrap_or(6), size)),
        'e' | 'E' => {
            let text = scientific(size, spec.precision.unwrap_or(6));
            (sign(n.is_sign_negative()), if kind == 'E' { text.to_uppercase() } else { text })
        }
        _ => {
            let text = general(size, spec.precision.unwrap_or(6).max(1), spec.alternate);
            (sign(n.is_sign_negative()), if kind == 'G' { text.to_uppercase() } else { text })
        }
    }
}

fn scientific(n: f64, precision: usize) -> String {
    let text = format!("{n:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

fn general(n: f64, precision: usize, keep: bool) -> String {
    if n == 0.0 {
        return "0".into();
    }
    let text = scientific(n, precision - 1);
    let exponent: i32 = text.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    let trim = |digits: &str| {
        if keep || !digits.contains('.') {
            digits.to_string()
        } else {
            digits.trim_end_matches('0').trim_end_matches('.').to_string()
        }
    };
    if exponent < -4 || i64::from(exponent) >= precision as i64 {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "+00"));
        format!("{}e{exponent}", trim(mantissa))
    } else {
        let decimals = usize::try_from(precision as i64 - 1 - i64::from(exponent)).unwrap_or(0);
        trim(&format!("{n:.decimals$}"))
    }
}
