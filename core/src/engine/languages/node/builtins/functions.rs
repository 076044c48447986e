//! `Function`, generators, symbols, and what the library tells the machine.

use super::super::realm;
use super::super::value::{Key, Kind, Object, Part, Value};
use super::super::vm::{Res, Trap, Vm};
use super::{Entry, arg, entry_of};
use crate::kernel::Sys;

pub const TABLE: &[Entry] = &[
    entry_of("Function", 1, |_, _, _, _| Err(Trap::Missing("new Function(text)".into()))),
    entry_of("eval", 1, |_, _, _, a| match arg(a, 0) {
        Value::Str(_) => Err(Trap::Missing("eval".into())),
        other => Ok(other.clone()),
    }),
    entry_of("Function.prototype.call", 1, |_, _, this, a| {
        Err(Trap::Call(Box::new((this.clone(), arg(a, 0).clone(), a.get(1..).unwrap_or_default().to_vec()))))
    }),
    entry_of("Function.prototype.apply", 2, |vm, _, this, a| {
        let list = vm.elements(arg(a, 1));
        Err(Trap::Call(Box::new((this.clone(), arg(a, 0).clone(), list))))
    }),
    entry_of("Reflect.apply", 3, |vm, _, _, a| {
        let list = vm.elements(arg(a, 2));
        Err(Trap::Call(Box::new((arg(a, 0).clone(), arg(a, 1).clone(), list))))
    }),
    entry_of("Reflect.construct", 2, |vm, _, _, a| {
        let list = vm.elements(arg(a, 1));
        let target = a.get(2).unwrap_or(arg(a, 0)).object().unwrap_or(realm::OBJECT);
        Err(Trap::Construct(Box::new((arg(a, 0).clone(), list, target))))
    }),
    entry_of("Function.prototype.bind", 1, bind),
    entry_of("Function.prototype.toString", 0, |vm, _, this, _| Ok(function_text(vm, this).into())),
    entry_of("Generator.prototype.next", 1, |_, _, this, a| resume(this, 0, arg(a, 0))),
    entry_of("Generator.prototype.throw", 1, |_, _, this, a| resume(this, 1, arg(a, 0))),
    entry_of("Generator.prototype.return", 1, |_, _, this, a| resume(this, 2, arg(a, 0))),
    entry_of("AsyncGenerator.prototype.next", 1, |_, _, this, a| resume(this, 0, arg(a, 0))),
    entry_of("AsyncGenerator.prototype.throw", 1, |_, _, this, a| resume(this, 1, arg(a, 0))),
    entry_of("AsyncGenerator.prototype.return", 1, |_, _, this, a| resume(this, 2, arg(a, 0))),
    entry_of("AsyncGenerator.prototype.@asyncIterator", 0, |_, _, this, _| Ok(this.clone())),
    entry_of("Iterator.prototype.@iterator", 0, |_, _, this, _| Ok(this.clone())),
    entry_of("Iterator.prototype.next", 0, walk_next),
    entry_of("Symbol", 0, |vm, _, _, a| {
        let text = if matches!(arg(a, 0), Value::Undefined) { "".into() } else { vm.text(arg(a, 0))? };
        vm.symbols.push(text);
        Ok(Value::Symbol(vm.symbols.len() as u32 - 1))
    }),
    entry_of("Symbol.for", 1, |vm, _, _, a| {
        let text = vm.text(arg(a, 0))?;
        if let Some(at) = realm::SYMBOLS.iter().position(|s| **s == *text && !s.starts_with("Symbol.")) {
            return Ok(Value::Symbol(at as u32));
        }
        if let Some(id) = vm.shared_symbols.get(&*text) {
            return Ok(Value::Symbol(*id));
        }
        vm.symbols.push(text.clone());
        let id = vm.symbols.len() as u32 - 1;
        vm.shared_symbols.insert(text.to_string(), id);
        Ok(Value::Symbol(id))
    }),
    entry_of("Symbol.prototype.toString", 0, |vm, _, this, _| Ok(vm.plain_text(this).into())),
    entry_of("Symbol.prototype.get description", 0, |vm, _, this, _| {
        Ok(match this {
            Value::Symbol(id) => vm.symbols.get(*id as usize).cloned().map_or(Value::Undefined, Value::Str),
            _ => Value::Undefined,
        })
    }),
    entry_of("%hook", 2, |vm, _, _, a| {
        let name = vm.plain_text(arg(a, 0));
        vm.hooks.insert(name, arg(a, 1).clone());
        Ok(Value::Undefined)
    }),
    entry_of("%hooked", 1, |vm, _, _, a| {
        Ok(vm.hooks.get(&vm.plain_text(arg(a, 0))).cloned().unwrap_or_default())
    }),
    entry_of("%walk", 2, |vm, _, _, a| {
        let what = match arg(a, 1) {
            Value::Num(n) if *n == 0.0 => Part::Keys,
            Value::Num(n) if *n == 2.0 => Part::Entries,
            _ => Part::Values,
        };
        Ok(vm.walk(arg(a, 0).clone(), what))
    }),
    entry_of("%callable", 1, |vm, _, _, a| Ok(vm.is_callable(arg(a, 0)).into())),
    entry_of("%kind", 1, |vm, _, _, a| Ok(Value::text(kind(vm, arg(a, 0))))),
    entry_of("%primitive", 1, primitive),
    entry_of("%missing", 1, |vm, _, _, a| Err(Trap::Missing(vm.plain_text(arg(a, 0))))),
];

