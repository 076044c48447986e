//! `printf` as a pure function: the format is used again until the arguments are spent.

use super::super::voice::{Output, Voice};
use super::echo::{Escapes, escape, unescape};

/// The most bytes that one call prints, and the widest field.
const MAX_OUTPUT: usize = 16 << 20;

/// What `printf` with these arguments (without the name) prints. `%(…)T` is refused: the clock is not here.
pub fn printf(args: &[String], voice: Voice) -> Output {
    let args = match args.first().map(String::as_str) {
        Some("--") => args.get(1..).unwrap_or_default(),
        _ => args,
    };
    let Some((format, operands)) = args.split_first() else { return usage(voice) };
    let mut run = Printf { voice, operands, next: 0, out: Output::default(), stop: false };
    loop {
        let before = run.next;
        run.once(format.as_bytes());
        let spent = run.next == before || run.next >= operands.len();
        if run.stop || spent || run.out.stdout.len() > MAX_OUTPUT {
            break;
        }
    }
    if voice == Voice::Gnu && run.next == 0 && !run.stop && !operands.is_empty() {
        let first = operands.first().map_or("", String::as_str);
        let text = format!("warning: ignoring excess arguments, starting with ‘{first}’");
        run.out.complaints.push(text);
    }
    run.out
}

fn usage(voice: Voice) -> Output {
    let (text, code) = match voice {
        Voice::Bash => ("usage: printf [-v var] format [arguments]", 2),
        Voice::Dash => ("usage: printf format [arg ...]", 2),
        Voice::Ash => ("usage: printf FORMAT [ARGUMENT...]", 2),
        Voice::Gnu => ("missing operand\nTry 'printf --help' for more information.", 1),
    };
    Output { complaints: vec![text.to_string()], code, ..Output::default() }
}

/// Flags, width and precision of one conversion.
#[derive(Default)]
struct Spec {
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

struct Printf<'a> {
    voice: Voice,
    operands: &'a [String],
    next: usize,
    out: Output,
    stop: bool,
}

impl<'a> Printf<'a> {
    fn complain(&mut self, text: String, code: i32) {
        self.out.complaints.push(text);
        self.out.code = code;
    }

