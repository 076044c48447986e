//! Values and objects: plain data in an arena, with a collector that the machine calls between two instructions.

use crate::base::Gather;
use super::compile_expr::PRIVATE;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A text.
pub type Text = Arc<str>;
/// The number of an object in the arena.
pub type Id = u32;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub enum Value {
    /// A hole of an array, or a variable before its declaration.
    Empty,
    #[default]
    Undefined,
    Null,
    Bool(bool),
    Num(#[serde(with = "bits")] f64),
    Str(Text),
    Symbol(u32),
    Big(i128),
    Obj(Id),
    /// A variable that closures share; never seen by a script.
    Cell(Id),
}

mod bits {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(n: &f64, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_u64(n.to_bits())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<f64, D::Error> {
        u64::deserialize(d).map(f64::from_bits)
    }
}

/// Equality of states, not of the language.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Num(a), Value::Num(b)) => a.to_bits() == b.to_bits(),
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Big(a), Value::Big(b)) => a == b,
            (Value::Symbol(a), Value::Symbol(b))
            | (Value::Obj(a), Value::Obj(b))
            | (Value::Cell(a), Value::Cell(b)) => a == b,
            _ => {
                std::mem::discriminant(self) == std::mem::discriminant(other)
                    && !matches!(self, Value::Num(_))
            }
        }
    }
}

impl Value {
    pub fn text(text: &str) -> Self {
        Value::Str(text.into())
    }

    pub fn is_nullish(&self) -> bool {
        matches!(self, Value::Undefined | Value::Null | Value::Empty)
    }

    pub fn object(&self) -> Option<Id> {
        match self {
            Value::Obj(id) => Some(*id),
            _ => None,
        }
    }

    pub fn truthy(&self) -> bool {
        match self {
            Value::Empty | Value::Undefined | Value::Null => false,
            Value::Bool(b) => *b,
            Value::Num(n) => *n != 0.0 && !n.is_nan(),
            Value::Str(s) => !s.is_empty(),
            Value::Big(n) => *n != 0,
            Value::Symbol(_) | Value::Obj(_) | Value::Cell(_) => true,
        }
    }

    /// `===`
    pub fn same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Num(a), Value::Num(b)) => a == b,
            (Value::Empty | Value::Undefined, Value::Empty | Value::Undefined) => true,
            _ => self == other,
        }
    }

    /// As maps and `includes` compare.
    pub fn same_zero(&self, other: &Value) -> bool {
        matches!((self, other), (Value::Num(a), Value::Num(b)) if a.is_nan() && b.is_nan())
            || self.same(other)
    }
}

impl From<f64> for Value {
    fn from(n: f64) -> Self {
        Value::Num(n)
    }
}

impl From<usize> for Value {
    fn from(n: usize) -> Self {
        Value::Num(n as f64)
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}

impl From<String> for Value {
    fn from(s: String) -> Self {
        Value::Str(s.into())
    }
}

impl From<Id> for Value {
    fn from(id: Id) -> Self {
        Value::Obj(id)
    }
}

/// What names a property.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Key {
    Str(Text),
    Symbol(u32),
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Key::Str(text.into())
    }
}

impl Key {
    pub fn value(&self) -> Value {
        match self {
            Key::Str(text) => Value::Str(text.clone()),
            Key::Symbol(id) => Value::Symbol(*id),
        }
    }

    pub fn is_private(&self) -> bool {
        matches!(self, Key::Str(text) if text.starts_with(PRIVATE))
    }

    /// The index it is for an array.
    pub fn index(&self) -> Option<usize> {
        match self {
            Key::Str(text) => array_index(text),
            Key::Symbol(_) => None,
        }
    }
}

