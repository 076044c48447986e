//! `bc [-lq] [FILE…]`: arithmetic on decimal numbers of any length.
//!
//! - expressions, `scale`, `ibase`, `obase` (2 to 16, whole numbers), variables, comparisons, `sqrt`, `length`, texts
//!
//! Exit status: 0; 1 for what is not simulated: `if`, `while`, `for`, functions of one's own, arrays, the library of
//! `-l` beyond its `scale=20`, and a session at a terminal.

mod number;

use super::input::{decode, read_one};
use super::opts::{Spec, parse};
use crate::kernel::{Applet, Flavor, Stop, Sys};
use number::Number;
use std::collections::BTreeMap;

/// `bc`.
pub const APPLETS: &[Applet] = &[Applet::main("bc", main)];

// There is no welcome to leave out (`-q`), and only what POSIX has (`-s`).
const SPEC: Spec = Spec::new(
    "lqsiwhv",
    &[("mathlib", 'l'), ("quiet", 'q'), ("standard", 's'), ("interactive", 'i'), ("warn", 'w'), ("version", 'v')],
    "[-lq] [FILE]...",
    "Arbitrary precision calculator",
)
.missing("iwhv")
.moot("qs");

/// How deep expressions may be nested.
const MAX_DEPTH: usize = 200;
/// How many digits a printed line gets.
const LINE: usize = 68;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(String),
    Name(String),
    Text(String),
    Sign(&'static str),
    End,
}

const SIGNS: [&str; 31] = [
    "==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "=", "<", ">", "!", "+", "-",
    "*", "/", "%", "^", "(", ")", "{", "}", "[", "]", ",",
];

/// Why a line ends.
enum Trouble {
    Syntax,
    /// What GNU's calls a runtime error.
    Runtime(&'static str),
    Missing(String),
}

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    let mut text = String::new();
    for file in &options.operands {
        let data = read_one(sys, file)?;
        text.push_str(&decode(&data));
        text.push('\n');
    }
    if sys.is_tty(0) {
        sys.complain("a session at a terminal is not simulated by Drydock; give the lines through a pipe");
        return Ok(1);
    }
    let data = sys.stdin_to_end()?;
    text.push_str(&decode(&data));
    sys.spend(u32::try_from(text.len() / 16).unwrap_or(u32::MAX));
    let mut machine = Machine::new(if options.has('l') { 20 } else { 0 });
    for (at, line) in text.replace("\\\n", "").lines().enumerate() {
        let outcome = tokens(line).and_then(|tokens| machine.line(tokens));
        let out = std::mem::take(&mut machine.out);
        sys.print(&out);
        let gnu = sys.flavor() == Flavor::Gnu;
        match outcome {
            Ok(true) => {}
            Ok(false) => break,
            Err(Trouble::Syntax) if gnu => sys.eprint(&format!("(standard_in) {}: syntax error\n", at + 1)),
            Err(Trouble::Runtime(why)) if gnu => sys.eprint(&format!("Runtime error (func=(main), adr=3): {why}\n")),
            Err(Trouble::Syntax) => {
                sys.complain("bad expression");
                return Ok(1);
            }
            Err(Trouble::Runtime(why)) => {
                sys.complain(&why.to_lowercase());
                return Ok(1);
            }
            Err(Trouble::Missing(what)) => {
                sys.complain(&format!("{what} is not simulated by Drydock"));
                return Ok(1);
            }
        }
    }
    Ok(0)
}

fn tokens(line: &str) -> Result<Vec<Token>, Trouble> {
    let mut found = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let run = |fits: fn(char) -> bool| rest.find(|c| !fits(c)).unwrap_or(rest.len());
        let (token, length) = match first {
            '#' => break,
            ';' => (Token::End, 1),
            '"' => {
                let end = rest[1..].find('"').ok_or(Trouble::Syntax)?;
                (Token::Text(rest[1..=end].to_string()), end + 2)
            }
            '/' if rest.starts_with("/*") => {
                rest = rest.find("*/").map_or("", |end| rest[end + 2..].trim_start());
                continue;
            }
            '0'..='9' | '.' | 'A'..='F' => {
                let length = run(|c| c.is_ascii_digit() || c == '.' || c.is_ascii_uppercase());
                (Token::Number(rest[..length].to_string()), length)
            }
            'a'..='z' => {
                let length = run(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
                (Token::Name(rest[..length].to_string()), length)
            }
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign)).ok_or(Trouble::Syntax)?;
                (Token::Sign(sign), sign.len())
            }
        };
        found.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

/// The calculator: its variables, and the line at hand.
struct Machine {
    variables: BTreeMap<String, Number>,
    scale: usize,
    ibase: u32,
    obase: u32,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    out: String,
}

type Value = Result<Number, Trouble>;

impl Machine {
    fn new(scale: usize) -> Self {
        let (tokens, out) = (Vec::new(), String::new());
        Self { variables: BTreeMap::new(), scale, ibase: 10, obase: 10, tokens, at: 0, depth: 0, out }
    }

