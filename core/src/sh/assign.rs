//! Assignments: attributes, arrays, read-only variables, and the variables of arithmetic.

use super::arith::Cells;
use super::machine::{Assigned, Assignment, MAX_WORD, Shell, Turn};
use super::vars::{MAX_ELEMENTS, Value};
use super::voice::Voice;
use crate::kernel::Sys;

/// A text from this length on is accounted for, in bytes.
const LONG: usize = 1 << 20;

impl Shell {
    /// Sets a variable as its attributes want.
    pub(super) fn assign(&mut self, name: &str, text: String, sys: &mut Sys<'_>) -> Turn<()> {
        let text = match self.vars.get(name) {
            Some(_) if self.is_restricted() && matches!(name, "PATH" | "SHELL" | "ENV" | "BASH_ENV") => {
                return Err(self.read_only(name, sys));
            }
            Some(var) if var.readonly => return Err(self.read_only(name, sys)),
            Some(var) if var.integer => self.compute(&text, sys)?.to_string(),
            Some(var) if var.lower => text.to_lowercase(),
            Some(var) if var.upper => text.to_uppercase(),
            _ => text,
        };
        self.vars.set(name, text);
        if self.options.allexport {
            self.vars.entry(name).exported = true;
        }
        if name == "OPTIND" {
            self.getopts = (0, 0);
        }
        Ok(())
    }

    fn read_only(&mut self, name: &str, sys: &mut Sys<'_>) -> super::machine::Fault {
        let text = match self.voice {
            Voice::Bash | Voice::Gnu => format!("{name}: readonly variable"),
            Voice::Dash | Voice::Ash => format!("{name}: is read only"),
        };
        self.complain(sys, &text);
        self.fatal(if self.voice == Voice::Bash { 1 } else { 2 })
    }

    /// Accounts for a long text, which a shell holds twice while it works on it, beside its variables.
    pub(super) fn check_text(&mut self, len: usize, sys: &mut Sys<'_>) -> Turn<()> {
        if len < LONG {
            return Ok(());
        }
        let held = self.vars.bytes().saturating_add(len.saturating_mul(2));
        if !sys.claim_memory(held as u64) {
            return Err(self.fatal(137));
        }
        if len > MAX_WORD {
            self.complain(sys, "a word of more than 32 MiB, which Drydock does not hold");
            return Err(self.fatal(1));
        }
        Ok(())
    }

    /// Carries out an expanded assignment.
    pub(super) fn carry_out(&mut self, assignment: Assignment, sys: &mut Sys<'_>) -> Turn<()> {
        let Assignment { name, index, append, value } = assignment;
        match (value, index) {
            (Assigned::Text(text), Some(index)) => self.assign_element(&name, &index, text, append, sys),
            (Assigned::Text(text), None) => {
                let integer = self.vars.get(&name).is_some_and(|v| v.integer);
                let text = match self.vars.text(&name) {
                    Some(old) if append && integer => format!("{old}+({text})"),
                    Some(old) if append => format!("{old}{text}"),
                    _ => text,
                };
                self.check_text(text.len(), sys)?;
                self.assign(&name, text, sys)
            }
            (Assigned::Array(elements), _) => self.assign_array(&name, elements, append, sys),
        }
    }

    fn assign_array(
        &mut self,
        name: &str,
        elements: Vec<(Option<String>, String)>,
        append: bool,
        sys: &mut Sys<'_>,
    ) -> Turn<()> {
        if self.vars.get(name).is_some_and(|v| v.readonly) {
            return Err(self.read_only(name, sys));
        }
        let var = self.vars.entry(name);
        let is_map = matches!(var.value, Value::Map(_));
        if !append {
            var.value = if is_map { Value::Map(Default::default()) } else { Value::List(Default::default()) };
        } else if let Value::Text(text) = &var.value {
            var.value = Value::List([(0, text.clone())].into());
        } else if var.value == Value::None {
            var.value = Value::List(Default::default());
        }
        if is_map {
            let mut pending: Option<String> = None;
            for (key, text) in elements {
                match (key, pending.take()) {
                    (Some(key), _) => self.assign_element(name, &key, text, false, sys)?,
                    (None, Some(key)) => self.assign_element(name, &key, text, false, sys)?,
                    (None, None) => pending = Some(text),
                }
            }
            return Ok(());
        }
        let mut next = match &self.vars.entry(name).value {
            Value::List(list) => list.last_key_value().map_or(0, |(k, _)| k + 1),
            _ => 0,
        };
        for (key, text) in elements {
            if let Some(key) = key {
                next = self.compute(&key, sys)?;
            }
            self.assign_element(name, &next.to_string(), text, false, sys)?;
            next = next.saturating_add(1);
        }
        Ok(())
    }

