//! From one kind of value to another, and the comparisons and sums that need it.

use super::code::Binary;
use super::number;
use super::realm;
use super::value::{Key, Kind, Text, Value};
use super::vm::{Res, Trap, Vm};

/// The longest text, in bytes.
const MAX_TEXT: usize = 32 << 20;

impl Vm {
    pub fn type_of(&self, value: &Value) -> &'static str {
        match value {
            Value::Empty | Value::Undefined | Value::Cell(_) => "undefined",
            Value::Null => "object",
            Value::Bool(_) => "boolean",
            Value::Num(_) => "number",
            Value::Str(_) => "string",
            Value::Symbol(_) => "symbol",
            Value::Big(_) => "bigint",
            Value::Obj(id) => {
                if self.heap.get(*id).is_callable() {
                    "function"
                } else {
                    "object"
                }
            }
        }
    }

    pub fn is_callable(&self, value: &Value) -> bool {
        value.object().is_some_and(|id| self.heap.get(id).is_callable())
    }

    pub fn number(&mut self, value: &Value) -> Res<f64> {
        match value {
            Value::Num(n) => Ok(*n),
            Value::Empty | Value::Undefined | Value::Cell(_) => Ok(f64::NAN),
            Value::Null => Ok(0.0),
            Value::Bool(b) => Ok(f64::from(u8::from(*b))),
            Value::Str(text) => Ok(number::parse(text)),
            Value::Symbol(_) => self.type_error("Cannot convert a Symbol value to a number"),
            Value::Big(_) => self.type_error("Cannot convert a BigInt value to a number"),
            Value::Obj(id) => match &self.heap.get(*id).kind {
                Kind::Date(time) => Ok(*time),
                _ => Err(Trap::Primitive(*id, "number")),
            },
        }
    }

    /// The whole part, for indices; what is no number is 0.
    pub fn whole(&mut self, value: &Value) -> Res<f64> {
        let n = self.number(value)?;
        Ok(if n.is_nan() { 0.0 } else { n.trunc() })
    }

    pub fn text(&mut self, value: &Value) -> Res<Text> {
        Ok(match value {
            Value::Str(text) => text.clone(),
            Value::Num(n) => number::text(*n).into(),
            Value::Empty | Value::Undefined | Value::Cell(_) => "undefined".into(),
            Value::Null => "null".into(),
            Value::Bool(b) => (if *b { "true" } else { "false" }).into(),
            Value::Big(n) => n.to_string().into(),
            Value::Symbol(_) => return self.type_error("Cannot convert a Symbol value to a string"),
            Value::Obj(id) => return Err(Trap::Primitive(*id, "string")),
        })
    }

    /// A text for messages; never fails.
    pub fn plain_text(&self, value: &Value) -> String {
        match value {
            Value::Str(text) => text.to_string(),
            Value::Num(n) => number::text(*n),
            Value::Null => "null".into(),
            Value::Bool(b) => b.to_string(),
            Value::Big(n) => n.to_string(),
            Value::Symbol(id) => self.symbol_text(*id),
            Value::Obj(_) => self.shown_briefly(value),
            Value::Empty | Value::Undefined | Value::Cell(_) => "undefined".into(),
        }
    }

    /// As V8 shows a value in messages.
    pub fn shown_briefly(&self, value: &Value) -> String {
        match value {
            Value::Str(text) => format!("\"{text}\""),
            Value::Obj(id) => match &self.heap.get(*id).kind {
                Kind::Function(closure) => {
                    let unit = self.units.get(closure.unit as usize);
                    let code = unit.and_then(|u| u.compiled.codes.get(closure.code as usize));
                    let span = code.map_or((0, 0), |c| c.span);
                    unit.and_then(|u| u.source.text.get(span.0 as usize..span.1 as usize))
                        .unwrap_or("function")
                        .to_string()
                }
                Kind::Array(_) => "[object Array]".into(),
                _ => format!("#<{}>", self.class_name(*id).unwrap_or_else(|| "Object".into())),
            },
            other => self.plain_text(other),
        }
    }

    /// The name of an object's constructor.
    pub fn class_name(&self, id: u32) -> Option<String> {
        let constructor = self.plain(id, &"constructor".into())?.object()?;
        self.function_name(constructor).filter(|n| !n.is_empty())
    }

    /// The name of a function without making the property.
    pub fn function_name(&self, id: u32) -> Option<String> {
        if let Some(Value::Str(name)) =
            self.heap.get(id).props.get(&"name".into()).and_then(|p| match &p.slot {
                super::value::Slot::Value(v) => Some(v.clone()),
                super::value::Slot::Accessor(..) => None,
            })
        {
            return Some(name.to_string());
        }
        match &self.heap.get(id).kind {
            Kind::Function(closure) => {
                let code =
                    self.units.get(closure.unit as usize)?.compiled.codes.get(closure.code as usize)?;
                Some(code.name.trim_start_matches(super::compile_expr::PRIVATE).to_string())
            }
            Kind::Native(at) => Some(super::builtins::entry(*at).name().to_string()),
            Kind::Bound { target, .. } => Some(format!("bound {}", self.function_name(*target)?)),
            _ => None,
        }
    }

    pub fn key(&mut self, value: &Value) -> Res<Key> {
        Ok(match value {
            Value::Symbol(id) => Key::Symbol(*id),
            Value::Str(text) => Key::Str(text.clone()),
            other => Key::Str(self.text(other)?),
        })
    }

    /// A text made of two.
    pub fn joined(&mut self, a: &str, b: &str) -> Res<Value> {
        if a.len() + b.len() > MAX_TEXT {
            return self.range_error("Invalid string length");
        }
        self.cost += (a.len() + b.len()) as u64 / 64;
        self.heap.fresh += a.len() + b.len();
        let mut out = String::with_capacity(a.len() + b.len());
        out.push_str(a);
        out.push_str(b);
        Ok(Value::Str(out.into()))
    }

    pub fn binary(&mut self, op: Binary, a: &Value, b: &Value) -> Res<Value> {
        use Binary::{Add, Eq, Ge, Gt, In, InstanceOf, Le, Lt, Ne, NotSame, Same};
        if let (Value::Num(x), Value::Num(y)) = (a, b)
            && let Some(value) = numeric(op, *x, *y)
        {
            return Ok(value);
        }
        match op {
            Add => self.add(a, b),
            Same => Ok(a.same(b).into()),
            NotSame => Ok((!a.same(b)).into()),
            Eq => self.loosely_equal(a, b).map(Value::Bool),
            Ne => self.loosely_equal(a, b).map(|e| Value::Bool(!e)),
            Lt | Gt | Le | Ge => self.compare(op, a, b).map(Value::Bool),
            In => {
                let Value::Obj(id) = b else {
                    let (a, b) = (self.plain_text(a), self.plain_text(b));
                    return self.type_error(&format!("Cannot use 'in' operator to search for '{a}' in {b}"));
                };
                let key = self.key(a)?;
                Ok(self.has(*id, &key).into())
            }
            InstanceOf => self.instance_of(a, b).map(Value::Bool),
            _ => {
                let (a, b) = (self.primitive(a)?, self.primitive(b)?);
                if let (Value::Big(x), Value::Big(y)) = (&a, &b) {
                    return self.big(op, *x, *y);
                }
                if matches!(a, Value::Big(_)) || matches!(b, Value::Big(_)) {
                    return self.type_error("Cannot mix BigInt and other types, use explicit conversions");
                }
                let (x, y) = (self.number(&a)?, self.number(&b)?);
                Ok(numeric(op, x, y).unwrap_or_default())
            }
        }
    }

    /// The value unless it is an object, which must become a primitive first.
    fn primitive(&mut self, value: &Value) -> Res<Value> {
        match value {
            Value::Obj(id) => match self.heap.get(*id).kind {
                Kind::Date(time) => Ok(Value::Num(time)),
                _ => Err(Trap::Primitive(*id, "number")),
            },
            other => Ok(other.clone()),
        }
    }

    fn add(&mut self, a: &Value, b: &Value) -> Res<Value> {
        for value in [a, b] {
            if let Value::Obj(id) = value {
                return Err(Trap::Primitive(*id, "default"));
            }
        }
        match (a, b) {
            (Value::Str(x), Value::Str(y)) => self.joined(x, y),
            (Value::Str(x), other) => {
                let y = self.text(other)?;
                self.joined(x, &y)
            }
            (other, Value::Str(y)) => {
                let x = self.text(other)?;
                self.joined(&x, y)
            }
            (Value::Big(x), Value::Big(y)) => self.big(Binary::Add, *x, *y),
            (Value::Big(_), _) | (_, Value::Big(_)) => {
                self.type_error("Cannot mix BigInt and other types, use explicit conversions")
            }
            _ => Ok(Value::Num(self.number(a)? + self.number(b)?)),
        }
    }

    fn big(&mut self, op: Binary, x: i128, y: i128) -> Res<Value> {
        let result = match op {
            Binary::Add => x.checked_add(y),
            Binary::Sub => x.checked_sub(y),
            Binary::Mul => x.checked_mul(y),
            Binary::Div | Binary::Mod if y == 0 => return self.range_error("Division by zero"),
            Binary::Div => x.checked_div(y),
            Binary::Mod => x.checked_rem(y),
            Binary::Exp => u32::try_from(y).ok().and_then(|y| x.checked_pow(y)),
            Binary::And => Some(x & y),
            Binary::Or => Some(x | y),
            Binary::Xor => Some(x ^ y),
            Binary::Shl => u32::try_from(y).ok().filter(|y| *y < 100).and_then(|y| x.checked_mul(1 << y)),
            Binary::Shr => u32::try_from(y).ok().filter(|y| *y < 127).map(|y| x >> y),
            _ => None,
        };
        result.map(Value::Big).ok_or_else(|| Trap::Missing("a BigInt of more than 127 bits".into()))
    }

    fn loosely_equal(&mut self, a: &Value, b: &Value) -> Res<bool> {
        Ok(match (a, b) {
            (
                Value::Undefined | Value::Null | Value::Empty,
                Value::Undefined | Value::Null | Value::Empty,
            ) => true,
            (Value::Undefined | Value::Null | Value::Empty, _)
            | (_, Value::Undefined | Value::Null | Value::Empty) => false,
            (Value::Obj(x), Value::Obj(y)) => x == y,
            (Value::Obj(id), _) | (_, Value::Obj(id)) => return Err(Trap::Primitive(*id, "default")),
            (Value::Str(x), Value::Str(y)) => x == y,
            (Value::Symbol(x), Value::Symbol(y)) => x == y,
            (Value::Symbol(_), _) | (_, Value::Symbol(_)) => false,
            (Value::Big(x), Value::Big(y)) => x == y,
            (Value::Big(x), other) | (other, Value::Big(x)) => self.number(other)? == *x as f64,
            _ => self.number(a)? == self.number(b)?,
        })
    }

    fn compare(&mut self, op: Binary, a: &Value, b: &Value) -> Res<bool> {
        let (a, b) = (self.primitive(a)?, self.primitive(b)?);
        let order = match (&a, &b) {
            (Value::Str(x), Value::Str(y)) if x.is_ascii() && y.is_ascii() => Some(x.cmp(y)),
            (Value::Str(x), Value::Str(y)) => Some(x.encode_utf16().cmp(y.encode_utf16())),
            (Value::Big(x), Value::Big(y)) => Some(x.cmp(y)),
            (Value::Big(x), other) => (*x as f64).partial_cmp(&self.number(other)?),
            (other, Value::Big(y)) => self.number(other)?.partial_cmp(&(*y as f64)),
            _ => self.number(&a)?.partial_cmp(&self.number(&b)?),
        };
        Ok(order.is_some_and(|o| match op {
            Binary::Lt => o.is_lt(),
            Binary::Gt => o.is_gt(),
            Binary::Le => o.is_le(),
            _ => o.is_ge(),
        }))
    }

    pub fn instance_of(&mut self, value: &Value, class: &Value) -> Res<bool> {
        let Some(mut class_id) = class.object().filter(|_| self.is_callable(class)) else {
            return self.type_error(if class.object().is_some() {
                "Right-hand side of 'instanceof' is not callable"
            } else {
                "Right-hand side of 'instanceof' is not an object"
            });
        };
        while let Kind::Bound { target, .. } = &self.heap.get(class_id).kind {
            class_id = *target;
        }
        let proto = self.plain_or_lazy(class_id, "prototype").object();
        let mut at = value.object().and_then(|id| self.heap.get(id).proto);
        while let Some(here) = at {
            if Some(here) == proto {
                return Ok(true);
            }
            at = self.heap.get(here).proto;
        }
        Ok(false)
    }

    /// A text as a number of a kind that increments keep: a number or a BigInt.
    pub fn numeric(&mut self, value: &Value) -> Res<Value> {
        match value {
            Value::Big(_) | Value::Num(_) => Ok(value.clone()),
            other => self.number(other).map(Value::Num),
        }
    }

    /// `Object.prototype.toString`
    pub fn tag(&self, value: &Value) -> String {
        let name = match value {
            Value::Undefined | Value::Empty | Value::Cell(_) => "Undefined".into(),
            Value::Null => "Null".into(),
            Value::Bool(_) => "Boolean".into(),
            Value::Num(_) => "Number".into(),
            Value::Str(_) => "String".into(),
            Value::Symbol(_) => "Symbol".into(),
            Value::Big(_) => "BigInt".into(),
            Value::Obj(id) => {
                if let Some(Value::Str(tag)) = self.plain(*id, &Key::Symbol(realm::TO_STRING_TAG)) {
                    return format!("[object {tag}]");
                }
                match &self.heap.get(*id).kind {
                    Kind::Array(_) => "Array",
                    Kind::Function(_) | Kind::Native(_) | Kind::Bound { .. } | Kind::Resolver { .. } => {
                        "Function"
                    }
                    Kind::Error => "Error",
                    Kind::Date(_) => "Date",
                    Kind::Regex { .. } => "RegExp",
                    Kind::Arguments(_) => "Arguments",
                    Kind::Bytes(_) => "Uint8Array",
                    Kind::Boxed(Value::Str(_)) => "String",
                    Kind::Boxed(Value::Num(_)) => "Number",
                    Kind::Boxed(Value::Bool(_)) => "Boolean",
                    _ => "Object",
                }
                .to_string()
            }
        };
        format!("[object {name}]")
    }
}

