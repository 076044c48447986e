//! `Object` and `Reflect`.

use super::super::value::{CONFIGURABLE, ENUMERABLE, Id, Key, Kind, Object, Prop, Slot, Value, WRITABLE};
use super::super::vm::{Res, Trap, Vm};
use super::super::{realm, strings};
use super::{Entry, arg, entry_of};
use crate::kernel::Sys;

pub const TABLE: &[Entry] = &[
    entry_of("Object", 1, object),
    entry_of("Object.keys", 1, keys),
    entry_of("Object.values", 1, values),
    entry_of("Object.entries", 1, entries),
    entry_of("Object.assign", 2, assign),
    entry_of("Object.freeze", 1, freeze),
    entry_of("Object.seal", 1, seal),
    entry_of("Object.preventExtensions", 1, seal),
    entry_of("Object.isFrozen", 1, |vm, _, _, a| {
        Ok(arg(a, 0).object().is_none_or(|id| vm.heap.get(id).frozen).into())
    }),
    entry_of("Object.isSealed", 1, |vm, _, _, a| {
        Ok(arg(a, 0).object().is_none_or(|id| vm.heap.get(id).sealed).into())
    }),
    entry_of("Object.isExtensible", 1, |vm, _, _, a| {
        Ok(arg(a, 0).object().is_some_and(|id| !vm.heap.get(id).sealed).into())
    }),
    entry_of("Object.is", 2, is),
    entry_of("Object.getPrototypeOf", 1, prototype_of),
    entry_of("Object.setPrototypeOf", 2, set_prototype),
    entry_of("Object.getOwnPropertyNames", 1, own_names),
    entry_of("Object.getOwnPropertySymbols", 1, own_symbols),
    entry_of("Object.getOwnPropertyDescriptor", 2, descriptor),
    entry_of("Object.defineProperty", 3, define_property),
    entry_of("Object.hasOwn", 2, |vm, sys, _, a| {
        has_own(vm, sys, &arg(a, 0).clone(), a.get(1..).unwrap_or_default())
    }),
    entry_of("Object.prototype.hasOwnProperty", 1, has_own),
    entry_of("Object.prototype.propertyIsEnumerable", 1, is_enumerable),
    entry_of("Object.prototype.isPrototypeOf", 1, is_prototype_of),
    entry_of("Object.prototype.toString", 0, |vm, _, this, _| Ok(vm.tag(this).into())),
    entry_of("Object.prototype.toLocaleString", 0, |vm, _, this, _| Ok(vm.tag(this).into())),
    entry_of("Object.prototype.valueOf", 0, |_, _, this, _| Ok(this.clone())),
    entry_of("Object.prototype.get __proto__", 0, |vm, sys, this, _| {
        prototype_of(vm, sys, this, std::slice::from_ref(this))
    }),
    entry_of("Reflect.has", 2, |vm, _, _, a| {
        let key = vm.key(arg(a, 1))?;
        Ok(arg(a, 0).object().is_some_and(|id| vm.has(id, &key)).into())
    }),
    entry_of("Reflect.get", 2, |vm, _, _, a| {
        let key = vm.key(arg(a, 1))?;
        vm.read(arg(a, 0), &key)
    }),
    entry_of("Reflect.set", 3, set_plainly),
    entry_of("Reflect.deleteProperty", 2, |vm, _, _, a| {
        let key = vm.key(arg(a, 1))?;
        vm.delete(arg(a, 0), &key).map(Value::Bool)
    }),
    entry_of("Reflect.getPrototypeOf", 1, prototype_of),
    entry_of("Reflect.ownKeys", 1, own_keys),
    entry_of("Proxy", 2, |_, _, _, _| Err(Trap::Missing("Proxy".into()))),
    entry_of("%create", 1, |vm, _, _, a| {
        let proto = arg(a, 0);
        if proto.object().is_none() && !matches!(proto, Value::Null) {
            let shown = vm.plain_text(proto);
            return vm.type_error(&format!("Object prototype may only be an Object or null: {shown}"));
        }
        Ok(Value::Obj(vm.heap.add(Object { proto: proto.object(), ..Object::default() })))
    }),
    entry_of("%hide", 1, hide),
    entry_of("%hasGetter", 1, |vm, _, _, a| {
        Ok(arg(a, 0)
            .object()
            .is_some_and(|id| vm.heap.get(id).props.iter().any(|(_, p)| matches!(p.slot, Slot::Accessor(..))))
            .into())
    }),
];

