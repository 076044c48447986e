//! Places in a value: where the left side of an assignment leads, `del`, `paths`.

use crate::base::Order;
use super::eval::{Failure, Scope, Values, fail, index, is_true, kind, position, run};
use super::functions::arithmetic;
use super::parse::Filter;
use serde_json::{Map, Value};

/// A way into a value: names and numbers.
pub type Way = Vec<Value>;

/// The longest array that an assignment makes.
const MAX_LENGTH: usize = 1_000_000;

/// Where a filter leads in an input.
///
/// # Errors
/// Where it makes values instead.
pub fn ways(filter: &Filter, input: &Value, scope: &mut Scope) -> Result<Vec<Way>, Failure> {
    scope.spend(1)?;
    match filter {
        Filter::Identity => Ok(vec![vec![]]),
        Filter::Index(of, key) => {
            let keys = run(key, input, scope)?;
            let bases = ways(of, input, scope)?;
            Ok(bases.iter().flat_map(|way| keys.iter().map(move |key| longer(way, key.clone()))).collect())
        }
        Filter::Each(of) => {
            let mut found = Vec::new();
            for way in ways(of, input, scope)? {
                found.extend(keys(&get(input, &way)?)?.into_iter().map(|key| longer(&way, key)));
            }
            scope.spend(found.len())?;
            Ok(found)
        }
        Filter::Recurse => {
            let mut found = Vec::new();
            below(input, &mut vec![], &mut found, scope)?;
            Ok(found)
        }
        Filter::Pipe(first, second) => {
            let mut found = Vec::new();
            for way in ways(first, input, scope)? {
                let value = get(input, &way)?;
                let further = ways(second, &value, scope)?;
                found.extend(further.into_iter().map(|more| way.iter().cloned().chain(more).collect()));
            }
            Ok(found)
        }
        Filter::Comma(first, second) => {
            let mut found = ways(first, input, scope)?;
            found.extend(ways(second, input, scope)?);
            Ok(found)
        }
        Filter::If(test, then, other) => {
            let truth = run(test, input, scope)?.first().is_some_and(is_true);
            match (truth, other) {
                (true, _) => ways(then, input, scope),
                (false, Some(other)) => ways(other, input, scope),
                (false, None) => Ok(vec![vec![]]),
            }
        }
        Filter::Try(body, None) => Ok(ways(body, input, scope).unwrap_or_default()),
        Filter::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("empty", []) => Ok(vec![]),
            ("select", [test]) => {
                let chosen = run(test, input, scope)?.iter().any(is_true);
                Ok(if chosen { vec![vec![]] } else { vec![] })
            }
            ("recurse", []) => ways(&Filter::Recurse, input, scope),
            ("first", [of]) => Ok(ways(of, input, scope)?.into_iter().take(1).collect()),
            ("last", [of]) => Ok(ways(of, input, scope)?.into_iter().next_back().into_iter().collect()),
            _ => fail("Invalid path expression"),
        },
        _ => fail("Invalid path expression"),
    }
}

fn longer(way: &Way, key: Value) -> Way {
    way.iter().cloned().chain([key]).collect()
}

/// The keys of an object, the places of an array.
///
/// # Errors
/// For any other value.
pub fn keys(value: &Value) -> Result<Vec<Value>, Failure> {
    match value {
        Value::Array(list) => Ok((0..list.len()).map(Value::from).collect()),
        Value::Object(map) => Ok(map.keys().cloned().map(Value::String).collect()),
        other => fail(format!("Cannot iterate over {}", kind(other))),
    }
}

fn below(value: &Value, way: &mut Way, found: &mut Vec<Way>, scope: &mut Scope) -> Result<(), Failure> {
    scope.spend(1)?;
    found.push(way.clone());
    for key in keys(value).unwrap_or_default() {
        let next = index(value, &key)?;
        way.push(key);
        below(&next, way, found, scope)?;
        way.pop();
    }
    Ok(())
}

/// The value at the end of a way.
///
/// # Errors
/// Where the way does not fit.
pub fn get(value: &Value, way: &[Value]) -> Result<Value, Failure> {
    way.iter().try_fold(value.clone(), |value, key| index(&value, key))
}

/// Puts a value at the end of a way, making what is missing on it.
///
/// # Errors
/// Where the way does not fit.
pub fn set(value: &mut Value, way: &[Value], new: Value) -> Result<(), Failure> {
    let Some((key, rest)) = way.split_first() else {
        *value = new;
        return Ok(());
    };
    let next = match (&mut *value, key) {
        (Value::Object(map), Value::String(key)) => map.entry(key.clone()).or_insert(Value::Null),
        (Value::Array(list), Value::Number(at)) => {
            let Some(at) = position(list.len(), at.as_f64().unwrap_or(0.0)) else {
                return fail("Out of bounds negative array index");
            };
            if at >= MAX_LENGTH {
                return fail("Array index too large");
            }
            if at >= list.len() {
                list.resize(at + 1, Value::Null);
            }
            &mut list[at]
        }
        (Value::Null, Value::String(_)) => {
            *value = Value::Object(Map::new());
            return set(value, way, new);
        }
        (Value::Null, Value::Number(_)) => {
            *value = Value::Array(vec![]);
            return set(value, way, new);
        }
        (other, key) => {
            // The complaint of looking there.
            index(other, key)?;
            return fail("Invalid path expression");
        }
    };
    set(next, rest, new)
}

/// Takes away what ways lead to.
///
/// # Errors
/// Where a way does not fit.
pub fn delete(value: &mut Value, mut ways: Vec<Way>) -> Result<(), Failure> {
    // From the end, so that places of arrays stay what they are.
    ways.order_by(|a, b| super::eval::compare(&Value::Array(b.clone()), &Value::Array(a.clone())));
    ways.dedup();
    for way in ways {
        let Some((last, above)) = way.split_last() else {
            *value = Value::Null;
            continue;
        };
        let mut holder = get(value, above)?;
        match (&mut holder, last) {
            (Value::Object(map), Value::String(key)) => drop(map.shift_remove(key)),
            (Value::Array(list), Value::Number(at)) => {
                if let Some(at) = position(list.len(), at.as_f64().unwrap_or(0.0)).filter(|at| *at < list.len()) {
                    list.remove(at);
                }
            }
            (Value::Null, _) => continue,
            (other, key) => return fail(format!("Cannot delete field at {} index of {}", kind(key), kind(other))),
        }
        set(value, above, holder)?;
    }
    Ok(())
}

/// `place = f`, `place |= f`, `place += f` …
///
/// # Errors
/// Those of its parts.
pub fn assign(sign: &str, place: &Filter, value: &Filter, input: &Value, scope: &mut Scope) -> Values {
    let ways = ways(place, input, scope)?;
    if sign == "|=" {
        let mut result = input.clone();
        let mut gone = Vec::new();
        for way in ways {
            let old = get(&result, &way)?;
            match run(value, &old, scope)?.into_iter().next() {
                Some(new) => set(&mut result, &way, new)?,
                None => gone.push(way),
            }
        }
        delete(&mut result, gone)?;
        return Ok(vec![result]);
    }
    let mut found = Vec::new();
    for new in run(value, input, scope)? {
        let mut result = input.clone();
        for way in &ways {
            let old = get(&result, way)?;
            let new = match sign {
                "=" => new.clone(),
                "//=" if is_true(&old) => old,
                "//=" => new.clone(),
                _ => arithmetic(sign.trim_end_matches('='), &old, &new)?,
            };
            set(&mut result, way, new)?;
        }
        found.push(result);
    }
    Ok(found)
}
