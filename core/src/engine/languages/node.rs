//! `node [--version] [-e CODE] [-p CODE] [SCRIPT [ARG…]]`: a little JavaScript. Simulated are `console.log`,
//! `console.error` and `process.exit` over texts, numbers, `process.env`, `process.argv`, templates and `+`.
//! A script with anything else is refused in one sentence before any of it runs.
//!
//! Exit status: what `process.exit` says; 1 where the script is missing or refused.

use crate::kernel::{Applet, Stop, Sys};

/// `node`.
pub const APPLETS: &[Applet] = &[Applet::main("node", node)];

/// How deep templates may nest.
const DEPTH: u32 = 20;

/// A statement of a script.
enum Statement {
    Print { error: bool, args: Vec<Value> },
    Exit(i32),
}

/// A value, known at once since scripts have no variables.
#[derive(Clone)]
enum Value {
    Text(String),
    Number(f64),
    Undefined,
}

fn node(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let version = sys.env("NODE_VERSION").unwrap_or_else(|| "18.13.0".into());
    let args = sys.args();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let (code, printed) = match words.as_slice() {
        ["--version" | "-v", ..] => {
            sys.print(&format!("v{version}\n"));
            return Ok(0);
        }
        ["-e" | "--eval", code, ..] => ((*code).to_string(), false),
        ["-p" | "--print" | "-pe", code, ..] => ((*code).to_string(), true),
        [] | ["-", ..] => (String::from_utf8_lossy(&sys.stdin_to_end()?).into_owned(), false),
        [option, ..] if option.starts_with('-') => return Ok(refuse(sys)),
        [script, ..] => match load(sys, script) {
            Some(code) => (code, false),
            None => return Ok(missing(sys, script, &version)),
        },
    };
    let code = if printed { format!("console.log({})", code.trim().trim_end_matches(';')) } else { code };
    let mut parser = Parser { sys, rest: &code, depth: 0 };
    match parser.script() {
        Some(statements) => Ok(run(sys, statements)),
        None => Ok(refuse(sys)),
    }
}

fn run(sys: &mut Sys<'_>, statements: Vec<Statement>) -> i32 {
    for statement in statements {
        match statement {
            Statement::Print { error, args } => {
                let line = args.iter().map(shown).collect::<Vec<_>>().join(" ") + "\n";
                sys.write(if error { 2 } else { 1 }, line.as_bytes());
            }
            Statement::Exit(code) => return code,
        }
    }
    0
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Undefined => "undefined".into(),
    }
}

fn refuse(sys: &mut Sys<'_>) -> i32 {
    sys.eprint("drydock: this JavaScript is not simulated\n");
    1
}

fn load(sys: &mut Sys<'_>, script: &str) -> Option<String> {
    let found = ["", ".js", "/index.js"].iter().find_map(|end| sys.read_file(&format!("{script}{end}")).ok())?;
    Some(String::from_utf8_lossy(&found).into_owned())
}

fn missing(sys: &mut Sys<'_>, script: &str, version: &str) -> i32 {
    let cwd = sys.cwd();
    let script = script.strip_prefix("./").unwrap_or(script);
    let path =
        if script.starts_with('/') { script.to_string() } else { format!("{}/{script}", cwd.trim_end_matches('/')) };
    sys.eprint(&format!(
        "node:internal/modules/cjs/loader\n  throw err;\n  ^\n\nError: Cannot find module '{path}'\n  code: \
         'MODULE_NOT_FOUND',\n  requireStack: []\n}}\n\nNode.js v{version}\n"
    ));
    1
}

/// Reads a script; `None` where it holds what is not simulated.
struct Parser<'a, 'b, 'c> {
    sys: &'a mut Sys<'b>,
    rest: &'c str,
    depth: u32,
}

