//! Instances and classes are made.

use crate::base::Order;
use super::call::Called;
use super::heap::{Class, Instance, Obj};
use super::vm::{Args, Got, Vm};
use super::{Dict, Id, Value, classes};
use crate::engine::languages::python::natives;
use crate::engine::languages::python::syntax::ast::Name;

impl Vm<'_, '_> {
    /// Calls a class.
    pub(super) fn construct(&mut self, class: Id, mut args: Vec<Value>, names: &[(Name, Value)]) -> Got<Called> {
        let Some(known) = self.m.heap.class(class) else { return self.missing("this class") };
        let (meta, layout, user) = (known.meta, known.layout, known.user);
        if meta != classes::TYPE
            && let Some(method) = self.class_lookup(meta, "__call__")
        {
            args.insert(0, Value::Obj(class));
            return self.deeper(|vm| vm.prepare(&method, args, names));
        }
        if !user {
            return self.make_builtin(class, layout, &args, names).map(Called::Value);
        }
        self.instantiate(class, args, names)
    }

    /// `type.__call__` for a class of the script.
    pub fn instantiate(&mut self, class: Id, mut args: Vec<Value>, names: &[(Name, Value)]) -> Got<Called> {
        if let Some(new) = self.class_lookup(class, "__new__").filter(|v| !matches!(v, Value::Native(_))) {
            let mut all = vec![Value::Obj(class)];
            all.extend(args.iter().cloned());
            let made = self.call_named(&new, all, names.to_vec())?;
            if !self.is_instance_of(&made, class) {
                return Ok(Called::Value(made));
            }
            return self.initialise(made, class, args, names);
        }
        let Some(known) = self.m.heap.class(class) else { return self.missing("this class") };
        if let Some(Value::Obj(set)) = known.attrs.text("__abstractmethods__")
            && let Some(left) = self.m.heap.dict(*set).filter(|d| !d.is_empty())
        {
            let mut names: Vec<String> =
                left.iter().filter_map(|(_, k, _)| Some(format!("'{}'", k.as_str()?))).collect();
            names.order();
            let (s, name) = (if names.len() == 1 { "" } else { "s" }, self.class_name(class));
            let list = if self.m.minor >= 12 { names.join(", ") } else { names.join(", ").replace('\'', "") };
            let text = if self.m.minor >= 12 {
                format!("Can't instantiate abstract class {name} without an implementation for abstract method{s} {list}")
            } else {
                format!("Can't instantiate abstract class {name} with abstract method{s} {list}")
            };
            return Err(self.type_error(text));
        }
        let layout = known.layout;
        let made = self.new_instance(class, layout, &args, names)?;
        if self.class_lookup(class, "__init__").is_none() && layout == classes::OBJECT {
            if !args.is_empty() || !names.is_empty() {
                let name = self.class_name(class);
                return Err(self.type_error(format!("{name}() takes no arguments")));
            }
            return Ok(Called::Value(made));
        }
        if matches!(layout, classes::INT | classes::STR | classes::FLOAT | classes::TUPLE | classes::BYTES | classes::FROZENSET)
            && self.class_lookup(class, "__init__").is_none()
        {
            args.clear();
            return Ok(Called::Value(made));
        }
        self.initialise(made, class, args, names)
    }

    fn initialise(&mut self, made: Value, class: Id, mut args: Vec<Value>, names: &[(Name, Value)]) -> Got<Called> {
        let Some(init) = self.class_lookup(class, "__init__") else { return Ok(Called::Value(made)) };
        args.insert(0, made.clone());
        if let Value::Native(_) = init {
            self.call_named(&init, args, names.to_vec())?;
            return Ok(Called::Value(made));
        }
        match self.prepare(&init, args, names)? {
            Called::Frame(mut frame) => {
                frame.ret = super::Return::Init(made, Box::new(super::Return::Push));
                Ok(Called::Frame(frame))
            }
            Called::Value(_) => Ok(Called::Value(made)),
        }
    }

    /// An instance without its `__init__`.
    pub fn new_instance(&mut self, class: Id, layout: Id, args: &[Value], names: &[(Name, Value)]) -> Got {
        let base = match layout {
            classes::OBJECT => Value::None,
            classes::BASE_EXCEPTION => {
                return Ok(self.exception_of(class, args.to_vec()));
            }
            classes::INT | classes::STR | classes::FLOAT | classes::TUPLE | classes::BYTES | classes::FROZENSET => {
                self.make_builtin(layout, layout, args, names)?
            }
            classes::TYPE => return self.missing("an instance of a metaclass made this way"),
            _ => self.make_builtin(layout, layout, &[], &[])?,
        };
        Ok(self.new_obj(Obj::Instance(Box::new(Instance { class, attrs: Dict::default(), base, trace: vec![] }))))
    }

