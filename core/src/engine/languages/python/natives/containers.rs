//! The methods of dictionaries.

use super::{Entry, MANY};
use crate::engine::languages::python::machine::{Args, Dict, Got, Id, Obj, Trap, Value, View, Vm};

pub const DICT: &[Entry] = &[
    ("get", get, 1, 2),
    ("items", |vm, a| view(vm, a, View::Items), 0, 0),
    ("keys", |vm, a| view(vm, a, View::Keys), 0, 0),
    ("values", |vm, a| view(vm, a, View::Values), 0, 0),
    ("setdefault", setdefault, 1, 2),
    ("pop", pop, 1, 2),
    ("popitem", popitem, 0, 0),
    ("update", update, 0, 1),
    ("clear", clear, 0, 0),
    ("copy", copy, 0, 0),
    ("fromkeys", fromkeys, 1, 3),
    ("__new__", new, 0, MANY),
    ("__init__", update, 0, 1),
    ("__len__", super::builtins::len, 0, 0),
    ("__getitem__", item, 1, 1),
    ("__setitem__", super::lists::set, 2, 2),
    ("__delitem__", super::lists::delete, 1, 1),
    ("__contains__", super::lists::contains, 1, 1),
    ("__iter__", super::lists::iter, 0, 0),
];

fn id(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<Id> {
    match vm.dict_id(&args.at(0)) {
        Some(id) => Ok(id),
        None => Err(vm.type_error("descriptor requires a 'dict' object")),
    }
}

fn view(vm: &mut Vm<'_, '_>, args: Args<'_>, view: View) -> Got {
    let id = id(vm, args)?;
    Ok(vm.new_obj(Obj::View(id, view)))
}

fn item(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    match vm.dict_get(&args.at(0), &args.at(1))? {
        Some(value) => Ok(value),
        None => match vm.special(&args.at(0), "__missing__") {
            Some(method) => vm.call(&method, args.items.to_vec()),
            None => Err(missing(vm, &args.at(1))),
        },
    }
}

fn missing(vm: &mut Vm<'_, '_>, key: &Value) -> Trap {
    let error = vm.exception("KeyError", vec![key.clone()]);
    Trap::Raise(error)
}

fn get(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    Ok(vm.dict_get(&args.at(0), &args.at(1))?.unwrap_or_else(|| args.at(2)))
}

fn setdefault(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    if let Some(value) = vm.dict_get(&args.at(0), &args.at(1))? {
        return Ok(value);
    }
    vm.dict_set(&args.at(0), args.at(1), args.at(2))?;
    Ok(args.at(2))
}

fn pop(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    match (vm.dict_remove(&args.at(0), &args.at(1))?, args.get(2)) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(missing(vm, &args.at(1))),
    }
}

fn popitem(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let id = id(vm, args)?;
    let last = vm.m.heap.dict(id).and_then(|d| d.iter().next_back()).map(|(_, k, v)| (k.clone(), v.clone()));
    let Some((key, value)) = last else {
        let error = vm.exception("KeyError", vec![Value::str("popitem(): dictionary is empty")]);
        return Err(Trap::Raise(error));
    };
    vm.dict_remove(&args.at(0), &key)?;
    Ok(vm.tuple(vec![key, value]))
}

/// Keys and values from a mapping or pairs, and from names.
fn entries(vm: &mut Vm<'_, '_>, given: Option<&Value>, args: Args<'_>) -> Got<Vec<(Value, Value)>> {
    let mut out = vec![];
    if let Some(given) = given {
        match vm.pairs_of(given)? {
            Some(pairs) => out = pairs,
            None => {
                for (at, pair) in vm.list_of(given)?.into_iter().enumerate() {
                    let two = vm.list_of(&pair)?;
                    let [key, value] = two.as_slice() else {
                        let text = format!(
                            "dictionary update sequence element #{at} has length {}; 2 is required",
                            two.len()
                        );
                        return Err(vm.value_error(text));
                    };
                    out.push((key.clone(), value.clone()));
                }
            }
        }
    }
    out.extend(args.names.iter().map(|(n, v)| (Value::Str(n.clone()), v.clone())));
    Ok(out)
}

fn update(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    for (key, value) in entries(vm, args.get(1), args)? {
        vm.dict_set(&args.at(0), key, value)?;
    }
    Ok(Value::None)
}

fn clear(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let id = id(vm, args)?;
    if let Some(dict) = vm.m.heap.dict_mut(id) {
        dict.clear();
    }
    Ok(Value::None)
}

fn copy(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let id = id(vm, args)?;
    let dict = vm.m.heap.dict(id).cloned().unwrap_or_default();
    Ok(vm.new_obj(Obj::Dict(dict)))
}

fn fromkeys(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let first = usize::from(args.at(0).id().is_some_and(|id| vm.m.heap.class(id).is_some()));
    let keys = vm.list_of(&args.at(first))?;
    let dict = vm.once(|vm| Ok(vm.new_obj(Obj::Dict(Dict::default()))))?;
    for key in keys {
        vm.dict_set(&dict, key, args.at(first + 1))?;
    }
    Ok(dict)
}

fn new(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let dict = vm.once(|vm| Ok(vm.new_obj(Obj::Dict(Dict::default()))))?;
    if args.at(0).id().is_some_and(|id| vm.m.heap.class(id).is_some_and(|c| c.user)) {
        return super::lists::wrap(vm, args, dict);
    }
    if args.len() > 2 {
        return Err(vm.type_error(format!("dict expected at most 1 argument, got {}", args.len() - 1)));
    }
    for (key, value) in entries(vm, args.get(1), args)? {
        vm.dict_set(&dict, key, value)?;
    }
    Ok(dict)
}
