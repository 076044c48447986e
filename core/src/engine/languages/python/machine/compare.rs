//! Comparisons.

use super::heap::Obj;
use super::numbers::{real, whole};
use super::vm::{Got, Vm};
use super::{Dict, Value};
use crate::engine::languages::python::syntax::ast::CmpOp;
use std::cmp::Ordering;

/// Comparisons that need nothing but the two values.
pub fn quick(op: CmpOp, a: &Value, b: &Value) -> Option<bool> {
    match op {
        CmpOp::Is => return Some(a.is(b)),
        CmpOp::IsNot => return Some(!a.is(b)),
        _ => {}
    }
    let order = match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Str(a), Value::Str(b)) => a.as_ref().cmp(b.as_ref()),
        (Value::None, Value::None) if matches!(op, CmpOp::Eq | CmpOp::Ne) => Ordering::Equal,
        _ => return None,
    };
    holds(op, Some(order))
}

fn holds(op: CmpOp, order: Option<Ordering>) -> Option<bool> {
    let Some(order) = order else { return Some(op == CmpOp::Ne) };
    Some(match op {
        CmpOp::Eq => order.is_eq(),
        CmpOp::Ne => order.is_ne(),
        CmpOp::Lt => order.is_lt(),
        CmpOp::Le => order.is_le(),
        CmpOp::Gt => order.is_gt(),
        CmpOp::Ge => order.is_ge(),
        _ => return None,
    })
}

fn described(op: CmpOp) -> (&'static str, &'static str, &'static str) {
    match op {
        CmpOp::Eq => ("==", "__eq__", "__eq__"),
        CmpOp::Ne => ("!=", "__ne__", "__ne__"),
        CmpOp::Lt => ("<", "__lt__", "__gt__"),
        CmpOp::Le => ("<=", "__le__", "__ge__"),
        CmpOp::Gt => (">", "__gt__", "__lt__"),
        _ => (">=", "__ge__", "__le__"),
    }
}

/// Numbers of any kind; nothing where one of them is no number (or not a number).
fn number_order(a: &Value, b: &Value) -> Option<Option<Ordering>> {
    if let (Some(a), Some(b)) = (whole(a), whole(b)) {
        return Some(Some(a.cmp(&b)));
    }
    let (x, y) = (real(a)?, real(b)?);
    if let (Some(n), Value::Float(f)) = (whole(a), b)
        && f.0.is_finite()
    {
        return Some(against(&n, f.0));
    }
    if let (Value::Float(f), Some(n)) = (a, whole(b))
        && f.0.is_finite()
    {
        return Some(against(&n, f.0).map(Ordering::reverse));
    }
    Some(x.partial_cmp(&y))
}

/// A whole number against a finite one, exactly.
fn against(n: &num_bigint::BigInt, f: f64) -> Option<Ordering> {
    let floor = super::numbers::truncated(f.floor())?;
    Some(match n.cmp(&floor) {
        Ordering::Equal if f > f.floor() => Ordering::Less,
        order => order,
    })
}

impl Vm<'_, '_> {
    /// `a op b`.
    pub fn compare(&mut self, op: CmpOp, a: &Value, b: &Value) -> Got {
        if let Some(truth) = quick(op, a, b) {
            return Ok(Value::Bool(truth));
        }
        match op {
            CmpOp::In => return Ok(Value::Bool(self.contains(b, a)?)),
            CmpOp::NotIn => return Ok(Value::Bool(!self.contains(b, a)?)),
            _ => {}
        }
        let (sign, own, reflected) = described(op);
        let derived = self.type_of(a) != self.type_of(b) && self.is_subclass(self.type_of(b), self.type_of(a));
        let mut tries = vec![(a, b, own), (b, a, reflected)];
        if derived {
            tries.reverse();
        }
        for (x, y, name) in tries {
            if let Some(method) = self.special(x, name) {
                let value = self.call(&method, vec![x.clone(), y.clone()])?;
                if value != Value::NotImplemented {
                    return Ok(value);
                }
            }
            if op == CmpOp::Ne
                && let Some(method) = self.special(x, "__eq__")
            {
                let value = self.call(&method, vec![x.clone(), y.clone()])?;
                if value != Value::NotImplemented {
                    return Ok(Value::Bool(!self.truth(&value)?));
                }
            }
        }
        let (x, y) = (self.plain(a), self.plain(b));
        if let Some(truth) = self.deeper(|vm| vm.builtin_compare(op, &x, &y))? {
            return Ok(Value::Bool(truth));
        }
        match op {
            CmpOp::Eq => Ok(Value::Bool(a.is(b))),
            CmpOp::Ne => Ok(Value::Bool(!a.is(b))),
            _ => {
                let (left, right) = (self.type_name(a), self.type_name(b));
                Err(self.type_error(format!("'{sign}' not supported between instances of '{left}' and '{right}'")))
            }
        }
    }

