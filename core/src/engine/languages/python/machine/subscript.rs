//! `a[b]`: items and slices.

use super::heap::Obj;
use super::vm::{Got, Vm};
use super::{Value, classes};

/// How many numbers a range has.
pub fn range_len(start: i64, stop: i64, step: i64) -> i64 {
    if step > 0 && start < stop {
        (stop.saturating_sub(start) - 1) / step + 1
    } else if step < 0 && start > stop {
        (start.saturating_sub(stop) - 1) / step.saturating_neg() + 1
    } else {
        0
    }
}

/// The place that a number names in a sequence.
fn place(n: i64, len: usize) -> Option<usize> {
    let n = if n < 0 { n.saturating_add(len as i64) } else { n };
    usize::try_from(n).ok().filter(|n| *n < len)
}

impl Vm<'_, '_> {
    /// The places that a slice takes from a sequence: start, stop, step.
    pub fn slice_bounds(&mut self, parts: &[Value; 3], len: usize) -> Got<(i64, i64, i64)> {
        let len = len as i64;
        let step = if parts[2] == Value::None { 1 } else { self.slice_part(&parts[2])? };
        if step == 0 {
            return Err(self.value_error("slice step cannot be zero"));
        }
        let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
        let bound = |vm: &mut Self, part: &Value, default: i64| -> Got<i64> {
            if *part == Value::None {
                return Ok(default);
            }
            let n = vm.slice_part(part)?;
            Ok(if n < 0 { n.saturating_add(len).max(low) } else { n.min(high) })
        };
        let start = bound(self, &parts[0], if step > 0 { 0 } else { len - 1 })?;
        let stop = bound(self, &parts[1], if step > 0 { len } else { -1 })?;
        Ok((start, stop, step))
    }

    fn slice_part(&mut self, part: &Value) -> Got<i64> {
        match part {
            Value::Int(_) | Value::Bool(_) | Value::Big(_) => self.int_arg(part),
            other if self.special(other, "__index__").is_some() => self.int_arg(part),
            _ => Err(self.type_error("slice indices must be integers or None or have an __index__ method")),
        }
    }

    fn slice_places(&mut self, parts: &[Value; 3], len: usize) -> Got<Vec<usize>> {
        let (start, stop, step) = self.slice_bounds(parts, len)?;
        let count = range_len(start, stop, step);
        self.work(count as usize / 8);
        Ok((0..count).map(|i| (start + i * step) as usize).collect())
    }

    /// `object[key]`.
    pub fn get_item(&mut self, object: &Value, key: &Value) -> Got {
        if let Some(method) = self.special(object, "__getitem__") {
            return self.call(&method, vec![object.clone(), key.clone()]);
        }
        let plain = self.plain(object);
        if let Some(Obj::Slice(parts)) = key.id().map(|id| self.m.heap.get(id)) {
            let parts = parts.clone();
            return self.get_slice(object, &plain, &parts);
        }
        let Value::Obj(id) = &plain else { return self.text_item(object, &plain, key) };
        match self.m.heap.get(*id) {
            Obj::List(items) | Obj::Tuple(items) => {
                let len = items.len();
                let name = if matches!(self.m.heap.get(*id), Obj::List(_)) { "list" } else { "tuple" };
                let at = self.index(name, key, len)?;
                let (Obj::List(items) | Obj::Tuple(items)) = self.m.heap.get(*id) else { return Ok(Value::None) };
                Ok(items.get(at).cloned().unwrap_or_default())
            }
            Obj::Dict(_) => match self.dict_get(&plain, key)? {
                Some(value) => Ok(value),
                None => match self.special(object, "__missing__") {
                    Some(method) => self.call(&method, vec![object.clone(), key.clone()]),
                    None => {
                        let error = self.exception("KeyError", vec![key.clone()]);
                        Err(super::Trap::Raise(error))
                    }
                },
            },
            Obj::Range(start, stop, step) => {
                let (start, len, step) = (*start, range_len(*start, *stop, *step), *step);
                let at = self.index("range object", key, len as usize)?;
                Ok(Value::Int(start + at as i64 * step))
            }
            Obj::ByteArray(bytes) => {
                let len = bytes.len();
                let at = self.index("bytearray", key, len)?;
                let Obj::ByteArray(bytes) = self.m.heap.get(*id) else { return Ok(Value::None) };
                Ok(Value::Int(i64::from(bytes.get(at).copied().unwrap_or(0))))
            }
            Obj::Class(class) => {
                let meta_method = class.attrs.text("__class_getitem__").is_some() || !class.user || self.class_lookup(*id, "__class_getitem__").is_some();
                if meta_method {
                    return Ok(object.clone());
                }
                let name = class.name.clone();
                Err(self.type_error(format!("type '{name}' is not subscriptable")))
            }
            _ => self.not_subscriptable(object),
        }
    }