    /// Sets an element of an array.
    pub(super) fn assign_element(
        &mut self,
        name: &str,
        key: &str,
        text: String,
        append: bool,
        sys: &mut Sys<'_>,
    ) -> Turn<()> {
        if self.vars.get(name).is_some_and(|v| v.readonly) {
            return Err(self.read_only(name, sys));
        }
        let is_map = matches!(self.vars.get(name).map(|v| &v.value), Some(Value::Map(_)));
        let index = if is_map { 0 } else { self.compute(key, sys)? };
        let var = self.vars.entry(name);
        match &var.value {
            Value::Text(old) => var.value = Value::List([(0, old.clone())].into()),
            Value::None => var.value = Value::List(Default::default()),
            _ => {}
        }
        let add = |slot: &mut String| if append { slot.push_str(&text) } else { slot.clone_from(&text) };
        let refused = match &mut var.value {
            Value::Map(map) => {
                let full = map.len() >= MAX_ELEMENTS && !map.contains_key(key);
                if !full {
                    add(map.entry(key.to_string()).or_default());
                }
                full
            }
            Value::List(list) => {
                let last = list.last_key_value().map_or(0, |(k, _)| k + 1);
                let index = if index < 0 { last.saturating_add(index) } else { index };
                let full = index < 0 || (list.len() >= MAX_ELEMENTS && !list.contains_key(&index));
                if !full {
                    add(list.entry(index).or_default());
                }
                full
            }
            _ => true,
        };
        if refused {
            self.complain(sys, &format!("{name}[{key}]: bad array subscript"));
            return Err(self.fatal(1));
        }
        Ok(())
    }

    /// An element of an array.
    pub(super) fn element(&mut self, name: &str, key: &str, sys: &mut Sys<'_>) -> Turn<Option<String>> {
        let Some(var) = self.vars.get(name) else { return Ok(None) };
        if let Value::Map(map) = &var.value {
            return Ok(map.get(key).cloned());
        }
        let index = self.compute(key, sys)?;
        Ok(match self.vars.get(name).map(|v| &v.value) {
            Some(Value::List(list)) => {
                let last = list.last_key_value().map_or(0, |(k, _)| k + 1);
                list.get(&if index < 0 { last.saturating_add(index) } else { index }).cloned()
            }
            Some(Value::Text(text)) if index == 0 || index == -1 => Some(text.clone()),
            _ => None,
        })
    }
}

impl Cells for Shell {
    fn read(&self, name: &str, index: Option<(i64, &str)>) -> Option<String> {
        let var = match self.vars.get(name) {
            Some(var) => var,
            None if name == "LINENO" => return Some(self.line().to_string()),
            None => return None,
        };
        match (&var.value, index) {
            (Value::List(list), Some((index, _))) => {
                let last = list.last_key_value().map_or(0, |(k, _)| k + 1);
                list.get(&if index < 0 { last.saturating_add(index) } else { index }).cloned()
            }
            (Value::Map(map), Some((_, key))) => map.get(key).cloned(),
            (_, Some((0, _)) | None) => var.text().map(str::to_string),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> Option<i64> {
        let text = self.vars.text(name)?;
        let decimal = matches!(text.as_bytes().first(), Some(b'1'..=b'9')) || text == "0";
        if decimal { text.parse().ok() } else { None }
    }

    fn write(&mut self, name: &str, index: Option<(i64, &str)>, value: i64) -> Result<(), String> {
        if self.vars.get(name).is_some_and(|v| v.readonly) {
            return Err(match self.voice {
                Voice::Bash | Voice::Gnu => format!("{name}: readonly variable"),
                Voice::Dash | Voice::Ash => format!("{name}: is read only"),
            });
        }
        let Some((index, key)) = index else {
            self.vars.set(name, value.to_string());
            return Ok(());
        };
        let var = self.vars.entry(name);
        match &mut var.value {
            Value::Map(map) => {
                map.insert(key.to_string(), value.to_string());
            }
            Value::List(list) if list.len() < MAX_ELEMENTS => {
                list.insert(index, value.to_string());
            }
            Value::List(_) => return Err(format!("{name}: bad array subscript")),
            old => {
                let mut list = std::collections::BTreeMap::new();
                if let Value::Text(text) = old {
                    list.insert(0, std::mem::take(text));
                }
                list.insert(index, value.to_string());
                *old = Value::List(list);
            }
        }
        Ok(())
    }

    fn is_map(&self, name: &str) -> bool {
        matches!(self.vars.get(name).map(|v| &v.value), Some(Value::Map(_)))
    }

    fn strict(&self) -> bool {
        self.options.nounset
    }
}
