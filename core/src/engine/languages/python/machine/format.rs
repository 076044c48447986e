//! Formats: the little language of `format` and f-strings, and `%`.

use super::heap::Obj;
use super::numbers::{digits_of, float_text, real, whole};
use super::vm::{Got, Vm};
use super::{Value, classes};
use num_bigint::{BigInt, Sign};

/// A format taken apart.
#[derive(Debug, Clone, Default)]
pub struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    comma: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

/// The widest field.
const MAX_WIDTH: usize = 1 << 20;

/// Takes a format apart; nothing where it is none.
pub fn parse(text: &str) -> Option<Spec> {
    let chars: Vec<char> = text.chars().collect();
    let mut spec = Spec::default();
    let mut at = 0;
    let aligns = |c: Option<&char>| c.is_some_and(|c| "<>=^".contains(*c));
    if aligns(chars.get(1)) {
        (spec.fill, spec.align, at) = (chars.first().copied(), chars.get(1).copied(), 2);
    } else if aligns(chars.first()) {
        (spec.align, at) = (chars.first().copied(), 1);
    }
    if let Some(c @ ('+' | '-' | ' ')) = chars.get(at) {
        spec.sign = Some(*c);
        at += 1;
    }
    if chars.get(at) == Some(&'z') {
        at += 1;
    }
    if chars.get(at) == Some(&'#') {
        spec.alternate = true;
        at += 1;
    }
    if chars.get(at) == Some(&'0') {
        spec.zero = true;
        at += 1;
    }
    let number = |at: &mut usize| -> Option<usize> {
        let digits: String = chars.iter().skip(*at).take_while(|c| c.is_ascii_digit()).collect();
        *at += digits.len();
        digits.parse().ok()
    };
    spec.width = number(&mut at).unwrap_or(0);
    if let Some(c @ (',' | '_')) = chars.get(at) {
        spec.comma = Some(*c);
        at += 1;
    }
    if chars.get(at) == Some(&'.') {
        at += 1;
        spec.precision = Some(number(&mut at)?);
    }
    if let Some(c) = chars.get(at) {
        spec.kind = Some(*c);
        at += 1;
    }
    (at == chars.len() && spec.width <= MAX_WIDTH && spec.precision.unwrap_or(0) <= MAX_WIDTH).then_some(spec)
}

