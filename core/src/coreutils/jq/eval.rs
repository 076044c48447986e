//! Running a filter: every value it gives for an input, in order, within a budget of steps.

use crate::base::Order;
use super::functions;
use super::parse::{Filter, Part};
use serde_json::{Map, Number, Value};
use std::cmp::Ordering;

/// How many values a filter may give or look at.
const MAX_STEPS: u32 = 2_000_000;

/// How deep a value that a filter builds up may be.
const MAX_NESTING: usize = 256;

/// What ends a filter early: an error message as a value.
pub type Failure = Value;
/// The values that a filter gives.
pub type Values = Result<Vec<Value>, Failure>;

/// Variables, and the work that is left.
#[derive(Debug, Clone)]
pub struct Scope {
    variables: Vec<(String, Value)>,
    /// The environment, for `env` and `$ENV`.
    pub environment: Value,
    steps: u32,
}

impl Scope {
    /// The scope of a whole program.
    pub fn new(variables: Vec<(String, Value)>, environment: Value) -> Self {
        Self { variables, environment, steps: 0 }
    }

    /// Counts work.
    ///
    /// # Errors
    /// Where it is too much.
    pub fn spend(&mut self, steps: usize) -> Result<(), Failure> {
        self.steps = self.steps.saturating_add(u32::try_from(steps).unwrap_or(u32::MAX));
        if self.steps > MAX_STEPS { fail("the filter does more work than Drydock lets it") } else { Ok(()) }
    }

    fn with<T>(&mut self, name: &str, value: Value, act: impl FnOnce(&mut Self) -> T) -> T {
        self.variables.push((name.to_string(), value));
        let result = act(self);
        self.variables.pop();
        result
    }
}

/// An error with a message.
pub fn fail<T>(text: impl Into<String>) -> Result<T, Failure> {
    Err(Value::String(text.into()))
}

/// A number as JSON has it: whole where it is.
pub fn number(n: f64) -> Value {
    if n.fract() == 0.0 && n.abs() < 1e15 {
        return Value::from(n as i64);
    }
    // What JSON cannot hold becomes the nearest that it can.
    let n = if n.is_nan() { return Value::Null } else { n.clamp(f64::MIN, f64::MAX) };
    Number::from_f64(n).map_or(Value::Null, Value::Number)
}

/// False for `null` and `false` alone.
pub fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

/// What jq calls the type of a value.
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// `string ("abc")`: a value in an error message, cut short.
pub fn described(value: &Value) -> String {
    let text = value.to_string();
    let short = if text.len() > 11 { format!("{}...", text.chars().take(10).collect::<String>()) } else { text };
    format!("{} ({short})", kind(value))
}

