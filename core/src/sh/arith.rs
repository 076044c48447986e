//! Arithmetic: expressions of C on 64-bit integers, parsed once and evaluated over a shell's variables.

use super::voice::Voice;
use super::word::is_name_char;
use std::sync::Arc;

/// How deep parentheses and operators may nest, and how often a variable may refer to another expression.
const MAX_DEPTH: u32 = 100;
const MAX_REFERENCES: u32 = 32;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    Number(i64),
    Cell(Cell),
    Unary(&'static str, Box<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>, String),
    Choose(Box<Expr>, Box<Expr>, Box<Expr>),
    /// With the operator before the `=`, empty for plain assignment.
    Assign(Cell, &'static str, Box<Expr>),
    /// By how much, and whether the old value is the result.
    Step(Cell, i64, bool),
}

/// A variable or an element of an array, the subscript also as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub name: Arc<str>,
    pub index: Option<(Box<Expr>, String)>,
}

/// The variables an expression reads and writes.
pub trait Cells {
    /// The text of a variable; `None` where it is not set. The subscript as a number and as written.
    fn read(&self, name: &str, index: Option<(i64, &str)>) -> Option<String>;
    /// The value where it is held as a number, without going through text.
    fn number(&self, name: &str) -> Option<i64>;
    /// Sets one; an error is the whole complaint.
    fn write(&mut self, name: &str, index: Option<(i64, &str)>, value: i64) -> Result<(), String>;
    /// True for an array whose subscripts are texts.
    fn is_map(&self, name: &str) -> bool;
    /// True under `set -u`.
    fn strict(&self) -> bool;
}

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// An operand is missing before this rest of the text.
    Operand(String),
    /// An operator is missing before it.
    Operator(String),
    /// Something cannot be assigned to.
    Target(String),
    /// A closing parenthesis is missing.
    Paren(String),
    /// Digits that do not fit the base.
    Base(String),
    /// Division; the divisor as written.
    Zero(String),
    /// A negative power.
    Power(String),
    Deep,
    Unset(String),
    Told(String),
}

impl Mistake {
    /// The complaint after the shell's name and line.
    pub fn text(&self, voice: Voice, expression: &str) -> String {
        if let Mistake::Told(text) = self {
            return text.clone();
        }
        let shown = expression.trim_start();
        match voice {
            Voice::Bash | Voice::Gnu => {
                let (what, token) = match self {
                    Mistake::Operand(t) => ("syntax error: operand expected", t.as_str()),
                    Mistake::Operator(t) => ("syntax error in expression", t.as_str()),
                    Mistake::Target(t) => ("attempted assignment to non-variable", t.as_str()),
                    Mistake::Paren(t) => ("missing `)'", t.as_str()),
                    Mistake::Base(t) => ("value too great for base", t.as_str()),
                    Mistake::Zero(t) => ("division by 0", t.as_str()),
                    Mistake::Power(t) => ("exponent less than 0", t.as_str()),
                    Mistake::Unset(name) => return format!("{name}: unbound variable"),
                    Mistake::Deep | Mistake::Told(_) => ("expression recursion level exceeded", shown),
                };
                // Where the text has ended: what stands after its last name or number.
                let last = shown.trim_end().rsplit(is_name_char).next().unwrap_or("").trim_start();
                let token = if token.is_empty() { last } else { token };
                format!("{shown}: {what} (error token is \"{token}\")")
            }
            Voice::Dash => {
                let what = match self {
                    Mistake::Operand(_) => "expecting primary",
                    Mistake::Paren(_) => "expecting ')'",
                    Mistake::Zero(_) => "division by zero",
                    Mistake::Unset(name) => return format!("{name}: parameter not set"),
                    _ => "expecting EOF",
                };
                format!("arithmetic expression: {what}: \"{expression}\"")
            }
            Voice::Ash => match self {
                Mistake::Zero(_) => "divide by zero".to_string(),
                Mistake::Power(_) => "exponent less than 0".to_string(),
                Mistake::Unset(name) => format!("{name}: parameter not set"),
                Mistake::Deep => "expression recursion loop detected".to_string(),
                _ => "arithmetic syntax error".to_string(),
            },
        }
    }
}

