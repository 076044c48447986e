//! Sorting, with one copy of the machinery for all types. The standard library makes its own anew for every type and
//! comparison, which a page has to carry fifty times.

use std::cmp::Ordering;

/// What `sort`, `sort_by` and `sort_by_key` of slices do, under names of its own. Equals keep their order.
pub trait Order<T> {
    /// Sorts by the order of the type.
    fn order(&mut self)
    where
        T: Ord;
    /// Sorts by a comparison.
    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering);
    /// Sorts by what `key` gives of each.
    fn order_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K);
}

impl<T> Order<T> for [T] {
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }

    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        let mut from = places(self.len(), &|a, b| compare(&self[a], &self[b]));
        for start in 0..from.len() {
            let mut at = start;
            loop {
                let next = std::mem::replace(&mut from[at], at);
                if next == start {
                    break;
                }
                self.swap(at, next);
                at = next;
            }
        }
    }

    fn order_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }
}

/// Which item goes to each place.
fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut from: Vec<usize> = (0..count).collect();
    from.sort_by(|a, b| compare(*a, *b));
    from
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_sorts_as_the_standard_library_does(items: Vec<(u8, String)>) {
            let (mut ours, mut theirs) = (items.clone(), items.clone());
            ours.order();
            theirs.sort();
            prop_assert_eq!(&ours, &theirs);
            let (mut ours, mut theirs) = (items.clone(), items);
            ours.order_by_key(|item| item.0 % 7);
            theirs.sort_by_key(|item| item.0 % 7);
            prop_assert_eq!(ours, theirs);
        }
    }
}
