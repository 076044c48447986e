//! Go's `fmt`: how values print, with verbs, flags and the notes it leaves in the output when a
//! verb and a value do not fit.

use super::value::{Struct, Value};
use crate::base::go_text::{format_e, format_f, format_g, is_print, quote, quote_char};
use crate::base::time_format::go_time;

/// Output beyond this many bytes is given up.
pub const MAX_OUTPUT: usize = 8 << 20;
/// Widths and precisions beyond this are not numbers to Go.
const MAX_NUMBER: usize = 1_000_000;
const MAX_DEPTH: usize = 100;
/// What a pointer inside another value prints as: Go prints an address.
const ADDRESS: &str = "0xc000012120";

/// The output would be larger than [`MAX_OUTPUT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

/// Go's `Sprint`: a space between two operands when neither is a string.
pub fn sprint(args: &[Value]) -> Result<String, TooLarge> {
    let mut p = Printer::default();
    let mut after_string = true;
    for (i, arg) in args.iter().enumerate() {
        let is_string = matches!(arg, Value::Str(_));
        if i > 0 && !is_string && !after_string {
            p.out.push(' ');
        }
        after_string = is_string;
        p.arg(arg, 'v');
    }
    p.finish()
}

/// Go's `Sprintln`: spaces between all operands and a newline.
pub fn sprintln(args: &[Value]) -> Result<String, TooLarge> {
    let mut p = Printer::default();
    for (i, arg) in args.iter().enumerate() {
        if i > 0 {
            p.out.push(' ');
        }
        p.arg(arg, 'v');
    }
    p.out.push('\n');
    p.finish()
}

/// Go's `Sprintf`.
pub fn sprintf(format: &str, args: &[Value]) -> Result<String, TooLarge> {
    let mut p = Printer::default();
    p.format(format, args);
    p.finish()
}

#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
    /// `%+v` and `%#v`.
    plus_v: bool,
    sharp_v: bool,
}

#[derive(Default)]
struct Printer {
    out: String,
    flags: Flags,
    full: bool,
}

/// Where a format's verbs take their arguments from.
struct Operands<'a> {
    args: &'a [Value],
    next: usize,
    reordered: bool,
    good: bool,
}

impl Operands<'_> {
    /// Takes the argument a `*` stands for.
    fn star(&mut self) -> Option<i64> {
        let value = self.args.get(self.next)?;
        self.next += 1;
        match value {
            Value::Int(n) if n.unsigned_abs() <= MAX_NUMBER as u64 => Some(*n),
            _ => None,
        }
    }

    /// Reads an explicit index `[n]` at the front of `rest`.
    fn index<'f>(&mut self, rest: &'f str) -> (&'f str, bool) {
        let Some(inner) = rest.strip_prefix('[') else { return (rest, false) };
        self.reordered = true;
        let Some((digits, after)) = inner.split_once(']') else {
            self.good = false;
            return (inner, false);
        };
        match digits.parse::<usize>() {
            Ok(n) if (1..=self.args.len()).contains(&n) => {
                self.next = n - 1;
                (after, true)
            }
            _ => {
                self.good = false;
                (after, true)
            }
        }
    }
}

/// A number at the front of `rest`; one that is too large swallows the rest of the format.
fn leading_number(rest: &str) -> (Option<usize>, &str) {
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, after) = rest.split_at(end);
    match digits.parse::<usize>() {
        Ok(n) if n / 10 <= MAX_NUMBER => (Some(n), after),
        _ if digits.is_empty() => (None, rest),
        _ => (None, ""),
    }
}

impl Printer {
    fn finish(self) -> Result<String, TooLarge> {
        if self.full || self.out.len() > MAX_OUTPUT { Err(TooLarge) } else { Ok(self.out) }
    }

    fn format(&mut self, format: &str, args: &[Value]) {
        let mut operands = Operands { args, next: 0, reordered: false, good: true };
        let mut rest = format;
        while let Some(at) = rest.find('%') {
            self.out.push_str(rest.get(..at).unwrap_or(""));
            rest = self.directive(rest.get(at + 1..).unwrap_or(""), &mut operands);
            if self.full {
                return;
            }
        }
        self.out.push_str(rest);
        if !operands.reordered && operands.next < args.len() {
            self.flags = Flags::default();
            self.out.push_str("%!(EXTRA ");
            for (i, arg) in args.iter().enumerate().skip(operands.next) {
                if i > operands.next {
                    self.out.push_str(", ");
                }
                self.typed(arg);
            }
            self.out.push(')');
        }
    }