/// Parses an expression; an empty text is 0. dash has neither powers nor steps nor commas.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str, voice: Voice) -> Result<Expr, Mistake> {
    let mut p = Parser { text, pos: 0, depth: 0, voice };
    p.blanks();
    if p.rest().is_empty() {
        return Ok(Expr::Number(0));
    }
    let expr = p.comma()?;
    p.blanks();
    if p.rest().is_empty() { Ok(expr) } else { Err(Mistake::Operator(p.rest().to_string())) }
}

/// Parses and evaluates a text.
///
/// # Errors
/// As [`parse`], and divisions by zero, variables that cannot be set and the like.
pub fn evaluate(text: &str, voice: Voice, cells: &mut dyn Cells) -> Result<i64, Mistake> {
    eval(&parse(text, voice)?, cells, 0)
}

/// Evaluates a parsed expression.
///
/// # Errors
/// Divisions by zero, variables that cannot be set and the like.
pub fn eval(expr: &Expr, cells: &mut dyn Cells, level: u32) -> Result<i64, Mistake> {
    match expr {
        Expr::Number(n) => Ok(*n),
        Expr::Cell(cell) => read(cell, cells, level),
        Expr::Unary(op, operand) => {
            let n = eval(operand, cells, level)?;
            Ok(match *op {
                "-" => n.wrapping_neg(),
                "!" => i64::from(n == 0),
                "~" => !n,
                _ => n,
            })
        }
        Expr::Binary("&&", l, r, _) => {
            Ok(i64::from(eval(l, cells, level)? != 0 && eval(r, cells, level)? != 0))
        }
        Expr::Binary("||", l, r, _) => {
            Ok(i64::from(eval(l, cells, level)? != 0 || eval(r, cells, level)? != 0))
        }
        Expr::Binary(op, l, r, token) => {
            let (l, r) = (eval(l, cells, level)?, eval(r, cells, level)?);
            apply(op, l, r, token)
        }
        Expr::Choose(condition, yes, no) => {
            let chosen = if eval(condition, cells, level)? != 0 { yes } else { no };
            eval(chosen, cells, level)
        }
        Expr::Assign(cell, op, value) => {
            let value = if op.is_empty() {
                eval(value, cells, level)?
            } else {
                let old = read(cell, cells, level)?;
                apply(op, old, eval(value, cells, level)?, "0")?
            };
            write(cell, value, cells, level)?;
            Ok(value)
        }
        Expr::Step(cell, by, post) => {
            let old = read(cell, cells, level)?;
            let new = old.wrapping_add(*by);
            write(cell, new, cells, level)?;
            Ok(if *post { old } else { new })
        }
    }
}

fn subscript(cell: &Cell, cells: &mut dyn Cells, level: u32) -> Result<Option<i64>, Mistake> {
    match &cell.index {
        None => Ok(None),
        Some(_) if cells.is_map(&cell.name) => Ok(Some(0)),
        Some((index, _)) => eval(index, cells, level).map(Some),
    }
}

fn read(cell: &Cell, cells: &mut dyn Cells, level: u32) -> Result<i64, Mistake> {
    if cell.index.is_none()
        && let Some(n) = cells.number(&cell.name)
    {
        return Ok(n);
    }
    let index = subscript(cell, cells, level)?;
    let key = index.zip(cell.index.as_ref().map(|(_, raw)| raw.as_str()));
    let Some(text) = cells.read(&cell.name, key) else {
        return if cells.strict() { Err(Mistake::Unset(cell.name.to_string())) } else { Ok(0) };
    };
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(0);
    }
    if !trimmed.starts_with('0')
        && let Ok(n) = trimmed.parse()
    {
        return Ok(n);
    }
    if level >= MAX_REFERENCES {
        return Err(Mistake::Deep);
    }
    eval(&parse(trimmed, Voice::Bash)?, cells, level + 1)
}

fn write(cell: &Cell, value: i64, cells: &mut dyn Cells, level: u32) -> Result<(), Mistake> {
    let index = subscript(cell, cells, level)?;
    let key = index.zip(cell.index.as_ref().map(|(_, raw)| raw.as_str()));
    cells.write(&cell.name, key, value).map_err(Mistake::Told)
}