fn bind(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    let Some(target) = this.object().filter(|id| vm.heap.get(*id).is_callable()) else {
        return vm.type_error("Bind must be called on a function");
    };
    let kind =
        Kind::Bound { target, this: arg(args, 0).clone(), args: args.get(1..).unwrap_or_default().to_vec() };
    Ok(Value::Obj(vm.heap.add(Object::of(realm::FUNCTION, kind))))
}

fn function_text(vm: &Vm, this: &Value) -> String {
    match this.object().map(|id| (id, &vm.heap.get(id).kind)) {
        Some((_, Kind::Function(_))) => vm.shown_briefly(this),
        Some((id, _)) => {
            format!("function {}() {{ [native code] }}", vm.function_name(id).unwrap_or_default())
        }
        None => String::new(),
    }
}

fn resume(this: &Value, how: u8, value: &Value) -> Res<Value> {
    match this {
        Value::Obj(id) => Err(Trap::Resume(*id, how, value.clone())),
        _ => Err(Trap::Missing("a generator's method on something else".into())),
    }
}

fn walk_next(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, _: &[Value]) -> Res<Value> {
    let value = this.object().and_then(|id| vm.walk_on(id));
    let done = value.is_none();
    Ok(vm.object_of(vec![("value", value.unwrap_or_default()), ("done", done.into())]))
}

/// The kind of an object, for the library.
pub fn kind(vm: &Vm, value: &Value) -> &'static str {
    let Value::Obj(id) = value else { return vm.type_of(value) };
    match &vm.heap.get(*id).kind {
        Kind::Plain => "plain",
        Kind::Array(_) => "array",
        Kind::Function(_) | Kind::Native(_) | Kind::Bound { .. } | Kind::Resolver { .. } => "function",
        Kind::Error => "error",
        Kind::Boxed(_) => "boxed",
        Kind::Date(_) => "date",
        Kind::Regex { .. } => "regexp",
        Kind::Map(t) | Kind::Set(t) if t.weak => "weak",
        Kind::Map(_) => "map",
        Kind::Set(_) => "set",
        Kind::Promise(_) => "promise",
        Kind::Coroutine(_) => "generator",
        Kind::Walk(_) => "iterator",
        Kind::Bytes(_) => "bytes",
        Kind::Arguments(_) => "arguments",
    }
}

/// What an object is as a primitive without any code of a script; undefined where that is needed.
fn primitive(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let Value::Obj(id) = arg(args, 0) else { return Ok(arg(args, 0).clone()) };
    Ok(match &vm.heap.get(*id).kind {
        Kind::Boxed(value) if vm.plain(*id, &Key::from("valueOf")).is_some() => value.clone(),
        Kind::Function(_) => Value::from(vm.shown_briefly(arg(args, 0))),
        _ => Value::Undefined,
    })
}
