//! Properties: reading, writing, deleting, listing them.

use crate::base::Order;
use super::realm;
use super::value::{CONFIGURABLE, ENUMERABLE, Id, Key, Kind, OPEN, Object, Prop, Slot, Value, WRITABLE};
use super::vm::{Res, Ret, Trap, Vm};
use crate::kernel::Sys;

/// What reading a property gave.
#[derive(Debug, Clone, PartialEq)]
pub enum Got {
    Value(Value),
    /// This getter, with this `this`.
    Call(Id, Value),
}

/// The largest array, in elements.
const MAX_ARRAY: usize = 4 << 20;

impl Vm {
    /// The prototype that a value's properties are looked for in.
    fn home_of(&self, value: &Value) -> Option<Id> {
        Some(match value {
            Value::Obj(id) => *id,
            Value::Str(_) => realm::STRING,
            Value::Num(_) => realm::NUMBER,
            Value::Bool(_) => realm::BOOLEAN,
            Value::Symbol(_) => realm::SYMBOL,
            Value::Big(_) => realm::BIGINT,
            Value::Empty | Value::Undefined | Value::Null | Value::Cell(_) => return None,
        })
    }

    pub fn get(&mut self, value: &Value, key: &Key) -> Res<Got> {
        if matches!(key, Key::Str(name) if &**name == "stack") {
            self.settle_stack(value);
        }
        if let Some(found) = self.own_special(value, key) {
            return Ok(Got::Value(found));
        }
        let Some(start) = self.home_of(value) else {
            let name = self.key_text(key);
            return self.type_error(&format!(
                "Cannot read properties of {} (reading '{name}')",
                nullish_name(value)
            ));
        };
        let mut at = Some(start);
        while let Some(id) = at {
            let object = self.heap.get(id);
            if let Some(prop) = object.props.get(key) {
                return Ok(match &prop.slot {
                    Slot::Value(value) => Got::Value(value.clone()),
                    Slot::Accessor(Some(getter), _) => Got::Call(*getter, value.clone()),
                    Slot::Accessor(None, _) => Got::Value(Value::Undefined),
                });
            }
            at = object.proto;
        }
        if let (Value::Obj(id), Key::Str(name)) = (value, key)
            && let Some(found) = self.lazy(*id, name)
        {
            return Ok(Got::Value(found));
        }
        Ok(Got::Value(Value::Undefined))
    }

    /// What is kept outside of the list of properties: elements, lengths, a function's name.
    fn own_special(&self, value: &Value, key: &Key) -> Option<Value> {
        let Key::Str(name) = key else { return None };
        match value {
            Value::Str(text) if &**name == "length" => Some(super::strings::length(text).into()),
            Value::Str(text) => super::strings::unit(text, key.index()?).map(|c| Value::Str(c.into())),
            Value::Obj(id) => match &self.heap.get(*id).kind {
                Kind::Array(list) if &**name == "length" => Some(list.len().into()),
                Kind::Array(list) | Kind::Arguments(list) => {
                    if &**name == "length" {
                        return Some(list.len().into());
                    }
                    list.get(key.index()?).filter(|v| !matches!(v, Value::Empty)).cloned()
                }
                Kind::Bytes(bytes) if matches!(&**name, "length" | "byteLength") => Some(bytes.len().into()),
                Kind::Bytes(bytes) => bytes.get(key.index()?).map(|b| Value::Num(f64::from(*b))),
                Kind::Boxed(inner @ Value::Str(_)) => self.own_special(&inner.clone(), key),
                _ => None,
            },
            _ => None,
        }
    }