fn object(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    Ok(match arg(args, 0) {
        value if value.is_nullish() => Value::Obj(vm.new_object()),
        Value::Obj(id) => Value::Obj(*id),
        value => boxed(vm, value),
    })
}

/// A primitive as an object.
pub fn boxed(vm: &mut Vm, value: &Value) -> Value {
    let proto = match value {
        Value::Str(_) => realm::STRING,
        Value::Num(_) => realm::NUMBER,
        Value::Bool(_) => realm::BOOLEAN,
        Value::Symbol(_) => realm::SYMBOL,
        _ => realm::BIGINT,
    };
    Value::Obj(vm.heap.add(Object::of(proto, Kind::Boxed(value.clone()))))
}

fn required(vm: &mut Vm, value: &Value) -> Res<Option<Id>> {
    if value.is_nullish() {
        return vm.type_error("Cannot convert undefined or null to object");
    }
    Ok(value.object())
}

fn keys_of(vm: &mut Vm, value: &Value) -> Res<Vec<Key>> {
    Ok(match required(vm, value)? {
        Some(id) => vm.own_keys(id, false),
        None => match value {
            Value::Str(text) => (0..strings::length(text)).map(|n| Key::Str(n.to_string().into())).collect(),
            _ => vec![],
        },
    })
}

fn keys(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let keys = keys_of(vm, arg(args, 0))?;
    let list = keys.iter().map(Key::value).collect();
    Ok(vm.new_array(list))
}

fn values(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let source = arg(args, 0);
    let mut list = vec![];
    for key in keys_of(vm, source)? {
        list.push(vm.read(source, &key)?);
    }
    Ok(vm.new_array(list))
}

fn entries(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let source = arg(args, 0);
    let mut list = vec![];
    for key in keys_of(vm, source)? {
        let value = vm.read(source, &key)?;
        list.push(vm.new_array(vec![key.value(), value]));
    }
    Ok(vm.new_array(list))
}

fn assign(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let target = arg(args, 0);
    required(vm, target)?;
    for source in args.iter().skip(1).filter(|s| !s.is_nullish()) {
        let mut keys = keys_of(vm, source)?;
        keys.extend(
            source.object().map(|id| vm.own_symbols(id)).unwrap_or_default().into_iter().map(Key::Symbol),
        );
        for key in keys {
            let value = vm.read(source, &key)?;
            if vm.set(target, key, value)?.is_some() {
                return Err(Trap::Missing("Object.assign to a property with a setter".into()));
            }
        }
    }
    Ok(target.clone())
}

fn freeze(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    if let Value::Obj(id) = arg(args, 0) {
        let object = vm.heap.get_mut(*id);
        object.sealed = true;
        object.frozen = true;
        object.props.values_mut().for_each(|p| p.flags &= ENUMERABLE);
    }
    Ok(arg(args, 0).clone())
}

fn seal(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    if let Value::Obj(id) = arg(args, 0) {
        vm.heap.get_mut(*id).sealed = true;
    }
    Ok(arg(args, 0).clone())
}

fn is(_: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let (a, b) = (arg(args, 0), arg(args, 1));
    Ok(match (a, b) {
        (Value::Num(x), Value::Num(y)) => x.is_nan() && y.is_nan() || x.to_bits() == y.to_bits(),
        _ => a.same(b),
    }
    .into())
}

fn prototype_of(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let value = arg(args, 0);
    let proto = match required(vm, value)? {
        Some(id) => vm.heap.get(id).proto,
        None => {
            let object = boxed(vm, value);
            object.object().and_then(|id| vm.heap.get(id).proto)
        }
    };
    Ok(proto.map_or(Value::Null, Value::Obj))
}

fn set_prototype(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    if let Value::Obj(id) = arg(args, 0) {
        let proto = arg(args, 1).object();
        let mut at = proto;
        while let Some(here) = at {
            if here == *id {
                return vm.type_error("Cyclic __proto__ value");
            }
            at = vm.heap.get(here).proto;
        }
        vm.heap.get_mut(*id).proto = proto;
    }
    Ok(arg(args, 0).clone())
}

fn own_names(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let keys = required(vm, arg(args, 0))?.map(|id| vm.own_keys(id, true)).unwrap_or_default();
    let list = keys.iter().map(Key::value).collect();
    Ok(vm.new_array(list))
}

fn own_symbols(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let symbols = required(vm, arg(args, 0))?.map(|id| vm.own_symbols(id)).unwrap_or_default();
    Ok(vm.new_array(symbols.into_iter().map(Value::Symbol).collect()))
}