    /// `a == b`.
    pub fn equal(&mut self, a: &Value, b: &Value) -> Got<bool> {
        if a == b && !matches!(a, Value::Float(n) if n.0.is_nan()) {
            return Ok(true);
        }
        let value = self.compare(CmpOp::Eq, a, b)?;
        self.truth(&value)
    }

    /// `a < b`.
    pub fn less(&mut self, a: &Value, b: &Value) -> Got<bool> {
        let value = self.compare(CmpOp::Lt, a, b)?;
        self.truth(&value)
    }

    fn builtin_compare(&mut self, op: CmpOp, a: &Value, b: &Value) -> Got<Option<bool>> {
        if let Some(order) = number_order(a, b) {
            return Ok(holds(op, order).map(|truth| truth && (order.is_some() || op == CmpOp::Ne)));
        }
        match (a, b) {
            (Value::Str(a), Value::Str(b)) => Ok(holds(op, Some(a.cmp(b)))),
            (Value::Bytes(a), Value::Bytes(b)) => Ok(holds(op, Some(a.cmp(b)))),
            (Value::Obj(x), Value::Obj(y)) => {
                let (x, y) = (self.m.heap.get(*x).clone(), self.m.heap.get(*y).clone());
                self.compare_objects(op, x, y)
            }
            _ => Ok(None),
        }
    }

    fn compare_objects(&mut self, op: CmpOp, a: Obj, b: Obj) -> Got<Option<bool>> {
        let equality = matches!(op, CmpOp::Eq | CmpOp::Ne);
        match (a, b) {
            (Obj::List(a), Obj::List(b)) | (Obj::Tuple(a), Obj::Tuple(b)) => self.compare_items(op, &a, &b),
            (Obj::Dict(a), Obj::Dict(b)) if equality => {
                let same = self.same_dicts(&a, &b)?;
                Ok(Some(same == (op == CmpOp::Eq)))
            }
            (Obj::Set(a) | Obj::FrozenSet(a), Obj::Set(b) | Obj::FrozenSet(b)) => {
                let below = a.len() <= b.len() && self.all_in(&a, &b)?;
                let above = b.len() <= a.len() && self.all_in(&b, &a)?;
                Ok(Some(match op {
                    CmpOp::Eq => below && above,
                    CmpOp::Ne => !(below && above),
                    CmpOp::Lt => below && !above,
                    CmpOp::Le => below,
                    CmpOp::Gt => above && !below,
                    _ => above,
                }))
            }
            (Obj::View(a, _), Obj::View(b, _)) if equality => {
                let (a, b) = (self.m.heap.dict(a).cloned().unwrap_or_default(), self.m.heap.dict(b).cloned().unwrap_or_default());
                let same = a.len() == b.len() && self.all_in(&a, &b)?;
                Ok(Some(same == (op == CmpOp::Eq)))
            }
            (Obj::View(a, _), Obj::Set(b)) if equality => {
                let a = self.m.heap.dict(a).cloned().unwrap_or_default();
                let same = a.len() == b.len() && self.all_in(&a, &b)?;
                Ok(Some(same == (op == CmpOp::Eq)))
            }
            (Obj::Range(a, b, c), Obj::Range(x, y, z)) if equality => {
                Ok(Some(((a, b, c) == (x, y, z)) == (op == CmpOp::Eq)))
            }
            (Obj::Method(a, b), Obj::Method(x, y)) if equality => Ok(Some((a == x && b == y) == (op == CmpOp::Eq))),
            (Obj::ByteArray(a), Obj::ByteArray(b)) => Ok(holds(op, Some(a.cmp(&b)))),
            _ => Ok(None),
        }
    }

