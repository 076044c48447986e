//! `JSON.parse`, with V8's messages.

use super::super::realm;
use super::super::value::{Prop, Value};
use super::super::vm::{Res, Trap, Vm};
use super::arg;
use crate::kernel::Sys;

/// How deep data may nest.
const DEPTH: u32 = 200;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

/// Text; a second argument has the library go over the result.
pub fn parse(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let text = vm.text(arg(args, 0))?;
    let mut reader = Reader { text: &text, at: 0, depth: 0 };
    let value = reader.value(vm)?;
    reader.blanks();
    if reader.at < text.len() {
        return reader.wrong(vm, true);
    }
    vm.cost += text.len() as u64 / 16;
    if vm.is_callable(arg(args, 1)) {
        let helper = vm.hooks.get("revive").cloned().unwrap_or_default();
        return Err(Trap::Call(Box::new((helper, Value::Undefined, vec![value, arg(args, 1).clone()]))));
    }
    Ok(value)
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.at += rest.len() - trimmed.len();
    }

    fn wrong<T>(&self, vm: &mut Vm, after: bool) -> Res<T> {
        let position = super::super::strings::unit_of(self.text, self.at);
        let text = match self.rest().chars().next() {
            None => "Unexpected end of JSON input".to_string(),
            Some(_) if self.text == "undefined" && vm.facts.major() >= 20 => {
                "\"undefined\" is not valid JSON".to_string()
            }
            Some('0'..='9') => format!("Unexpected number in JSON at position {position}"),
            Some(_) if after => {
                format!("Unexpected non-whitespace character after JSON at position {position}")
            }
            Some('"') if self.text.get(..self.at).is_some_and(|t| t.trim_end().ends_with('"')) => {
                format!("Unexpected string in JSON at position {position}")
            }
            Some(c) => {
                let shown = if self.text.chars().count() <= 40 {
                    format!("\"{}\" is not valid JSON", self.text)
                } else {
                    let from = super::super::strings::byte_of(self.text, position.saturating_sub(10));
                    let to = super::super::strings::byte_of(self.text, position + 10);
                    let head = if from > 0 { "..." } else { "" };
                    let tail = if to < self.text.len() { "..." } else { "" };
                    format!("{head}\"{}\"{tail} is not valid JSON", self.text.get(from..to).unwrap_or(""))
                };
                if vm.facts.major() < 20 {
                    format!("Unexpected token {c} in JSON at position {position}")
                } else {
                    format!("Unexpected token '{c}', {shown}")
                }
            }
        };
        let error = vm.error(realm::SYNTAX_ERROR, &text);
        Err(Trap::Throw(error))
    }

    fn expected<T>(&self, vm: &mut Vm, text: &str) -> Res<T> {
        if self.rest().is_empty() || vm.facts.major() < 20 {
            return self.wrong(vm, false);
        }
        let position = super::super::strings::unit_of(self.text, self.at);
        let error = vm.error(realm::SYNTAX_ERROR, &format!("{text} in JSON at position {position}"));
        Err(Trap::Throw(error))
    }

    fn value(&mut self, vm: &mut Vm) -> Res<Value> {
        self.blanks();
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Trap::Missing(format!("JSON that nests more than {DEPTH} levels deep")));
        }
        let value = match self.rest().chars().next() {
            Some('{') => self.object(vm)?,
            Some('[') => self.array(vm)?,
            Some('"') => Value::from(self.string(vm)?),
            Some(c) if c == '-' || c.is_ascii_digit() => self.number(vm)?,
            _ => {
                let words =
                    [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)];
                match words.into_iter().find(|(word, _)| self.rest().starts_with(word)) {
                    Some((word, value)) => {
                        self.at += word.len();
                        value
                    }
                    None => {
                        let partly =
                            ["true", "false", "null"].iter().find(|w| self.rest().starts_with(&w[..1]));
                        if let Some(word) = partly {
                            let same =
                                self.rest().bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
                            self.at += same;
                        }
                        return self.wrong(vm, false);
                    }
                }
            }
        };
        self.depth -= 1;
        Ok(value)
    }

    fn number(&mut self, vm: &mut Vm) -> Res<Value> {
        let rest = self.rest();
        let len =
            rest.find(|c: char| !matches!(c, '0'..='9' | '.' | 'e' | 'E' | '+' | '-')).unwrap_or(rest.len());
        let text = &rest[..len];
        let digits = text.trim_start_matches('-');
        let good = digits.starts_with(|c: char| c.is_ascii_digit())
            && !(digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit())
            && !text.ends_with('.');
        match text.parse::<f64>() {
            Ok(n) if good => {
                self.at += len;
                Ok(Value::Num(n))
            }
            _ => {
                if digits.is_empty() {
                    self.at += 1;
                    return self.expected(vm, "No number after minus sign");
                }
                self.at += 1;
                self.wrong(vm, false)
            }
        }
    }

    fn string(&mut self, vm: &mut Vm) -> Res<String> {
        self.at += 1;
        let mut out = String::new();
        let mut units: Vec<u16> = vec![];
        loop {
            let Some(c) = self.rest().chars().next() else {
                return self.unterminated(vm);
            };
            if !units.is_empty() && !self.rest().starts_with("\\u") {
                out.push_str(&String::from_utf16_lossy(&units));
                units.clear();
            }
            match c {
                '"' => {
                    self.at += 1;
                    return Ok(out);
                }
                '\\' => {
                    let Some(escape) = self.rest().chars().nth(1) else { return self.unterminated(vm) };
                    if escape == 'u' {
                        let Some(code) = self.rest().get(2..6).and_then(|h| u16::from_str_radix(h, 16).ok())
                        else {
                            return self.expected(vm, "Bad Unicode escape");
                        };
                        units.push(code);
                        self.at += 6;
                        continue;
                    }
                    let plain = match escape {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        'b' => '\u{8}',
                        'f' => '\u{c}',
                        '"' | '\\' | '/' => escape,
                        _ => {
                            self.at += 1;
                            return self.expected(vm, "Bad escaped character");
                        }
                    };
                    out.push(plain);
                    self.at += 2;
                }
                c if (c as u32) < 0x20 => {
                    return self.expected(vm, "Bad control character in string literal");
                }
                c => {
                    out.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
    }

    fn unterminated<T>(&self, vm: &mut Vm) -> Res<T> {
        if vm.facts.major() < 20 {
            return self.wrong(vm, false);
        }
        let position = super::super::strings::unit_of(self.text, self.at);
        let error =
            vm.error(realm::SYNTAX_ERROR, &format!("Unterminated string in JSON at position {position}"));
        Err(Trap::Throw(error))
    }

    fn array(&mut self, vm: &mut Vm) -> Res<Value> {
        self.at += 1;
        let mut list = vec![];
        self.blanks();
        if self.rest().starts_with(']') {
            self.at += 1;
            return Ok(vm.new_array(list));
        }
        loop {
            list.push(self.value(vm)?);
            self.blanks();
            match self.rest().chars().next() {
                Some(',') => self.at += 1,
                Some(']') => {
                    self.at += 1;
                    return Ok(vm.new_array(list));
                }
                _ => return self.expected(vm, "Expected ',' or ']' after array element"),
            }
        }
    }

    fn object(&mut self, vm: &mut Vm) -> Res<Value> {
        self.at += 1;
        let id = vm.new_object();
        self.blanks();
        if self.rest().starts_with('}') {
            self.at += 1;
            return Ok(Value::Obj(id));
        }
        let mut first = true;
        loop {
            self.blanks();
            if !self.rest().starts_with('"') {
                let text = if first {
                    "Expected property name or '}'"
                } else {
                    "Expected double-quoted property name"
                };
                return self.expected(vm, text);
            }
            first = false;
            let name = self.string(vm)?;
            self.blanks();
            if !self.rest().starts_with(':') {
                return self.expected(vm, "Expected ':' after property name");
            }
            self.at += 1;
            let value = self.value(vm)?;
            vm.define(id, name.as_str().into(), Prop::open(value));
            self.blanks();
            match self.rest().chars().next() {
                Some(',') => self.at += 1,
                Some('}') => {
                    self.at += 1;
                    return Ok(Value::Obj(id));
                }
                _ => return self.expected(vm, "Expected ',' or '}' after property value"),
            }
        }
    }
}
