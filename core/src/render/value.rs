//! What a template sees: values with the distinctions of Go that show in output and errors.

use crate::base::{Gather, Time};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Go's name for the type that holds anything.
pub const ANY: &str = "interface {}";

/// A value in Go's terms. Cloning is cheap.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing at all: a key that is not in its map. Prints `<no value>`.
    #[default]
    Missing,
    /// A nil interface, such as `null` in JSON.
    Nil,
    /// A nil pointer of the named type (with its star); prints `<nil>`.
    NilPointer(&'static str),
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i64),
    /// An unsigned number. Templates meet them as bytes of text, so errors call it `uint8`.
    Uint(u64),
    /// `float64`
    Float(f64),
    /// `string`
    Str(Arc<str>),
    /// `json.Number`: a number of raw JSON. It prints as it was written and compares as text.
    JsonNumber(Arc<str>),
    /// A slice.
    List(Arc<List>),
    /// A map with text keys, in key order.
    Map(Arc<Map>),
    /// A struct or a pointer to one.
    Struct(Arc<Struct>),
    /// A pointer to a scalar: prints as what it points to but does not compare with it.
    Pointer(Arc<Value>),
    /// `time.Time`; `None` is Go's zero time.
    Time(Option<Time>),
    /// A value of a Go type with a text form of its own, such as `netip.Addr`.
    Opaque(Arc<Opaque>),
    /// A method of a struct that takes the name of an entry and gives its text, or "".
    Lookup(Arc<BTreeMap<String, String>>),
}

/// A value that prints in its own way and is text in JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Opaque {
    /// Go's name of the type.
    pub type_name: &'static str,
    /// What it prints as.
    pub shown: Arc<str>,
    /// What it is in JSON.
    pub json: Arc<str>,
}

/// A slice; `nil` ones are empty and are `null` in JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// Go's name of the element type, [`ANY`] for raw JSON.
    pub elem: &'static str,
    /// Whether it is Go's nil slice.
    pub nil: bool,
    /// The elements.
    pub items: Vec<Value>,
}

/// A map from text; `nil` ones are empty and are `null` in JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// Go's name of the element type, [`ANY`] for raw JSON.
    pub elem: &'static str,
    /// Whether it is Go's nil map.
    pub nil: bool,
    /// The entries; templates and JSON see them in key order.
    pub entries: BTreeMap<Arc<str>, Value>,
}

/// A struct with its fields in order. Methods without arguments are fields too.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Struct {
    /// Go's type name as error texts show it: `*formatter.ContainerContext`.
    pub type_name: &'static str,
    /// JSON has its keys in order and with `<`, `>`, `&` escaped, as the rows of listings do.
    pub row: bool,
    /// The fields.
    pub fields: Vec<Field>,
    /// Where JSON has its keys in another order: indexes of the fields.
    pub json_order: Vec<usize>,
    /// What it prints as, where its type has a text form of its own.
    pub text: Option<Arc<str>>,
}

/// One field of a [`Struct`].
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The name in Go, which templates use.
    pub name: Arc<str>,
    /// The key in JSON; `None` keeps the field out of JSON.
    pub json: Option<Arc<str>>,
    /// What it holds.
    pub value: Value,
}

impl Struct {
    /// A struct without fields yet.
    pub fn new(type_name: &'static str) -> Self {
        Self { type_name, ..Self::default() }
    }

    /// A row of a listing: its JSON has sorted keys.
    pub fn row(type_name: &'static str) -> Self {
        Self { type_name, row: true, ..Self::default() }
    }

    /// Gives it a text form of its own.
    #[must_use]
    pub fn shown_as(self, text: &str) -> Self {
        Self { text: Some(text.into()), ..self }
    }

    /// Adds a field whose JSON key is its name.
    pub fn field(self, name: &str, value: impl Into<Value>) -> Self {
        self.field_as(name, Some(name), value)
    }

    /// Adds a field with another JSON key, or (`None`) one that JSON does not show.
    pub fn field_as(mut self, name: &str, json: Option<&str>, value: impl Into<Value>) -> Self {
        self.fields.push(Field { name: name.into(), json: json.map(Into::into), value: value.into() });
        self
    }

    /// The field with this Go name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|f| &*f.name == name).map(|f| &f.value)
    }
}

impl From<Struct> for Value {
    fn from(s: Struct) -> Self {
        Self::Struct(Arc::new(s))
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Self::Str(s.into())
    }
}

