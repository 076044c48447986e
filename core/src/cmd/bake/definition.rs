//! What a bake file defines, with everything worked out: groups and targets, ready to be printed or built.

use crate::base::Order;
use super::hcl::{self, Block, Expr};
use super::hcl_value::{Function, Scope, text_of, truth, value};
use crate::base::go_text::quote;
use serde_json::{Map, Value, json};

/// A target with its settings.
pub type Named = (String, Map<String, Value>);

/// How many targets one definition may have.
const MAX_TARGETS: usize = 1000;

/// Groups and targets by name, in the order in which they were defined.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Definition {
    /// The targets of each group.
    pub groups: Vec<(String, Vec<String>)>,
    /// The keys of each target, `inherits` not yet followed.
    pub targets: Vec<(String, Map<String, Value>)>,
    /// The variables with their values.
    pub variables: Vec<(String, Value)>,
}

/// The order in which bake prints the keys of a target; others are not known.
const KEYS: [&str; 26] = [
    "description", "inherits", "annotations", "attest", "context", "contexts", "dockerfile", "dockerfile-inline",
    "args", "labels", "tags", "cache-from", "cache-to", "target", "secret", "ssh", "platforms", "output", "pull",
    "no-cache", "network", "no-cache-filter", "shm-size", "ulimits", "call", "extra-hosts",
];

/// A JSON file as the blocks of an HCL one.
fn blocks_of_json(text: &str) -> Result<Vec<Block>, String> {
    let all: Map<String, Value> = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let mut blocks = vec![];
    for (kind, named) in all {
        let named = named.as_object().cloned().ok_or_else(|| format!("{kind} is no object"))?;
        for (label, body) in named {
            let body = body.as_object().cloned().ok_or_else(|| format!("{kind} {label} is no object"))?;
            let attributes = body.into_iter().map(|(key, value)| Ok((key, of_json(value)?)));
            let attributes = attributes.collect::<Result<_, String>>()?;
            blocks.push(Block { kind: kind.clone(), label, attributes });
        }
    }
    Ok(blocks)
}

/// A value of JSON; its texts may hold `${…}`.
fn of_json(value: Value) -> Result<Expr, String> {
    Ok(match value {
        Value::String(text) if text.contains("${") => {
            let line = format!("x = {}", Value::from(text));
            let (_, attributes) = hcl::read(&line)?;
            attributes.into_iter().next().map_or(Expr::Known(Value::Null), |(_, expr)| expr)
        }
        Value::Array(items) => Expr::List(items.into_iter().map(of_json).collect::<Result<_, _>>()?),
        Value::Object(map) => {
            let entries = map.into_iter().map(|(key, value)| Ok((Expr::Known(key.into()), of_json(value)?)));
            Expr::Object(entries.collect::<Result<_, String>>()?)
        }
        known => Expr::Known(known),
    })
}

impl Definition {
    /// Reads files, later ones over earlier ones. `given` says what the environment or the command line sets a
    /// variable to.
    ///
    /// # Errors
    /// What cannot be read or worked out, with the name of the file.
    pub fn read(files: &[(String, String)], given: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let (mut blocks, mut constants) = (vec![], vec![]);
        for (name, text) in files {
            let named = |e: String| format!("failed to parse {name}: {e}");
            if name.ends_with(".json") || text.trim_start().starts_with('{') {
                blocks.extend(blocks_of_json(text).map_err(named)?);
            } else if name.ends_with(".yml") || name.ends_with(".yaml") {
                blocks.extend(super::compose::blocks(name, text, &given)?);
            } else {
                let (more, attributes) = hcl::read(text).map_err(named)?;
                blocks.extend(more);
                constants.extend(attributes);
            }
        }
        let mut definition = Self::default();
        let mut scope = Scope::default();
        scope.names.insert("BAKE_LOCAL_PLATFORM".into(), "linux/amd64".into());
        scope.names.insert("BAKE_CMD_CONTEXT".into(), ".".into());
        for block in blocks.iter().filter(|block| block.kind == "function") {
            scope.functions.insert(block.label.clone(), function(block)?);
        }
        definition.define(&blocks, &constants, &mut scope, given)?;
        for block in &blocks {
            match block.kind.as_str() {
                "variable" | "function" => {}
                "group" => definition.add_group(block, &scope)?,
                "target" => definition.add_target(block, &scope)?,
                kind => return Err(format!("the block {kind} of bake files is not simulated by Drydock")),
            }
        }
        Ok(definition)
    }

