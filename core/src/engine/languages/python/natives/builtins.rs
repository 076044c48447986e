//! Built-in functions on values.

use super::{Entry, MANY, text};
use crate::engine::languages::python::machine::numbers::{small, truncated, whole};
use crate::engine::languages::python::machine::{Args, Got, Obj, Value, Vm, classes};
use crate::engine::languages::python::syntax::ast::{BinOp, CmpOp};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

pub const ENTRIES: &[Entry] = &[
    ("print", print, 0, MANY),
    ("len", len, 1, 1),
    ("repr", repr, 1, 1),
    ("ascii", ascii, 1, 1),
    ("format", format, 1, 2),
    ("abs", abs, 1, 1),
    ("round", round, 1, 2),
    ("pow", pow, 2, 3),
    ("divmod", divmod, 2, 2),
    ("sum", sum, 1, 2),
    ("min", min, 1, MANY),
    ("max", max, 1, MANY),
    ("any", any, 1, 1),
    ("all", all, 1, 1),
    ("sorted", sorted, 1, 1),
    ("reversed", reversed, 1, 1),
    ("iter", iter, 1, 2),
    ("next", next, 1, 2),
    ("chr", chr, 1, 1),
    ("ord", ord, 1, 1),
    ("hex", hex, 1, 1),
    ("oct", oct, 1, 1),
    ("bin", bin, 1, 1),
    ("hash", hash, 1, 1),
    ("id", id, 1, 1),
    ("callable", callable, 1, 1),
];

fn print(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    if let Some((name, _)) = args.names.iter().find(|(n, _)| !matches!(&**n, "sep" | "end" | "file" | "flush")) {
        let text = format!("'{name}' is an invalid keyword argument for print()");
        return Err(vm.type_error(text));
    }
    let word = |vm: &mut Vm<'_, '_>, name: &str, default: &str| match args.named(name) {
        None | Some(Value::None) => Ok(default.to_string()),
        Some(Value::Str(text)) => Ok(text.to_string()),
        Some(other) => {
            let kind = vm.type_name(other);
            Err(vm.type_error(format!("{name} must be None or a string, not {kind}")))
        }
    };
    let (sep, end) = (word(vm, "sep", " ")?, word(vm, "end", "\n")?);
    let mut line = String::new();
    for (at, value) in args.items.iter().enumerate() {
        if at > 0 {
            line.push_str(&sep);
        }
        let shown = vm.str(value)?;
        line.push_str(&shown);
        vm.claim(shown.len())?;
    }
    line.push_str(&end);
    let flush = match args.named("flush") {
        Some(value) => vm.truth(value)?,
        None => false,
    };
    let given = args.named("file").filter(|f| **f != Value::None).cloned();
    match given.or_else(|| super::system::redirected(vm)) {
        None => {
            super::write_out(vm, &line);
            if flush {
                super::flush_out(vm);
            }
        }
        Some(file) => {
            let write = vm.getattr(&file, &"write".into())?;
            let line = vm.once(|vm| vm.string(line))?;
            vm.call(&write, vec![line])?;
            if flush {
                let flush = vm.getattr(&file, &"flush".into())?;
                vm.call(&flush, vec![])?;
            }
        }
    }
    Ok(Value::None)
}

