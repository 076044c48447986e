//! POSIX regular expressions, basic and extended, with GNU's additions, as `grep`, `sed`, `awk`, `expr` and the
//! shell's `=~` read them. They are translated for the regex-lite crate.
//!
//! Left out, and refused in words: back-references in a pattern. Different: where branches of an alternation
//! match at the same place, the first wins, not the longest.

use regex_lite::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use std::iter::Peekable;
use std::str::Chars;

/// Which grammar a pattern is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Syntax {
    /// Basic: `\(`, `\{`, `\|` are special.
    Basic,
    /// Extended: `(`, `{`, `|`, `+`, `?` are.
    Extended,
    /// No character is special.
    Fixed,
}

/// The size of a compiled pattern at most, in bytes.
const MAX_COMPILED: usize = 1 << 20;
/// The length of a pattern at most, in bytes.
const MAX_PATTERN: usize = 64 << 10;

/// A compiled pattern. Plain data: saved as its text and compared by it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str()
    }
}

impl Eq for Pattern {}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.regex.as_str().to_string()
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(translated: String) -> Result<Self, String> {
        RegexBuilder::new(&translated)
            .size_limit(MAX_COMPILED)
            .nest_limit(100)
            .build()
            .map(|regex| Self { regex })
            .map_err(|_| "Regular expression too big".to_string())
    }
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// The text of GNU's `regcomp`, such as `Unmatched ( or \(`.
    pub fn new(pattern: &str, syntax: Syntax, ignore_case: bool) -> Result<Self, String> {
        let flags = if ignore_case { "(?si)" } else { "(?s)" };
        Self::try_from(format!("{flags}{}", translate(pattern, syntax)?))
    }

    /// Compiles what [`translate`] made, with flags such as `(?s)` in front.
    ///
    /// # Errors
    /// Where it is too big.
    pub fn translated(text: String) -> Result<Self, String> {
        Self::try_from(text)
    }

    /// The matcher.
    pub fn regex(&self) -> &Regex {
        &self.regex
    }
}

/// Rewrites a pattern in the syntax of regex-lite, without flags.
///
/// # Errors
/// The text of GNU's `regcomp`.
pub fn translate(pattern: &str, syntax: Syntax) -> Result<String, String> {
    if pattern.len() > MAX_PATTERN {
        return Err("Regular expression too big".into());
    }
    if syntax == Syntax::Fixed {
        return Ok(pattern.chars().map(literal).collect());
    }
    let mut translator = Translator {
        extended: syntax == Syntax::Extended,
        input: pattern.chars().peekable(),
        out: String::new(),
        groups: vec![],
        atom: None,
        quantified: false,
    };
    translator.run()?;
    Ok(translator.out)
}

/// Replaces the escapes that `sed` and `awk` read inside bracket expressions (`[\n\t\]]`) by the characters they
/// mean.
pub fn unescape_brackets(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut start: Option<usize> = None;
    while let Some(c) = chars.next() {
        match (c, start) {
            ('\\', Some(_)) => match chars.peek() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('\\') => out.push('\\'),
                Some('/') => out.push('/'),
                _ => {
                    out.push('\\');
                    continue;
                }
            },
            ('\\', None) => {
                out.push('\\');
                out.extend(chars.next());
                continue;
            }
            ('[', None) => {
                start = Some(out.len() + 1);
                out.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    out.push('^');
                    start = Some(out.len());
                }
                continue;
            }
            ('[', Some(_)) if chars.peek() == Some(&':') => {
                out.push('[');
                for c in chars.by_ref() {
                    out.push(c);
                    if c == ']' {
                        break;
                    }
                }
                continue;
            }
            (']', Some(first)) if out.len() > first => {
                start = None;
                out.push(']');
                continue;
            }
            _ => {
                out.push(c);
                continue;
            }
        }
        chars.next();
    }
    out
}

fn literal(c: char) -> String {
    if c.is_ascii_punctuation() { format!("\\x{:02X}", c as u32) } else { c.to_string() }
}

