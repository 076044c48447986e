//! The variables of a shell.

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most elements of an array, and the largest subscript.
pub const MAX_ELEMENTS: usize = 1_000_000;

/// What a variable holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Value {
    /// Declared and not set.
    #[default]
    None,
    Text(String),
    List(BTreeMap<i64, String>),
    Map(BTreeMap<String, String>),
}

/// A variable with its attributes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Var {
    pub value: Value,
    pub exported: bool,
    pub readonly: bool,
    pub integer: bool,
    pub lower: bool,
    pub upper: bool,
}

impl Var {
    /// The text of the variable, or of its element 0.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::None => None,
            Value::Text(text) => Some(text),
            Value::List(list) => list.get(&0).map(String::as_str),
            Value::Map(map) => map.get("0").map(String::as_str),
        }
    }

    /// All elements in order.
    pub fn elements(&self) -> Vec<&str> {
        match &self.value {
            Value::None => vec![],
            Value::Text(text) => vec![text],
            Value::List(list) => list.values().map(String::as_str).collect(),
            Value::Map(map) => map.values().map(String::as_str).collect(),
        }
    }

    /// All subscripts in order.
    pub fn keys(&self) -> Vec<String> {
        match &self.value {
            Value::None => vec![],
            Value::Text(_) => vec!["0".to_string()],
            Value::List(list) => list.keys().map(i64::to_string).collect(),
            Value::Map(map) => map.keys().cloned().collect(),
        }
    }

    /// The letters that `declare -p` shows, without the dash.
    pub fn letters(&self) -> String {
        let mut letters = String::new();
        match self.value {
            Value::List(_) => letters.push('a'),
            Value::Map(_) => letters.push('A'),
            _ => {}
        }
        for (on, letter) in [
            (self.integer, 'i'),
            (self.lower, 'l'),
            (self.readonly, 'r'),
            (self.upper, 'u'),
            (self.exported, 'x'),
        ] {
            letters.extend(on.then_some(letter));
        }
        letters
    }
}

/// All variables by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Vars {
    map: OrdMap<Arc<str>, Arc<Var>>,
    /// Names in the order of the environment the shell was given.
    order: Arc<Vec<Arc<str>>>,
}

impl Vars {
    /// The exported variables of an environment.
    pub fn import(&mut self, env: &[(String, String)]) {
        let mut order = vec![];
        for (name, value) in env {
            let name: Arc<str> = Arc::from(name.as_str());
            order.push(name.clone());
            let var = Var { value: Value::Text(value.clone()), exported: true, ..Var::default() };
            self.map.insert(name, Arc::new(var));
        }
        self.order = Arc::new(order);
    }

    /// What children get: in the order it came, new variables after it by name.
    pub fn environment(&self) -> Vec<(String, String)> {
        let entry = |name: &Arc<str>, var: &Var| {
            var.text().filter(|_| var.exported).map(|text| (name.to_string(), text.to_string()))
        };
        let mut env: Vec<(String, String)> =
            self.order.iter().filter_map(|name| entry(name, self.map.get(name)?)).collect();
        let fresh = self.map.iter().filter(|(name, _)| !self.order.contains(name));
        env.extend(fresh.filter_map(|(name, var)| entry(name, var)));
        env
    }

    pub fn get(&self, name: &str) -> Option<&Var> {
        self.map.get(name).map(AsRef::as_ref)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.text()
    }

    /// A shared copy, to be put back by [`Vars::put_back`].
    pub fn snapshot(&self, name: &str) -> Option<Arc<Var>> {
        self.map.get(name).cloned()
    }

    pub fn put_back(&mut self, name: &Arc<str>, var: Option<Arc<Var>>) {
        match var {
            Some(var) => self.map.insert(name.clone(), var),
            None => self.map.remove(name),
        };
    }

    pub fn remove(&mut self, name: &str) {
        self.map.remove(name);
    }

    /// The variable, made if missing.
    pub fn entry(&mut self, name: &str) -> &mut Var {
        if !self.map.contains_key(name) {
            self.map.insert(Arc::from(name), Arc::default());
        }
        Arc::make_mut(self.map.entry(Arc::from(name)).or_default())
    }

    fn existing(&mut self, name: &str) -> Option<&mut Var> {
        self.map.get_mut(name).map(Arc::make_mut)
    }

    /// Sets a text without looking at attributes.
    pub fn set(&mut self, name: &str, text: impl Into<String>) {
        let text = text.into();
        match self.existing(name) {
            Some(var) => match &mut var.value {
                Value::List(list) => {
                    list.insert(0, text);
                }
                Value::Map(map) => {
                    map.insert("0".into(), text);
                }
                value => *value = Value::Text(text),
            },
            None => {
                let var = Var { value: Value::Text(text), ..Var::default() };
                self.map.insert(Arc::from(name), Arc::new(var));
            }
        }
    }

    /// Sets and exports a text.
    pub fn export(&mut self, name: &str, text: impl Into<String>) {
        self.set(name, text);
        self.entry(name).exported = true;
    }

    /// How long all values are together, in bytes.
    pub fn bytes(&self) -> usize {
        let values = self.map.values().map(|var| match &var.value {
            Value::None => 0,
            Value::Text(text) => text.len(),
            Value::List(list) => list.values().map(String::len).sum(),
            Value::Map(map) => map.values().map(String::len).sum(),
        });
        values.sum()
    }

    /// All variables by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Var)> {
        self.map.iter().map(|(name, var)| (&**name, &**var))
    }
}
