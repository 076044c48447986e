//! The functions of jq by name, its arithmetic and its formats (`@csv` and the like).

use crate::base::Order;
use super::eval::{Failure, Scope, Values, compare, described, fail, index, is_true, kind, number, run};
use super::parse::Filter;
use super::paths;
use crate::base::base64;
use serde_json::{Map, Value};

/// Functions of jq that are known and not simulated.
const MISSING: [&str; 37] = [
    "input", "inputs", "debug", "stderr", "input_line_number", "limit", "until", "while", "repeat", "walk",
    "halt", "halt_error", "getpath", "setpath", "paths", "leaf_paths", "splits", "sub", "gsub", "match", "capture",
    "scan", "now", "todate", "fromdate", "strftime", "strptime", "mktime", "gmtime", "date", "ascii", "implode",
    "explode", "transpose", "combinations", "tostream", "path",
];

/// What a function gives.
///
/// # Errors
/// Its own, and those of its arguments.
pub fn call(name: &str, arguments: &[Filter], input: &Value, scope: &mut Scope) -> Values {
    match arguments {
        [] => plain(name, input, scope),
        [one] => with_filter(name, one, input, scope),
        [one, two] if name == "range" => {
            let mut found = Vec::new();
            for from in run(one, input, scope)? {
                for to in run(two, input, scope)? {
                    found.extend(range(&from, &to, scope)?);
                }
            }
            Ok(found)
        }
        [one, two] if matches!(name, "any" | "all") => {
            let mut truths = Vec::new();
            for value in run(one, input, scope)? {
                truths.extend(run(two, &value, scope)?.iter().map(is_true));
            }
            Ok(vec![Value::Bool(if name == "any" { truths.contains(&true) } else { !truths.contains(&false) })])
        }
        _ => unknown(name, arguments.len()),
    }
}

fn unknown(name: &str, count: usize) -> Values {
    if MISSING.contains(&name) || count > 1 {
        return fail(format!("{name}/{count} is not simulated by Drydock"));
    }
    fail(format!("{name}/{count} is not defined"))
}

fn range(from: &Value, to: &Value, scope: &mut Scope) -> Values {
    let (Some(from), Some(to)) = (from.as_f64(), to.as_f64()) else {
        return fail("Range bounds must be numeric");
    };
    let count = (to - from).max(0.0).ceil();
    scope.spend(count as usize)?;
    Ok((0..count as u64).map(|at| number(from + at as f64)).collect())
}

/// A value and all that is in it, outside first.
///
/// # Errors
/// Where that is too much.
pub fn descend(value: &Value, found: &mut Vec<Value>, scope: &mut Scope) -> Result<(), Failure> {
    scope.spend(1)?;
    found.push(value.clone());
    match value {
        Value::Array(list) => list.iter().try_for_each(|value| descend(value, found, scope)),
        Value::Object(map) => map.values().try_for_each(|value| descend(value, found, scope)),
        _ => Ok(()),
    }
}

fn list<'a>(name: &str, value: &'a Value) -> Result<&'a Vec<Value>, Failure> {
    match value {
        Value::Array(list) => Ok(list),
        other => fail(match name {
            "sort" | "group_by" | "sort_by" => format!("{} cannot be sorted, as it is not an array", described(other)),
            _ => format!("Cannot iterate over {}", described(other)),
        }),
    }
}

fn sorted_keys(value: &Value) -> Values {
    let mut keys = paths::keys(value).or_else(|_| fail(format!("{} has no keys", described(value))))?;
    keys.order_by(compare);
    Ok(keys)
}

fn length(value: &Value) -> Result<Value, Failure> {
    Ok(match value {
        Value::Null => Value::from(0),
        Value::Bool(_) => return fail(format!("{} has no length", described(value))),
        Value::Number(n) => number(n.as_f64().unwrap_or(0.0).abs()),
        Value::String(text) => Value::from(text.chars().count()),
        Value::Array(list) => Value::from(list.len()),
        Value::Object(map) => Value::from(map.len()),
    })
}

