//! The methods of sets.

use super::{Entry, MANY};
use crate::engine::languages::python::machine::{Args, Dict, Got, Id, Obj, Trap, Value, Vm};
use crate::engine::languages::python::syntax::ast::BinOp;

pub const SET: &[Entry] = &[
    ("add", add, 1, 1),
    ("remove", remove, 1, 1),
    ("discard", discard, 1, 1),
    ("update", update, 0, MANY),
    ("union", |vm, a| combined(vm, a, BinOp::Or), 0, MANY),
    ("intersection", |vm, a| combined(vm, a, BinOp::And), 0, MANY),
    ("difference", |vm, a| combined(vm, a, BinOp::Sub), 0, MANY),
    ("symmetric_difference", |vm, a| combined(vm, a, BinOp::Xor), 1, 1),
    ("difference_update", |vm, a| in_place(vm, a, BinOp::Sub), 0, MANY),
    ("intersection_update", |vm, a| in_place(vm, a, BinOp::And), 0, MANY),
    ("issubset", issubset, 1, 1),
    ("issuperset", issuperset, 1, 1),
    ("isdisjoint", isdisjoint, 1, 1),
    ("pop", pop, 0, 0),
    ("clear", clear, 0, 0),
    ("copy", copy, 0, 0),
    ("__new__", new, 0, 1),
    ("__init__", update, 0, 1),
    ("__len__", super::builtins::len, 0, 0),
    ("__contains__", super::lists::contains, 1, 1),
    ("__iter__", super::lists::iter, 0, 0),
];
pub const FROZENSET: &[Entry] = &[
    ("union", |vm, a| combined(vm, a, BinOp::Or), 0, MANY),
    ("intersection", |vm, a| combined(vm, a, BinOp::And), 0, MANY),
    ("difference", |vm, a| combined(vm, a, BinOp::Sub), 0, MANY),
    ("symmetric_difference", |vm, a| combined(vm, a, BinOp::Xor), 1, 1),
    ("issubset", issubset, 1, 1),
    ("issuperset", issuperset, 1, 1),
    ("isdisjoint", isdisjoint, 1, 1),
    ("copy", copy, 0, 0),
    ("__new__", new_frozen, 0, 1),
];

fn id(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<Id> {
    match vm.dict_id(&args.at(0)) {
        Some(id) => Ok(id),
        None => Err(vm.type_error("descriptor requires a 'set' object")),
    }
}

fn dict(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<Dict> {
    let id = id(vm, args)?;
    Ok(vm.m.heap.dict(id).cloned().unwrap_or_default())
}

/// Any iterable as the entries of a set.
fn other(vm: &mut Vm<'_, '_>, value: &Value) -> Got<Dict> {
    if let Some(id) = vm.dict_id(value) {
        return Ok(vm.m.heap.dict(id).cloned().unwrap_or_default());
    }
    let items = vm.list_of(value)?;
    let set = vm.set_of(items)?;
    Ok(set.id().and_then(|id| vm.m.heap.dict(id)).cloned().unwrap_or_default())
}

fn add(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    vm.dict_set(&args.at(0), args.at(1), Value::None).map(|()| Value::None)
}

fn remove(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    match vm.dict_remove(&args.at(0), &args.at(1))? {
        Some(_) => Ok(Value::None),
        None => {
            let error = vm.exception("KeyError", vec![args.at(1)]);
            Err(Trap::Raise(error))
        }
    }
}

fn discard(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    vm.dict_remove(&args.at(0), &args.at(1)).map(|_| Value::None)
}

fn update(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    for value in args.items.iter().skip(1) {
        for item in vm.list_of(value)? {
            vm.dict_set(&args.at(0), item, Value::None)?;
        }
    }
    Ok(Value::None)
}

fn result(vm: &mut Vm<'_, '_>, args: Args<'_>, op: BinOp) -> Got<Dict> {
    let mut set = dict(vm, args)?;
    for value in args.items.iter().skip(1) {
        let more = other(vm, value)?;
        if let Some(made) = vm.set_binary(op, &set, &more)? {
            set = made.id().and_then(|id| vm.m.heap.dict(id)).cloned().unwrap_or_default();
        }
    }
    Ok(set)
}

fn combined(vm: &mut Vm<'_, '_>, args: Args<'_>, op: BinOp) -> Got {
    let set = result(vm, args, op)?;
    let id = id(vm, args)?;
    let frozen = matches!(vm.m.heap.get(id), Obj::FrozenSet(_));
    Ok(vm.new_obj(if frozen { Obj::FrozenSet(set) } else { Obj::Set(set) }))
}

fn in_place(vm: &mut Vm<'_, '_>, args: Args<'_>, op: BinOp) -> Got {
    let set = result(vm, args, op)?;
    let id = id(vm, args)?;
    if let Some(dict) = vm.m.heap.dict_mut(id) {
        *dict = set;
    }
    Ok(Value::None)
}

fn issubset(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (a, b) = (dict(vm, args)?, other(vm, &args.at(1))?);
    vm.all_in(&a, &b).map(Value::Bool)
}

fn issuperset(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (a, b) = (dict(vm, args)?, other(vm, &args.at(1))?);
    vm.all_in(&b, &a).map(Value::Bool)
}

fn isdisjoint(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let set = result(vm, args, BinOp::And)?;
    Ok(Value::Bool(set.is_empty()))
}

fn pop(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let set = dict(vm, args)?;
    match crate::engine::languages::python::machine::set_order(&set).first().cloned() {
        Some(value) => {
            vm.dict_remove(&args.at(0), &value)?;
            Ok(value)
        }
        None => {
            let error = vm.exception("KeyError", vec![Value::str("pop from an empty set")]);
            Err(Trap::Raise(error))
        }
    }
}

fn clear(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let id = id(vm, args)?;
    if let Some(dict) = vm.m.heap.dict_mut(id) {
        dict.clear();
    }
    Ok(Value::None)
}

fn copy(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let set = dict(vm, args)?;
    Ok(vm.new_obj(Obj::Set(set)))
}

fn new(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let items = match args.get(1) {
        Some(value) => vm.list_of(value)?,
        None => vec![],
    };
    let set = vm.set_of(items)?;
    super::lists::wrap(vm, args, set)
}

fn new_frozen(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let set = match args.get(1) {
        Some(value) => other(vm, value)?,
        None => Dict::default(),
    };
    let set = set.iter().fold(Dict::default(), |mut out, (hash, key, _)| {
        out.push(*hash, key.clone(), Value::None);
        out
    });
    Ok(vm.new_obj(Obj::FrozenSet(set)))
}