    fn make_builtin(&mut self, class: Id, layout: Id, args: &[Value], names: &[(Name, Value)]) -> Got {
        if layout == classes::BASE_EXCEPTION {
            let made = self.exception_of(class, args.to_vec());
            self.init_exception(&made, args, names)?;
            return Ok(made);
        }
        match natives::method(class, "__new__") {
            Some(number) => {
                let function = natives::function(number);
                let mut all = vec![Value::Obj(class)];
                all.extend_from_slice(args);
                function(self, Args { items: &all, names })
            }
            None => {
                let name = classes::name_of(class);
                Err(self.type_error(format!("cannot create '{name}' instances")))
            }
        }
    }

    /// What built-in exceptions know beside their arguments.
    pub fn init_exception(&mut self, made: &Value, args: &[Value], names: &[(Name, Value)]) -> Got<()> {
        let Some(id) = made.id() else { return Ok(()) };
        let tuple = self.tuple(args.to_vec());
        let mut extra = vec![("args", tuple)];
        let is = |vm: &Self, kind: &str| classes::by_name(kind).is_some_and(|k| vm.is_instance_of(made, k));
        if is(self, "OSError") && (2..=5).contains(&args.len()) {
            extra.push(("errno", args[0].clone()));
            extra.push(("strerror", args[1].clone()));
            extra.push(("filename", args.get(2).cloned().unwrap_or_default()));
            if args.len() > 2 {
                let two = self.tuple(args[..2].to_vec());
                extra.push(("args", two));
            }
        } else if is(self, "OSError") {
            extra.extend(["errno", "strerror", "filename"].map(|n| (n, Value::None)));
        } else if is(self, "SystemExit") {
            let code = match args {
                [] => Value::None,
                [one] => one.clone(),
                _ => self.tuple(args.to_vec()),
            };
            extra.push(("code", code));
        } else if is(self, "StopIteration") {
            extra.push(("value", args.first().cloned().unwrap_or_default()));
        } else if is(self, "ImportError") {
            let named = |n: &str| names.iter().find(|(k, _)| &**k == n).map(|(_, v)| v.clone()).unwrap_or_default();
            extra.push(("name", named("name")));
            extra.push(("path", named("path")));
            extra.push(("msg", args.first().cloned().unwrap_or_default()));
        }
        if let Some(instance) = self.m.heap.instance_mut(id) {
            extra.into_iter().for_each(|(name, value)| instance.attrs.set(name, value));
        }
        Ok(())
    }

    /// Makes a class: function of its body, name, list of bases, dictionary of keywords.
    pub(super) fn build_class(&mut self, args: &[Value]) -> Got {
        let [body, name, bases, keywords] = args else { return self.missing("this class") };
        let bases = self.items_of(bases).unwrap_or_default();
        let mut names = vec![];
        for (_, key, value) in keywords.id().and_then(|id| self.m.heap.dict(id)).into_iter().flat_map(|d| d.iter()) {
            names.push((Name::from(key.as_str().unwrap_or("")), value.clone()));
        }
        let space = self.once(|vm| Ok(vm.new_obj(Obj::Dict(Dict::default()))))?;
        let Some(space_id) = space.id() else { return self.missing("this class") };
        let Some(Obj::Func(function)) = body.id().map(|id| self.m.heap.get(id)).cloned() else {
            return self.missing("this class");
        };
        let cell = self.once_frame(|vm| {
            let module = vm.m.heap.dict(function.globals).and_then(|d| d.text("__name__")).cloned();
            if let Some(dict) = vm.m.heap.dict_mut(space_id) {
                dict.set("__module__", module.unwrap_or(Value::str("__main__")));
            }
            let mut frame = vm.frame_of(function.code, function.globals, space_id)?;
            frame.cells.extend(&function.closure);
            Ok(frame)
        })?;
        let class = self.make_class(name, &bases, &space, &names)?;
        if let Value::Obj(cell) = &cell
            && let Some(Obj::Cell(place)) = self.m.heap.get_mut(*cell)
        {
            *place = class.clone();
        }
        Ok(class)
    }

    fn once_frame(&mut self, make: impl FnOnce(&mut Self) -> Got<super::PyFrame>) -> Got {
        if self.cursor < self.results.len() {
            return self.answered();
        }
        let frame = make(self)?;
        self.run_frame_of(frame)
    }

