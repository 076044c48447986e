//! Operators, truth, order, and values as text.

use crate::engine::languages::eval::{Machine, Outcome, missing, raise};
use crate::engine::languages::value::{Value, float, quoted};
use std::cmp::Ordering;

/// How deep values are shown and compared.
const MAX_DEPTH: usize = 20;

impl Machine<'_, '_> {
    /// The name of a value's type.
    pub fn type_name(&self, value: &Value) -> &'static str {
        match value {
            Value::None => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::Str(_) => "str",
            Value::List(_) => "list",
            Value::Tuple(_) => "tuple",
            Value::Dict(_) => "dict",
            Value::Func(_) => "function",
            Value::Error(..) => "Exception",
            Value::Native(_) | Value::Method(..) => "builtin_function_or_method",
        }
    }

    /// True where a condition holds with this value.
    pub fn truth(&self, value: &Value) -> bool {
        match value {
            Value::None => false,
            Value::Bool(b) => *b,
            Value::Int(n) => *n != 0,
            Value::Float(n) => *n != 0.0,
            Value::Str(s) => !s.is_empty(),
            Value::List(at) => !self.lists[*at].is_empty(),
            Value::Dict(at) => !self.dicts[*at].is_empty(),
            Value::Tuple(items) => !items.is_empty(),
            _ => true,
        }
    }

    /// `str(value)`.
    pub fn text(&self, value: &Value) -> String {
        match value {
            Value::Str(s) => s.clone(),
            Value::Error(kind, message) if kind == "KeyError" => message.clone(),
            Value::Error(_, message) => message.clone(),
            other => self.repr(other, 0),
        }
    }

    /// `repr(value)`.
    pub fn repr(&self, value: &Value, depth: usize) -> String {
        if depth > MAX_DEPTH {
            return "...".into();
        }
        let all = |items: &[Value]| items.iter().map(|v| self.repr(v, depth + 1)).collect::<Vec<_>>().join(", ");
        match value {
            Value::None => "None".into(),
            Value::Bool(b) => if *b { "True" } else { "False" }.into(),
            Value::Int(n) => n.to_string(),
            Value::Float(n) => float(*n),
            Value::Str(s) => quoted(s),
            Value::List(at) => format!("[{}]", all(&self.lists[*at])),
            Value::Tuple(items) if items.len() == 1 => format!("({},)", all(items)),
            Value::Tuple(items) => format!("({})", all(items)),
            Value::Dict(at) => {
                let pairs = self.dicts[*at].iter();
                let pairs = pairs.map(|(k, v)| format!("{}: {}", self.repr(k, depth + 1), self.repr(v, depth + 1)));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
            }
            Value::Error(kind, message) => format!("{kind}({})", quoted(message)),
            Value::Native(name) => format!("<built-in function {name}>"),
            Value::Func(_) | Value::Method(..) => "<function>".into(),
        }
    }

    /// Equality by content.
    pub fn equal(&self, a: &Value, b: &Value, depth: usize) -> bool {
        let all = |a: &[Value], b: &[Value]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.equal(a, b, depth + 1))
        };
        match (a, b) {
            _ if depth > MAX_DEPTH => false,
            (Value::List(a), Value::List(b)) => all(&self.lists[*a], &self.lists[*b]),
            (Value::Tuple(a), Value::Tuple(b)) => all(a, b),
            (Value::Dict(a), Value::Dict(b)) => {
                let (a, b) = (&self.dicts[*a], &self.dicts[*b]);
                let found = |k: &Value, v: &Value| b.iter().any(|(l, w)| l == k && self.equal(v, w, depth + 1));
                a.len() == b.len() && a.iter().all(|(k, v)| found(k, v))
            }
            (a, b) => match (number(a), number(b)) {
                (Some(a), Some(b)) => a == b,
                _ => a == b,
            },
        }
    }

    /// Which comes first; `None` where these have no order.
    pub fn order(&self, a: &Value, b: &Value) -> Option<Ordering> {
        match (a, b) {
            (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
            (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
            (Value::Tuple(a), Value::Tuple(b)) => {
                let first = a.iter().zip(b).map(|(a, b)| self.order(a, b)).find(|o| *o != Some(Ordering::Equal));
                first.unwrap_or(Some(a.len().cmp(&b.len())))
            }
            _ => number(a)?.partial_cmp(&number(b)?),
        }
    }

    /// An operator between two values.
    ///
    /// # Errors
    /// The exceptions of Python.
    pub fn binary(&mut self, op: &str, a: Value, b: Value) -> Outcome<Value> {
        match op {
            "==" => return Ok(Value::Bool(self.equal(&a, &b, 0))),
            "!=" => return Ok(Value::Bool(!self.equal(&a, &b, 0))),
            "in" => return self.contains(&b, &a).map(Value::Bool),
            "not in" => return self.contains(&b, &a).map(|found| Value::Bool(!found)),
            "<" | ">" | "<=" | ">=" => {
                let Some(order) = self.order(&a, &b) else {
                    let (a, b) = (self.type_name(&a), self.type_name(&b));
                    return raise("TypeError", format!("'{op}' not supported between instances of '{a}' and '{b}'"));
                };
                return Ok(Value::Bool(match op {
                    "<" => order.is_lt(),
                    ">" => order.is_gt(),
                    "<=" => order.is_le(),
                    _ => order.is_ge(),
                }));
            }
            _ => {}
        }
        match (op, a, b) {
            ("+", Value::Str(a), Value::Str(b)) if a.len() + b.len() < 4 << 20 => Ok(Value::Str(a + &b)),
            ("+", Value::Str(_), b) => {
                raise("TypeError", format!("can only concatenate str (not \"{}\") to str", self.type_name(&b)))
            }
            ("+", Value::List(a), Value::List(b)) => {
                let joined = [self.lists[a].clone(), self.lists[b].clone()].concat();
                self.list(joined)
            }
            ("*", Value::Str(s), Value::Int(n)) | ("*", Value::Int(n), Value::Str(s)) => {
                let n = usize::try_from(n).unwrap_or(0);
                if s.len().saturating_mul(n) > 4 << 20 { raise("MemoryError", "") } else { Ok(Value::Str(s.repeat(n))) }
            }
            ("*", Value::List(a), Value::Int(n)) => {
                let n = usize::try_from(n).unwrap_or(0);
                if self.lists[a].len().saturating_mul(n) > 1 << 20 {
                    return raise("MemoryError", "");
                }
                let items = vec![self.lists[a].clone(); n].concat();
                self.list(items)
            }
            ("%", Value::Str(s), b) => self.percent(&s, b),
            (op, a, b) => self.arithmetic(op, &a, &b),
        }
    }

    fn arithmetic(&mut self, op: &str, a: &Value, b: &Value) -> Outcome<Value> {
        let (Some(x), Some(y)) = (number(a), number(b)) else {
            let (a, b) = (self.type_name(a), self.type_name(b));
            return raise("TypeError", format!("unsupported operand type(s) for {op}: '{a}' and '{b}'"));
        };
        if y == 0.0 && matches!(op, "/" | "//" | "%") {
            let text = match op {
                "/" => "division by zero",
                "//" => "integer division or modulo by zero",
                _ => "integer modulo by zero",
            };
            return raise("ZeroDivisionError", text);
        }
        if let (Some(a), Some(b)) = (whole(a), whole(b)) {
            let result = match op {
                "+" => a.checked_add(b),
                "-" => a.checked_sub(b),
                "*" => a.checked_mul(b),
                "//" => a.checked_div_euclid(b).map(|q| if b < 0 && a.rem_euclid(b) != 0 { q - 1 } else { q }),
                "%" => a.checked_rem(b).map(|r| if r != 0 && (r < 0) != (b < 0) { r + b } else { r }),
                "**" if b >= 0 => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
                _ => return Ok(Value::Float(if op == "/" { x / y } else { x.powf(y) })),
            };
            return result.map_or_else(|| missing("integers of more than 64 bits"), |n| Ok(Value::Int(n)));
        }
        Ok(Value::Float(match op {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "/" => x / y,
            "//" => (x / y).floor(),
            "%" => x - y * (x / y).floor(),
            _ => x.powf(y),
        }))
    }

    fn contains(&mut self, all: &Value, one: &Value) -> Outcome<bool> {
        if let (Value::Str(all), Value::Str(one)) = (all, one) {
            return Ok(all.contains(one.as_str()));
        }
        let items = self.items(all)?;
        Ok(items.iter().any(|item| self.equal(item, one, 0)))
    }

    /// `'%s' % value`.
    fn percent(&mut self, text: &str, value: Value) -> Outcome<Value> {
        let mut values = if let Value::Tuple(items) = value { items } else { vec![value] }.into_iter();
        let mut out = String::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            let mut spec = String::new();
            let kind = loop {
                match chars.next() {
                    Some(c) if c.is_ascii_digit() || matches!(c, '.' | '-' | '+') => spec.push(c),
                    Some(c) => break c,
                    None => return raise("ValueError", "incomplete format"),
                }
            };
            if kind == '%' {
                out.push('%');
                continue;
            }
            let Some(value) = values.next() else { return raise("TypeError", "not enough arguments for format string") };
            let text = match kind {
                's' if spec.is_empty() => self.text(&value),
                'r' => self.repr(&value, 0),
                'd' | 'i' if spec.is_empty() => self.text(&Value::Int(number(&value).unwrap_or(0.0) as i64)),
                'd' | 'f' | 's' | 'x' => self.formatted(&value, &format!("{spec}{kind}"))?,
                _ => return missing(format!("%{kind} in a format")),
            };
            out.push_str(&text);
        }
        Ok(Value::Str(out))
    }

    /// `format(value, spec)`: fill, alignment, width, `,`, precision, and the kinds d, f, s, x, %.
    ///
    /// # Errors
    /// What is not simulated.
    pub fn formatted(&mut self, value: &Value, spec: &str) -> Outcome<String> {
        let chars: Vec<char> = spec.chars().collect();
        let mut at = 0;
        let (mut fill, mut align) = (' ', if number(value).is_some() { '>' } else { '<' });
        if matches!(chars.get(1), Some('<' | '>' | '^')) {
            (fill, align, at) = (chars[0], chars[1], 2);
        } else if let Some(c @ ('<' | '>' | '^')) = chars.first() {
            (align, at) = (*c, 1);
        }
        if chars.get(at) == Some(&'0') {
            fill = '0';
        }
        let digits = |at: &mut usize| {
            let text: String = chars[*at..].iter().take_while(|c| c.is_ascii_digit()).collect();
            *at += text.len();
            text.parse::<usize>().ok().map(|n| n.min(1000))
        };
        let width = digits(&mut at).unwrap_or(0);
        let comma = chars.get(at) == Some(&',');
        at += usize::from(comma);
        let mut precision = None;
        if chars.get(at) == Some(&'.') {
            at += 1;
            precision = digits(&mut at);
        }
        let n = number(value);
        let text = match (chars.get(at), n) {
            (Some('f'), Some(n)) => format!("{n:.*}", precision.unwrap_or(6)),
            (Some('%'), Some(n)) => format!("{:.*}%", precision.unwrap_or(6), n * 100.0),
            (Some('x'), Some(n)) => format!("{:x}", n as i64),
            (None | Some('d' | 's'), _) => match precision {
                Some(p) => self.text(value).chars().take(p).collect(),
                None => self.text(value),
            },
            _ => return missing(format!("the format '{spec}'")),
        };
        let text = if comma { grouped(&text) } else { text };
        let space = width.saturating_sub(text.chars().count());
        let pad = |n: usize| fill.to_string().repeat(n);
        Ok(match align {
            '<' => format!("{text}{}", pad(space)),
            '^' => format!("{}{text}{}", pad(space / 2), pad(space - space / 2)),
            _ => format!("{}{text}", pad(space)),
        })
    }
}

fn grouped(text: &str) -> String {
    let end = text.find('.').unwrap_or(text.len());
    let mut out = String::new();
    for (at, c) in text[..end].chars().enumerate() {
        if at > 0 && (end - at).is_multiple_of(3) && c.is_ascii_digit() {
            out.push(',');
        }
        out.push(c);
    }
    out + &text[end..]
}

/// A value as a number.
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(b) => Some(f64::from(u8::from(*b))),
        Value::Int(n) => Some(*n as f64),
        Value::Float(n) => Some(*n),
        _ => None,
    }
}

/// A value as a whole number.
pub fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Bool(b) => Some(i64::from(*b)),
        Value::Int(n) => Some(*n),
        _ => None,
    }
}