    /// One directive after its `%`; returns what follows.
    fn directive<'f>(&mut self, text: &'f str, operands: &mut Operands<'_>) -> &'f str {
        self.flags = Flags::default();
        operands.good = true;
        let mut rest = text;
        loop {
            match rest.as_bytes().first() {
                Some(b'#') => self.flags.sharp = true,
                Some(b'0') => self.flags.zero = true,
                Some(b'+') => self.flags.plus = true,
                Some(b'-') => self.flags.minus = true,
                Some(b' ') => self.flags.space = true,
                _ => break,
            }
            rest = rest.get(1..).unwrap_or("");
        }
        let mut indexed;
        (rest, indexed) = operands.index(rest);
        if let Some(after) = rest.strip_prefix('*') {
            rest = after;
            match operands.star() {
                Some(n) => {
                    self.flags.minus |= n < 0;
                    self.flags.width = Some(n.unsigned_abs() as usize);
                }
                None => self.out.push_str("%!(BADWIDTH)"),
            }
            indexed = false;
        } else {
            (self.flags.width, rest) = leading_number(rest);
            if indexed && self.flags.width.is_some() {
                operands.good = false;
            }
        }
        if let Some(after) = rest.strip_prefix('.') {
            if indexed {
                operands.good = false;
            }
            (rest, indexed) = operands.index(after);
            if let Some(after) = rest.strip_prefix('*') {
                rest = after;
                let number = operands.star();
                self.flags.precision = number.and_then(|n| usize::try_from(n).ok());
                if self.flags.precision.is_none() {
                    self.out.push_str("%!(BADPREC)");
                }
                indexed = false;
            } else {
                let (precision, after) = leading_number(rest);
                self.flags.precision = Some(precision.unwrap_or(0));
                rest = after;
            }
        }
        if !indexed {
            (rest, _) = operands.index(rest);
        }
        self.verb(rest, operands)
    }

    fn verb<'f>(&mut self, rest: &'f str, operands: &mut Operands<'_>) -> &'f str {
        let mut chars = rest.chars();
        let Some(verb) = chars.next() else {
            self.out.push_str("%!(NOVERB)");
            return "";
        };
        let after = chars.as_str();
        if verb == '%' {
            self.out.push('%');
        } else if !operands.good {
            self.note(verb, "BADINDEX");
        } else if let Some(arg) = operands.args.get(operands.next) {
            operands.next += 1;
            if verb == 'v' {
                self.flags.sharp_v = std::mem::take(&mut self.flags.sharp);
                self.flags.plus_v = std::mem::take(&mut self.flags.plus);
            }
            self.arg(arg, verb);
        } else {
            self.note(verb, "MISSING");
        }
        after
    }

    fn note(&mut self, verb: char, what: &str) {
        self.out.push_str("%!");
        self.out.push(verb);
        self.out.push('(');
        self.out.push_str(what);
        self.out.push(')');
    }

    /// `type=value`, as notes show an argument.
    fn typed(&mut self, value: &Value) {
        if matches!(value, Value::Nil | Value::Missing) {
            self.out.push_str("<nil>");
            return;
        }
        self.out.push_str(&value.type_name());
        self.out.push('=');
        self.arg(value, 'v');
    }

    fn bad_verb(&mut self, value: &Value, verb: char) {
        self.out.push_str("%!");
        self.out.push(verb);
        self.out.push('(');
        self.typed(value);
        self.out.push(')');
    }

    fn arg(&mut self, value: &Value, verb: char) {
        if verb == 'T' {
            let name = match value {
                Value::Nil | Value::Missing => "<nil>".to_owned(),
                _ => value.type_name(),
            };
            self.pad(&name);
            return;
        }
        self.value(value, verb, 0);
    }