/// An operator on two numbers; `None` where it is not about numbers.
fn numeric(op: Binary, x: f64, y: f64) -> Option<Value> {
    use number::{to_i32, to_u32};
    Some(match op {
        Binary::Add => Value::Num(x + y),
        Binary::Sub => Value::Num(x - y),
        Binary::Mul => Value::Num(x * y),
        Binary::Div => Value::Num(x / y),
        Binary::Mod => Value::Num(x % y),
        Binary::Exp => Value::Num(power(x, y)),
        Binary::And => Value::Num(f64::from(to_i32(x) & to_i32(y))),
        Binary::Or => Value::Num(f64::from(to_i32(x) | to_i32(y))),
        Binary::Xor => Value::Num(f64::from(to_i32(x) ^ to_i32(y))),
        Binary::Shl => Value::Num(f64::from(to_i32(x).wrapping_shl(to_u32(y) & 31))),
        Binary::Shr => Value::Num(f64::from(to_i32(x) >> (to_u32(y) & 31))),
        Binary::UShr => Value::Num(f64::from(to_u32(x) >> (to_u32(y) & 31))),
        Binary::Lt => Value::Bool(x < y),
        Binary::Gt => Value::Bool(x > y),
        Binary::Le => Value::Bool(x <= y),
        Binary::Ge => Value::Bool(x >= y),
        Binary::Eq | Binary::Same => Value::Bool(x == y),
        Binary::Ne | Binary::NotSame => Value::Bool(x != y),
        Binary::In | Binary::InstanceOf => return None,
    })
}

/// As the language has it: 1 to an infinite power is not a number.
pub fn power(x: f64, y: f64) -> f64 {
    if y.is_nan() || x.abs() == 1.0 && y.is_infinite() { f64::NAN } else { x.powf(y) }
}
