//! `Math`.

use super::super::value::Value;
use super::super::vm::{Res, Vm};
use super::{Entry, arg, entry_of};

fn one(vm: &mut Vm, args: &[Value], run: fn(f64) -> f64) -> Res<Value> {
    vm.number(arg(args, 0)).map(|n| Value::Num(run(n)))
}

macro_rules! functions {
    ($($name:literal => $run:expr),+ $(,)?) => {
        pub const TABLE: &[Entry] = &[
            $(entry_of(concat!("Math.", $name), 1, |vm, _, _, a| one(vm, a, $run)),)+
            entry_of("Math.max", 2, |vm, _, _, a| fold(vm, a, f64::NEG_INFINITY, |x, y| if x > y || x == y && x.is_sign_positive() { x } else { y })),
            entry_of("Math.min", 2, |vm, _, _, a| fold(vm, a, f64::INFINITY, |x, y| if x < y || x == y && x.is_sign_negative() { x } else { y })),
            entry_of("Math.hypot", 2, |vm, _, _, a| fold(vm, a, 0.0, f64::hypot)),
            entry_of("Math.pow", 2, |vm, _, _, a| {
                let (x, y) = (vm.number(arg(a, 0))?, vm.number(arg(a, 1))?);
                Ok(Value::Num(super::super::convert::power(x, y)))
            }),
            entry_of("Math.atan2", 2, |vm, _, _, a| {
                let (x, y) = (vm.number(arg(a, 0))?, vm.number(arg(a, 1))?);
                Ok(Value::Num(x.atan2(y)))
            }),
            entry_of("Math.imul", 2, |vm, _, _, a| {
                let (x, y) = (vm.number(arg(a, 0))?, vm.number(arg(a, 1))?);
                let to = super::super::number::to_i32;
                Ok(Value::Num(f64::from(to(x).wrapping_mul(to(y)))))
            }),
            entry_of("Math.random", 0, |_, sys, _, _| Ok(Value::Num((sys.random() >> 11) as f64 / (1_u64 << 53) as f64))),
        ];
    };
}

functions! {
    "abs" => f64::abs,
    "floor" => f64::floor,
    "ceil" => f64::ceil,
    "trunc" => f64::trunc,
    "round" => |n| if n.fract() == -0.5 { n.ceil() } else { n.round() },
    "sign" => |n| if n == 0.0 || n.is_nan() { n } else { n.signum() },
    "sqrt" => f64::sqrt,
    "cbrt" => f64::cbrt,
    "exp" => f64::exp,
    "expm1" => f64::exp_m1,
    "log" => f64::ln,
    "log2" => f64::log2,
    "log10" => f64::log10,
    "log1p" => f64::ln_1p,
    "sin" => f64::sin,
    "cos" => f64::cos,
    "tan" => f64::tan,
    "asin" => f64::asin,
    "acos" => f64::acos,
    "atan" => f64::atan,
    "sinh" => f64::sinh,
    "cosh" => f64::cosh,
    "tanh" => f64::tanh,
    "fround" => |n| f64::from(n as f32),
    "clz32" => |n| f64::from(super::super::number::to_u32(n).leading_zeros()),
}

fn fold(vm: &mut Vm, args: &[Value], start: f64, run: fn(f64, f64) -> f64) -> Res<Value> {
    let mut out = start;
    for value in args {
        let n = vm.number(value)?;
        out = if out.is_nan() || n.is_nan() { f64::NAN } else { run(out, n) };
    }
    Ok(Value::Num(out))
}
