//! What expressions of bake files come to.

use super::hcl::{Each, Expr};
use super::hcl_functions as functions;
use crate::base::go_text::quote;
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// A function that a bake file defines.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// The names of its arguments.
    pub params: Vec<String>,
    /// The name of the list of further ones.
    pub more: Option<String>,
    /// What it gives.
    pub result: Expr,
}

/// What an expression may name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scope {
    /// Variables.
    pub names: BTreeMap<String, Value>,
    /// Functions of the file.
    pub functions: BTreeMap<String, Function>,
}

/// How deep functions may call one another.
const MAX_DEPTH: usize = 50;
/// How many results a `for` may have.
const MAX_RESULTS: usize = 10_000;

/// Works an expression out.
///
/// # Errors
/// A variable or function that there is not, operands that do not fit.
pub fn value(expr: &Expr, scope: &Scope) -> Result<Value, String> {
    at(expr, scope, 0)
}

fn at(expr: &Expr, scope: &Scope, depth: usize) -> Result<Value, String> {
    let of = |expr: &Expr| at(expr, scope, depth);
    Ok(match expr {
        Expr::Known(known) => known.clone(),
        Expr::Name(name) => {
            scope.names.get(name).cloned().ok_or_else(|| format!("there is no variable named {}", quote(name)))?
        }
        Expr::Text(parts) => {
            let mut out = String::new();
            for part in parts {
                out.push_str(&text_of(&of(part)?));
            }
            out.into()
        }
        Expr::List(items) => items.iter().map(of).collect::<Result<Vec<_>, _>>()?.into(),
        Expr::Object(entries) => {
            let mut map = Map::new();
            for (key, entry) in entries {
                map.insert(text_of(&of(key)?), of(entry)?);
            }
            map.into()
        }
        Expr::Pair(mark, a, b) => pair(mark, &of(a)?, || of(b))?,
        Expr::Single('!', inner) => (!truth(&of(inner)?)?).into(),
        Expr::Single(_, inner) => number(-as_number(&of(inner)?)?),
        Expr::Choice(parts) => {
            let [condition, yes, no] = parts.as_ref();
            of(if truth(&of(condition)?)? { yes } else { no })?
        }
        Expr::Part(whole, part) => part_of(&of(whole)?, &of(part)?)?,
        Expr::Call(name, args, expand) => {
            let mut given = args.iter().map(of).collect::<Result<Vec<_>, _>>()?;
            if let Some(last) = expand.then(|| given.pop()).flatten() {
                given.extend(last.as_array().cloned().unwrap_or_default());
            }
            call(name, given, scope, depth)?
        }
        Expr::Each(each) => for_each(each, scope, depth)?,
    })
}

fn call(name: &str, args: Vec<Value>, scope: &Scope, depth: usize) -> Result<Value, String> {
    let Some(function) = scope.functions.get(name) else { return functions::call(name, &args) };
    if depth >= MAX_DEPTH {
        return Err(format!("the function {name} calls itself more than {MAX_DEPTH} times"));
    }
    let least = function.params.len();
    if args.len() < least || (args.len() > least && function.more.is_none()) {
        return Err(format!("the function {name} takes {least} arguments"));
    }
    let mut inner = scope.clone();
    let mut args = args.into_iter();
    for (param, arg) in function.params.iter().zip(args.by_ref()) {
        inner.names.insert(param.clone(), arg);
    }
    if let Some(more) = &function.more {
        inner.names.insert(more.clone(), args.collect::<Vec<_>>().into());
    }
    at(&function.result, &inner, depth + 1)
}

fn for_each(each: &Each, scope: &Scope, depth: usize) -> Result<Value, String> {
    let entries: Vec<(Value, Value)> = match at(&each.over, scope, depth)? {
        Value::Array(items) => items.into_iter().enumerate().map(|(n, item)| (n.into(), item)).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key.into(), value)).collect(),
        other => return Err(format!("a for over {other} makes no sense")),
    };
    if entries.len() > MAX_RESULTS {
        return Err(format!("a for over more than {MAX_RESULTS} items"));
    }
    let (mut list, mut map) = (vec![], Map::new());
    let mut inner = scope.clone();
    for (key, item) in entries {
        if let Some(name) = &each.names.0 {
            inner.names.insert(name.clone(), key);
        }
        inner.names.insert(each.names.1.clone(), item);
        if let Some(condition) = &each.condition
            && !truth(&at(condition, &inner, depth)?)?
        {
            continue;
        }
        let result = at(&each.result, &inner, depth)?;
        match &each.key {
            Some(key) => _ = map.insert(text_of(&at(key, &inner, depth)?), result),
            None => list.push(result),
        }
    }
    Ok(if each.key.is_some() { map.into() } else { list.into() })
}

fn pair(mark: &str, a: &Value, b: impl FnOnce() -> Result<Value, String>) -> Result<Value, String> {
    // The second operand of these may not be needed.
    match mark {
        "||" => return Ok((truth(a)? || truth(&b()?)?).into()),
        "&&" => return Ok((truth(a)? && truth(&b()?)?).into()),
        _ => {}
    }
    let b = b()?;
    let (x, y) = match mark {
        "==" => return Ok(same(a, &b).into()),
        "!=" => return Ok((!same(a, &b)).into()),
        _ => (as_number(a)?, as_number(&b)?),
    };
    Ok(match mark {
        "<" => (x < y).into(),
        ">" => (x > y).into(),
        "<=" => (x <= y).into(),
        ">=" => (x >= y).into(),
        "+" => number(x + y),
        "-" => number(x - y),
        "*" => number(x * y),
        "/" | "%" if y == 0.0 => return Err("division by zero".into()),
        "/" => number(x / y),
        _ => number(x % y),
    })
}

/// Whether two values are equal; 1 and 1.0 are.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// A value as a condition.
///
/// # Errors
/// One that is neither true nor false.
pub fn truth(value: &Value) -> Result<bool, String> {
    match value {
        Value::Bool(on) => Ok(*on),
        Value::String(text) if text == "true" || text == "false" => Ok(text == "true"),
        other => Err(format!("{other} is neither true nor false")),
    }
}

/// A value as a number; texts that read as one count.
///
/// # Errors
/// One that is no number.
pub fn as_number(value: &Value) -> Result<f64, String> {
    let text = value.as_str().and_then(|text| text.trim().parse().ok());
    value.as_f64().or(text).filter(|n: &f64| n.is_finite()).ok_or_else(|| format!("{value} is no number"))
}

/// A number, without a fraction where it has none.
pub fn number(n: f64) -> Value {
    if n.fract() == 0.0 && n.abs() < 9.0e15 {
        return Value::from(n as i64);
    }
    Number::from_f64(n).map_or(Value::Null, Value::Number)
}

/// A part of a list or object.
///
/// # Errors
/// A part that there is not.
pub fn part_of(whole: &Value, part: &Value) -> Result<Value, String> {
    let found = match whole {
        Value::Array(items) => as_number(part).ok().filter(|n| *n >= 0.0).and_then(|n| items.get(n as usize)),
        Value::Object(map) => map.get(&text_of(part)),
        _ => None,
    };
    found.cloned().ok_or_else(|| format!("there is no part {part} of {whole}"))
}

/// A value within a text.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