    /// Works out variables and constants, which may use one another in any order.
    fn define(
        &mut self,
        blocks: &[Block],
        constants: &[(String, Expr)],
        scope: &mut Scope,
        given: impl Fn(&str) -> Option<String>,
    ) -> Result<(), String> {
        let variables: Vec<&Block> = blocks.iter().filter(|block| block.kind == "variable").collect();
        let mut todo: Vec<(&str, Option<&Expr>, bool)> = constants.iter().map(|(n, e)| (n.as_str(), Some(e), false)).collect();
        todo.extend(variables.iter().rev().map(|block| {
            let default = block.attributes.iter().find(|(key, _)| key == "default").map(|(_, expr)| expr);
            (block.label.as_str(), default, true)
        }));
        while !todo.is_empty() {
            let before = todo.len();
            let mut failed = None;
            let mut later = vec![];
            for (name, expr, variable) in todo.drain(..).rev() {
                match expr.map_or(Ok(Value::from("")), |expr| value(expr, scope)) {
                    Ok(found) => {
                        let outside = given(name).filter(|_| variable);
                        let chosen = outside.map_or(found.clone(), |text| typed(&text, &found));
                        scope.names.insert(name.to_owned(), chosen);
                    }
                    Err(e) => {
                        failed = Some(e);
                        later.push((name, expr, variable));
                    }
                }
            }
            later.reverse();
            todo = later;
            if let Some(e) = failed.filter(|_| todo.len() == before) {
                return Err(e);
            }
        }
        for block in variables {
            let known = scope.names.get(&block.label).cloned().unwrap_or_default();
            self.variables.retain(|(name, _)| *name != block.label);
            self.variables.push((block.label.clone(), known));
            for (_, rule) in block.attributes.iter().filter(|(key, _)| key == "validation") {
                let rule = value(rule, scope)?;
                if !rule.get("condition").map_or(Ok(true), truth)? {
                    return Err(rule.get("error_message").map(text_of).unwrap_or_default());
                }
            }
        }
        Ok(())
    }

    fn add_group(&mut self, block: &Block, scope: &Scope) -> Result<(), String> {
        let targets = block.attributes.iter().find(|(key, _)| key == "targets");
        let targets = targets.map_or(Ok(Value::Null), |(_, expr)| value(expr, scope))?;
        self.groups.retain(|(name, _)| *name != block.label);
        self.groups.push((block.label.clone(), texts(&targets)));
        Ok(())
    }

    fn add_target(&mut self, block: &Block, scope: &Scope) -> Result<(), String> {
        let get = |wanted: &str| block.attributes.iter().find(|(key, _)| key == wanted).map(|(_, expr)| expr);
        let Some(matrix) = get("matrix") else { return self.merge(&block.label, block, scope) };
        let matrix = value(matrix, scope)?;
        let name = get("name").ok_or_else(|| format!("target {} has a matrix and no name", quote(&block.label)))?;
        let mut rows = vec![scope.clone()];
        for (key, choices) in matrix.as_object().into_iter().flatten() {
            let choices = choices.as_array().cloned().unwrap_or_default();
            let with = |row: &Scope, choice: &Value| {
                let mut row = row.clone();
                row.names.insert(key.clone(), choice.clone());
                row
            };
            rows = rows.iter().flat_map(|row| choices.iter().map(|choice| with(row, choice)).collect::<Vec<_>>()).collect();
            if rows.len() > MAX_TARGETS {
                return Err(format!("a matrix of more than {MAX_TARGETS} targets"));
            }
        }
        let mut made = vec![];
        for row in rows {
            let name = text_of(&value(name, &row)?);
            self.merge(&name, block, &row)?;
            made.push(name);
        }
        self.groups.push((block.label.clone(), made));
        Ok(())
    }

    fn merge(&mut self, name: &str, block: &Block, scope: &Scope) -> Result<(), String> {
        let mut keys = Map::new();
        for (key, expr) in block.attributes.iter().filter(|(key, _)| key != "matrix" && key != "name") {
            if !KEYS.contains(&key.as_str()) {
                return Err(format!("the key {key} of target {} is not simulated by Drydock", quote(name)));
            }
            let mut found = value(expr, scope)?;
            if let ("args" | "labels" | "contexts", Some(entries)) = (key.as_str(), found.as_object_mut()) {
                for (_, entry) in entries.iter_mut().filter(|(_, entry)| !entry.is_null()) {
                    *entry = text_of(entry).into();
                }
            }
            keys.insert(key.clone(), found);
        }
        match self.targets.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => overlay(known, &keys),
            None => self.targets.push((name.to_owned(), keys)),
        }
        Ok(())
    }

    /// The targets that names mean, those of groups among them, each once.
    ///
    /// # Errors
    /// A name that is neither.
    pub fn resolve(&self, wanted: &[String]) -> Result<Vec<Named>, String> {
        let mut found: Vec<Named> = vec![];
        let mut todo: Vec<String> = wanted.iter().rev().cloned().collect();
        let mut opened = vec![];
        while let Some(name) = todo.pop() {
            let group = self.groups.iter().rev().find(|(known, _)| *known == name);
            if let Some((_, members)) = group.filter(|_| !opened.contains(&name)) {
                opened.push(name);
                todo.extend(members.iter().rev().cloned());
            } else if !found.iter().any(|(known, _)| *known == name) && group.is_none() {
                let keys = self.whole(&name, 0)?;
                found.push((name, keys));
            }
        }
        Ok(found)
    }

    /// A target with what it inherits and the usual context and Dockerfile.
    fn whole(&self, name: &str, depth: usize) -> Result<Map<String, Value>, String> {
        let own = self.targets.iter().find(|(known, _)| known == name);
        let (_, own) = own.ok_or_else(|| format!("failed to find target {name}"))?;
        if depth > 32 {
            return Err(format!("infinite loop from {name}"));
        }
        let mut keys = Map::new();
        for parent in texts(own.get("inherits").unwrap_or(&Value::Null)) {
            overlay(&mut keys, &self.whole(&parent, depth + 1)?);
        }
        overlay(&mut keys, own);
        keys.shift_remove("inherits");
        if depth == 0 {
            for (key, usual) in [("context", "."), ("dockerfile", "Dockerfile")] {
                keys.entry(key).or_insert_with(|| usual.into());
            }
        }
        Ok(keys)
    }
}