    fn value(&mut self, value: &Value, verb: char, depth: usize) {
        if self.out.len() > MAX_OUTPUT || depth > MAX_DEPTH {
            self.full = true;
            return;
        }
        match value {
            Value::Nil | Value::Missing | Value::NilPointer(_) if verb == 'v' => self.pad("<nil>"),
            Value::NilPointer(name) => self.note(verb, &format!("{name}=<nil>")),
            Value::Nil | Value::Missing => self.note(verb, "<nil>"),
            Value::Bool(b) if matches!(verb, 't' | 'v') => self.pad(if *b { "true" } else { "false" }),
            Value::Bool(_) => self.bad_verb(value, verb),
            Value::Int(n) => self.integer(value, n.unsigned_abs(), *n < 0, verb),
            Value::Uint(n) => self.integer(value, *n, false, verb),
            Value::Float(n) => self.float(value, *n, verb),
            Value::Str(s) | Value::JsonNumber(s) => self.string(value, s, verb),
            Value::Opaque(o) => self.string(value, &o.shown, verb),
            Value::Time(at) => {
                let text = at.map_or_else(|| "0001-01-01 00:00:00 +0000 UTC".into(), go_time);
                self.string(value, &text, verb);
            }
            Value::Pointer(_) | Value::Lookup(_) => self.pad(ADDRESS),
            Value::List(l) => {
                let marks = if self.flags.sharp_v { "{}" } else { "[]" };
                if self.flags.sharp_v {
                    self.out.push_str(&value.type_name());
                }
                self.items(marks, l.items.iter(), depth, |p, item| p.value(item, verb, depth + 1));
            }
            Value::Map(m) => {
                self.out.push_str(&if self.flags.sharp_v { value.type_name() } else { "map".into() });
                let marks = if self.flags.sharp_v { "{}" } else { "[]" };
                self.items(marks, m.entries.iter(), depth, |p, (key, item)| {
                    p.value(&Value::Str(key.clone()), verb, depth + 1);
                    p.out.push(':');
                    p.value(item, verb, depth + 1);
                });
            }
            Value::Struct(s) => match &s.text {
                Some(text) if matches!(verb, 'v' | 's' | 'q') => self.string(value, text, verb),
                _ => self.fields(s, verb, depth),
            },
        }
    }

    fn fields(&mut self, s: &Struct, verb: char, depth: usize) {
        if let Some(name) = s.type_name.strip_prefix('*') {
            if depth > 0 {
                self.pad(ADDRESS);
                return;
            }
            self.out.push('&');
            if self.flags.sharp_v {
                self.out.push_str(name);
            }
        } else if self.flags.sharp_v {
            self.out.push_str(s.type_name);
        }
        let named = self.flags.plus_v || self.flags.sharp_v;
        let fields = s.fields.iter().filter(|f| !matches!(f.value, Value::Lookup(_)));
        self.items("{}", fields, depth, |p, field| {
            if named {
                p.out.push_str(&field.name);
                p.out.push(':');
            }
            p.value(&field.value, verb, depth + 1);
        });
    }

    fn items<T>(
        &mut self,
        marks: &str,
        items: impl Iterator<Item = T>,
        depth: usize,
        each: impl Fn(&mut Self, T),
    ) {
        let (open, close) = marks.split_at(1);
        self.out.push_str(open);
        for (i, item) in items.enumerate() {
            if self.full || depth > MAX_DEPTH {
                return;
            }
            if i > 0 {
                self.out.push_str(if self.flags.sharp_v { ", " } else { " " });
            }
            each(self, item);
        }
        self.out.push_str(close);
    }

    /// Adds `text`, filled up to the width.
    fn pad(&mut self, text: &str) {
        let missing = self.flags.width.unwrap_or(0).saturating_sub(text.chars().count());
        if self.out.len() + missing > 2 * MAX_OUTPUT {
            self.full = true;
            return;
        }
        let fill = if self.flags.zero && !self.flags.minus { '0' } else { ' ' };
        if self.flags.minus {
            self.out.push_str(text);
        }
        (0..missing).for_each(|_| self.out.push(fill));
        if !self.flags.minus {
            self.out.push_str(text);
        }
    }

    fn string(&mut self, value: &Value, text: &str, verb: char) {
        let cut = match self.flags.precision {
            Some(n) => text.char_indices().nth(n).map_or(text, |(at, _)| text.get(..at).unwrap_or(text)),
            None => text,
        };
        match verb {
            'v' if self.flags.sharp_v => self.pad(&quote(cut)),
            'v' | 's' => self.pad(cut),
            'x' | 'X' => {
                let bytes = text.as_bytes();
                let shown = bytes.get(..self.flags.precision.unwrap_or(bytes.len())).unwrap_or(bytes);
                let hex = self.hex(shown, verb);
                self.pad(&hex);
            }
            'q' if self.flags.sharp
                && !cut.contains(['`', '\r', '\u{feff}'])
                && cut.chars().all(|c| c == '\t' || is_print(c)) =>
            {
                self.pad(&format!("`{cut}`"));
            }
            'q' if self.flags.plus => self.pad(&ascii(&quote(cut))),
            'q' => self.pad(&quote(cut)),
            _ => self.bad_verb(value, verb),
        }
    }

