//! Numbers are made from other values; their methods.

use super::{Entry, MANY};
use crate::engine::languages::python::machine::numbers::{MAX_DIGITS, real, truncated, whole};
use crate::engine::languages::python::machine::{Args, Got, Value, Vm};
use num_bigint::{BigInt, Sign};
use num_traits::{Num, Signed};

pub const INT: &[Entry] = &[
    ("__new__", new_int, 0, 2),
    ("bit_length", bit_length, 0, 0),
    ("bit_count", bit_count, 0, 0),
    ("to_bytes", to_bytes, 0, 3),
    ("from_bytes", from_bytes, 1, 4),
    ("is_integer", |_, _| Ok(Value::Bool(true)), 0, 0),
    ("conjugate", |vm, a| Ok(vm.plain(&a.at(0))), 0, 0),
];
pub const BOOL: &[Entry] = &[("__new__", new_bool, 0, 1)];
pub const FLOAT: &[Entry] =
    &[("__new__", new_float, 0, 1), ("is_integer", is_integer, 0, 0), ("as_integer_ratio", ratio, 0, 0), ("hex", MISSING, 0, MANY)];

const MISSING: crate::engine::languages::python::machine::NativeFn = |vm, _| vm.missing("float.hex");

fn new_int(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let Some(value) = args.get(1) else { return super::lists::wrap(vm, args, Value::Int(0)) };
    let base = match args.opt(2, "base") {
        Some(base) => Some(vm.int_arg(base)?),
        None => None,
    };
    let plain = vm.plain(value);
    let made = match &plain {
        Value::Str(text) => parse(vm, text, base.unwrap_or(10), &plain)?,
        Value::Bytes(bytes) => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            parse(vm, &text, base.unwrap_or(10), &plain)?
        }
        _ if base.is_some() => return Err(vm.type_error("int() can't convert non-string with explicit base")),
        Value::Float(n) if n.0.is_nan() => return Err(vm.value_error("cannot convert float NaN to integer")),
        Value::Float(n) => match truncated(n.0) {
            Some(n) => vm.number(n)?,
            None => return Err(vm.error("OverflowError", "cannot convert float infinity to integer")),
        },
        other => match whole(other) {
            Some(n) => Value::big(n),
            None => scripted(vm, value)?,
        },
    };
    super::lists::wrap(vm, args, made)
}

fn scripted(vm: &mut Vm<'_, '_>, value: &Value) -> Got {
    for name in ["__int__", "__index__", "__trunc__"] {
        if let Some(method) = vm.special(value, name) {
            return vm.call(&method, vec![value.clone()]);
        }
    }
    let name = vm.type_name(value);
    let real = if vm.m.minor >= 10 { "a real number" } else { "a number" };
    Err(vm.type_error(format!("int() argument must be a string, a bytes-like object or {real}, not '{name}'")))
}

