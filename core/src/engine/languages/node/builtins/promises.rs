//! The ground of `Promise`; the rest is in the library.

use super::super::realm;
use super::super::value::{Id, Kind, Object, Promise, Promised, Reaction, Value};
use super::super::vm::{Job, Vm};
use super::{Entry, arg, entry_of};

pub const TABLE: &[Entry] = &[
    entry_of("%newPromise", 1, |vm, _, _, a| {
        let proto = arg(a, 0).object().map(|id| vm.plain_or_lazy(id, "prototype")).and_then(|v| v.object());
        let kind = Kind::Promise(Promise::default());
        Ok(Value::Obj(vm.heap.add(Object::of(proto.unwrap_or(realm::PROMISE), kind))))
    }),
    entry_of("%resolvers", 1, |vm, _, _, a| {
        let (keep, break_it) = vm.resolvers(arg(a, 0).object().unwrap_or(realm::OBJECT));
        Ok(vm.new_array(vec![keep, break_it]))
    }),
    entry_of("%then", 3, |vm, _, _, a| {
        let Some(id) = arg(a, 0).object().filter(|id| matches!(vm.heap.get(*id).kind, Kind::Promise(_)))
        else {
            return vm.type_error("Method Promise.prototype.then called on incompatible receiver");
        };
        let next = vm.new_promise();
        let reaction =
            Reaction::Then { kept: arg(a, 1).clone(), broken: arg(a, 2).clone(), next: Some(next) };
        vm.react(id, reaction);
        Ok(Value::Obj(next))
    }),
    entry_of("%promiseState", 1, |vm, _, _, a| {
        let state = match arg(a, 0).object().map(|id| vm.heap.get(id).kind.clone()) {
            Some(Kind::Promise(p)) => p.state,
            _ => return Ok(Value::Undefined),
        };
        let (name, value) = match state {
            Promised::Pending => ("pending", Value::Undefined),
            Promised::Kept(value) => ("fulfilled", value),
            Promised::Broken(value) => ("rejected", value),
        };
        Ok(vm.new_array(vec![Value::text(name), value]))
    }),
    entry_of("queueMicrotask", 1, |vm, _, _, a| {
        if !vm.is_callable(arg(a, 0)) {
            return vm.type_error("The \"callback\" argument must be of type function.");
        }
        vm.micro.push_back(Job::Call(arg(a, 0).clone(), vec![]));
        Ok(Value::Undefined)
    }),
    entry_of("%nextTick", 1, |vm, _, _, a| {
        vm.ticks.push_back(Job::Call(arg(a, 0).clone(), a.get(1..).unwrap_or_default().to_vec()));
        Ok(Value::Undefined)
    }),
];

/// The prototype of what a native constructor makes: that of `new.target`, or its own.
pub fn new_proto(vm: &mut Vm, own: Id) -> Id {
    let target = vm.native_new;
    target.map(|id| vm.plain_or_lazy(id, "prototype")).and_then(|v| v.object()).unwrap_or(own)
}
