//! Natural order, in which Docker's listings sort names: digits count as numbers, so `web2` comes before `web10`.

use std::cmp::Ordering;

/// Compares two names; equal numbers with more leading zeros come later.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    let mut zeros = Ordering::Equal;
    loop {
        match (a, b) {
            ([], _) | (_, []) => return a.len().cmp(&b.len()).then(zeros),
            ([x, ..], [y, ..]) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (left, right) = (number(&mut a), number(&mut b));
                let order = left.0.len().cmp(&right.0.len()).then_with(|| left.0.cmp(right.0));
                if order != Ordering::Equal {
                    return order;
                }
                zeros = zeros.then(left.1.cmp(&right.1));
            }
            ([x, rest_a @ ..], [y, rest_b @ ..]) => {
                if x != y {
                    return x.cmp(y);
                }
                (a, b) = (rest_a, rest_b);
            }
        }
    }
}

/// Takes the digits in front: without leading zeros, and how many zeros there were.
fn number<'a>(text: &mut &'a [u8]) -> (&'a [u8], usize) {
    let end = text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    let zeros = digits.iter().take_while(|b| **b == b'0').count();
    (digits.get(zeros..).unwrap_or(&[]), zeros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_count_as_numbers() {
        let mut names = ["web10", "web2", "web", "bad name", "web02", "a", "10", "9", "web2b"];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, ["9", "10", "a", "bad name", "web", "web2", "web02", "web2b", "web10"]);
    }
}