fn numeric(input: &Value, of: fn(f64) -> f64) -> Result<Value, Failure> {
    match input.as_f64() {
        Some(n) => Ok(number(of(n))),
        None => fail(format!("{} number required", described(input))),
    }
}

fn plain(name: &str, input: &Value, scope: &mut Scope) -> Values {
    let one = |value: Value| Ok(vec![value]);
    let chosen = |keep: bool| Ok(if keep { vec![input.clone()] } else { vec![] });
    match name {
        "empty" => Ok(vec![]),
        "null" => one(Value::Null),
        "true" => one(Value::Bool(true)),
        "false" => one(Value::Bool(false)),
        "not" => one(Value::Bool(!is_true(input))),
        "error" => Err(input.clone()),
        "length" => one(length(input)?),
        "utf8bytelength" => one(Value::from(input.as_str().map_or(0, str::len))),
        "keys" => one(Value::Array(sorted_keys(input)?)),
        "keys_unsorted" => one(Value::Array(paths::keys(input)?)),
        "values" => chosen(!input.is_null()),
        "nulls" => chosen(input.is_null()),
        "booleans" => chosen(input.is_boolean()),
        "numbers" => chosen(input.is_number()),
        "strings" => chosen(input.is_string()),
        "arrays" => chosen(input.is_array()),
        "objects" => chosen(input.is_object()),
        "iterables" => chosen(input.is_array() || input.is_object()),
        "scalars" => chosen(!input.is_array() && !input.is_object()),
        "recurse" => run(&Filter::Recurse, input, scope),
        "type" => one(kind(input).into()),
        "env" => one(scope.environment.clone()),
        "add" => one(super::eval::each(input)?.iter().try_fold(Value::Null, |sum, value| arithmetic("+", &sum, value))?),
        "any" => one(Value::Bool(list(name, input)?.iter().any(is_true))),
        "all" => one(Value::Bool(list(name, input)?.iter().all(is_true))),
        "first" => one(index(input, &Value::from(0))?),
        "last" => one(index(input, &Value::from(-1))?),
        "floor" => one(numeric(input, f64::floor)?),
        "ceil" => one(numeric(input, f64::ceil)?),
        "round" => one(numeric(input, f64::round)?),
        "sqrt" => one(numeric(input, f64::sqrt)?),
        "fabs" | "abs" => one(numeric(input, f64::abs)?),
        "infinite" => one(number(f64::MAX)),
        "tostring" => one(Value::String(formatted("text", input)?)),
        "tojson" => one(Value::String(input.to_string())),
        "ascii_downcase" | "ascii_upcase" | "trim" | "ltrim" | "rtrim" | "tonumber" | "fromjson" => texts(name, input),
        _ => arrays(name, input, scope),
    }
}

fn texts(name: &str, input: &Value) -> Values {
    let Value::String(text) = input else {
        return match name {
            "tonumber" if input.is_number() => Ok(vec![input.clone()]),
            "tonumber" => fail(format!("{} cannot be parsed as a number", described(input))),
            "fromjson" => fail(format!("{} only strings can be parsed", described(input))),
            "trim" | "ltrim" | "rtrim" => fail(format!("{} cannot be trimmed", described(input))),
            _ => fail(format!("{name} input must be a string")),
        };
    };
    Ok(vec![match name {
        "ascii_downcase" => text.to_ascii_lowercase().into(),
        "ascii_upcase" => text.to_ascii_uppercase().into(),
        "trim" => text.trim().into(),
        "ltrim" => text.trim_start().into(),
        "rtrim" => text.trim_end().into(),
        "tonumber" => match text.trim().parse::<f64>() {
            Ok(n) if n.is_finite() => number(n),
            _ => return fail(format!("Cannot parse '{text}' as JSON")),
        },
        _ => match serde_json::from_str(text) {
            Ok(value) => value,
            Err(_) => return fail(format!("{text} (while parsing '{text}')")),
        },
    }])
}

