//! Shell patterns: `*`, `?`, `[…]`, and the extended `@(a|b)` of bash.

/// How many comparisons one match may take; a pattern that needs more does not match.
const MAX_STEPS: u32 = 200_000;
/// How deep extended patterns may nest.
const MAX_DEPTH: u32 = 30;
/// Tokens one pattern may have.
const MAX_TOKENS: usize = 100_000;

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Char(char),
    Any,
    Star,
    Class {
        negated: bool,
        items: Vec<Item>,
    },
    /// `?`, `*`, `+`, `@` or `!` and the alternatives.
    Group(char, Vec<Vec<Token>>),
}

#[derive(Debug, Clone, PartialEq)]
enum Item {
    Range(char, char),
    Named(String),
}

/// A compiled pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    tokens: Vec<Token>,
}

impl Pattern {
    /// Reads a pattern, in which a backslash takes the next character literally. `extended` reads `@(…)`.
    pub fn new(text: &str, extended: bool) -> Self {
        let chars: Vec<char> = text.chars().take(MAX_TOKENS).collect();
        let mut at = 0;
        Self { tokens: read(&chars, &mut at, extended, 0, false) }
    }

    /// True where the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        self.matches_chars(&chars)
    }

    fn matches_chars(&self, chars: &[char]) -> bool {
        let mut steps = 0;
        go(&self.tokens, chars, &mut steps, 0)
    }

    /// The text if the pattern has no special characters.
    pub fn literal(&self) -> Option<String> {
        self.tokens.iter().map(|t| if let Token::Char(c) = t { Some(*c) } else { None }).collect()
    }

    /// The length in bytes of the shortest or longest prefix that matches.
    pub fn prefix(&self, text: &str, longest: bool) -> Option<usize> {
        let ends = || text.char_indices().map(|(i, _)| i).chain([text.len()]);
        let hit = |end: &usize| text.get(..*end).is_some_and(|t| self.matches(t));
        if let Some(literal) = self.literal() {
            return text.starts_with(&literal).then_some(literal.len());
        }
        if longest { ends().collect::<Vec<_>>().into_iter().rev().find(hit) } else { ends().find(hit) }
    }

    /// Where the shortest or longest suffix that matches starts.
    pub fn suffix(&self, text: &str, longest: bool) -> Option<usize> {
        let starts = || text.char_indices().map(|(i, _)| i).chain([text.len()]);
        let hit = |start: &usize| text.get(*start..).is_some_and(|t| self.matches(t));
        if let Some(literal) = self.literal() {
            return text.ends_with(&literal).then(|| text.len() - literal.len());
        }
        if longest { starts().find(hit) } else { starts().collect::<Vec<_>>().into_iter().rev().find(hit) }
    }
}

fn read(chars: &[char], at: &mut usize, extended: bool, depth: u32, inside: bool) -> Vec<Token> {
    let mut tokens = vec![];
    while let Some(&c) = chars.get(*at) {
        if inside && (c == '|' || c == ')') {
            break;
        }
        *at += 1;
        let opens = extended && chars.get(*at) == Some(&'(') && depth < MAX_DEPTH;
        match c {
            '?' | '*' | '+' | '@' | '!' if opens && closes(chars, *at) => {
                let mut alternatives = vec![];
                loop {
                    *at += 1;
                    alternatives.push(read(chars, at, extended, depth + 1, true));
                    if chars.get(*at) != Some(&'|') {
                        break;
                    }
                }
                *at += 1;
                tokens.push(Token::Group(c, alternatives));
            }
            '\\' => {
                let next = chars.get(*at).copied();
                *at += usize::from(next.is_some());
                tokens.push(Token::Char(next.unwrap_or('\\')));
            }
            '*' => {
                if tokens.last() != Some(&Token::Star) {
                    tokens.push(Token::Star);
                }
            }
            '?' => tokens.push(Token::Any),
            '[' => tokens.push(class(chars, at)),
            c => tokens.push(Token::Char(c)),
        }
    }
    tokens
}

fn closes(chars: &[char], open: usize) -> bool {
    let mut depth = 0;
    for c in chars.iter().skip(open) {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return true,
            ')' => depth -= 1,
            _ => {}
        }
    }
    false
}

/// A class, whose bracket has been taken; a literal bracket where it does not close.
fn class(chars: &[char], at: &mut usize) -> Token {
    let start = *at;
    let negated = matches!(chars.get(*at), Some('!' | '^'));
    *at += usize::from(negated);
    let mut items = vec![];
    let mut first = true;
    loop {
        let Some(&c) = chars.get(*at) else {
            *at = start;
            return Token::Char('[');
        };
        *at += 1;
        if c == ']' && !first {
            return Token::Class { negated, items };
        }
        first = false;
        if c == '[' && chars.get(*at) == Some(&':') {
            let name: String = chars.iter().skip(*at + 1).take_while(|c| c.is_ascii_lowercase()).collect();
            let end = *at + 1 + name.len();
            if chars.get(end) == Some(&':') && chars.get(end + 1) == Some(&']') {
                *at = end + 2;
                items.push(Item::Named(name));
                continue;
            }
        }
        let low = literal(c, chars, at);
        let ranged = chars.get(*at) == Some(&'-') && chars.get(*at + 1).is_some_and(|c| *c != ']');
        if ranged {
            *at += 1;
            let high = chars.get(*at).copied().unwrap_or('-');
            *at += 1;
            let high = literal(high, chars, at);
            items.push(Item::Range(low, high));
        } else {
            items.push(Item::Range(low, low));
        }
    }
}

