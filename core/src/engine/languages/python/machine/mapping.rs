//! Hashes, and dictionaries and sets by keys that may be the script's own objects.

use super::dict::{hash_bytes, hash_text};
use super::heap::Obj;
use super::vm::{Got, Vm};
use super::{Dict, Value};

impl Vm<'_, '_> {
    /// The hash of a key.
    pub fn hash(&mut self, value: &Value) -> Got<u64> {
        if let Some(hash) = Self::number_hash(value) {
            return Ok(hash as u64);
        }
        match value {
            Value::Str(text) => return Ok(hash_text(text)),
            Value::Bytes(bytes) => return Ok(hash_bytes(bytes) ^ 1),
            Value::Obj(_) => {}
            Value::None => return Ok(0xfca8_6420),
            Value::Native(number) => return Ok(u64::from(*number) ^ 0x5151),
            _ => return Ok(7),
        }
        let Value::Obj(id) = value else { return Ok(7) };
        match self.m.heap.get(*id) {
            Obj::Tuple(items) => {
                let items = items.clone();
                self.deeper(|vm| {
                    items.iter().try_fold(0x345_678_u64, |h, item| Ok(h.wrapping_mul(1_000_003) ^ vm.hash(item)?))
                })
            }
            Obj::FrozenSet(set) => Ok(set.iter().fold(1_927_868_237, |h, (hash, ..)| h ^ hash.wrapping_mul(3_644_798_167))),
            Obj::List(_) | Obj::Dict(_) | Obj::Set(_) | Obj::ByteArray(_) | Obj::Slice(_) => self.unhashable(value),
            Obj::Instance(instance) => {
                let base = instance.base.clone();
                match self.special(value, "__hash__") {
                    Some(Value::None) => self.unhashable(value),
                    Some(method) => {
                        let hash = self.call(&method, vec![value.clone()])?;
                        Ok(self.int_arg(&hash)? as u64)
                    }
                    None if base != Value::None => self.hash(&base),
                    None => Ok(u64::from(*id).wrapping_mul(0x9e37_79b9)),
                }
            }
            Obj::Method(function, this) => {
                let (function, this) = (function.clone(), this.id().unwrap_or(0));
                Ok(self.hash(&function)? ^ u64::from(this))
            }
            _ => Ok(u64::from(*id).wrapping_mul(0x9e37_79b9)),
        }
    }

    fn unhashable(&mut self, value: &Value) -> Got<u64> {
        let name = self.type_name(value);
        Err(self.type_error(format!("unhashable type: '{name}'")))
    }

    /// The place of a key in a dictionary.
    pub fn find(&mut self, dict: &Dict, hash: u64, key: &Value) -> Got<Option<usize>> {
        if let Value::Str(text) = key
            && let Some(at) = dict.find_text(hash, text)
        {
            return Ok(Some(at));
        }
        if let Some(at) = dict.find_same(hash, key) {
            return Ok(Some(at));
        }
        for at in dict.candidates(hash) {
            let Some((_, found, _)) = dict.entry_at(at) else { continue };
            let found = found.clone();
            if self.equal(&found, key)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// As `find` in a dictionary of the heap, without a copy of it where no script is needed.
    fn find_in(&mut self, id: super::Id, hash: u64, key: &Value) -> Got<Option<usize>> {
        let Some(dict) = self.m.heap.dict(id) else { return Ok(None) };
        let quick = match key {
            Value::Str(text) => dict.find_text(hash, text),
            _ => dict.find_same(hash, key),
        };
        if quick.is_some() || dict.candidates(hash).is_empty() {
            return Ok(quick);
        }
        let dict = dict.clone();
        self.find(&dict, hash, key)
    }

    /// The dictionary or set that a value is or holds.
    pub fn dict_id(&self, value: &Value) -> Option<super::Id> {
        let plain = self.plain(value);
        plain.id().filter(|id| self.m.heap.dict(*id).is_some())
    }

    /// A value by its key.
    pub fn dict_get(&mut self, dict: &Value, key: &Value) -> Got<Option<Value>> {
        let Some(id) = self.dict_id(dict) else { return Ok(None) };
        let hash = self.hash(key)?;
        let at = self.find_in(id, hash, key)?;
        Ok(at.and_then(|at| self.m.heap.dict(id)?.value_at(at).cloned()))
    }

    /// Sets a value by its key (or adds to a set).
    pub fn dict_set(&mut self, dict: &Value, key: Value, value: Value) -> Got<()> {
        let Some(id) = self.dict_id(dict) else { return Ok(()) };
        let hash = self.hash(&key)?;
        let at = self.find_in(id, hash, &key)?;
        self.m.heap.fresh += 72;
        if let Some(dict) = self.m.heap.dict_mut(id) {
            match at {
                Some(at) => dict.set_at(at, value),
                None => dict.push(hash, key, value),
            }
        }
        Ok(())
    }

    /// Takes an entry out.
    pub fn dict_remove(&mut self, dict: &Value, key: &Value) -> Got<Option<Value>> {
        let Some(id) = self.dict_id(dict) else { return Ok(None) };
        let hash = self.hash(key)?;
        let at = self.find_in(id, hash, key)?;
        Ok(at.and_then(|at| self.m.heap.dict_mut(id)?.remove_at(at)).map(|(_, _, value)| value))
    }

    /// Keys and values of a dictionary or of what has `keys`.
    pub fn pairs_of(&mut self, value: &Value) -> Got<Option<Vec<(Value, Value)>>> {
        if let Some(id) = self.dict_id(value)
            && let Obj::Dict(dict) = self.m.heap.get(id)
        {
            return Ok(Some(dict.iter().map(|(_, k, v)| (k.clone(), v.clone())).collect()));
        }
        let Some(method) = self.special(value, "keys") else { return Ok(None) };
        let keys = self.call(&method, vec![value.clone()])?;
        let mut out = vec![];
        for key in self.list_of(&keys)? {
            let item = self.get_item(value, &key)?;
            out.push((key, item));
        }
        Ok(Some(out))
    }

    /// A set of these values.
    pub fn set_of(&mut self, values: Vec<Value>) -> Got {
        let mut set = Dict::default();
        for value in values {
            let hash = self.hash(&value)?;
            if self.find(&set, hash, &value)?.is_none() {
                set.push(hash, value, Value::None);
            }
        }
        self.claim(set.len() * 72)?;
        Ok(self.new_obj(Obj::Set(set)))
    }
}
