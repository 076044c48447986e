//! `JSON.stringify`'s fast way: plain data with dates. Where a script's own `toJSON`, a getter or a replacer function
//! is needed the library takes over.

use super::super::value::{Id, Key, Kind, Slot, Value};
use super::super::vm::{Res, Vm};
use super::super::{number, realm};
use super::{Entry, arg, entry_of};
use crate::kernel::Sys;

pub const TABLE: &[Entry] = &[
    entry_of("%stringify", 3, stringify),
    entry_of("%quoteJson", 1, |vm, _, _, a| {
        let mut out = String::new();
        quote(&vm.text(arg(a, 0))?, &mut out);
        Ok(out.into())
    }),
    entry_of("JSON.parse", 2, super::json_parse::parse),
];

/// How deep data may nest.
const DEPTH: usize = 500;

struct Writer<'a> {
    vm: &'a Vm,
    indent: &'a str,
    only: Option<Vec<String>>,
    out: String,
    open: Vec<Id>,
}

/// Why the fast way ends.
enum Stop {
    /// The library must do it.
    Slow,
    Cycle,
    Big,
    Deep,
}

/// Value, list of keys, indentation: the text, undefined, or null where the library must do it.
fn stringify(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let indent = vm.plain_text(arg(args, 2));
    let only = match arg(args, 1) {
        Value::Obj(_) => Some(vm.elements(arg(args, 1)).iter().map(|v| vm.plain_text(v)).collect()),
        _ => None,
    };
    let mut writer = Writer { vm, indent: &indent, only, out: String::new(), open: vec![] };
    let result = writer.value(arg(args, 0));
    let out = writer.out;
    match result {
        Ok(true) => {
            vm.cost += out.len() as u64 / 16;
            vm.heap.fresh += out.len();
            Ok(out.into())
        }
        Ok(false) => Ok(Value::Undefined),
        Err(Stop::Slow) => Ok(Value::Null),
        Err(Stop::Cycle) => cycle(vm, arg(args, 0)),
        Err(Stop::Big) => vm.type_error("Do not know how to serialize a BigInt"),
        Err(Stop::Deep) => vm.range_error("Maximum call stack size exceeded"),
    }
}

/// The error for data that holds itself, in V8's words.
fn cycle(vm: &mut Vm, value: &Value) -> Res<Value> {
    let mut path: Vec<(Id, String)> = vec![];
    let root = value.object().unwrap_or(realm::OBJECT);
    let name = |vm: &Vm, id: Id| vm.class_name(id).unwrap_or_else(|| "Object".into());
    fn search(vm: &Vm, id: Id, path: &mut Vec<(Id, String)>) -> Option<(Id, String)> {
        if path.len() > DEPTH {
            return None;
        }
        for key in vm.own_keys(id, false) {
            let value = match &vm.heap.get(id).kind {
                Kind::Array(list) => key.index().and_then(|at| list.get(at).cloned()),
                _ => vm.plain(id, &key),
            };
            let Some(child) = value.and_then(|v| v.object()).filter(|c| !vm.heap.get(*c).is_callable())
            else {
                continue;
            };
            let shown = match key.index() {
                Some(at) => format!("index {at}"),
                None => format!("property '{}'", vm.key_text(&key)),
            };
            path.push((id, shown.clone()));
            if path.iter().any(|(seen, _)| *seen == child) {
                return Some((child, shown));
            }
            if let Some(found) = search(vm, child, path) {
                return Some(found);
            }
            path.pop();
        }
        None
    }
    let Some((start, last)) = search(vm, root, &mut path) else {
        return vm.type_error("Converting circular structure to JSON");
    };
    let from = path.iter().position(|(id, _)| *id == start).unwrap_or(0);
    let mut text = format!(
        "Converting circular structure to JSON\n    --> starting at object with constructor '{}'",
        name(vm, start)
    );
    let middle = &path[from..path.len() - 1];
    for (at, (_, key)) in middle.iter().enumerate() {
        if at > 0 && at + 1 < middle.len() {
            if at == 1 {
                text.push_str("\n    |     ...");
            }
            continue;
        }
        let next = path.get(from + at + 1).map_or(start, |(id, _)| *id);
        text.push_str(&format!("\n    |     {key} -> object with constructor '{}'", name(vm, next)));
    }
    text.push_str(&format!("\n    --- {last} closes the circle"));
    vm.type_error(&text)
}