pub fn len(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let value = args.at(0);
    if let Some(method) = vm.special(&value, "__len__") {
        let answer = vm.call(&method, vec![value])?;
        return match vm.int_arg(&answer)? {
            n if n < 0 => Err(vm.value_error("__len__() should return >= 0")),
            n => Ok(Value::Int(n)),
        };
    }
    let length = match vm.plain(&value) {
        Value::Str(text) if text.is_ascii() => text.len(),
        Value::Str(text) => text.chars().count(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Obj(id) => match vm.m.heap.get(id) {
            Obj::List(items) | Obj::Tuple(items) => items.len(),
            Obj::Dict(dict) | Obj::Set(dict) | Obj::FrozenSet(dict) => dict.len(),
            Obj::View(dict, _) => vm.m.heap.dict(*dict).map_or(0, |d| d.len()),
            Obj::ByteArray(bytes) => bytes.len(),
            Obj::Range(start, stop, step) => super::sequences::range_length(*start, *stop, *step),
            _ => return no_len(vm, &value),
        },
        _ => return no_len(vm, &value),
    };
    Ok(Value::Int(length as i64))
}

fn no_len(vm: &mut Vm<'_, '_>, value: &Value) -> Got {
    let name = vm.type_name(value);
    Err(vm.type_error(format!("object of type '{name}' has no len()")))
}

fn repr(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let text = vm.repr(&args.at(0))?;
    vm.string(text)
}

fn ascii(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let text = vm.repr(&args.at(0))?;
    vm.string(super::ascii(&text))
}

fn format(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let spec = match args.get(1) {
        Some(spec) => text(vm, spec)?,
        None => String::new(),
    };
    let text = vm.format(&args.at(0), &spec)?;
    vm.string(text)
}

fn abs(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let value = args.at(0);
    if let Some(method) = vm.special(&value, "__abs__") {
        return vm.call(&method, vec![value]);
    }
    match vm.plain(&value) {
        Value::Float(n) => Ok(Value::float(n.0.abs())),
        other => match whole(&other) {
            Some(n) => vm.number(n.abs()),
            None => {
                let name = vm.type_name(&value);
                Err(vm.type_error(format!("bad operand type for abs(): '{name}'")))
            }
        },
    }
}

fn round(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let value = args.at(0);
    if let Some(method) = vm.special(&value, "__round__") {
        return vm.call(&method, args.items.to_vec());
    }
    let digits = match args.opt(1, "ndigits") {
        None | Some(Value::None) => None,
        Some(digits) => Some(vm.int_arg(digits)?),
    };
    match (vm.plain(&value), digits) {
        (Value::Float(n), None) => {
            if n.0.is_nan() {
                return Err(vm.value_error("cannot convert float NaN to integer"));
            }
            if n.0.is_infinite() {
                return Err(vm.error("OverflowError", "cannot convert float infinity to integer"));
            }
            let even = n.0.round_ties_even();
            vm.number(truncated(even).unwrap_or_else(BigInt::zero))
        }
        (Value::Float(n), Some(digits)) if n.0.is_finite() => {
            if digits >= 0 {
                let places = digits.min(400) as usize;
                return Ok(Value::float(format!("{:.places$}", n.0).parse().unwrap_or(n.0)));
            }
            let scale = 10f64.powi(digits.unsigned_abs().min(400) as i32);
            Ok(Value::float(if scale.is_finite() { (n.0 / scale).round_ties_even() * scale } else { 0.0 }))
        }
        (plain @ Value::Float(_), _) => Ok(plain),
        (plain, digits) => match (whole(&plain), digits) {
            (Some(n), Some(digits)) if digits < 0 => {
                let scale = BigInt::from(10).pow(digits.unsigned_abs().min(5000) as u32);
                let half = &scale / 2;
                let (quotient, rest) = crate::engine::languages::python::machine::floor_divide(&n, &scale);
                let odd = (&quotient % 2i32) != BigInt::zero();
                let up = rest > half || (rest == half && odd);
                vm.number((quotient + i32::from(up)) * scale)
            }
            (Some(n), _) => vm.number(n),
            _ => {
                let name = vm.type_name(&value);
                Err(vm.type_error(format!("type {name} doesn't define __round__ method")))
            }
        },
    }
}

fn pow(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let Some(modulus) = args.get(2).and_then(whole) else { return vm.binary(BinOp::Pow, &args.at(0), &args.at(1)) };
    match (whole(&args.at(0)), whole(&args.at(1))) {
        (Some(_), Some(_)) if modulus.is_zero() => Err(vm.value_error("pow() 3rd argument cannot be 0")),
        (Some(base), Some(exponent)) if !exponent.is_negative() => {
            vm.work(exponent.bits() as usize * modulus.bits() as usize / 256);
            vm.number(base.modpow(&exponent, &modulus))
        }
        _ => vm.missing("pow() with a negative exponent and a modulus"),
    }
}

fn divmod(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let quotient = vm.binary(BinOp::FloorDiv, &args.at(0), &args.at(1))?;
    let rest = vm.binary(BinOp::Mod, &args.at(0), &args.at(1))?;
    Ok(vm.tuple(vec![quotient, rest]))
}

fn sum(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let items = vm.list_of(&args.at(0))?;
    let mut total = args.opt(1, "start").cloned().unwrap_or(Value::Int(0));
    if let Value::Str(_) = total {
        return Err(vm.type_error("sum() can't sum strings [use ''.join(seq) instead]"));
    }
    if vm.m.minor >= 12 && items.iter().any(|i| matches!(i, Value::Float(_))) && items.iter().all(|i| matches!(i, Value::Float(_) | Value::Int(_))) {
        return Ok(Value::float(compensated(&total, &items)));
    }
    vm.work(items.len());
    for item in items {
        total = vm.binary(BinOp::Add, &total, &item)?;
    }
    Ok(total)
}

/// A sum that carries what rounding loses (Neumaier), as Python does from 3.12 on.
fn compensated(start: &Value, items: &[Value]) -> f64 {
    let real = |v: &Value| crate::engine::languages::python::machine::numbers::real(v).unwrap_or(0.0);
    let (mut total, mut lost) = (real(start), 0.0);
    for x in items.iter().map(real) {
        let next: f64 = total + x;
        lost += if total.abs() >= x.abs() { (total - next) + x } else { (x - next) + total };
        total = next;
    }
    if lost.is_finite() { total + lost } else { total }
}

fn min(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    extreme(vm, args, "min", CmpOp::Lt)
}

fn max(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    extreme(vm, args, "max", CmpOp::Gt)
}

fn extreme(vm: &mut Vm<'_, '_>, args: Args<'_>, name: &str, op: CmpOp) -> Got {
    let items = if args.len() == 1 { vm.list_of(&args.at(0))? } else { args.items.to_vec() };
    let key = args.named("key").filter(|k| **k != Value::None);
    let mut best: Option<(Value, Value)> = None;
    vm.work(items.len());
    for item in items {
        let rank = match key {
            Some(key) => vm.call(key, vec![item.clone()])?,
            None => item.clone(),
        };
        let better = match &best {
            Some((best, _)) => {
                let value = vm.compare(op, &rank, best)?;
                vm.truth(&value)?
            }
            None => true,
        };
        if better {
            best = Some((rank, item));
        }
    }
    match (best, args.named("default")) {
        (Some((_, item)), _) => Ok(item),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => {
            let text = if vm.m.minor >= 11 { format!("{name}() iterable argument is empty") } else { format!("{name}() arg is an empty sequence") };
            Err(vm.value_error(text))
        }
    }
}

fn any(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    search(vm, args, true)
}

fn all(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    search(vm, args, false)
}

/// Goes on until a value's truth is `stop`.
fn search(vm: &mut Vm<'_, '_>, args: Args<'_>, stop: bool) -> Got {
    let value = args.at(0);
    if let Some(items) = vm.items_of(&value) {
        for item in items {
            if vm.truth(&item)? == stop {
                return Ok(Value::Bool(stop));
            }
        }
        return Ok(Value::Bool(!stop));
    }
    let helper = vm.prelude(if stop { "_any" } else { "_all" })?;
    vm.call(&helper, vec![value])
}

fn sorted(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let items = vm.list_of(&args.at(0))?;
    let sorted = super::lists::sort(vm, items, args)?;
    Ok(vm.list(sorted))
}

fn reversed(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let value = args.at(0);
    if let Some(method) = vm.special(&value, "__reversed__") {
        return vm.call(&method, vec![value]);
    }
    let plain = vm.plain(&value);
    if let Some(items) = vm.items_of(&plain) {
        let n = items.len();
        return Ok(super::sequences::iterator(vm, crate::engine::languages::python::machine::Iter::Reversed(plain, n)));
    }
    let fits = matches!(plain, Value::Str(_) | Value::Bytes(_))
        || plain.id().is_some_and(|id| matches!(vm.m.heap.get(id), Obj::Range(..) | Obj::Dict(_) | Obj::View(..)));
    if !fits {
        if vm.special(&value, "__len__").is_some() && vm.special(&value, "__getitem__").is_some() {
            let helper = vm.prelude("_reversed_items")?;
            return vm.call(&helper, vec![value]);
        }
        let name = vm.type_name(&value);
        return Err(vm.type_error(format!("'{name}' object is not reversible")));
    }
    let mut items = vm.list_of(&plain)?;
    items.reverse();
    Ok(super::sequences::iterator(vm, crate::engine::languages::python::machine::Iter::Fixed(items, 0)))
}

fn iter(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    if let Some(end) = args.get(1) {
        let helper = vm.prelude("_call_until")?;
        return vm.call(&helper, vec![args.at(0), end.clone()]);
    }
    vm.iter_of(&args.at(0))
}

fn next(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    match vm.next_of(&args.at(0))? {
        Ok(value) => Ok(value),
        Err(error) => match args.get(1) {
            Some(default) if vm.is_instance_of(&error, classes::by_name("StopIteration").unwrap_or(0)) => {
                Ok(default.clone())
            }
            _ => Err(crate::engine::languages::python::machine::Trap::Raise(error)),
        },
    }
}

fn chr(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let n = vm.int_arg(&args.at(0))?;
    match u32::try_from(n).ok().filter(|n| *n < 0x11_0000) {
        Some(n) => match char::from_u32(n) {
            Some(c) => vm.string(c.to_string()),
            None => vm.missing("lone surrogates"),
        },
        None => Err(vm.value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let value = vm.plain(&args.at(0));
    let length = match &value {
        Value::Str(text) => {
            let mut chars = text.chars();
            if let (Some(c), None) = (chars.next(), chars.next()) {
                return Ok(Value::Int(i64::from(c as u32)));
            }
            text.chars().count()
        }
        Value::Bytes(bytes) => {
            if let [byte] = bytes[..] {
                return Ok(Value::Int(i64::from(byte)));
            }
            bytes.len()
        }
        other => {
            let name = vm.type_name(other);
            return Err(vm.type_error(format!("ord() expected string of length 1, but {name} found")));
        }
    };
    Err(vm.type_error(format!("ord() expected a character, but string of length {length} found")))
}

fn based(vm: &mut Vm<'_, '_>, value: &Value, base: u32, prefix: &str) -> Got {
    let n = match whole(&vm.plain(value)) {
        Some(n) => n,
        None => BigInt::from(vm.int_arg(value)?),
    };
    let sign = if n.is_negative() { "-" } else { "" };
    vm.string(format!("{sign}{prefix}{}", n.magnitude().to_str_radix(base)))
}

fn hex(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    based(vm, &args.at(0), 16, "0x")
}

fn oct(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    based(vm, &args.at(0), 8, "0o")
}

fn bin(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    based(vm, &args.at(0), 2, "0b")
}

fn hash(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let hash = vm.hash(&args.at(0))?;
    Ok(Value::Int(hash as i64))
}

fn id(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let value = args.at(0);
    Ok(Value::Int(match value.id() {
        Some(id) => i64::from_str_radix(vm.address(id).trim_start_matches("0x"), 16).unwrap_or(0),
        None => (vm.hash(&value)? >> 17) as i64 | 0x7f00_0000_0000,
    }))
}

fn callable(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let value = args.at(0);
    let callable = match &value {
        Value::Native(_) => true,
        Value::Obj(id) => match vm.m.heap.get(*id) {
            Obj::Func(_) | Obj::Method(..) | Obj::Class(_) | Obj::StaticMethod(_) => true,
            _ => vm.special(&value, "__call__").is_some(),
        },
        _ => false,
    };
    Ok(Value::Bool(callable))
}

/// A whole number of 64 bits from a value that may be large.
pub fn clamped(value: &Value) -> i64 {
    small(value).or_else(|| whole(value)?.to_i64()).unwrap_or(i64::MAX)
}
