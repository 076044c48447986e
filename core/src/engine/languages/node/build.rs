//! Instructions that build: arrays, objects, functions, classes.

use super::code::Op;
use super::realm;
use super::value::{Closure, ENUMERABLE, HIDDEN, Id, Key, Kind, OPEN, Object, Part, Prop, Slot, Value, Walk};
use super::vm::{Res, Ret, Trap, Vm};
use crate::kernel::Sys;

impl Vm {
    /// The elements of an array.
    pub fn elements(&self, value: &Value) -> Vec<Value> {
        match value.object().map(|id| &self.heap.get(id).kind) {
            Some(Kind::Array(list) | Kind::Arguments(list)) => list
                .iter()
                .map(|v| if matches!(v, Value::Empty) { Value::Undefined } else { v.clone() })
                .collect(),
            _ => vec![],
        }
    }

    pub fn append(&mut self, value: Value) {
        self.heap.fresh += 24;
        if let Value::Obj(id) = *self.top(0)
            && let Kind::Array(list) = &mut self.heap.get_mut(id).kind
        {
            list.push(value);
        }
    }

    pub fn execute_building(&mut self, sys: &mut Sys<'_>, op: Op) -> Res<()> {
        match op {
            Op::NewArray => {
                let array = self.new_array(vec![]);
                self.stack.push(array);
            }
            Op::Append => {
                let value = self.pop();
                self.append(value);
            }
            Op::AppendHole => self.append(Value::Empty),
            Op::AppendSpread => {
                if !self.listed(sys, u32::MAX)? {
                    return Ok(());
                }
                let list = self.pop();
                for value in self.elements(&list) {
                    self.append(value);
                }
            }
            Op::NewObject => {
                let id = self.new_object();
                self.stack.push(Value::Obj(id));
            }
            Op::Init(at) => {
                let key = Key::Str(self.name(at)?);
                let value = self.pop();
                if let Value::Obj(id) = *self.top(0) {
                    if matches!(&key, Key::Str(k) if &**k == "__proto__") {
                        self.heap.get_mut(id).proto = value.object();
                    } else {
                        self.define(id, key, Prop::open(value));
                    }
                }
            }
            Op::InitIndex | Op::DefineField => {
                let (key, value) = (self.top(1).clone(), self.top(0).clone());
                let key = self.key(&key)?;
                self.pop();
                self.pop();
                if let Value::Obj(id) = *self.top(0) {
                    self.define(id, key, Prop::open(value));
                }
                if op == Op::DefineField {
                    self.pop();
                }
            }
            other => return self.execute_definitions(sys, other),
        }
        Ok(())
    }

    fn execute_definitions(&mut self, sys: &mut Sys<'_>, op: Op) -> Res<()> {
        match op {
            Op::InitMethod(which, shows) => self.init_method(which, shows)?,
            Op::InitSpread => return self.init_spread(sys),
            Op::ObjectRest(count) => {
                let at = self.stack.len() - usize::from(count);
                let keys = self.stack.split_off(at);
                let source = self.pop();
                let mut left = vec![];
                for key in keys {
                    left.push(self.key(&key)?);
                }
                let copy = self.new_object();
                self.copy_into(copy, &source, &left)?;
                self.stack.push(Value::Obj(copy));
            }
            Op::Closure(at) => {
                let value = self.closure(at)?;
                self.stack.push(value);
            }
            Op::Class(at, extends) => return self.class(at, extends),
            Op::ClassFields => {
                let fields = self.pop();
                let (class, proto) = (self.top(1).clone(), self.top(0).clone());
                if let Some(id) = fields.object()
                    && let Kind::Function(closure) = &mut self.heap.get_mut(id).kind
                {
                    closure.home = proto.object();
                }
                if let Some(id) = class.object()
                    && let Kind::Function(closure) = &mut self.heap.get_mut(id).kind
                {
                    closure.fields = fields.object();
                }
            }
            other => return self.execute_flow(sys, other),
        }
        Ok(())
    }