    fn not_subscriptable<T>(&mut self, object: &Value) -> Got<T> {
        let name = self.type_name(object);
        Err(self.type_error(format!("'{name}' object is not subscriptable")))
    }

    /// A place in a sequence, with Python's messages.
    fn index(&mut self, name: &str, key: &Value, len: usize) -> Got<usize> {
        let key = &self.plain(key);
        let fits = matches!(key, Value::Int(_) | Value::Bool(_) | Value::Big(_)) || self.special(key, "__index__").is_some();
        if !fits {
            let given = self.type_name(key);
            let shown = name.strip_suffix(" object").unwrap_or(name);
            let shown = if shown == "str" { "string" } else { shown };
            let quote = if self.m.minor >= 11 && shown == "string" { format!(", not '{given}'") } else { format!(", not {given}") };
            let quote = if shown == "string" && self.m.minor < 11 { String::new() } else { quote };
            return Err(self.type_error(format!("{shown} indices must be integers{}{quote}", if shown == "string" { "" } else { " or slices" })));
        }
        let n = self.int_arg(key)?;
        match place(n, len) {
            Some(at) => Ok(at),
            None => {
                let shown = if name == "str" { "string" } else { name };
                Err(self.error("IndexError", format!("{shown} index out of range")))
            }
        }
    }

    fn text_item(&mut self, object: &Value, plain: &Value, key: &Value) -> Got {
        match plain {
            Value::Str(text) => {
                if text.is_ascii() {
                    let at = self.index("str", key, text.len())?;
                    return Ok(Value::str(text.get(at..at + 1).unwrap_or("")));
                }
                self.work(text.len() / 64);
                let at = self.index("str", key, text.chars().count())?;
                Ok(Value::Str(text.chars().nth(at).map(String::from).unwrap_or_default().into()))
            }
            Value::Bytes(bytes) => {
                let at = self.index("byte", key, bytes.len())?;
                Ok(Value::Int(i64::from(bytes.get(at).copied().unwrap_or(0))))
            }
            _ => self.not_subscriptable(object),
        }
    }

    fn get_slice(&mut self, object: &Value, plain: &Value, parts: &[Value; 3]) -> Got {
        match plain {
            Value::Str(text) if text.is_ascii() && matches!(parts[2], Value::None | Value::Int(1)) => {
                let (start, stop, _) = self.slice_bounds(parts, text.len())?;
                let (start, stop) = (start as usize, stop.max(start) as usize);
                self.string(text.get(start..stop).unwrap_or("").to_string())
            }
            Value::Str(text) => {
                let chars: Vec<char> = text.chars().collect();
                let places = self.slice_places(parts, chars.len())?;
                self.string(places.into_iter().filter_map(|at| chars.get(at)).collect())
            }
            Value::Bytes(bytes) => {
                let places = self.slice_places(parts, bytes.len())?;
                self.bytes(places.into_iter().filter_map(|at| bytes.get(at).copied()).collect())
            }
            Value::Obj(id) => {
                if let Obj::Range(start, stop, step) = *self.m.heap.get(*id) {
                    let (from, to, by) = self.slice_bounds(parts, range_len(start, stop, step) as usize)?;
                    return Ok(self.new_obj(Obj::Range(start + from * step, start + to * step, step * by)));
                }
                let Some(items) = self.items_of(plain) else { return self.not_subscriptable(object) };
                let places = self.slice_places(parts, items.len())?;
                self.claim(places.len() * 24)?;
                let taken = places.into_iter().filter_map(|at| items.get(at).cloned()).collect();
                Ok(if self.type_of(plain) == classes::TUPLE { self.tuple(taken) } else { self.list(taken) })
            }
            _ => self.not_subscriptable(object),
        }
    }

