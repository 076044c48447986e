//! Going through values.

use super::heap::{Iter, Obj, View};
use super::vm::{Got, Vm};
use super::{Dict, Id, Value};

/// How an iterator is to be gone on with.
pub enum Advance {
    Value(Value),
    End,
    /// By this generator.
    Generator(Id),
    /// By a call of this method.
    Call(Value),
}

/// The values of a set in the order Python shows them: small whole numbers lie by their value.
pub fn set_order(set: &Dict) -> Vec<Value> {
    let keys = set.keys();
    let number = |v: &Value| match v {
        Value::Int(n) => Some(*n),
        Value::Bool(b) => Some(i64::from(*b)),
        _ => None,
    };
    if !keys.iter().all(|k| number(k).is_some()) {
        return keys;
    }
    let hash = |n: i64| -> u64 { if n == -1 { -2_i64 as u64 } else { (n % ((1 << 61) - 1)) as u64 } };
    let mut table: Vec<Option<i64>> = vec![None; 8];
    let mut used = 0_usize;
    for n in keys.iter().filter_map(number) {
        insert(&mut table, n, hash(n));
        used += 1;
        if used * 5 >= (table.len() - 1) * 3 {
            let wanted = if used > 50_000 { used * 2 } else { used * 4 };
            let mut size = 8;
            while size <= wanted {
                size <<= 1;
            }
            let old = std::mem::replace(&mut table, vec![None; size]);
            old.into_iter().flatten().for_each(|n| insert(&mut table, n, hash(n)));
        }
    }
    let place = |n: i64| keys.iter().find(|k| number(k) == Some(n)).cloned();
    if keys.iter().all(|k| matches!(k, Value::Int(_))) {
        return table.into_iter().flatten().map(Value::Int).collect();
    }
    table.into_iter().flatten().filter_map(place).collect()
}

fn insert(table: &mut [Option<i64>], n: i64, hash: u64) {
    let mask = table.len() as u64 - 1;
    let (mut perturb, mut at) = (hash, hash & mask);
    loop {
        let probes = if at + 9 <= mask { 9 } else { 0 };
        for i in 0..=probes {
            if let Some(slot @ None) = table.get_mut((at + i) as usize) {
                *slot = Some(n);
                return;
            }
        }
        perturb >>= 5;
        at = (at.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb)) & mask;
    }
}

impl Vm<'_, '_> {
    /// The items of a list or tuple.
    pub fn items_of(&self, value: &Value) -> Option<Vec<Value>> {
        match self.m.heap.get(value.id()?) {
            Obj::List(items) | Obj::Tuple(items) => Some(items.clone()),
            Obj::Instance(instance) if instance.base != Value::None => self.items_of(&instance.base),
            _ => None,
        }
    }

