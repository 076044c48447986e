//! The methods of generators and coroutines.

use super::Entry;
use crate::engine::languages::python::machine::{Args, Got, Id, Trap, Value, Vm, classes};

pub const ENTRIES: &[Entry] = &[
    ("__next__", next, 0, 0),
    ("__iter__", itself, 0, 0),
    ("send", send, 1, 1),
    ("throw", throw, 1, 3),
    ("close", close, 0, 0),
    ("__await__", itself, 0, 0),
];

fn this(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<Id> {
    match args.at(0).id() {
        Some(id) => Ok(id),
        None => vm.missing("this generator"),
    }
}

fn itself(_: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    Ok(args.at(0))
}

fn next(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let id = this(vm, args)?;
    vm.resume(id, Ok(Value::None))?.map_err(Trap::Raise)
}

fn send(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let id = this(vm, args)?;
    vm.resume(id, Ok(args.at(1)))?.map_err(Trap::Raise)
}

fn throw(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let id = this(vm, args)?;
    let given = args.at(1);
    let error = match given.id().filter(|id| vm.m.heap.class(*id).is_some()) {
        Some(_) => vm.call_any(&given, args.items.iter().skip(2).take(1).cloned().collect())?,
        None => given,
    };
    vm.resume(id, Err(error))?.map_err(Trap::Raise)
}

fn close(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let id = this(vm, args)?;
    let error = vm.once(|vm| Ok(vm.exception("GeneratorExit", vec![])))?;
    match vm.resume(id, Err(error))? {
        Ok(_) => Err(vm.error("RuntimeError", "generator ignored GeneratorExit")),
        Err(error) => {
            let fine = ["GeneratorExit", "StopIteration"]
                .iter()
                .filter_map(|n| classes::by_name(n))
                .any(|class| vm.is_instance_of(&error, class));
            if fine { Ok(Value::None) } else { Err(Trap::Raise(error)) }
        }
    }
}
