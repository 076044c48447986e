//! The words of a statement, and where one statement ends.

use super::{Dialect, Failure};

/// What a word is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A name or keyword, as written.
    Word(String),
    /// A name in quotes.
    Quoted(String),
    /// A text.
    Text(String),
    /// A number.
    Number(String),
    /// Punctuation: `(`, `<=` and the like.
    Sign(&'static str),
}

/// A word and where it begins and ends, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub kind: Kind,
    pub at: usize,
    pub end: usize,
}

const SIGNS: [&str; 19] =
    ["<=", ">=", "<>", "!=", "::", "||", "(", ")", ",", "=", "<", ">", "+", "-", "*", "/", ".", ";", "%"];

/// The words of a statement.
///
/// # Errors
/// A syntax error where a text does not end or a sign is unknown.
pub fn tokens(dialect: Dialect, sql: &str) -> Result<Vec<Token>, Failure> {
    let mut found = vec![];
    let mut at = 0;
    while let Some(c) = sql.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = sql.get(at..).unwrap_or_default();
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        if let Some(skipped) = comment(rest) {
            at += skipped;
            continue;
        }
        let (kind, len) = if c == '\'' || (c == '"' && !dialect.is_postgres()) {
            let (text, len) = quoted(rest, c).ok_or_else(|| Failure::syntax(dialect, sql, at))?;
            (Kind::Text(text), len)
        } else if c == '"' || c == '`' {
            let (text, len) = quoted(rest, c).ok_or_else(|| Failure::syntax(dialect, sql, at))?;
            (Kind::Quoted(text), len)
        } else if c.is_ascii_digit() {
            let len = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            (Kind::Number(rest.get(..len).unwrap_or_default().to_string()), len)
        } else if c.is_alphabetic() || c == '_' || c == '@' {
            let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '@');
            let len = rest.find(|c| !inner(c)).unwrap_or(rest.len());
            (Kind::Word(rest.get(..len).unwrap_or_default().to_string()), len)
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = sign.ok_or_else(|| Failure::syntax(dialect, sql, at))?;
            (Kind::Sign(sign), sign.len())
        };
        found.push(Token { kind, at, end: at + len });
        at += len;
    }
    Ok(found)
}

/// How long a comment is that the text begins with.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("--") || rest.starts_with('#') {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    rest.strip_prefix("/*").map(|inner| inner.find("*/").map_or(rest.len(), |end| end + 4))
}

/// A text in quotes at the front, where a doubled quote stands for one, and how long it is as written.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            if chars.next_if(|(_, next)| *next == quote).is_none() {
                return Some((text, at + c.len_utf8()));
            }
            text.push(c);
        } else if c == '\\'
            && quote != '`'
            && chars.peek().is_some_and(|(_, next)| matches!(next, '\'' | '"' | '\\'))
        {
            text.extend(chars.next().map(|(_, next)| next));
        } else {
            text.push(c);
        }
    }
    None
}

/// Takes the first whole statement from the front of a text, without what ends it: a semicolon, `\g`, or `\G`, which
/// asks for a line a column. What follows, and whether it was the last of those.
pub fn split(text: &str) -> Option<(&str, &str, bool)> {
    let mut quote = None;
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            None if c == ';' => return Some((text.get(..at)?, text.get(at + 1..)?, false)),
            None if rest.starts_with("\\G") || rest.starts_with("\\g") => {
                let after = text.get(at + 2..)?;
                let after = after.strip_prefix(';').unwrap_or(after);
                return Some((text.get(..at)?, after, rest.starts_with("\\G")));
            }
            None => {
                if let Some(skipped) = comment(rest) {
                    at += skipped;
                    continue;
                }
            }
        }
        at += c.len_utf8();
    }
    None
}