    /// Runs a line; false after `quit`.
    fn line(&mut self, tokens: Vec<Token>) -> Result<bool, Trouble> {
        (self.tokens, self.at, self.depth) = (tokens, 0, 0);
        while let Some(token) = self.tokens.get(self.at).cloned() {
            match token {
                Token::End => {
                    self.at += 1;
                    continue;
                }
                Token::Text(text) => {
                    self.at += 1;
                    self.out.push_str(&text);
                }
                Token::Name(name) if matches!(name.as_str(), "quit" | "halt") => return Ok(false),
                Token::Name(name) if ["if", "while", "for", "define", "print", "auto", "return"].contains(&name.as_str()) => {
                    return Err(Trouble::Missing(name));
                }
                Token::Sign("{") => return Err(Trouble::Missing("a block".into())),
                _ => {
                    self.depth = 0;
                    let silent = self.assigns();
                    let value = self.expression()?;
                    if !silent {
                        let text = value.shown(self.obase).ok_or(Trouble::Missing("a fraction in another base".into()))?;
                        self.print(&text);
                    }
                }
            }
            if !matches!(self.tokens.get(self.at), None | Some(Token::End)) {
                return Err(Trouble::Syntax);
            }
        }
        Ok(true)
    }

    /// True where the statement is an assignment, whose value is not printed.
    fn assigns(&self) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Name(_)))
            && matches!(self.tokens.get(self.at + 1), Some(Token::Sign("=" | "+=" | "-=" | "*=" | "/=" | "%=" | "^=")))
    }

    fn print(&mut self, text: &str) {
        let mut rest = text;
        while rest.len() > LINE {
            let (line, after) = rest.split_at(LINE);
            self.out.push_str(&format!("{line}\\\n"));
            rest = after;
        }
        self.out.push_str(&format!("{rest}\n"));
    }

    fn take(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        let Some(Token::Sign(sign)) = self.tokens.get(self.at) else { return None };
        let sign = signs.iter().find(|s| *s == sign)?;
        self.at += 1;
        Some(sign)
    }

    fn expression(&mut self) -> Value {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Trouble::Missing("an expression that is nested so deep".into()));
        }
        let mut left = self.both()?;
        while self.take(&["||"]).is_some() {
            let right = self.both()?;
            left = Number::truth(!left.is_zero() || !right.is_zero());
        }
        self.depth -= 1;
        Ok(left)
    }

    fn both(&mut self) -> Value {
        let mut left = self.relation()?;
        while self.take(&["&&"]).is_some() {
            let right = self.relation()?;
            left = Number::truth(!left.is_zero() && !right.is_zero());
        }
        Ok(left)
    }

    fn relation(&mut self) -> Value {
        if self.take(&["!"]).is_some() {
            self.deeper()?;
            let value = self.relation()?;
            return Ok(Number::truth(value.is_zero()));
        }
        let mut left = self.sum()?;
        while let Some(sign) = self.take(&["==", "!=", "<=", ">=", "<", ">"]) {
            let order = left.order(&self.sum()?);
            left = Number::truth(match sign {
                "==" => order.is_eq(),
                "!=" => order.is_ne(),
                "<=" => order.is_le(),
                ">=" => order.is_ge(),
                "<" => order.is_lt(),
                _ => order.is_gt(),
            });
        }
        Ok(left)
    }

    /// Counts signs that stand one behind the other.
    fn deeper(&mut self) -> Result<(), Trouble> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Trouble::Missing("an expression that is nested so deep".into())) } else { Ok(()) }
    }

    fn sum(&mut self) -> Value {
        let mut left = self.product()?;
        while let Some(sign) = self.take(&["+", "-"]) {
            let right = self.product()?;
            left = self.calculate(sign, &left, &right)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Value {
        let mut left = self.power()?;
        while let Some(sign) = self.take(&["*", "/", "%"]) {
            let right = self.power()?;
            left = self.calculate(sign, &left, &right)?;
        }
        Ok(left)
    }

    fn power(&mut self) -> Value {
        let base = self.negative()?;
        if self.take(&["^"]).is_none() {
            return Ok(base);
        }
        self.deeper()?;
        let exponent = self.power()?;
        self.calculate("^", &base, &exponent)
    }

    fn calculate(&self, sign: &str, left: &Number, right: &Number) -> Value {
        let result = match sign {
            "+" => Some(left.plus(right)),
            "-" => Some(left.plus(&right.negated())),
            "*" => left.times(right, self.scale),
            "/" | "%" if right.is_zero() => return Err(Trouble::Runtime("Divide by zero")),
            "/" => left.over(right, self.scale),
            "%" => left.rest(right, self.scale),
            _ => left.to_the(right, self.scale),
        };
        result.ok_or(Trouble::Missing("a number that long".into()))
    }

    fn negative(&mut self) -> Value {
        if self.take(&["-"]).is_some() {
            self.deeper()?;
            return Ok(self.negative()?.negated());
        }
        self.primary()
    }

    fn primary(&mut self) -> Value {
        let token = self.tokens.get(self.at).cloned().ok_or(Trouble::Syntax)?;
        self.at += 1;
        match token {
            Token::Number(text) => {
                Number::read(&text, self.ibase).ok_or(Trouble::Missing("a fraction in another base".into()))
            }
            Token::Sign("(") => {
                let value = self.expression()?;
                self.take(&[")"]).ok_or(Trouble::Syntax)?;
                Ok(value)
            }
            Token::Sign(sign @ ("++" | "--")) => {
                let Some(Token::Name(name)) = self.tokens.get(self.at).cloned() else { return Err(Trouble::Syntax) };
                self.at += 1;
                self.step(&name, sign)
            }
            Token::Name(name) => self.named(name),
            _ => Err(Trouble::Syntax),
        }
    }

    fn step(&mut self, name: &str, sign: &str) -> Value {
        let by = Number::truth(true);
        let value = self.get(name).plus(&if sign == "++" { by } else { by.negated() });
        self.set(name, value)
    }

    fn named(&mut self, name: String) -> Value {
        if self.take(&["("]).is_some() {
            let value = self.expression()?;
            self.take(&[")"]).ok_or(Trouble::Syntax)?;
            return match name.as_str() {
                "sqrt" if value.is_negative() => Err(Trouble::Runtime("Square root of a negative number")),
                "sqrt" => Ok(value.root(self.scale)),
                "length" => Ok(value.length()),
                "scale" => Ok(value.decimals()),
                _ => Err(Trouble::Missing(format!("{name}()"))),
            };
        }
        if self.take(&["["]).is_some() {
            return Err(Trouble::Missing("an array".into()));
        }
        if let Some(sign) = self.take(&["=", "+=", "-=", "*=", "/=", "%=", "^="]) {
            self.deeper()?;
            let value = self.expression()?;
            let value = match sign.strip_suffix('=').unwrap_or_default() {
                "" => value,
                operator => self.calculate(operator, &self.get(&name), &value)?,
            };
            return self.set(&name, value);
        }
        if let Some(sign) = self.take(&["++", "--"]) {
            let before = self.get(&name);
            self.step(&name, sign)?;
            return Ok(before);
        }
        Ok(self.get(&name))
    }

    fn get(&self, name: &str) -> Number {
        match name {
            "scale" => Number::whole(self.scale as u64),
            "ibase" => Number::whole(u64::from(self.ibase)),
            "obase" => Number::whole(u64::from(self.obase)),
            _ => self.variables.get(name).cloned().unwrap_or_default(),
        }
    }

    fn set(&mut self, name: &str, value: Number) -> Value {
        let base = || value.as_usize().and_then(|n| u32::try_from(n).ok()).filter(|n| (2..=16).contains(n));
        let wrong = || Trouble::Missing(format!("this value of {name}"));
        match name {
            "scale" => self.scale = value.as_usize().filter(|n| *n <= 1000).ok_or_else(wrong)?,
            "ibase" => self.ibase = base().ok_or_else(wrong)?,
            "obase" => self.obase = base().ok_or_else(wrong)?,
            _ => drop(self.variables.insert(name.to_string(), value.clone())),
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn arithmetic() {
        check(
            &mut bed(),
            &[
                ("bc", "1+2*3\n(1+2)*3\n-2^2\n2^10\n7%3\n", "7\n9\n4\n1024\n1\n"),
                ("bc", "10/3; scale=2; 10/3; -1/3\n", "3\n3.33\n-.33\n"),
                ("bc", "1.50*2\n1.25*1.25\n0.1+0.2\n", "3.00\n1.56\n.3\n"),
                ("bc", "2^100\nx=5; x*=2; x; x++; x\n", "1267650600228229401496703205376\n10\n10\n11\n"),
                ("bc -l", "1/3\nsqrt(2)\n", ".33333333333333333333\n1.41421356237309504880\n"),
                ("bc", "1.5 > 1.2; 1==2; 1 && 0\n", "1\n0\n0\n"),
                ("bc", "obase=16; 255\nobase=2; 10\n", "FF\n1010\n"),
                ("bc", "ibase=2; 1010\n", "10\n"),
                ("bc", "10^80\n", "10000000000000000000000000000000000000000000000000000000000000000000\\\n0000000000000\n"),
                ("bc", "1/0\n2\n", "2\n! Runtime error (func=(main), adr=3): Divide by zero\n"),
                ("bc", "1 +\n3\n", "3\n! (standard_in) 1: syntax error\n"),
                ("bc", "while (1) 1\n", "! bc: while is not simulated by Drydock\n= 1\n"),
                ("bc", "9^9^9\n", "! bc: a number that long is not simulated by Drydock\n= 1\n"),
            ],
        );
    }
}