fn arrays(name: &str, input: &Value, scope: &mut Scope) -> Values {
    let one = |value: Value| Ok(vec![value]);
    match name {
        "sort" | "unique" | "reverse" | "min" | "max" => {
            if let (Value::String(text), "reverse") = (input, name) {
                return one(text.chars().rev().collect::<String>().into());
            }
            let mut all = if input.is_null() && name == "reverse" { vec![] } else { list("sort", input)?.clone() };
            scope.spend(all.len())?;
            match name {
                "reverse" => all.reverse(),
                _ => all.order_by(compare),
            }
            match name {
                "unique" => all.dedup_by(|a, b| compare(a, b).is_eq()),
                "min" => return one(all.into_iter().next().unwrap_or(Value::Null)),
                "max" => return one(all.into_iter().next_back().unwrap_or(Value::Null)),
                _ => {}
            }
            one(Value::Array(all))
        }
        "flatten" => {
            let mut found = Vec::new();
            flatten(list(name, input)?, usize::MAX, &mut found);
            one(Value::Array(found))
        }
        "to_entries" => {
            let Value::Object(map) = input else { return fail(format!("{} has no keys", described(input))) };
            let entry = |(key, value): (&String, &Value)| serde_json::json!({ "key": key, "value": value });
            one(Value::Array(map.iter().map(entry).collect()))
        }
        "from_entries" => one(from_entries(list(name, input)?)?),
        _ => unknown(name, 0),
    }
}

fn flatten(all: &[Value], depth: usize, found: &mut Vec<Value>) {
    for value in all {
        match value {
            Value::Array(inner) if depth > 0 => flatten(inner, depth - 1, found),
            other => found.push(other.clone()),
        }
    }
}

fn from_entries(entries: &[Value]) -> Result<Value, Failure> {
    let mut map = Map::new();
    for entry in entries {
        let field = |names: &[&str]| names.iter().find_map(|name| entry.get(*name).filter(|v| !v.is_null()));
        let key = match field(&["key", "k", "name", "Name", "Key", "K"]) {
            Some(Value::String(key)) => key.clone(),
            Some(key @ (Value::Number(_) | Value::Bool(_))) => key.to_string(),
            Some(other) => return fail(format!("Cannot use {} as object key", described(other))),
            None => "null".into(),
        };
        map.insert(key, field(&["value", "v", "Value", "V"]).cloned().unwrap_or(Value::Null));
    }
    Ok(Value::Object(map))
}

/// Functions whose argument is run on each part of the input.
fn with_filter(name: &str, filter: &Filter, input: &Value, scope: &mut Scope) -> Values {
    let one = |value: Value| Ok(vec![value]);
    match name {
        "map" => {
            let mut found = Vec::new();
            for value in super::eval::each(input)? {
                found.extend(run(filter, &value, scope)?);
            }
            one(Value::Array(found))
        }
        "map_values" => paths::assign("|=", &Filter::Each(Box::new(Filter::Identity)), filter, input, scope),
        "select" => {
            let truths = run(filter, input, scope)?;
            Ok(truths.iter().filter(|truth| is_true(truth)).map(|_| input.clone()).collect())
        }
        "with_entries" => {
            let entries = arrays("to_entries", input, scope)?;
            let mapped = with_filter("map", filter, &entries[0], scope)?;
            arrays("from_entries", &mapped[0], scope)
        }
        "del" => {
            let ways = paths::ways(filter, input, scope)?;
            let mut result = input.clone();
            paths::delete(&mut result, ways)?;
            one(result)
        }
        "first" => Ok(run(filter, input, scope)?.into_iter().take(1).collect()),
        "last" => Ok(run(filter, input, scope)?.into_iter().next_back().into_iter().collect()),
        "any" | "all" => {
            let mut truths = Vec::new();
            for value in super::eval::each(input)? {
                truths.extend(run(filter, &value, scope)?.iter().map(is_true));
            }
            one(Value::Bool(if name == "any" { truths.contains(&true) } else { !truths.contains(&false) }))
        }
        "sort_by" | "group_by" | "unique_by" | "min_by" | "max_by" => by(name, filter, input, scope),
        _ => {
            let mut found = Vec::new();
            for argument in run(filter, input, scope)? {
                found.extend(with_value(name, &argument, input, scope)?);
            }
            Ok(found)
        }
    }
}

