//! The texts of string tokens: escapes, and the pieces of formatted strings.

use super::ast::{Const, Expr, Kind, Piece};
use super::lexer::Tok;
use super::parser::{Parser, part};
use super::{Parsed, Trouble};

/// How deep formats may nest.
const MAX_FORMATS: u32 = 3;

fn fault<T>(message: impl Into<String>, line: u32, column: u32) -> Parsed<T> {
    Err(Trouble::Bad { kind: "SyntaxError", message: message.into(), line, column: column + 1, end: column + 2 })
}

/// The value of escapes; `bytes` knows fewer of them.
fn unescape(body: &str, bytes: bool, line: u32, column: u32) -> Parsed<String> {
    let mut out = String::with_capacity(body.len());
    let mut chars = body.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let Some(c) = chars.next() else { break };
        let digits = match c {
            '\n' => continue,
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '\\' | '\'' | '"' => c,
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'v' => '\x0b',
            '0'..='7' => {
                let mut value = c.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    if let Some(digit) = chars.peek().and_then(|c| c.to_digit(8)) {
                        value = value * 8 + digit;
                        chars.next();
                    }
                }
                char::from_u32(value).unwrap_or('\u{fffd}')
            }
            'x' | 'u' | 'U' if c == 'x' || !bytes => {
                let count = match c {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let hex: String = chars.by_ref().take(count).collect();
                match u32::from_str_radix(&hex, 16).ok().filter(|_| hex.len() == count).and_then(char::from_u32) {
                    Some(c) => c,
                    None => {
                        let text = if bytes { "(value error) invalid \\x escape at position 0" } else { "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-1: truncated escape" };
                        return fault(text, line, column);
                    }
                }
            }
            'N' if !bytes => return Err(Trouble::Missing("characters by name (\\N{…})".into())),
            other => {
                out.push('\\');
                other
            }
        };
        out.push(digits);
    }
    Ok(out)
}

impl Parser {
    /// Adjacent string tokens as one expression.
    pub fn strings(&mut self) -> Parsed<Expr> {
        let start = self.span();
        let (mut pieces, mut bytes, mut end) = (vec![], None, start);
        while let Tok::Str { prefix, body, line, column } = self.tok().clone() {
            end = self.span();
            self.next();
            let raw = prefix.contains('r');
            if prefix.contains('b') {
                let text = if raw { body } else { unescape(&body, true, line, column)? };
                let plain: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c as u32).ok()).collect();
                let Some(plain) = plain else {
                    return fault("bytes can only contain ASCII literal characters", line, column);
                };
                bytes.get_or_insert_with(Vec::new).extend(plain);
            } else if prefix.contains('f') {
                let chars: Vec<char> = body.chars().collect();
                let mut reader = Formatted { chars, at: 0, raw, line, column, start: 0 };
                pieces.extend(reader.pieces(0)?);
            } else {
                let text = if raw { body } else { unescape(&body, false, line, column)? };
                pieces.push(Piece::Text(text.into()));
            }
        }
        let span = start.to(end);
        if let Some(bytes) = bytes {
            if !pieces.is_empty() {
                return fault("cannot mix bytes and nonbytes literals", start.line, start.column);
            }
            return Ok(Expr::new(span, Kind::Const(Const::Bytes(bytes.into()))));
        }
        if pieces.iter().all(|p| matches!(p, Piece::Text(_))) {
            let texts = pieces.iter().map(|p| if let Piece::Text(text) = p { text.as_ref() } else { "" });
            let text: String = texts.collect();
            return Ok(Expr::new(span, Kind::Const(Const::Str(text.into()))));
        }
        Ok(Expr::new(span, Kind::Joined(pieces)))
    }
}

/// A formatted string being read.
struct Formatted {
    chars: Vec<char>,
    at: usize,
    raw: bool,
    line: u32,
    column: u32,
    /// Where the present line starts.
    start: usize,
}

impl Formatted {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn here(&self) -> (u32, u32) {
        (self.line, self.column + (self.at - self.start) as u32)
    }

