//! `eq`, `ne`, `lt`, `le`, `gt`, `ge` with Go's rules of which kinds compare.

use crate::render::gofmt::sprintf;
use crate::render::value::Value;
use std::cmp::Ordering;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Basic<'a> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(&'a str),
}

fn basic(value: &Value) -> Option<Basic<'_>> {
    match value {
        Value::Bool(b) => Some(Basic::Bool(*b)),
        Value::Int(n) => Some(Basic::Int(*n)),
        Value::Uint(n) => Some(Basic::Uint(*n)),
        Value::Float(n) => Some(Basic::Float(*n)),
        Value::Str(s) | Value::JsonNumber(s) => Some(Basic::Text(s)),
        _ => None,
    }
}

fn is_nil(value: &Value) -> bool {
    match value {
        Value::Missing | Value::Nil | Value::NilPointer(_) => true,
        Value::List(l) => l.nil,
        Value::Map(m) => m.nil,
        _ => false,
    }
}

/// Which of Go's composite kinds a value is of.
fn shape(value: &Value) -> &'static str {
    match value {
        Value::List(_) => "slice",
        Value::Map(_) => "map",
        Value::Pointer(_) | Value::NilPointer(_) => "pointer",
        Value::Struct(s) if s.type_name.starts_with('*') => "pointer",
        _ => "struct",
    }
}

fn incompatible(a: &Value, b: &Value) -> String {
    format!("incompatible types for comparison: {} and {}", a.type_name(), b.type_name())
}

/// Go's `eq`: whether the first equals any of the others.
pub(super) fn eq(first: &Value, others: &[Value]) -> Result<bool, String> {
    if others.is_empty() {
        return Err("missing argument for comparison".into());
    }
    for other in others {
        if equal(first, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal(a: &Value, b: &Value) -> Result<bool, String> {
    let invalid = |v: &Value| matches!(v, Value::Missing | Value::Nil);
    match (basic(a), basic(b)) {
        (Some(Basic::Int(x)), Some(Basic::Uint(y))) => Ok(u64::try_from(x) == Ok(y)),
        (Some(Basic::Uint(x)), Some(Basic::Int(y))) => Ok(u64::try_from(y) == Ok(x)),
        (Some(x), Some(y)) if std::mem::discriminant(&x) == std::mem::discriminant(&y) => Ok(x == y),
        (None, None) => {
            if !invalid(a) && !invalid(b) && shape(a) != shape(b) {
                let [left, right] = [("%s", a), ("%v", b)]
                    .map(|(verb, v)| sprintf(verb, std::slice::from_ref(v)).unwrap_or_default());
                let (left_type, right_type) = (a.type_name(), b.type_name());
                return Err(format!("non-comparable types {left}: {left_type}, {right_type}: {right}"));
            }
            if is_nil(a) || is_nil(b) {
                return Ok(is_nil(a) == is_nil(b));
            }
            if matches!(b, Value::List(_) | Value::Map(_)) {
                let shown = sprintf("%s", std::slice::from_ref(b)).unwrap_or_default();
                return Err(format!("non-comparable type {shown}: {}", b.type_name()));
            }
            Ok(a == b)
        }
        _ if invalid(a) || invalid(b) => Ok(false),
        _ => Err(incompatible(a, b)),
    }
}

/// Go's `lt`.
pub(super) fn lt(a: &Value, b: &Value) -> Result<bool, String> {
    let not_ordered = || "invalid type for comparison".to_owned();
    let (x, y) = (basic(a).ok_or_else(not_ordered)?, basic(b).ok_or_else(not_ordered)?);
    let order = match (x, y) {
        (Basic::Int(x), Basic::Int(y)) => x.cmp(&y),
        (Basic::Uint(x), Basic::Uint(y)) => x.cmp(&y),
        (Basic::Int(x), Basic::Uint(y)) => i128::from(x).cmp(&i128::from(y)),
        (Basic::Uint(x), Basic::Int(y)) => i128::from(x).cmp(&i128::from(y)),
        (Basic::Float(x), Basic::Float(y)) => return Ok(x < y),
        (Basic::Text(x), Basic::Text(y)) => x.cmp(y),
        (Basic::Bool(_), Basic::Bool(_)) => return Err(not_ordered()),
        _ => return Err(incompatible(a, b)),
    };
    Ok(order == Ordering::Less)
}

/// Go's `le`.
pub(super) fn le(a: &Value, b: &Value) -> Result<bool, String> {
    Ok(lt(a, b)? || equal(a, b)?)
}
