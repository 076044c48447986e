//! The filters of jq: text to tree.

use serde_json::Value;

/// A filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    Identity,
    /// `..`
    Recurse,
    Literal(Value),
    /// `"a\(f)b"`, with the format of `@base64 "…"` for what is put in.
    Text(Vec<Part>, String),
    /// `@csv`
    Format(String),
    Variable(String),
    /// `f[g]`
    Index(Box<Filter>, Box<Filter>),
    /// `f[a:b]`
    Slice(Box<Filter>, Option<Box<Filter>>, Option<Box<Filter>>),
    /// `f[]`
    Each(Box<Filter>),
    Pipe(Box<Filter>, Box<Filter>),
    Comma(Box<Filter>, Box<Filter>),
    Negated(Box<Filter>),
    /// An operator between two filters, by its sign.
    Binary(&'static str, Box<Filter>, Box<Filter>),
    /// `f = g`, `f |= g`, `f += g` …
    Assign(&'static str, Box<Filter>, Box<Filter>),
    Array(Option<Box<Filter>>),
    Object(Vec<(Filter, Filter)>),
    If(Box<Filter>, Box<Filter>, Option<Box<Filter>>),
    Try(Box<Filter>, Option<Box<Filter>>),
    /// `f as $name | g`
    As(Box<Filter>, String, Box<Filter>),
    /// `reduce f as $name (start; step)`
    Reduce(Box<Filter>, String, Box<Filter>, Box<Filter>),
    Call(String, Vec<Filter>),
}

/// A piece of a string.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Plain(String),
    Filled(Filter),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Sign(&'static str),
    Word(String),
    /// `.name`
    Field(String),
    Variable(String),
    Format(String),
    Number(f64),
    Text(Vec<Part>),
}

/// The signs of the language, longer ones before those they begin with.
const SIGNS: [&str; 34] = [
    "//=", "|=", "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=", "//", "..", "|", ",", "=", "<", ">", "+", "-",
    "*", "/", "%", ".", "[", "]", "(", ")", "{", "}", ":", ";", "?", "$",
];
const ASSIGNMENTS: [&str; 8] = ["=", "|=", "+=", "-=", "*=", "/=", "%=", "//="];
/// How deep filters may be nested.
const MAX_DEPTH: usize = 200;
const TOO_DEEP: &str = "the filter is longer or nested deeper than Drydock reads";

/// Reads a filter.
///
/// # Errors
/// What is wrong with it, in a few words.
pub fn parse(text: &str) -> Result<Filter, String> {
    parse_at(text, 0)
}

fn parse_at(text: &str, depth: usize) -> Result<Filter, String> {
    let mut parser = Parser { tokens: tokens(text, depth)?, at: 0, depth };
    if parser.tokens.is_empty() {
        return Ok(Filter::Identity);
    }
    let filter = parser.pipe()?;
    match parser.tokens.get(parser.at) {
        None => Ok(filter),
        Some(token) => Err(unexpected(token)),
    }
}

fn unexpected(token: &Token) -> String {
    let shown = match token {
        Token::Sign(sign) => format!("'{}'", sign.trim()),
        Token::Word(word) => word.clone(),
        Token::Field(_) => "FIELD".into(),
        Token::Variable(_) => "BINDING".into(),
        Token::Format(_) => "FORMAT".into(),
        Token::Number(_) => "LITERAL".into(),
        Token::Text(_) => "QQSTRING_START".into(),
    };
    format!("syntax error, unexpected {shown}")
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn tokens(text: &str, depth: usize) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = |text: &str| text.chars().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>();
        let after = &rest[first.len_utf8()..];
        let (token, length) = match first {
            '#' => {
                rest = rest.find('\n').map_or("", |end| rest[end..].trim_start());
                continue;
            }
            '"' => {
                let (parts, length) = text_literal(after, depth)?;
                (Token::Text(parts), length + 1)
            }
            '.' if after.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                (Token::Field(after[..word(after)].to_string()), 1 + word(after))
            }
            '$' if word(after) > 0 => (Token::Variable(after[..word(after)].to_string()), 1 + word(after)),
            '@' if word(after) > 0 => (Token::Format(after[..word(after)].to_string()), 1 + word(after)),
            c if c.is_ascii_digit() || (c == '.' && after.starts_with(|d: char| d.is_ascii_digit())) => {
                let digits = rest.char_indices().find(|(at, c)| {
                    let signed = matches!(c, '+' | '-') && rest[..*at].ends_with(['e', 'E']);
                    !(c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E') || signed)
                });
                let length = digits.map_or(rest.len(), |(at, _)| at);
                let number = rest[..length].parse().map_err(|_| "syntax error, invalid numeric literal".to_string())?;
                (Token::Number(number), length)
            }
            c if is_word(c) => (Token::Word(rest[..word(rest)].to_string()), word(rest)),
            _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                Some(sign) => (Token::Sign(sign), sign.len()),
                None => return Err("syntax error, unexpected INVALID_CHARACTER".into()),
            },
        };
        found.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

/// The pieces of a string after its opening mark, and its length with the closing one.
fn text_literal(text: &str, depth: usize) -> Result<(Vec<Part>, usize), String> {
    let broken = || "syntax error, unexpected end of file".to_string();
    let (mut parts, mut plain, mut at) = (Vec::new(), String::new(), 0);
    loop {
        let c = text[at..].chars().next().ok_or_else(broken)?;
        at += c.len_utf8();
        match c {
            '"' => {
                parts.push(Part::Plain(plain));
                return Ok((parts, at));
            }
            '\\' if text[at..].starts_with('(') => {
                let end = closing(&text[at + 1..]).ok_or_else(broken)?;
                if depth >= MAX_DEPTH {
                    return Err(TOO_DEEP.into());
                }
                parts.push(Part::Plain(std::mem::take(&mut plain)));
                parts.push(Part::Filled(parse_at(&text[at + 1..at + 1 + end], depth + 1)?));
                at += end + 2;
            }
            '\\' => {
                let escaped = text[at..].chars().next().ok_or_else(broken)?;
                at += escaped.len_utf8();
                plain.push(match escaped {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'u' => {
                        let digits = text.get(at..at + 4).ok_or_else(broken)?;
                        at += 4;
                        u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')
                    }
                    '"' | '\\' | '/' => escaped,
                    _ => return Err("syntax error, unexpected INVALID_CHARACTER".into()),
                });
            }
            c => plain.push(c),
        }
    }
}

/// Where the parenthesis that is open here closes.
fn closing(text: &str) -> Option<usize> {
    let (mut open, mut quoted, mut escaped) = (1, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '(' if !quoted => open += 1,
            ')' if !quoted => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

type Parsed = Result<Filter, String>;

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Token::Sign(s)) if *s == sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(w)) if w == word);
        self.at += usize::from(found);
        found
    }

    fn wrong(&self) -> String {
        self.peek().map_or("syntax error, unexpected end of file".into(), unexpected)
    }

    fn need(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign) { Ok(()) } else { Err(self.wrong()) }
    }

    fn need_word(&mut self, word: &str) -> Result<(), String> {
        if self.take_word(word) { Ok(()) } else { Err(self.wrong()) }
    }

    fn pipe(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(TOO_DEEP.into());
        }
        if matches!(self.peek(), Some(Token::Word(word)) if word == "def") {
            return Err("definitions (def) are not simulated by Drydock".into());
        }
        let mut left = self.comma()?;
        if self.take_word("as") {
            let Some(Token::Variable(name)) = self.peek().cloned() else {
                return Err("patterns after `as` are not simulated by Drydock".into());
            };
            self.at += 1;
            self.need("|")?;
            left = Filter::As(Box::new(left), name, Box::new(self.pipe()?));
        } else if self.take("|") {
            left = Filter::Pipe(Box::new(left), Box::new(self.pipe()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn comma(&mut self) -> Parsed {
        let mut left = self.assignment()?;
        let mut length = 0;
        while self.take(",") {
            length = self.longer(length)?;
            left = Filter::Comma(Box::new(left), Box::new(self.assignment()?));
        }
        Ok(left)
    }

    fn assignment(&mut self) -> Parsed {
        let left = self.alternative()?;
        match ASSIGNMENTS.into_iter().find(|sign| self.is(sign)) {
            Some(sign) => {
                self.at += 1;
                Ok(Filter::Assign(sign, Box::new(left), Box::new(self.alternative()?)))
            }
            None => Ok(left),
        }
    }

    fn alternative(&mut self) -> Parsed {
        let mut all = vec![self.operators(0)?];
        while self.take("//") {
            self.longer(all.len())?;
            all.push(self.operators(0)?);
        }
        let last = all.pop().unwrap_or(Filter::Identity);
        Ok(all.into_iter().rev().fold(last, |rest, left| Filter::Binary("//", Box::new(left), Box::new(rest))))
    }

    /// Operators from the loosest to the tightest.
    fn operators(&mut self, level: usize) -> Parsed {
        const LEVELS: [&[&str]; 5] =
            [&["or"], &["and"], &["==", "!=", "<=", ">=", "<", ">"], &["+", "-"], &["*", "/", "%"]];
        let Some(signs) = LEVELS.get(level) else { return self.postfix() };
        let mut left = self.operators(level + 1)?;
        let mut length = 0;
        loop {
            let found = signs.iter().find(|sign| match self.peek() {
                Some(Token::Sign(s)) => s == *sign,
                Some(Token::Word(w)) => w == *sign,
                _ => false,
            });
            let Some(sign) = found else { return Ok(left) };
            self.at += 1;
            length = self.longer(length)?;
            left = Filter::Binary(sign, Box::new(left), Box::new(self.operators(level + 1)?));
        }
    }

    /// Counts the links of a chain, which becomes a tree of that depth.
    fn longer(&self, length: usize) -> Result<usize, String> {
        if length + self.depth >= MAX_DEPTH { Err(TOO_DEEP.into()) } else { Ok(length + 1) }
    }

    fn postfix(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(TOO_DEEP.into());
        }
        let term = self.suffixes();
        self.depth -= 1;
        term
    }

    fn suffixes(&mut self) -> Parsed {
        let mut term = self.term()?;
        let mut length = 0;
        loop {
            length = self.longer(length)?;
            if let Some(Token::Field(name)) = self.peek().cloned() {
                self.at += 1;
                term = Filter::Index(Box::new(term), Box::new(Filter::Literal(Value::String(name))));
            } else if self.is(".") && matches!(self.tokens.get(self.at + 1), Some(Token::Text(_) | Token::Sign("["))) {
                self.at += 1;
                if let Some(Token::Text(parts)) = self.peek().cloned() {
                    self.at += 1;
                    term = Filter::Index(Box::new(term), Box::new(Filter::Text(parts, String::new())));
                }
            } else if self.take("[") {
                term = self.brackets(term)?;
            } else if self.take("?") {
                term = Filter::Try(Box::new(term), None);
            } else {
                return Ok(term);
            }
        }
    }

    /// What follows `f[`.
    fn brackets(&mut self, of: Filter) -> Parsed {
        let of = Box::new(of);
        if self.take("]") {
            return Ok(Filter::Each(of));
        }
        if self.take(":") {
            let end = self.pipe()?;
            self.need("]")?;
            return Ok(Filter::Slice(of, None, Some(Box::new(end))));
        }
        let first = self.pipe()?;
        if self.take(":") {
            let end = if self.is("]") { None } else { Some(Box::new(self.pipe()?)) };
            self.need("]")?;
            return Ok(Filter::Slice(of, Some(Box::new(first)), end));
        }
        self.need("]")?;
        Ok(Filter::Index(of, Box::new(first)))
    }

    fn term(&mut self) -> Parsed {
        let Some(token) = self.peek().cloned() else { return Err(self.wrong()) };
        self.at += 1;
        match token {
            Token::Field(name) => {
                Ok(Filter::Index(Box::new(Filter::Identity), Box::new(Filter::Literal(Value::String(name)))))
            }
            Token::Number(number) => Ok(Filter::Literal(super::eval::number(number))),
            Token::Text(parts) => Ok(Filter::Text(parts, String::new())),
            Token::Format(name) => match self.peek().cloned() {
                Some(Token::Text(parts)) => {
                    self.at += 1;
                    Ok(Filter::Text(parts, name))
                }
                _ => Ok(Filter::Format(name)),
            },
            Token::Variable(name) => Ok(Filter::Variable(name)),
            Token::Sign("..") => Ok(Filter::Recurse),
            Token::Sign(".") => match self.peek().cloned() {
                Some(Token::Text(parts)) => {
                    self.at += 1;
                    Ok(Filter::Index(Box::new(Filter::Identity), Box::new(Filter::Text(parts, String::new()))))
                }
                _ => Ok(Filter::Identity),
            },
            Token::Sign("-") => Ok(Filter::Negated(Box::new(self.postfix()?))),
            Token::Sign("(") => {
                let inner = self.pipe()?;
                self.need(")")?;
                Ok(inner)
            }
            Token::Sign("[") => {
                if self.take("]") {
                    return Ok(Filter::Array(None));
                }
                let inner = self.pipe()?;
                self.need("]")?;
                Ok(Filter::Array(Some(Box::new(inner))))
            }
            Token::Sign("{") => self.object(),
            Token::Word(word) => self.word(word),
            other @ Token::Sign(_) => Err(unexpected(&other)),
        }
    }

    fn word(&mut self, word: String) -> Parsed {
        match word.as_str() {
            "if" => self.condition(),
            "try" => {
                let body = Box::new(self.postfix()?);
                let rescue = if self.take_word("catch") { Some(Box::new(self.postfix()?)) } else { None };
                Ok(Filter::Try(body, rescue))
            }
            "reduce" => {
                let source = self.postfix()?;
                self.need_word("as")?;
                let Some(Token::Variable(name)) = self.peek().cloned() else { return Err(self.wrong()) };
                self.at += 1;
                self.need("(")?;
                let start = self.pipe()?;
                self.need(";")?;
                let step = self.pipe()?;
                self.need(")")?;
                Ok(Filter::Reduce(Box::new(source), name, Box::new(start), Box::new(step)))
            }
            "foreach" | "def" | "label" | "import" | "include" => Err(format!("{word} is not simulated by Drydock")),
            "and" | "or" | "then" | "else" | "elif" | "end" | "as" | "catch" => {
                Err(format!("syntax error, unexpected {word}"))
            }
            _ => {
                let mut arguments = Vec::new();
                if self.take("(") {
                    loop {
                        arguments.push(self.pipe()?);
                        if self.take(")") {
                            break;
                        }
                        self.need(";")?;
                    }
                }
                Ok(Filter::Call(word, arguments))
            }
        }
    }

    fn condition(&mut self) -> Parsed {
        let test = Box::new(self.pipe()?);
        self.need_word("then")?;
        let then = Box::new(self.pipe()?);
        if self.take_word("elif") {
            return Ok(Filter::If(test, then, Some(Box::new(self.condition()?))));
        }
        let other = if self.take_word("else") { Some(Box::new(self.pipe()?)) } else { None };
        self.need_word("end")?;
        Ok(Filter::If(test, then, other))
    }

    fn object(&mut self) -> Parsed {
        let mut fields = Vec::new();
        while !self.take("}") {
            let Some(token) = self.peek().cloned() else { return Err(self.wrong()) };
            self.at += 1;
            let (key, short) = match token {
                Token::Word(name) => (Filter::Literal(Value::String(name.clone())), Some(name)),
                Token::Text(parts) => (Filter::Text(parts.clone(), String::new()), None),
                Token::Variable(name) => {
                    fields.push((Filter::Literal(Value::String(name.clone())), Filter::Variable(name)));
                    self.comma_or_end()?;
                    continue;
                }
                Token::Sign("(") => {
                    let key = self.pipe()?;
                    self.need(")")?;
                    (key, None)
                }
                other => return Err(unexpected(&other)),
            };
            let value = if self.take(":") {
                let mut value = self.alternative()?;
                while self.take("|") {
                    value = Filter::Pipe(Box::new(value), Box::new(self.alternative()?));
                }
                value
            } else {
                let name = short.map_or(key.clone(), |name| Filter::Literal(Value::String(name)));
                Filter::Index(Box::new(Filter::Identity), Box::new(name))
            };
            fields.push((key, value));
            self.comma_or_end()?;
        }
        Ok(Filter::Object(fields))
    }

    fn comma_or_end(&mut self) -> Result<(), String> {
        if self.is("}") { Ok(()) } else { self.need(",") }
    }
}
