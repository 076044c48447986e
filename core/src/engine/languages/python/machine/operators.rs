//! Operators of two values, and of one.

use super::heap::Obj;
use super::numbers::{real, small, whole};
use super::vm::{Got, Vm, MAX_VALUE};
use super::{Dict, Value};
use crate::engine::languages::python::syntax::ast::{BinOp, UnOp};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

/// Operators of small numbers and short texts.
pub fn quick(op: BinOp, a: &Value, b: &Value) -> Option<Value> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => {
            let (a, b) = (*a, *b);
            Some(Value::Int(match op {
                BinOp::Add => a.checked_add(b)?,
                BinOp::Sub => a.checked_sub(b)?,
                BinOp::Mul => a.checked_mul(b)?,
                BinOp::FloorDiv if b > 0 => a.div_euclid(b),
                BinOp::Mod if b > 0 => a.rem_euclid(b),
                BinOp::And => a & b,
                BinOp::Or => a | b,
                BinOp::Xor => a ^ b,
                BinOp::Shr if (0..64).contains(&b) => a >> b,
                BinOp::Div if b != 0 && a.unsigned_abs() < 1 << 53 && b.unsigned_abs() < 1 << 53 => {
                    return Some(Value::float(a as f64 / b as f64));
                }
                _ => return None,
            }))
        }
        (Value::Float(a), Value::Float(b)) => quick_float(op, a.0, b.0),
        (Value::Float(a), Value::Int(b)) => quick_float(op, a.0, *b as f64),
        (Value::Int(a), Value::Float(b)) => quick_float(op, *a as f64, b.0),
        _ => None,
    }
}

fn quick_float(op: BinOp, a: f64, b: f64) -> Option<Value> {
    Some(Value::float(match op {
        BinOp::Add => a + b,
        BinOp::Sub => a - b,
        BinOp::Mul => a * b,
        BinOp::Div if b != 0.0 => a / b,
        _ => return None,
    }))
}

/// The sign of an operator, its method, the reflected one, the one in place.
fn described(op: BinOp) -> (&'static str, &'static str) {
    match op {
        BinOp::Add => ("+", "add"),
        BinOp::Sub => ("-", "sub"),
        BinOp::Mul => ("*", "mul"),
        BinOp::Div => ("/", "truediv"),
        BinOp::FloorDiv => ("//", "floordiv"),
        BinOp::Mod => ("%", "mod"),
        BinOp::Pow => ("** or pow()", "pow"),
        BinOp::MatMul => ("@", "matmul"),
        BinOp::And => ("&", "and"),
        BinOp::Or => ("|", "or"),
        BinOp::Xor => ("^", "xor"),
        BinOp::Shl => ("<<", "lshift"),
        BinOp::Shr => (">>", "rshift"),
    }
}

impl Vm<'_, '_> {
    /// `a op= b`.
    pub(super) fn inplace(&mut self, op: BinOp, a: &Value, b: &Value) -> Got {
        let (_, name) = described(op);
        if let Some(method) = self.special(a, &format!("__i{name}__")) {
            let value = self.call(&method, vec![a.clone(), b.clone()])?;
            if value != Value::NotImplemented {
                return Ok(value);
            }
        }
        let id = a.id();
        match (op, id.map(|id| self.m.heap.get(id))) {
            (BinOp::Add, Some(Obj::List(_))) => {
                let items = self.list_of(b)?;
                self.claim(items.len() * 24)?;
                if let Some(list) = id.and_then(|id| self.m.heap.list_mut(id)) {
                    list.extend(items);
                }
                Ok(a.clone())
            }
            (BinOp::Or, Some(Obj::Dict(_))) => {
                for (key, value) in self.pairs_of(b)?.unwrap_or_default() {
                    self.dict_set(a, key, value)?;
                }
                Ok(a.clone())
            }
            (BinOp::Or, Some(Obj::Set(_))) if matches!(b.id().map(|id| self.m.heap.get(id)), Some(Obj::Set(_) | Obj::FrozenSet(_))) => {
                for value in self.list_of(b)? {
                    self.dict_set(a, value, Value::None)?;
                }
                Ok(a.clone())
            }
            _ => self.binary_shown(op, a, b, true),
        }
    }

