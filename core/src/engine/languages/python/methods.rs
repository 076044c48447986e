//! Attributes, methods, items and slices of values.

use super::operators::whole;
use crate::engine::languages::eval::{Machine, Outcome, missing, raise};
use crate::engine::languages::value::Value;

impl Machine<'_, '_> {
    /// `object.name`.
    ///
    /// # Errors
    /// What is not simulated.
    pub fn attribute(&mut self, object: Value, name: &str) -> Outcome<Value> {
        let Value::Native(module) = &object else { return Ok(Value::Method(Box::new(object), name.to_string())) };
        let full = format!("{module}.{name}");
        match full.as_str() {
            "sys.argv" => {
                let items = self.argv.iter().cloned().map(Value::Str).collect();
                self.list(items)
            }
            "sys.version" | "sys.version_info" | "sys.path" | "sys.modules" => missing(full),
            "sys.platform" => Ok(Value::Str("linux".into())),
            "math.pi" => Ok(Value::Float(std::f64::consts::PI)),
            "os.sep" => Ok(Value::Str("/".into())),
            _ => Ok(Value::Native(full)),
        }
    }

    /// What a loop goes through.
    ///
    /// # Errors
    /// `TypeError`.
    pub fn items(&mut self, value: &Value) -> Outcome<Vec<Value>> {
        match value {
            Value::List(at) => Ok(self.lists[*at].clone()),
            Value::Tuple(items) => Ok(items.clone()),
            Value::Dict(at) => Ok(self.dicts[*at].iter().map(|(k, _)| k.clone()).collect()),
            Value::Str(s) => Ok(s.chars().map(|c| Value::Str(c.to_string())).collect()),
            Value::Native(name) if name == "sys.stdin" => {
                let mut lines = vec![];
                while let Some(line) = self.read_line()? {
                    lines.push(Value::Str(line));
                }
                Ok(lines)
            }
            Value::Native(name) if name == "os.environ" => {
                let env = crate::coreutils::environment(self.sys);
                Ok(env.into_iter().map(|(n, _)| Value::Str(n)).collect())
            }
            other => raise("TypeError", format!("'{}' object is not iterable", self.type_name(other))),
        }
    }

    /// `object[key]`.
    ///
    /// # Errors
    /// `KeyError`, `IndexError`, `TypeError`.
    pub fn item(&mut self, object: &Value, key: Value) -> Outcome<Value> {
        match (object, &key) {
            (Value::Dict(at), key) => match self.dicts[*at].iter().find(|(k, _)| k == key) {
                Some((_, value)) => Ok(value.clone()),
                None => raise("KeyError", self.repr(key, 0)),
            },
            (Value::Native(name), Value::Str(key)) if name == "os.environ" => match self.sys.env(key) {
                Some(value) => Ok(Value::Str(value)),
                None => raise("KeyError", self.repr(&Value::Str(key.clone()), 0)),
            },
            (Value::List(_) | Value::Tuple(_) | Value::Str(_), Value::Int(n)) => {
                let items = self.items(object)?;
                let at = if *n < 0 { n.saturating_add(items.len() as i64) } else { *n };
                match usize::try_from(at).ok().and_then(|at| items.get(at)) {
                    Some(value) => Ok(value.clone()),
                    None if matches!(object, Value::Str(_)) => raise("IndexError", "string index out of range"),
                    None => raise("IndexError", format!("{} index out of range", self.type_name(object))),
                }
            }
            _ => raise("TypeError", format!("'{}' object is not subscriptable", self.type_name(object))),
        }
    }

    /// `object[from:to]`.
    ///
    /// # Errors
    /// `TypeError`.
    pub fn slice(&mut self, object: &Value, from: Option<Value>, to: Option<Value>) -> Outcome<Value> {
        let items = self.items(object)?;
        let len = items.len() as i64;
        let place = |value: Option<Value>, default: i64| {
            let n = value.as_ref().and_then(whole).unwrap_or(default);
            (if n < 0 { n.saturating_add(len) } else { n }).clamp(0, len) as usize
        };
        let (from, to) = (place(from, 0), place(to, len));
        let part = items.get(from..to).unwrap_or_default().to_vec();
        match object {
            Value::Str(_) => Ok(Value::Str(part.iter().map(|c| self.text(c)).collect())),
            Value::Tuple(_) => Ok(Value::Tuple(part)),
            _ => self.list(part),
        }
    }