fn parse(vm: &mut Vm<'_, '_>, text: &str, base: i64, shown: &Value) -> Got {
    let trimmed = text.trim();
    let (sign, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (Sign::Minus, rest),
        None => (Sign::Plus, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let lower = digits.to_ascii_lowercase();
    let prefixed = [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find(|(p, b)| lower.starts_with(p) && (base == 0 || base == *b));
    let (digits, radix) = match prefixed {
        Some((prefix, radix)) => (lower.strip_prefix(prefix).unwrap_or(&lower).trim_start_matches('_').to_string(), radix),
        None => (lower, if base == 0 { 10 } else { base }),
    };
    let fair = !digits.starts_with('_') && !digits.ends_with('_') && !digits.contains("__") && !digits.starts_with(['+', '-']);
    let digits = digits.replace('_', "");
    if digits.len() > MAX_DIGITS && radix == 10 {
        let text = format!("Exceeds the limit (4300 digits) for integer string conversion: value has {} digits; use sys.set_int_max_str_digits() to increase the limit", digits.len());
        return Err(vm.value_error(text));
    }
    let number = u32::try_from(radix).ok().filter(|r| (2..=36).contains(r) && fair && digits.len() < 1_000_000);
    match number.and_then(|radix| BigInt::from_str_radix(&digits, radix).ok()) {
        Some(n) => vm.number(if sign == Sign::Minus { -n } else { n }),
        None => {
            let shown = vm.repr(shown)?;
            Err(vm.value_error(format!("invalid literal for int() with base {base}: {shown}")))
        }
    }
}

fn new_bool(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    match args.get(1) {
        Some(value) => vm.truth(value).map(Value::Bool),
        None => Ok(Value::Bool(false)),
    }
}

fn new_float(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let Some(value) = args.get(1) else { return Ok(Value::float(0.0)) };
    let made = match vm.plain(value) {
        Value::Str(text) => {
            let trimmed = text.trim().replace('_', "");
            let lower = trimmed.to_ascii_lowercase();
            let word = lower.trim_start_matches(['+', '-']);
            let named = matches!(word, "inf" | "infinity" | "nan");
            let plain = word.bytes().all(|b| b.is_ascii_digit() || b"+-.e".contains(&b)) && !word.is_empty();
            match lower.parse::<f64>() {
                Ok(n) if named || plain => n,
                _ => {
                    let shown = vm.repr(value)?;
                    return Err(vm.value_error(format!("could not convert string to float: {shown}")));
                }
            }
        }
        other => match real(&other) {
            Some(n) if n.is_infinite() && !matches!(other, Value::Float(_)) => {
                return Err(vm.error("OverflowError", "int too large to convert to float"));
            }
            Some(n) => n,
            None if vm.special(value, "__float__").is_some() => vm.float_arg(value)?,
            None => {
                let name = vm.type_name(value);
                let real = if vm.m.minor >= 10 { "a real number" } else { "a number" };
                return Err(vm.type_error(format!("float() argument must be a string or {real}, not '{name}'")));
            }
        },
    };
    super::lists::wrap(vm, args, Value::float(made))
}

fn is_integer(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let n = vm.float_arg(&args.at(0))?;
    Ok(Value::Bool(n.is_finite() && n.fract() == 0.0))
}

fn ratio(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let mut n = vm.float_arg(&args.at(0))?;
    if !n.is_finite() {
        return Err(vm.error("OverflowError", "cannot convert Infinity to integer ratio"));
    }
    let mut bits = 0_u32;
    while n.fract() != 0.0 {
        n *= 2.0;
        bits += 1;
    }
    let over = truncated(n).unwrap_or_default();
    let (a, b) = (vm.number(over)?, vm.number(BigInt::from(1) << bits)?);
    Ok(vm.tuple(vec![a, b]))
}

fn this(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<BigInt> {
    match whole(&vm.plain(&args.at(0))) {
        Some(n) => Ok(n),
        None => Err(vm.type_error("descriptor requires an 'int' object")),
    }
}

fn bit_length(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    Ok(Value::Int(this(vm, args)?.bits() as i64))
}

fn bit_count(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let n = this(vm, args)?;
    Ok(Value::Int(n.magnitude().iter_u64_digits().map(|d| i64::from(d.count_ones())).sum()))
}

fn is_big(vm: &mut Vm<'_, '_>, order: Option<&Value>) -> Got<bool> {
    match order {
        Some(order) => Ok(super::text(vm, order)? == "big"),
        None => Ok(true),
    }
}

fn to_bytes(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let n = this(vm, args)?;
    let length = match args.opt(1, "length") {
        Some(length) => vm.int_arg(length)?.clamp(0, 1 << 20) as usize,
        None => 1,
    };
    let big = is_big(vm, args.opt(2, "byteorder"))?;
    if n.is_negative() {
        return Err(vm.error("OverflowError", "can't convert negative int to unsigned"));
    }
    let mut bytes = n.magnitude().to_bytes_be();
    if bytes == [0] {
        bytes.clear();
    }
    if bytes.len() > length {
        return Err(vm.error("OverflowError", "int too big to convert"));
    }
    let mut out = vec![0; length - bytes.len()];
    out.extend(bytes);
    if !big {
        out.reverse();
    }
    vm.bytes(out)
}

fn from_bytes(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let first = usize::from(args.at(0).id().is_some_and(|id| vm.m.heap.class(id).is_some()));
    let bytes = super::byte_string(vm, &args.at(first))?;
    let big = is_big(vm, args.opt(first + 1, "byteorder"))?;
    vm.number(if big { BigInt::from_bytes_be(Sign::Plus, &bytes) } else { BigInt::from_bytes_le(Sign::Plus, &bytes) })
}
