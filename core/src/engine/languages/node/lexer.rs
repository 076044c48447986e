//! Tokens, one at a time from any place of the text: the parser says where a slash begins a regular expression and
//! where a brace goes on with a template.

use std::collections::BTreeSet;
use std::sync::Arc;

/// Why a text is no script that runs here.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Where, how many bytes wide, and what is wrong in V8's words.
    Syntax(usize, usize, String),
    /// What Drydock does not simulate.
    Missing(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum T {
    End,
    /// A name or a keyword.
    Word(Arc<str>),
    Private(Arc<str>),
    Num(f64),
    BigInt(Arc<str>),
    Str(Arc<str>),
    /// Text, raw text, and whether the template ends here.
    Template(Arc<str>, Arc<str>, bool),
    Punct(&'static str),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub kind: T,
    pub start: usize,
    pub end: usize,
    /// A line feed comes before it.
    pub fresh_line: bool,
}

/// All marks, longest first.
const PUNCTUATION: &[&str] = &[
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=",
    ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>",
    "**", "{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "!", "~",
    "?", ":", "=", ".", "@",
];

#[derive(Debug)]
pub struct Lexer<'a> {
    pub text: &'a str,
    names: BTreeSet<Arc<str>>,
}

fn begins_word(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '\u{200c}' | '\u{200d}')
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, names: BTreeSet::new() }
    }

    /// The one shared copy of a name.
    pub fn name(&mut self, text: &str) -> Arc<str> {
        if let Some(name) = self.names.get(text) {
            return name.clone();
        }
        let name: Arc<str> = text.into();
        self.names.insert(name.clone());
        name
    }

    fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or("")
    }

    /// Past blanks and comments; whether a line ended.
    fn skip(&self, mut at: usize) -> Result<(usize, bool), Fault> {
        let mut fresh = at == 0;
        loop {
            let rest = self.rest(at);
            let Some(c) = rest.chars().next() else { return Ok((at, true)) };
            if matches!(c, '\n' | '\u{2028}' | '\u{2029}') {
                fresh = true;
                at += c.len_utf8();
            } else if c.is_whitespace() || c == '\u{feff}' {
                at += c.len_utf8();
            } else if rest.starts_with("//") || at == 0 && rest.starts_with("#!") {
                at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                let Some(len) = rest.find("*/") else { return Err(invalid(at, 1)) };
                fresh |= rest[..len].contains('\n');
                at += len + 2;
            } else {
                return Ok((at, fresh));
            }
        }
    }

    /// The token from `at` on.
    pub fn token(&mut self, at: usize) -> Result<Token, Fault> {
        let (start, fresh_line) = self.skip(at)?;
        let rest = self.rest(start);
        let make = |kind, len| Ok(Token { kind, start, end: start + len, fresh_line });
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { return make(T::End, 0) };
        let second = chars.next().unwrap_or(' ');
        if begins_word(c) {
            let len = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
            let name = self.name(&rest[..len]);
            return make(T::Word(name), len);
        }
        if c == '#' && begins_word(second) {
            let len = 1 + rest[1..].find(|c| !in_word(c)).unwrap_or(rest.len() - 1);
            let name = self.name(&rest[..len]);
            return make(T::Private(name), len);
        }
        if c.is_ascii_digit() || c == '.' && second.is_ascii_digit() {
            let (kind, len) = self.number(start)?;
            return make(kind, len);
        }
        if c == '"' || c == '\'' {
            let (text, len) = self.string(start, c)?;
            return make(T::Str(text), len);
        }
        if c == '`' {
            return self.template(start, fresh_line);
        }
        let optional_number = rest.starts_with("?.") && rest[2..].starts_with(|c: char| c.is_ascii_digit());
        let found = PUNCTUATION.iter().find(|p| rest.starts_with(**p) && !(optional_number && **p == "?."));
        match found {
            Some(p) => make(T::Punct(p), p.len()),
            None => Err(invalid(start, c.len_utf8())),
        }
    }

    fn number(&self, start: usize) -> Result<(T, usize), Fault> {
        let rest = self.rest(start);
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
            if rest.get(..2).is_some_and(|p| p.eq_ignore_ascii_case(prefix)) {
                let body = &rest[2..];
                let len = body.find(|c: char| !c.is_digit(radix) && c != '_').unwrap_or(body.len());
                let digits = body[..len].replace('_', "");
                let big = body[len..].starts_with('n');
                let value = digits
                    .chars()
                    .fold(0.0, |n, c| n * f64::from(radix) + f64::from(c.to_digit(radix).unwrap_or(0)));
                if big || digits.is_empty() {
                    return Err(if big {
                        Fault::Missing("BigInt literals in other bases".into())
                    } else {
                        invalid(start, 1)
                    });
                }
                return Ok((T::Num(value), 2 + len));
            }
        }
        let bytes = rest.as_bytes();
        let digits = |mut i: usize| {
            while bytes.get(i).is_some_and(|b| b.is_ascii_digit() || *b == b'_') {
                i += 1;
            }
            i
        };
        let mut end = digits(0);
        if bytes.get(end) == Some(&b'n') {
            return Ok((T::BigInt(rest[..end].replace('_', "").into()), end + 1));
        }
        if bytes.get(end) == Some(&b'.') {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let after = digits(end + 1 + sign);
            if after > end + 1 + sign {
                end = after;
            }
        }
        if rest[end..].starts_with(begins_word) {
            return Err(invalid(start, end));
        }
        rest[..end].replace('_', "").parse().map(|n| (T::Num(n), end)).map_err(|_| invalid(start, end))
    }

    fn string(&self, start: usize, quote: char) -> Result<(Arc<str>, usize), Fault> {
        let mut out = String::new();
        let mut at = start + 1;
        loop {
            let Some(c) = self.rest(at).chars().next().filter(|c| *c != '\n') else {
                return Err(invalid(start, at - start));
            };
            at += c.len_utf8();
            match c {
                c if c == quote => return Ok((out.into(), at - start)),
                '\\' => at = self.escape(at, &mut out)?,
                c => out.push(c),
            }
        }
    }

    /// What stands after a backslash; the value is where it ends.
    fn escape(&self, at: usize, out: &mut String) -> Result<usize, Fault> {
        let rest = self.rest(at);
        let Some(c) = rest.chars().next() else { return Err(invalid(at, 1)) };
        let hex = |from: usize, len: usize| {
            let digits = rest.get(from..from + len)?;
            u32::from_str_radix(digits, 16).ok()
        };
        let bad = || Fault::Syntax(at - 1, 2, "Invalid Unicode escape sequence".into());
        match c {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'v' => out.push('\u{b}'),
            '0' if !rest[1..].starts_with(|c: char| c.is_ascii_digit()) => out.push('\0'),
            '\n' => {}
            '\r' => return Ok(at + if rest.starts_with("\r\n") { 2 } else { 1 }),
            'x' => {
                let code = hex(1, 2).ok_or(Fault::Syntax(
                    at - 1,
                    2,
                    "Invalid hexadecimal escape sequence".into(),
                ))?;
                out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                return Ok(at + 3);
            }
            'u' if rest[1..].starts_with('{') => {
                let end = rest.find('}').ok_or_else(bad)?;
                let code = u32::from_str_radix(&rest[2..end], 16).map_err(|_| bad())?;
                out.push(char::from_u32(code).ok_or_else(bad)?);
                return Ok(at + end + 1);
            }
            'u' => {
                let high = hex(1, 4).ok_or_else(bad)?;
                let low = if rest.get(5..7) == Some("\\u") { hex(7, 4) } else { None };
                if let (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) = (high, low) {
                    let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    return Ok(at + 11);
                }
                out.push(char::from_u32(high).unwrap_or('\u{fffd}'));
                return Ok(at + 5);
            }
            c => out.push(c),
        }
        Ok(at + c.len_utf8())
    }

    /// A piece of a template, from its backtick or the brace that ends an expression.
    pub fn template(&self, start: usize, fresh_line: bool) -> Result<Token, Fault> {
        let mut out = String::new();
        let mut at = start + 1;
        loop {
            let rest = self.rest(at);
            let Some(c) = rest.chars().next() else {
                return Err(Fault::Syntax(start, 1, "Unterminated template literal".into()));
            };
            let ends = c == '`';
            if ends || rest.starts_with("${") {
                let raw = self.text.get(start + 1..at).unwrap_or("");
                let end = at + if ends { 1 } else { 2 };
                return Ok(Token { kind: T::Template(out.into(), raw.into(), ends), start, end, fresh_line });
            }
            at += c.len_utf8();
            match c {
                '\\' => at = self.escape(at, &mut out)?,
                '\r' => {}
                c => out.push(c),
            }
        }
    }

    /// A regular expression that begins at `start`: its source and flags.
    pub fn regex(&mut self, start: usize) -> Result<(Arc<str>, Arc<str>, usize), Fault> {
        let rest = self.rest(start);
        let (mut escaped, mut class) = (false, false);
        for (at, c) in rest.char_indices().skip(1) {
            match c {
                '\n' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => class = true,
                ']' => class = false,
                '/' if !class => {
                    let flags = &rest[at + 1..];
                    let len = flags.find(|c| !in_word(c)).unwrap_or(flags.len());
                    return Ok((rest[1..at].into(), flags[..len].into(), start + at + 1 + len));
                }
                _ => {}
            }
        }
        Err(Fault::Syntax(start, 1, "Invalid regular expression: missing /".into()))
    }
}

fn invalid(at: usize, len: usize) -> Fault {
    Fault::Syntax(at, len, "Invalid or unexpected token".into())
}
