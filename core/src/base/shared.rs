//! Values that many holders have in common until one of them writes.

use serde::{Deserialize, Serialize};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A value whose clones share its memory. The first write through one of them makes a copy of its own.
///
/// ```
/// use drydock::base::Shared;
///
/// let mut one = Shared::from(vec![1, 2]);
/// let mut other = Shared::from(vec![1, 2]);
/// other.share_with(&one);
/// assert!(one.shares_memory_with(&other));
/// one.push(3);
/// assert_eq!((one.len(), other.len()), (3, 2));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shared<T>(Arc<T>);

impl<T: PartialEq> Shared<T> {
    /// Takes the other's memory in place of its own where both are equal.
    pub fn share_with(&mut self, other: &Self) {
        if self == other {
            self.0 = other.0.clone();
        }
    }

    /// True where both lie in the same memory.
    pub fn shares_memory_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}
