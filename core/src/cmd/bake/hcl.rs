//! The part of HCL that bake files use: blocks, attributes, texts with `${…}`, lists, objects, variables, conditions.

use crate::base::go_text::quote;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A value that is yet to be worked out.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// Known already.
    Known(Value),
    /// Texts and expressions, one after the other.
    Text(Vec<Expr>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{ a = b }`
    Object(Vec<(String, Expr)>),
    /// A variable.
    Name(String),
    /// `a == b` or, with true, `a != b`.
    Equal(Box<Expr>, Box<Expr>, bool),
    /// `a ? b : c`
    Choice(Box<[Expr; 3]>),
}

/// Attributes outside of blocks, in order.
pub type Attributes = Vec<(String, Expr)>;

/// `KIND "LABEL" { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What stands in front.
    pub kind: String,
    /// Its name.
    pub label: String,
    /// What it says.
    pub attributes: Vec<(String, Expr)>,
}

/// Nesting beyond this is refused.
const MAX_DEPTH: usize = 64;

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    depth: usize,
}

/// Reads a file: its blocks, and the attributes outside of them.
///
/// # Errors
/// What is not HCL, or beyond what is simulated, with its line.
pub fn read(text: &str) -> Result<(Vec<Block>, Attributes), String> {
    let mut reader = Reader { rest: text, line: 1, depth: 0 };
    let (mut blocks, mut attributes) = (vec![], vec![]);
    while !reader.end() {
        let name = reader.word()?;
        if reader.take("=") {
            attributes.push((name, reader.expression()?));
            continue;
        }
        let label = if reader.peek() == Some('"') { reader.plain_text()? } else { String::new() };
        if !reader.take("{") {
            return Err(reader.wrong("a block or an attribute is expected"));
        }
        let mut inside = vec![];
        while !reader.take("}") {
            let key = reader.word()?;
            if !reader.take("=") {
                return Err(reader.wrong(&format!("the block {key} is not simulated by Drydock")));
            }
            inside.push((key, reader.expression()?));
        }
        blocks.push(Block { kind: name, label, attributes: inside });
    }
    Ok((blocks, attributes))
}

