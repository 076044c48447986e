//! The methods of `object`, `type`, exceptions and descriptors.

use super::{Entry, MANY, text};
use crate::engine::languages::python::machine::{Args, Called, Got, Obj, Value, Vm, classes};

pub const OBJECT: &[Entry] = &[
    ("__new__", new, 0, MANY),
    ("__init__", |_, _| Ok(Value::None), 0, MANY),
    ("__repr__", repr, 0, 0),
    ("__str__", repr, 0, 0),
    ("__eq__", same, 1, 1),
    ("__ne__", |_, a| Ok(if a.at(0) == a.at(1) { Value::Bool(false) } else { Value::NotImplemented }), 1, 1),
    ("__hash__", |vm, a| Ok(Value::Int(i64::from(a.at(0).id().unwrap_or(0)) * 48 + vm.m.minor as i64)), 0, 0),
    ("__setattr__", setattr, 2, 2),
    ("__getattribute__", getattribute, 1, 1),
    ("__init_subclass__", |_, _| Ok(Value::None), 0, MANY),
    ("__format__", |vm, a| { let spec = text(vm, &a.at(1))?; let t = vm.format(&a.at(0), &spec)?; vm.string(t) }, 1, 1),
];
pub const TYPE: &[Entry] = &[
    ("__new__", new_type, 1, MANY),
    ("__init__", |_, _| Ok(Value::None), 0, MANY),
    ("__call__", call, 0, MANY),
    ("mro", mro, 0, 0),
    ("__subclasses__", |vm, _| vm.missing("__subclasses__"), 0, 0),
];
pub const EXCEPTION: &[Entry] = &[
    ("__init__", init_exception, 0, MANY),
    ("__str__", |vm, a| { let t = vm.exception_text(&a.at(0))?; vm.string(t) }, 0, 0),
    ("__repr__", repr, 0, 0),
    ("with_traceback", |_, a| Ok(a.at(0)), 1, 1),
    ("add_note", |vm, _| vm.missing("notes of exceptions"), 1, 1),
];
pub const PROPERTY: &[Entry] = &[
    ("__new__", property, 0, 4),
    ("setter", |vm, a| changed(vm, a, 1), 1, 1),
    ("getter", |vm, a| changed(vm, a, 0), 1, 1),
    ("deleter", |vm, a| changed(vm, a, 2), 1, 1),
];
pub const STATICMETHOD: &[Entry] = &[("__new__", |vm, a| Ok(vm.new_obj(Obj::StaticMethod(a.at(1)))), 1, 1)];
pub const CLASSMETHOD: &[Entry] = &[("__new__", |vm, a| Ok(vm.new_obj(Obj::ClassMethod(a.at(1)))), 1, 1)];
pub const SUPER: &[Entry] = &[("__new__", new_super, 0, 2)];

fn new(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let Some(class) = args.at(0).id().filter(|id| vm.m.heap.class(*id).is_some()) else {
        return Err(vm.type_error("object.__new__(X): X is not a type object"));
    };
    if class == classes::OBJECT {
        use crate::engine::languages::python::machine::{Dict, Instance};
        let instance = Instance { class, attrs: Dict::default(), base: Value::None, trace: vec![] };
        return Ok(vm.new_obj(Obj::Instance(Box::new(instance))));
    }
    let layout = vm.m.heap.class(class).map_or(classes::OBJECT, |c| c.layout);
    vm.new_instance(class, layout, &args.items[1..], args.names)
}

fn repr(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let value = args.at(0);
    let name = match value.id().and_then(|id| vm.m.heap.instance(id)).map(|i| i.class) {
        Some(class) if !vm.is_subclass(class, classes::BASE_EXCEPTION) => vm.class_name(class),
        _ => {
            let text = vm.repr_plain(&value)?;
            return vm.string(text);
        }
    };
    let plain = vm.plain(&value);
    if plain != value {
        let text = vm.repr(&plain)?;
        return vm.string(text);
    }
    let class = vm.type_of(&value);
    let module = vm.m.heap.class(class).and_then(|c| c.attrs.text("__module__")).and_then(Value::as_str).unwrap_or("__main__");
    let text = format!("<{module}.{name} object at {}>", vm.address(value.id().unwrap_or(0)));
    vm.string(text)
}

fn same(_: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    Ok(if args.at(0) == args.at(1) { Value::Bool(true) } else { Value::NotImplemented })
}

fn setattr(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let name = text(vm, &args.at(1))?;
    vm.setattr_plain(&args.at(0), &name.into(), args.at(2)).map(|()| Value::None)
}

fn getattribute(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let name = text(vm, &args.at(1))?;
    match vm.find_attr(&args.at(0), &name.as_str().into())? {
        Some(value) => Ok(value),
        None => {
            let kind = vm.type_name(&args.at(0));
            Err(vm.error("AttributeError", format!("'{kind}' object has no attribute '{name}'")))
        }
    }
}

/// `type(value)`, `type(name, bases, names)`, and what a metaclass hands up.
fn new_type(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    match &args.items[1..] {
        [value] if args.at(0) == Value::Obj(classes::TYPE) => Ok(Value::Obj(vm.type_of(value))),
        [name, bases, space] => {
            let meta = args.at(0).id().unwrap_or(classes::TYPE);
            let bases = vm.items_of(bases).unwrap_or_default();
            let class = vm.once(|vm| vm.new_class(meta, name, &bases, space))?;
            vm.class_made(&class, args.names)?;
            Ok(class)
        }
        _ => Err(vm.type_error("type() takes 1 or 3 arguments")),
    }
}

fn call(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let Some(class) = args.at(0).id() else { return vm.missing("this call") };
    match vm.instantiate(class, args.items[1..].to_vec(), args.names)? {
        Called::Value(value) => Ok(value),
        Called::Frame(frame) => vm.run_init(frame),
    }
}

fn mro(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let mro = args.at(0).id().and_then(|id| vm.m.heap.class(id)).map(|c| c.mro.clone()).unwrap_or_default();
    Ok(vm.list(mro.into_iter().map(Value::Obj).collect()))
}

fn init_exception(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    vm.init_exception(&args.at(0), &args.items[1..], args.names).map(|()| Value::None)
}

fn property(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let part = |at: usize, name: &str| args.opt(at, name).cloned().unwrap_or_default();
    let parts = [part(1, "fget"), part(2, "fset"), part(3, "fdel"), part(4, "doc")];
    Ok(vm.new_obj(Obj::Property(Box::new(parts))))
}

fn changed(vm: &mut Vm<'_, '_>, args: Args<'_>, at: usize) -> Got {
    let Some(Obj::Property(parts)) = args.at(0).id().map(|id| vm.m.heap.get(id)) else {
        return vm.missing("this property");
    };
    let mut parts = parts.clone();
    parts[at] = args.at(1);
    Ok(vm.new_obj(Obj::Property(parts)))
}

fn new_super(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    match (args.at(1).id().filter(|id| vm.m.heap.class(*id).is_some()), args.get(2)) {
        (Some(class), Some(this)) => Ok(vm.new_obj(Obj::Super(class, this.clone()))),
        _ => Err(vm.error("RuntimeError", "super(): no arguments")),
    }
}