impl Parser<'_, '_, '_> {
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            match self.rest.strip_prefix("//") {
                Some(comment) => self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest),
                None => return,
            }
        }
    }

    fn take(&mut self, word: &str) -> bool {
        self.skip();
        let Some(rest) = self.rest.strip_prefix(word) else { return false };
        self.rest = rest;
        true
    }

    fn script(&mut self) -> Option<Vec<Statement>> {
        let mut out = vec![];
        loop {
            while self.take(";") {}
            if self.rest.is_empty() {
                return Some(out);
            }
            out.push(self.statement()?);
        }
    }

    fn statement(&mut self) -> Option<Statement> {
        if self.take("process.exit") {
            let code = match self.arguments()?.as_slice() {
                [] => 0,
                [Value::Number(code)] => *code as i32,
                _ => return None,
            };
            return Some(Statement::Exit(code));
        }
        let error = self.take("console.error") || self.take("console.warn");
        if !error && !self.take("console.log") && !self.take("console.info") {
            return None;
        }
        Some(Statement::Print { error, args: self.arguments()? })
    }

    fn arguments(&mut self) -> Option<Vec<Value>> {
        if !self.take("(") {
            return None;
        }
        let mut out = vec![];
        while !self.take(")") {
            out.push(self.sum()?);
            if !self.take(",") && !self.rest.trim_start().starts_with(')') {
                return None;
            }
        }
        Some(out)
    }

    fn sum(&mut self) -> Option<Value> {
        let mut left = self.term()?;
        while self.take("+") {
            let right = self.term()?;
            left = match (&left, &right) {
                (Value::Number(a), Value::Number(b)) => Value::Number(a + b),
                _ => Value::Text(shown(&left) + &shown(&right)),
            };
        }
        Some(left)
    }

    fn term(&mut self) -> Option<Value> {
        self.skip();
        match self.rest.chars().next()? {
            quote @ ('\'' | '"') => self.text(quote).map(Value::Text),
            '`' => self.template().map(Value::Text),
            c if c.is_ascii_digit() => {
                let end = self.rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(self.rest.len());
                let number = self.rest[..end].parse().ok()?;
                self.rest = &self.rest[end..];
                Some(Value::Number(number))
            }
            _ => self.known(),
        }
    }

    fn known(&mut self) -> Option<Value> {
        if self.take("process.env.") {
            let name = self.name();
            return Some(self.sys.env(&name).map_or(Value::Undefined, Value::Text));
        }
        if self.take("process.version") {
            return Some(Value::Text(format!("v{}", self.sys.env("NODE_VERSION").unwrap_or_default())));
        }
        if self.take("process.cwd()") {
            return Some(Value::Text(self.sys.cwd()));
        }
        if self.take("process.pid") {
            return Some(Value::Number(f64::from(self.sys.vpid())));
        }
        None
    }

    fn name(&mut self) -> String {
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let name = self.rest[..end].to_string();
        self.rest = &self.rest[end..];
        name
    }

    fn text(&mut self, quote: char) -> Option<String> {
        let mut out = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.rest = &self.rest[at + c.len_utf8()..];
                    return Some(out);
                }
                '\\' => out.push(escaped(chars.next()?.1)),
                c => out.push(c),
            }
        }
        None
    }

    fn template(&mut self) -> Option<String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut out = String::new();
        self.rest = self.rest.get(1..)?;
        loop {
            if let Some(rest) = self.rest.strip_prefix("${") {
                self.rest = rest;
                let value = self.sum()?;
                out.push_str(&shown(&value));
                if !self.take("}") {
                    return None;
                }
                continue;
            }
            let mut chars = self.rest.chars();
            let c = chars.next()?;
            match c {
                '`' => {
                    self.rest = chars.as_str();
                    self.depth -= 1;
                    return Some(out);
                }
                '\\' => out.push(escaped(chars.next()?)),
                c => out.push(c),
            }
            self.rest = chars.as_str();
        }
    }
}

fn escaped(c: char) -> char {
    match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        other => other,
    }
}
