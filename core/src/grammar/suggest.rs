//! The nearest known word to a mistyped one. Docker prints no such thing for commands and options;
//! this is for hints that stand beside its message.

/// The candidate that needs the fewest changes to become `word`, if they are few for its length: a
/// letter added, left out, replaced or swapped with its neighbour is one change.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 40;
    let length = word.chars().count();
    if length == 0 || length > LONGEST {
        return None;
    }
    let allowed = (length / 3).clamp(1, 3);
    let ranked = candidates.into_iter().map(|c| (distance(word, c), c)).filter(|(d, _)| *d <= allowed);
    ranked.min_by_key(|(d, _)| *d).map(|(_, candidate)| candidate)
}

/// The optimal string alignment distance.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let replace = last.get(j).copied().unwrap_or(0) + usize::from(x != y);
            let delete = last.get(j + 1).copied().unwrap_or(0) + 1;
            let insert = row.last().copied().unwrap_or(0) + 1;
            let mut best = replace.min(delete).min(insert);
            let crossed = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if let Some(swap) = before.get(j.wrapping_sub(1)).filter(|_| crossed) {
                best = best.min(swap + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words() {
        let names = ["run", "rm", "rmi", "images", "image", "start", "stats"];
        for (word, want) in [
            ("runn", Some("run")),
            ("imgaes", Some("images")),
            ("strat", Some("start")),
            ("frobnicate", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, names), want, "{word}");
        }
        assert_eq!(distance("ca", "abc"), 3);
        assert_eq!(distance("nmae", "name"), 1);
    }
}