    /// An iterator over a built-in value.
    pub fn iter_now(&mut self, value: &Value) -> Option<Value> {
        let iter = match value {
            Value::Str(_) | Value::Bytes(_) => Iter::Items(value.clone(), 0),
            Value::Obj(id) => match self.m.heap.get(*id) {
                Obj::List(_) | Obj::Tuple(_) | Obj::ByteArray(_) => Iter::Items(value.clone(), 0),
                Obj::Dict(dict) => Iter::Dict(*id, View::Keys, 0, dict.len()),
                Obj::View(dict, view) => {
                    Iter::Dict(*dict, *view, 0, self.m.heap.dict(*dict).map_or(0, Dict::len))
                }
                Obj::Set(set) | Obj::FrozenSet(set) => Iter::Fixed(set_order(set), 0),
                Obj::Range(start, stop, step) => Iter::Range(*start, *stop, *step),
                Obj::Iter(_) | Obj::Gen(_) => return Some(value.clone()),
                Obj::Instance(instance) if instance.base != Value::None && self.special(value, "__iter__").is_none() => {
                    let base = instance.base.clone();
                    return self.iter_now(&base);
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(self.new_obj(Obj::Iter(Box::new(iter))))
    }

    /// `iter(value)`.
    pub fn iter_of(&mut self, value: &Value) -> Got {
        if let Some(iter) = self.iter_now(value) {
            return Ok(iter);
        }
        if let Some(method) = self.special(value, "__iter__").filter(|m| *m != Value::None) {
            return self.call(&method, vec![value.clone()]);
        }
        if self.special(value, "__getitem__").is_some() {
            let helper = self.prelude("_iterate_items")?;
            return self.call(&helper, vec![value.clone()]);
        }
        let name = self.type_name(value);
        Err(self.type_error(format!("'{name}' object is not iterable")))
    }

    /// All values of anything that can be gone through.
    pub fn list_of(&mut self, value: &Value) -> Got<Vec<Value>> {
        if self.special(value, "__iter__").is_none() {
            if let Some(items) = self.items_of(value) {
                return Ok(items);
            }
            if let Some(iter) = self.fixed_items(value) {
                self.work(iter.len() / 4);
                return Ok(iter);
            }
        }
        let iter = self.iter_of(value)?;
        let list = self.collected(iter)?;
        Ok(self.items_of(&list).unwrap_or_default())
    }

    /// The values of what does not change when it is gone through.
    fn fixed_items(&mut self, value: &Value) -> Option<Vec<Value>> {
        match value {
            Value::Str(text) => Some(text.chars().map(|c| Value::Str(c.to_string().into())).collect()),
            Value::Bytes(bytes) => Some(bytes.iter().map(|b| Value::Int(i64::from(*b))).collect()),
            Value::Obj(id) => match self.m.heap.get(*id) {
                Obj::Dict(dict) => Some(dict.keys()),
                Obj::Set(set) | Obj::FrozenSet(set) => Some(set_order(set)),
                Obj::View(dict, View::Keys) => self.m.heap.dict(*dict).map(Dict::keys),
                Obj::View(dict, View::Values) => self.m.heap.dict(*dict).map(Dict::values),
                Obj::Instance(instance) if instance.base != Value::None => {
                    let base = instance.base.clone();
                    self.fixed_items(&base)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The next value of an iterator, or how to get it.
    pub(super) fn advance(&mut self, iter: &Value) -> Got<Advance> {
        let Value::Obj(id) = iter else { return self.not_an_iterator(iter) };
        match self.m.heap.get_mut(*id) {
            Some(Obj::Gen(_)) => Ok(Advance::Generator(*id)),
            Some(Obj::Iter(inner)) => {
                if let Iter::Range(next, stop, step) = &mut **inner {
                    if (*step > 0 && *next >= *stop) || (*step < 0 && *next <= *stop) {
                        return Ok(Advance::End);
                    }
                    let value = *next;
                    *next = next.saturating_add(*step);
                    return Ok(Advance::Value(Value::Int(value)));
                }
                let id = *id;
                self.advance_iter(id)
            }
            _ => match self.special(iter, "__next__") {
                Some(method) => Ok(Advance::Call(method)),
                None => self.not_an_iterator(iter),
            },
        }
    }

    fn not_an_iterator(&mut self, value: &Value) -> Got<Advance> {
        let name = self.type_name(value);
        Err(self.type_error(format!("'{name}' object is not an iterator")))
    }

    fn advance_iter(&mut self, id: Id) -> Got<Advance> {
        let Obj::Iter(iter) = self.m.heap.get(id) else { return Ok(Advance::End) };
        let (next, changed) = match &**iter {
            Iter::Items(source, at) => match self.item_at(source, *at) {
                Some((value, at)) => (value, Iter::Items(source.clone(), at)),
                None => return Ok(Advance::End),
            },
            Iter::Reversed(source, left) => {
                let Some(at) = left.checked_sub(1) else { return Ok(Advance::End) };
                match self.item_at(source, at) {
                    Some((value, _)) => (value, Iter::Reversed(source.clone(), at)),
                    None => return Ok(Advance::End),
                }
            }
            Iter::Dict(dict, view, at, len) => {
                let (dict, view, at, len) = (*dict, *view, *at, *len);
                let Some(known) = self.m.heap.dict(dict) else { return Ok(Advance::End) };
                if known.len() != len {
                    return Err(self.error("RuntimeError", "dictionary changed size during iteration"));
                }
                let Some((found, (_, key, value))) = known.next_from(at) else { return Ok(Advance::End) };
                let value = match view {
                    View::Keys => key.clone(),
                    View::Values => value.clone(),
                    View::Items => {
                        let pair = vec![key.clone(), value.clone()];
                        self.tuple(pair)
                    }
                };
                (value, Iter::Dict(dict, view, found + 1, len))
            }
            Iter::Fixed(items, at) => {
                let Some(value) = items.get(*at).cloned() else { return Ok(Advance::End) };
                if let Some(Obj::Iter(iter)) = self.m.heap.get_mut(id)
                    && let Iter::Fixed(_, at) = &mut **iter
                {
                    *at += 1;
                }
                return Ok(Advance::Value(value));
            }
            Iter::Enumerate(inner, n) => {
                let (inner, n) = (inner.clone(), *n);
                let Advance::Value(value) = self.advance(&inner)? else { return Ok(Advance::End) };
                let pair = self.tuple(vec![Value::Int(n), value]);
                (pair, Iter::Enumerate(inner, n.saturating_add(1)))
            }
            Iter::Zip(inner, strict) => {
                let (inner, strict) = (inner.clone(), *strict);
                return self.advance_zip(&inner, strict);
            }
            Iter::Range(..) => return Ok(Advance::End),
        };
        if let Some(Obj::Iter(iter)) = self.m.heap.get_mut(id) {
            **iter = changed;
        }
        Ok(Advance::Value(next))
    }

    fn advance_zip(&mut self, inner: &[Value], strict: bool) -> Got<Advance> {
        let mut values = vec![];
        for (at, iter) in inner.iter().enumerate() {
            match self.advance(iter)? {
                Advance::Value(value) => values.push(value),
                _ if strict && at > 0 => {
                    let s = if at == 1 { " " } else { "s 1-" };
                    let text = format!("zip() argument {} is shorter than argument{s}{at}", at + 1);
                    return Err(self.value_error(text));
                }
                _ => {
                    for (other, iter) in inner.iter().enumerate().skip(1).filter(|_| strict && at == 0) {
                        if let Advance::Value(_) = self.advance(iter)? {
                            let s = if other == 1 { " " } else { "s 1-" };
                            let text = format!("zip() argument {} is longer than argument{s}{other}", other + 1);
                            return Err(self.value_error(text));
                        }
                    }
                    return Ok(Advance::End);
                }
            }
        }
        if values.is_empty() {
            return Ok(Advance::End);
        }
        Ok(Advance::Value(self.tuple(values)))
    }

    /// The item at a place (of a text, a byte) and the place of the next one.
    fn item_at(&self, source: &Value, at: usize) -> Option<(Value, usize)> {
        match source {
            Value::Str(text) => {
                let c = text.get(at..)?.chars().next()?;
                Some((Value::Str(c.to_string().into()), at + c.len_utf8()))
            }
            Value::Bytes(bytes) => Some((Value::Int(i64::from(*bytes.get(at)?)), at + 1)),
            Value::Obj(id) => match self.m.heap.get(*id) {
                Obj::List(items) | Obj::Tuple(items) => Some((items.get(at)?.clone(), at + 1)),
                Obj::ByteArray(bytes) => Some((Value::Int(i64::from(*bytes.get(at)?)), at + 1)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether an iterator never needs the script to go on.
    pub fn is_native_iter(&self, iter: &Value) -> bool {
        match iter.id().map(|id| self.m.heap.get(id)) {
            Some(Obj::Iter(inner)) => match &**inner {
                Iter::Enumerate(inner, _) => self.is_native_iter(inner),
                Iter::Zip(inner, _) => inner.iter().all(|i| self.is_native_iter(i)),
                _ => true,
            },
            _ => false,
        }
    }

    /// `next(iterator)`: the value, or nothing at its end.
    pub fn next_of(&mut self, iter: &Value) -> Got<Result<Value, Value>> {
        match self.advance_once(iter)? {
            Advance::Value(value) => Ok(Ok(value)),
            Advance::End => Ok(Err(self.exception("StopIteration", vec![]))),
            Advance::Generator(id) => self.resume(id, Ok(Value::None)),
            Advance::Call(method) => self.try_call(&method, vec![iter.clone()]),
        }
    }

    /// As `advance`, from a native that may be run again.
    fn advance_once(&mut self, iter: &Value) -> Got<Advance> {
        if !self.is_native_iter(iter) {
            return self.advance(iter);
        }
        let got = self.once(|vm| match vm.advance(iter)? {
            Advance::Value(value) => Ok(vm.tuple(vec![value])),
            _ => Ok(Value::None),
        })?;
        match self.items_of(&got).and_then(|mut items| items.pop()) {
            Some(value) => Ok(Advance::Value(value)),
            None => Ok(Advance::End),
        }
    }
}