    fn compare_items(&mut self, op: CmpOp, a: &[Value], b: &[Value]) -> Got<Option<bool>> {
        if matches!(op, CmpOp::Eq | CmpOp::Ne) && a.len() != b.len() {
            return Ok(Some(op == CmpOp::Ne));
        }
        self.work(a.len().min(b.len()) / 4);
        for (x, y) in a.iter().zip(b) {
            if !self.equal(x, y)? {
                return match op {
                    CmpOp::Eq => Ok(Some(false)),
                    CmpOp::Ne => Ok(Some(true)),
                    _ => {
                        let value = self.compare(op, x, y)?;
                        self.truth(&value).map(Some)
                    }
                };
            }
        }
        Ok(holds(op, Some(a.len().cmp(&b.len()))))
    }

    fn same_dicts(&mut self, a: &Dict, b: &Dict) -> Got<bool> {
        if a.len() != b.len() {
            return Ok(false);
        }
        for (hash, key, value) in a.iter() {
            let Some(at) = self.find(b, *hash, key)? else { return Ok(false) };
            let other = b.value_at(at).cloned().unwrap_or_default();
            if !self.equal(value, &other)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub fn all_in(&mut self, a: &Dict, b: &Dict) -> Got<bool> {
        for (hash, key, _) in a.iter() {
            if self.find(b, *hash, key)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `item in container`.
    pub fn contains(&mut self, container: &Value, item: &Value) -> Got<bool> {
        if let Some(method) = self.special(container, "__contains__") {
            let value = self.call(&method, vec![container.clone(), item.clone()])?;
            return self.truth(&value);
        }
        let plain = self.plain(container);
        match (&plain, item) {
            (Value::Str(text), Value::Str(part)) => return Ok(text.contains(&**part)),
            (Value::Str(_), other) => {
                let plain = self.plain(other);
                if let Value::Str(_) = plain {
                    return self.contains(container, &plain);
                }
                let name = self.type_name(other);
                return Err(self.type_error(format!("'in <string>' requires string as left operand, not {name}")));
            }
            (Value::Bytes(bytes), Value::Int(n)) => return Ok(bytes.iter().any(|b| i64::from(*b) == *n)),
            (Value::Bytes(bytes), Value::Bytes(part)) => {
                return Ok(part.is_empty() || bytes.windows(part.len()).any(|w| w == &part[..]));
            }
            _ => {}
        }
        if let Some(id) = plain.id() {
            match self.m.heap.get(id).clone() {
                Obj::Dict(dict) | Obj::Set(dict) | Obj::FrozenSet(dict) => {
                    let hash = self.hash(item)?;
                    return Ok(self.find(&dict, hash, item)?.is_some());
                }
                Obj::View(dict, super::View::Keys) => return self.contains(&Value::Obj(dict), item),
                Obj::Range(start, stop, step) => {
                    if let Value::Int(n) = item {
                        let within = if step > 0 { (start..stop).contains(n) } else { *n <= start && *n > stop };
                        return Ok(within && (*n - start) % step == 0);
                    }
                }
                _ => {}
            }
        }
        if self.iter_now(&plain).is_none() && self.special(container, "__iter__").is_none() && self.special(container, "__getitem__").is_none() {
            let name = self.type_name(container);
            return Err(self.type_error(format!("argument of type '{name}' is not iterable")));
        }
        for value in self.list_of(container)? {
            if self.equal(&value, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
