//! The module `math`.

use super::{Entry, MANY};
use crate::engine::languages::python::machine::numbers::{truncated, whole};
use crate::engine::languages::python::machine::{Args, Got, Value, Vm};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

pub const CONSTANTS: &[(&str, f64)] = &[
    ("pi", std::f64::consts::PI),
    ("e", std::f64::consts::E),
    ("tau", std::f64::consts::TAU),
    ("inf", f64::INFINITY),
    ("nan", f64::NAN),
];

pub const ENTRIES: &[Entry] = &[
    ("sqrt", |vm, a| checked(vm, a, f64::sqrt), 1, 1),
    ("floor", |vm, a| rounded(vm, a, f64::floor, "__floor__"), 1, 1),
    ("ceil", |vm, a| rounded(vm, a, f64::ceil, "__ceil__"), 1, 1),
    ("trunc", |vm, a| rounded(vm, a, f64::trunc, "__trunc__"), 1, 1),
    ("sin", |vm, a| checked(vm, a, f64::sin), 1, 1),
    ("cos", |vm, a| checked(vm, a, f64::cos), 1, 1),
    ("tan", |vm, a| checked(vm, a, f64::tan), 1, 1),
    ("asin", |vm, a| checked(vm, a, f64::asin), 1, 1),
    ("acos", |vm, a| checked(vm, a, f64::acos), 1, 1),
    ("atan", |vm, a| checked(vm, a, f64::atan), 1, 1),
    ("sinh", |vm, a| checked(vm, a, f64::sinh), 1, 1),
    ("cosh", |vm, a| checked(vm, a, f64::cosh), 1, 1),
    ("tanh", |vm, a| checked(vm, a, f64::tanh), 1, 1),
    ("exp", |vm, a| checked(vm, a, f64::exp), 1, 1),
    ("log2", |vm, a| logarithm(vm, a, f64::log2), 1, 1),
    ("log10", |vm, a| logarithm(vm, a, f64::log10), 1, 1),
    ("log1p", |vm, a| logarithm(vm, a, f64::ln_1p), 1, 1),
    ("log", log, 1, 2),
    ("fabs", |vm, a| checked(vm, a, f64::abs), 1, 1),
    ("radians", |vm, a| checked(vm, a, f64::to_radians), 1, 1),
    ("degrees", |vm, a| checked(vm, a, f64::to_degrees), 1, 1),
    ("isnan", |vm, a| Ok(Value::Bool(vm.float_arg(&a.at(0))?.is_nan())), 1, 1),
    ("isinf", |vm, a| Ok(Value::Bool(vm.float_arg(&a.at(0))?.is_infinite())), 1, 1),
    ("isfinite", |vm, a| Ok(Value::Bool(vm.float_arg(&a.at(0))?.is_finite())), 1, 1),
    ("pow", |vm, a| two(vm, a, f64::powf), 2, 2),
    ("atan2", |vm, a| two(vm, a, f64::atan2), 2, 2),
    ("fmod", |vm, a| two(vm, a, |x, y| x % y), 2, 2),
    ("copysign", |vm, a| two(vm, a, f64::copysign), 2, 2),
    ("hypot", hypot, 0, MANY),
    ("factorial", factorial, 1, 1),
    ("gcd", gcd, 0, MANY),
    ("lcm", lcm, 0, MANY),
    ("isqrt", isqrt, 1, 1),
    ("comb", comb, 2, 2),
    ("perm", perm, 1, 2),
    ("isclose", isclose, 2, 2),
    ("prod", prod, 1, 1),
    ("fsum", fsum, 1, 1),
    ("dist", dist, 2, 2),
];

fn checked(vm: &mut Vm<'_, '_>, args: Args<'_>, run: fn(f64) -> f64) -> Got {
    let n = vm.float_arg(&args.at(0))?;
    let value = run(n);
    if value.is_nan() && !n.is_nan() {
        return Err(domain(vm, n));
    }
    if value.is_infinite() && n.is_finite() {
        return Err(vm.error("OverflowError", "math range error"));
    }
    Ok(Value::float(value))
}

fn domain(vm: &mut Vm<'_, '_>, n: f64) -> crate::engine::languages::python::machine::Trap {
    if vm.m.minor >= 14 {
        let shown = crate::engine::languages::python::machine::numbers::float_text(n);
        return vm.value_error(format!("expected a nonnegative input, got {shown}"));
    }
    vm.value_error("math domain error")
}

fn logarithm(vm: &mut Vm<'_, '_>, args: Args<'_>, run: fn(f64) -> f64) -> Got {
    if let Some(n) = whole(&vm.plain(&args.at(0))).filter(|n| n.bits() > 1000 && n.is_positive()) {
        let shift = n.bits() - 60;
        let head = (n >> shift).to_f64().unwrap_or(1.0);
        return Ok(Value::float(run(head) + run(2.0) * shift as f64));
    }
    let n = vm.float_arg(&args.at(0))?;
    let value = run(n);
    if n.is_finite() && !value.is_finite() {
        return Err(vm.value_error("math domain error"));
    }
    Ok(Value::float(value))
}

fn log(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let Value::Float(top) = logarithm(vm, args, f64::ln)? else { return Ok(Value::None) };
    let Some(base) = args.get(1) else { return Ok(Value::Float(top)) };
    let Value::Float(below) = logarithm(vm, Args { items: std::slice::from_ref(base), names: &[] }, f64::ln)? else {
        return Ok(Value::None);
    };
    if below.0 == 0.0 {
        return Err(vm.error("ZeroDivisionError", "float division by zero"));
    }
    Ok(Value::float(top.0 / below.0))
}