impl From<String> for Value {
    fn from(s: String) -> Self {
        Self::Str(s.into())
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<u64> for Value {
    fn from(n: u64) -> Self {
        Self::Uint(n)
    }
}

impl From<f64> for Value {
    fn from(n: f64) -> Self {
        Self::Float(n)
    }
}

impl From<Time> for Value {
    fn from(t: Time) -> Self {
        Self::Time(Some(t))
    }
}

impl From<Vec<String>> for Value {
    fn from(items: Vec<String>) -> Self {
        Self::list("string", items.into_iter().map(Value::from).collect())
    }
}

impl From<BTreeMap<String, String>> for Value {
    fn from(entries: BTreeMap<String, String>) -> Self {
        Self::map("string", entries.into_iter().map(|(k, v)| (k, v.into())))
    }
}

impl Value {
    /// A slice of elements of the named Go type.
    pub fn list(elem: &'static str, items: Vec<Value>) -> Self {
        Self::List(Arc::new(List { elem, nil: false, items }))
    }

    /// A map from text to elements of the named Go type.
    pub fn map<K: Into<Arc<str>>>(elem: &'static str, entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        let entries = entries.into_iter().map(|(k, v)| (k.into(), v)).gather();
        Self::Map(Arc::new(Map { elem, nil: false, entries }))
    }

    /// Go's nil slice of the named element type: prints `[]`, is `null` in JSON.
    pub fn nil_list(elem: &'static str) -> Self {
        Self::List(Arc::new(List { elem, nil: true, items: Vec::new() }))
    }

    /// Go's nil map with the named element type: prints `map[]`, is `null` in JSON.
    pub fn nil_map(elem: &'static str) -> Self {
        Self::Map(Arc::new(Map { elem, nil: true, entries: BTreeMap::new() }))
    }

    /// What Go reads from JSON into an `interface{}` with numbers kept as text: objects become
    /// maps (so in key order), numbers `json.Number`.
    pub fn raw(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Nil,
            serde_json::Value::Bool(b) => Self::Bool(*b),
            serde_json::Value::Number(n) => Self::JsonNumber(number_text(n).into()),
            serde_json::Value::String(s) => s.as_str().into(),
            serde_json::Value::Array(items) => Self::list(ANY, items.iter().map(Self::raw).collect()),
            serde_json::Value::Object(o) => Self::map(ANY, o.iter().map(|(k, v)| (k.as_str(), Self::raw(v)))),
        }
    }

    /// Go's name of the type, as error texts show it.
    pub fn type_name(&self) -> String {
        match self {
            Self::Missing | Self::Nil => ANY.into(),
            Self::NilPointer(name) => (*name).into(),
            Self::Bool(_) => "bool".into(),
            Self::Int(_) => "int".into(),
            Self::Uint(_) => "uint8".into(),
            Self::Float(_) => "float64".into(),
            Self::Str(_) => "string".into(),
            Self::JsonNumber(_) => "json.Number".into(),
            Self::List(l) => format!("[]{}", l.elem),
            Self::Map(m) => format!("map[string]{}", m.elem),
            Self::Struct(s) => s.type_name.into(),
            Self::Pointer(v) => format!("*{}", v.type_name()),
            Self::Time(_) => "time.Time".into(),
            Self::Opaque(o) => o.type_name.into(),
            Self::Lookup(_) => "func(string) string".into(),
        }
    }

    /// Whether Go's templates take the value for true: not zero, not empty, not nil.
    pub fn truth(&self) -> bool {
        match self {
            Self::Missing | Self::Nil | Self::NilPointer(_) => false,
            Self::Bool(b) => *b,
            Self::Int(n) => *n != 0,
            Self::Uint(n) => *n != 0,
            Self::Float(n) => *n != 0.0,
            Self::Str(s) | Self::JsonNumber(s) => !s.is_empty(),
            Self::List(l) => !l.items.is_empty(),
            Self::Map(m) => !m.entries.is_empty(),
            Self::Struct(_) | Self::Pointer(_) | Self::Time(_) | Self::Opaque(_) | Self::Lookup(_) => true,
        }
    }

    /// The text of a string value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(s) => Some(s),
            _ => None,
        }
    }
}

/// A JSON number as Docker would have written it: whole numbers plainly, others as Go's JSON does.
pub(super) fn number_text(n: &serde_json::Number) -> String {
    match (n.as_i64(), n.as_u64(), n.as_f64()) {
        (Some(i), ..) => i.to_string(),
        (_, Some(u), _) => u.to_string(),
        (.., Some(f)) => crate::base::go_text::format_json_float(f),
        _ => n.to_string(),
    }
}