fn by(name: &str, filter: &Filter, input: &Value, scope: &mut Scope) -> Values {
    let mut keyed = Vec::new();
    for value in list("sort_by", input)? {
        keyed.push((Value::Array(run(filter, value, scope)?), value.clone()));
    }
    keyed.order_by(|a, b| compare(&a.0, &b.0));
    let same = |a: &(Value, Value), b: &(Value, Value)| compare(&a.0, &b.0).is_eq();
    Ok(vec![match name {
        "sort_by" => Value::Array(keyed.into_iter().map(|(_, value)| value).collect()),
        "min_by" => keyed.into_iter().next().map_or(Value::Null, |(_, value)| value),
        "max_by" => keyed.into_iter().next_back().map_or(Value::Null, |(_, value)| value),
        _ => {
            let groups = keyed.chunk_by(same).map(|group| match name {
                "unique_by" => group[0].1.clone(),
                _ => Value::Array(group.iter().map(|(_, value)| value.clone()).collect()),
            });
            Value::Array(groups.collect())
        }
    }])
}

/// Functions that take a value.
fn with_value(name: &str, argument: &Value, input: &Value, scope: &mut Scope) -> Values {
    let one = |value: Value| Ok(vec![value]);
    match (name, input, argument) {
        ("error", ..) => Err(argument.clone()),
        ("has", Value::Object(map), Value::String(key)) => one(Value::Bool(map.contains_key(key))),
        ("has", Value::Array(list), Value::Number(at)) => {
            one(Value::Bool(at.as_u64().is_some_and(|at| (at as usize) < list.len())))
        }
        ("has", ..) => fail(format!("Cannot check whether {} has a {} key", kind(input), kind(argument))),
        ("in", ..) => with_value("has", input, argument, scope),
        ("contains", ..) => one(Value::Bool(contains(input, argument)?)),
        ("inside", ..) => one(Value::Bool(contains(argument, input)?)),
        ("range", ..) => range(&Value::from(0), argument, scope),
        ("flatten", Value::Array(list), Value::Number(depth)) => {
            let mut found = Vec::new();
            flatten(list, depth.as_u64().unwrap_or(0) as usize, &mut found);
            one(Value::Array(found))
        }
        ("nth", ..) => one(index(input, argument)?),
        ("join", _, Value::String(between)) => {
            let texts: Result<Vec<String>, Failure> = list(name, input)?
                .iter()
                .map(|value| match value {
                    Value::Null => Ok(String::new()),
                    Value::Array(_) | Value::Object(_) => {
                        arithmetic("+", &Value::String(String::new()), value).map(|_| String::new())
                    }
                    other => formatted("text", other),
                })
                .collect();
            one(texts?.join(between).into())
        }
        ("ltrimstr" | "rtrimstr", Value::String(text), Value::String(cut)) => {
            let cut = if name == "ltrimstr" { text.strip_prefix(cut.as_str()) } else { text.strip_suffix(cut.as_str()) };
            one(cut.unwrap_or(text).into())
        }
        ("ltrimstr" | "rtrimstr", ..) => one(input.clone()),
        ("startswith", Value::String(text), Value::String(part)) => one(Value::Bool(text.starts_with(part.as_str()))),
        ("endswith", Value::String(text), Value::String(part)) => one(Value::Bool(text.ends_with(part.as_str()))),
        ("startswith" | "endswith", ..) => fail(format!("{name}() requires string inputs")),
        ("split", Value::String(text), Value::String(sign)) => one(split(text, sign)),
        ("split", ..) => fail("split input and separator must be strings"),
        ("index" | "rindex", Value::String(text), Value::String(part)) => {
            let at = if name == "index" { text.find(part.as_str()) } else { text.rfind(part.as_str()) };
            one(at.map_or(Value::Null, |at| Value::from(text[..at].chars().count())))
        }
        ("index", Value::Array(list), wanted) => {
            one(list.iter().position(|value| value == wanted).map_or(Value::Null, Value::from))
        }
        ("test", Value::String(text), Value::String(pattern)) => match regex_lite::Regex::new(pattern) {
            Ok(regex) => one(Value::Bool(regex.is_match(text))),
            Err(_) => fail(format!("{pattern} (at offset 0) is not a valid regex")),
        },
        ("test", ..) => fail(format!("{} cannot be matched, as it is not a string", described(input))),
        _ => unknown(name, 1),
    }
}

