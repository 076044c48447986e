//! From the JSON of an API object to what templates see of the Go struct it stands for.
//!
//! A [`Kind`] says what Go has for a JSON value: it decides what a missing or null value prints,
//! whether numbers compare, and whether an unknown name is an error.

use super::value::{ANY, Opaque, Struct, Value};
use crate::base::Time;
use crate::base::time_format::{ZERO_TIME, parse_timestamp};
use serde_json::Value as Json;
use std::sync::Arc;

/// Deeper JSON than this reads as nothing; API objects stay far below.
const MAX_DEPTH: usize = 60;

/// What Go has for a value of JSON.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// `string`
    Text,
    /// `bool`
    Bool,
    /// Integers of any width.
    Int,
    /// `float64`
    Float,
    /// A pointer to a scalar of the named type (with its star).
    Pointer(&'static str),
    /// A slice of the named element type.
    List(&'static str, &'static Kind),
    /// A map from text to the named element type.
    Map(&'static str, &'static Kind),
    /// A struct, or (by the star of its name) a pointer to one.
    Struct(&'static str, &'static [Member]),
    /// `time.Time`
    Time,
    /// `netip.Addr`, which prints `invalid IP` when empty.
    Address,
    /// `netip.Prefix`, which prints `invalid Prefix` when empty.
    Prefix,
    /// Whatever the JSON looks like; what has no description ends up here.
    Any,
}

/// A field of a struct: its names in Go and in JSON, and what it is.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    go: &'static str,
    json: &'static str,
    kind: Kind,
}

impl Member {
    /// A field with the same name in Go and in JSON.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { go: name, json: name, kind }
    }

    /// A field with two names.
    pub const fn renamed(go: &'static str, json: &'static str, kind: Kind) -> Self {
        Self { go, json, kind }
    }
}

/// Reads `json` as `kind`. Null and missing give Go's zero value; a value that does not fit its
/// kind, or that the kind does not describe, is taken as it is.
pub fn typed(json: Option<&Json>, kind: &Kind) -> Value {
    read(json, kind, 0)
}

fn read(json: Option<&Json>, kind: &Kind, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::Nil;
    }
    let json = json.filter(|j| !j.is_null());
    let Some(json) = json else { return zero(kind, depth) };
    match (kind, json) {
        (Kind::List(elem, inner), Json::Array(items)) => {
            Value::list(elem, items.iter().map(|i| read(Some(i), inner, depth + 1)).collect())
        }
        (Kind::Map(elem, inner), Json::Object(map)) => {
            Value::map(elem, map.iter().map(|(k, v)| (k.as_str(), read(Some(v), inner, depth + 1))))
        }
        (Kind::Struct(name, members), Json::Object(map)) => members_of(name, members, Some(map), depth),
        (Kind::Float, Json::Number(n)) => Value::Float(n.as_f64().unwrap_or(0.0)),
        (Kind::Pointer(_), scalar) => Value::Pointer(Arc::new(plain(scalar, depth))),
        (Kind::Time, Json::String(text)) => Value::Time(time(text)),
        (Kind::Address, Json::String(text)) => opaque("netip.Addr", text, "invalid IP"),
        (Kind::Prefix, Json::String(text)) => opaque("netip.Prefix", text, "invalid Prefix"),
        _ => plain(json, depth),
    }
}

fn time(text: &str) -> Option<Time> {
    if text == ZERO_TIME { None } else { parse_timestamp(text, Time(0)).ok() }
}

fn opaque(type_name: &'static str, text: &str, empty: &str) -> Value {
    let shown = if text.is_empty() { empty } else { text };
    Value::Opaque(Arc::new(Opaque { type_name, shown: shown.into(), json: text.into() }))
}

/// Go's zero value of a kind.
fn zero(kind: &Kind, depth: usize) -> Value {
    match kind {
        Kind::Text => "".into(),
        Kind::Bool => false.into(),
        Kind::Int => Value::Int(0),
        Kind::Float => Value::Float(0.0),
        Kind::Pointer(name) => Value::NilPointer(name),
        Kind::List(elem, _) => Value::nil_list(elem),
        Kind::Map(elem, _) => Value::nil_map(elem),
        Kind::Struct(name, _) if name.starts_with('*') => Value::NilPointer(name),
        Kind::Struct(name, members) => members_of(name, members, None, depth),
        Kind::Time => Value::Time(None),
        Kind::Address => opaque("netip.Addr", "", "invalid IP"),
        Kind::Prefix => opaque("netip.Prefix", "", "invalid Prefix"),
        Kind::Any => Value::Nil,
    }
}

/// A struct: the described fields, then what else the JSON has. Its JSON keeps the order it came
/// in, without the fields that it left out.
fn members_of(
    name: &'static str,
    members: &[Member],
    map: Option<&serde_json::Map<String, Json>>,
    depth: usize,
) -> Value {
    let mut out = Struct::new(name);
    for member in members {
        let json = map.and_then(|m| m.get(member.json));
        let value = read(json, &member.kind, depth + 1);
        out = out.field_as(member.go, json.map(|_| member.json), value);
    }
    for (key, value) in map.into_iter().flatten() {
        let at = match members.iter().position(|m| m.json == key) {
            Some(at) => at,
            None => {
                out = out.field(key, plain(value, depth + 1));
                out.fields.len() - 1
            }
        };
        out.json_order.push(at);
    }
    out.into()
}

/// A value without a description: numbers are ints where they can be, lists of text are `[]string`.
fn plain(json: &Json, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::Nil;
    }
    match json {
        Json::Null => Value::Nil,
        Json::Bool(b) => (*b).into(),
        Json::Number(n) => n.as_i64().map_or_else(|| n.as_f64().unwrap_or(0.0).into(), Value::Int),
        Json::String(s) => s.as_str().into(),
        Json::Array(items) => {
            let elem = if items.iter().all(Json::is_string) { "string" } else { ANY };
            Value::list(elem, items.iter().map(|i| plain(i, depth + 1)).collect())
        }
        Json::Object(map) => Value::map(ANY, map.iter().map(|(k, v)| (k.as_str(), plain(v, depth + 1)))),
    }
}
