//! Cuts a template into tokens, with Go's rules for delimiters, trimming, comments and literals.

use crate::base::go_text::{is_print, quote};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Error,
    Bool,
    Char,
    CharConstant,
    Assign,
    Declare,
    Eof,
    Field,
    Identifier,
    LeftDelim,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelim,
    RightParen,
    Space,
    Str,
    Text,
    Variable,
    Dot,
    Nil,
    Keyword,
}

/// One token: where it starts (byte and line) and its text; for an error the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub pos: usize,
    pub line: usize,
    pub text: String,
}

impl Token {
    /// The token as parse errors show it.
    pub fn shown(&self) -> String {
        match self.kind {
            Kind::Eof => "EOF".into(),
            Kind::Error => self.text.clone(),
            Kind::Keyword | Kind::Dot | Kind::Nil => format!("<{}>", self.text),
            _ if self.text.chars().count() > 10 => {
                format!("{}...", quote(&self.text.chars().take(10).collect::<String>()))
            }
            _ => quote(&self.text),
        }
    }

    /// Whether it is this keyword.
    pub fn is_keyword(&self, word: &str) -> bool {
        self.kind == Kind::Keyword && self.text == word
    }
}

const LEFT: &str = "{{";
const RIGHT: &str = "}}";
const KEYWORDS: [&str; 10] =
    ["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"];

/// All tokens of `text`; the last one is `Eof` or `Error`.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, pos: 0, start: 0, line: 1, parens: 0, out: Vec::new() };
    let message = match lexer.run() {
        Ok(()) => return lexer.out,
        Err(message) => message,
    };
    let (pos, line) = (lexer.start, lexer.line);
    lexer.out.push(Token { kind: Kind::Error, pos, line, text: message });
    lexer.out
}