    /// Calls a method.
    ///
    /// # Errors
    /// Exceptions; what is not simulated.
    pub fn method(&mut self, object: Value, name: &str, args: Vec<Value>, _named: Vec<(String, Value)>) -> Outcome<Value> {
        match object {
            Value::Str(text) => self.text_method(&text, name, &args),
            Value::List(at) => self.list_method(at, name, args),
            Value::Dict(at) => self.dict_method(at, name, &args),
            other => raise("AttributeError", format!("'{}' object has no attribute '{name}'", self.type_name(&other))),
        }
    }

    fn text_method(&mut self, text: &str, name: &str, args: &[Value]) -> Outcome<Value> {
        let arg = |at: usize| if let Some(Value::Str(s)) = args.get(at) { s.as_str() } else { "" };
        let yes = |b: bool| Ok(Value::Bool(b));
        let string = |s: String| Ok(Value::Str(s));
        match name {
            "upper" => string(text.to_uppercase()),
            "lower" => string(text.to_lowercase()),
            "strip" => string(text.trim().to_string()),
            "rstrip" => string(text.trim_end().to_string()),
            "lstrip" => string(text.trim_start().to_string()),
            "replace" => string(text.replace(arg(0), arg(1))),
            "startswith" => yes(text.starts_with(arg(0))),
            "endswith" => yes(text.ends_with(arg(0))),
            "isdigit" => yes(!text.is_empty() && text.chars().all(|c| c.is_ascii_digit())),
            "count" => Ok(Value::Int(text.matches(arg(0)).count() as i64)),
            "find" => Ok(Value::Int(text.find(arg(0)).map_or(-1, |at| text[..at].chars().count() as i64))),
            "capitalize" | "title" => {
                let mut chars = text.chars();
                let first = chars.next().map_or(String::new(), |c| c.to_uppercase().to_string());
                string(first + &chars.as_str().to_lowercase())
            }
            "split" => {
                let parts: Vec<Value> = if args.is_empty() {
                    text.split_whitespace().map(|s| Value::Str(s.to_string())).collect()
                } else {
                    text.split(arg(0)).map(|s| Value::Str(s.to_string())).collect()
                };
                self.list(parts)
            }
            "splitlines" => self.list(text.lines().map(|s| Value::Str(s.to_string())).collect()),
            "join" => {
                let items = self.items(args.first().unwrap_or(&Value::None))?;
                string(items.iter().map(|i| self.text(i)).collect::<Vec<_>>().join(text))
            }
            "format" => {
                let mut out = text.to_string();
                for (at, value) in args.iter().enumerate() {
                    let value = self.text(value);
                    out = if out.contains("{}") { out.replacen("{}", &value, 1) } else { out.replace(&format!("{{{at}}}"), &value) };
                }
                string(out)
            }
            other => missing(format!("str.{other}()")),
        }
    }

    fn list_method(&mut self, at: usize, name: &str, args: Vec<Value>) -> Outcome<Value> {
        let first = args.first().cloned().unwrap_or(Value::None);
        match name {
            "append" => self.lists[at].push(first),
            "extend" => {
                let items = self.items(&first)?;
                self.lists[at].extend(items);
            }
            "pop" => {
                return match self.lists[at].pop() {
                    Some(value) if args.is_empty() => Ok(value),
                    Some(_) => missing("list.pop(index)"),
                    None => raise("IndexError", "pop from empty list"),
                };
            }
            "reverse" => self.lists[at].reverse(),
            "sort" => {
                let sorted = self.native("sorted", vec![Value::List(at)], vec![])?;
                self.lists[at] = self.items(&sorted)?;
            }
            other => return missing(format!("list.{other}()")),
        }
        Ok(Value::None)
    }

    fn dict_method(&mut self, at: usize, name: &str, args: &[Value]) -> Outcome<Value> {
        let entries = self.dicts[at].clone();
        match name {
            "get" => {
                let found = entries.iter().find(|(k, _)| Some(k) == args.first()).map(|(_, v)| v.clone());
                Ok(found.or_else(|| args.get(1).cloned()).unwrap_or(Value::None))
            }
            "keys" => self.list(entries.into_iter().map(|(k, _)| k).collect()),
            "values" => self.list(entries.into_iter().map(|(_, v)| v).collect()),
            "items" => self.list(entries.into_iter().map(|(k, v)| Value::Tuple(vec![k, v])).collect()),
            other => missing(format!("dict.{other}()")),
        }
    }
}