    /// Properties of functions that are made when they are looked for: `name`, `length`, `prototype`.
    fn lazy(&mut self, id: Id, name: &str) -> Option<Value> {
        if !matches!(name, "name" | "length" | "prototype") {
            return None;
        }
        let (value, flags) = match &self.heap.get(id).kind {
            Kind::Function(closure) => {
                let code =
                    self.units.get(closure.unit as usize)?.compiled.codes.get(closure.code as usize)?.clone();
                match name {
                    "name" => (
                        Value::Str(code.name.trim_start_matches(super::compile_expr::PRIVATE).into()),
                        CONFIGURABLE,
                    ),
                    "length" => (Value::Num(f64::from(code.length)), CONFIGURABLE),
                    _ if code.constructs() && !code.is_class => {
                        let proto = self.new_object();
                        self.heap
                            .get_mut(proto)
                            .props
                            .insert("constructor".into(), Prop::hidden(Value::Obj(id)));
                        (Value::Obj(proto), WRITABLE)
                    }
                    _ if code.is_generator => {
                        let above = if code.is_async { realm::ASYNC_GENERATOR } else { realm::GENERATOR };
                        (Value::Obj(self.heap.add(Object::of(above, Kind::Plain))), WRITABLE)
                    }
                    _ => return None,
                }
            }
            Kind::Native(index) => match name {
                "name" => (Value::text(super::builtins::entry(*index).name()), CONFIGURABLE),
                "length" => (Value::Num(f64::from(super::builtins::entry(*index).length)), CONFIGURABLE),
                _ => return None,
            },
            Kind::Bound { target, .. } if name == "name" => {
                let target = *target;
                let inner = self.plain_or_lazy(target, "name");
                (Value::from(format!("bound {}", self.plain_text(&inner))), CONFIGURABLE)
            }
            Kind::Resolver { .. } | Kind::Bound { .. } => {
                (if name == "name" { Value::text("") } else { Value::Num(1.0) }, CONFIGURABLE)
            }
            _ => return None,
        };
        self.heap.get_mut(id).props.insert(name.into(), Prop { slot: Slot::Value(value.clone()), flags });
        Some(value)
    }

    /// A data property, made if it is one of a function's.
    pub fn plain_or_lazy(&mut self, id: Id, name: &str) -> Value {
        self.plain(id, &name.into()).or_else(|| self.lazy(id, name)).unwrap_or_default()
    }

    /// A property for a native, which can call no getter.
    pub fn read(&mut self, value: &Value, key: &Key) -> Res<Value> {
        match self.get(value, key)? {
            Got::Value(value) => Ok(value),
            Got::Call(..) => Err(Trap::Missing("a getter in this place".into())),
        }
    }

    /// Reads into the place where the instruction's result goes: `[] [value]`.
    pub fn push_property(&mut self, sys: &mut Sys<'_>, value: &Value, key: &Key) -> Res<()> {
        match self.get(value, key)? {
            Got::Value(value) => {
                self.stack.push(value);
                Ok(())
            }
            Got::Call(getter, this) => self.call(sys, Value::Obj(getter), this, vec![], Ret::Push),
        }
    }

    /// Sets a property; the setter to call where there is one.
    pub fn set(&mut self, target: &Value, key: Key, value: Value) -> Res<Option<Id>> {
        if matches!(&key, Key::Str(name) if &**name == "stack") {
            self.settle_stack(target);
        }
        let Value::Obj(id) = target else {
            if target.is_nullish() {
                let name = self.key_text(&key);
                return self.type_error(&format!(
                    "Cannot set properties of {} (setting '{name}')",
                    nullish_name(target)
                ));
            }
            return Ok(None);
        };
        let id = *id;
        if self.set_special(id, &key, &value)? {
            return Ok(None);
        }
        let mut at = Some(id);
        while let Some(here) = at {
            let object = self.heap.get_mut(here);
            if let Some(prop) = object.props.get_mut(&key) {
                match &mut prop.slot {
                    Slot::Accessor(_, Some(setter)) => return Ok(Some(*setter)),
                    Slot::Accessor(_, None) => {
                        let name = self.key_text(&key);
                        let shown = self.shown_briefly(target);
                        return self.refuse_write(&format!(
                            "Cannot set property {name} of {shown} which has only a getter"
                        ));
                    }
                    Slot::Value(old) => {
                        if prop.flags & WRITABLE == 0 {
                            let name = self.key_text(&key);
                            let shown = self.shown_briefly(target);
                            return self.refuse_write(&format!(
                                "Cannot assign to read only property '{name}' of object '{shown}'"
                            ));
                        }
                        if here == id {
                            *old = value;
                            return Ok(None);
                        }
                        break;
                    }
                }
            }
            at = object.proto;
        }
        if self.heap.get(id).sealed {
            let name = self.key_text(&key);
            return self.refuse_write(&format!("Cannot add property {name}, object is not extensible"));
        }
        self.heap.fresh += 88;
        self.heap.get_mut(id).props.insert(key, Prop::open(value));
        Ok(None)
    }

