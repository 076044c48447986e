//! The part of the library that is JavaScript: compiled once, shared by all machines.

use super::code::{Source, Unit};
use super::parser::Goal;
use super::realm;
use super::value::{Closure, Kind, Object, Value};
use super::vm::{Job, Vm};
use std::sync::LazyLock;

macro_rules! library {
    ($($name:literal),+ $(,)?) => {
        /// The names of the files of `lib` and their texts.
        const FILES: &[(&str, &str)] = &[$(($name, include_str!(concat!("lib/", $name, ".js")))),+];
    };
}

library! {
    "boot", "text", "promise", "process", "console", "util", "events", "path", "fs", "module", "main", "timers", "os", "url", "buffer",
    "stream", "net", "http", "fetch", "crypto", "child_process", "readline", "assert", "express", "packages", "repl",
}

static UNITS: LazyLock<Vec<(&str, Result<Unit, String>)>> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|(name, text)| {
            let file = if matches!(*name, "boot" | "text" | "promise") {
                "<anonymous>".to_string()
            } else {
                format!("node:{name}")
            };
            let params = vec!["exports".to_string(), "require".to_string(), "module".to_string()];
            let source = Source { file: file.into(), text: (*text).into(), goal: Goal::Library, params };
            (*name, Unit::new(source).map_err(|e| format!("{name}: {e:?}")))
        })
        .collect()
});

impl Vm {
    /// The function of a file of the library.
    pub fn library(&mut self, name: &str) -> Result<Option<Value>, String> {
        let Some((_, unit)) = UNITS.iter().find(|(n, _)| *n == name) else { return Ok(None) };
        let unit = unit.clone()?;
        let code = unit.compiled.codes.len() as u32 - 1;
        self.units.push(unit);
        let closure =
            Closure { unit: self.units.len() as u32 - 1, code, cells: [].into(), home: None, fields: None };
        Ok(Some(Value::Obj(self.heap.add(Object::of(realm::FUNCTION, Kind::Function(closure))))))
    }

    /// Has the files that every run needs run first.
    pub fn load_library(&mut self) {
        for name in ["boot", "text", "promise", "process", "main"] {
            if let Ok(Some(function)) = self.library(name) {
                self.finished.push_back(Job::Call(function, vec![]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_of_the_library_compiles() {
        let faults: Vec<&String> = super::UNITS.iter().filter_map(|(_, unit)| unit.as_ref().err()).collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }
}
