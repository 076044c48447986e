//! The methods of lists and tuples, and sorting.

use super::Entry;
use crate::engine::languages::python::machine::{Args, Got, Id, Obj, Value, Vm};

pub const ENTRIES: &[Entry] = &[
    ("append", append, 1, 1),
    ("pop", pop, 0, 1),
    ("extend", extend, 1, 1),
    ("insert", insert, 2, 2),
    ("remove", remove, 1, 1),
    ("sort", sort_in_place, 0, 0),
    ("reverse", reverse, 0, 0),
    ("index", index, 1, 3),
    ("count", count, 1, 1),
    ("clear", clear, 0, 0),
    ("copy", copy, 0, 0),
    ("__new__", new, 0, 1),
    ("__init__", init, 0, 1),
    ("__len__", super::builtins::len, 0, 0),
    ("__getitem__", get, 1, 1),
    ("__setitem__", set, 2, 2),
    ("__delitem__", delete, 1, 1),
    ("__contains__", contains, 1, 1),
    ("__iter__", iter, 0, 0),
];
pub const TUPLE: &[Entry] = &[
    ("index", index, 1, 3),
    ("count", count, 1, 1),
    ("__new__", new_tuple, 0, 1),
    ("__len__", super::builtins::len, 0, 0),
    ("__getitem__", get, 1, 1),
    ("__contains__", contains, 1, 1),
    ("__iter__", iter, 0, 0),
];