struct Translator<'a> {
    extended: bool,
    input: Peekable<Chars<'a>>,
    out: String,
    /// Where the open groups start in `out`.
    groups: Vec<usize>,
    /// Where the last atom starts in `out`; `None` at the start of a branch.
    atom: Option<usize>,
    /// The last atom has a repetition already.
    quantified: bool,
}

impl Translator<'_> {
    fn run(&mut self) -> Result<(), String> {
        while let Some(c) = self.input.next() {
            match (c, self.extended) {
                ('\\', _) => self.escape()?,
                ('[', _) => {
                    let class = self.bracket()?;
                    self.push(&class);
                }
                ('.', _) => self.push("."),
                ('*', _) | ('+' | '?', true) => self.repeat(c),
                ('{', true) => self.interval()?,
                ('(', true) => self.open(),
                (')', true) if self.groups.is_empty() => return Err("Unmatched ) or \\)".into()),
                (')', true) => self.close()?,
                ('|', true) | ('\n', _) => self.branch(),
                ('^', true) => self.anchor("^"),
                ('$', true) => self.anchor("$"),
                ('^', false) if self.atom.is_none() && !self.out.ends_with('^') => self.anchor("^"),
                ('$', false) if self.branch_ends() => self.anchor("$"),
                _ => self.push(&literal(c)),
            }
        }
        if self.groups.is_empty() { Ok(()) } else { Err("Unmatched ( or \\(".into()) }
    }

    fn push(&mut self, text: &str) {
        self.atom = Some(self.out.len());
        self.quantified = false;
        self.out.push_str(text);
    }

    /// An assertion. In a basic pattern `^*` is `^` and a star.
    fn anchor(&mut self, text: &str) {
        self.out.push_str(text);
        self.atom = None;
    }

    fn branch(&mut self) {
        self.out.push('|');
        self.atom = None;
    }

    fn open(&mut self) {
        self.groups.push(self.out.len());
        self.out.push('(');
        self.atom = None;
    }

    fn close(&mut self) -> Result<(), String> {
        self.atom = Some(self.groups.pop().ok_or("Unmatched ) or \\)")?);
        self.quantified = false;
        self.out.push(')');
        Ok(())
    }

    /// True in a basic pattern where the branch ends here, so that `$` is an anchor.
    fn branch_ends(&mut self) -> bool {
        let mut ahead = self.input.clone();
        match (ahead.next(), ahead.next()) {
            (None | Some('\n'), _) => true,
            (Some('\\'), next) => matches!(next, Some(')' | '|')),
            _ => false,
        }
    }

    fn repeat(&mut self, c: char) {
        match self.atom {
            Some(atom) => {
                self.wrap(atom);
                self.out.push(c);
                self.quantified = true;
            }
            None if self.extended => {}
            None => self.push(&literal(c)),
        }
    }

    /// A second repetition applies to the whole of the first.
    fn wrap(&mut self, atom: usize) {
        if self.quantified {
            self.out.insert_str(atom, "(?:");
            self.out.push(')');
        }
    }

    fn interval(&mut self) -> Result<(), String> {
        let closing: &[char] = if self.extended { &['}'] } else { &['\\', '}'] };
        let mut ahead = self.input.clone();
        let body: String =
            std::iter::from_fn(|| ahead.next_if(|c| c.is_ascii_digit() || *c == ',')).collect();
        let closed = closing.iter().all(|c| ahead.next() == Some(*c));
        let bounds = parse_bounds(&body).filter(|_| closed);
        let Some((low, high)) = bounds else {
            if self.extended {
                self.push(&literal('{'));
                return Ok(());
            }
            return Err(if closed { "Invalid content of \\{\\}" } else { "Unmatched \\{" }.into());
        };
        if high.is_some_and(|high| high < low) {
            return Err("Invalid content of \\{\\}".into());
        }
        if low > 32_767 || high.is_some_and(|high| high > 32_767) {
            return Err("Regular expression too big".into());
        }
        let Some(atom) = self.atom else { return Err("Invalid preceding regular expression".into()) };
        self.input = ahead;
        self.wrap(atom);
        self.out.push_str(&match high {
            Some(high) if high == low => format!("{{{low}}}"),
            Some(high) => format!("{{{low},{high}}}"),
            None => format!("{{{low},}}"),
        });
        self.quantified = true;
        Ok(())
    }

    fn escape(&mut self) -> Result<(), String> {
        let Some(c) = self.input.next() else { return Err("Trailing backslash".into()) };
        match (c, self.extended) {
            ('(', false) => self.open(),
            (')', false) => self.close()?,
            ('{', false) => self.interval()?,
            ('|', false) => self.branch(),
            ('+' | '?', false) => self.repeat(c),
            ('1'..='9', _) => return Err("back-references in a pattern are not simulated by Drydock".into()),
            ('w', _) => self.push("[0-9A-Za-z_]"),
            ('W', _) => self.push("[^0-9A-Za-z_]"),
            ('s', _) => self.push("[ \\t\\n\\r\\x0B\\x0C]"),
            ('S', _) => self.push("[^ \\t\\n\\r\\x0B\\x0C]"),
            ('n', _) => self.push("\\n"),
            ('t', _) => self.push("\\t"),
            ('b', _) => self.out.push_str("\\b"),
            ('B', _) => self.out.push_str("\\B"),
            ('<', _) => self.out.push_str("\\b{start}"),
            ('>', _) => self.out.push_str("\\b{end}"),
            ('`', _) => self.anchor("\\A"),
            ('\'', _) => self.anchor("\\z"),
            _ => self.push(&literal(c)),
        }
        Ok(())
    }

    /// A bracket expression; its `[` has been read.
    fn bracket(&mut self) -> Result<String, String> {
        const UNMATCHED: &str = "Unmatched [, [^, [:, [., or [=";
        let mut class = String::from("[");
        if self.input.next_if_eq(&'^').is_some() {
            class.push('^');
        }
        let mut first = true;
        loop {
            let c = self.input.next().ok_or(UNMATCHED)?;
            if c == ']' && !first {
                class.push(']');
                return Ok(class);
            }
            first = false;
            if c == '[' && self.input.peek().is_some_and(|n| ":.=".contains(*n)) {
                let kind = self.input.next().ok_or(UNMATCHED)?;
                let name = self.class_name(kind).ok_or(UNMATCHED)?;
                match kind {
                    ':' => class.push_str(named_class(&name).ok_or("Invalid character class name")?),
                    _ => class.extend(name.chars().map(in_class)),
                }
                continue;
            }
            let mut ahead = self.input.clone();
            match (ahead.next(), ahead.next()) {
                (Some('-'), Some(end)) if end != ']' => {
                    self.input = ahead;
                    let end = match end {
                        '[' if self.input.next_if_eq(&'.').is_some() => {
                            let name = self.class_name('.').ok_or(UNMATCHED)?;
                            name.chars().next().ok_or("Invalid collation character")?
                        }
                        end => end,
                    };
                    if end < c {
                        return Err("Invalid range end".into());
                    }
                    class.push_str(&format!("{}-{}", in_class(c), in_class(end)));
                }
                _ => class.push_str(&in_class(c)),
            }
        }
    }

    /// The name in `[:name:]`, up to and with the closing pair.
    fn class_name(&mut self, kind: char) -> Option<String> {
        let mut name = String::new();
        loop {
            let c = self.input.next()?;
            if c == kind && self.input.next_if_eq(&']').is_some() {
                return Some(name);
            }
            name.push(c);
        }
    }
}

