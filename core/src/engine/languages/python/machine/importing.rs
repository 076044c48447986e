//! Modules: those of the library, those that pip has installed, those of the script's own folder.

use super::heap::Obj;
use super::state::Source;
use super::vm::{Got, Trap, Vm};
use super::{Dict, Value};
use crate::engine::languages::python::compile::Mode;
use crate::engine::languages::python::syntax::Trouble;
use crate::engine::languages::python::{library, natives};
use crate::engine::languages::python::syntax::ast::Name;

impl Vm<'_, '_> {
    /// A name of the prelude, the built-ins that are written in Python.
    pub fn prelude(&mut self, name: &str) -> Got {
        let module = self.module("_prelude")?;
        self.getattr(&module, &name.into())
    }

    /// `import name` (level 0) or the module of `from name import` (level 1 and more).
    pub(super) fn import(&mut self, name: &str, globals: &Value, level: u32) -> Got {
        let mut full = name.to_string();
        if level > 1 {
            let package = globals.id().and_then(|id| self.m.heap.dict(id)).and_then(|d| d.text("__package__")).cloned();
            let mut parts: Vec<String> =
                package.and_then(|p| p.as_str().map(|t| t.split('.').map(String::from).collect())).unwrap_or_default();
            if parts.iter().all(String::is_empty) {
                return Err(self.error("ImportError", "attempted relative import with no known parent package"));
            }
            parts.truncate(parts.len().saturating_sub(level as usize - 2));
            if !name.is_empty() {
                parts.push(name.to_string());
            }
            full = parts.join(".");
        }
        let module = self.module(&full)?;
        if level > 0 {
            return Ok(module);
        }
        match full.split_once('.') {
            Some((first, _)) => self.module(first),
            None => Ok(module),
        }
    }

    /// A module by its full name; those above it are imported first.
    pub fn module(&mut self, full: &str) -> Got {
        let mut parent: Option<(Value, String)> = None;
        let mut so_far = String::new();
        for part in full.split('.') {
            if !so_far.is_empty() {
                so_far.push('.');
            }
            so_far.push_str(part);
            // Asked once: whoever asks is run again after the module is there.
            let known = self.once(|vm| {
                let found = vm.m.heap.dict(vm.m.modules).and_then(|d| d.text(&so_far)).cloned();
                Ok(found.unwrap_or(Value::Unbound))
            })?;
            let module = match known {
                Value::Unbound => self.load(&so_far, full, parent.as_ref().map(|(_, n)| n.as_str()))?,
                module => module,
            };
            if let Some((parent, _)) = &parent
                && let Some(Obj::Module(_, dict)) = parent.id().map(|id| self.m.heap.get(id)).cloned()
                && let Some(dict) = self.m.heap.dict_mut(dict)
                && dict.text(part).is_none()
            {
                dict.set(part, module.clone());
            }
            parent = Some((module, so_far.clone()));
        }
        parent.map_or_else(|| Err(self.value_error("Empty module name")), |(module, _)| Ok(module))
    }

    fn load(&mut self, name: &str, full: &str, parent: Option<&str>) -> Got {
        let found = self.once(|vm| vm.begin_module(name, full, parent))?;
        // What was begun: the module, and the number of its code where there is one.
        let parts = self.items_of(&found).unwrap_or_default();
        let [module, code] = parts.as_slice() else { return self.missing(format!("the module {name}")) };
        let Some(Obj::Module(_, dict)) = module.id().map(|id| self.m.heap.get(id)).cloned() else {
            return Ok(module.clone());
        };
        if let Value::Int(code) = code {
            let frame = self.frame_of(*code as u32, dict, dict)?;
            self.run_frame_of(frame)?;
        }
        let known = self.m.heap.dict(self.m.modules).and_then(|d| d.text(name)).cloned();
        Ok(known.unwrap_or_else(|| module.clone()))
    }

    fn begin_module(&mut self, name: &str, full: &str, parent: Option<&str>) -> Got {
        if let Some(entries) = natives::module(self, name) {
            let module = self.new_module(name, entries, false);
            return Ok(self.tuple(vec![module, Value::None]));
        }
        if let Some(package) = library::package_of(name)
            && !natives::is_installed(self, package)
        {
            return Err(self.no_module(name, full, parent));
        }
        if library::source(name).is_some() {
            let source = Source { file: name.to_string(), text: None, mode: Mode::Module };
            return self.begin_code(name, source, library::is_package(name));
        }
        if let Some(known) = library::unsimulated(name)
            && (known || natives::is_installed(self, name))
        {
            return self.missing(format!("the module {name}"));
        }
        let relative = name.replace('.', "/");
        for dir in self.m.path.clone() {
            for (end, package) in [("/__init__.py", true), (".py", false)] {
                let path = format!("{}/{relative}{end}", dir.trim_end_matches('/'));
                if let Ok(bytes) = self.sys.read_file(&path) {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    if text.is_empty() && natives::is_installed(self, name) {
                        return self.missing(format!("the package {name}"));
                    }
                    let source = Source { file: path, text: Some(text), mode: Mode::Module };
                    return self.begin_code(name, source, package);
                }
            }
            if self.sys.stat(&format!("{}/{relative}", dir.trim_end_matches('/'))).is_ok_and(|s| s.is_dir()) {
                let module = self.new_module(name, Dict::default(), true);
                return Ok(self.tuple(vec![module, Value::None]));
            }
        }
        Err(self.no_module(name, full, parent))
    }

