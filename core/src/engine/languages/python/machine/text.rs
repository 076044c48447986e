//! Values as text: `repr` and `str`.

use super::heap::{Iter, Obj, View};
use super::numbers::float_text;
use super::vm::{Got, Vm};
use super::{Id, Value, classes};
use crate::engine::languages::python::natives;

/// A text as `repr` writes it.
pub fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            c if (c as u32) < 32 || c as u32 == 127 || (128..161).contains(&(c as u32)) || c as u32 == 173 => {
                out.push_str(&format!("\\x{:02x}", c as u32));
            }
            '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}' => {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// Bytes as `repr` writes them.
pub fn quoted_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for b in bytes {
        match b {
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            b'\r' => out.push_str("\\r"),
            b'\\' => out.push_str("\\\\"),
            b if char::from(*b) == quote => out.extend(['\\', quote]),
            32..=126 => out.push(char::from(*b)),
            b => out.push_str(&format!("\\x{b:02x}")),
        }
    }
    out.push(quote);
    out
}

impl Vm<'_, '_> {
    /// `repr(value)`.
    pub fn repr(&mut self, value: &Value) -> Got<String> {
        Ok(match value {
            Value::None => "None".into(),
            Value::Unbound => "<unbound>".into(),
            Value::Bool(true) => "True".into(),
            Value::Bool(false) => "False".into(),
            Value::Int(n) => n.to_string(),
            Value::Big(n) => self.whole_text(n)?,
            Value::Float(n) => float_text(n.0),
            Value::Str(text) => quoted(text),
            Value::Bytes(bytes) => quoted_bytes(bytes),
            Value::Native(number) => match natives::owner(*number) {
                Some(class) => format!("<method '{}' of '{class}' objects>", natives::name(*number)),
                None => format!("<built-in function {}>", natives::name(*number)),
            },
            Value::Ellipsis => "Ellipsis".into(),
            Value::NotImplemented => "NotImplemented".into(),
            Value::Obj(id) => return self.deeper(|vm| vm.repr_object(value, *id)),
        })
    }

    /// `repr` where the class's own is asked for.
    pub fn repr_plain(&mut self, value: &Value) -> Got<String> {
        match value.id().and_then(|id| self.m.heap.instance(id)).cloned() {
            Some(instance) => self.repr_instance(value, value.id().unwrap_or(0), &instance),
            None => self.repr(value),
        }
    }

    /// Where an object would lie in memory.
    pub fn address(&self, id: Id) -> String {
        format!("0x7f{:010x}", 0x4a_5c00_0000_u64 + u64::from(id) * 48)
    }

    fn repr_object(&mut self, value: &Value, id: Id) -> Got<String> {
        self.work(1);
        if let Some(method) = self.special(value, "__repr__") {
            let text = self.call(&method, vec![value.clone()])?;
            return self.text_answer("__repr__", &text);
        }
        Ok(match self.m.heap.get(id).clone() {
            Obj::List(items) => format!("[{}]", self.reprs(&items, id)?),
            Obj::Tuple(items) if items.len() == 1 => format!("({},)", self.reprs(&items, id)?),
            Obj::Tuple(items) => format!("({})", self.reprs(&items, id)?),
            Obj::Dict(dict) => {
                let mut parts = vec![];
                for (_, key, value) in dict.iter() {
                    let shown = if *value == Value::Obj(id) { "{...}".to_string() } else { self.repr(value)? };
                    parts.push(format!("{}: {shown}", self.repr(key)?));
                }
                format!("{{{}}}", parts.join(", "))
            }
            Obj::Set(set) if set.is_empty() => "set()".into(),
            Obj::Set(set) => format!("{{{}}}", self.reprs(&super::set_order(&set), id)?),
            Obj::FrozenSet(set) if set.is_empty() => "frozenset()".into(),
            Obj::FrozenSet(set) => format!("frozenset({{{}}})", self.reprs(&super::set_order(&set), id)?),
            Obj::ByteArray(bytes) => format!("bytearray({})", quoted_bytes(&bytes)),
            Obj::Slice(parts) => format!("slice({})", self.reprs(&parts[..], id)?),
            Obj::Range(start, stop, 1) => format!("range({start}, {stop})"),
            Obj::Range(start, stop, step) => format!("range({start}, {stop}, {step})"),
            other => return self.repr_thing(value, id, other),
        })
    }

    /// Functions, classes, instances and the like.
    fn repr_thing(&mut self, value: &Value, id: Id, obj: Obj) -> Got<String> {
        Ok(match obj {
            Obj::View(dict, view) => self.repr_view(dict, view)?,
            Obj::Func(function) => format!("<function {} at {}>", function.qualified, self.address(id)),
            Obj::Method(function, this) => {
                let shown = self.repr(&this)?;
                match function {
                    Value::Native(number) => {
                        let name = self.type_name(&this);
                        format!("<built-in method {} of {name} object at {}>", natives::name(number), self.address(id))
                    }
                    other => {
                        let name = match other.id().map(|id| self.m.heap.get(id)) {
                            Some(Obj::Func(function)) => function.qualified.to_string(),
                            _ => "?".into(),
                        };
                        format!("<bound method {name} of {shown}>")
                    }
                }
            }
            Obj::Class(class) => {
                let module = class.attrs.text("__module__").and_then(|m| m.as_str().map(String::from));
                let qualified = class.attrs.text("__qualname__").and_then(|m| m.as_str().map(String::from));
                let name = qualified.unwrap_or_else(|| class.name.to_string());
                match module.filter(|m| m != "builtins") {
                    Some(module) => format!("<class '{module}.{name}'>"),
                    None => format!("<class '{name}'>"),
                }
            }
            Obj::Instance(instance) => self.repr_instance(value, id, &instance)?,
            Obj::Module(name, dict) => {
                let file = self.m.heap.dict(dict).and_then(|d| d.text("__file__")).and_then(|f| f.as_str().map(String::from));
                match file {
                    Some(file) => format!("<module '{name}' from '{file}'>"),
                    None => format!("<module '{name}' (built-in)>"),
                }
            }
            Obj::Gen(generator) => {
                let kind = if generator.is_async { "coroutine" } else { "generator" };
                format!("<{kind} object {} at {}>", generator.name, self.address(id))
            }
            Obj::Iter(iter) => {
                let kind = match *iter {
                    Iter::Enumerate(..) => "enumerate",
                    Iter::Zip(..) => "zip",
                    Iter::Range(..) => "range_iterator",
                    Iter::Dict(..) => "dict_keyiterator",
                    Iter::Reversed(..) => "list_reverseiterator",
                    Iter::Items(Value::Str(_), _) => "str_iterator",
                    _ => "list_iterator",
                };
                format!("<{kind} object at {}>", self.address(id))
            }
            Obj::Super(..) => "<super object>".into(),
            _ => format!("<{} object at {}>", self.type_name(value), self.address(id)),
        })
    }

