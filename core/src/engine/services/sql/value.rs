//! Values and the types of columns.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
}

/// What kind of values a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Type {
    Int,
    Real,
    Bool,
    Text,
}

impl Value {
    /// As a result shows it; nothing for `NULL`.
    pub fn show(&self) -> Option<String> {
        Some(match self {
            Value::Null => return None,
            Value::Bool(true) => "t".into(),
            Value::Bool(false) => "f".into(),
            Value::Int(n) => n.to_string(),
            Value::Real(n) => n.to_string(),
            Value::Text(text) => text.clone(),
        })
    }

    /// As a number, where it is one or reads as one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Null => None,
            Value::Bool(b) => Some(f64::from(u8::from(*b))),
            Value::Int(n) => Some(*n as f64),
            Value::Real(n) => Some(*n),
            Value::Text(text) => text.trim().parse().ok(),
        }
    }

    /// True, false, or neither.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            other => other.number().map(|n| n != 0.0),
        }
    }

    /// How two values compare; nothing where one is `NULL`.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Value::Null, _) | (_, Value::Null) => None,
            (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
            (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
            (a, b) => match (a.number(), b.number()) {
                (Some(a), Some(b)) => a.partial_cmp(&b),
                _ => a.show().partial_cmp(&b.show()),
            },
        }
    }

    /// This value in a column of a type; nothing where it does not fit.
    pub fn fit(self, kind: Type) -> Option<Self> {
        Some(match (kind, self) {
            (_, Value::Null) => Value::Null,
            (Type::Text, Value::Bool(b)) => Value::Text(if b { "true".into() } else { "false".into() }),
            (Type::Text, other) => Value::Text(other.show().unwrap_or_default()),
            (Type::Int, Value::Text(text)) => Value::Int(text.trim().parse().ok()?),
            (Type::Int, Value::Real(n)) => Value::Int(n.round() as i64),
            (Type::Int, Value::Bool(b)) => Value::Int(i64::from(b)),
            (Type::Real, Value::Text(text)) => Value::Real(text.trim().parse().ok()?),
            (Type::Real, Value::Int(n)) => Value::Real(n as f64),
            (Type::Bool, Value::Int(n)) => Value::Bool(n != 0),
            (Type::Bool, Value::Text(text)) => match text.to_lowercase().as_str() {
                "t" | "true" | "yes" | "on" | "1" => Value::Bool(true),
                "f" | "false" | "no" | "off" | "0" => Value::Bool(false),
                _ => return None,
            },
            (_, other) => other,
        })
    }
}