    fn operand(&mut self) -> Option<&'a str> {
        let operand = self.operands.get(self.next).map(String::as_str);
        self.next += usize::from(operand.is_some());
        operand
    }

    fn once(&mut self, format: &[u8]) {
        let mut i = 0;
        while !self.stop
            && let Some(&byte) = format.get(i)
        {
            i += 1;
            let rest = format.get(i..).unwrap_or_default();
            match byte {
                b'\\'
                    if rest.first() == Some(&b'c')
                        && self.voice != Voice::Bash
                        && self.voice != Voice::Dash =>
                {
                    self.stop = true;
                }
                b'\\' => {
                    let kind = Escapes::Format { hex: self.voice != Voice::Dash };
                    i += escape(rest, kind, &mut self.out.stdout).unwrap_or(0);
                }
                b'%' if rest.first() == Some(&b'%') => {
                    self.out.stdout.push(b'%');
                    i += 1;
                }
                b'%' => i += self.conversion(rest),
                _ => self.out.stdout.push(byte),
            }
        }
    }

    /// One conversion; `rest` follows the percent sign. How many bytes it took.
    fn conversion(&mut self, rest: &[u8]) -> usize {
        let mut spec = Spec::default();
        let mut i = 0;
        while let Some(&flag) = rest.get(i) {
            match flag {
                b'-' => spec.left = true,
                b'+' => spec.plus = true,
                b' ' => spec.space = true,
                b'#' => spec.alternate = true,
                b'0' => spec.zero = true,
                b'\'' => {}
                _ => break,
            }
            i += 1;
        }
        let (width, taken) = self.size(rest.get(i..).unwrap_or_default());
        i += taken;
        if let Some(width) = width {
            spec.left |= width < 0;
            spec.width = usize::try_from(width.unsigned_abs()).unwrap_or(0).min(MAX_OUTPUT / 16);
        }
        if rest.get(i) == Some(&b'.') {
            let (precision, taken) = self.size(rest.get(i + 1..).unwrap_or_default());
            i += 1 + taken;
            let precision = precision.unwrap_or(0);
            spec.precision = usize::try_from(precision).ok().map(|p| p.min(MAX_OUTPUT / 16));
        }
        let modifiers_from = i;
        while self.voice != Voice::Dash
            && matches!(rest.get(i), Some(b'l' | b'h' | b'L' | b'j' | b't' | b'z'))
        {
            i += 1;
        }
        match rest.get(i) {
            Some(&letter) if self.convert(letter, &spec) => i + 1,
            found => {
                self.invalid(rest, i, modifiers_from, found.copied());
                rest.len()
            }
        }
    }

    fn size(&mut self, rest: &[u8]) -> (Option<i64>, usize) {
        if rest.first() == Some(&b'*') {
            let value = self.integer();
            return (Some(i64::try_from(value).unwrap_or(0)), 1);
        }
        let taken = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let text = std::str::from_utf8(rest.get(..taken).unwrap_or_default()).unwrap_or("");
        ((taken > 0).then(|| text.parse().unwrap_or(0)), taken)
    }

    fn invalid(&mut self, rest: &[u8], at: usize, modifiers_from: usize, found: Option<u8>) {
        self.stop = true;
        let text = |to: usize| String::from_utf8_lossy(rest.get(..to).unwrap_or(rest)).into_owned();
        let message = match (self.voice, found) {
            (Voice::Bash, None) => format!("`%{}': missing format character", text(at)),
            (Voice::Bash, Some(c)) => format!("`{}': invalid format character", c as char),
            (Voice::Dash, None) => "missing format character".to_string(),
            (Voice::Dash, Some(_)) => format!("%{}: invalid directive", text(at + 1)),
            (Voice::Ash, _) => {
                let after = String::from_utf8_lossy(rest.get(at..).unwrap_or_default()).into_owned();
                format!("%{}{after}: invalid format", text(modifiers_from))
            }
            (Voice::Gnu, _) => format!("%{}: invalid conversion specification", text(at + 1)),
        };
        self.complain(message, if self.voice == Voice::Dash { 2 } else { 1 });
    }

    /// Prints one operand; false for an unknown conversion.
    fn convert(&mut self, letter: u8, spec: &Spec) -> bool {
        match letter {
            b's' => {
                let text = self.operand().unwrap_or("").as_bytes().to_vec();
                self.text(text, spec);
            }
            b'b' => {
                let mut text = vec![];
                let operand = self.operand().unwrap_or("");
                let hex = self.voice != Voice::Dash;
                self.stop = unescape(operand.as_bytes(), Escapes::Echo { hex }, &mut text);
                self.text(text, spec);
            }
            b'c' => {
                let operand = self.operand().unwrap_or("");
                let first = operand.bytes().take(1).collect();
                self.text(first, spec);
            }
            b'q' if matches!(self.voice, Voice::Bash | Voice::Gnu) => {
                let operand = self.operand().unwrap_or("");
                self.text(super::super::quote::backslash(operand).into_bytes(), spec);
            }
            b'd' | b'i' => {
                let value = self.integer();
                let value = self.clamp(value, i128::from(i64::MIN), i128::from(i64::MAX));
                let sign = sign(value < 0, spec);
                self.number(sign, value.unsigned_abs().to_string(), spec);
            }
            b'u' | b'o' | b'x' | b'X' => {
                let value = self.integer();
                let value = self.clamp(value, i128::from(i64::MIN), i128::from(u64::MAX)) as u64;
                let (prefix, digits) = match letter {
                    b'u' => ("", value.to_string()),
                    b'o' if spec.alternate && value != 0 => ("", format!("0{value:o}")),
                    b'o' => ("", format!("{value:o}")),
                    b'x' => (if spec.alternate && value != 0 { "0x" } else { "" }, format!("{value:x}")),
                    _ => (if spec.alternate && value != 0 { "0X" } else { "" }, format!("{value:X}")),
                };
                self.number(prefix.to_string(), digits, spec);
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                let value = self.float();
                let digits = float_text(value.abs(), letter, spec);
                let sign = sign(value.is_sign_negative(), spec);
                let finite = value.is_finite();
                let plain = Spec { precision: None, zero: spec.zero && finite, ..*spec };
                self.number(sign, digits, &plain);
            }
            _ => return false,
        }
        true
    }

    fn text(&mut self, mut text: Vec<u8>, spec: &Spec) {
        if let Some(precision) = spec.precision {
            text.truncate(precision);
        }
        let fill = spec.width.saturating_sub(String::from_utf8_lossy(&text).chars().count());
        let out = &mut self.out.stdout;
        if !spec.left {
            out.resize(out.len() + fill, b' ');
        }
        out.extend(text);
        if spec.left {
            out.resize(out.len() + fill, b' ');
        }
    }

    fn number(&mut self, prefix: String, digits: String, spec: &Spec) {
        let mut zeros = spec.precision.unwrap_or(0).saturating_sub(digits.len());
        if spec.zero && !spec.left && spec.precision.is_none() {
            zeros = spec.width.saturating_sub(prefix.len() + digits.len());
        }
        let mut text = prefix.into_bytes();
        text.resize(text.len() + zeros, b'0');
        text.extend(digits.bytes());
        self.text(text, &Spec { left: spec.left, width: spec.width, ..Spec::default() });
    }

    fn clamp(&mut self, value: i128, least: i128, most: i128) -> i128 {
        if (least..=most).contains(&value) {
            return value;
        }
        let operand = self.operands.get(self.next.saturating_sub(1)).cloned().unwrap_or_default();
        match self.voice {
            Voice::Bash => {
                let text = format!("warning: {operand}: Numerical result out of range");
                self.out.complaints.push(text);
            }
            Voice::Dash => self.complain(format!("{operand}: Numerical result out of range"), 1),
            Voice::Gnu => self.complain(format!("‘{operand}’: Numerical result out of range"), 1),
            Voice::Ash => {
                self.complain(format!("invalid number '{operand}'"), 1);
                return 0;
            }
        }
        value.clamp(least, most)
    }

    fn integer(&mut self) -> i128 {
        let Some(operand) = self.operand() else { return 0 };
        if let Some(quoted) = operand.strip_prefix(['\'', '"']) {
            return quoted.chars().next().map_or(0, |c| i128::from(u32::from(c)));
        }
        let trimmed = operand.trim_start();
        let (negative, digits) = match trimmed.as_bytes().first() {
            Some(b'-') => (true, &trimmed[1..]),
            Some(b'+') => (false, &trimmed[1..]),
            _ => (false, trimmed),
        };
        let (radix, digits) = match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
            Some(hex) => (16, hex),
            None if digits.len() > 1 && digits.starts_with('0') => (8, &digits[1..]),
            None => (10, digits),
        };
        let taken = digits.chars().take_while(|c| c.is_digit(radix)).count();
        let value = digits.chars().take(taken).fold(0i128, |v, c| {
            (v * i128::from(radix) + i128::from(c.to_digit(radix).unwrap_or(0))).min(1 << 100)
        });
        let whole = taken == digits.len() && (taken > 0 || radix == 8);
        if !self.judge(operand, whole, taken > 0 || radix == 8) {
            return 0;
        }
        if negative { -value } else { value }
    }

    fn float(&mut self) -> f64 {
        let Some(operand) = self.operand() else { return 0.0 };
        if let Some(quoted) = operand.strip_prefix(['\'', '"']) {
            return quoted.chars().next().map_or(0.0, |c| f64::from(u32::from(c)));
        }
        let trimmed = operand.trim();
        let end = (0..=trimmed.len().min(64))
            .rev()
            .find(|end| trimmed.get(..*end).is_some_and(|t| t.parse::<f64>().is_ok()));
        let value = end.and_then(|end| trimmed[..end].parse().ok());
        if !self.judge(operand, end == Some(trimmed.len()), value.is_some()) {
            return 0.0;
        }
        value.unwrap_or(0.0)
    }

    /// Complains of an operand that is no number, or only begins as one; false where the value is not used.
    fn judge(&mut self, operand: &str, whole: bool, some: bool) -> bool {
        if whole {
            return true;
        }
        let text = match self.voice {
            Voice::Bash | Voice::Dash if operand.is_empty() => return true,
            Voice::Bash => format!("{operand}: invalid number"),
            Voice::Dash if some => format!("{operand}: not completely converted"),
            Voice::Dash => format!("{operand}: expected numeric value"),
            Voice::Ash => format!("invalid number '{operand}'"),
            Voice::Gnu if some => format!("‘{operand}’: value not completely converted"),
            Voice::Gnu => format!("‘{operand}’: expected a numeric value"),
        };
        self.complain(text, 1);
        self.voice != Voice::Ash
    }
}