impl Spec {
    fn pad(&self, sign: &str, body: &str, default: char) -> String {
        let align = self.align.unwrap_or(if self.zero && default == '>' { '=' } else { default });
        let fill = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
        let length = sign.chars().count() + body.chars().count();
        let gap = self.width.saturating_sub(length);
        let fills = |n: usize| fill.to_string().repeat(n);
        match align {
            '<' => format!("{sign}{body}{}", fills(gap)),
            '^' => format!("{}{sign}{body}{}", fills(gap / 2), fills(gap - gap / 2)),
            '=' => format!("{sign}{}{body}", fills(gap)),
            _ => format!("{}{sign}{body}", fills(gap)),
        }
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.sign) {
            (true, _) => "-",
            (_, Some('+')) => "+",
            (_, Some(' ')) => " ",
            _ => "",
        }
    }

    /// Digits with commas; where zeros fill the field they are grouped too.
    fn grouped(&self, digits: &str, every: usize, rest: usize) -> String {
        let Some(mark) = self.comma else { return digits.to_string() };
        let mut digits = digits.to_string();
        if self.zero && self.align.is_none() {
            let length = |n: usize| n + (n.max(1) - 1) / every;
            while length(digits.len()) + rest < self.width {
                digits.insert(0, '0');
            }
        }
        let mut out = String::new();
        for (at, c) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(every) {
                out.push(mark);
            }
            out.push(c);
        }
        out
    }

    fn whole(&self, n: &BigInt) -> String {
        let (base, prefix) = match self.kind {
            Some('x') => (16, "0x"),
            Some('X') => (16, "0X"),
            Some('o') => (8, "0o"),
            Some('b') => (2, "0b"),
            _ => (10, ""),
        };
        let negative = n.sign() == Sign::Minus;
        let mut digits = n.magnitude().to_str_radix(base);
        if self.kind == Some('X') {
            digits = digits.to_uppercase();
        }
        let prefix = if self.alternate { prefix } else { "" };
        let sign = format!("{}{prefix}", self.sign(negative));
        let digits = self.grouped(&digits, if base == 10 { 3 } else { 4 }, sign.len());
        self.pad(&sign, &digits, '>')
    }

    fn real(&self, n: f64) -> String {
        let negative = n.is_sign_negative() && !n.is_nan();
        let size = n.abs();
        let (body, percent) = match self.kind {
            Some('%') => (fixed(size * 100.0, self.precision.unwrap_or(6)), "%"),
            Some('f' | 'F') => (fixed(size, self.precision.unwrap_or(6)), ""),
            Some(c @ ('e' | 'E')) => (exponent(size, self.precision.unwrap_or(6), c), ""),
            Some(c @ ('g' | 'G' | 'n')) => (general(size, self.precision.unwrap_or(6), self.alternate, c == 'G'), ""),
            None if self.precision.is_some() => {
                let text = general(size, self.precision.unwrap_or(6), false, false);
                let whole = !text.contains(['.', 'e', 'n']);
                (if whole { text + ".0" } else { text }, "")
            }
            _ => (float_text(size), ""),
        };
        let body = if self.kind.is_some_and(|c| c.is_ascii_uppercase()) { body.to_uppercase() } else { body };
        let at = body.find(|c: char| !c.is_ascii_digit()).unwrap_or(body.len());
        let (digits, rest) = body.split_at(at);
        let sign = self.sign(negative);
        let digits = if digits.is_empty() { String::new() } else { self.grouped(digits, 3, rest.len() + percent.len() + sign.len()) };
        self.pad(sign, &format!("{digits}{rest}{percent}"), '>')
    }

    fn text(&self, text: &str) -> String {
        let cut: String = match self.precision {
            Some(n) => text.chars().take(n).collect(),
            None => text.to_string(),
        };
        let plain = Spec { zero: false, fill: self.fill.or(self.zero.then_some('0')), ..self.clone() };
        plain.pad("", &cut, '<')
    }
}

/// The flags of a `%` field.
fn flags(chars: &[char], at: &mut usize) -> Spec {
    let mut spec = Spec::default();
    while let Some(c) = chars.get(*at).filter(|c| "-+ #0".contains(**c)) {
        match c {
            '-' => spec.align = Some('<'),
            '0' => spec.zero = true,
            '#' => spec.alternate = true,
            c => spec.sign = Some(*c),
        }
        *at += 1;
    }
    spec
}

fn odd(n: f64) -> Option<String> {
    if n.is_nan() {
        return Some("nan".into());
    }
    n.is_infinite().then(|| "inf".into())
}

fn fixed(n: f64, precision: usize) -> String {
    odd(n).unwrap_or_else(|| format!("{n:.precision$}"))
}