fn two(vm: &mut Vm<'_, '_>, args: Args<'_>, run: fn(f64, f64) -> f64) -> Got {
    let (x, y) = (vm.float_arg(&args.at(0))?, vm.float_arg(&args.at(1))?);
    let value = run(x, y);
    if value.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(vm.value_error("math domain error"));
    }
    if value.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(vm.error("OverflowError", "math range error"));
    }
    Ok(Value::float(value))
}

fn rounded(vm: &mut Vm<'_, '_>, args: Args<'_>, run: fn(f64) -> f64, name: &str) -> Got {
    if let Some(method) = vm.special(&args.at(0), name) {
        return vm.call(&method, vec![args.at(0)]);
    }
    if let Some(n) = whole(&vm.plain(&args.at(0))) {
        return vm.number(n);
    }
    let n = vm.float_arg(&args.at(0))?;
    match truncated(run(n)) {
        Some(n) => vm.number(n),
        None if n.is_nan() => Err(vm.value_error("cannot convert float NaN to integer")),
        None => Err(vm.error("OverflowError", "cannot convert float infinity to integer")),
    }
}

fn hypot(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    if let [x, y] = args.items {
        return Ok(Value::float(vm.float_arg(x)?.hypot(vm.float_arg(y)?)));
    }
    let mut total = 0.0;
    for value in args.items {
        total += vm.float_arg(value)?.powi(2);
    }
    Ok(Value::float(total.sqrt()))
}

fn dist(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (a, b) = (vm.list_of(&args.at(0))?, vm.list_of(&args.at(1))?);
    let mut total = 0.0f64;
    for (x, y) in a.iter().zip(&b) {
        total = total.hypot(vm.float_arg(x)? - vm.float_arg(y)?);
    }
    Ok(Value::float(total))
}

fn int(vm: &mut Vm<'_, '_>, value: &Value) -> Got<BigInt> {
    match whole(&vm.plain(value)) {
        Some(n) => Ok(n),
        None => {
            let name = vm.type_name(value);
            Err(vm.type_error(format!("'{name}' object cannot be interpreted as an integer")))
        }
    }
}

fn factorial(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let n = int(vm, &args.at(0))?.to_i64().unwrap_or(i64::MAX);
    if n < 0 {
        return Err(vm.value_error("factorial() not defined for negative values"));
    }
    if n > 20_000 {
        return vm.missing("factorials of more than 20,000");
    }
    vm.work((n * n / 1000) as usize);
    vm.number((1..=n).fold(BigInt::from(1), |total, i| total * i))
}

fn gcd_of(mut a: BigInt, mut b: BigInt) -> BigInt {
    while !b.is_zero() {
        (a, b) = (b.clone(), a % b);
    }
    a.abs()
}

fn gcd(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let mut total = BigInt::zero();
    for value in args.items {
        total = gcd_of(total, int(vm, value)?);
    }
    vm.number(total)
}

fn lcm(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let mut total = BigInt::from(1);
    for value in args.items {
        let n = int(vm, value)?;
        if n.is_zero() {
            return Ok(Value::Int(0));
        }
        total = (&total * &n).abs() / gcd_of(total, n);
    }
    vm.number(total)
}

fn isqrt(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let n = int(vm, &args.at(0))?;
    if n.is_negative() {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    vm.number(n.sqrt())
}

fn comb(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (n, k) = (super::builtins::clamped(&args.at(0)), super::builtins::clamped(&args.at(1)));
    if n < 0 || k < 0 {
        return Err(vm.value_error("n must be a non-negative integer"));
    }
    let k = k.min((n - k).max(-1));
    if k > 10_000 {
        return vm.missing("math.comb of numbers this large");
    }
    vm.number(if k < 0 { BigInt::zero() } else { (0..k).fold(BigInt::from(1), |t, i| t * (n - i) / (i + 1)) })
}

fn perm(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let n = super::builtins::clamped(&args.at(0));
    let k = args.get(1).map_or(n, super::builtins::clamped);
    if !(0..=10_000).contains(&k) {
        return vm.missing("math.perm of numbers this large");
    }
    vm.number(if k > n { BigInt::zero() } else { (0..k).fold(BigInt::from(1), |t, i| t * (n - i)) })
}

fn isclose(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (a, b) = (vm.float_arg(&args.at(0))?, vm.float_arg(&args.at(1))?);
    let mut bound = |name: &str, default: f64| args.named(name).map_or(Ok(default), |v| vm.float_arg(v));
    let (relative, absolute) = (bound("rel_tol", 1e-9)?, bound("abs_tol", 0.0)?);
    let close = a == b || (a.is_finite() && b.is_finite() && (a - b).abs() <= (relative * a.abs().max(b.abs())).max(absolute));
    Ok(Value::Bool(close))
}

fn prod(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let mut total = args.named("start").cloned().unwrap_or(Value::Int(1));
    for item in vm.list_of(&args.at(0))? {
        total = vm.binary(crate::engine::languages::python::syntax::ast::BinOp::Mul, &total, &item)?;
    }
    Ok(total)
}

/// An exact sum, rounded once.
fn fsum(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let mut partials: Vec<f64> = vec![];
    for item in vm.list_of(&args.at(0))? {
        let mut x = vm.float_arg(&item)?;
        let mut kept = vec![];
        for mut y in partials {
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                kept.push(low);
            }
            x = high;
        }
        kept.push(x);
        partials = kept;
    }
    Ok(Value::float(partials.iter().rev().sum()))
}
