//! The language of bake files: blocks, attributes, texts with `${…}`, lists, objects, operators, calls, `for`. What an
//! expression comes to is said in `hcl_value.rs`.

use crate::base::go_text::quote;
use serde_json::Value;

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
    Object(Vec<(Expr, Expr)>),
    /// A variable.
    Name(String),
    /// `a == b` and the like.
    Pair(&'static str, Box<Expr>, Box<Expr>),
    /// `!a`, `-a`
    Single(char, Box<Expr>),
    /// `a ? b : c`
    Choice(Box<[Expr; 3]>),
    /// `a.b`, `a["b"]`, `a[0]`
    Part(Box<Expr>, Box<Expr>),
    /// `f(a, b)`; with true the last one is a list of further arguments.
    Call(String, Vec<Expr>, bool),
    /// `[for k, v in a : b if c]`, and with a key for each `{for … : k => v}`.
    Each(Box<Each>),
}

/// A `for` of an expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Each {
    /// The names of key, where there is one, and value.
    pub names: (Option<String>, String),
    /// What it goes over.
    pub over: Expr,
    /// The key of each result, where they make an object.
    pub key: Option<Expr>,
    /// Each result.
    pub result: Expr,
    /// Which ones count.
    pub condition: Option<Expr>,
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
    /// What it says; a block within it is an object.
    pub attributes: Vec<(String, Expr)>,
}

/// Nesting beyond this is refused.
const MAX_DEPTH: usize = 64;

/// The operators between two operands, those that bind least first.
const PAIRS: [&[&str]; 6] =
    [&["||"], &["&&"], &["==", "!="], &["<=", ">=", "<", ">"], &["+", "-"], &["*", "/", "%"]];

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
        blocks.push(Block { kind: name, label, attributes: reader.body()? });
    }
    Ok((blocks, attributes))
}

