//! Collecting into maps and sets by putting in one after the other.

/// What `collect` does, under a name of its own. Into a map or set of the standard library `collect` sorts first, with
/// machinery made anew for every type, which a page has to carry.
pub trait Gather: Iterator + Sized {
    /// All items, in a map or set.
    fn gather<C: Default + Extend<Self::Item>>(self) -> C {
        let mut all = C::default();
        all.extend(self);
        all
    }
}

impl<I: Iterator> Gather for I {}
