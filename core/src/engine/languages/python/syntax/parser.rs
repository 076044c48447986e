//! The reader of tokens: what expressions and statements share.

use super::ast::{Expr, Kind, Name, Span, Stmt};
use super::lexer::{Tok, Token, tokens};
use super::{Parsed, Trouble};

/// How deep brackets, blocks and the like may nest in a script.
const MAX_LEVEL: u32 = 70;
/// How deep the tree of an expression may be.
pub const MAX_DEPTH: u16 = 180;
/// The longest script in bytes.
const MAX_TEXT: usize = 2 << 20;

pub const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

pub struct Parser {
    tokens: Vec<Token>,
    at: usize,
    level: u32,
    /// A bracket that is never closed.
    unclosed: Option<Trouble>,
}

/// Reads a whole script.
pub fn parse_module(text: &str) -> Parsed<Vec<Stmt>> {
    let mut parser = Parser::new(text, None)?;
    let body = parser.module();
    parser.settled(body)
}

/// Reads an expression that is all of a text.
pub fn parse_expression(text: &str) -> Parsed<Expr> {
    let mut parser = Parser::new(text.trim_start_matches([' ', '\t']), None)?;
    let expr = parser.expressions();
    let expr = parser.settled(expr)?;
    while *parser.tok() == Tok::Newline {
        parser.next();
    }
    if *parser.tok() == Tok::End { Ok(expr) } else { parser.invalid() }
}

/// Reads an expression within a formatted string that begins at a place.
pub fn part(text: &str, line: u32, column: u32) -> Parsed<Expr> {
    let mut parser = Parser::new(text, Some((line, column)))?;
    let expr = parser.expressions()?;
    if matches!(parser.tok(), Tok::Newline | Tok::End) { Ok(expr) } else { parser.invalid() }
}

impl Parser {
    fn new(text: &str, part: Option<(u32, u32)>) -> Parsed<Self> {
        if text.len() > MAX_TEXT {
            return Err(Trouble::Missing("a script of more than 2 MiB".into()));
        }
        let (tokens, unclosed) = tokens(text, part)?;
        Ok(Self { tokens, at: 0, level: 0, unclosed })
    }

    fn module(&mut self) -> Parsed<Vec<Stmt>> {
        let mut body = vec![];
        while *self.tok() != Tok::End {
            if *self.tok() == Tok::Newline {
                self.next();
                continue;
            }
            if *self.tok() == Tok::Indent {
                return self.indentation("unexpected indent");
            }
            self.statement(&mut body)?;
        }
        Ok(body)
    }

    /// Of two faults the one that Python names: an open bracket on an earlier line explains the rest.
    fn settled<T>(&self, result: Parsed<T>) -> Parsed<T> {
        let Some(unclosed) = &self.unclosed else { return result };
        let Trouble::Unfinished { line: opened, .. } = unclosed else { return result };
        match &result {
            Err(Trouble::Bad { line, .. }) if line <= opened => result,
            Err(Trouble::Missing(_)) => result,
            _ => Err(unclosed.clone()),
        }
    }

    pub fn tok(&self) -> &Tok {
        self.tokens.get(self.at).map_or(&Tok::End, |t| &t.tok)
    }

    pub fn tok_after(&self, ahead: usize) -> &Tok {
        self.tokens.get(self.at + ahead).map_or(&Tok::End, |t| &t.tok)
    }

    pub fn span(&self) -> Span {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(Span::default(), |t| t.span)
    }

    /// Where the token before this one ended.
    pub fn last_span(&self) -> Span {
        self.tokens.get(self.at.wrapping_sub(1)).map_or(Span::default(), |t| t.span)
    }

    pub fn next(&mut self) {
        self.at += 1;
    }

    /// Where the reader stands, to come back with [`Parser::rewind`].
    pub fn mark(&self) -> usize {
        self.at
    }

    pub fn rewind(&mut self, mark: usize) {
        self.at = mark;
    }

    pub fn is_op(&self, op: &str) -> bool {
        matches!(self.tok(), Tok::Op(o) if *o == op)
    }

    pub fn is_word(&self, word: &str) -> bool {
        matches!(self.tok(), Tok::Name(n) if &**n == word)
    }

    pub fn take_op(&mut self, op: &str) -> bool {
        let found = self.is_op(op);
        self.at += usize::from(found);
        found
    }

    pub fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    pub fn expect_op(&mut self, op: &str) -> Parsed<()> {
        if self.take_op(op) {
            return Ok(());
        }
        if op == ":" { self.fault(format!("expected '{op}'")) } else { self.invalid() }
    }

    pub fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.take_word(word) { Ok(()) } else { self.invalid() }
    }

    pub fn fault<T>(&self, message: impl Into<String>) -> Parsed<T> {
        self.fault_at(self.span(), message)
    }

    pub fn fault_at<T>(&self, span: Span, message: impl Into<String>) -> Parsed<T> {
        let end = if span.end_line == span.line { span.end_column.max(span.column + 1) } else { span.column + 1 };
        let (line, column) = (span.line, span.column + 1);
        Err(Trouble::Bad { kind: "SyntaxError", message: message.into(), line, column, end: end + 1 })
    }

    pub fn invalid<T>(&self) -> Parsed<T> {
        match self.tok() {
            Tok::Indent => self.indentation("unexpected indent"),
            Tok::End => {
                let span = self.span();
                let (line, column) = (span.line, span.column + 1);
                Err(Trouble::Unfinished { message: "invalid syntax".into(), line, column, end: column + 1 })
            }
            _ => self.fault("invalid syntax"),
        }
    }

    pub fn indentation<T>(&self, message: &str) -> Parsed<T> {
        let span = self.span();
        let (line, column) = (span.line, span.column + 1);
        Err(Trouble::Bad { kind: "IndentationError", message: message.into(), line, column, end: column })
    }

    /// One level deeper, as far as that is allowed.
    pub fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.level >= MAX_LEVEL {
            return self.fault("too many nested parentheses");
        }
        self.level += 1;
        let result = read(self);
        self.level -= 1;
        result
    }

    /// An expression, unless its tree becomes too deep.
    pub fn make(&self, span: Span, kind: Kind) -> Parsed<Expr> {
        let expr = Expr::new(span, kind);
        if expr.depth > MAX_DEPTH {
            return Err(Trouble::Missing("an expression of more than 180 operators in a chain".into()));
        }
        Ok(expr)
    }

    pub fn name(&mut self) -> Parsed<Name> {
        match self.tok() {
            Tok::Name(name) if !KEYWORDS.contains(&&**name) => {
                let name = name.clone();
                self.next();
                Ok(name)
            }
            _ => self.invalid(),
        }
    }
}
