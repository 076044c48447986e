//! `Array`, but for the methods that call functions: those are in the library.

use crate::base::Order;
use super::super::realm;
use super::super::value::{Kind, Object, Part, Value};
use super::super::vm::{Res, Trap, Vm};
use super::{Entry, arg, entry_of, relative};
use crate::kernel::Sys;

pub const TABLE: &[Entry] = &[
    entry_of("Array", 1, array),
    entry_of("Array.isArray", 1, |vm, _, _, a| Ok(list(vm, arg(a, 0)).is_some().into())),
    entry_of("Array.of", 0, |vm, _, _, a| Ok(vm.new_array(a.to_vec()))),
    entry_of("Array.prototype.push", 1, push),
    entry_of("Array.prototype.pop", 0, |vm, _, this, _| {
        Ok(list_mut(vm, this)?.pop().map(solid).unwrap_or_default())
    }),
    entry_of("Array.prototype.shift", 0, |vm, _, this, _| {
        let list = list_mut(vm, this)?;
        Ok(if list.is_empty() { Value::Undefined } else { solid(list.remove(0)) })
    }),
    entry_of("Array.prototype.unshift", 1, |vm, _, this, a| {
        let list = list_mut(vm, this)?;
        list.splice(0..0, a.iter().cloned());
        Ok(list.len().into())
    }),
    entry_of("Array.prototype.slice", 2, slice),
    entry_of("Array.prototype.splice", 2, splice),
    entry_of("Array.prototype.concat", 1, concat),
    entry_of("Array.prototype.reverse", 0, |vm, _, this, _| {
        list_mut(vm, this)?.reverse();
        Ok(this.clone())
    }),
    entry_of("Array.prototype.indexOf", 1, |vm, _, this, a| {
        let items = vm.elements(this);
        let from = relative(vm, arg(a, 1), items.len(), 0)?;
        let at = items.iter().skip(from).position(|v| v.same(arg(a, 0)));
        Ok(at.map_or(Value::Num(-1.0), |at| (at + from).into()))
    }),
    entry_of("Array.prototype.lastIndexOf", 1, |vm, _, this, a| {
        let at = vm.elements(this).iter().rposition(|v| v.same(arg(a, 0)));
        Ok(at.map_or(Value::Num(-1.0), Value::from))
    }),
    entry_of("Array.prototype.includes", 1, |vm, _, this, a| {
        let items = vm.elements(this);
        let from = relative(vm, arg(a, 1), items.len(), 0)?;
        Ok(items.iter().skip(from).any(|v| v.same_zero(arg(a, 0))).into())
    }),
    entry_of("Array.prototype.fill", 1, fill),
    entry_of("Array.prototype.at", 1, |vm, _, this, a| {
        let items = vm.elements(this);
        let n = vm.whole(arg(a, 0))?;
        let at = if n < 0.0 { n + items.len() as f64 } else { n };
        Ok(if at < 0.0 { Value::Undefined } else { items.get(at as usize).cloned().unwrap_or_default() })
    }),
    entry_of("Array.prototype.keys", 0, |vm, _, this, _| Ok(vm.walk(this.clone(), Part::Keys))),
    entry_of("Array.prototype.entries", 0, |vm, _, this, _| Ok(vm.walk(this.clone(), Part::Entries))),
    entry_of("Array.prototype.values", 0, |vm, _, this, _| Ok(vm.walk(this.clone(), Part::Values))),
    entry_of("%join", 2, join),
    entry_of("%sortTexts", 1, sort_texts),
    entry_of("%hasIndex", 2, |vm, _, _, a| {
        let at = vm.whole(arg(a, 1))? as usize;
        Ok(list(vm, arg(a, 0)).is_some_and(|l| l.get(at).is_some_and(|v| !matches!(v, Value::Empty))).into())
    }),
    entry_of("%replaceAll", 2, |vm, _, _, a| {
        let new = vm.elements(arg(a, 1));
        *list_mut(vm, arg(a, 0))? = new;
        Ok(arg(a, 0).clone())
    }),
];

fn list<'a>(vm: &'a Vm, value: &Value) -> Option<&'a Vec<Value>> {
    match &vm.heap.get(value.object()?).kind {
        Kind::Array(list) => Some(list),
        _ => None,
    }
}

/// The elements of `this` to change.
fn list_mut<'a>(vm: &'a mut Vm, value: &Value) -> Res<&'a mut Vec<Value>> {
    let frozen = value.object().is_some_and(|id| vm.heap.get(id).frozen);
    if frozen {
        return vm.type_error("Cannot add property, object is not extensible");
    }
    let is_list = list(vm, value).is_some();
    if let (Some(id), true) = (value.object(), is_list)
        && let Kind::Array(list) = &mut vm.heap.get_mut(id).kind
    {
        vm.cost += list.len() as u64 / 64;
        return Ok(list);
    }
    Err(Trap::Missing("a method of arrays on something else".into()))
}