    /// `a op b`.
    pub fn binary(&mut self, op: BinOp, a: &Value, b: &Value) -> Got {
        self.binary_shown(op, a, b, false)
    }

    fn binary_shown(&mut self, op: BinOp, a: &Value, b: &Value, inplace: bool) -> Got {
        let (sign, name) = described(op);
        let own = self.special(a, &format!("__{name}__"));
        let reflected = self.special(b, &format!("__r{name}__"));
        let derived = self.type_of(a) != self.type_of(b) && self.is_subclass(self.type_of(b), self.type_of(a));
        if derived && let Some(method) = &reflected {
            let value = self.call(method, vec![b.clone(), a.clone()])?;
            if value != Value::NotImplemented {
                return Ok(value);
            }
        }
        if let Some(method) = own {
            let value = self.call(&method, vec![a.clone(), b.clone()])?;
            if value != Value::NotImplemented {
                return Ok(value);
            }
        }
        if let Some(method) = reflected.filter(|_| !derived) {
            let value = self.call(&method, vec![b.clone(), a.clone()])?;
            if value != Value::NotImplemented {
                return Ok(value);
            }
        }
        let (x, y) = (self.plain(a), self.plain(b));
        if op == BinOp::Mod && matches!(x, Value::Str(_)) {
            return self.percent(&x, b);
        }
        if let Some(value) = self.builtin_binary(op, &x, &y)? {
            return Ok(value);
        }
        let (left, right) = (self.type_name(a), self.type_name(b));
        if op == BinOp::Add && matches!(x, Value::Str(_)) {
            return Err(self.type_error(format!("can only concatenate str (not \"{right}\") to str")));
        }
        if let (BinOp::Add, Some(kind)) = (op, x.id().and_then(|id| self.sequence_name(id))) {
            return Err(self.type_error(format!("can only concatenate {kind} (not \"{right}\") to {kind}")));
        }
        if op == BinOp::Mul
            && (matches!(x, Value::Str(_)) || x.id().is_some_and(|id| self.sequence_name(id).is_some()))
        {
            return Err(self.type_error(format!("can't multiply sequence by non-int of type '{right}'")));
        }
        let sign = match (op, inplace) {
            (BinOp::Pow, true) => "**=".to_string(),
            (_, true) => format!("{sign}="),
            _ => sign.to_string(),
        };
        Err(self.type_error(format!("unsupported operand type(s) for {sign}: '{left}' and '{right}'")))
    }