fn sign(negative: bool, spec: &Spec) -> String {
    match (negative, spec.plus, spec.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    }
    .to_string()
}

fn float_text(value: f64, letter: u8, spec: &Spec) -> String {
    let precision = spec.precision.unwrap_or(6).min(300);
    let text = if value.is_nan() {
        "nan".to_string()
    } else if value.is_infinite() {
        "inf".to_string()
    } else {
        match letter.to_ascii_lowercase() {
            b'f' => format!("{value:.precision$}"),
            b'e' => exponent(value, precision),
            _ => general(value, precision.max(1), spec.alternate),
        }
    };
    if letter.is_ascii_uppercase() { text.to_ascii_uppercase() } else { text }
}

fn exponent(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    match text.split_once('e') {
        Some((mantissa, power)) => {
            let power: i32 = power.parse().unwrap_or(0);
            let sign = if power < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", power.unsigned_abs())
        }
        None => text,
    }
}

fn general(value: f64, precision: usize, keep_zeros: bool) -> String {
    let scientific = exponent(value, precision - 1);
    let power: i32 = scientific.split_once('e').and_then(|(_, p)| p.parse().ok()).unwrap_or(0);
    let within = power >= -4 && i64::from(power) < precision as i64;
    let (body, tail) = if within {
        let decimals = usize::try_from(precision as i64 - 1 - i64::from(power)).unwrap_or(0);
        (format!("{value:.decimals$}"), String::new())
    } else {
        let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "+00"));
        (mantissa.to_string(), format!("e{power}"))
    };
    let body = if keep_zeros || !body.contains('.') {
        body
    } else {
        body.trim_end_matches('0').trim_end_matches('.').to_string()
    };
    format!("{body}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(voice: Voice, args: &[&str], stdout: &str, complaint: &str, code: i32) {
        let args: Vec<String> = args.iter().map(|a| (*a).to_string()).collect();
        let out = printf(&args, voice);
        let got = (String::from_utf8(out.stdout).unwrap(), out.complaints.join("\n"), out.code);
        assert_eq!(got, (stdout.to_string(), complaint.to_string(), code), "{voice:?} {args:?}");
    }

    #[test]
    fn formats_as_the_shells_do() {
        for voice in [Voice::Bash, Voice::Dash, Voice::Ash, Voice::Gnu] {
            check(voice, &["%s|\\n", "a", "b"], "a|\nb|\n", "", 0);
            let format = "%5.1f|%-5s|%05d|%+d|%x|%#o|%c|%b|%e|%g\\n";
            let args =
                [format, "3.14159", "ab", "42", "7", "255", "8", "hello", "a\\tb", "12345.678", "0.0001"];
            check(voice, &args, "  3.1|ab   |00042|+7|ff|010|h|a\tb|1.234568e+04|0.0001\n", "", 0);
            check(voice, &["%i %u\\n", "'A", "-1"], "65 18446744073709551615\n", "", 0);
            check(voice, &["%*d|%.2s|", "5", "3", "abcd"], "    3|ab|", "", 0);
            check(voice, &["%d %s\\n"], "0 \n", "", 0);
            check(voice, &["%05.2f|%g|%g", "3.14159", "1e10", "100000"], "03.14|1e+10|100000", "", 0);
        }
        check(Voice::Bash, &["%q", "a b"], "a\\ b", "", 0);
    }

    #[test]
    fn complains_in_each_voice() {
        check(Voice::Bash, &["%d %s\\n", "abc", "x"], "0 x\n", "abc: invalid number", 1);
        check(Voice::Dash, &["%d\\n", "3x"], "3\n", "3x: not completely converted", 1);
        check(Voice::Ash, &["%d\\n", "3x"], "0\n", "invalid number '3x'", 1);
        check(Voice::Gnu, &["%d", "abc"], "0", "‘abc’: expected a numeric value", 1);
        check(Voice::Bash, &["%y"], "", "`y': invalid format character", 1);
        check(Voice::Dash, &["%z"], "", "%z: invalid directive", 2);
        check(Voice::Bash, &["x%"], "x", "`%': missing format character", 1);
        check(Voice::Gnu, &["x\\n", "a"], "x\n", "warning: ignoring excess arguments, starting with ‘a’", 0);
        check(
            Voice::Bash,
            &["%d", "99999999999999999999"],
            "9223372036854775807",
            "warning: 99999999999999999999: Numerical result out of range",
            0,
        );
    }
}
