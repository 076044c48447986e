//! Tokens, with the indentation of lines as tokens of their own.

use super::ast::Span;
use super::{Parsed, Trouble};
use std::sync::Arc;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub enum Tok {
    Name(Arc<str>),
    /// Digits as they stand, without underscores.
    Number(String),
    /// Prefix in lower case, what stands between the quotes, where that begins.
    Str { prefix: String, body: String, line: u32, column: u32 },
    Op(&'static str),
    Newline,
    Indent,
    Dedent,
    End,
}

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub tok: Tok,
    pub span: Span,
}

const OPERATORS: [&str; 47] = [
    "**=", "//=", ">>=", "<<=", "...", "!=", "->", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "==",
    "<=", ">=", "<<", ">>", "**", "//", "+", "-", "*", "/", "%", "@", "&", "|", "^", "~", "<", ">", "(", ")", "[",
    "]", "{", "}", ",", ":", ".", ";", "=",
];
const MAX_INDENTS: usize = 50;

pub struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: u32,
    line_start: usize,
    /// Column that the first line begins at, for parts of other texts.
    origin: u32,
    brackets: Vec<(char, u32, u32)>,
    indents: Vec<usize>,
    tokens: Vec<Token>,
}

/// Cuts a text into tokens. `part` is an expression within another text, at a line and column. A bracket that is
/// never closed is told beside them: what the parser finds on its line comes first.
pub fn tokens(text: &str, part: Option<(u32, u32)>) -> Parsed<(Vec<Token>, Option<Trouble>)> {
    let (line, origin) = part.unwrap_or((1, 0));
    let chars = text.chars().collect();
    let mut lexer =
        Lexer { chars, at: 0, line, line_start: 0, origin, brackets: vec![], indents: vec![0], tokens: vec![] };
    if part.is_some() {
        lexer.brackets.push(('(', line, origin));
    }
    lexer.run()?;
    let unclosed = lexer.finish(part.is_some());
    Ok((lexer.tokens, unclosed))
}

impl Lexer {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn column(&self) -> u32 {
        (self.at - self.line_start) as u32 + self.origin
    }

    fn bad<T>(&self, kind: &'static str, message: impl Into<String>) -> Parsed<T> {
        let column = self.column() + 1;
        Err(Trouble::Bad { kind, message: message.into(), line: self.line, column, end: column + 1 })
    }

    fn push(&mut self, tok: Tok, line: u32, column: u32) {
        let span = Span { line, column, end_line: self.line, end_column: self.column() };
        self.tokens.push(Token { tok, span });
    }

    fn newline(&mut self) {
        self.at += 1;
        self.line += 1;
        self.line_start = self.at;
        self.origin = 0;
    }

    fn run(&mut self) -> Parsed<()> {
        if self.brackets.is_empty() {
            self.indentation()?;
        }
        while self.at < self.chars.len() {
            let (line, column) = (self.line, self.column());
            match self.peek(0) {
                ' ' | '\t' | '\x0c' | '\r' => self.at += 1,
                '#' => self.comment(),
                '\\' if self.peek(1) == '\n' || (self.peek(1) == '\r' && self.peek(2) == '\n') => {
                    self.at += if self.peek(1) == '\r' { 2 } else { 1 };
                    self.newline();
                }
                '\\' => {
                    self.at += 1;
                    return self.bad("SyntaxError", "unexpected character after line continuation character");
                }
                '\n' => {
                    if self.brackets.is_empty() {
                        self.push(Tok::Newline, line, column);
                        self.newline();
                        self.indentation()?;
                    } else {
                        self.newline();
                    }
                }
                c if c.is_ascii_digit() || (c == '.' && self.peek(1).is_ascii_digit()) => self.number()?,
                c if c == '_' || c.is_alphabetic() => self.word()?,
                '"' | '\'' => self.string(String::new(), column)?,
                _ => self.operator()?,
            }
        }
        Ok(())
    }