    fn text_answer(&mut self, method: &str, answer: &Value) -> Got<String> {
        match self.plain(answer) {
            Value::Str(text) => Ok(text.to_string()),
            _ => {
                let name = self.type_name(answer);
                Err(self.type_error(format!("{method} returned non-string (type {name})")))
            }
        }
    }

    fn reprs(&mut self, items: &[Value], this: Id) -> Got<String> {
        let mut out = String::new();
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            if *item == Value::Obj(this) {
                out.push_str("[...]");
            } else {
                out.push_str(&self.repr(item)?);
            }
            if out.len() > super::vm::MAX_VALUE / 4 {
                self.claim(usize::MAX / 4)?;
            }
        }
        Ok(out)
    }

    fn repr_view(&mut self, dict: Id, view: View) -> Got<String> {
        let known = self.m.heap.dict(dict).cloned().unwrap_or_default();
        let mut parts = vec![];
        for (_, key, value) in known.iter() {
            parts.push(match view {
                View::Keys => self.repr(key)?,
                View::Values => self.repr(value)?,
                View::Items => format!("({}, {})", self.repr(key)?, self.repr(value)?),
            });
        }
        let name = match view {
            View::Keys => "dict_keys",
            View::Values => "dict_values",
            View::Items => "dict_items",
        };
        Ok(format!("{name}([{}])", parts.join(", ")))
    }

    fn repr_instance(&mut self, value: &Value, id: Id, instance: &super::Instance) -> Got<String> {
        let name = self.class_name(instance.class);
        if self.is_instance_of(value, classes::BASE_EXCEPTION) {
            let args = instance.attrs.text("args").and_then(|a| self.items_of(a)).unwrap_or_default();
            return Ok(match args.as_slice() {
                [one] => format!("{name}({})", self.repr(one)?),
                more => format!("{name}({})", self.reprs(more, id)?),
            });
        }
        if instance.base != Value::None {
            let shown = self.repr(&instance.base)?;
            return Ok(match self.type_of(&instance.base) {
                classes::SET if shown == "set()" => format!("{name}()"),
                classes::SET => format!("{name}({shown})"),
                _ => shown,
            });
        }
        let class = self.m.heap.class(instance.class);
        let module = class.and_then(|c| c.attrs.text("__module__")).and_then(Value::as_str).unwrap_or("__main__").to_string();
        let qualified = class.and_then(|c| c.attrs.text("__qualname__")).and_then(Value::as_str).unwrap_or(&name).to_string();
        Ok(format!("<{module}.{qualified} object at {}>", self.address(id)))
    }

    /// `str(value)`.
    pub fn str(&mut self, value: &Value) -> Got<String> {
        if let Value::Str(text) = value {
            return Ok(text.to_string());
        }
        if let Some(method) = self.special(value, "__str__") {
            let text = self.call(&method, vec![value.clone()])?;
            return self.text_answer("__str__", &text);
        }
        if self.is_instance_of(value, classes::BASE_EXCEPTION) && self.m.heap.class(value.id().unwrap_or(0)).is_none() {
            return self.exception_text(value);
        }
        if let Value::Str(text) = self.plain(value)
            && self.special(value, "__repr__").is_none()
        {
            return Ok(text.to_string());
        }
        self.repr(value)
    }

    /// What an exception says.
    pub fn exception_text(&mut self, value: &Value) -> Got<String> {
        let Some(instance) = value.id().and_then(|id| self.m.heap.instance(id)).cloned() else { return Ok(String::new()) };
        let args = instance.attrs.text("args").and_then(|a| self.items_of(a)).unwrap_or_default();
        let is = |vm: &Self, kind: &str| classes::by_name(kind).is_some_and(|k| vm.is_instance_of(value, k));
        if is(self, "OSError")
            && let (Some(code), Some(text)) = (instance.attrs.text("errno"), instance.attrs.text("strerror"))
            && *code != Value::None
        {
            let (code, text) = (self.str(code)?, self.str(text)?);
            let file = instance.attrs.text("filename").cloned().unwrap_or_default();
            return Ok(match file {
                Value::None => format!("[Errno {code}] {text}"),
                file => format!("[Errno {code}] {text}: {}", self.repr(&file)?),
            });
        }
        match args.as_slice() {
            [] => Ok(String::new()),
            [one] if is(self, "KeyError") => self.repr(one),
            [one] => self.str(one),
            _ => {
                let tuple = self.once(|vm| Ok(vm.tuple(args)))?;
                self.repr(&tuple)
            }
        }
    }
}
