//! Compose files as bake reads them: a target for every service that is built, and the group `default` of all.

use crate::base::{Order, Gather};
use super::hcl::{Block, Expr};
use serde_json::{Map, Value};

/// What gives variables their values.
pub type Given<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The blocks that a compose file stands for.
///
/// # Errors
/// What is wrong with the file, or not simulated.
pub fn blocks(name: &str, text: &str, given: Given<'_>) -> Result<Vec<Block>, String> {
    let mut file = yaml(text).map_err(|e| format!("failed to parse {name}: {e}"))?;
    interpolate(&mut file, given)?;
    let Some(Value::Object(services)) = file.get("services") else { return Ok(vec![]) };
    let mut found = vec![];
    for (service, settings) in services {
        let Some(build) = settings.get("build").filter(|build| !build.is_null()) else { continue };
        let label = service.replace('.', "_");
        let attributes = target(service, settings, build)?;
        let attributes = attributes.into_iter().map(|(key, value)| (key, Expr::Known(value))).gather();
        found.push(Block { kind: "target".into(), label, attributes });
    }
    found.order_by(|a: &Block, b: &Block| a.label.cmp(&b.label));
    let members: Vec<Value> = found.iter().map(|block| Value::from(block.label.clone())).collect();
    let targets = vec![("targets".to_owned(), Expr::List(members.into_iter().map(Expr::Known).collect()))];
    found.insert(0, Block { kind: "group".into(), label: "default".into(), attributes: targets });
    Ok(found)
}

#[cfg(feature = "yaml")]
fn yaml(text: &str) -> Result<Value, String> {
    serde_saphyr::from_str(text).map_err(|e| e.to_string())
}

#[cfg(not(feature = "yaml"))]
fn yaml(_: &str) -> Result<Value, String> {
    Err("this build of Drydock reads no YAML".into())
}

/// The keys of a target, from what a service says of its build.
fn target(service: &str, settings: &Value, build: &Value) -> Result<Map<String, Value>, String> {
    let mut target = Map::new();
    let short = Map::from_iter([("context".to_owned(), build.clone())]);
    let keys = match build {
        Value::String(_) => &short,
        Value::Object(keys) => keys,
        _ => return Err(format!("services.{service}.build must be a string or a mapping")),
    };
    for (key, value) in keys {
        let known = match key.as_str() {
            "context" | "dockerfile" | "target" | "network" | "tags" | "platforms" | "pull" | "ssh" => key.clone(),
            "dockerfile_inline" | "cache_from" | "cache_to" | "no_cache" | "shm_size" => key.replace('_', "-"),
            "args" | "labels" => {
                target.insert(key.clone(), mapping(value));
                continue;
            }
            "additional_contexts" => {
                target.insert("contexts".into(), mapping(value));
                continue;
            }
            _ => return Err(format!("services.{service}.build.{key} is not simulated by Drydock")),
        };
        target.insert(known, value.clone());
    }
    if !target.contains_key("tags")
        && let Some(image) = settings.get("image").filter(|image| image.is_string())
    {
        target.insert("tags".into(), Value::Array(vec![image.clone()]));
    }
    Ok(target)
}

/// `{A: 1}` and `[A=1, B]` alike as an object of texts; a name alone has its value from the environment.
fn mapping(value: &Value) -> Value {
    let text = |value: &Value| match value {
        Value::Null => Value::Null,
        Value::String(text) => text.clone().into(),
        other => other.to_string().into(),
    };
    Value::Object(match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), text(value))).collect(),
        Value::Array(list) => {
            let pairs = list.iter().filter_map(Value::as_str);
            pairs
                .map(|pair| match pair.split_once('=') {
                    Some((key, value)) => (key.to_owned(), Value::from(value)),
                    None => (pair.to_owned(), Value::Null),
                })
                .collect()
        }
        _ => Map::new(),
    })
}

fn interpolate(value: &mut Value, given: Given<'_>) -> Result<(), String> {
    match value {
        Value::String(text) if text.contains('$') => *text = filled(text, given)?,
        Value::Array(list) => list.iter_mut().try_for_each(|value| interpolate(value, given))?,
        Value::Object(map) => map.values_mut().try_for_each(|value| interpolate(value, given))?,
        _ => {}
    }
    Ok(())
}

/// `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}` and `$$`.
fn filled(text: &str, given: Given<'_>) -> Result<String, String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(tail) = after.strip_prefix('$') {
            out.push('$');
            rest = tail;
        } else if let Some(inner) = after.strip_prefix('{') {
            let wrong = || format!("invalid interpolation format: {text:?}");
            let (inner, tail) = inner.split_once('}').ok_or_else(wrong)?;
            let end = inner.find(|c| !is_name(c)).unwrap_or(inner.len());
            let (name, rule) = inner.split_at(end);
            let value = given(name);
            out.push_str(&match (rule, value) {
                ("", value) => value.unwrap_or_default(),
                (rule, value) if rule.starts_with(":-") => {
                    value.filter(|value| !value.is_empty()).unwrap_or_else(|| rule[2..].to_owned())
                }
                (rule, value) if rule.starts_with('-') => value.unwrap_or_else(|| rule[1..].to_owned()),
                _ => return Err(format!("the interpolation ${{{inner}}} is not simulated by Drydock")),
            });
            rest = tail;
        } else {
            let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
            let (name, tail) = after.split_at(end);
            out.push_str(&given(name).unwrap_or_default());
            rest = tail;
        }
    }
    Ok(out + rest)
}