fn literal(c: char, chars: &[char], at: &mut usize) -> char {
    match (c, chars.get(*at)) {
        ('\\', Some(next)) => {
            *at += 1;
            *next
        }
        _ => c,
    }
}

fn named(name: &str, c: char) -> bool {
    match name {
        "alpha" => c.is_alphabetic(),
        "digit" => c.is_ascii_digit(),
        "alnum" => c.is_alphanumeric(),
        "upper" => c.is_uppercase(),
        "lower" => c.is_lowercase(),
        "space" => c.is_whitespace(),
        "blank" => c == ' ' || c == '\t',
        "punct" => c.is_ascii_punctuation(),
        "cntrl" => c.is_control(),
        "xdigit" => c.is_ascii_hexdigit(),
        "print" => !c.is_control(),
        "graph" => !c.is_control() && !c.is_whitespace(),
        _ => false,
    }
}

fn accepts(token: &Token, c: char) -> bool {
    match token {
        Token::Char(own) => *own == c,
        Token::Any => true,
        Token::Class { negated, items } => {
            let hit = items.iter().any(|item| match item {
                Item::Range(low, high) => (*low..=*high).contains(&c),
                Item::Named(name) => named(name, c),
            });
            hit != *negated
        }
        Token::Star | Token::Group(..) => false,
    }
}

/// Matches all of `text`. Only the last star needs another try, except around groups, which recurse.
fn go(tokens: &[Token], text: &[char], steps: &mut u32, depth: u32) -> bool {
    let (mut t, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        *steps += 1;
        if *steps > MAX_STEPS || depth > MAX_DEPTH * 4 {
            return false;
        }
        match (tokens.get(t), text.get(n)) {
            (None, None) => return true,
            (Some(Token::Star), _) => {
                t += 1;
                retry = Some((t, n));
                continue;
            }
            (Some(Token::Group(kind, alternatives)), _) => {
                let rest = tokens.get(t + 1..).unwrap_or_default();
                let here = text.get(n..).unwrap_or_default();
                if group(*kind, alternatives, rest, here, steps, depth + 1) {
                    return true;
                }
            }
            (Some(token), Some(c)) if accepts(token, *c) => {
                t += 1;
                n += 1;
                continue;
            }
            _ => {}
        }
        match retry {
            Some((after, start)) if start < text.len() => {
                retry = Some((after, start + 1));
                (t, n) = (after, start + 1);
            }
            _ => return false,
        }
    }
}

fn group(
    kind: char,
    alternatives: &[Vec<Token>],
    rest: &[Token],
    text: &[char],
    steps: &mut u32,
    depth: u32,
) -> bool {
    if matches!(kind, '?' | '*') && go(rest, text, steps, depth) {
        return true;
    }
    for end in 0..=text.len() {
        let (head, tail) = text.split_at(end);
        let hit = alternatives.iter().any(|a| go(a, head, steps, depth));
        let onward = match kind {
            '!' => !hit && go(rest, tail, steps, depth),
            _ if !hit => false,
            '*' | '+' if end > 0 => {
                go(rest, tail, steps, depth) || group('*', alternatives, rest, tail, steps, depth + 1)
            }
            _ => go(rest, tail, steps, depth),
        };
        if onward {
            return true;
        }
        if *steps > MAX_STEPS || depth > MAX_DEPTH * 4 {
            return false;
        }
    }
    false
}

/// Escapes what is special in patterns.
pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '\\' | '-' | '!' | '^' | '(' | ')' | '|' | '@' | '+') {
            out.push('\\');
        }
        out.push(c);
    }
}

/// Escapes what is special in regular expressions.
pub fn escape_regex(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_as_the_shells_do() {
        for (pattern, text, want) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abcd", false),
            ("?", "é", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]a]", "]", true),
            ("[[:digit:]]*", "1x", true),
            ("\\*", "*", true),
            ("\\*", "x", false),
            ("[", "[", true),
            ("[a", "[a", true),
            ("@(a|b)c", "bc", true),
            ("!(a|b)", "a", false),
            ("!(a|b)", "c", true),
            ("+(ab)", "abab", true),
            ("+(ab)", "aba", false),
            ("?(x)y", "y", true),
            ("*.@(txt|log)", "a.log", true),
            ("*a*b*c", "xxaxxbxxc", true),
        ] {
            assert_eq!(Pattern::new(pattern, true).matches(text), want, "{pattern} {text}");
        }
        assert_eq!(Pattern::new("*.", false).prefix("a.b.c", true), Some(4));
        assert_eq!(Pattern::new(".*", false).suffix("a.b.c", false), Some(3));
        let nasty = "+(+(+(a|aa)|a))".repeat(5);
        Pattern::new(&nasty, true).matches(&"a".repeat(60));
    }
}
