//! Shell patterns as Go's `path.Match` reads them: `*` and `?` stop at a slash, `[a-z]` and
//! `[^a-z]` are classes, a backslash takes the next character literally. The whole name must match.

use std::fmt;

/// A pattern that cannot be read; prints Go's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadPattern;

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("syntax error in pattern")
    }
}

impl std::error::Error for BadPattern {}

enum Token {
    Star,
    Any,
    Literal(char),
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Token {
    fn accepts(&self, c: char) -> bool {
        match self {
            Token::Star => false,
            Token::Any => c != '/',
            Token::Literal(l) => *l == c,
            Token::Class { negated, ranges } => ranges.iter().any(|&(lo, hi)| lo <= c && c <= hi) != *negated,
        }
    }
}

/// Says whether `pattern` matches all of `name`. A malformed pattern is an error whatever the name.
pub fn path_match(pattern: &str, name: &str) -> Result<bool, BadPattern> {
    let tokens = read(pattern)?;
    let name: Vec<char> = name.chars().collect();
    let (mut t, mut n) = (0, 0);
    let mut retry = None;
    loop {
        match (tokens.get(t), name.get(n)) {
            (None, None) => return Ok(true),
            (Some(Token::Star), _) => {
                t += 1;
                retry = Some((t, n));
                continue;
            }
            (Some(token), Some(&c)) if token.accepts(c) => {
                t += 1;
                n += 1;
                continue;
            }
            _ => {}
        }
        // Only the last star can take one more character, and never a slash.
        match retry {
            Some((after, start)) if name.get(start).is_some_and(|&c| c != '/') => {
                retry = Some((after, start + 1));
                (t, n) = (after, start + 1);
            }
            _ => return Ok(false),
        }
    }
}

fn read(pattern: &str) -> Result<Vec<Token>, BadPattern> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' => Token::Star,
            '?' => Token::Any,
            '\\' => Token::Literal(chars.next().ok_or(BadPattern)?),
            '[' => read_class(&mut chars)?,
            c => Token::Literal(c),
        });
    }
    Ok(tokens)
}

fn read_class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Token, BadPattern> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && chars.next_if_eq(&']').is_some() {
            return Ok(Token::Class { negated, ranges });
        }
        let lo = class_char(chars)?;
        let hi = if chars.next_if_eq(&'-').is_some() { class_char(chars)? } else { lo };
        ranges.push((lo, hi));
    }
}

fn class_char(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<char, BadPattern> {
    match chars.next() {
        None | Some('-' | ']') => Err(BadPattern),
        Some('\\') => chars.next().ok_or(BadPattern),
        Some(c) => Ok(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_go() {
        for (pattern, name, want) in [
            ("abc", "abc", true),
            ("*c", "abc", true),
            ("a*", "ab/c", false),
            ("a*/b", "a/c/b", false),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/f", true),
            ("a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false),
            ("a*b?c*x", "abxbbxdbxebxczzx", true),
            ("ab[b-d]", "abc", true),
            ("ab[^e-g]", "abf", false),
            ("a\\*b", "a*b", true),
            ("a\\*b", "ab", false),
            ("a???b", "a☺b", false),
            ("a[^a]b", "a☺b", true),
            ("[a-ζ]*", "α", true),
            ("*[a-ζ]", "A", false),
            ("a?b", "a/b", false),
            ("[\\]a]", "]", true),
            ("[\\-x]", "-", true),
            ("*x", "xxx", true),
            ("", "", true),
            ("*", "", true),
            ("*:v1", "team/app:v1", false),
            ("team/*:v*", "team/app:v1", true),
        ] {
            assert_eq!(path_match(pattern, name), Ok(want), "{pattern} against {name}");
        }
        for bad in ["[]a]", "[-]", "[x-]", "[-x]", "[a-b-c]", "[", "[^", "[^bc", "a[", "a\\", "*[", "[a\\"] {
            assert_eq!(path_match(bad, "zzz"), Err(BadPattern), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_quoted_name_matches_itself(name in ".{0,12}", other in "\\PC{0,20}") {
            let quoted: String = name.chars().flat_map(|c| ['\\', c]).collect();
            proptest::prop_assert_eq!(path_match(&quoted, &name), Ok(true));
            let _ = path_match(&other, &name);
        }
    }
}