/// The index that a text is: `0`, `12`, but not `01`.
pub fn array_index(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let first = *bytes.first()?;
    if !first.is_ascii_digit() || bytes.len() > 10 || first == b'0' && bytes.len() > 1 {
        return None;
    }
    text.parse().ok().filter(|n| *n < u32::MAX as usize)
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Slot {
    Value(Value),
    /// Getter and setter.
    Accessor(Option<Id>, Option<Id>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prop {
    pub slot: Slot,
    pub flags: u8,
}

pub const WRITABLE: u8 = 1;
pub const ENUMERABLE: u8 = 2;
pub const CONFIGURABLE: u8 = 4;
pub const OPEN: u8 = 7;
pub const HIDDEN: u8 = 5;

impl Prop {
    pub fn open(value: Value) -> Self {
        Self { slot: Slot::Value(value), flags: OPEN }
    }

    pub fn hidden(value: Value) -> Self {
        Self { slot: Slot::Value(value), flags: HIDDEN }
    }
}

/// How many properties are searched one by one.
const FEW: usize = 10;

/// Properties in the order they were made.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Props {
    list: Vec<(Key, Prop)>,
    #[serde(skip)]
    index: Option<BTreeMap<Key, u32>>,
}

impl Props {
    fn find(&self, key: &Key) -> Option<usize> {
        if let Some(index) = &self.index {
            return index.get(key).map(|at| *at as usize);
        }
        match key {
            Key::Str(text) => self.list.iter().position(|(k, _)| {
                matches!(k, Key::Str(t) if Arc::ptr_eq(t, text) || t.len() == text.len() && **t == **text)
            }),
            Key::Symbol(_) => self.list.iter().position(|(k, _)| k == key),
        }
    }

    pub fn get(&self, key: &Key) -> Option<&Prop> {
        self.find(key).and_then(|at| self.list.get(at)).map(|(_, prop)| prop)
    }

    pub fn get_mut(&mut self, key: &Key) -> Option<&mut Prop> {
        let at = self.find(key)?;
        self.list.get_mut(at).map(|(_, prop)| prop)
    }

    pub fn insert(&mut self, key: Key, prop: Prop) {
        if let Some(old) = self.get_mut(&key) {
            *old = prop;
            return;
        }
        if let Some(index) = &mut self.index {
            index.insert(key.clone(), self.list.len() as u32);
        }
        self.list.push((key, prop));
        if self.list.len() > FEW && self.index.is_none() {
            self.reindex();
        }
    }

    fn reindex(&mut self) {
        self.index = None;
        if self.list.len() > FEW {
            let pairs = self.list.iter().enumerate().map(|(at, (key, _))| (key.clone(), at as u32));
            self.index = Some(pairs.gather());
        }
    }

    pub fn remove(&mut self, key: &Key) -> Option<Prop> {
        let at = self.find(key)?;
        let (_, prop) = self.list.remove(at);
        self.reindex();
        Some(prop)
    }

    pub fn iter(&self) -> impl Iterator<Item = &(Key, Prop)> {
        self.list.iter()
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Prop> {
        self.list.iter_mut().map(|(_, prop)| prop)
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }
}

/// A function of a script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Closure {
    pub unit: u32,
    pub code: u32,
    pub cells: Arc<[Id]>,
    /// The object that `super` is above of.
    pub home: Option<Id>,
    /// The function that sets the fields of a class's instances.
    pub fields: Option<Id>,
}

/// Entries in the order they came, found by key.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Table {
    /// `(key, value)` by number; a removed one leaves a gap.
    pub entries: BTreeMap<u64, (Value, Value)>,
    #[serde(with = "pairs")]
    index: BTreeMap<MapKey, u64>,
    next: u64,
    /// A WeakMap, WeakSet or WeakRef, which shows nothing.
    pub weak: bool,
}

mod pairs {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    pub fn serialize<K: Serialize, S: Serializer>(map: &BTreeMap<K, u64>, s: S) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(s)
    }

    pub fn deserialize<'de, K: Deserialize<'de> + Ord, D: Deserializer<'de>>(
        d: D,
    ) -> Result<BTreeMap<K, u64>, D::Error> {
        Vec::<(K, u64)>::deserialize(d).map(|list| list.into_iter().collect())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum MapKey {
    Other(u8),
    Num(u64),
    Str(Text),
    Symbol(u32),
    Big(i128),
    Obj(Id),
}

fn map_key(value: &Value) -> MapKey {
    match value {
        Value::Empty | Value::Undefined => MapKey::Other(0),
        Value::Null => MapKey::Other(1),
        Value::Bool(b) => MapKey::Other(2 + u8::from(*b)),
        Value::Num(n) => MapKey::Num(if *n == 0.0 {
            0
        } else if n.is_nan() {
            f64::NAN.to_bits()
        } else {
            n.to_bits()
        }),
        Value::Str(s) => MapKey::Str(s.clone()),
        Value::Symbol(s) => MapKey::Symbol(*s),
        Value::Big(n) => MapKey::Big(*n),
        Value::Obj(id) | Value::Cell(id) => MapKey::Obj(*id),
    }
}

impl Table {
    pub fn new(weak: bool) -> Self {
        Self { weak, ..Self::default() }
    }

    pub fn get(&self, key: &Value) -> Option<&Value> {
        self.entries.get(self.index.get(&map_key(key))?).map(|(_, value)| value)
    }

    pub fn set(&mut self, key: Value, value: Value) {
        let at = *self.index.entry(map_key(&key)).or_insert(self.next);
        if at == self.next {
            self.next += 1;
            self.entries.insert(at, (key, value));
        } else if let Some(entry) = self.entries.get_mut(&at) {
            entry.1 = value;
        }
    }

    pub fn remove(&mut self, key: &Value) -> bool {
        self.index.remove(&map_key(key)).is_some_and(|at| self.entries.remove(&at).is_some())
    }

    pub fn clear(&mut self) {
        self.entries.clear();
        self.index.clear();
    }
}

/// What is gone through, step by step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Walk {
    pub over: Value,
    /// The next index, or the number of the next entry.
    pub at: u64,
    pub what: Part,
    pub done: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    Keys,
    Values,
    Entries,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Promised {
    #[default]
    Pending,
    Kept(Value),
    Broken(Value),
}

/// Who waits for a promise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Reaction {
    /// Handlers and the promise that they decide.
    Then { kept: Value, broken: Value, next: Option<Id> },
    /// A coroutine that awaits it.
    Resume(Id),
    /// A promise that becomes what this one is.
    Forward(Id),
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Promise {
    pub state: Promised,
    pub reactions: Vec<Reaction>,
    pub handled: bool,
    /// It has been resolved, perhaps with another promise.
    pub decided: bool,
}

/// A suspended function: a generator or one that awaits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coroutine {
    pub frame: Option<Box<super::vm::Frame>>,
    pub stack: Vec<Value>,
    pub state: Running,
    /// What an async function decides at its end; for an async generator, what its present `next` gave.
    pub promise: Option<Id>,
    pub is_async: bool,
    pub is_generator: bool,
    /// What `return` of a generator was given.
    pub returning: Value,
    /// Calls of an async generator that came while it was running: how (0 next, 1 throw, 2 return), value, promise.
    pub queue: Vec<(u8, Value, Id)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Running {
    Fresh,
    Suspended,
    Now,
    Done,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Kind {
    #[default]
    Plain,
    Array(Vec<Value>),
    Function(Closure),
    /// A function of the table in `builtins`.
    Native(u16),
    Bound {
        target: Id,
        this: Value,
        args: Vec<Value>,
    },
    /// Keeps or breaks a promise.
    Resolver {
        promise: Id,
        breaks: bool,
    },
    Error,
    Boxed(Value),
    Date(#[serde(with = "bits")] f64),
    Regex {
        source: Text,
        flags: Text,
    },
    Map(Table),
    Set(Table),
    Promise(Promise),
    Coroutine(Box<Coroutine>),
    Walk(Walk),
    Bytes(Vec<u8>),
    Arguments(Vec<Value>),
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Object {
    pub proto: Option<Id>,
    pub props: Props,
    pub kind: Kind,
    /// No new properties.
    pub sealed: bool,
    /// No changes at all (of the elements of an array, too).
    pub frozen: bool,
    #[serde(default)]
    pub marked: bool,
}

impl Object {
    pub fn of(proto: Id, kind: Kind) -> Self {
        Self { proto: Some(proto), kind, ..Self::default() }
    }

    pub fn is_callable(&self) -> bool {
        matches!(self.kind, Kind::Function(_) | Kind::Native(_) | Kind::Bound { .. } | Kind::Resolver { .. })
    }

    /// About how many bytes it takes.
    pub fn weight(&self) -> usize {
        let values = |n: usize| n * 24;
        112 + self.props.len() * 88
            + match &self.kind {
                Kind::Array(list) | Kind::Arguments(list) => values(list.len()),
                Kind::Map(t) | Kind::Set(t) => t.entries.len() * 160,
                Kind::Bytes(b) => b.len(),
                Kind::Coroutine(c) => 256 + values(c.stack.len()),
                _ => 0,
            }
    }
}