    /// An error where the code is strict, nothing where it is not.
    fn refuse_write(&mut self, text: &str) -> Res<Option<Id>> {
        let strict = self.frames.last().is_some_and(|f| self.code_of(f).strict);
        if strict { self.type_error(text) } else { Ok(None) }
    }

    /// Elements and lengths; true where it was one of those.
    fn set_special(&mut self, id: Id, key: &Key, value: &Value) -> Res<bool> {
        let Key::Str(name) = key else { return Ok(false) };
        let object = self.heap.get(id);
        let frozen = object.frozen;
        let sealed = object.sealed;
        match &object.kind {
            Kind::Array(list) | Kind::Arguments(list) => {
                let len = list.len();
                if &**name == "length" {
                    let wanted = self.number(value)?;
                    if wanted < 0.0 || wanted.fract() != 0.0 || wanted > f64::from(u32::MAX) {
                        return self.range_error("Invalid array length");
                    }
                    if wanted as usize > MAX_ARRAY {
                        return Err(Trap::Missing("an array of so many elements".into()));
                    }
                    if !frozen {
                        self.resize(id, wanted as usize);
                    }
                    return Ok(true);
                }
                let Some(at) = key.index() else { return Ok(false) };
                if frozen || sealed && at >= len {
                    let text = if at < len {
                        format!("Cannot assign to read only property '{at}' of object '[object Array]'")
                    } else {
                        format!("Cannot add property {at}, object is not extensible")
                    };
                    return self.refuse_write(&text).map(|_| true);
                }
                if at >= MAX_ARRAY {
                    return Err(Trap::Missing("an array of so many elements".into()));
                }
                if at >= len {
                    self.resize(id, at + 1);
                }
                if let Kind::Array(list) | Kind::Arguments(list) = &mut self.heap.get_mut(id).kind {
                    list[at] = value.clone();
                }
                Ok(true)
            }
            Kind::Bytes(_) => {
                let Some(at) = key.index() else { return Ok(false) };
                let n = self.number(value)?;
                if let Kind::Bytes(bytes) = &mut self.heap.get_mut(id).kind
                    && let Some(byte) = bytes.get_mut(at)
                {
                    *byte = super::number::to_u32(n) as u8;
                }
                Ok(true)
            }
            _ => {
                if matches!(&**name, "name" | "length" | "prototype") {
                    self.lazy(id, name);
                }
                Ok(false)
            }
        }
    }

    fn resize(&mut self, id: Id, len: usize) {
        let mut grown = 0;
        if let Kind::Array(list) | Kind::Arguments(list) = &mut self.heap.get_mut(id).kind {
            grown = len.saturating_sub(list.len());
            list.resize(len, Value::Empty);
        }
        self.heap.fresh += grown * 24;
        self.cost += grown as u64 / 8;
    }

    /// Defines a property whatever was there.
    pub fn define(&mut self, id: Id, key: Key, prop: Prop) {
        if let (Some(at), Slot::Value(value)) = (key.index(), &prop.slot)
            && let Kind::Array(list) = &self.heap.get(id).kind
        {
            let len = list.len();
            if at >= len && at < MAX_ARRAY {
                self.resize(id, at + 1);
            }
            if let Kind::Array(list) = &mut self.heap.get_mut(id).kind
                && let Some(slot) = list.get_mut(at)
            {
                *slot = value.clone();
            }
            return;
        }
        self.heap.fresh += 88;
        self.heap.get_mut(id).props.insert(key, prop);
    }

    /// Adds a getter or a setter beside the other one.
    pub fn define_accessor(&mut self, id: Id, key: Key, getter: Option<Id>, setter: Option<Id>, flags: u8) {
        let (old_get, old_set) = match self.heap.get(id).props.get(&key).map(|p| &p.slot) {
            Some(Slot::Accessor(get, set)) => (*get, *set),
            _ => (None, None),
        };
        let slot = Slot::Accessor(getter.or(old_get), setter.or(old_set));
        self.heap.get_mut(id).props.insert(key, Prop { slot, flags });
    }