impl Writer<'_> {
    /// False where the value is none that JSON has.
    fn value(&mut self, value: &Value) -> Result<bool, Stop> {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            Value::Num(n) => self.out.push_str(&if n.is_finite() { number::text(*n) } else { "null".into() }),
            Value::Str(text) => quote(text, &mut self.out),
            Value::Big(_) => return Err(Stop::Big),
            Value::Empty | Value::Undefined | Value::Symbol(_) | Value::Cell(_) => return Ok(false),
            Value::Obj(id) => return self.object(*id),
        }
        Ok(true)
    }

    fn object(&mut self, id: Id) -> Result<bool, Stop> {
        let object = self.vm.heap.get(id);
        if self.out.len() > 32 << 20 || self.open.len() > DEPTH {
            return Err(Stop::Deep);
        }
        if object.is_callable() {
            return Ok(false);
        }
        if let Kind::Date(time) = object.kind {
            match super::date::iso(time) {
                Some(text) => quote(&text, &mut self.out),
                None => self.out.push_str("null"),
            }
            return Ok(true);
        }
        if self.vm.plain(id, &"toJSON".into()).is_some_and(|f| self.vm.is_callable(&f)) {
            return Err(Stop::Slow);
        }
        if let Kind::Boxed(value) = &object.kind {
            return self.value(&value.clone());
        }
        if self.open.contains(&id) {
            return Err(Stop::Cycle);
        }
        self.open.push(id);
        if let Kind::Array(list) = &object.kind {
            self.array(list)?;
        } else {
            self.members(id)?;
        }
        self.open.pop();
        Ok(true)
    }

    fn line(&mut self) {
        if !self.indent.is_empty() {
            self.out.push('\n');
            self.out.push_str(&self.indent.repeat(self.open.len()));
        }
    }

    fn array(&mut self, list: &[Value]) -> Result<(), Stop> {
        self.out.push('[');
        for (at, value) in list.iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.line();
            if !self.value(value)? {
                self.out.push_str("null");
            }
        }
        self.end(list.is_empty(), ']');
        Ok(())
    }

    fn end(&mut self, empty: bool, mark: char) {
        let open = self.open.pop();
        if !empty {
            self.line();
        }
        self.open.extend(open);
        self.out.push(mark);
    }

    fn members(&mut self, id: Id) -> Result<(), Stop> {
        self.out.push('{');
        let mut first = true;
        for key in self.vm.own_keys(id, false) {
            let name = self.vm.key_text(&key);
            if self.only.as_ref().is_some_and(|only| !only.contains(&name)) {
                continue;
            }
            let value = match self.vm.heap.get(id).props.get(&key).map(|p| &p.slot) {
                Some(Slot::Value(value)) => value.clone(),
                Some(Slot::Accessor(..)) => return Err(Stop::Slow),
                None => self.vm.element(id, &key),
            };
            let before = self.out.len();
            if !first {
                self.out.push(',');
            }
            self.line();
            quote(&name, &mut self.out);
            self.out.push_str(if self.indent.is_empty() { ":" } else { ": " });
            if self.value(&value)? {
                first = false;
            } else {
                self.out.truncate(before);
            }
        }
        self.end(first, '}');
        Ok(())
    }
}

impl Vm {
    /// An element of a list by its key.
    pub fn element(&self, id: Id, key: &Key) -> Value {
        match (&self.heap.get(id).kind, key.index()) {
            (Kind::Array(list) | Kind::Arguments(list), Some(at)) => {
                list.get(at).cloned().unwrap_or_default()
            }
            (Kind::Bytes(bytes), Some(at)) => {
                bytes.get(at).map_or(Value::Undefined, |b| Value::Num(f64::from(*b)))
            }
            _ => Value::Undefined,
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}
