//! `Number`, `Boolean`, `BigInt`, `parseInt` and `parseFloat`.

use super::super::number::{fixed, in_radix, text};
use super::super::realm;
use super::super::value::{Kind, Object, Value};
use super::super::vm::{Res, Trap, Vm};
use super::{Entry, arg, entry_of};
use crate::kernel::Sys;

pub const TABLE: &[Entry] = &[
    entry_of("Number", 1, number),
    entry_of("Number.isInteger", 1, |_, _, _, a| {
        Ok(matches!(arg(a, 0), Value::Num(n) if n.is_finite() && n.fract() == 0.0).into())
    }),
    entry_of("Number.isSafeInteger", 1, |_, _, _, a| {
        Ok(matches!(arg(a, 0), Value::Num(n) if n.fract() == 0.0 && n.abs() <= 9_007_199_254_740_991.0)
            .into())
    }),
    entry_of("Number.isFinite", 1, |_, _, _, a| {
        Ok(matches!(arg(a, 0), Value::Num(n) if n.is_finite()).into())
    }),
    entry_of("Number.isNaN", 1, |_, _, _, a| Ok(matches!(arg(a, 0), Value::Num(n) if n.is_nan()).into())),
    entry_of("isFinite", 1, |vm, _, _, a| Ok(vm.number(arg(a, 0))?.is_finite().into())),
    entry_of("isNaN", 1, |vm, _, _, a| Ok(vm.number(arg(a, 0))?.is_nan().into())),
    entry_of("parseInt", 2, parse_int),
    entry_of("parseFloat", 1, parse_float),
    entry_of("Number.prototype.toString", 1, to_text),
    entry_of("Number.prototype.valueOf", 0, |vm, _, this, _| own(vm, this).map(Value::Num)),
    entry_of("Number.prototype.toFixed", 1, |vm, _, this, a| {
        let (n, places) = (own(vm, this)?, vm.whole(arg(a, 0))?);
        if !(0.0..=100.0).contains(&places) {
            return vm.range_error("toFixed() digits argument must be between 0 and 100");
        }
        Ok(fixed(n, places as usize).into())
    }),
    entry_of("Number.prototype.toPrecision", 1, to_precision),
    entry_of("Number.prototype.toLocaleString", 0, |vm, _, this, _| Ok(with_commas(own(vm, this)?).into())),
    entry_of("Number.prototype.toExponential", 1, |_, _, _, _| {
        Err(Trap::Missing("Number.prototype.toExponential".into()))
    }),
    entry_of("Boolean", 1, |vm, _, _, a| {
        let value = Value::Bool(arg(a, 0).truthy());
        Ok(if vm.native_new.is_some() {
            Value::Obj(vm.heap.add(Object::of(realm::BOOLEAN, Kind::Boxed(value))))
        } else {
            value
        })
    }),
    entry_of("Boolean.prototype.toString", 0, |vm, _, this, _| Ok(unboxed_text(vm, this).into())),
    entry_of("Boolean.prototype.valueOf", 0, |vm, _, this, _| Ok(unboxed(vm, this))),
    entry_of("BigInt", 1, |vm, _, _, a| match arg(a, 0) {
        Value::Big(n) => Ok(Value::Big(*n)),
        Value::Num(n) if n.fract() == 0.0 && n.abs() < 1e30 => Ok(Value::Big(*n as i128)),
        Value::Num(n) => {
            let shown = text(*n);
            vm.range_error(&format!(
                "The number {shown} cannot be converted to a BigInt because it is not an integer"
            ))
        }
        other => {
            let digits = vm.text(other)?;
            match digits.trim().parse() {
                Ok(n) => Ok(Value::Big(n)),
                Err(_) => {
                    let error =
                        vm.error(realm::SYNTAX_ERROR, &format!("Cannot convert {digits} to a BigInt"));
                    Err(Trap::Throw(error))
                }
            }
        }
    }),
    entry_of("BigInt.prototype.toString", 0, |vm, _, this, _| Ok(unboxed_text(vm, this).into())),
];

fn unboxed(vm: &Vm, this: &Value) -> Value {
    match this.object().map(|id| &vm.heap.get(id).kind) {
        Some(Kind::Boxed(value)) => value.clone(),
        _ => this.clone(),
    }
}

fn unboxed_text(vm: &Vm, this: &Value) -> String {
    vm.plain_text(&unboxed(vm, this))
}