    /// Makes a class of its name, bases and names, as its metaclass wants it.
    pub fn make_class(&mut self, name: &Value, bases: &[Value], space: &Value, names: &[(Name, Value)]) -> Got {
        let given = names.iter().find(|(n, _)| &**n == "metaclass").and_then(|(_, v)| v.id());
        let inherited = bases.iter().filter_map(|b| self.m.heap.class(b.id()?).map(|c| c.meta)).find(|m| *m != classes::TYPE);
        let meta = given.or(inherited).unwrap_or(classes::TYPE);
        if meta != classes::TYPE
            && let Some(new) = self.class_lookup(meta, "__new__").filter(|v| !matches!(v, Value::Native(_)))
        {
            let bases = self.once(|vm| Ok(vm.tuple(bases.to_vec())))?;
            let rest = names.iter().filter(|(n, _)| &**n != "metaclass").cloned().collect();
            return self.call_named(&new, vec![Value::Obj(meta), name.clone(), bases, space.clone()], rest);
        }
        let class = self.once(|vm| vm.new_class(meta, name, bases, space))?;
        self.class_made(&class, names)?;
        if meta != classes::TYPE
            && let Some(init) = self.class_lookup(meta, "__init__").filter(|v| !matches!(v, Value::Native(_)))
        {
            let bases = self.once(|vm| Ok(vm.tuple(bases.to_vec())))?;
            self.call(&init, vec![class.clone(), name.clone(), bases, space.clone()])?;
        }
        Ok(class)
    }

    /// Tells the attributes of a new class their names and its base about it.
    pub fn class_made(&mut self, class: &Value, names: &[(Name, Value)]) -> Got<()> {
        let Some(id) = class.id() else { return Ok(()) };
        let attrs: Vec<(Value, Value)> = self
            .m
            .heap
            .class(id)
            .into_iter()
            .flat_map(|c| c.attrs.iter())
            .filter(|(_, _, v)| matches!(v, Value::Obj(id) if matches!(self.m.heap.get(*id), Obj::Instance(_))))
            .map(|(_, k, v)| (k.clone(), v.clone()))
            .collect();
        for (key, value) in attrs {
            if let Some(method) = self.special(&value, "__set_name__") {
                self.call(&method, vec![value, class.clone(), key])?;
            }
        }
        let up = self.m.heap.class(id).map(|c| c.mro.clone()).unwrap_or_default();
        let hook = up.iter().skip(1).find_map(|c| self.m.heap.class(*c)?.attrs.text("__init_subclass__").cloned());
        if let Some(hook) = hook {
            let function = match hook.id().map(|id| self.m.heap.get(id)) {
                Some(Obj::ClassMethod(inner)) => inner.clone(),
                _ => hook,
            };
            let rest = names.iter().filter(|(n, _)| &**n != "metaclass").cloned().collect();
            self.call_named(&function, vec![class.clone()], rest)?;
        }
        Ok(())
    }

    pub fn new_class(&mut self, meta: Id, name: &Value, bases: &[Value], space: &Value) -> Got {
        let mut parents = vec![];
        for base in bases {
            match base.id().filter(|id| self.m.heap.class(*id).is_some()) {
                Some(classes::BOOL) => return Err(self.type_error("type 'bool' is not an acceptable base type")),
                Some(id) => parents.push(id),
                None => return Err(self.type_error("bases must be types")),
            }
        }
        if parents.is_empty() {
            parents.push(classes::OBJECT);
        }
        let layout = parents.iter().filter_map(|p| Some(self.m.heap.class(*p)?.layout)).find(|l| *l != classes::OBJECT);
        let Some(mro) = self.linearise(&parents) else {
            let list: Vec<String> = parents.iter().map(|p| self.class_name(*p).to_string()).collect();
            let text = format!("Cannot create a consistent method resolution\norder (MRO) for bases {}", list.join(", "));
            return Err(self.type_error(text));
        };
        let attrs = space.id().and_then(|id| self.m.heap.dict(id)).cloned().unwrap_or_default();
        let name: Name = name.as_str().unwrap_or("").into();
        let class = Class { name, bases: parents, mro: vec![], attrs, meta, layout: layout.unwrap_or(classes::OBJECT), user: true };
        let id = self.m.heap.alloc(Obj::Class(Box::new(class)));
        if let Some(class) = self.m.heap.class_mut(id) {
            class.mro = std::iter::once(id).chain(mro).collect();
            if class.attrs.text("__eq__").is_some() && class.attrs.text("__hash__").is_none() {
                class.attrs.set("__hash__", Value::None);
            }
        }
        Ok(Value::Obj(id))
    }

    /// The order in which the classes above are searched (C3).
    fn linearise(&self, parents: &[Id]) -> Option<Vec<Id>> {
        let mut lists: Vec<Vec<Id>> = parents.iter().map(|p| self.m.heap.class(*p).map(|c| c.mro.clone()).unwrap_or_default()).collect();
        lists.push(parents.to_vec());
        let mut out = vec![];
        loop {
            lists.retain(|l| !l.is_empty());
            if lists.is_empty() {
                return Some(out);
            }
            let heads = lists.iter().filter_map(|l| l.first().copied());
            let next = { heads }.find(|h| !lists.iter().any(|l| l.iter().skip(1).any(|x| x == h)))?;
            out.push(next);
            lists.iter_mut().for_each(|l| l.retain(|x| *x != next));
        }
    }
}