fn exponent(n: f64, precision: usize, mark: char) -> String {
    if let Some(text) = odd(n) {
        return text;
    }
    let text = format!("{n:.precision$e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    format!("{mantissa}{mark}{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
}

fn general(n: f64, precision: usize, alternate: bool, upper: bool) -> String {
    if let Some(text) = odd(n) {
        return text;
    }
    let precision = precision.max(1);
    let power: i32 = if n == 0.0 {
        0
    } else {
        format!("{n:.*e}", precision - 1).split_once('e').and_then(|(_, p)| p.parse().ok()).unwrap_or(digits_of(n).1)
    };
    let mark = if upper { 'E' } else { 'e' };
    let text = if power < -4 || power >= precision as i32 {
        exponent(n, precision - 1, mark)
    } else {
        fixed(n, (precision as i32 - 1 - power).max(0) as usize)
    };
    if alternate || !text.contains('.') {
        return text;
    }
    let (head, tail) = text.split_once(mark).map_or((text.as_str(), String::new()), |(h, t)| (h, format!("{mark}{t}")));
    format!("{}{tail}", head.trim_end_matches('0').trim_end_matches('.'))
}

impl Vm<'_, '_> {
    /// A value of a formatted string.
    pub(super) fn formatted(&mut self, value: &Value, conversion: Option<char>, format: Option<&Value>) -> Got {
        let text = match conversion {
            Some('r') => Some(self.repr(value)?),
            Some('s') => Some(self.str(value)?),
            Some(_) => {
                let text = self.repr(value)?;
                Some(crate::engine::languages::python::natives::ascii(&text))
            }
            None => None,
        };
        let value = text.map_or_else(|| value.clone(), |t| Value::Str(t.into()));
        let spec = format.and_then(Value::as_str).unwrap_or("").to_string();
        let text = self.format(&value, &spec)?;
        self.string(text)
    }

    /// `format(value, spec)`.
    pub fn format(&mut self, value: &Value, spec: &str) -> Got<String> {
        if let Some(method) = self.special(value, "__format__") {
            let text = self.call(&method, vec![value.clone(), Value::str(spec)])?;
            return self.str(&text);
        }
        if spec.is_empty() {
            return self.str(value);
        }
        let plain = self.plain(value);
        let kind_name = self.type_name(value);
        let Some(parsed) = parse(spec) else {
            let text = if self.m.minor >= 10 { format!("Invalid format specifier '{spec}' for object of type '{kind_name}'") } else { "Invalid format specifier".into() };
            return Err(self.value_error(text));
        };
        let unknown = |vm: &mut Self, c: char| {
            vm.value_error(format!("Unknown format code '{c}' for object of type '{kind_name}'"))
        };
        match (&plain, parsed.kind) {
            (Value::Str(text), None | Some('s')) => {
                if parsed.align == Some('=') {
                    return Err(self.value_error("'=' alignment not allowed in string format specifier"));
                }
                Ok(parsed.text(text))
            }
            (Value::Str(_), Some(c)) => Err(unknown(self, c)),
            (Value::Bool(b), None) if parsed.kind.is_none() && spec.starts_with(['<', '>', '^']) => {
                Ok(parsed.pad("", if *b { "1" } else { "0" }, '>'))
            }
            (Value::Int(_) | Value::Big(_) | Value::Bool(_), None | Some('d' | 'x' | 'X' | 'o' | 'b' | 'n')) => {
                if parsed.precision.is_some() {
                    return Err(self.value_error("Precision not allowed in integer format specifier"));
                }
                Ok(whole(&plain).map(|n| parsed.whole(&n)).unwrap_or_default())
            }
            (Value::Int(n), Some('c')) => {
                let c = u32::try_from(*n).ok().and_then(char::from_u32).unwrap_or('?').to_string();
                Ok(parsed.pad("", &c, '<'))
            }
            (Value::Int(_) | Value::Big(_) | Value::Bool(_) | Value::Float(_), None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' | 'n')) => {
                Ok(parsed.real(real(&plain).unwrap_or(0.0)))
            }
            (Value::Int(_) | Value::Big(_) | Value::Bool(_) | Value::Float(_), Some(c)) => Err(unknown(self, c)),
            _ => Err(self.type_error(format!("unsupported format string passed to {kind_name}.__format__"))),
        }
    }

    /// `text % values`.
    pub(super) fn percent(&mut self, text: &Value, values: &Value) -> Got {
        let chars: Vec<char> = text.as_str().unwrap_or("").chars().collect();
        let is_tuple = self.type_of(&self.plain(values)) == classes::TUPLE;
        let list = if is_tuple { self.items_of(values).unwrap_or_default() } else { vec![values.clone()] };
        let mapping = self.dict_id(values).is_some_and(|id| matches!(self.m.heap.get(id), Obj::Dict(_)));
        let (mut out, mut at, mut used) = (String::new(), 0, 0);
        while let Some(c) = chars.get(at).copied() {
            at += 1;
            if c != '%' {
                out.push(c);
                continue;
            }
            let mut value = None;
            if chars.get(at) == Some(&'(') {
                let end = chars.iter().skip(at).position(|c| *c == ')').unwrap_or(0) + at;
                let key: String = chars.get(at + 1..end).unwrap_or_default().iter().collect();
                if !mapping {
                    return Err(self.type_error("format requires a mapping"));
                }
                value = Some(self.get_item(values, &Value::str(key))?);
                at = end + 1;
            }
            let mut spec = flags(&chars, &mut at);
            let mut next = |vm: &mut Self| match list.get(used) {
                Some(value) => {
                    used += 1;
                    Ok(value.clone())
                }
                None => Err(vm.type_error("not enough arguments for format string")),
            };
            let mut number = |vm: &mut Self, at: &mut usize| -> Got<Option<usize>> {
                if chars.get(*at) == Some(&'*') {
                    *at += 1;
                    let n = next(vm)?;
                    return vm.int_arg(&n).map(|n| Some(n.unsigned_abs() as usize));
                }
                let digits: String = chars.iter().skip(*at).take_while(|c| c.is_ascii_digit()).collect();
                *at += digits.len();
                Ok(digits.parse().ok())
            };
            spec.width = number(self, &mut at)?.unwrap_or(0).min(MAX_WIDTH);
            if chars.get(at) == Some(&'.') {
                at += 1;
                spec.precision = Some(number(self, &mut at)?.unwrap_or(0).min(MAX_WIDTH));
            }
            let Some(kind) = chars.get(at).copied() else { return Err(self.value_error("incomplete format")) };
            at += 1;
            if kind == '%' {
                out.push('%');
                continue;
            }
            let value = match value {
                Some(value) => value,
                None => next(self)?,
            };
            out.push_str(&self.percent_one(spec, kind, &value, at - 1)?);
        }
        if used < list.len() && !mapping {
            return Err(self.type_error("not all arguments converted during string formatting"));
        }
        self.string(out)
    }

    fn percent_one(&mut self, mut spec: Spec, kind: char, value: &Value, at: usize) -> Got<String> {
        if spec.align == Some('<') {
            spec.zero = false;
        }
        let plain = self.plain(value);
        let right = Spec { align: spec.align.or(Some('>')), zero: false, ..spec.clone() };
        match kind {
            's' => Ok(right.text(&self.str(value)?)),
            'r' | 'a' => Ok(right.text(&self.repr(value)?)),
            'c' => match &plain {
                Value::Str(text) => Ok(right.text(text)),
                other => Ok(right.text(&char::from_u32(self.int_arg(other)? as u32).unwrap_or('?').to_string())),
            },
            'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
                let number = match &plain {
                    Value::Float(n) if matches!(kind, 'd' | 'i' | 'u') => super::numbers::truncated(n.0),
                    other => whole(other),
                };
                let Some(number) = number else {
                    let name = self.type_name(value);
                    let wanted = if matches!(kind, 'd' | 'i' | 'u') { "a real number" } else { "an integer" };
                    return Err(self.type_error(format!("%{kind} format: {wanted} is required, not {name}")));
                };
                spec.kind = Some(if matches!(kind, 'i' | 'u') { 'd' } else { kind });
                let precision = spec.precision.take();
                let text = spec.whole(&number);
                let digits = text.trim_start_matches(['-', ' ']).len();
                Ok(match precision.filter(|p| *p > digits) {
                    Some(p) => format!("{}{:0>p$}", if text.starts_with('-') { "-" } else { "" }, text.trim_start_matches('-')),
                    None => text,
                })
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let Some(number) = real(&plain) else {
                    let name = self.type_name(value);
                    return Err(self.type_error(format!("must be real number, not {name}")));
                };
                spec.kind = Some(kind);
                Ok(spec.real(number))
            }
            other => Err(self.value_error(format!(
                "unsupported format character '{other}' (0x{:x}) at index {at}",
                other as u32
            ))),
        }
    }
}