    fn bump(&mut self) -> char {
        let c = self.peek(0);
        self.at += 1;
        if c == '\n' {
            self.line += 1;
            self.column = 0;
            self.start = self.at;
        }
        c
    }

    fn fault<T>(&self, message: &str) -> Parsed<T> {
        let (line, column) = self.here();
        fault(format!("f-string: {message}"), line, column)
    }

    /// The pieces up to the end, or within a format up to its brace.
    fn pieces(&mut self, depth: u32) -> Parsed<Vec<Piece>> {
        let (mut out, mut text) = (vec![], String::new());
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('{', '{') | ('}', '}') if depth == 0 => {
                    text.push(self.bump());
                    self.bump();
                }
                ('}', _) if depth > 0 => break,
                ('}', _) => return self.fault("single '}' is not allowed"),
                ('{', _) => {
                    self.flush(&mut text, &mut out)?;
                    self.bump();
                    self.value(&mut out, depth)?;
                }
                ('\\', _) if !self.raw => {
                    text.push(self.bump());
                    text.push(self.bump());
                }
                _ => text.push(self.bump()),
            }
        }
        self.flush(&mut text, &mut out)?;
        Ok(out)
    }

    fn flush(&self, text: &mut String, out: &mut Vec<Piece>) -> Parsed<()> {
        if !text.is_empty() {
            let (line, column) = self.here();
            let plain = if self.raw { text.clone() } else { unescape(text, false, line, column)? };
            out.push(Piece::Text(plain.into()));
            text.clear();
        }
        Ok(())
    }

    fn value(&mut self, out: &mut Vec<Piece>, depth: u32) -> Parsed<()> {
        if depth >= MAX_FORMATS {
            return self.fault("expressions nested too deeply");
        }
        let (line, column) = self.here();
        let from = self.at;
        self.skip_expression()?;
        let text: String = self.chars.get(from..self.at).unwrap_or_default().iter().collect();
        if text.trim().is_empty() {
            return self.fault("empty expression not allowed");
        }
        let shown = self.peek(0) == '=' && self.peek(1) != '=';
        if shown {
            self.bump();
            while self.peek(0) == ' ' {
                self.bump();
            }
            let label: String = self.chars.get(from..self.at).unwrap_or_default().iter().collect();
            out.push(Piece::Text(label.into()));
        }
        let mut conversion = None;
        if self.peek(0) == '!' {
            self.bump();
            conversion = Some(self.bump()).filter(|c| matches!(c, 'r' | 's' | 'a'));
            if conversion.is_none() {
                return self.fault("invalid conversion character: expected 's', 'r', or 'a'");
            }
        }
        let mut format = vec![];
        if self.peek(0) == ':' {
            self.bump();
            format = self.pieces(depth + 1)?;
        }
        if self.bump() != '}' {
            return self.fault("expecting '}'");
        }
        if shown && conversion.is_none() && format.is_empty() {
            conversion = Some('r');
        }
        out.push(Piece::Value(part(&text, line, column)?, conversion, format));
        Ok(())
    }

    /// Goes on to the `}`, `!`, `:` or `=` that ends an expression.
    fn skip_expression(&mut self) -> Parsed<()> {
        let mut nested = 0_usize;
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('(' | '[' | '{', _) => nested += 1,
                ('}', _) if nested == 0 => return Ok(()),
                (')' | ']' | '}', _) => nested = nested.saturating_sub(1),
                ('!' | '=' | '<' | '>', '=') => {
                    self.bump();
                }
                ('!' | ':' | '=', _) if nested == 0 => return Ok(()),
                (quote @ ('\'' | '"'), _) => {
                    self.bump();
                    while self.at < self.chars.len() && self.peek(0) != quote {
                        if self.peek(0) == '\\' {
                            self.bump();
                        }
                        self.bump();
                    }
                }
                _ => {}
            }
            self.bump();
        }
        self.fault("expecting '}'")
    }
}
