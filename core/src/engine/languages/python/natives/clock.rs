//! Time.

use super::Entry;
use crate::base::{Duration, Time};
use crate::engine::languages::python::machine::{Args, Got, Trap, Value, Vm};
use crate::kernel::Wait;

pub const ENTRIES: &[Entry] = &[
    ("now", |vm, _| Ok(Value::Int(vm.sys.now().0)), 0, 0),
    ("sleep", sleep, 1, 1),
    ("pause", |_, _| Err(Trap::Block(Wait::signal())), 0, 0),
    ("spend", |vm, a| { let n = vm.int_arg(&a.at(0))?; vm.work(n.max(0) as usize); Ok(Value::None) }, 1, 1),
];

fn sleep(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let span = vm.float_arg(&args.at(0))?;
    if span.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    if span < 0.0 {
        return Err(vm.value_error("sleep length must be non-negative"));
    }
    let until = vm.once(|vm| Ok(Value::Int(vm.sys.after(Duration::from_secs_f64(span)).0)))?;
    let at = Time(vm.int_arg(&until)?);
    if vm.sys.now() >= at { Ok(Value::None) } else { Err(Trap::Block(Wait::until(at))) }
}
