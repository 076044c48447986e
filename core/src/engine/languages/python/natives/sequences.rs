//! Ranges, slices and iterators.

use super::{Entry, MANY};
use crate::engine::languages::python::machine::{Args, Got, Iter, Obj, Value, Vm};

pub const RANGE: &[Entry] =
    &[("__new__", range, 1, 3), ("count", count, 1, 1), ("index", index, 1, 1)];
pub const SLICE: &[Entry] = &[("__new__", slice, 1, 3), ("indices", indices, 1, 1)];
pub const ENUMERATE: &[Entry] = &[("__new__", enumerate, 1, 2)];
pub const ZIP: &[Entry] = &[("__new__", zip, 0, MANY)];
pub const ITERATOR: &[Entry] = &[("__next__", next, 0, 0), ("__iter__", itself, 0, 0)];

/// How many numbers a range has.
pub fn range_length(start: i64, stop: i64, step: i64) -> usize {
    crate::engine::languages::python::machine::range_len(start, stop, step).max(0) as usize
}

/// An iterator as a value.
pub fn iterator(vm: &mut Vm<'_, '_>, iter: Iter) -> Value {
    vm.new_obj(Obj::Iter(Box::new(iter)))
}

fn range(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let mut numbers = vec![];
    for value in args.items.iter().skip(1) {
        numbers.push(vm.int_arg(value)?);
    }
    let (start, stop, step) = match numbers[..] {
        [stop] => (0, stop, 1),
        [start, stop] => (start, stop, 1),
        [start, stop, step] => (start, stop, step),
        _ => return Err(vm.type_error("range expected at least 1 argument, got 0")),
    };
    if step == 0 {
        return Err(vm.value_error("range() arg 3 must not be zero"));
    }
    Ok(vm.new_obj(Obj::Range(start, stop, step)))
}

fn count(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    Ok(Value::Int(i64::from(vm.contains(&args.at(0), &args.at(1))?)))
}

fn index(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let items = vm.list_of(&args.at(0))?;
    for (at, item) in items.iter().enumerate() {
        if vm.equal(item, &args.at(1))? {
            return Ok(Value::Int(at as i64));
        }
    }
    let shown = vm.repr(&args.at(1))?;
    Err(vm.value_error(format!("{shown} is not in range")))
}

fn slice(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let parts = match &args.items[1..] {
        [stop] => [Value::None, stop.clone(), Value::None],
        [start, stop] => [start.clone(), stop.clone(), Value::None],
        _ => [args.at(1), args.at(2), args.at(3)],
    };
    Ok(vm.new_obj(Obj::Slice(Box::new(parts))))
}

fn indices(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let Some(Obj::Slice(parts)) = args.at(0).id().map(|id| vm.m.heap.get(id)).cloned() else {
        return vm.missing("this slice");
    };
    let len = vm.int_arg(&args.at(1))?.max(0) as usize;
    let (start, stop, step) = vm.slice_bounds(&parts, len)?;
    Ok(vm.tuple(vec![Value::Int(start), Value::Int(stop), Value::Int(step)]))
}

fn enumerate(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let start = match args.opt(2, "start") {
        Some(start) => vm.int_arg(start)?,
        None => 0,
    };
    let inner = vm.iter_of(&args.at(1))?;
    if vm.is_native_iter(&inner) {
        return Ok(iterator(vm, Iter::Enumerate(inner, start)));
    }
    let helper = vm.prelude("_enumerate")?;
    vm.call(&helper, vec![inner, Value::Int(start)])
}

fn zip(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let strict = match args.named("strict") {
        Some(strict) => vm.truth(strict)?,
        None => false,
    };
    let mut inner = vec![];
    for (at, value) in args.items.iter().skip(1).enumerate() {
        if vm.iter_now(value).is_none() && vm.special(value, "__iter__").is_none() && vm.special(value, "__getitem__").is_none() {
            let name = vm.type_name(value);
            let text = if vm.m.minor >= 10 { format!("'{name}' object is not iterable") } else { format!("zip argument #{} must support iteration", at + 1) };
            return Err(vm.type_error(text));
        }
        inner.push(vm.iter_of(value)?);
    }
    if inner.iter().all(|i| vm.is_native_iter(i)) {
        return Ok(iterator(vm, Iter::Zip(inner, strict)));
    }
    let helper = vm.prelude("_zip")?;
    let list = vm.once(|vm| Ok(vm.list(inner)))?;
    vm.call(&helper, vec![list, Value::Bool(strict)])
}

fn next(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    vm.next_of(&args.at(0))?.map_err(crate::engine::languages::python::machine::Trap::Raise)
}

fn itself(_: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    Ok(args.at(0))
}