fn split(text: &str, sign: &str) -> Value {
    if text.is_empty() {
        return Value::Array(vec![]);
    }
    let parts: Vec<Value> = match sign {
        "" => text.chars().map(|c| Value::String(c.to_string())).collect(),
        sign => text.split(sign).map(Value::from).collect(),
    };
    Value::Array(parts)
}

fn contains(whole: &Value, part: &Value) -> Result<bool, Failure> {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part.iter().try_fold(true, |so_far, (key, part)| {
            Ok(so_far && whole.get(key).map_or(Ok(false), |whole| contains(whole, part))?)
        }),
        (Value::Array(whole), Value::Array(part)) => part.iter().try_fold(true, |so_far, part| {
            let found = whole.iter().any(|whole| kind(whole) == kind(part) && contains(whole, part) == Ok(true));
            Ok(so_far && found)
        }),
        (Value::String(whole), Value::String(part)) => Ok(whole.contains(part.as_str())),
        (whole, part) if kind(whole) == kind(part) => Ok(whole == part),
        _ => fail(format!("{} and {} cannot have their containment checked", described(whole), described(part))),
    }
}

/// `a + b` and its kin, and comparisons.
///
/// # Errors
/// In the words of jq where the two do not go together.
pub fn arithmetic(sign: &str, a: &Value, b: &Value) -> Result<Value, Failure> {
    let order = compare(a, b);
    let truth = match sign {
        "==" => Some(order.is_eq()),
        "!=" => Some(order.is_ne()),
        "<" => Some(order.is_lt()),
        "<=" => Some(order.is_le()),
        ">" => Some(order.is_gt()),
        ">=" => Some(order.is_ge()),
        _ => None,
    };
    if let Some(truth) = truth {
        return Ok(Value::Bool(truth));
    }
    let name = match sign {
        "+" => "added",
        "-" => "subtracted",
        "*" => "multiplied",
        _ => "divided",
    };
    let wrong = || fail(format!("{} and {} cannot be {name}", described(a), described(b)));
    match (sign, a, b) {
        ("+", Value::Null, other) | ("+", other, Value::Null) => Ok(other.clone()),
        ("+", Value::String(a), Value::String(b)) => Ok(format!("{a}{b}").into()),
        ("+", Value::Array(a), Value::Array(b)) => Ok(Value::Array(a.iter().chain(b).cloned().collect())),
        ("+", Value::Object(a), Value::Object(b)) => {
            let mut sum = a.clone();
            sum.extend(b.iter().map(|(key, value)| (key.clone(), value.clone())));
            Ok(Value::Object(sum))
        }
        ("-", Value::Array(a), Value::Array(b)) => {
            Ok(Value::Array(a.iter().filter(|value| !b.contains(value)).cloned().collect()))
        }
        ("*", Value::Object(a), Value::Object(b)) => Ok(Value::Object(merged(a, b))),
        ("*", Value::String(text), Value::Number(n)) => {
            let times = n.as_f64().unwrap_or(0.0);
            match times > 0.0 {
                false => Ok(Value::Null),
                true if times * text.len() as f64 > 1e6 => fail("Repeat string result too long"),
                true => Ok(text.repeat(times.max(1.0) as usize).into()),
            }
        }
        ("/", Value::String(a), Value::String(b)) => Ok(split(a, b)),
        (_, Value::Number(x), Value::Number(y)) => {
            let (x, y) = (x.as_f64().unwrap_or(0.0), y.as_f64().unwrap_or(0.0));
            match sign {
                "+" => Ok(number(x + y)),
                "-" => Ok(number(x - y)),
                "*" => Ok(number(x * y)),
                "/" | "%" if y == 0.0 || (sign == "%" && y.trunc() == 0.0) => {
                    fail(format!("{} and {} cannot be divided because the divisor is zero", described(a), described(b)))
                }
                "/" => Ok(number(x / y)),
                _ => Ok(number(x.trunc() % y.trunc())),
            }
        }
        _ => wrong(),
    }
}

