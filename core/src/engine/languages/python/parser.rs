//! Python's grammar, as far as it is simulated.

use super::lexer::{Token, tokens};
use crate::engine::languages::ast::{Expr, Func, Kind, Stmt};
use crate::engine::languages::value::Value;
use std::sync::Arc;

/// How deep a script may nest.
const MAX_DEPTH: usize = 30;

/// The line and what is wrong.
pub type Wrong = (usize, String);

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    depth: usize,
}

/// Reads a script.
///
/// # Errors
/// The line and what is wrong.
pub fn parse(source: &str) -> Result<Vec<Stmt>, Wrong> {
    let mut p = Parser { tokens: tokens(source)?, at: 0, depth: 0 };
    let mut out = vec![];
    while *p.peek() != Token::End {
        if *p.peek() == Token::Indent {
            return Err((p.line(), "unexpected indent".into()));
        }
        p.statement(&mut out)?;
    }
    Ok(out)
}

fn expression(source: &str, line: usize) -> Result<Expr, Wrong> {
    let mut p = Parser { tokens: tokens(source)?, at: 0, depth: 0 };
    p.exprs().map_err(|(_, e)| (line, e))
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |t| &t.0)
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |t| t.1)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn op(&mut self, op: &str) -> bool {
        let hit = matches!(self.peek(), Token::Op(o) if *o == op);
        self.at += usize::from(hit);
        hit
    }

    fn word(&mut self, word: &str) -> bool {
        let hit = matches!(self.peek(), Token::Name(n) if n == word);
        self.at += usize::from(hit);
        hit
    }

    fn wrong<T>(&self) -> Result<T, Wrong> {
        Err((self.line(), "invalid syntax".into()))
    }

    fn need(&mut self, op: &str) -> Result<(), Wrong> {
        if self.op(op) { Ok(()) } else { self.wrong() }
    }

    fn name(&mut self) -> Result<String, Wrong> {
        match self.next() {
            Token::Name(name) => Ok(name),
            _ => {
                self.at -= 1;
                self.wrong()
            }
        }
    }

    fn dotted(&mut self) -> Result<String, Wrong> {
        let mut name = self.name()?;
        while self.op(".") {
            name = format!("{name}.{}", self.name()?);
        }
        Ok(name)
    }

    fn block(&mut self) -> Result<Vec<Stmt>, Wrong> {
        self.need(":")?;
        let mut out = vec![];
        if *self.peek() != Token::Newline {
            self.statement(&mut out)?;
            return Ok(out);
        }
        self.at += 1;
        if *self.peek() != Token::Indent {
            return Err((self.line(), "expected an indented block".into()));
        }
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.wrong();
        }
        while !matches!(self.peek(), Token::Dedent | Token::End) {
            self.statement(&mut out)?;
        }
        self.at += 1;
        self.depth -= 1;
        Ok(out)
    }

    fn statement(&mut self, out: &mut Vec<Stmt>) -> Result<(), Wrong> {
        let line = self.line();
        let word = match self.peek() {
            Token::Name(name) => name.clone(),
            Token::Op("@") => "@".to_string(),
            _ => String::new(),
        };
        let compound = matches!(word.as_str(), "if" | "while" | "for" | "def" | "@" | "try" | "with");
        if compound {
            let kind = self.compound(&word)?;
            out.push(Stmt { line, kind });
            return Ok(());
        }
        loop {
            self.simple(out)?;
            if !self.op(";") || *self.peek() == Token::Newline {
                break;
            }
        }
        if *self.peek() == Token::Newline {
            self.at += 1;
            return Ok(());
        }
        self.wrong()
    }

    fn compound(&mut self, word: &str) -> Result<Kind, Wrong> {
        self.at += usize::from(word != "@");
        Ok(match word {
            "if" => self.branch()?,
            "while" => Kind::While(self.expr()?, self.block()?),
            "for" => {
                let target = self.targets()?;
                if !self.word("in") {
                    return self.wrong();
                }
                Kind::For(target, self.exprs()?, self.block()?)
            }
            "try" => self.attempt()?,
            "with" => {
                let value = self.expr()?;
                let name = if self.word("as") { Some(self.name()?) } else { None };
                Kind::With(value, name, self.block()?)
            }
            _ => {
                let mut decorators = vec![];
                while self.op("@") {
                    decorators.push(self.expr()?);
                    self.at += 1;
                }
                if word == "@" && !self.word("def") {
                    return Err((self.line(), "drydock: decorated classes".into()));
                }
                let name = self.name()?;
                self.need("(")?;
                let params = self.params(")")?;
                if self.op("->") {
                    self.expr()?;
                }
                Kind::Def(Arc::new(Func { name, params, body: self.block()? }), decorators)
            }
        })
    }

    fn branch(&mut self) -> Result<Kind, Wrong> {
        let (condition, then) = (self.expr()?, self.block()?);
        let line = self.line();
        let otherwise = if self.word("elif") {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return self.wrong();
            }
            let kind = self.branch()?;
            self.depth -= 1;
            vec![Stmt { line, kind }]
        } else if self.word("else") {
            self.block()?
        } else {
            vec![]
        };
        Ok(Kind::If(condition, then, otherwise))
    }

    fn attempt(&mut self) -> Result<Kind, Wrong> {
        let body = self.block()?;
        let mut handlers = vec![];
        while self.word("except") {
            let mut kind = None;
            if !matches!(self.peek(), Token::Op(":")) {
                kind = Some(if self.op("(") {
                    let mut names = vec![self.dotted()?];
                    while self.op(",") {
                        names.push(self.dotted()?);
                    }
                    self.need(")")?;
                    names.join("|")
                } else {
                    self.dotted()?
                });
            }
            let name = if self.word("as") { Some(self.name()?) } else { None };
            handlers.push((kind, name, self.block()?));
        }
        let last = if self.word("finally") { self.block()? } else { vec![] };
        if handlers.is_empty() && last.is_empty() { self.wrong() } else { Ok(Kind::Try(body, handlers, last)) }
    }

    fn params(&mut self, end: &str) -> Result<Vec<(String, Option<Expr>)>, Wrong> {
        let mut params = vec![];
        while !self.op(end) {
            let name = self.name()?;
            if end == ")" && self.op(":") {
                self.expr()?;
            }
            let default = if self.op("=") { Some(self.expr()?) } else { None };
            params.push((name, default));
            if !self.op(",") {
                self.need(end)?;
                break;
            }
        }
        Ok(params)
    }

    fn simple(&mut self, out: &mut Vec<Stmt>) -> Result<(), Wrong> {
        let line = self.line();
        let word = if let Token::Name(name) = self.peek() { name.clone() } else { String::new() };
        let ends = |p: &Self| matches!(p.peek(), Token::Newline | Token::Op(";"));
        let mut push = |kind| out.push(Stmt { line, kind });
        self.at += 1;
        match word.as_str() {
            "pass" => push(Kind::Pass),
            "break" => push(Kind::Break),
            "continue" => push(Kind::Continue),
            "return" => push(Kind::Return(if ends(self) { None } else { Some(self.exprs()?) })),
            "raise" => push(Kind::Raise(if ends(self) { None } else { Some(self.expr()?) })),
            "global" | "nonlocal" => {
                let mut names = vec![self.name()?];
                while self.op(",") {
                    names.push(self.name()?);
                }
                push(Kind::Global(names));
            }
            "import" => loop {
                let module = self.dotted()?;
                let first = module.split('.').next().unwrap_or("").to_string();
                let name = if self.word("as") { self.name()? } else { first };
                push(Kind::Import(module, name));
                if !self.op(",") {
                    break;
                }
            },
            "from" => {
                let module = self.dotted()?;
                if !self.word("import") {
                    return self.wrong();
                }
                let bracket = self.op("(");
                let mut names = vec![];
                loop {
                    let name = self.name()?;
                    let here = if self.word("as") { self.name()? } else { name.clone() };
                    names.push((name, here));
                    if !self.op(",") {
                        break;
                    }
                }
                if bracket {
                    self.need(")")?;
                }
                push(Kind::From(module, names));
            }
            "class" | "async" | "await" | "yield" | "del" | "assert" | "match" if !matches!(self.peek(), Token::Op(_)) => {
                return Err((line, format!("drydock: {word}")));
            }
            _ => {
                self.at -= 1;
                let kind = self.assignment()?;
                push(kind);
            }
        }
        Ok(())
    }

    fn assignment(&mut self) -> Result<Kind, Wrong> {
        let target = self.exprs()?;
        if self.op(":") {
            self.expr()?;
        }
        for op in ["+=", "-=", "*=", "/=", "//=", "%=", "**="] {
            if self.op(op) {
                return Ok(Kind::Assign(target, op.trim_end_matches('=').into(), self.exprs()?));
            }
        }
        if self.op("=") {
            let value = self.exprs()?;
            if matches!(self.peek(), Token::Op("=")) {
                return Err((self.line(), "drydock: chained assignment".into()));
            }
            return Ok(Kind::Assign(target, String::new(), value));
        }
        Ok(Kind::Expr(target))
    }

    /// `a` or `a, b`.
    fn exprs(&mut self) -> Result<Expr, Wrong> {
        let first = self.expr()?;
        if !matches!(self.peek(), Token::Op(",")) {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.op(",") {
            if matches!(self.peek(), Token::Newline | Token::Op(")" | "=" | "]")) {
                break;
            }
            all.push(self.expr()?);
        }
        Ok(Expr::Tuple(all))
    }

    fn targets(&mut self) -> Result<Expr, Wrong> {
        let mut all = vec![self.postfix()?];
        while self.op(",") {
            all.push(self.postfix()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expr::Tuple(all) })
    }

    fn expr(&mut self) -> Result<Expr, Wrong> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err((self.line(), "too many nested parentheses".into()));
        }
        let result = self.ternary();
        self.depth -= 1;
        result
    }

    fn ternary(&mut self) -> Result<Expr, Wrong> {
        if self.word("lambda") {
            let params = self.params(":")?;
            let line = self.line();
            let kind = Kind::Return(Some(self.expr()?));
            return Ok(Expr::Lambda(Arc::new(Func { name: "<lambda>".into(), params, body: vec![Stmt { line, kind }] })));
        }
        let value = self.binary(0)?;
        if !self.word("if") {
            return Ok(value);
        }
        let condition = self.binary(0)?;
        if !self.word("else") {
            return self.wrong();
        }
        Ok(Expr::Cond(Box::new(condition), Box::new(value), Box::new(self.expr()?)))
    }

    /// Operators by how they bind: `or`, `and`, `not`, comparisons, sums, products.
    fn binary(&mut self, level: usize) -> Result<Expr, Wrong> {
        const LEVELS: &[&[&str]] = &[
            &["or"],
            &["and"],
            &[],
            &["==", "!=", "<=", ">=", "<", ">", "in", "not", "is"],
            &["+", "-"],
            &["*", "//", "/", "%"],
        ];
        let Some(ops) = LEVELS.get(level) else { return self.unary() };
        if level == 2 {
            if self.word("not") {
                return Ok(Expr::Unary("not".into(), Box::new(self.binary(3)?)));
            }
            return self.binary(3);
        }
        let mut left = self.binary(level + 1)?;
        loop {
            let Some(op) = ops.iter().find(|op| self.op(op) || self.word(op)) else { return Ok(left) };
            let mut op = (*op).to_string();
            if op == "not" {
                if !self.word("in") {
                    return self.wrong();
                }
                op = "not in".into();
            } else if op == "is" && self.word("not") {
                op = "!=".into();
            } else if op == "is" {
                op = "==".into();
            }
            left = Expr::Binary(op, Box::new(left), Box::new(self.binary(level + 1)?));
        }
    }

    fn unary(&mut self) -> Result<Expr, Wrong> {
        if self.op("-") {
            return Ok(Expr::Unary("-".into(), Box::new(self.postfix()?)));
        }
        let base = self.postfix()?;
        if self.op("**") {
            return Ok(Expr::Binary("**".into(), Box::new(base), Box::new(self.postfix()?)));
        }
        Ok(base)
    }

    fn postfix(&mut self) -> Result<Expr, Wrong> {
        let mut value = self.atom()?;
        loop {
            if self.op(".") {
                value = Expr::Attr(Box::new(value), self.name()?);
            } else if self.op("(") {
                value = self.call(value)?;
            } else if self.op("[") {
                let from = if matches!(self.peek(), Token::Op(":")) { None } else { Some(Box::new(self.exprs()?)) };
                if self.op(":") {
                    let to = if matches!(self.peek(), Token::Op("]")) { None } else { Some(Box::new(self.expr()?)) };
                    value = Expr::Slice(Box::new(value), from, to);
                } else if let Some(index) = from {
                    value = Expr::Index(Box::new(value), index);
                }
                self.need("]")?;
            } else {
                return Ok(value);
            }
        }
    }

    fn call(&mut self, callee: Expr) -> Result<Expr, Wrong> {
        let (mut args, mut named) = (vec![], vec![]);
        while !self.op(")") {
            let is_named = matches!(self.peek(), Token::Name(_))
                && matches!(self.tokens.get(self.at + 1), Some((Token::Op("="), _)));
            if is_named {
                let name = self.name()?;
                self.need("=")?;
                named.push((name, self.expr()?));
            } else {
                let value = self.expr()?;
                args.push(self.comprehension(value)?);
            }
            if !self.op(",") {
                self.need(")")?;
                break;
            }
        }
        Ok(Expr::Call(Box::new(callee), args, named))
    }

    fn comprehension(&mut self, element: Expr) -> Result<Expr, Wrong> {
        if !self.word("for") {
            return Ok(element);
        }
        let target = self.targets()?;
        if !self.word("in") {
            return self.wrong();
        }
        let iter = self.binary(0)?;
        let condition = if self.word("if") { Some(Box::new(self.binary(0)?)) } else { None };
        Ok(Expr::Comp(Box::new(element), Box::new(target), Box::new(iter), condition))
    }

    fn atom(&mut self) -> Result<Expr, Wrong> {
        let line = self.line();
        Ok(match self.next() {
            Token::Number(text) => Expr::Const(match text.parse::<i64>() {
                Ok(n) => Value::Int(n),
                Err(_) => Value::Float(text.parse().map_err(|_| (line, "invalid decimal literal".to_string()))?),
            }),
            Token::Text(mut text, formatted) => {
                if formatted {
                    return format_parts(&text, line);
                }
                while let Token::Text(more, false) = self.peek() {
                    text.push_str(more);
                    self.at += 1;
                }
                Expr::Const(Value::Str(text))
            }
            Token::Name(name) => match name.as_str() {
                "True" => Expr::Const(Value::Bool(true)),
                "False" => Expr::Const(Value::Bool(false)),
                "None" => Expr::Const(Value::None),
                _ => Expr::Name(name),
            },
            Token::Op("(") => {
                if self.op(")") {
                    return Ok(Expr::Tuple(vec![]));
                }
                let value = self.exprs()?;
                let value = self.comprehension(value)?;
                self.need(")")?;
                value
            }
            Token::Op("[") => self.list()?,
            Token::Op("{") => {
                let mut items = vec![];
                while !self.op("}") {
                    let key = self.expr()?;
                    self.need(":")?;
                    items.push((key, self.expr()?));
                    if !self.op(",") {
                        self.need("}")?;
                        break;
                    }
                }
                Expr::Dict(items)
            }
            _ => return Err((line, "invalid syntax".into())),
        })
    }

    fn list(&mut self) -> Result<Expr, Wrong> {
        let mut items = vec![];
        while !self.op("]") {
            let item = self.expr()?;
            let item = self.comprehension(item)?;
            if matches!(item, Expr::Comp(..)) {
                self.need("]")?;
                return Ok(item);
            }
            items.push(item);
            if !self.op(",") {
                self.need("]")?;
                break;
            }
        }
        Ok(Expr::List(items))
    }
}

/// The parts of an f-string.
fn format_parts(text: &str, line: usize) -> Result<Expr, Wrong> {
    let mut parts = vec![];
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        plain.push_str(&rest[..at]);
        let tail = &rest[at..];
        if tail.starts_with("{{") || tail.starts_with("}}") {
            plain.push_str(&tail[..1]);
            rest = &tail[2..];
            continue;
        }
        let end = tail.find('}').ok_or((line, "f-string: expecting '}'".to_string()))?;
        let inner = tail.get(1..end).unwrap_or("");
        let split = inner.rfind(':').filter(|at| !inner[*at..].contains([']', ')', '"', '\'']));
        let (code, spec) = split.map_or((inner, ""), |at| (&inner[..at], &inner[at + 1..]));
        parts.push((Expr::Const(Value::Str(std::mem::take(&mut plain))), String::new()));
        parts.push((expression(code, line)?, spec.to_string()));
        rest = &tail[end + 1..];
    }
    plain.push_str(rest);
    parts.push((Expr::Const(Value::Str(plain)), String::new()));
    Ok(Expr::Format(parts))
}