    fn sequence_name(&self, id: super::Id) -> Option<&'static str> {
        match self.m.heap.get(id) {
            Obj::List(_) => Some("list"),
            Obj::Tuple(_) => Some("tuple"),
            _ => None,
        }
    }

    /// Operators of built-in values; nothing where they have none.
    fn builtin_binary(&mut self, op: BinOp, a: &Value, b: &Value) -> Got<Option<Value>> {
        if let (Some(x), Some(y)) = (whole(a), whole(b)) {
            if let (Value::Bool(x), Value::Bool(y)) = (a, b) {
                match op {
                    BinOp::And => return Ok(Some(Value::Bool(x & y))),
                    BinOp::Or => return Ok(Some(Value::Bool(x | y))),
                    BinOp::Xor => return Ok(Some(Value::Bool(x ^ y))),
                    _ => {}
                }
            }
            return self.whole_binary(op, &x, &y);
        }
        if let (Some(x), Some(y)) = (real(a), real(b)) {
            return self.real_binary(op, x, y);
        }
        match (op, a, b) {
            (BinOp::Add, Value::Str(x), Value::Str(y)) => {
                self.claim(x.len() + y.len())?;
                Ok(Some(self.string(format!("{x}{y}"))?))
            }
            (BinOp::Add, Value::Bytes(x), Value::Bytes(y)) => Ok(Some(self.bytes([&x[..], &y[..]].concat())?)),
            (BinOp::Mul, _, n) if small(n).is_some() || matches!(n, Value::Big(_)) => self.repeated(a, n),
            (BinOp::Mul, n, _) if small(n).is_some() || matches!(n, Value::Big(_)) => self.repeated(b, n),
            (BinOp::Or, Value::None | Value::Obj(_), Value::None | Value::Obj(_)) if self.are_types(a, b) => {
                Ok(Some(self.tuple(vec![a.clone(), b.clone()])))
            }
            (_, Value::Obj(x), Value::Obj(y)) => {
                let (x, y) = (self.m.heap.get(*x).clone(), self.m.heap.get(*y).clone());
                self.object_binary(op, x, y)
            }
            _ => Ok(None),
        }
    }

    fn are_types(&self, a: &Value, b: &Value) -> bool {
        let class = |v: &Value| *v == Value::None || v.id().is_some_and(|id| matches!(self.m.heap.get(id), Obj::Class(_) | Obj::Tuple(_)));
        class(a) && class(b) && [a, b].iter().any(|v| v.id().is_some_and(|id| matches!(self.m.heap.get(id), Obj::Class(_))))
    }

    fn object_binary(&mut self, op: BinOp, a: Obj, b: Obj) -> Got<Option<Value>> {
        match (op, a, b) {
            (BinOp::Add, Obj::List(mut x), Obj::List(y)) => {
                self.claim((x.len() + y.len()) * 24)?;
                x.extend(y);
                Ok(Some(self.list(x)))
            }
            (BinOp::Add, Obj::Tuple(mut x), Obj::Tuple(y)) => {
                self.claim((x.len() + y.len()) * 24)?;
                x.extend(y);
                Ok(Some(self.tuple(x)))
            }
            (BinOp::Or, Obj::Dict(x), Obj::Dict(y)) => {
                let dict = self.once(|vm| Ok(vm.new_obj(Obj::Dict(x))))?;
                for (_, key, value) in y.iter() {
                    self.dict_set(&dict, key.clone(), value.clone())?;
                }
                Ok(Some(dict))
            }
            (_, Obj::Set(x) | Obj::FrozenSet(x), Obj::Set(y) | Obj::FrozenSet(y)) => self.set_binary(op, &x, &y),
            (_, Obj::View(x, _), Obj::View(y, _)) => {
                let (x, y) = (self.m.heap.dict(x).cloned().unwrap_or_default(), self.m.heap.dict(y).cloned().unwrap_or_default());
                self.set_binary(op, &x, &y)
            }
            (_, Obj::View(x, _), Obj::Set(y)) => {
                let x = self.m.heap.dict(x).cloned().unwrap_or_default();
                self.set_binary(op, &x, &y)
            }
            _ => Ok(None),
        }
    }

    pub fn set_binary(&mut self, op: BinOp, a: &Dict, b: &Dict) -> Got<Option<Value>> {
        let mut out = Dict::default();
        for (hash, key, _) in a.iter() {
            let there = self.find(b, *hash, key)?.is_some();
            let keep = match op {
                BinOp::And => there,
                BinOp::Or => true,
                BinOp::Sub | BinOp::Xor => !there,
                _ => return Ok(None),
            };
            if keep {
                out.push(*hash, key.clone(), Value::None);
            }
        }
        if matches!(op, BinOp::Or | BinOp::Xor) {
            for (hash, key, _) in b.iter() {
                if self.find(a, *hash, key)?.is_none() {
                    out.push(*hash, key.clone(), Value::None);
                }
            }
        }
        Ok(Some(self.new_obj(Obj::Set(out))))
    }

    fn repeated(&mut self, value: &Value, times: &Value) -> Got<Option<Value>> {
        let times = match times {
            Value::Big(n) if n.is_positive() => return Err(self.error("OverflowError", "cannot fit 'int' into an index-sized integer")),
            other => small(other).unwrap_or(0).max(0) as usize,
        };
        let size = match value {
            Value::Str(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::Obj(id) => match self.m.heap.get(*id) {
                Obj::List(items) | Obj::Tuple(items) => items.len() * 24,
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        self.claim(size.checked_mul(times).unwrap_or(MAX_VALUE.saturating_mul(64)))?;
        Ok(Some(match value {
            Value::Str(text) => Value::Str(text.repeat(times).into()),
            Value::Bytes(bytes) => Value::Bytes(bytes.repeat(times).into()),
            _ => {
                let items = self.items_of(value).unwrap_or_default();
                let total = items.len() * times;
                let all = items.iter().cycle().take(total).cloned().collect();
                if matches!(value.id().map(|id| self.m.heap.get(id)), Some(Obj::Tuple(_))) {
                    self.tuple(all)
                } else {
                    self.list(all)
                }
            }
        }))
    }

    fn whole_binary(&mut self, op: BinOp, a: &BigInt, b: &BigInt) -> Got<Option<Value>> {
        let text = match op {
            BinOp::Div => "division by zero",
            BinOp::FloorDiv => "integer division or modulo by zero",
            _ => "integer modulo by zero",
        };
        if b.is_zero() && matches!(op, BinOp::Div | BinOp::FloorDiv | BinOp::Mod) {
            let text = if self.m.minor < 11 && op != BinOp::Div { "integer division or modulo by zero" } else { text };
            return Err(self.error("ZeroDivisionError", text));
        }
        let value = match op {
            BinOp::Add => a + b,
            BinOp::Sub => a - b,
            BinOp::Mul => {
                self.work((a.bits().saturating_mul(b.bits()) >> 14) as usize);
                if a.bits() + b.bits() > super::numbers::MAX_BITS {
                    return self.missing("whole numbers of more than 4,000,000 bits");
                }
                a * b
            }
            BinOp::Div => return self.true_division(a, b).map(Some),
            BinOp::FloorDiv => num_integer_floor(a, b).0,
            BinOp::Mod => num_integer_floor(a, b).1,
            BinOp::And => a & b,
            BinOp::Or => a | b,
            BinOp::Xor => a ^ b,
            BinOp::Shl | BinOp::Shr => {
                if b.is_negative() {
                    return Err(self.value_error("negative shift count"));
                }
                let shift = b.to_u64().unwrap_or(u64::MAX);
                if op == BinOp::Shr {
                    a >> shift.min(a.bits() + 1)
                } else if a.is_zero() {
                    BigInt::zero()
                } else if shift > super::numbers::MAX_BITS {
                    return self.missing("whole numbers of more than 4,000,000 bits");
                } else {
                    a << shift
                }
            }
            BinOp::Pow => return self.power(a, b).map(Some),
            BinOp::MatMul => return Ok(None),
        };
        self.number(value).map(Some)
    }

    fn true_division(&mut self, a: &BigInt, b: &BigInt) -> Got {
        if a.bits() <= 53 && b.bits() <= 53 {
            return Ok(Value::float(a.to_f64().unwrap_or(0.0) / b.to_f64().unwrap_or(1.0)));
        }
        // Scaled so that the quotient has 64 significant bits, the last one telling of a remainder.
        let shift = 66 + b.bits() as i64 - a.bits() as i64;
        let (x, y) = if shift >= 0 { (a.abs() << shift as u64, b.abs()) } else { (a.abs(), b.abs() << (-shift) as u64) };
        let (mut quotient, rest) = num_integer_floor(&x, &y);
        if !rest.is_zero() {
            quotient |= BigInt::from(1);
        }
        let scaled = quotient.to_f64().unwrap_or(f64::INFINITY);
        let value = scaled * 2f64.powi((-shift / 2) as i32) * 2f64.powi((-shift - -shift / 2) as i32);
        if value.is_infinite() {
            return Err(self.error("OverflowError", "integer division result too large for a float"));
        }
        Ok(Value::float(if a.is_negative() == b.is_negative() { value } else { -value }))
    }

    fn power(&mut self, base: &BigInt, exponent: &BigInt) -> Got {
        if exponent.is_negative() {
            let (x, y) = (base.to_f64().unwrap_or(0.0), exponent.to_f64().unwrap_or(0.0));
            if x == 0.0 {
                let text = if self.m.minor >= 14 { "zero to a negative power" } else { "0.0 cannot be raised to a negative power" };
                return Err(self.error("ZeroDivisionError", text));
            }
            return Ok(Value::float(x.powf(y)));
        }
        let times = exponent.to_u64().unwrap_or(u64::MAX);
        if base.bits() > 1 && base.bits().saturating_mul(times) > super::numbers::MAX_BITS + 64 {
            return self.missing("whole numbers of more than 4,000,000 bits");
        }
        self.work((base.bits().saturating_mul(times.min(1 << 32)) / 64) as usize);
        let times = if base.bits() <= 1 { times % 2 + 2 * u64::from(times > 1) } else { times };
        self.number(base.pow(u32::try_from(times).unwrap_or(u32::MAX)))
    }

    fn real_binary(&mut self, op: BinOp, a: f64, b: f64) -> Got<Option<Value>> {
        if b == 0.0 && matches!(op, BinOp::Div | BinOp::FloorDiv | BinOp::Mod) {
            let text = match op {
                BinOp::Div => "float division by zero",
                _ if self.m.minor < 9 => "float divmod()",
                BinOp::Mod => "float modulo",
                _ => "float floor division by zero",
            };
            let text = if self.m.minor >= 14 { "division by zero" } else { text };
            return Err(self.error("ZeroDivisionError", text));
        }
        Ok(Some(Value::float(match op {
            BinOp::Add => a + b,
            BinOp::Sub => a - b,
            BinOp::Mul => a * b,
            BinOp::Div => a / b,
            BinOp::FloorDiv => floor_mod(a, b).0,
            BinOp::Mod => floor_mod(a, b).1,
            BinOp::Pow => {
                if a == 0.0 && b < 0.0 {
                    let text = if self.m.minor >= 14 { "zero to a negative power" } else { "0.0 cannot be raised to a negative power" };
                    return Err(self.error("ZeroDivisionError", text));
                }
                if a < 0.0 && b.fract() != 0.0 {
                    return self.missing("complex numbers");
                }
                let value = a.powf(b);
                if value.is_infinite() && a.is_finite() && b.is_finite() {
                    return Err(self.error("OverflowError", "(34, 'Numerical result out of range')"));
                }
                value
            }
            _ => return Ok(None),
        })))
    }

    /// `op value`.
    pub(super) fn unary(&mut self, op: UnOp, value: &Value) -> Got {
        if op == UnOp::Not {
            return Ok(Value::Bool(!self.truth(value)?));
        }
        let (sign, name) = match op {
            UnOp::Neg => ("-", "__neg__"),
            UnOp::Pos => ("+", "__pos__"),
            _ => ("~", "__invert__"),
        };
        if let Some(method) = self.special(value, name) {
            return self.call(&method, vec![value.clone()]);
        }
        let plain = self.plain(value);
        match (op, &plain) {
            (UnOp::Neg, Value::Float(n)) => Ok(Value::float(-n.0)),
            (UnOp::Pos, Value::Float(_)) => Ok(plain),
            _ => match (op, whole(&plain)) {
                (UnOp::Neg, Some(n)) => self.number(-n),
                (UnOp::Pos, Some(n)) => self.number(n),
                (_, Some(n)) => self.number(-n - 1),
                _ => {
                    let name = self.type_name(value);
                    Err(self.type_error(format!("bad operand type for unary {sign}: '{name}'")))
                }
            },
        }
    }
}

/// Quotient and remainder, rounded down.
pub fn num_integer_floor(a: &BigInt, b: &BigInt) -> (BigInt, BigInt) {
    let (quotient, rest) = (a / b, a % b);
    if !rest.is_zero() && (rest.is_negative() != b.is_negative()) { (quotient - 1, rest + b) } else { (quotient, rest) }
}

/// Quotient and remainder of floating-point numbers, rounded down.
pub fn floor_mod(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest != 0.0 {
        if (b < 0.0) != (rest < 0.0) {
            rest += b;
            quotient -= 1.0;
        }
    } else {
        rest = 0f64.copysign(b);
    }
    let mut floor = quotient.floor();
    if quotient - floor > 0.5 {
        floor += 1.0;
    }
    if quotient == 0.0 {
        floor = 0f64.copysign(a / b);
    }
    (floor, rest)
}