struct Lexer<'t> {
    text: &'t str,
    pos: usize,
    /// Where the token being read starts, and its line.
    start: usize,
    line: usize,
    parens: usize,
    out: Vec<Token>,
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.pos..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    fn skip_while(&mut self, test: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&test) {
            self.bump();
        }
    }

    fn current(&self) -> &'t str {
        self.text.get(self.start..self.pos).unwrap_or("")
    }

    fn ignore(&mut self) {
        self.line += self.current().matches('\n').count();
        self.start = self.pos;
    }

    fn emit(&mut self, kind: Kind) {
        let text = self.current().to_owned();
        self.out.push(Token { kind, pos: self.start, line: self.line, text });
        self.ignore();
    }

    fn run(&mut self) -> Result<(), String> {
        loop {
            let Some(at) = self.rest().find(LEFT) else {
                self.pos = self.text.len();
                if self.pos > self.start {
                    self.emit(Kind::Text);
                }
                self.emit(Kind::Eof);
                return Ok(());
            };
            let delim = self.pos + at;
            let trim = has_left_trim(self.text.get(delim + 2..).unwrap_or(""));
            self.pos = delim;
            if trim {
                self.pos = self.start + self.current().trim_end_matches(is_space).len();
            }
            if self.pos > self.start {
                self.emit(Kind::Text);
            }
            self.pos = delim;
            self.ignore();
            self.left_delim(trim)?;
        }
    }

    fn left_delim(&mut self, trim: bool) -> Result<(), String> {
        let after = if trim { 2 } else { 0 };
        let inner = self.text.get(self.pos + 2 + after..).unwrap_or("");
        if inner.starts_with("/*") {
            self.pos += 2 + after;
            self.ignore();
            return self.comment();
        }
        self.pos += 2;
        self.emit(Kind::LeftDelim);
        self.pos += after;
        self.ignore();
        self.parens = 0;
        while !self.inside()? {}
        Ok(())
    }

    fn comment(&mut self) -> Result<(), String> {
        let end = self.rest().find("*/").ok_or("unclosed comment")?;
        self.pos += end + 2;
        match self.right_delim() {
            Some(trim) => {
                self.close(trim);
                Ok(())
            }
            None => Err("comment ends before closing delimiter".into()),
        }
    }

    /// Whether a right delimiter is next, and if so whether it trims.
    fn right_delim(&self) -> Option<bool> {
        let rest = self.rest();
        if rest.starts_with(RIGHT) {
            return Some(false);
        }
        let trimmed = rest.strip_prefix(is_space)?.strip_prefix('-')?;
        trimmed.starts_with(RIGHT).then_some(true)
    }

    /// Steps over a right delimiter and, if it trims, over the space after it.
    fn close(&mut self, trim: bool) {
        if trim {
            self.pos += 2;
        }
        self.pos += RIGHT.len();
        if trim {
            self.skip_while(is_space);
        }
        self.ignore();
    }

    /// Reads one token inside an action; true at the action's end.
    fn inside(&mut self) -> Result<bool, String> {
        if let Some(trim) = self.right_delim() {
            if self.parens > 0 {
                return Err("unclosed left paren".into());
            }
            if trim {
                self.pos += 2;
                self.ignore();
            }
            self.pos += RIGHT.len();
            self.emit(Kind::RightDelim);
            if trim {
                self.skip_while(is_space);
                self.ignore();
            }
            return Ok(true);
        }
        let c = self.bump().ok_or("unclosed action")?;
        match c {
            _ if is_space(c) => self.space(),
            '=' => self.emit(Kind::Assign),
            ':' => {
                if self.bump() != Some('=') {
                    return Err("expected :=".into());
                }
                self.emit(Kind::Declare);
            }
            '|' => self.emit(Kind::Pipe),
            '"' => self.quoted('"', Kind::Str, "unterminated quoted string")?,
            '\'' => self.quoted('\'', Kind::CharConstant, "unterminated character constant")?,
            '`' => {
                let end = self.rest().find('`').ok_or("unterminated raw quoted string")?;
                self.pos += end + 1;
                self.emit(Kind::RawString);
            }
            '$' => self.name(Kind::Variable, Kind::Variable)?,
            '.' if !self.peek().is_some_and(|c| c.is_ascii_digit()) => self.name(Kind::Field, Kind::Dot)?,
            '+' | '-' | '.' | '0'..='9' => {
                self.pos = self.start;
                self.number()?;
            }
            _ if is_word(c) => self.identifier()?,
            '(' => {
                self.parens += 1;
                self.emit(Kind::LeftParen);
            }
            ')' => {
                self.parens = self.parens.checked_sub(1).ok_or("unexpected right paren")?;
                self.emit(Kind::RightParen);
            }
            ' '..='~' => self.emit(Kind::Char),
            _ => return Err(format!("unrecognized character in action: {}", code_point(c))),
        }
        Ok(false)
    }

    /// Space up to, but without, the one that belongs to a trimming right delimiter.
    fn space(&mut self) {
        self.pos = self.start;
        while self.right_delim().is_none() && self.peek().is_some_and(is_space) {
            self.bump();
        }
        if self.pos > self.start {
            self.emit(Kind::Space);
        }
    }

    fn quoted(&mut self, mark: char, kind: Kind, unterminated: &str) -> Result<(), String> {
        loop {
            let next = match self.bump() {
                Some('\\') => self.bump().map(|c| if c == '\n' { c } else { 'x' }),
                other => other,
            };
            match next {
                None | Some('\n') => return Err(unterminated.into()),
                Some(c) if c == mark => break,
                Some(_) => {}
            }
        }
        self.emit(kind);
        Ok(())
    }

    /// The rest of `.name` or `$name`; `alone` is the kind of the bare mark.
    fn name(&mut self, kind: Kind, alone: Kind) -> Result<(), String> {
        if self.at_terminator() {
            self.emit(alone);
            return Ok(());
        }
        self.skip_while(is_word);
        self.check_terminator()?;
        self.emit(kind);
        Ok(())
    }

    fn identifier(&mut self) -> Result<(), String> {
        self.skip_while(is_word);
        self.check_terminator()?;
        self.emit(match self.current() {
            "true" | "false" => Kind::Bool,
            "nil" => Kind::Nil,
            word if KEYWORDS.contains(&word) => Kind::Keyword,
            _ => Kind::Identifier,
        });
        Ok(())
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None => true,
            Some(c) => is_space(c) || ".,|:)(".contains(c) || self.rest().starts_with(RIGHT),
        }
    }

    fn check_terminator(&self) -> Result<(), String> {
        match self.peek() {
            Some(c) if !self.at_terminator() => Err(format!("bad character {}", code_point(c))),
            _ => Ok(()),
        }
    }

    fn number(&mut self) -> Result<(), String> {
        let bad = |l: &Self| format!("bad number syntax: {}", quote(l.current()));
        if !self.scan_number() {
            return Err(bad(self));
        }
        if self.peek().is_some_and(|c| c == '+' || c == '-') {
            // Only a complex constant goes on after a sign.
            if !self.scan_number() || !self.current().ends_with('i') {
                return Err(bad(self));
            }
        }
        self.emit(Kind::Number);
        Ok(())
    }

    fn accept(&mut self, set: &str) -> bool {
        let yes = self.peek().is_some_and(|c| set.contains(c));
        if yes {
            self.bump();
        }
        yes
    }

    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        let exponent = match digits.len() {
            11 => "eE",
            23 => "pP",
            _ => "",
        };
        self.skip_while(|c| digits.contains(c));
        if self.accept(".") {
            self.skip_while(|c| digits.contains(c));
        }
        if self.accept(exponent) {
            self.accept("+-");
            self.skip_while(|c| "0123456789_".contains(c));
        }
        self.accept("i");
        if self.peek().is_some_and(is_word) {
            self.bump();
            return false;
        }
        true
    }
}

/// Whether a left delimiter, already passed, trims the text before it.
fn has_left_trim(inner: &str) -> bool {
    inner.strip_prefix('-').is_some_and(|rest| rest.starts_with(is_space))
}

/// Go's `%#U`.
pub(super) fn code_point(c: char) -> String {
    let mut out = format!("U+{:04X}", c as u32);
    if is_print(c) {
        out.push_str(&format!(" '{c}'"));
    }
    out
}