    fn no_module(&mut self, name: &str, _full: &str, parent: Option<&str>) -> Trap {
        let text = match parent {
            Some(parent) => format!("No module named '{name}'; '{parent}' is not a package"),
            None => format!("No module named '{name}'"),
        };
        let error = self.exception("ModuleNotFoundError", vec![Value::str(text)]);
        if let Some(instance) = error.id().and_then(|id| self.m.heap.instance_mut(id)) {
            instance.attrs.set("name", Value::str(name));
        }
        Trap::Raise(error)
    }

    fn begin_code(&mut self, name: &str, source: Source, package: bool) -> Got {
        let file = match &source.text {
            Some(_) => source.file.clone(),
            None => format!("/usr/local/lib/python3.{}/{}.py", self.m.minor, name.replace('.', "/")),
        };
        self.work(source.text.as_ref().map_or(2000, |t| t.len()));
        let code = match self.m.codes.add(source) {
            Ok(code) => code,
            Err(trouble) => return Err(self.syntax_trap(trouble, &file)),
        };
        let mut dict = Dict::default();
        dict.set("__file__", Value::str(file));
        let module = self.new_module(name, dict, package);
        Ok(self.tuple(vec![module, Value::Int(i64::from(code))]))
    }

    /// What a text that does not compile raises.
    pub fn syntax_trap(&mut self, trouble: Trouble, file: &str) -> Trap {
        match trouble {
            Trouble::Missing(what) => Trap::Missing(what),
            Trouble::Bad { kind, message, line, .. } => {
                self.error(kind, format!("{message} ({}, line {line})", file.rsplit('/').next().unwrap_or(file)))
            }
            Trouble::Unfinished { message, line, .. } => {
                self.error("SyntaxError", format!("{message} ({}, line {line})", file.rsplit('/').next().unwrap_or(file)))
            }
        }
    }

    /// A module that is known from now on.
    pub fn new_module(&mut self, name: &str, mut dict: Dict, package: bool) -> Value {
        dict.set("__name__", Value::str(name));
        let within = if package { name } else { name.rsplit_once('.').map_or("", |(p, _)| p) };
        dict.set("__package__", Value::str(within));
        let id = self.m.heap.alloc(Obj::Dict(dict));
        let module = self.new_obj(Obj::Module(name.into(), id));
        if let Some(modules) = self.m.heap.dict_mut(self.m.modules) {
            modules.set(name, module.clone());
        }
        module
    }

    pub(super) fn import_from(&mut self, module: &Value, name: &Name) -> Got {
        if let Some(value) = self.find_attr(module, name)? {
            return Ok(value);
        }
        let Some(Obj::Module(shown, dict)) = module.id().map(|id| self.m.heap.get(id)).cloned() else {
            return self.missing("an import from what is no module");
        };
        let within = self.m.heap.dict(dict).and_then(|d| d.text("__package__")).cloned();
        let file = self.m.heap.dict(dict).and_then(|d| d.text("__file__")).cloned();
        if within.as_ref().and_then(Value::as_str) == Some(&*shown) {
            let full = format!("{shown}.{name}");
            let tried = self.m.heap.dict(self.m.modules).is_some_and(|d| d.text(&full).is_some())
                || library::source(&full).is_some()
                || file.is_none()
                || file.as_ref().and_then(Value::as_str).is_some_and(|f| !f.starts_with("/usr/local/lib"));
            if tried && self.submodule_exists(&full) {
                return self.module(&full);
            }
        }
        if library::source(&shown).is_some() && library::is_known_name(&shown, name) {
            return self.missing(format!("{name} of the module {shown}"));
        }
        let place = file.as_ref().and_then(Value::as_str).unwrap_or("unknown location").to_string();
        let text = format!("cannot import name '{name}' from '{shown}' ({place})");
        Err(self.error("ImportError", text))
    }

    fn submodule_exists(&mut self, full: &str) -> bool {
        if library::source(full).is_some() || natives::module(self, full).is_some() {
            return true;
        }
        let relative = full.replace('.', "/");
        self.m.path.clone().iter().any(|dir| {
            let at = format!("{}/{relative}", dir.trim_end_matches('/'));
            self.sys.stat(&format!("{at}.py")).is_ok() || self.sys.stat(&at).is_ok()
        })
    }

    pub(super) fn import_star(&mut self, module: &Value, space: &Value) -> Got {
        let Some(Obj::Module(_, dict)) = module.id().map(|id| self.m.heap.get(id)).cloned() else {
            return Ok(Value::None);
        };
        let dict = self.m.heap.dict(dict).cloned().unwrap_or_default();
        let listed = dict.text("__all__").and_then(|all| self.items_of(all));
        let names: Vec<Value> = listed.unwrap_or_else(|| {
            dict.keys().into_iter().filter(|k| k.as_str().is_some_and(|k| !k.starts_with('_'))).collect()
        });
        for name in names {
            let text = name.as_str().unwrap_or("").to_string();
            if let Some(value) = dict.text(&text)
                && let Some(space) = space.id().and_then(|id| self.m.heap.dict_mut(id))
            {
                space.set(&text, value.clone());
            }
        }
        Ok(Value::None)
    }
}