impl Reader<'_> {
    fn wrong(&self, what: &str) -> String {
        format!("line {}: {what}", self.line)
    }

    /// What stands in a block, to its end.
    fn body(&mut self) -> Result<Attributes, String> {
        let mut inside = vec![];
        while !self.take("}") {
            let key = self.word()?;
            if self.take("=") {
                inside.push((key, self.expression()?));
            } else if key == "validation" && self.take("{") {
                let entries = self.body()?;
                let entries = entries.into_iter().map(|(key, value)| (Expr::Known(key.into()), value)).collect();
                inside.push((key, Expr::Object(entries)));
            } else {
                return Err(self.wrong(&format!("the block {key} is not simulated by Drydock")));
            }
        }
        Ok(inside)
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
        let longer: &[&str] = match mark {
            "=" => &["==", "=>"],
            "<" | ">" => &["<=", ">="],
            _ => &[],
        };
        let is_other = longer.iter().any(|other| self.rest.starts_with(other));
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
        let mut left = self.pairs(0)?;
        if self.take("?") {
            let yes = self.expression()?;
            self.expect(":")?;
            left = Expr::Choice(Box::new([left, yes, self.expression()?]));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn expect(&mut self, mark: &str) -> Result<(), String> {
        if self.take(mark) { Ok(()) } else { Err(self.wrong(&format!("{} is expected", quote(mark)))) }
    }

    /// Operands with operators of a level between them.
    fn pairs(&mut self, level: usize) -> Result<Expr, String> {
        let Some(marks) = PAIRS.get(level) else { return self.single() };
        let mut left = self.pairs(level + 1)?;
        while let Some(mark) = marks.iter().find(|mark| self.take(mark)) {
            left = Expr::Pair(mark, Box::new(left), Box::new(self.pairs(level + 1)?));
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Expr, String> {
        match self.peek() {
            Some(mark @ ('!' | '-')) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(self.wrong("too many levels"));
                }
                self.step(1);
                let inner = self.single()?;
                self.depth -= 1;
                Ok(Expr::Single(mark, Box::new(inner)))
            }
            _ => self.parts(),
        }
    }

    /// An operand, and the part of it that is meant.
    fn parts(&mut self) -> Result<Expr, String> {
        let mut of = self.operand()?;
        loop {
            if self.rest.starts_with('.') && !self.rest.starts_with("...") {
                self.step(1);
                of = Expr::Part(Box::new(of), Box::new(Expr::Known(self.word()?.into())));
            } else if self.rest.starts_with('[') {
                self.step(1);
                if self.take("*") {
                    return Err(self.wrong("[*] is not simulated by Drydock"));
                }
                of = Expr::Part(Box::new(of), Box::new(self.expression()?));
                self.expect("]")?;
            } else {
                return Ok(of);
            }
        }
    }

    fn operand(&mut self) -> Result<Expr, String> {
        match self.peek() {
            Some('"') => self.text(),
            Some('[') => self.list(),
            Some('{') => self.object(),
            Some('(') => {
                self.step(1);
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Some(c) if c.is_ascii_digit() => self.number(),
            Some('<') if self.rest.starts_with("<<") => self.heredoc(),
            _ => {
                let name = self.word()?;
                match name.as_str() {
                    "true" | "false" => Ok(Expr::Known((name == "true").into())),
                    "null" => Ok(Expr::Known(Value::Null)),
                    _ if self.rest.starts_with('(') => self.call(name),
                    _ => Ok(Expr::Name(name)),
                }
            }
        }
    }

    fn call(&mut self, name: String) -> Result<Expr, String> {
        self.step(1);
        let mut args = vec![];
        while !self.take(")") {
            args.push(self.expression()?);
            if self.take("...") {
                self.expect(")")?;
                return Ok(Expr::Call(name, args, true));
            }
            if !self.take(",") && self.peek() != Some(')') {
                return Err(self.wrong("\",\" or \")\" is expected"));
            }
        }
        Ok(Expr::Call(name, args, false))
    }

    fn number(&mut self) -> Result<Expr, String> {
        let len = self.rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(self.rest.len());
        let text = self.rest.get(..len).unwrap_or_default();
        let number = serde_json::from_str(text).map_err(|_| self.wrong(&format!("{} is no number", quote(text))))?;
        self.step(len);
        Ok(Expr::Known(number))
    }

    /// Whether a `for` stands here, which is taken then.
    fn is_for(&mut self) -> bool {
        self.skip();
        let after = self.rest.strip_prefix("for");
        let found = after.is_some_and(|rest| rest.starts_with(char::is_whitespace));
        if found {
            self.step(3);
        }
        found
    }

    /// The rest of a `for`, after that word.
    fn each(&mut self, object: bool) -> Result<Expr, String> {
        let first = self.word()?;
        let names = if self.take(",") { (Some(first), self.word()?) } else { (None, first) };
        if self.word()? != "in" {
            return Err(self.wrong("\"in\" is expected"));
        }
        let over = self.expression()?;
        self.expect(":")?;
        let mut result = self.expression()?;
        let mut key = None;
        if object {
            self.expect("=>")?;
            key = Some(result);
            result = self.expression()?;
        }
        self.skip();
        let condition = if self.rest.starts_with("if") && self.word()? == "if" { Some(self.expression()?) } else { None };
        self.expect(if object { "}" } else { "]" })?;
        Ok(Expr::Each(Box::new(Each { names, over, key, result, condition })))
    }

    fn list(&mut self) -> Result<Expr, String> {
        self.step(1);
        if self.is_for() {
            return self.each(false);
        }
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
        if self.is_for() {
            return self.each(true);
        }
        let mut entries = vec![];
        while !self.take("}") {
            let key = match self.peek() {
                Some('(') => self.operand()?,
                Some('"') => self.text()?,
                _ => Expr::Known(self.word()?.into()),
            };
            if !self.take("=") && !self.take(":") {
                return Err(self.wrong("\"=\" is expected"));
            }
            entries.push((key, self.expression()?));
            self.take(",");
        }
        Ok(Expr::Object(entries))
    }

    /// `<<END` or, without the blanks that all lines begin with, `<<-END`.
    fn heredoc(&mut self) -> Result<Expr, String> {
        let (line, after) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        let name = line.trim_start_matches("<<");
        let (indented, name) = name.strip_prefix('-').map_or((false, name), |name| (true, name));
        let name = name.trim();
        let mut lines = vec![];
        let mut taken = line.len() + 1;
        for text in after.split_inclusive('\n') {
            taken += text.len();
            if text.trim() == name {
                let blanks = |text: &&str| text.len() - text.trim_start_matches([' ', '\t']).len();
                let least = lines.iter().filter(|text: &&&str| !text.trim().is_empty()).map(blanks).min();
                let cut = least.filter(|_| indented).unwrap_or(0);
                let content: String = lines.iter().map(|text: &&str| text.get(cut..).unwrap_or("\n")).collect();
                let mut inner = Reader { rest: &content, line: self.line + 1, depth: self.depth };
                let found = inner.template(false)?;
                // The line feed after the end belongs to what follows.
                self.step(taken - usize::from(text.ends_with('\n')));
                return Ok(found);
            }
            lines.push(text);
        }
        Err(self.wrong("a here-document without its end"))
    }

    /// A text in double quotes.
    fn text(&mut self) -> Result<Expr, String> {
        self.step(1);
        self.template(true)
    }

    /// A text with `${…}` in it: to its closing quote, or to the end.
    fn template(&mut self, quoted: bool) -> Result<Expr, String> {
        let (mut parts, mut plain) = (vec![], String::new());
        loop {
            let Some(c) = self.rest.chars().next().filter(|c| !quoted || *c != '\n') else {
                if !quoted {
                    break;
                }
                return Err(self.wrong("a text without its end"));
            };
            if let Some(escape) = ["$${", "%%{"].iter().find(|e| self.rest.starts_with(**e)) {
                plain.push_str(&escape[1..]);
                self.step(3);
                continue;
            }
            if self.rest.starts_with("%{") {
                return Err(self.wrong("a %{…} in a text is not simulated by Drydock"));
            }
            if self.rest.starts_with("${") {
                self.step(2);
                if !plain.is_empty() {
                    parts.push(Expr::Known(std::mem::take(&mut plain).into()));
                }
                parts.push(self.expression()?);
                self.expect("}")?;
                continue;
            }
            self.step(c.len_utf8());
            match c {
                '"' if quoted => break,
                '\\' if quoted => {
                    let next = self.rest.chars().next().unwrap_or('\\');
                    self.step(next.len_utf8());
                    plain.push(match next {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        other => other,
                    });
                }
                _ => plain.push(c),
            }
        }
        if parts.is_empty() {
            return Ok(Expr::Known(plain.into()));
        }
        if !plain.is_empty() {
            parts.push(Expr::Known(plain.into()));
        }
        // A text that is nothing but one expression is what that comes to.
        if let ([_], true) = (parts.as_slice(), quoted) {
            return Ok(parts.remove(0));
        }
        Ok(Expr::Text(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::super::hcl_value::{Scope, value};
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn values() {
        let names = [("TAG", Value::from("v1")), ("ON", Value::from(true)), ("L", serde_json::json!(["a", "b"]))];
        let scope = Scope {
            names: names.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            functions: BTreeMap::new(),
        };
        for (text, want) in [
            ("x = \"a:${TAG}-$${b}\"", "\"a:v1-${b}\""),
            ("x = [1, \"two\", true,] # remark", "[1,\"two\",true]"),
            ("x = { a = TAG, \"b\": null, (TAG) = -1 }", "{\"a\":\"v1\",\"b\":null,\"v1\":-1}"),
            ("x = TAG == \"v1\" ? \"yes\" : \"no\"", "\"yes\""),
            ("x = ON ? [TAG] : []", "[\"v1\"]"),
            ("x = 1 + 2 * 3 - 4 / 2", "5"),
            ("x = !ON || 2 >= 1 && TAG != \"v2\"", "true"),
            ("x = \"${ON}\"", "true"),
            ("x = L[1]", "\"b\""),
            ("x = {a = {b = 7}}.a[\"b\"] % 4", "3"),
            ("x = [for i, l in L : \"${i}${upper(l)}\" if l != \"a\"]", "[\"1B\"]"),
            ("x = {for l in L : l => length(l)}", "{\"a\":1,\"b\":1}"),
            ("x = join(\",\", concat(L, [TAG]))", "\"a,b,v1\""),
            ("x = max([3, 5]...)", "5"),
            ("x = <<-EOT\n    a ${TAG}\n      b\n  EOT\ny = 1", "\"a v1\\n  b\\n\""),
        ] {
            let (_, attributes) = read(text).unwrap();
            assert_eq!(value(&attributes[0].1, &scope).unwrap().to_string(), want, "{text}");
        }
        let (blocks, _) = read("target \"app\" {\n  tags = [\"a\"]\n}\ngroup \"default\" { targets = [\"app\"] }").unwrap();
        assert_eq!((blocks.len(), blocks[0].label.as_str(), blocks[1].kind.as_str()), (2, "app", "group"));
        for (text, want) in [
            ("\nx = \"a", "line 2: a text without its end"),
            ("target \"a\" {\n b {} }", "line 2: the block b is not simulated by Drydock"),
        ] {
            assert_eq!(read(text), Err(want.to_owned()), "{text}");
        }
        let (_, attributes) = read("x = f(1)").unwrap();
        assert_eq!(value(&attributes[0].1, &scope), Err("there is no function named \"f\"".to_owned()));
        assert!(value(&Expr::Name("NO".into()), &scope).is_err());
    }
}