fn apply(op: &str, l: i64, r: i64, token: &str) -> Result<i64, Mistake> {
    Ok(match op {
        "+" => l.wrapping_add(r),
        "-" => l.wrapping_sub(r),
        "*" => l.wrapping_mul(r),
        "/" | "%" if r == 0 => return Err(Mistake::Zero(token.to_string())),
        "/" => l.wrapping_div(r),
        "%" => l.wrapping_rem(r),
        "**" if r < 0 => return Err(Mistake::Power(token.to_string())),
        "**" => power(l, r),
        "<<" => l.wrapping_shl(r as u32),
        ">>" => l.wrapping_shr(r as u32),
        "&" => l & r,
        "|" => l | r,
        "^" => l ^ r,
        "==" => i64::from(l == r),
        "!=" => i64::from(l != r),
        "<" => i64::from(l < r),
        "<=" => i64::from(l <= r),
        ">" => i64::from(l > r),
        ">=" => i64::from(l >= r),
        _ => r,
    })
}

fn power(mut base: i64, mut exponent: i64) -> i64 {
    let mut result = 1i64;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent >>= 1;
    }
    result
}

/// Binary operators by how tightly they bind, loosest first.
const LEVELS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

const ASSIGNMENTS: [(&str, &str); 11] = [
    ("<<=", "<<"),
    (">>=", ">>"),
    ("+=", "+"),
    ("-=", "-"),
    ("*=", "*"),
    ("/=", "/"),
    ("%=", "%"),
    ("&=", "&"),
    ("|=", "|"),
    ("^=", "^"),
    ("=", ""),
];