    pub fn init_method(&mut self, which: u8, shows: bool) -> Res<()> {
        let (key, function) = (self.top(1).clone(), self.top(0).clone());
        let key = self.key(&key)?;
        self.pop();
        self.pop();
        let (Value::Obj(target), Some(id)) = (self.top(0).clone(), function.object()) else { return Ok(()) };
        let needs_name =
            matches!(&key, Key::Symbol(_)) || self.function_name(id).is_none_or(|n| n.is_empty());
        if needs_name && which == 0 {
            let name = match &key {
                Key::Symbol(s) => format!("[{}]", self.symbols.get(*s as usize).map_or("", |s| s)),
                Key::Str(text) => text.to_string(),
            };
            self.heap
                .get_mut(id)
                .props
                .insert("name".into(), Prop { slot: Slot::Value(name.into()), flags: 4 });
        }
        if which > 0 {
            let name = format!("{} {}", if which == 1 { "get" } else { "set" }, self.key_text(&key));
            self.heap
                .get_mut(id)
                .props
                .insert("name".into(), Prop { slot: Slot::Value(name.into()), flags: 4 });
        }
        if let Kind::Function(closure) = &mut self.heap.get_mut(id).kind {
            closure.home = Some(target);
        }
        let flags = if shows { OPEN } else { HIDDEN };
        let accessor_flags = if shows { ENUMERABLE | 4 } else { 4 };
        match which {
            0 => self.define(target, key, Prop { slot: Slot::Value(function), flags }),
            1 => self.define_accessor(target, key, Some(id), None, accessor_flags),
            _ => self.define_accessor(target, key, None, Some(id), accessor_flags),
        }
        Ok(())
    }

    pub fn init_spread(&mut self, sys: &mut Sys<'_>) -> Res<()> {
        let source = self.top(0).clone();
        let has_getter = source.object().is_some_and(|id| {
            self.heap
                .get(id)
                .props
                .iter()
                .any(|(_, p)| matches!(p.slot, Slot::Accessor(..)) && p.flags & ENUMERABLE != 0)
        });
        if has_getter {
            // A copy without getters takes its place, and the instruction runs again.
            let at = self.stack.len() as u32 - 1;
            self.frame()?.pc -= 1;
            let helper = self.hooks.get("flatten").cloned().unwrap_or_default();
            return self.call(sys, helper, Value::Undefined, vec![source], Ret::Again(at));
        }
        self.pop();
        if let Value::Obj(target) = *self.top(0) {
            self.copy_into(target, &source, &[])?;
        }
        Ok(())
    }

    /// Copies the enumerable properties of a value but those of some names.
    pub fn copy_into(&mut self, target: Id, source: &Value, left: &[Key]) -> Res<()> {
        if let Value::Str(text) = source {
            for (at, c) in text.chars().enumerate() {
                self.define(target, Key::Str(at.to_string().into()), Prop::open(Value::from(c.to_string())));
            }
        }
        let Value::Obj(id) = source else { return Ok(()) };
        let mut keys = self.own_keys(*id, false);
        keys.extend(self.own_symbols(*id).into_iter().map(Key::Symbol));
        for key in keys.into_iter().filter(|k| !left.contains(k)) {
            let value = self.read(source, &key)?;
            self.define(target, key, Prop::open(value));
        }
        Ok(())
    }

    pub fn closure(&mut self, at: u32) -> Res<Value> {
        let frame = self.frames.last().ok_or(Trap::Exit(70))?;
        let (unit, base, cells) = (frame.unit, frame.base as usize, frame.cells.clone());
        let Some(code) =
            self.units.get(unit as usize).and_then(|u| u.compiled.codes.get(at as usize)).cloned()
        else {
            return Err(Trap::Exit(70));
        };
        let mut captured = Vec::with_capacity(code.captures.len());
        for (local, index) in &code.captures {
            let id = if *local {
                match self.stack.get(base + usize::from(*index)) {
                    Some(Value::Cell(id)) => *id,
                    _ => return Err(Trap::Exit(71)),
                }
            } else {
                cells.get(usize::from(*index)).copied().ok_or(Trap::Exit(72))?
            };
            captured.push(id);
        }
        let closure = Closure { unit, code: at, cells: captured.into(), home: None, fields: None };
        Ok(Value::Obj(self.heap.add(Object::of(realm::FUNCTION, Kind::Function(closure)))))
    }

