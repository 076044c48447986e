//! Numbers: whole ones of any size up to a limit, and the text of floating-point ones.

use super::vm::{Got, Vm};
use super::Value;
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

/// The largest whole number, in bits.
pub const MAX_BITS: u64 = 4_000_000;
/// The longest text of a number that is read or written, in digits.
pub const MAX_DIGITS: usize = 4300;

/// A whole number of any kind.
pub fn whole(value: &Value) -> Option<BigInt> {
    match value {
        Value::Int(n) => Some(BigInt::from(*n)),
        Value::Bool(b) => Some(BigInt::from(i64::from(*b))),
        Value::Big(n) => Some((**n).clone()),
        _ => None,
    }
}

/// A whole number of 64 bits.
pub fn small(value: &Value) -> Option<i64> {
    match value {
        Value::Int(n) => Some(*n),
        Value::Bool(b) => Some(i64::from(*b)),
        _ => None,
    }
}

/// A number as a floating-point one.
pub fn real(value: &Value) -> Option<f64> {
    match value {
        Value::Int(n) => Some(*n as f64),
        Value::Bool(b) => Some(f64::from(u8::from(*b))),
        Value::Float(n) => Some(n.0),
        Value::Big(n) => n.to_f64(),
        _ => None,
    }
}

/// A floating-point number as Python writes it.
pub fn float_text(n: f64) -> String {
    if n.is_nan() {
        return "nan".into();
    }
    if n.is_infinite() {
        return if n > 0.0 { "inf".into() } else { "-inf".into() };
    }
    let (digits, exponent) = digits_of(n);
    let sign = if n.is_sign_negative() { "-" } else { "" };
    if (-4..16).contains(&exponent) {
        return format!("{sign}{}", plain(&digits, exponent));
    }
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { String::new() } else { format!(".{rest}") };
    format!("{sign}{first}{point}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

/// The shortest digits that give the number, and its decimal exponent.
pub fn digits_of(n: f64) -> (String, i32) {
    let text = format!("{:e}", n.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

/// Digits with a point where the exponent puts it.
fn plain(digits: &str, exponent: i32) -> String {
    if exponent < 0 {
        return format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{digits}{}.0", "0".repeat(whole - digits.len()));
    }
    format!("{}.{}", &digits[..whole], &digits[whole..])
}

/// The whole part of a floating-point number.
pub fn truncated(n: f64) -> Option<BigInt> {
    use num_traits::FromPrimitive;
    BigInt::from_f64(n.trunc())
}

impl Vm<'_, '_> {
    /// A whole number that is not too large.
    pub fn number(&mut self, n: BigInt) -> Got {
        if n.bits() > MAX_BITS {
            return self.missing("whole numbers of more than 4,000,000 bits");
        }
        self.work((n.bits() / 512) as usize);
        Ok(Value::big(n))
    }

    /// A number of 64 bits where a native wants one.
    pub fn int_arg(&mut self, value: &Value) -> Got<i64> {
        let plain = self.plain(value);
        if let Some(n) = small(&plain) {
            return Ok(n);
        }
        if let Value::Big(n) = &plain {
            return Ok(if n.is_negative() { i64::MIN } else { i64::MAX });
        }
        if let Some(method) = self.special(value, "__index__") {
            let answer = self.call(&method, vec![value.clone()])?;
            return self.int_arg(&answer);
        }
        let name = self.type_name(value);
        Err(self.type_error(format!("'{name}' object cannot be interpreted as an integer")))
    }

    pub fn float_arg(&mut self, value: &Value) -> Got<f64> {
        let plain = self.plain(value);
        if let Some(n) = real(&plain) {
            return Ok(n);
        }
        if let Some(method) = self.special(value, "__float__") {
            let answer = self.call(&method, vec![value.clone()])?;
            return self.float_arg(&answer);
        }
        let name = self.type_name(value);
        Err(self.type_error(format!("must be real number, not {name}")))
    }

    /// The text of a whole number; very long ones are refused as Python does.
    pub fn whole_text(&mut self, n: &BigInt) -> Got<String> {
        if n.bits() > 14_284 + 64 {
            return Err(self.value_error(
                "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit",
            ));
        }
        Ok(n.to_string())
    }

    /// The hash of a number, the same for all that are equal.
    pub fn number_hash(value: &Value) -> Option<i64> {
        const PRIME: i64 = (1 << 61) - 1;
        let hash = match value {
            Value::Int(n) => {
                let h = (n.unsigned_abs() % PRIME as u64) as i64;
                if *n < 0 { -h } else { h }
            }
            Value::Bool(b) => i64::from(*b),
            Value::Big(n) => (&**n % BigInt::from(PRIME)).to_i64().unwrap_or(0),
            Value::Float(n) if n.0.is_nan() => 0,
            Value::Float(n) if n.0.is_infinite() => if n.0 > 0.0 { 314_159 } else { -314_159 },
            Value::Float(n) if n.0.fract() == 0.0 => {
                let whole = truncated(n.0).unwrap_or_else(BigInt::zero);
                (whole % BigInt::from(PRIME)).to_i64().unwrap_or(0)
            }
            Value::Float(n) => float_hash(n.0),
            _ => return None,
        };
        Some(if hash == -1 { -2 } else { hash })
    }
}

/// The hash of a fraction, modulo the prime 2^61 - 1.
fn float_hash(n: f64) -> i64 {
    const PRIME: u64 = (1 << 61) - 1;
    let bits = n.abs().to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let mantissa = if exponent == 0 { (bits & ((1 << 52) - 1)) << 1 } else { (bits & ((1 << 52) - 1)) | (1 << 52) };
    let shift = (exponent - 1075).rem_euclid(61) as u32;
    let m = mantissa % PRIME;
    let turned = if shift == 0 { m } else { ((m << shift) & PRIME) | (m >> (61 - shift)) };
    let hash = (turned % PRIME) as i64;
    if n < 0.0 { -hash } else { hash }
}
