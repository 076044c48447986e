//! The values of a running script. What can be changed, and what holds other values, lies in the heap.

use num_bigint::BigInt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

/// The number of an object in the heap.
pub type Id = u32;

/// A floating-point number that is equal to itself and survives a save file, whatever it is.
#[derive(Debug, Clone, Copy)]
pub struct Real(pub f64);

impl PartialEq for Real {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Serialize for Real {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0.to_bits())
    }
}

impl<'de> Deserialize<'de> for Real {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(|bits| Self(f64::from_bits(bits)))
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Value {
    /// `None`.
    #[default]
    None,
    /// A variable without a value.
    Unbound,
    Bool(bool),
    Int(i64),
    /// A number that does not fit into 64 bits.
    Big(Arc<BigInt>),
    Float(Real),
    Str(Arc<str>),
    Bytes(Arc<[u8]>),
    Obj(Id),
    /// A function of the table of natives.
    Native(u16),
    Ellipsis,
    NotImplemented,
}

impl Value {
    pub fn float(n: f64) -> Self {
        Value::Float(Real(n))
    }

    pub fn str(text: impl AsRef<str>) -> Self {
        Value::Str(text.as_ref().into())
    }

    /// A whole number, in 64 bits where it fits.
    pub fn big(n: BigInt) -> Self {
        i64::try_from(&n).map_or_else(|_| Value::Big(Arc::new(n)), Value::Int)
    }

    /// The same thing, as `is` says.
    pub fn is(&self, other: &Self) -> bool {
        self == other
    }

    pub fn as_str(&self) -> Option<&str> {
        if let Value::Str(text) = self { Some(text) } else { None }
    }

    pub fn id(&self) -> Option<Id> {
        if let Value::Obj(id) = self { Some(*id) } else { None }
    }
}
