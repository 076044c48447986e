//! `Error` and its kin.

use super::super::errors::ARROW;
use super::super::realm;
use super::super::value::{Id, Kind, Object, Prop, Value};
use super::super::vm::{Res, Vm};
use super::{Entry, arg, entry_of};
use crate::kernel::Sys;

pub const TABLE: &[Entry] = &[
    entry_of("Error", 1, |vm, sys, _, a| make(vm, sys, realm::ERROR, a)),
    entry_of("TypeError", 1, |vm, sys, _, a| make(vm, sys, realm::TYPE_ERROR, a)),
    entry_of("RangeError", 1, |vm, sys, _, a| make(vm, sys, realm::RANGE_ERROR, a)),
    entry_of("ReferenceError", 1, |vm, sys, _, a| make(vm, sys, realm::REFERENCE_ERROR, a)),
    entry_of("SyntaxError", 1, |vm, sys, _, a| make(vm, sys, realm::SYNTAX_ERROR, a)),
    entry_of("EvalError", 1, |vm, sys, _, a| make(vm, sys, realm::EVAL_ERROR, a)),
    entry_of("URIError", 1, |vm, sys, _, a| make(vm, sys, realm::URI_ERROR, a)),
    entry_of("AggregateError", 2, |vm, sys, _, a| {
        let error = make(vm, sys, realm::AGGREGATE_ERROR, a.get(1..).unwrap_or_default())?;
        let list = vm.elements(arg(a, 0));
        let list = vm.new_array(list);
        if let Value::Obj(id) = error {
            vm.heap.get_mut(id).props.insert("errors".into(), Prop::hidden(list));
        }
        Ok(error)
    }),
    entry_of("Error.captureStackTrace", 2, |vm, _, _, a| {
        let native = vm.native_now.take();
        if let Value::Obj(id) = arg(a, 0) {
            let text = vm.plain(*id, &"message".into()).map(|v| vm.plain_text(&v)).filter(|t| !t.is_empty());
            let message = vm.heap.get(*id).props.get(&"message".into()).cloned();
            vm.fill_error(*id, text.as_deref(), arg(a, 1).object());
            match message {
                Some(prop) => vm.heap.get_mut(*id).props.insert("message".into(), prop),
                None => drop(vm.heap.get_mut(*id).props.remove(&"message".into())),
            }
        }
        vm.native_now = native;
        Ok(Value::Undefined)
    }),
    entry_of("Error.prototype.toString", 0, |vm, _, this, _| {
        let Value::Obj(id) = this else {
            return vm.type_error("Error.prototype.toString requires that 'this' be a JSReceiver");
        };
        let part = |vm: &mut Vm, name: &str, missing: &str| match vm.plain(*id, &name.into()) {
            None | Some(Value::Undefined) => missing.to_string(),
            Some(value) => vm.plain_text(&value),
        };
        let (name, text) = (part(vm, "name", "Error"), part(vm, "message", ""));
        Ok(if text.is_empty() {
            name
        } else if name.is_empty() {
            text
        } else {
            format!("{name}: {text}")
        }
        .into())
    }),
    entry_of("%codedError", 3, |vm, _, _, a| {
        let proto =
            arg(a, 0).object().and_then(|id| vm.plain(id, &"prototype".into())).and_then(|v| v.object());
        let (code, text) = (vm.plain_text(arg(a, 1)), vm.plain_text(arg(a, 2)));
        Ok(vm.coded_error(proto.unwrap_or(realm::ERROR), &code, &text))
    }),
    entry_of("%arrow", 2, |vm, _, _, a| {
        if let Value::Obj(id) = arg(a, 0) {
            vm.heap.get_mut(*id).props.insert(ARROW.into(), Prop::hidden(arg(a, 1).clone()));
        }
        Ok(arg(a, 0).clone())
    }),
];

fn make(vm: &mut Vm, _: &mut Sys<'_>, proto: Id, args: &[Value]) -> Res<Value> {
    let text = match arg(args, 0) {
        Value::Undefined => None,
        value => Some(vm.text(value)?),
    };
    let target = vm.native_new;
    let proto = super::promises::new_proto(vm, proto);
    let id = vm.heap.add(Object::of(proto, Kind::Error));
    let native = vm.native_now.take();
    // Calls above the constructor of a class of errors do not show.
    let builtin = target.is_none_or(|t| matches!(vm.heap.get(t).kind, Kind::Native(_)));
    vm.fill_error(id, text.as_deref(), if builtin { None } else { target });
    vm.native_now = native;
    if let Value::Obj(options) = arg(args, 1)
        && vm.has(*options, &"cause".into())
    {
        let cause = vm.plain(*options, &"cause".into()).unwrap_or_default();
        vm.heap.get_mut(id).props.insert("cause".into(), Prop::hidden(cause));
    }
    Ok(Value::Obj(id))
}