fn solid(value: Value) -> Value {
    if matches!(value, Value::Empty) { Value::Undefined } else { value }
}

fn array(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let items = match args {
        [Value::Num(n)] => {
            if *n < 0.0 || n.fract() != 0.0 || *n > f64::from(u32::MAX) {
                return vm.range_error("Invalid array length");
            }
            if *n > f64::from(4 << 20) {
                return Err(Trap::Missing("an array of so many elements".into()));
            }
            vec![Value::Empty; *n as usize]
        }
        args => args.to_vec(),
    };
    let proto = super::promises::new_proto(vm, realm::ARRAY);
    vm.cost += items.len() as u64 / 8;
    Ok(Value::Obj(vm.heap.add(Object::of(proto, Kind::Array(items)))))
}

fn push(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    if let Some(id) = this.object()
        && vm.heap.get(id).sealed
    {
        let at = list(vm, this).map_or(0, Vec::len);
        return vm.type_error(&format!("Cannot add property {at}, object is not extensible"));
    }
    vm.heap.fresh += args.len() * 24;
    let Some(id) = this.object() else {
        return Err(Trap::Missing("push on something else than an array".into()));
    };
    match &mut vm.heap.get_mut(id).kind {
        Kind::Array(list) => {
            list.extend(args.iter().cloned());
            Ok(list.len().into())
        }
        _ => Err(Trap::Missing("push on something else than an array".into())),
    }
}

fn slice(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    let items = match this.object().map(|id| &vm.heap.get(id).kind) {
        Some(Kind::Array(list) | Kind::Arguments(list)) => list.clone(),
        _ => return Err(Trap::Missing("slice on something else than an array".into())),
    };
    let from = relative(vm, arg(args, 0), items.len(), 0)?;
    let to = relative(vm, arg(args, 1), items.len(), items.len())?;
    let part = items.get(from..to.max(from)).unwrap_or_default().to_vec();
    Ok(vm.new_array(part))
}

fn splice(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    let len = list(vm, this).map_or(0, Vec::len);
    let from = relative(vm, arg(args, 0), len, 0)?;
    let count = match args.len() {
        0 => 0,
        1 => len - from,
        _ => (vm.whole(arg(args, 1))?.max(0.0) as usize).min(len - from),
    };
    let added: Vec<Value> = args.iter().skip(2).cloned().collect();
    vm.heap.fresh += added.len() * 24;
    let removed = list_mut(vm, this)?.splice(from..from + count, added).collect();
    Ok(vm.new_array(removed))
}

fn concat(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    let mut out = list(vm, this).cloned().unwrap_or_else(|| vec![this.clone()]);
    for value in args {
        match list(vm, value) {
            Some(items) => out.extend(items.iter().cloned()),
            None => out.push(value.clone()),
        }
    }
    Ok(vm.new_array(out))
}

fn fill(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    let len = list(vm, this).map_or(0, Vec::len);
    let from = relative(vm, arg(args, 1), len, 0)?;
    let to = relative(vm, arg(args, 2), len, len)?;
    let value = arg(args, 0).clone();
    list_mut(vm, this)?.iter_mut().take(to).skip(from).for_each(|slot| *slot = value.clone());
    Ok(this.clone())
}

/// The texts of the elements in one; undefined where an element is an object.
fn join(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let separator =
        if matches!(arg(args, 1), Value::Undefined) { ",".into() } else { vm.text(arg(args, 1))? };
    let items = vm.elements(arg(args, 0));
    if items.iter().any(|v| v.object().is_some()) {
        return Ok(Value::Undefined);
    }
    let mut out = String::new();
    for (at, value) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(&separator);
        }
        if !value.is_nullish() {
            out.push_str(&vm.text(value)?);
        }
        if out.len() > 32 << 20 {
            return vm.range_error("Invalid string length");
        }
    }
    vm.cost += items.len() as u64 + out.len() as u64 / 64;
    Ok(out.into())
}

/// Sorts an array of primitives as texts; false where it holds objects.
fn sort_texts(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let items = vm.elements(arg(args, 0));
    if items.iter().any(|v| v.object().is_some()) {
        return Ok(false.into());
    }
    let mut keyed: Vec<(Vec<u16>, Value)> = vec![];
    let mut missing = 0;
    for value in items {
        match value {
            Value::Undefined => missing += 1,
            value => keyed.push((vm.text(&value)?.encode_utf16().collect(), value)),
        }
    }
    vm.cost += keyed.len() as u64 * 4;
    keyed.order_by(|a, b| a.0.cmp(&b.0));
    let sorted = keyed.into_iter().map(|(_, v)| v).chain((0..missing).map(|_| Value::Undefined)).collect();
    *list_mut(vm, arg(args, 0))? = sorted;
    Ok(true.into())
}
