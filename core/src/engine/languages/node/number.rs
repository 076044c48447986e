//! Numbers as texts and back, and as 32 bits.

/// As `String(n)` writes it.
pub fn text(n: f64) -> String {
    if n.is_nan() {
        return "NaN".into();
    }
    if n.is_infinite() {
        return if n > 0.0 { "Infinity".into() } else { "-Infinity".into() };
    }
    if n == 0.0 {
        return "0".into();
    }
    if n.fract() == 0.0 && n.abs() < 1e15 {
        return format!("{}", n as i64);
    }
    let shown = format!("{:e}", n.abs());
    let (digits, exponent) = shown.split_once('e').unwrap_or((&shown, "0"));
    let digits = digits.replace('.', "");
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let count = digits.len() as i32;
    let body = if count <= point && point <= 21 {
        format!("{digits}{}", "0".repeat((point - count) as usize))
    } else if 0 < point && point <= 21 {
        format!("{}.{}", &digits[..point as usize], &digits[point as usize..])
    } else if -6 < point && point <= 0 {
        format!("0.{}{digits}", "0".repeat((-point) as usize))
    } else {
        let sign = if point > 0 { '+' } else { '-' };
        let power = (point - 1).abs();
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{first}{dot}{rest}e{sign}{power}")
    };
    if n < 0.0 { format!("-{body}") } else { body }
}

/// As `n.toString(radix)` writes it.
pub fn in_radix(n: f64, radix: u32) -> String {
    if radix == 10 || !n.is_finite() {
        return text(n);
    }
    let digit = |d: u32| char::from_digit(d, radix).unwrap_or('0');
    let mut whole = n.abs().trunc();
    let mut fraction = n.abs().fract();
    let mut out = String::new();
    loop {
        out.insert(0, digit((whole % f64::from(radix)) as u32));
        whole = (whole / f64::from(radix)).trunc();
        if whole < 1.0 || out.len() > 1100 {
            break;
        }
    }
    if fraction > 0.0 {
        out.push('.');
        let mut delta = (0.5 * (f64::from_bits(n.abs().to_bits() + 1) - n.abs())).max(f64::from_bits(1));
        while fraction >= delta && out.len() < 1200 {
            fraction *= f64::from(radix);
            delta *= f64::from(radix);
            let d = fraction as u32;
            out.push(digit(d));
            fraction -= f64::from(d);
            if fraction > 0.5 && fraction + delta > 1.0 {
                round_up(&mut out, radix);
                break;
            }
        }
    }
    if n < 0.0 { format!("-{out}") } else { out }
}

fn round_up(out: &mut String, radix: u32) {
    let mut kept = String::new();
    while let Some(c) = out.pop() {
        let next = c.to_digit(radix).map(|d| d + 1);
        match next {
            Some(d) if d < radix => {
                out.push(char::from_digit(d, radix).unwrap_or('0'));
                break;
            }
            Some(_) => {}
            None => kept.push(c),
        }
    }
    out.push_str(&kept);
}

/// As `Number(text)` reads it.
pub fn parse(text: &str) -> f64 {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.is_empty() {
        return 0.0;
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if text.get(..2).is_some_and(|p| p.eq_ignore_ascii_case(prefix)) {
            let digits = &text[2..];
            if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
                return f64::NAN;
            }
            return digits
                .chars()
                .fold(0.0, |n, c| n * f64::from(radix) + f64::from(c.to_digit(radix).unwrap_or(0)));
        }
    }
    match text {
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ if text.chars().all(|c| matches!(c, '0'..='9' | '.' | 'e' | 'E' | '+' | '-')) => {
            text.parse().unwrap_or(f64::NAN)
        }
        _ => f64::NAN,
    }
}

/// The low 32 bits of the whole part.
pub fn to_u32(n: f64) -> u32 {
    if !n.is_finite() {
        return 0;
    }
    let whole = n.trunc() % 4_294_967_296.0;
    (if whole < 0.0 { whole + 4_294_967_296.0 } else { whole }) as u32
}

pub fn to_i32(n: f64) -> i32 {
    to_u32(n) as i32
}

/// `n.toFixed(places)` for a number below 1e21, rounded as V8 does: exactly, half up.
pub fn fixed(n: f64, places: usize) -> String {
    if n.abs() >= 1e21 || !n.is_finite() {
        return text(n);
    }
    // All binary digits of a double fit into 1,100 decimal places.
    let exact = format!("{:.1100}", n.abs());
    let (whole, fraction) = exact.split_once('.').unwrap_or((&exact, ""));
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes().take(places)).collect();
    if fraction.as_bytes().get(places).is_some_and(|d| *d >= b'5') {
        let mut at = digits.len();
        loop {
            if at == 0 {
                digits.insert(0, b'1');
                break;
            }
            at -= 1;
            if digits[at] == b'9' {
                digits[at] = b'0';
            } else {
                digits[at] += 1;
                break;
            }
        }
    }
    let cut = digits.len() - places;
    let mut out = String::from_utf8_lossy(&digits[..cut]).into_owned();
    if places > 0 {
        out.push('.');
        out.push_str(&String::from_utf8_lossy(&digits[cut..]));
    }
    if n < 0.0 { format!("-{out}") } else { out }
}