fn own(vm: &mut Vm, this: &Value) -> Res<f64> {
    match unboxed(vm, this) {
        Value::Num(n) => Ok(n),
        _ => vm.type_error("Number.prototype.valueOf requires that 'this' be a Number"),
    }
}

fn number(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let n = match args.first() {
        None => 0.0,
        Some(Value::Big(n)) => *n as f64,
        Some(value) => vm.number(value)?,
    };
    if vm.native_new.is_some() {
        return Ok(Value::Obj(vm.heap.add(Object::of(realm::NUMBER, Kind::Boxed(Value::Num(n))))));
    }
    Ok(Value::Num(n))
}

fn parse_int(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let shown = vm.text(arg(args, 0))?;
    let mut rest = shown.trim();
    let negative = rest.starts_with('-');
    rest = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    let mut radix = super::super::number::to_i32(vm.number(arg(args, 1))?);
    let hex = rest.get(..2).is_some_and(|p| p.eq_ignore_ascii_case("0x"));
    if hex && matches!(radix, 0 | 16) {
        rest = &rest[2..];
        radix = 16;
    }
    let radix = if radix == 0 { 10 } else { radix };
    if !(2..=36).contains(&radix) {
        return Ok(Value::Num(f64::NAN));
    }
    let digits: Vec<u32> = rest.chars().map_while(|c| c.to_digit(radix as u32)).collect();
    if digits.is_empty() {
        return Ok(Value::Num(f64::NAN));
    }
    let n = match radix {
        10 => rest[..digits.len()].parse().unwrap_or(f64::NAN),
        _ => digits.iter().fold(0.0, |n, d| n * f64::from(radix) + f64::from(*d)),
    };
    Ok(Value::Num(if negative { -n } else { n }))
}

fn parse_float(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let shown = vm.text(arg(args, 0))?;
    let rest = shown.trim_start();
    let unsigned = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    if unsigned.starts_with("Infinity") {
        return Ok(Value::Num(if rest.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }));
    }
    let (mut end, mut dot, mut power) = (0, false, false);
    let bytes = unsigned.as_bytes();
    while let Some(b) = bytes.get(end) {
        match b {
            b'0'..=b'9' => {}
            b'.' if !dot && !power => dot = true,
            b'e' | b'E' if !power && end > 0 => {
                let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
                if !bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
                    break;
                }
                power = true;
                end += sign;
            }
            _ => break,
        }
        end += 1;
    }
    let n: f64 = unsigned[..end].parse().unwrap_or(f64::NAN);
    Ok(Value::Num(if rest.starts_with('-') { -n } else { n }))
}

fn to_text(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    let n = own(vm, this)?;
    let radix = if matches!(arg(args, 0), Value::Undefined) { 10.0 } else { vm.whole(arg(args, 0))? };
    if !(2.0..=36.0).contains(&radix) {
        return vm.range_error("toString() radix must be between 2 and 36");
    }
    Ok(in_radix(n, radix as u32).into())
}

fn to_precision(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    let n = own(vm, this)?;
    if matches!(arg(args, 0), Value::Undefined) || !n.is_finite() {
        return Ok(text(n).into());
    }
    let digits = vm.whole(arg(args, 0))?;
    if !(1.0..=100.0).contains(&digits) {
        return vm.range_error("toPrecision() argument must be between 1 and 100");
    }
    let digits = digits as usize;
    let shown = format!("{:.*e}", digits - 1, n);
    let (mantissa, exponent) = shown.split_once('e').unwrap_or((&shown, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -6 || exponent >= digits as i32 {
        let sign = if exponent < 0 { '-' } else { '+' };
        return Ok(format!("{mantissa}e{sign}{}", exponent.abs()).into());
    }
    Ok(fixed(n, (digits as i32 - 1 - exponent).max(0) as usize).into())
}

/// `1,234,567.891`: at most three places.
fn with_commas(n: f64) -> String {
    if !n.is_finite() {
        return if n.is_nan() {
            "NaN".into()
        } else if n > 0.0 {
            "∞".into()
        } else {
            "-∞".into()
        };
    }
    let shown = fixed(n.abs(), 3);
    let (whole, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
    let mut out = String::new();
    for (at, c) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    let fraction = fraction.trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    let sign = if n < 0.0 { "-" } else { "" };
    format!("{sign}{out}{dot}{fraction}")
}