    /// `[parent] [constructor prototype]`
    pub fn class(&mut self, at: u32, extends: bool) -> Res<()> {
        let parent = self.pop();
        let (above, proto_above) = match (&parent, extends) {
            (_, false) => (realm::FUNCTION, Some(realm::OBJECT)),
            (Value::Null, true) => (realm::FUNCTION, None),
            (Value::Obj(id), true) if self.is_callable(&parent) => {
                let proto = self.plain_or_lazy(*id, "prototype");
                (*id, proto.object())
            }
            _ => {
                let shown = self.plain_text(&parent);
                return self.type_error(&format!("Class extends value {shown} is not a constructor or null"));
            }
        };
        let class = self.closure(at)?;
        let proto = self.heap.add(Object { proto: proto_above, ..Object::default() });
        if let Some(id) = class.object() {
            let object = self.heap.get_mut(id);
            object.proto = Some(above);
            if let Kind::Function(closure) = &mut object.kind {
                closure.home = Some(proto);
            }
            object.props.insert("prototype".into(), Prop { slot: Slot::Value(Value::Obj(proto)), flags: 0 });
            self.heap.get_mut(proto).props.insert("constructor".into(), Prop::hidden(class.clone()));
        }
        self.stack.push(class);
        self.stack.push(Value::Obj(proto));
        Ok(())
    }

    /// Makes the iterable on the stack an array; false where a helper was called that does it.
    pub fn listed(&mut self, sys: &mut Sys<'_>, count: u32) -> Res<bool> {
        let value = self.top(0).clone();
        let plain = match &value {
            Value::Obj(id) => matches!(self.heap.get(*id).kind, Kind::Array(_)),
            Value::Str(text) => {
                let list = text.chars().take(count as usize).map(|c| Value::from(c.to_string())).collect();
                let list = self.new_array(list);
                self.pop();
                self.stack.push(list);
                true
            }
            _ => false,
        };
        if plain {
            return Ok(true);
        }
        if !self.is_iterable(&value) {
            let shown = match &value {
                Value::Undefined | Value::Null | Value::Num(_) | Value::Bool(_) => self.plain_text(&value),
                _ => "object".into(),
            };
            let what = self.called_text();
            let what = if what.is_empty() || what.starts_with(|c: char| c.is_ascii_digit()) {
                shown.clone()
            } else {
                what
            };
            return self.type_error(&match value {
                Value::Undefined | Value::Null if what == shown => format!("{shown} is not iterable"),
                Value::Undefined | Value::Null => {
                    format!("{shown} is not iterable (cannot read property Symbol(Symbol.iterator))")
                }
                _ => format!("{what} is not iterable"),
            });
        }
        let at = self.stack.len() as u32 - 1;
        self.frame()?.pc -= 1;
        let helper = self.hooks.get("list").cloned().unwrap_or_default();
        self.call(sys, helper, Value::Undefined, vec![value, Value::Num(f64::from(count))], Ret::Again(at))?;
        Ok(false)
    }

    pub fn is_iterable(&self, value: &Value) -> bool {
        match value {
            Value::Obj(id) => {
                self.plain(*id, &Key::Symbol(realm::ITERATOR)).is_some_and(|v| self.is_callable(&v))
            }
            Value::Str(_) => true,
            _ => false,
        }
    }

    /// An object that walks over a value.
    pub fn walk(&mut self, over: Value, what: Part) -> Value {
        let walk = Walk { over, at: 0, what, done: false };
        Value::Obj(self.heap.add(Object::of(realm::WALK, Kind::Walk(walk))))
    }
}