fn own_keys(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let Some(id) = required(vm, arg(args, 0))? else { return Ok(vm.new_array(vec![])) };
    let mut list: Vec<Value> = vm.own_keys(id, true).iter().map(Key::value).collect();
    list.extend(vm.own_symbols(id).into_iter().map(Value::Symbol));
    Ok(vm.new_array(list))
}

fn descriptor(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let key = vm.key(arg(args, 1))?;
    let Some(prop) = arg(args, 0).object().and_then(|id| vm.own(id, &key)) else {
        return Ok(Value::Undefined);
    };
    let flag = |bit| Value::Bool(prop.flags & bit != 0);
    let shared = [("enumerable", flag(ENUMERABLE)), ("configurable", flag(CONFIGURABLE))];
    let option = |id: Option<Id>| id.map_or(Value::Undefined, Value::Obj);
    let mut all = match prop.slot {
        Slot::Value(value) => vec![("value", value), ("writable", Value::Bool(prop.flags & WRITABLE != 0))],
        Slot::Accessor(get, set) => vec![("get", option(get)), ("set", option(set))],
    };
    all.extend(shared);
    Ok(vm.object_of(all))
}

fn define_property(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let Value::Obj(id) = arg(args, 0) else {
        return vm.type_error("Object.defineProperty called on non-object");
    };
    let key = vm.key(arg(args, 1))?;
    let Value::Obj(from) = arg(args, 2) else {
        let shown = vm.plain_text(arg(args, 2));
        return vm.type_error(&format!("Property description must be an object: {shown}"));
    };
    let old = vm.own(*id, &key);
    if old.as_ref().is_some_and(|p| p.flags & CONFIGURABLE == 0 && p.flags & WRITABLE == 0)
        || old.is_none() && vm.heap.get(*id).sealed
    {
        let name = vm.key_text(&key);
        return match old {
            Some(_) => vm.type_error(&format!("Cannot redefine property: {name}")),
            None => vm.type_error(&format!("Cannot define property {name}, object is not extensible")),
        };
    }
    let field = |name: &str| -> Option<Value> { vm.plain(*from, &name.into()) };
    let (value, get, set) = (field("value"), field("get"), field("set"));
    let mut flags = old.as_ref().map_or(0, |p| p.flags);
    for (name, bit) in [("writable", WRITABLE), ("enumerable", ENUMERABLE), ("configurable", CONFIGURABLE)] {
        if let Some(value) = field(name) {
            flags = if value.truthy() { flags | bit } else { flags & !bit };
        }
    }
    if get.is_some() || set.is_some() {
        let function = |v: Option<Value>| v.and_then(|v| v.object());
        vm.define_accessor(*id, key, function(get), function(set), flags & !WRITABLE);
    } else {
        let kept = match old.map(|p| p.slot) {
            Some(Slot::Value(value)) => value,
            _ => Value::Undefined,
        };
        vm.define(*id, key, Prop { slot: Slot::Value(value.unwrap_or(kept)), flags });
    }
    Ok(arg(args, 0).clone())
}

fn has_own(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    let key = vm.key(arg(args, 0))?;
    required(vm, this)?;
    Ok(match this {
        Value::Obj(id) => vm.has_own(*id, &key),
        Value::Str(text) => key.index().is_some_and(|n| n < strings::length(text)) || key == "length".into(),
        _ => false,
    }
    .into())
}

fn is_enumerable(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    let key = vm.key(arg(args, 0))?;
    Ok(this.object().and_then(|id| vm.own(id, &key)).is_some_and(|p| p.flags & ENUMERABLE != 0).into())
}

fn is_prototype_of(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    let mut at = arg(args, 0).object().and_then(|id| vm.heap.get(id).proto);
    while let Some(here) = at {
        if this.object() == Some(here) {
            return Ok(true.into());
        }
        at = vm.heap.get(here).proto;
    }
    Ok(false.into())
}

fn set_plainly(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let key = vm.key(arg(args, 1))?;
    match vm.set(arg(args, 0), key, arg(args, 2).clone())? {
        Some(_) => Err(Trap::Missing("Reflect.set with a setter".into())),
        None => Ok(true.into()),
    }
}

/// Makes all properties of an object invisible to loops.
fn hide(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    if let Value::Obj(id) = arg(args, 0) {
        vm.heap.get_mut(*id).props.values_mut().for_each(|p| p.flags &= !ENUMERABLE);
    }
    Ok(arg(args, 0).clone())
}