    fn hex(&self, bytes: &[u8], verb: char) -> String {
        let prefix = if self.flags.sharp { if verb == 'x' { "0x" } else { "0X" } } else { "" };
        let one = |b: &u8| if verb == 'x' { format!("{b:02x}") } else { format!("{b:02X}") };
        let parts: Vec<_> = bytes.iter().map(one).collect();
        match (parts.is_empty(), self.flags.space) {
            (true, _) => String::new(),
            (_, true) => parts.iter().map(|p| format!("{prefix}{p}")).collect::<Vec<_>>().join(" "),
            _ => format!("{prefix}{}", parts.concat()),
        }
    }

    fn integer(&mut self, value: &Value, size: u64, negative: bool, verb: char) {
        let digits = match verb {
            'v' | 'd' => size.to_string(),
            'b' => format!("{size:b}"),
            'o' | 'O' => format!("{size:o}"),
            'x' => format!("{size:x}"),
            'X' => format!("{size:X}"),
            'c' | 'q' | 'U' => return self.character(size, negative, verb),
            _ => return self.bad_verb(value, verb),
        };
        if self.flags.precision == Some(0) && size == 0 {
            self.flags.zero = false;
            return self.pad("");
        }
        let prefix = match verb {
            'O' => "0o",
            'b' if self.flags.sharp => "0b",
            'o' if self.flags.sharp => "0",
            'x' if self.flags.sharp => "0x",
            'X' if self.flags.sharp => "0X",
            _ => "",
        };
        let sign = self.sign(negative);
        let wanted = match self.flags.precision {
            Some(n) => n,
            None if self.flags.zero && !self.flags.minus => {
                self.flags.width.unwrap_or(0).saturating_sub(sign.len())
            }
            None => 0,
        };
        let zeros = "0".repeat(wanted.saturating_sub(digits.len()));
        let old = std::mem::replace(&mut self.flags.zero, false);
        self.pad(&format!("{sign}{prefix}{zeros}{digits}"));
        self.flags.zero = old;
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.flags.plus, self.flags.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (.., true) => " ",
            _ => "",
        }
    }

    fn character(&mut self, size: u64, negative: bool, verb: char) {
        let c = u32::try_from(size).ok().filter(|_| !negative).and_then(char::from_u32).unwrap_or('\u{fffd}');
        match verb {
            'c' => self.pad(c.encode_utf8(&mut [0; 4])),
            'q' if self.flags.plus => self.pad(&ascii(&quote_char(c))),
            'q' => self.pad(&quote_char(c)),
            _ => {
                let mut text = format!("U+{size:04X}");
                if self.flags.sharp && is_print(c) {
                    text.push_str(&format!(" '{c}'"));
                }
                self.flags.zero = false;
                self.pad(&text);
            }
        }
    }

    fn float(&mut self, value: &Value, n: f64, verb: char) {
        let precision = self.flags.precision;
        let text = match verb {
            'v' | 'g' => format_g(n.abs(), precision),
            'G' => format_g(n.abs(), precision).to_uppercase(),
            'e' => format_e(n.abs(), precision.unwrap_or(6)),
            'E' => format_e(n.abs(), precision.unwrap_or(6)).to_uppercase(),
            'f' | 'F' => format_f(n.abs(), precision.unwrap_or(6)),
            _ => return self.bad_verb(value, verb),
        };
        let text = text.trim_start_matches('+');
        let sign = self.sign(n.is_sign_negative() && !n.is_nan());
        let width = self.flags.width.unwrap_or(0).saturating_sub(sign.len());
        let zeros = if self.flags.zero && !self.flags.minus && n.is_finite() {
            "0".repeat(width.saturating_sub(text.len()))
        } else {
            String::new()
        };
        let old = std::mem::replace(&mut self.flags.zero, false);
        self.pad(&format!("{sign}{zeros}{text}"));
        self.flags.zero = old;
    }
}

/// A quoted text with everything beyond ASCII as escapes.
fn ascii(quoted: &str) -> String {
    let mut out = String::new();
    for c in quoted.chars() {
        match c as u32 {
            0..=0x7f => out.push(c),
            n @ 0x80..=0xffff => out.push_str(&format!("\\u{n:04x}")),
            n => out.push_str(&format!("\\U{n:08x}")),
        }
    }
    out
}