    pub fn delete(&mut self, target: &Value, key: &Key) -> Res<bool> {
        let Value::Obj(id) = target else { return Ok(true) };
        let object = self.heap.get_mut(*id);
        let locked = object.frozen || object.props.get(key).is_some_and(|p| p.flags & CONFIGURABLE == 0);
        if locked && (object.props.get(key).is_some() || object.frozen) {
            let name = self.key_text(key);
            let shown = self.shown_briefly(target);
            self.refuse_write(&format!("Cannot delete property '{name}' of {shown}"))?;
            return Ok(false);
        }
        if let (Kind::Array(list), Some(at)) = (&mut object.kind, key.index()) {
            if let Some(slot) = list.get_mut(at) {
                *slot = Value::Empty;
            }
            return Ok(true);
        }
        object.props.remove(key);
        Ok(true)
    }

    /// True where the object itself has the property.
    pub fn has_own(&mut self, id: Id, key: &Key) -> bool {
        if self.own_special(&Value::Obj(id), key).is_some() || self.heap.get(id).props.get(key).is_some() {
            return true;
        }
        matches!(key, Key::Str(name) if self.lazy(id, name).is_some())
    }

    pub fn has(&mut self, id: Id, key: &Key) -> bool {
        let mut at = Some(id);
        while let Some(here) = at {
            if self.has_own(here, key) {
                return true;
            }
            at = self.heap.get(here).proto;
        }
        false
    }

    /// The names of an object's own properties: indices, then the others as they came. Private names are left out.
    pub fn own_keys(&self, id: Id, hidden: bool) -> Vec<Key> {
        let object = self.heap.get(id);
        let mut indices: Vec<(usize, Key)> = vec![];
        let mut names = vec![];
        let number = |n: usize| (n, Key::Str(n.to_string().into()));
        match &object.kind {
            Kind::Array(list) | Kind::Arguments(list) => {
                indices.extend(
                    list.iter()
                        .enumerate()
                        .filter(|(_, v)| !matches!(v, Value::Empty))
                        .map(|(n, _)| number(n)),
                );
                if hidden {
                    names.push("length".into());
                }
            }
            Kind::Bytes(bytes) => indices.extend((0..bytes.len()).map(number)),
            Kind::Boxed(Value::Str(text)) => indices.extend((0..super::strings::length(text)).map(number)),
            Kind::Function(_) if hidden => names.extend(["length".into(), "name".into(), "prototype".into()]),
            _ => {}
        }
        for (key, prop) in object.props.iter() {
            if key.is_private()
                || matches!(key, Key::Symbol(_))
                || !hidden && prop.flags & ENUMERABLE == 0
                || names.contains(key)
            {
                continue;
            }
            match key.index() {
                Some(at) => indices.push((at, key.clone())),
                None => names.push(key.clone()),
            }
        }
        indices.order_by_key(|(at, _)| *at);
        indices.into_iter().map(|(_, key)| key).chain(names).collect()
    }

    pub fn own_symbols(&self, id: Id) -> Vec<u32> {
        let keys = self.heap.get(id).props.iter();
        keys.filter_map(|(key, _)| if let Key::Symbol(s) = key { Some(*s) } else { None }).collect()
    }

    /// The own property of a key, elements included.
    pub fn own(&mut self, id: Id, key: &Key) -> Option<Prop> {
        if let Some(value) = self.own_special(&Value::Obj(id), key) {
            let object = self.heap.get(id);
            let is_length = matches!(key, Key::Str(name) if &**name == "length");
            let flags = match (object.frozen, is_length) {
                (true, true) => 0,
                (true, false) => ENUMERABLE,
                (false, true) => WRITABLE,
                (false, false) => OPEN,
            };
            return Some(Prop { slot: Slot::Value(value), flags });
        }
        if let Key::Str(name) = key {
            self.heap.get(id).props.get(key).is_none().then(|| self.lazy(id, name));
        }
        self.heap.get(id).props.get(key).cloned()
    }

    /// The name of a property in messages.
    pub fn key_text(&self, key: &Key) -> String {
        match key {
            Key::Str(text) => text.trim_start_matches(super::compile_expr::PRIVATE).to_string(),
            Key::Symbol(id) => self.symbol_text(*id),
        }
    }

    pub fn symbol_text(&self, id: u32) -> String {
        format!("Symbol({})", self.symbols.get(id as usize).map_or("", |s| s))
    }
}

fn nullish_name(value: &Value) -> &'static str {
    if matches!(value, Value::Null) { "null" } else { "undefined" }
}