fn merged(a: &Map<String, Value>, b: &Map<String, Value>) -> Map<String, Value> {
    let mut sum = a.clone();
    for (key, value) in b {
        let both = match (sum.get(key), value) {
            (Some(Value::Object(a)), Value::Object(b)) => Value::Object(merged(a, b)),
            _ => value.clone(),
        };
        sum.insert(key.clone(), both);
    }
    sum
}

/// A value as `@csv`, `@tsv`, `@json` and the like write it; `text` is what `tostring` gives.
///
/// # Errors
/// Where the value has no such form.
pub fn formatted(format: &str, value: &Value) -> Result<String, Failure> {
    let plain = || value.as_str().map_or_else(|| value.to_string(), str::to_string);
    let row = |cell: &dyn Fn(&Value) -> Result<String, Failure>, between: &str| {
        let Value::Array(cells) = value else {
            return fail(format!("{} cannot be {format}-formatted, only an array can be", described(value)));
        };
        Ok(cells.iter().map(cell).collect::<Result<Vec<String>, Failure>>()?.join(between))
    };
    let scalar = |value: &Value| match value {
        Value::Null => Ok(String::new()),
        Value::Array(_) | Value::Object(_) => {
            fail(format!("{} is not valid in a {format} row", described(value)))
        }
        other => Ok(other.as_str().map_or_else(|| other.to_string(), str::to_string)),
    };
    Ok(match format {
        "text" => plain(),
        "json" => value.to_string(),
        "csv" => row(
            &|cell| match cell {
                Value::String(text) => Ok(format!("\"{}\"", text.replace('"', "\"\""))),
                other => scalar(other),
            },
            ",",
        )?,
        "tsv" => row(
            &|cell| {
                let text = scalar(cell)?;
                Ok(text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r"))
            },
            "\t",
        )?,
        "html" => plain()
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('\'', "&#39;")
            .replace('"', "&quot;"),
        "uri" => plain()
            .bytes()
            .map(|b| match b {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(b).to_string(),
                b => format!("%{b:02X}"),
            })
            .collect(),
        "sh" => {
            let quoted = |value: &Value| match value {
                Value::String(text) => Ok(format!("'{}'", text.replace('\'', "'\\''"))),
                Value::Array(_) | Value::Object(_) => fail(format!("{} can not be escaped for shell", described(value))),
                other => Ok(other.to_string()),
            };
            match value {
                Value::Array(words) => words.iter().map(quoted).collect::<Result<Vec<_>, _>>()?.join(" "),
                other => quoted(other)?,
            }
        }
        "base64" => base64::encode(plain().as_bytes()),
        "base64d" => return fail("@base64d is not simulated by Drydock"),
        other => return fail(format!("{other} is not a valid format")),
    })
}
