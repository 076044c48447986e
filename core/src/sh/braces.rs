//! Brace expansion of bash: `{a,b}` and `{1..5..2}`, before every other expansion.

use super::ast::{Part, Word};

/// How many words one word may become.
const MAX_WORDS: usize = 100_000;
/// How deep braces may nest.
const MAX_DEPTH: u32 = 30;

/// True where a word has an unquoted brace that might be expanded.
pub fn may_expand(word: &[Part]) -> bool {
    word.iter().any(|part| matches!(part, Part::Lit(text) if text.contains('{')))
}

/// A word in single characters and whole parts.
#[derive(Debug, Clone, PartialEq)]
enum Atom {
    Char(char),
    Part(Part),
}

/// The words that a word becomes; the word itself where its braces mean nothing, or too many words.
pub fn expand(word: &Word) -> Vec<Word> {
    let mut atoms = vec![];
    for part in word {
        match part {
            Part::Lit(text) => atoms.extend(text.chars().map(Atom::Char)),
            other => atoms.push(Atom::Part(other.clone())),
        }
    }
    match expand_atoms(&atoms, 0) {
        Some(words) => words.into_iter().map(join).collect(),
        None => vec![word.clone()],
    }
}

fn join(atoms: Vec<Atom>) -> Word {
    let mut word: Word = vec![];
    for atom in atoms {
        match (atom, word.last_mut()) {
            (Atom::Char(c), Some(Part::Lit(text))) => text.push(c),
            (Atom::Char(c), _) => word.push(Part::Lit(c.to_string())),
            (Atom::Part(part), _) => word.push(part),
        }
    }
    word
}

/// `None` where there would be too many.
fn expand_atoms(atoms: &[Atom], depth: u32) -> Option<Vec<Vec<Atom>>> {
    if depth > MAX_DEPTH {
        return Some(vec![atoms.to_vec()]);
    }
    let mut from = 0;
    while let Some(offset) = atoms.get(from..)?.iter().position(|a| *a == Atom::Char('{')) {
        let open = from + offset;
        let after_dollar = open > 0 && atoms.get(open - 1) == Some(&Atom::Char('$'));
        let choices = if after_dollar { None } else { choices(atoms, open, depth)? };
        let Some((close, middles)) = choices else {
            from = open + 1;
            continue;
        };
        let tails = expand_atoms(atoms.get(close + 1..)?, depth + 1)?;
        if middles.len().saturating_mul(tails.len()) > MAX_WORDS {
            return None;
        }
        let mut out = vec![];
        for middle in &middles {
            for tail in &tails {
                let mut word = atoms.get(..open)?.to_vec();
                word.extend_from_slice(middle);
                word.extend_from_slice(tail);
                out.push(word);
            }
        }
        return Some(out);
    }
    Some(vec![atoms.to_vec()])
}

type Choices = Option<(usize, Vec<Vec<Atom>>)>;

/// The closing brace of the one at `open` and what stands between them; `None` inside where it is no choice.
fn choices(atoms: &[Atom], open: usize, depth: u32) -> Option<Choices> {
    let mut level = 0;
    let mut commas = vec![open];
    let mut close = None;
    for (i, atom) in atoms.iter().enumerate().skip(open) {
        match atom {
            Atom::Char('{') => level += 1,
            Atom::Char('}') => {
                level -= 1;
                if level == 0 {
                    close = Some(i);
                    break;
                }
            }
            Atom::Char(',') if level == 1 => commas.push(i),
            _ => {}
        }
    }
    let Some(close) = close else { return Some(None) };
    if commas.len() == 1 {
        return Some(sequence(atoms.get(open + 1..close)?).map(|words| (close, words)));
    }
    commas.push(close);
    let mut words = vec![];
    for pair in commas.windows(2) {
        let piece = atoms.get(pair.first()? + 1..*pair.get(1)?)?;
        words.extend(expand_atoms(piece, depth + 1)?);
        if words.len() > MAX_WORDS {
            return None;
        }
    }
    Some(Some((close, words)))
}

/// `1..5`, `a..e`, `1..10..3`
fn sequence(atoms: &[Atom]) -> Option<Vec<Vec<Atom>>> {
    let text: Option<String> = atoms
        .iter()
        .map(|a| match a {
            Atom::Char(c) => Some(*c),
            Atom::Part(_) => None,
        })
        .collect();
    let text = text?;
    let pieces: Vec<&str> = text.split("..").collect();
    let (first, last, step) = match pieces.as_slice() {
        [first, last] => (*first, *last, 1),
        [first, last, step] => (*first, *last, step.parse::<i64>().ok()?),
        _ => return None,
    };
    let step = step.unsigned_abs().max(1);
    let words = |from: i64, to: i64, show: &dyn Fn(i64) -> String| {
        let count = from.abs_diff(to) / step + 1;
        if count > MAX_WORDS as u64 {
            return None;
        }
        let sign = if from <= to { 1 } else { -1 };
        let value = |i: u64| from.checked_add(sign * i64::try_from(i.checked_mul(step)?).ok()?);
        let word = |n: i64| show(n).chars().map(Atom::Char).collect::<Vec<_>>();
        (0..count).map(|i| value(i).map(word)).collect::<Option<Vec<_>>>()
    };
    if let (Ok(from), Ok(to)) = (first.parse::<i64>(), last.parse::<i64>()) {
        let padded =
            |t: &str| t.trim_start_matches('-').starts_with('0') && t.trim_start_matches('-').len() > 1;
        let width = if padded(first) || padded(last) { first.len().max(last.len()) } else { 0 };
        return words(from, to, &|n| format!("{n:0width$}"));
    }
    let letter = |t: &str| {
        let mut chars = t.chars();
        chars.next().filter(|c| c.is_ascii_alphabetic() && chars.next().is_none())
    };
    let (from, to) = (letter(first)?, letter(last)?);
    words(from as i64, to as i64, &|n| u8::try_from(n).map_or(String::new(), |b| (b as char).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_bash_does() {
        let check = |text: &str, want: &str| {
            let words = expand(&vec![Part::Lit(text.to_string())]);
            let words: Vec<String> = words
                .into_iter()
                .map(|w| {
                    w.into_iter().map(|p| if let Part::Lit(t) = p { t } else { String::new() }).collect()
                })
                .collect();
            assert_eq!(words.join(" "), want, "{text}");
        };
        check("{a,b}{1,2}", "a1 a2 b1 b2");
        check("x{1..3}y", "x1y x2y x3y");
        check("{01..10..4}", "01 05 09");
        check("{c..a}", "c b a");
        check("{a}", "{a}");
        check("{a,{b,c}}d", "ad bd cd");
        check("{,x}", " x");
        check("a{b,c", "a{b,c");
        check("{}", "{}");
        check("{1..1000000000}", "{1..1000000000}");
    }
}