/// The order that jq sorts by: null, false, true, numbers, texts, arrays, objects.
pub fn compare(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(false) => 1,
        Value::Bool(true) => 2,
        Value::Number(_) => 3,
        Value::String(_) => 4,
        Value::Array(_) => 5,
        Value::Object(_) => 6,
    };
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
        }
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => {
            let differ = a.iter().zip(b).map(|(a, b)| compare(a, b)).find(|order| order.is_ne());
            differ.unwrap_or(a.len().cmp(&b.len()))
        }
        (Value::Object(a), Value::Object(b)) => {
            let sorted = |map: &Map<String, Value>| {
                let mut keys: Vec<String> = map.keys().cloned().collect();
                keys.order();
                keys
            };
            let keys = sorted(a);
            keys.cmp(&sorted(b)).then_with(|| {
                let differ = keys.iter().map(|key| compare(&a[key], &b[key])).find(|order| order.is_ne());
                differ.unwrap_or(Ordering::Equal)
            })
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

/// Runs a filter on an input.
///
/// # Errors
/// The value of the error that nothing caught.
pub fn run(filter: &Filter, input: &Value, scope: &mut Scope) -> Values {
    scope.spend(1)?;
    let one = |value: Value| Ok(vec![value]);
    match filter {
        Filter::Identity => one(input.clone()),
        Filter::Recurse => {
            let mut found = Vec::new();
            functions::descend(input, &mut found, scope)?;
            Ok(found)
        }
        Filter::Literal(value) => one(value.clone()),
        Filter::Text(parts, format) => text(parts, format, input, scope),
        Filter::Format(name) => one(Value::String(functions::formatted(name, input)?)),
        Filter::Variable(name) => variable(name, scope).map(|value| vec![value]),
        Filter::Index(of, key) => indexed(of, key, input, scope),
        Filter::Slice(of, from, to) => slices(of, [from.as_deref(), to.as_deref()], input, scope),
        Filter::Each(of) => {
            let mut found = Vec::new();
            for base in run(of, input, scope)? {
                found.extend(each(&base)?);
            }
            scope.spend(found.len())?;
            Ok(found)
        }
        Filter::Pipe(first, second) => {
            let mut found = Vec::new();
            for value in run(first, input, scope)? {
                found.extend(run(second, &value, scope)?);
            }
            Ok(found)
        }
        Filter::Comma(first, second) => {
            let mut found = run(first, input, scope)?;
            found.extend(run(second, input, scope)?);
            Ok(found)
        }
        Filter::Negated(of) => run(of, input, scope)?.iter().map(negated).collect(),
        Filter::Binary(sign, left, right) => binary(sign, left, right, input, scope),
        Filter::Assign(sign, place, value) => super::paths::assign(sign, place, value, input, scope),
        Filter::Array(of) => {
            let values = of.as_ref().map_or(Ok(vec![]), |of| run(of, input, scope))?;
            one(Value::Array(values))
        }
        Filter::Object(fields) => object(fields, input, scope),
        Filter::If(test, then, other) => branch(test, then, other.as_deref(), input, scope),
        Filter::Try(body, rescue) => match (run(body, input, scope), rescue) {
            (Ok(values), _) => Ok(values),
            (Err(_), None) => Ok(vec![]),
            (Err(error), Some(rescue)) => run(rescue, &error, scope),
        },
        Filter::As(source, name, body) => {
            let mut found = Vec::new();
            for value in run(source, input, scope)? {
                found.extend(scope.with(name, value, |scope| run(body, input, scope))?);
            }
            Ok(found)
        }
        Filter::Reduce(source, name, start, step) => {
            let start = run(start, input, scope)?.pop().unwrap_or(Value::Null);
            let values = run(source, input, scope)?;
            one(reduce(values, name, start, step, scope)?)
        }
        Filter::Call(name, arguments) => functions::call(name, arguments, input, scope),
    }
}

fn negated(value: &Value) -> Result<Value, Failure> {
    match value.as_f64() {
        Some(n) => Ok(number(-n)),
        None => fail(format!("{} cannot be negated", described(value))),
    }
}

fn indexed(of: &Filter, key: &Filter, input: &Value, scope: &mut Scope) -> Values {
    let bases = run(of, input, scope)?;
    let mut found = Vec::new();
    for key in run(key, input, scope)? {
        for base in &bases {
            found.push(index(base, &key)?);
        }
    }
    Ok(found)
}

fn branch(test: &Filter, then: &Filter, other: Option<&Filter>, input: &Value, scope: &mut Scope) -> Values {
    let mut found = Vec::new();
    for truth in run(test, input, scope)? {
        found.extend(match (is_true(&truth), other) {
            (true, _) => run(then, input, scope)?,
            (false, Some(other)) => run(other, input, scope)?,
            (false, None) => vec![input.clone()],
        });
    }
    Ok(found)
}

fn reduce(
    values: Vec<Value>,
    name: &str,
    start: Value,
    step: &Filter,
    scope: &mut Scope,
) -> Result<Value, Failure> {
    let mut state = start;
    for value in values {
        let next = scope.with(name, value, |scope| run(step, &state, scope))?;
        state = next.into_iter().next_back().unwrap_or(Value::Null);
        if deeper(&state, MAX_NESTING) {
            return fail("the value is nested deeper than Drydock lets it");
        }
    }
    Ok(state)
}

fn deeper(value: &Value, most: usize) -> bool {
    let Some(rest) = most.checked_sub(1) else { return true };
    match value {
        Value::Array(list) => list.iter().any(|value| deeper(value, rest)),
        Value::Object(map) => map.values().any(|value| deeper(value, rest)),
        _ => false,
    }
}

fn variable(name: &str, scope: &Scope) -> Result<Value, Failure> {
    let known = scope.variables.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    match known {
        Some(value) => Ok(value),
        None if name == "ENV" => Ok(scope.environment.clone()),
        None => fail(format!("${name} is not defined")),
    }
}

fn text(parts: &[Part], format: &str, input: &Value, scope: &mut Scope) -> Values {
    let mut found = vec![String::new()];
    for part in parts {
        let pieces = match part {
            Part::Plain(text) => vec![text.clone()],
            Part::Filled(filter) => run(filter, input, scope)?
                .iter()
                .map(|value| functions::formatted(if format.is_empty() { "text" } else { format }, value))
                .collect::<Result<_, _>>()?,
        };
        found = pieces.iter().flat_map(|piece| found.iter().map(move |text| format!("{text}{piece}"))).collect();
        scope.spend(found.len())?;
    }
    Ok(found.into_iter().map(Value::String).collect())
}

fn object(fields: &[(Filter, Filter)], input: &Value, scope: &mut Scope) -> Values {
    let mut found = vec![Map::new()];
    for (key, value) in fields {
        let keys = run(key, input, scope)?;
        let values = run(value, input, scope)?;
        let mut next = Vec::new();
        for map in &found {
            for key in &keys {
                let Value::String(key) = key else {
                    return fail(format!("Object keys must be strings, not {}", described(key)));
                };
                for value in &values {
                    let mut map = map.clone();
                    map.insert(key.clone(), value.clone());
                    next.push(map);
                }
            }
        }
        scope.spend(next.len())?;
        found = next;
    }
    Ok(found.into_iter().map(Value::Object).collect())
}

/// A place in an array: from the end where it is negative.
pub fn position(length: usize, at: f64) -> Option<usize> {
    let at = at.floor();
    let at = if at < 0.0 { at + length as f64 } else { at };
    if at >= 0.0 { Some(at as usize) } else { None }
}

/// `base[key]`
///
/// # Errors
/// In the words of jq where the two do not go together.
pub fn index(base: &Value, key: &Value) -> Result<Value, Failure> {
    match (base, key) {
        (Value::Object(map), Value::String(key)) => Ok(map.get(key).cloned().unwrap_or(Value::Null)),
        (Value::Array(list), Value::Number(at)) => {
            let at = position(list.len(), at.as_f64().unwrap_or(0.0));
            Ok(at.and_then(|at| list.get(at)).cloned().unwrap_or(Value::Null))
        }
        (Value::Null, Value::String(_) | Value::Number(_) | Value::Null) => Ok(Value::Null),
        (_, Value::String(key)) => fail(format!("Cannot index {} with \"{key}\"", kind(base))),
        (_, key) => fail(format!("Cannot index {} with {}", kind(base), kind(key))),
    }
}

/// `base[]`
///
/// # Errors
/// Where there is nothing to go through.
pub fn each(base: &Value) -> Values {
    match base {
        Value::Array(list) => Ok(list.clone()),
        Value::Object(map) => Ok(map.values().cloned().collect()),
        other => fail(format!("Cannot iterate over {}", if other.is_null() { "null".into() } else { described(other) })),
    }
}

fn slices(of: &Filter, ends: [Option<&Filter>; 2], input: &Value, scope: &mut Scope) -> Values {
    let mut given = [None, None];
    for (slot, end) in given.iter_mut().zip(ends) {
        if let Some(end) = end {
            *slot = run(end, input, scope)?.first().and_then(Value::as_f64);
        }
    }
    let cut = |length: usize| {
        let clamp = |at: f64| position(length, at).unwrap_or(0).min(length);
        let from = given[0].map_or(0, clamp);
        (from, given[1].map_or(length, clamp).max(from))
    };
    let slice = |base: &Value| match base {
        Value::Null => Ok(Value::Null),
        Value::Array(list) => {
            let (from, to) = cut(list.len());
            Ok(Value::Array(list[from..to].to_vec()))
        }
        Value::String(text) => {
            let (from, to) = cut(text.chars().count());
            Ok(Value::String(text.chars().skip(from).take(to - from).collect()))
        }
        other => fail(format!("Cannot index {} with object", kind(other))),
    };
    run(of, input, scope)?.iter().map(slice).collect()
}

fn binary(sign: &str, left: &Filter, right: &Filter, input: &Value, scope: &mut Scope) -> Values {
    match sign {
        "//" => {
            let good: Vec<Value> = run(left, input, scope).unwrap_or_default().into_iter().filter(is_true).collect();
            if good.is_empty() { run(right, input, scope) } else { Ok(good) }
        }
        "and" | "or" => {
            let mut found = Vec::new();
            for value in run(left, input, scope)? {
                match (sign, is_true(&value)) {
                    ("and", false) => found.push(Value::Bool(false)),
                    ("or", true) => found.push(Value::Bool(true)),
                    _ => found.extend(run(right, input, scope)?.iter().map(|v| Value::Bool(is_true(v)))),
                }
            }
            Ok(found)
        }
        _ => {
            let lefts = run(left, input, scope)?;
            let mut found = Vec::new();
            for right in run(right, input, scope)? {
                for left in &lefts {
                    found.push(functions::arithmetic(sign, left, &right)?);
                }
            }
            scope.spend(found.len())?;
            Ok(found)
        }
    }
}