/// A block that defines a function.
fn function(block: &Block) -> Result<Function, String> {
    let get = |wanted: &str| block.attributes.iter().find(|(key, _)| key == wanted).map(|(_, expr)| expr);
    let wrong = |what: &str| format!("the function {} has no {what}", quote(&block.label));
    let Some(Expr::List(params)) = get("params") else { return Err(wrong("params")) };
    let name = |expr: &Expr| match expr {
        Expr::Name(name) => Some(name.clone()),
        _ => None,
    };
    Ok(Function {
        params: params.iter().map(name).collect::<Option<_>>().ok_or_else(|| wrong("names as params"))?,
        more: get("variadic_params").or_else(|| get("variadic_param")).and_then(name),
        result: get("result").cloned().ok_or_else(|| wrong("result"))?,
    })
}

/// A text from outside, as the type of the default.
fn typed(text: &str, default: &Value) -> Value {
    match default {
        Value::Bool(_) | Value::Number(_) => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        _ => text.into(),
    }
}

/// The texts of a list.
pub fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(text_of).collect()
}

/// Puts keys over others: objects are merged, everything else is replaced.
fn overlay(below: &mut Map<String, Value>, above: &Map<String, Value>) {
    for (key, value) in above {
        match (below.get_mut(key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => old.extend(new.clone()),
            _ => _ = below.insert(key.clone(), value.clone()),
        }
    }
}

/// Carries out `--set TARGET.KEY[.NAME]=VALUE`.
///
/// # Errors
/// What cannot be set.
pub fn set(targets: &mut [(String, Map<String, Value>)], text: &str) -> Result<(), String> {
    let wrong = || format!("invalid override {text}, expected target.name=value");
    let (place, value) = text.split_once('=').ok_or_else(wrong)?;
    let (pattern, key) = place.split_once('.').ok_or_else(wrong)?;
    let (key, name) = key.split_once('.').map_or((key, None), |(key, name)| (key, Some(name)));
    let key = match key {
        "platform" => "platforms",
        "secrets" => "secret",
        other => other,
    };
    if !KEYS.contains(&key) {
        return Err(format!("unknown key: {key}"));
    }
    let mut any = false;
    for (target, keys) in targets.iter_mut() {
        if !crate::base::glob::path_match(pattern, target).unwrap_or(false) {
            continue;
        }
        any = true;
        match (key, name) {
            ("args" | "labels" | "contexts", Some(name)) => {
                let map = keys.entry(key).or_insert_with(|| json!({}));
                map[name] = value.into();
            }
            ("tags" | "platforms" | "output" | "secret" | "ssh" | "cache-from" | "cache-to" | "no-cache-filter", None) => {
                keys.insert(key.into(), json!([value]));
            }
            ("pull" | "no-cache", None) => {
                keys.insert(key.into(), (value == "true" || value == "1").into());
            }
            _ => _ = keys.insert(key.into(), value.into()),
        }
    }
    if any { Ok(()) } else { Err(format!("could not find any target matching '{pattern}'")) }
}

/// What `--print` shows.
pub fn shown(definition: &Definition, wanted: &[String], targets: &[(String, Map<String, Value>)]) -> Value {
    let names: Vec<&String> = targets.iter().map(|(name, _)| name).collect();
    let mut groups = Map::new();
    let of_group = |name: &String| definition.groups.iter().any(|(known, _)| known == name);
    if wanted.len() != 1 || !wanted.iter().any(|name| name == "default" && !of_group(name)) {
        groups.insert("default".into(), json!({ "targets": if wanted == ["default"] { json!(names) } else { json!(wanted) } }));
    }
    for (name, members) in definition.groups.iter().filter(|(name, _)| wanted.contains(name) && name != "default") {
        groups.insert(name.clone(), json!({ "targets": members }));
    }
    let ordered = |keys: &Map<String, Value>| -> Map<String, Value> {
        KEYS.iter().filter_map(|key| Some(((*key).to_owned(), keys.get(*key).filter(|v| !v.is_null())?.clone()))).collect()
    };
    let mut all: Vec<_> = targets.iter().map(|(name, keys)| (name.clone(), Value::Object(ordered(keys)))).collect();
    all.order_by(|(a, _), (b, _)| a.cmp(b));
    json!({ "group": groups, "target": Map::from_iter(all) })
}