fn id(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<Id> {
    match vm.plain(&args.at(0)).id() {
        Some(id) => Ok(id),
        None => Err(vm.type_error("descriptor requires a 'list' object")),
    }
}

fn with<T>(vm: &mut Vm<'_, '_>, args: Args<'_>, run: impl FnOnce(&mut Vec<Value>) -> T) -> Got<T> {
    let id = id(vm, args)?;
    match vm.m.heap.list_mut(id) {
        Some(list) => Ok(run(list)),
        None => Err(vm.type_error("descriptor requires a 'list' object")),
    }
}

pub fn get(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let plain = vm.plain(&args.at(0));
    vm.get_item(&plain, &args.at(1))
}

pub fn set(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let plain = vm.plain(&args.at(0));
    vm.set_item(&plain, &args.at(1), args.at(2)).map(|()| Value::None)
}

pub fn delete(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let plain = vm.plain(&args.at(0));
    vm.del_item(&plain, &args.at(1)).map(|()| Value::None)
}

pub fn contains(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let plain = vm.plain(&args.at(0));
    vm.contains(&plain, &args.at(1)).map(Value::Bool)
}

pub fn iter(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let plain = vm.plain(&args.at(0));
    vm.iter_of(&plain)
}

fn append(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    vm.m.heap.fresh += 24;
    with(vm, args, |list| list.push(args.at(1))).map(|()| Value::None)
}

fn extend(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let items = vm.list_of(&args.at(1))?;
    vm.claim(items.len() * 24)?;
    with(vm, args, |list| list.extend(items)).map(|()| Value::None)
}

fn insert(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let at = vm.int_arg(&args.at(1))?;
    vm.m.heap.fresh += 24;
    with(vm, args, |list| {
        let len = list.len() as i64;
        let at = if at < 0 { (at + len).max(0) } else { at.min(len) };
        list.insert(at as usize, args.at(2));
    })
    .map(|()| Value::None)
}

fn pop(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let at = match args.get(1) {
        Some(at) => vm.int_arg(at)?,
        None => -1,
    };
    let popped = with(vm, args, |list| {
        let len = list.len() as i64;
        let at = if at < 0 { at + len } else { at };
        (0..len).contains(&at).then(|| list.remove(at as usize)).ok_or(list.is_empty())
    })?;
    popped.map_err(|empty| vm.error("IndexError", if empty { "pop from empty list" } else { "pop index out of range" }))
}

fn place(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<Option<usize>> {
    let items = vm.items_of(&args.at(0)).unwrap_or_default();
    let bounds = [args.at(2), args.at(3), Value::None];
    let (start, stop, _) = vm.slice_bounds(&bounds, items.len())?;
    vm.work(items.len() / 8);
    for at in start..stop {
        if let Some(item) = items.get(at as usize)
            && vm.equal(item, &args.at(1))?
        {
            return Ok(Some(at as usize));
        }
    }
    Ok(None)
}

fn remove(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    match place(vm, Args { items: &args.items[..2], names: args.names })? {
        Some(at) => with(vm, args, |list| drop(list.remove(at))).map(|()| Value::None),
        None => Err(vm.value_error("list.remove(x): x not in list")),
    }
}

fn index(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    match place(vm, args)? {
        Some(at) => Ok(Value::Int(at as i64)),
        None => {
            let plain = vm.plain(&args.at(0));
            let tuple = matches!(plain.id().map(|id| vm.m.heap.get(id)), Some(Obj::Tuple(_)));
            let text = if tuple { "tuple.index(x): x not in tuple".to_string() } else { format!("{} is not in list", vm.repr(&args.at(1))?) };
            Err(vm.value_error(text))
        }
    }
}

fn count(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let items = vm.items_of(&args.at(0)).unwrap_or_default();
    let mut n = 0;
    for item in items {
        n += i64::from(vm.equal(&item, &args.at(1))?);
    }
    Ok(Value::Int(n))
}

fn reverse(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    with(vm, args, |list| list.reverse()).map(|()| Value::None)
}

fn clear(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    with(vm, args, Vec::clear).map(|()| Value::None)
}

fn copy(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let items = vm.items_of(&args.at(0)).unwrap_or_default();
    Ok(vm.list(items))
}

fn new(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let items = match args.get(1) {
        Some(value) => vm.list_of(value)?,
        None => vec![],
    };
    vm.claim(items.len() * 24)?;
    Ok(vm.list(items))
}

fn init(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let items = match args.get(1) {
        Some(value) => vm.list_of(value)?,
        None => vec![],
    };
    with(vm, args, |list| *list = items).map(|()| Value::None)
}

fn new_tuple(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let items = match args.get(1) {
        Some(value) => vm.list_of(value)?,
        None => vec![],
    };
    let tuple = vm.tuple(items);
    wrap(vm, args, tuple)
}

/// The value as an instance of the class it was asked of.
pub fn wrap(vm: &mut Vm<'_, '_>, args: Args<'_>, base: Value) -> Got {
    use crate::engine::languages::python::machine::{Dict, Instance};
    match args.at(0).id().filter(|id| vm.m.heap.class(*id).is_some_and(|c| c.user)) {
        Some(class) => Ok(vm.new_obj(Obj::Instance(Box::new(Instance { class, attrs: Dict::default(), base, trace: vec![] })))),
        None => Ok(base),
    }
}

fn sort_in_place(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let items = vm.items_of(&args.at(0)).unwrap_or_default();
    let sorted = sort(vm, items, args)?;
    with(vm, args, |list| *list = sorted).map(|()| Value::None)
}

/// Sorts by `key`, backwards where `reverse` says so; equal values keep their order.
pub fn sort(vm: &mut Vm<'_, '_>, items: Vec<Value>, args: Args<'_>) -> Got<Vec<Value>> {
    let reverse = match args.named("reverse") {
        Some(reverse) => vm.truth(reverse)?,
        None => false,
    };
    let keys = match args.named("key").filter(|k| **k != Value::None) {
        Some(Value::Native(number)) => {
            let mut keys = vec![];
            for item in &items {
                keys.push(vm.native(*number, std::slice::from_ref(item), &[])?);
            }
            keys
        }
        Some(key) => {
            let helper = vm.prelude("_keys")?;
            let list = vm.once(|vm| Ok(vm.list(items.clone())))?;
            let keys = vm.call(&helper, vec![key.clone(), list])?;
            vm.items_of(&keys).unwrap_or_default()
        }
        None => items.clone(),
    };
    let scripted = keys.iter().any(|k| vm.special(k, "__lt__").is_some() || vm.special(k, "__gt__").is_some());
    if scripted {
        let helper = vm.prelude("_merge_sort")?;
        let lists = vm.once(|vm| {
            let (a, b) = (vm.list(keys), vm.list(items));
            Ok(vm.tuple(vec![a, b]))
        })?;
        let pair = vm.items_of(&lists).unwrap_or_default();
        let sorted = vm.call(&helper, vec![pair[0].clone(), pair[1].clone(), Value::Bool(reverse)])?;
        return Ok(vm.items_of(&sorted).unwrap_or_default());
    }
    let mut pairs: Vec<(Value, Value)> = keys.into_iter().zip(items).collect();
    vm.work(pairs.len() * 2);
    if reverse {
        pairs.reverse();
    }
    pairs = merge(vm, pairs)?;
    if reverse {
        pairs.reverse();
    }
    Ok(pairs.into_iter().map(|(_, item)| item).collect())
}

/// A merge sort whose comparisons may fail.
fn merge(vm: &mut Vm<'_, '_>, mut pairs: Vec<(Value, Value)>) -> Got<Vec<(Value, Value)>> {
    let mut width = 1;
    while width < pairs.len() {
        let mut out = Vec::with_capacity(pairs.len());
        for chunk in pairs.chunks(width * 2) {
            let (left, right) = chunk.split_at(width.min(chunk.len()));
            let (mut i, mut j) = (0, 0);
            while let (Some(a), Some(b)) = (left.get(i), right.get(j)) {
                if vm.less(&b.0, &a.0)? {
                    out.push(b.clone());
                    j += 1;
                } else {
                    out.push(a.clone());
                    i += 1;
                }
            }
            out.extend_from_slice(&left[i..]);
            out.extend_from_slice(&right[j..]);
        }
        pairs = out;
        width *= 2;
    }
    Ok(pairs)
}