    /// `object[key] = value`.
    pub fn set_item(&mut self, object: &Value, key: &Value, value: Value) -> Got<()> {
        if let Some(method) = self.special(object, "__setitem__") {
            return self.call(&method, vec![object.clone(), key.clone(), value]).map(drop);
        }
        let plain = self.plain(object);
        let Some(id) = plain.id() else { return self.no_assignment(object, "assignment") };
        match self.m.heap.get(id) {
            Obj::Dict(_) => self.dict_set(&plain, key.clone(), value),
            Obj::List(items) => {
                let len = items.len();
                if let Some(Obj::Slice(parts)) = key.id().map(|id| self.m.heap.get(id)) {
                    let parts = parts.clone();
                    return self.set_slice(id, &parts, &value);
                }
                let at = self.index("list", key, len).map_err(|trap| self.assignment_trap(trap))?;
                if let Some(slot) = self.m.heap.list_mut(id).and_then(|items| items.get_mut(at)) {
                    *slot = value;
                }
                Ok(())
            }
            Obj::ByteArray(bytes) => {
                let len = bytes.len();
                let at = self.index("bytearray", key, len)?;
                let byte = self.int_arg(&value)?;
                let Ok(byte) = u8::try_from(byte) else {
                    return Err(self.value_error("byte must be in range(0, 256)"));
                };
                if let Some(Obj::ByteArray(bytes)) = self.m.heap.get_mut(id) {
                    bytes[at] = byte;
                }
                Ok(())
            }
            _ => self.no_assignment(object, "assignment"),
        }
    }

    fn assignment_trap(&mut self, trap: super::Trap) -> super::Trap {
        if let super::Trap::Raise(error) = &trap
            && self.is_instance_of(error, classes::by_name("IndexError").unwrap_or(0))
        {
            return self.error("IndexError", "list assignment index out of range");
        }
        trap
    }

    fn no_assignment(&mut self, object: &Value, what: &str) -> Got<()> {
        let name = self.type_name(object);
        Err(self.type_error(format!("'{name}' object does not support item {what}")))
    }

    fn set_slice(&mut self, id: super::Id, parts: &[Value; 3], value: &Value) -> Got<()> {
        let items = self.list_of(value)?;
        let len = self.m.heap.list_mut(id).map_or(0, |l| l.len());
        let (start, stop, step) = self.slice_bounds(parts, len)?;
        self.claim(items.len() * 24)?;
        if step == 1 {
            let (start, stop) = (start as usize, stop.max(start) as usize);
            if let Some(list) = self.m.heap.list_mut(id) {
                list.splice(start..stop, items);
            }
            return Ok(());
        }
        let places = self.slice_places(parts, len)?;
        if places.len() != items.len() {
            let text = format!(
                "attempt to assign sequence of size {} to extended slice of size {}",
                items.len(),
                places.len()
            );
            return Err(self.value_error(text));
        }
        if let Some(list) = self.m.heap.list_mut(id) {
            for (at, item) in places.into_iter().zip(items) {
                list[at] = item;
            }
        }
        Ok(())
    }

    /// `del object[key]`.
    pub fn del_item(&mut self, object: &Value, key: &Value) -> Got<()> {
        if let Some(method) = self.special(object, "__delitem__") {
            return self.call(&method, vec![object.clone(), key.clone()]).map(drop);
        }
        let plain = self.plain(object);
        let Some(id) = plain.id() else { return self.no_assignment(object, "deletion") };
        match self.m.heap.get(id) {
            Obj::Dict(_) => match self.dict_remove(&plain, key)? {
                Some(_) => Ok(()),
                None => {
                    let error = self.exception("KeyError", vec![key.clone()]);
                    Err(super::Trap::Raise(error))
                }
            },
            Obj::List(items) => {
                let len = items.len();
                let mut places = match key.id().map(|id| self.m.heap.get(id)) {
                    Some(Obj::Slice(parts)) => {
                        let parts = parts.clone();
                        self.slice_places(&parts, len)?
                    }
                    _ => vec![self.index("list", key, len).map_err(|trap| self.assignment_trap(trap))?],
                };
                places.sort_unstable();
                if let Some(list) = self.m.heap.list_mut(id) {
                    let mut at = 0;
                    list.retain(|_| {
                        at += 1;
                        places.binary_search(&(at - 1)).is_err()
                    });
                }
                Ok(())
            }
            _ => self.no_assignment(object, "deletion"),
        }
    }
}