fn in_class(c: char) -> String {
    if c.is_ascii_alphanumeric() || !c.is_ascii() { c.to_string() } else { format!("\\x{:02X}", c as u32) }
}

fn named_class(name: &str) -> Option<&'static str> {
    Some(match name {
        "alpha" => "a-zA-Z",
        "digit" => "0-9",
        "alnum" => "a-zA-Z0-9",
        "upper" => "A-Z",
        "lower" => "a-z",
        "space" => " \\t\\n\\r\\x0B\\x0C",
        "blank" => " \\t",
        "punct" => "\\x21-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x7E",
        "print" => "\\x20-\\x7E",
        "graph" => "\\x21-\\x7E",
        "cntrl" => "\\x00-\\x1F\\x7F",
        "xdigit" => "0-9A-Fa-f",
        _ => return None,
    })
}

/// `N`, `N,`, `,M` or `N,M`.
fn parse_bounds(body: &str) -> Option<(u32, Option<u32>)> {
    let number = |text: &str| if text.len() > 9 { Some(u32::MAX) } else { text.parse::<u32>().ok() };
    match body.split_once(',') {
        None => number(body).map(|n| (n, Some(n))),
        Some(("", "")) => None,
        Some(("", high)) => number(high).map(|high| (0, Some(high))),
        Some((low, "")) => number(low).map(|low| (low, None)),
        Some((low, high)) => Some((number(low)?, Some(number(high)?))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, syntax: Syntax, text: &str) -> Result<Option<String>, String> {
        let pattern = Pattern::new(pattern, syntax, false)?;
        Ok(pattern.regex().find(text).map(|m| m.as_str().to_string()))
    }

    #[test]
    fn both_grammars() {
        use Syntax::{Basic, Extended};
        for (pattern, syntax, text, expect) in [
            (r"a\{2\}", Basic, "caaat", Some("aa")),
            ("a{2}", Basic, "a{2}", Some("a{2}")),
            ("a{2}", Extended, "caaat", Some("aa")),
            ("a{x", Extended, "a{x", Some("a{x")),
            (r"\(ab\)*c", Basic, "ababc", Some("ababc")),
            ("*a", Basic, "b*a", Some("*a")),
            ("^*a", Basic, "*a", Some("*a")),
            ("a^b$c", Basic, "a^b$c", Some("a^b$c")),
            ("a+?", Extended, "aaa", Some("aaa")),
            (r"a\+", Basic, "baa", Some("aa")),
            ("a+", Basic, "aa+", Some("a+")),
            (r"\(a\|b\)$", Basic, "ab", Some("b")),
            ("[]x]", Basic, "]", Some("]")),
            ("[^]x]", Basic, "]y", Some("y")),
            (r"[\n]", Basic, r"\", Some(r"\")),
            ("[[:digit:]a-c.-]+", Extended, "zb2-.z", Some("b2-.")),
            (r"\<foo\>", Basic, "xfoo foo", Some("foo")),
            ("a\nb", Basic, "b", Some("b")),
            ("é.", Basic, "xéü", Some("éü")),
        ] {
            assert_eq!(found(pattern, syntax, text), Ok(expect.map(String::from)), "{pattern}");
        }
    }

    #[test]
    fn mistakes_have_the_words_of_the_c_library() {
        use Syntax::{Basic, Extended};
        for (pattern, syntax, expect) in [
            ("[a", Basic, "Unmatched [, [^, [:, [., or [="),
            ("(a", Extended, "Unmatched ( or \\("),
            ("a)", Extended, "Unmatched ) or \\)"),
            (r"a\", Basic, "Trailing backslash"),
            ("[b-a]", Basic, "Invalid range end"),
            ("[[:foo:]]", Basic, "Invalid character class name"),
            (r"a\{2,1\}", Basic, "Invalid content of \\{\\}"),
            (r"\{1\}", Basic, "Invalid preceding regular expression"),
            ("a{9}{9}{9}{9}{9}{9}{9}{9}", Extended, "Regular expression too big"),
        ] {
            assert_eq!(found(pattern, syntax, ""), Err(expect.to_string()), "{pattern}");
        }
    }
}