struct Parser<'a> {
    text: &'a str,
    pos: usize,
    depth: u32,
    voice: Voice,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.pos..).unwrap_or("")
    }

    fn blanks(&mut self) {
        self.pos += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, text: &str) -> bool {
        self.blanks();
        let there = self.rest().starts_with(text);
        self.pos += if there { text.len() } else { 0 };
        there
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Mistake>) -> Result<T, Mistake> {
        if self.depth >= MAX_DEPTH {
            return Err(Mistake::Deep);
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn comma(&mut self) -> Result<Expr, Mistake> {
        let mut left = self.assignment()?;
        while self.voice != Voice::Dash && self.eat(",") {
            left = Expr::Binary(",", Box::new(left), Box::new(self.assignment()?), String::new());
        }
        Ok(left)
    }

    fn assignment(&mut self) -> Result<Expr, Mistake> {
        self.deeper(|p| {
            let left = p.choice()?;
            p.blanks();
            if p.rest().starts_with("==") {
                return Ok(left);
            }
            let found = ASSIGNMENTS.into_iter().find(|(text, _)| p.rest().starts_with(text));
            let Some((text, op)) = found else { return Ok(left) };
            let Expr::Cell(cell) = left else { return Err(Mistake::Target(p.rest().to_string())) };
            p.pos += text.len();
            Ok(Expr::Assign(cell, op, Box::new(p.assignment()?)))
        })
    }

    fn choice(&mut self) -> Result<Expr, Mistake> {
        let condition = self.binary(0)?;
        if !self.eat("?") {
            return Ok(condition);
        }
        let yes = self.deeper(Self::comma)?;
        if !self.eat(":") {
            return Err(Mistake::Operator(self.rest().to_string()));
        }
        let no = self.assignment()?;
        Ok(Expr::Choose(Box::new(condition), Box::new(yes), Box::new(no)))
    }

    fn operator(&mut self, level: usize) -> Option<&'static str> {
        self.blanks();
        let rest = self.rest();
        let op = LEVELS.get(level)?.iter().find(|op| rest.starts_with(**op))?;
        let next = rest.as_bytes().get(op.len()).copied();
        let taken = match (*op, next) {
            ("*", Some(b'*')) => self.voice != Voice::Dash,
            ("|", Some(b'|')) | ("&", Some(b'&')) => true,
            ("<", Some(b'<')) | (">", Some(b'>')) => true,
            ("==" | "!=" | "<=" | ">=" | "||" | "&&", _) => false,
            (_, Some(b'=')) => true,
            _ => false,
        };
        if taken {
            return None;
        }
        self.pos += op.len();
        Some(op)
    }

    fn binary(&mut self, level: usize) -> Result<Expr, Mistake> {
        if level == LEVELS.len() {
            return self.power();
        }
        let mut left = self.binary(level + 1)?;
        let mut count = 0;
        while let Some(op) = self.operator(level) {
            // A long chain is a deep tree.
            count += 1;
            if count > 1000 {
                return Err(Mistake::Deep);
            }
            self.blanks();
            let token = self.rest().to_string();
            let right = self.binary(level + 1)?;
            let token = if matches!(op, "/" | "%") { token } else { String::new() };
            left = Expr::Binary(op, Box::new(left), Box::new(right), token);
        }
        Ok(left)
    }

    fn power(&mut self) -> Result<Expr, Mistake> {
        let base = self.unary()?;
        if self.voice == Voice::Dash || !self.eat("**") {
            return Ok(base);
        }
        self.blanks();
        let token = self.rest().to_string();
        let exponent = self.deeper(Self::power)?;
        Ok(Expr::Binary("**", Box::new(base), Box::new(exponent), token))
    }

    fn steps(&self) -> &'static [(&'static str, i64)] {
        if self.voice == Voice::Dash { &[] } else { &[("++", 1), ("--", -1)] }
    }

    fn unary(&mut self) -> Result<Expr, Mistake> {
        for (text, by) in self.steps() {
            let at = self.pos;
            if self.eat(text) {
                self.blanks();
                let named = self.rest().starts_with(|c: char| is_name_char(c) && !c.is_ascii_digit());
                if named && let Expr::Cell(cell) = self.primary()? {
                    return Ok(Expr::Step(cell, *by, false));
                }
                self.pos = at;
            }
        }
        for op in ["-", "+", "!", "~"] {
            if self.eat(op) {
                return Ok(Expr::Unary(op, Box::new(self.deeper(Self::unary)?)));
            }
        }
        let operand = self.primary()?;
        if let Expr::Cell(cell) = &operand {
            for (text, by) in self.steps() {
                if self.eat(text) {
                    return Ok(Expr::Step(cell.clone(), *by, true));
                }
            }
        }
        Ok(operand)
    }

    fn primary(&mut self) -> Result<Expr, Mistake> {
        if self.eat("(") {
            let inner = self.deeper(Self::comma)?;
            return if self.eat(")") { Ok(inner) } else { Err(Mistake::Paren(self.rest().to_string())) };
        }
        self.blanks();
        match self.rest().chars().next() {
            Some(c) if c.is_ascii_digit() => self.number(),
            Some(c) if is_name_char(c) => {
                let len = self.rest().chars().take_while(|c| is_name_char(*c)).count();
                let name = Arc::from(self.rest().get(..len).unwrap_or(""));
                self.pos += len;
                let index = if self.rest().starts_with('[') { Some(self.subscript()?) } else { None };
                Ok(Expr::Cell(Cell { name, index }))
            }
            _ => Err(Mistake::Operand(self.rest().to_string())),
        }
    }

    fn subscript(&mut self) -> Result<(Box<Expr>, String), Mistake> {
        self.pos += 1;
        let mut depth = 0;
        let end = self.rest().char_indices().find(|(_, c)| {
            depth += match c {
                '[' => 1,
                ']' => -1,
                _ => 0,
            };
            depth < 0
        });
        let Some((len, _)) = end else { return Err(Mistake::Operand(self.rest().to_string())) };
        let raw = self.rest().get(..len).unwrap_or("").to_string();
        self.pos += len + 1;
        // A key of a map need not be an expression.
        let (depth, voice) = (self.depth, self.voice);
        let inner = self.deeper(|_| {
            let mut p = Parser { text: &raw, pos: 0, depth: depth + 1, voice };
            let expr = p.comma()?;
            p.blanks();
            if p.rest().is_empty() { Ok(expr) } else { Err(Mistake::Operator(p.rest().to_string())) }
        });
        Ok((Box::new(inner.unwrap_or(Expr::Number(0))), raw))
    }

    fn number(&mut self) -> Result<Expr, Mistake> {
        let word = |c: char| c.is_ascii_alphanumeric() || "#@_".contains(c);
        let len = self.rest().chars().take_while(|c| word(*c)).count();
        let text = self.rest().get(..len).unwrap_or("").to_string();
        self.pos += len;
        let (base, digits) = if let Some((base, digits)) = text.split_once('#') {
            (base.parse().ok().filter(|b| (2..=64).contains(b)).unwrap_or(0), digits)
        } else if let Some(hex) = text.strip_prefix("0x").or(text.strip_prefix("0X")) {
            (16, hex)
        } else if text.len() > 1 && text.starts_with('0') {
            (8, &text[1..])
        } else {
            (10, text.as_str())
        };
        let mut value = 0i64;
        for c in digits.chars() {
            let digit = match c {
                '0'..='9' => c as i64 - '0' as i64,
                'a'..='z' => c as i64 - 'a' as i64 + 10,
                'A'..='Z' if base <= 36 => c as i64 - 'A' as i64 + 10,
                'A'..='Z' => c as i64 - 'A' as i64 + 36,
                '@' => 62,
                _ => 63,
            };
            if digit >= base {
                return Err(Mistake::Base(text));
            }
            value = value.wrapping_mul(base).wrapping_add(digit);
        }
        Ok(Expr::Number(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    struct Map(BTreeMap<String, String>);

    impl Cells for Map {
        fn read(&self, name: &str, _: Option<(i64, &str)>) -> Option<String> {
            self.0.get(name).cloned()
        }
        fn number(&self, _: &str) -> Option<i64> {
            None
        }
        fn write(&mut self, name: &str, _: Option<(i64, &str)>, value: i64) -> Result<(), String> {
            self.0.insert(name.into(), value.to_string());
            Ok(())
        }
        fn is_map(&self, _: &str) -> bool {
            false
        }
        fn strict(&self) -> bool {
            false
        }
    }

    #[test]
    fn computes_as_c_does() {
        let mut cells =
            Map([("x".to_string(), "5".to_string()), ("e".to_string(), "x+1".to_string())].into());
        for (text, want) in [
            ("", 0),
            ("1+2*3", 7),
            ("(1+2)*3", 9),
            ("2**3**2", 512),
            ("-2**2", 4),
            ("x++ + ++x", 12),
            ("x", 7),
            ("e*2", 16),
            ("x=3,x+=4", 7),
            ("1<2 ? 10 : 20", 10),
            ("0x1f + 010 + 2#101", 44),
            ("!0 && ~0", 1),
            ("7 % 3 << 2", 4),
            ("5 >= 5 == 1", 1),
            ("1 ? 2 : 0 ? 3 : 4", 2),
            ("9223372036854775807 + 1", i64::MIN),
            ("- - 3", 3),
            ("nosuch", 0),
        ] {
            assert_eq!(evaluate(text, Voice::Bash, &mut cells), Ok(want), "{text}");
        }
        for text in ["1 +", "1 2", "(1", "5 = 3", "08", "1/0", "2 ** -1", "$"] {
            assert!(evaluate(text, Voice::Bash, &mut cells).is_err(), "{text}");
        }
        assert_eq!(evaluate(&"(".repeat(100_000), Voice::Bash, &mut cells), Err(Mistake::Deep));
        assert_eq!(evaluate(&"-".repeat(100_001), Voice::Bash, &mut cells), Err(Mistake::Deep));
    }

    #[test]
    fn mistakes_as_each_shell_words_them() {
        let mut cells = Map(BTreeMap::new());
        let mistake = evaluate("1/0", Voice::Bash, &mut cells).unwrap_err();
        assert_eq!(mistake.text(Voice::Bash, "1/0"), "1/0: division by 0 (error token is \"0\")");
        assert_eq!(mistake.text(Voice::Dash, "1/0"), "arithmetic expression: division by zero: \"1/0\"");
        assert_eq!(mistake.text(Voice::Ash, "1/0"), "divide by zero");
    }
}
