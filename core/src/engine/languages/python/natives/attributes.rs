//! Built-in functions on attributes, classes and names.

use crate::base::Order;
use super::{Entry, text};
use crate::engine::languages::python::machine::{Args, Got, Id, Obj, Trap, Value, Vm, classes};

pub const ENTRIES: &[Entry] = &[
    ("isinstance", isinstance, 2, 2),
    ("issubclass", issubclass, 2, 2),
    ("getattr", getattr, 2, 3),
    ("setattr", setattr, 3, 3),
    ("hasattr", hasattr, 2, 2),
    ("delattr", delattr, 2, 2),
    ("vars", vars, 0, 1),
    ("dir", dir, 0, 1),
];

/// Whether a class is one of those named: a class, a tuple of them, or what has its own opinion.
fn among(vm: &mut Vm<'_, '_>, class: Id, wanted: &Value, what: &str) -> Got<bool> {
    if let Some(list) = vm.items_of(wanted) {
        for one in list {
            if vm.deeper(|vm| among(vm, class, &one, what))? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match wanted {
        Value::None => Ok(class == classes::NONE),
        Value::Obj(id) if vm.m.heap.class(*id).is_some() => Ok(vm.is_subclass(class, *id)),
        _ => Err(vm.type_error(format!("{what} must be a type, a tuple of types, or a union"))),
    }
}

fn isinstance(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    if let Some(method) = vm.special(&args.at(1), "__instancecheck__") {
        return vm.call(&method, vec![args.at(1), args.at(0)]);
    }
    let class = vm.type_of(&args.at(0));
    among(vm, class, &args.at(1), "isinstance() arg 2").map(Value::Bool)
}

fn issubclass(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let Some(class) = args.at(0).id().filter(|id| vm.m.heap.class(*id).is_some()) else {
        return Err(vm.type_error("issubclass() arg 1 must be a class"));
    };
    among(vm, class, &args.at(1), "issubclass() arg 2").map(Value::Bool)
}

fn name(vm: &mut Vm<'_, '_>, value: &Value, what: &str) -> Got<std::sync::Arc<str>> {
    match vm.plain(value) {
        Value::Str(text) => Ok(text),
        _ => Err(vm.type_error(format!("{what}(): attribute name must be string"))),
    }
}

fn getattr(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let name = name(vm, &args.at(1), "getattr")?;
    let Some(default) = args.get(2) else { return vm.getattr(&args.at(0), &name) };
    Ok(attempt(vm, &args.at(0), &name)?.unwrap_or_else(|| default.clone()))
}

/// An attribute; nothing where there is none, whoever says so.
fn attempt(vm: &mut Vm<'_, '_>, object: &Value, name: &std::sync::Arc<str>) -> Got<Option<Value>> {
    let own = vm.special(object, "__getattr__").is_none();
    match vm.find_attr(object, name) {
        Ok(Some(value)) => return Ok(Some(value)),
        Ok(None) if own => return Ok(None),
        Ok(None) => {}
        Err(Trap::Raise(error)) if is_attribute_error(vm, &error) => return Ok(None),
        Err(trap) => return Err(trap),
    }
    let Some(method) = vm.special(object, "__getattr__") else { return Ok(None) };
    match vm.try_call(&method, vec![object.clone(), Value::Str(name.clone())])? {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_attribute_error(vm, &error) => Ok(None),
        Err(error) => Err(Trap::Raise(error)),
    }
}

fn is_attribute_error(vm: &Vm<'_, '_>, error: &Value) -> bool {
    classes::by_name("AttributeError").is_some_and(|class| vm.is_instance_of(error, class))
}

fn setattr(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let name = name(vm, &args.at(1), "setattr")?;
    vm.setattr(&args.at(0), &name, args.at(2)).map(|()| Value::None)
}

fn hasattr(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let name = name(vm, &args.at(1), "hasattr")?;
    Ok(Value::Bool(attempt(vm, &args.at(0), &name)?.is_some()))
}

fn delattr(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let name = text(vm, &args.at(1))?;
    vm.delattr(&args.at(0), &name.into()).map(|()| Value::None)
}

fn vars(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    match args.get(0) {
        Some(object) => match vm.find_attr(object, &"__dict__".into())? {
            Some(dict) => Ok(dict),
            None => Err(vm.type_error("vars() argument must have __dict__ attribute")),
        },
        None => super::running::locals(vm, args),
    }
}

fn dir(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let names = match args.get(0) {
        Some(object) => vm.attribute_names(object),
        None => {
            let names = super::running::locals(vm, args)?;
            let listed = vm.list_of(&names)?;
            listed.iter().filter_map(|n| n.as_str().map(String::from)).collect()
        }
    };
    let mut names = names;
    names.order();
    names.dedup();
    let items = names.into_iter().map(|n| Value::Str(n.into())).collect();
    Ok(vm.list(items))
}

impl Vm<'_, '_> {
    /// The names of all attributes that an object is known to have.
    pub fn attribute_names(&self, object: &Value) -> Vec<String> {
        let mut names = vec![];
        let own = match object.id().map(|id| self.m.heap.get(id)) {
            Some(Obj::Instance(instance)) => instance.attrs.keys(),
            Some(Obj::Module(_, dict)) => self.m.heap.dict(*dict).map(|d| d.keys()).unwrap_or_default(),
            _ => vec![],
        };
        names.extend(own.iter().filter_map(|k| k.as_str().map(String::from)));
        let class = object.id().filter(|id| self.m.heap.class(*id).is_some()).unwrap_or_else(|| self.type_of(object));
        if matches!(object.id().map(|id| self.m.heap.get(id)), Some(Obj::Module(..))) {
            return names;
        }
        for id in self.m.heap.class(class).map(|c| c.mro.clone()).unwrap_or_default() {
            if let Some(class) = self.m.heap.class(id) {
                names.extend(class.attrs.keys().iter().filter_map(|k| k.as_str().map(String::from)));
            }
            if id < classes::COUNT {
                names.extend(super::methods(id).into_iter().map(String::from));
            }
        }
        names
    }
}
