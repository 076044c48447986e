//! The numbers of `bc`: whole numbers of any length, and how many of their digits stand behind the point.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use std::cmp::Ordering;

/// The longest number, in digits.
const MAX_DIGITS: u64 = 20_000;

/// A decimal number.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Number {
    digits: BigInt,
    scale: usize,
}

fn ten(power: usize) -> BigInt {
    BigInt::from(10).pow(u32::try_from(power).unwrap_or(u32::MAX))
}

impl Number {
    /// A whole number.
    pub fn whole(n: u64) -> Self {
        Self { digits: BigInt::from(n), scale: 0 }
    }

    /// 1 or 0.
    pub fn truth(is: bool) -> Self {
        Self::whole(u64::from(is))
    }

    /// Reads digits in a base; nothing for a fraction in another than 10.
    pub fn read(text: &str, base: u32) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if base != 10 {
            let digits = BigInt::parse_bytes(whole.as_bytes(), base).filter(|_| fraction.is_empty())?;
            return Some(Self { digits, scale: 0 });
        }
        let all = format!("0{whole}{}", fraction.replace('.', ""));
        // A digit above 9 counts as 9, as in the real one.
        let all: String = all.chars().map(|c| if c.is_ascii_uppercase() { '9' } else { c }).collect();
        Some(Self { digits: all.parse().ok()?, scale: fraction.len() })
    }

    /// True for 0.
    pub fn is_zero(&self) -> bool {
        self.digits.is_zero()
    }

    /// True below 0.
    pub fn is_negative(&self) -> bool {
        self.digits.is_negative()
    }

    /// The whole number that it is, where it is a small one.
    pub fn as_usize(&self) -> Option<usize> {
        (&self.digits / ten(self.scale)).to_usize()
    }

    fn at(&self, scale: usize) -> BigInt {
        match scale.cmp(&self.scale) {
            Ordering::Less => &self.digits / ten(self.scale - scale),
            _ => &self.digits * ten(scale - self.scale),
        }
    }

    /// Which of two is greater.
    pub fn order(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        self.at(scale).cmp(&other.at(scale))
    }

    /// The number with the other sign.
    pub fn negated(&self) -> Self {
        Self { digits: -&self.digits, scale: self.scale }
    }

    /// The sum.
    pub fn plus(&self, other: &Self) -> Self {
        let scale = self.scale.max(other.scale);
        Self { digits: self.at(scale) + other.at(scale), scale }
    }

    /// The product, with as many decimals as the factors have, but no more than the larger of theirs and `scale`.
    pub fn times(&self, other: &Self, scale: usize) -> Option<Self> {
        if self.digits.bits() + other.digits.bits() > MAX_DIGITS * 4 {
            return None;
        }
        let product = Self { digits: &self.digits * &other.digits, scale: self.scale + other.scale };
        let scale = product.scale.min(scale.max(self.scale).max(other.scale));
        Some(Self { digits: product.at(scale), scale })
    }

    /// The quotient, cut at `scale` decimals; the divisor is not 0.
    pub fn over(&self, other: &Self, scale: usize) -> Option<Self> {
        let over = &self.digits * ten(scale + other.scale);
        let under = &other.digits * ten(self.scale);
        if under.is_zero() { None } else { Some(Self { digits: over / under, scale }) }
    }

    /// What the division leaves.
    pub fn rest(&self, other: &Self, scale: usize) -> Option<Self> {
        let quotient = self.over(other, scale)?;
        let product = Self { digits: &quotient.digits * &other.digits, scale: quotient.scale + other.scale };
        let scale = self.scale.max(scale + other.scale);
        Some(Self { digits: self.at(scale) - product.at(scale), scale })
    }

    /// The power; of the exponent only the whole part counts.
    pub fn to_the(&self, exponent: &Self, scale: usize) -> Option<Self> {
        let times = (&exponent.digits / ten(exponent.scale)).to_i64()?;
        let count = times.unsigned_abs();
        if self.digits.bits().checked_mul(count)? > MAX_DIGITS * 4 || (self.scale as u64).checked_mul(count)? > MAX_DIGITS {
            return None;
        }
        let count = u32::try_from(count).ok().or(if self.digits.bits() <= 1 { Some(u32::from(count % 2 == 1)) } else { None })?;
        let power = Self { digits: self.digits.pow(count), scale: self.scale * count as usize };
        if times < 0 {
            return Self::whole(1).over(&power, scale);
        }
        let scale = power.scale.min(scale.max(self.scale));
        Some(Self { digits: power.at(scale), scale })
    }

    /// The square root of a number that is not below 0.
    pub fn root(&self, scale: usize) -> Self {
        let scale = scale.max(self.scale);
        Self { digits: self.at(scale * 2).sqrt(), scale }
    }

    /// How many digits it has.
    pub fn length(&self) -> Self {
        let digits = self.digits.abs().to_string().len();
        Self::whole(digits.max(self.scale) as u64)
    }

    /// How many of them stand behind the point.
    pub fn decimals(&self) -> Self {
        Self::whole(self.scale as u64)
    }

    /// The number as text; nothing for a fraction in another base than 10.
    pub fn shown(&self, base: u32) -> Option<String> {
        if base != 10 {
            let whole = (&self.digits % ten(self.scale)).is_zero();
            return whole.then(|| (&self.digits / ten(self.scale)).to_str_radix(base).to_uppercase());
        }
        let digits = self.digits.abs().to_string();
        if self.digits.is_zero() || self.scale == 0 {
            return Some(self.digits.to_string());
        }
        let digits = format!("{digits:0>width$}", width = self.scale);
        let (whole, fraction) = digits.split_at(digits.len() - self.scale);
        let sign = if self.digits.is_negative() { "-" } else { "" };
        Some(format!("{sign}{whole}.{fraction}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn a_power_of_one_is_no_longer_than_one() {
        let one = Number::whole(1);
        let much = Number::read("99999999999", 10).unwrap_or_default();
        assert!(one.to_the(&much, 0).is_none_or(|power| power == one));
        assert_eq!(Number::read("0.050", 10).and_then(|n| n.shown(10)).as_deref(), Some(".050"));
    }
}
