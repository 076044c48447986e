//! `Map`, `Set` and their weak kin, which keep what they hold like the others.

use super::super::realm;
use super::super::value::{Id, Kind, Object, Part, Table, Value};
use super::super::vm::{Res, Trap, Vm};
use super::{Entry, arg, entry_of};

pub const TABLE: &[Entry] = &[
    entry_of("Map", 0, |vm, _, _, _| make(vm, "Map", realm::MAP, Kind::Map)),
    entry_of("Set", 0, |vm, _, _, _| make(vm, "Set", realm::SET, Kind::Set)),
    entry_of("WeakMap", 0, |vm, _, _, _| make(vm, "WeakMap", realm::WEAK_MAP, Kind::Map)),
    entry_of("WeakSet", 0, |vm, _, _, _| make(vm, "WeakSet", realm::WEAK_SET, Kind::Set)),
    entry_of("Map.prototype.get", 1, get),
    entry_of("Map.prototype.set", 2, set),
    entry_of("Map.prototype.has", 1, has),
    entry_of("Map.prototype.delete", 1, delete),
    entry_of("Map.prototype.clear", 0, clear),
    entry_of("Map.prototype.get size", 0, size),
    entry_of("Map.prototype.keys", 0, |vm, _, this, _| Ok(vm.walk(this.clone(), Part::Keys))),
    entry_of("Map.prototype.values", 0, |vm, _, this, _| Ok(vm.walk(this.clone(), Part::Values))),
    entry_of("Map.prototype.entries", 0, |vm, _, this, _| Ok(vm.walk(this.clone(), Part::Entries))),
    entry_of("Map.prototype.@iterator", 0, |vm, _, this, _| Ok(vm.walk(this.clone(), Part::Entries))),
    entry_of("Set.prototype.add", 1, set),
    entry_of("Set.prototype.has", 1, has),
    entry_of("Set.prototype.delete", 1, delete),
    entry_of("Set.prototype.clear", 0, clear),
    entry_of("Set.prototype.get size", 0, size),
    entry_of("Set.prototype.keys", 0, |vm, _, this, _| Ok(vm.walk(this.clone(), Part::Values))),
    entry_of("Set.prototype.values", 0, |vm, _, this, _| Ok(vm.walk(this.clone(), Part::Values))),
    entry_of("Set.prototype.entries", 0, |vm, _, this, _| Ok(vm.walk(this.clone(), Part::Entries))),
    entry_of("Set.prototype.@iterator", 0, |vm, _, this, _| Ok(vm.walk(this.clone(), Part::Values))),
    entry_of("WeakMap.prototype.get", 1, get),
    entry_of("WeakMap.prototype.set", 2, set),
    entry_of("WeakMap.prototype.has", 1, has),
    entry_of("WeakMap.prototype.delete", 1, delete),
    entry_of("WeakSet.prototype.add", 1, set),
    entry_of("WeakSet.prototype.has", 1, has),
    entry_of("WeakSet.prototype.delete", 1, delete),
];

fn make(vm: &mut Vm, name: &str, proto: Id, kind: fn(Table) -> Kind) -> Res<Value> {
    if vm.native_new.is_none() {
        return vm.type_error(&format!("Constructor {name} requires 'new'"));
    }
    let weak = name.starts_with("Weak");
    let proto = super::promises::new_proto(vm, proto);
    Ok(Value::Obj(vm.heap.add(Object::of(proto, kind(Table::new(weak))))))
}

fn table<'a>(vm: &'a mut Vm, this: &Value) -> Res<&'a mut Table> {
    let is_table =
        this.object().is_some_and(|id| matches!(vm.heap.get(id).kind, Kind::Map(_) | Kind::Set(_)));
    if !is_table {
        let name = vm.native_now.map_or("", |at| super::entry(at).path);
        let shown = vm.shown_briefly(this);
        return vm.type_error(&format!("Method {name} called on incompatible receiver {shown}"));
    }
    match this.object().map(|id| &mut vm.heap.get_mut(id).kind) {
        Some(Kind::Map(table) | Kind::Set(table)) => Ok(table),
        _ => Err(Trap::Exit(70)),
    }
}

type Sys<'a> = crate::kernel::Sys<'a>;

fn get(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(table(vm, this)?.get(arg(args, 0)).cloned().unwrap_or_default())
}

fn set(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    vm.heap.fresh += 160;
    let key = match arg(args, 0) {
        Value::Num(n) if *n == 0.0 => Value::Num(0.0),
        other => other.clone(),
    };
    let weak = table(vm, this)?.weak;
    if weak && key.object().is_none() {
        let shown = vm.plain_text(&key);
        return vm.type_error(
            &format!("Invalid value used {}", if args.len() > 1 { "as weak map key" } else { "in weak set" })
                .replace("{}", &shown),
        );
    }
    table(vm, this)?.set(key, arg(args, 1).clone());
    Ok(this.clone())
}

fn has(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(table(vm, this)?.get(arg(args, 0)).is_some().into())
}

fn delete(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    Ok(table(vm, this)?.remove(arg(args, 0)).into())
}

fn clear(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, _: &[Value]) -> Res<Value> {
    table(vm, this)?.clear();
    Ok(Value::Undefined)
}

fn size(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, _: &[Value]) -> Res<Value> {
    Ok(table(vm, this)?.entries.len().into())
}