    fn finish(&mut self, part: bool) -> Option<Trouble> {
        let open = self.brackets.get(usize::from(part)..).and_then(|b| b.last()).copied();
        let unclosed = open.map(|(bracket, line, column)| {
            let message = format!("'{bracket}' was never closed");
            Trouble::Unfinished { message, line, column: column + 1, end: column + 2 }
        });
        if unclosed.is_some() {
            self.line += 1;
        }
        let (line, column) = (self.line, self.column());
        if !matches!(self.tokens.last().map(|t| &t.tok), None | Some(Tok::Newline | Tok::Dedent)) {
            self.push(Tok::Newline, line, column);
        }
        while self.indents.len() > 1 {
            self.indents.pop();
            self.push(Tok::Dedent, line, column);
        }
        self.push(Tok::End, line, column);
        unclosed
    }

    fn comment(&mut self) {
        while self.at < self.chars.len() && self.peek(0) != '\n' {
            self.at += 1;
        }
    }

    /// Reads the blanks that a line begins with; blank lines do not count.
    fn indentation(&mut self) -> Parsed<()> {
        let mut width = 0;
        loop {
            match self.peek(0) {
                ' ' => width += 1,
                '\t' => width = (width / 8 + 1) * 8,
                '\x0c' => width = 0,
                '\r' => {}
                '#' => {
                    self.comment();
                    continue;
                }
                '\n' => {
                    self.newline();
                    width = 0;
                    continue;
                }
                _ => break,
            }
            self.at += 1;
        }
        if self.at >= self.chars.len() {
            return Ok(());
        }
        let (line, column) = (self.line, self.column());
        let current = self.indents.last().copied().unwrap_or(0);
        if width > current {
            if self.indents.len() > MAX_INDENTS {
                return self.bad("IndentationError", "too many levels of indentation");
            }
            self.indents.push(width);
            self.push(Tok::Indent, line, column);
        }
        while width < self.indents.last().copied().unwrap_or(0) {
            self.indents.pop();
            self.push(Tok::Dedent, line, column);
            if width > self.indents.last().copied().unwrap_or(0) {
                let text: usize = self.chars.iter().skip(self.line_start).take_while(|c| **c != '\n').count();
                let message = "unindent does not match any outer indentation level".to_string();
                let column = text as u32 + 1;
                return Err(Trouble::Bad { kind: "IndentationError", message, line, column, end: column });
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Parsed<()> {
        let (line, column, start) = (self.line, self.column(), self.at);
        let based = self.peek(0) == '0' && matches!(self.peek(1), 'x' | 'X' | 'o' | 'O' | 'b' | 'B');
        if based {
            self.at += 2;
            while self.peek(0).is_ascii_alphanumeric() || self.peek(0) == '_' {
                self.at += 1;
            }
        } else {
            loop {
                let c = self.peek(0);
                let sign = matches!(c, '+' | '-') && matches!(self.chars.get(self.at.wrapping_sub(1)), Some('e' | 'E'));
                let exponent = matches!(c, 'e' | 'E')
                    && (self.peek(1).is_ascii_digit() || (matches!(self.peek(1), '+' | '-') && self.peek(2).is_ascii_digit()));
                if c.is_ascii_digit() || c == '.' || c == '_' || exponent || sign {
                    self.at += 1;
                } else {
                    break;
                }
            }
            if matches!(self.peek(0), 'j' | 'J') {
                return Err(Trouble::Missing("complex numbers".into()));
            }
            let next: String = self.chars.iter().skip(self.at).take_while(|c| c.is_alphanumeric()).collect();
            let keyword = matches!(next.as_str(), "" | "if" | "else" | "and" | "or" | "in" | "is" | "for" | "not");
            if !keyword {
                return Err(Trouble::Bad {
                    kind: "SyntaxError",
                    message: "invalid decimal literal".into(),
                    line,
                    column: self.column(),
                    end: self.column() + 1,
                });
            }
        }
        let text: String = self.chars.iter().skip(start).take(self.at - start).filter(|c| **c != '_').collect();
        self.push(Tok::Number(text), line, column);
        Ok(())
    }

    fn word(&mut self) -> Parsed<()> {
        let (line, column, start) = (self.line, self.column(), self.at);
        while self.peek(0) == '_' || self.peek(0).is_alphanumeric() {
            self.at += 1;
        }
        let text: String = self.chars.iter().skip(start).take(self.at - start).collect();
        if matches!(self.peek(0), '"' | '\'') {
            let prefix = text.to_ascii_lowercase();
            if matches!(prefix.as_str(), "r" | "b" | "u" | "f" | "rb" | "br" | "rf" | "fr") {
                return self.string(prefix, column);
            }
        }
        self.push(Tok::Name(text.into()), line, column);
        Ok(())
    }

    /// Reads a string whose quote is next; the values within a formatted one may hold quotes themselves.
    fn string(&mut self, prefix: String, column: u32) -> Parsed<()> {
        let line = self.line;
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        self.at += if triple { 3 } else { 1 };
        let (body_line, body_column, start) = (self.line, self.column(), self.at);
        let formatted = prefix.contains('f');
        let mut braces = 0_usize;
        loop {
            let c = self.peek(0);
            if self.at >= self.chars.len() || (c == '\n' && !triple && braces == 0) {
                return Err(self.unterminated(triple, line, column));
            }
            let closes = c == quote && (!triple || (self.peek(1) == quote && self.peek(2) == quote));
            match c {
                _ if closes && (braces == 0 || triple) => break,
                '\\' if braces == 0 => {
                    self.at += 1;
                    if self.peek(0) == '\n' {
                        self.newline();
                    } else {
                        self.at += 1;
                    }
                    continue;
                }
                '{' if formatted && braces == 0 && self.peek(1) == '{' => self.at += 1,
                '{' if formatted => braces += 1,
                '}' if formatted && braces > 0 => braces -= 1,
                '\n' => {
                    self.newline();
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
        let body: String = self.chars.iter().skip(start).take(self.at - start).collect();
        self.at += if triple { 3 } else { 1 };
        self.push(Tok::Str { prefix, body, line: body_line, column: body_column }, line, column);
        Ok(())
    }

    fn unterminated(&self, triple: bool, line: u32, column: u32) -> Trouble {
        let (column, end) = (column + 1, column + 2);
        if triple {
            let last = self.line - u32::from(self.chars.last() == Some(&'\n'));
            let message = format!("unterminated triple-quoted string literal (detected at line {last})");
            return Trouble::Unfinished { message, line, column, end };
        }
        let message = format!("unterminated string literal (detected at line {line})");
        Trouble::Bad { kind: "SyntaxError", message, line, column, end }
    }

    fn operator(&mut self) -> Parsed<()> {
        let (line, column) = (self.line, self.column());
        let found = OPERATORS.iter().find(|op| op.chars().enumerate().all(|(i, c)| self.peek(i) == c));
        let Some(op) = found else {
            let c = self.peek(0);
            let message = match c {
                '$' | '?' | '!' | '`' => "invalid syntax".to_string(),
                c if (c as u32) < 128 => format!("invalid non-printable character U+{:04X}", c as u32),
                c => format!("invalid character '{c}' (U+{:04X})", c as u32),
            };
            return self.bad("SyntaxError", message);
        };
        self.at += op.len();
        match *op {
            "(" | "[" | "{" => {
                if self.brackets.len() >= 200 {
                    return self.bad("SyntaxError", "too many nested parentheses");
                }
                self.brackets.push((self.chars.get(self.at - 1).copied().unwrap_or('('), line, column));
            }
            ")" | "]" | "}" => match self.brackets.pop() {
                Some((open, ..)) if matches!((open, *op), ('(', ")") | ('[', "]") | ('{', "}")) => {}
                Some((open, at, _)) => {
                    self.at -= 1;
                    let line = if at == line { String::new() } else { format!(" on line {at}") };
                    return self.bad(
                        "SyntaxError",
                        format!("closing parenthesis '{op}' does not match opening parenthesis '{open}'{line}"),
                    );
                }
                None => {
                    self.at -= 1;
                    return self.bad("SyntaxError", format!("unmatched '{op}'"));
                }
            },
            _ => {}
        }
        self.push(Tok::Op(op), line, column);
        Ok(())
    }
}