impl Reader<'_> {
    fn wrong(&self, what: &str) -> String {
        format!("line {}: {what}", self.line)
    }

    fn step(&mut self, bytes: usize) {
        let (gone, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.line += gone.matches('\n').count();
        self.rest = rest;
    }

    /// Skips white space and remarks.
    fn skip(&mut self) {
        loop {
            let space = self.rest.len() - self.rest.trim_start().len();
            self.step(space);
            if self.rest.starts_with('#') || self.rest.starts_with("//") {
                self.step(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if self.rest.starts_with("/*") {
                self.step(self.rest.find("*/").map_or(self.rest.len(), |at| at + 2));
            } else {
                return;
            }
        }
    }

    fn end(&mut self) -> bool {
        self.skip();
        self.rest.is_empty()
    }

    fn peek(&mut self) -> Option<char> {
        self.skip();
        self.rest.chars().next()
    }

    fn take(&mut self, mark: &str) -> bool {
        self.skip();
        let is_other = mark == "=" && self.rest.starts_with("==");
        let found = self.rest.starts_with(mark) && !is_other;
        if found {
            self.step(mark.len());
        }
        found
    }

    fn word(&mut self) -> Result<String, String> {
        if self.peek() == Some('"') {
            return self.plain_text();
        }
        let fits = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let len = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let word = self.rest.get(..len).unwrap_or_default().to_owned();
        if word.is_empty() {
            return Err(self.wrong("a name is expected"));
        }
        self.step(len);
        Ok(word)
    }

    fn plain_text(&mut self) -> Result<String, String> {
        match self.text()? {
            Expr::Known(Value::String(text)) => Ok(text),
            _ => Err(self.wrong("a name without ${…} is expected")),
        }
    }

    fn expression(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.wrong("too many levels"));
        }
        let mut left = self.operand()?;
        for (mark, differs) in [("==", false), ("!=", true)] {
            if self.take(mark) {
                left = Expr::Equal(Box::new(left), Box::new(self.operand()?), differs);
            }
        }
        if self.take("?") {
            let yes = self.expression()?;
            if !self.take(":") {
                return Err(self.wrong("\":\" is expected"));
            }
            left = Expr::Choice(Box::new([left, yes, self.expression()?]));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expr, String> {
        match self.peek() {
            Some('"') => self.text(),
            Some('[') => self.list(),
            Some('{') => self.object(),
            Some('(') => {
                self.step(1);
                let inner = self.expression()?;
                if self.take(")") { Ok(inner) } else { Err(self.wrong("\")\" is expected")) }
            }
            Some(c) if c.is_ascii_digit() || c == '-' => self.number(),
            Some('<') => Err(self.wrong("a here-document is not simulated by Drydock")),
            _ => {
                let name = self.word()?;
                match name.as_str() {
                    "true" | "false" => Ok(Expr::Known((name == "true").into())),
                    "null" => Ok(Expr::Known(Value::Null)),
                    _ if self.rest.starts_with('(') => {
                        Err(self.wrong(&format!("the function {name} is not simulated by Drydock")))
                    }
                    _ if self.rest.starts_with('.') || self.rest.starts_with('[') => {
                        Err(self.wrong(&format!("a part of {name} is not simulated by Drydock")))
                    }
                    _ => Ok(Expr::Name(name)),
                }
            }
        }
    }

    fn number(&mut self) -> Result<Expr, String> {
        let len = self.rest.find(|c: char| !(c.is_ascii_digit() || c == '-' || c == '.')).unwrap_or(self.rest.len());
        let text = self.rest.get(..len).unwrap_or_default();
        let number = serde_json::from_str(text).map_err(|_| self.wrong(&format!("{} is no number", quote(text))))?;
        self.step(len);
        Ok(Expr::Known(number))
    }

    fn list(&mut self) -> Result<Expr, String> {
        self.step(1);
        let mut items = vec![];
        while !self.take("]") {
            items.push(self.expression()?);
            if !self.take(",") && self.peek() != Some(']') {
                return Err(self.wrong("\",\" or \"]\" is expected"));
            }
        }
        Ok(Expr::List(items))
    }

    fn object(&mut self) -> Result<Expr, String> {
        self.step(1);
        let mut entries = vec![];
        while !self.take("}") {
            let key = self.word()?;
            if !self.take("=") && !self.take(":") {
                return Err(self.wrong("\"=\" is expected"));
            }
            entries.push((key, self.expression()?));
            self.take(",");
        }
        Ok(Expr::Object(entries))
    }

    /// A text in double quotes.
    fn text(&mut self) -> Result<Expr, String> {
        self.step(1);
        let (mut parts, mut plain) = (vec![], String::new());
        loop {
            let Some(c) = self.rest.chars().next().filter(|c| *c != '\n') else {
                return Err(self.wrong("a text without its end"));
            };
            if let Some(escape) = ["$${", "%%{"].iter().find(|e| self.rest.starts_with(**e)) {
                plain.push_str(&escape[1..]);
                self.step(3);
                continue;
            }
            if self.rest.starts_with("${") {
                self.step(2);
                parts.push(Expr::Known(std::mem::take(&mut plain).into()));
                parts.push(self.expression()?);
                if !self.take("}") {
                    return Err(self.wrong("\"}\" is expected"));
                }
                continue;
            }
            self.step(c.len_utf8());
            match c {
                '"' => break,
                '\\' => {
                    let next = self.rest.chars().next().unwrap_or('\\');
                    self.step(next.len_utf8());
                    plain.push(match next {
                        'n' => '\n',
                        't' => '\t',
                        other => other,
                    });
                }
                _ => plain.push(c),
            }
        }
        if parts.is_empty() {
            return Ok(Expr::Known(plain.into()));
        }
        parts.push(Expr::Known(plain.into()));
        Ok(Expr::Text(parts))
    }
}

/// Works an expression out.
///
/// # Errors
/// A variable that there is not.
pub fn value(expr: &Expr, names: &BTreeMap<String, Value>) -> Result<Value, String> {
    Ok(match expr {
        Expr::Known(known) => known.clone(),
        Expr::Name(name) => {
            names.get(name).cloned().ok_or_else(|| format!("there is no variable named {}", quote(name)))?
        }
        Expr::Text(parts) => {
            let mut out = String::new();
            for part in parts {
                out.push_str(&text_of(&value(part, names)?));
            }
            out.into()
        }
        Expr::List(items) => items.iter().map(|item| value(item, names)).collect::<Result<Vec<_>, _>>()?.into(),
        Expr::Object(entries) => {
            let mut map = Map::new();
            for (key, entry) in entries {
                map.insert(key.clone(), value(entry, names)?);
            }
            map.into()
        }
        Expr::Equal(a, b, differs) => ((value(a, names)? == value(b, names)?) != *differs).into(),
        Expr::Choice(parts) => {
            let [condition, yes, no] = parts.as_ref();
            let chosen = if value(condition, names)? == Value::Bool(true) { yes } else { no };
            value(chosen, names)?
        }
    })
}

/// A value within a text.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let names = BTreeMap::from([("TAG".to_owned(), Value::from("v1")), ("ON".to_owned(), Value::from(true))]);
        for (text, want) in [
            ("x = \"a:${TAG}-$${b}\"", "\"a:v1-${b}\""),
            ("x = [1, \"two\", true,] # remark", "[1,\"two\",true]"),
            ("x = { a = TAG, \"b\": null }", "{\"a\":\"v1\",\"b\":null}"),
            ("x = TAG == \"v1\" ? \"yes\" : \"no\"", "\"yes\""),
            ("x = ON ? [TAG] : []", "[\"v1\"]"),
        ] {
            let (_, attributes) = read(text).unwrap();
            assert_eq!(value(&attributes[0].1, &names).unwrap().to_string(), want, "{text}");
        }
        let (blocks, _) = read("target \"app\" {\n  tags = [\"a\"]\n}\ngroup \"default\" { targets = [\"app\"] }").unwrap();
        assert_eq!((blocks.len(), blocks[0].label.as_str(), blocks[1].kind.as_str()), (2, "app", "group"));
        for (text, want) in [
            ("x = f(1)", "line 1: the function f is not simulated by Drydock"),
            ("\nx = \"a", "line 2: a text without its end"),
            ("target \"a\" {\n b {} }", "line 2: the block b is not simulated by Drydock"),
        ] {
            assert_eq!(read(text), Err(want.to_owned()), "{text}");
        }
        assert!(value(&Expr::Name("NO".into()), &names).is_err());
    }
}
