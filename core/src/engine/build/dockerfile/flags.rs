//! The options of an instruction: `--from=…`, `--mount=…` and so on.

use super::parse::nearest;

/// Options that were read, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    given: Vec<(String, Option<String>)>,
}

/// How an option is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Switch,
    Many,
}

/// The options of each instruction.
fn known(keyword: &str) -> &'static [(&'static str, Kind)] {
    match keyword {
        "FROM" => &[("platform", Kind::Text)],
        "RUN" => &[
            ("mount", Kind::Many),
            ("network", Kind::Text),
            ("security", Kind::Text),
            ("device", Kind::Many),
        ],
        "COPY" => &[
            ("from", Kind::Text),
            ("chown", Kind::Text),
            ("chmod", Kind::Text),
            ("link", Kind::Switch),
            ("parents", Kind::Switch),
            ("exclude", Kind::Many),
        ],
        "ADD" => &[
            ("chown", Kind::Text),
            ("chmod", Kind::Text),
            ("link", Kind::Switch),
            ("keep-git-dir", Kind::Switch),
            ("checksum", Kind::Text),
            ("unpack", Kind::Switch),
            ("exclude", Kind::Many),
        ],
        "HEALTHCHECK" => &[
            ("interval", Kind::Text),
            ("timeout", Kind::Text),
            ("start-period", Kind::Text),
            ("start-interval", Kind::Text),
            ("retries", Kind::Text),
        ],
        _ => &[],
    }
}

impl Flags {
    /// Takes the options off the front of an instruction's text; gives what is left.
    pub fn take(text: &str, escape: char) -> (Flags, String) {
        let mut flags = Flags::default();
        let mut rest = text.trim_start();
        while rest.starts_with("--") {
            let word = first_word(rest, escape);
            rest = rest.get(word.0..).unwrap_or_default().trim_start();
            let word = word.1;
            let Some(name) = word.strip_prefix("--").filter(|name| !name.is_empty()) else { break };
            match name.split_once('=') {
                Some((name, value)) => flags.given.push((name.to_owned(), Some(value.to_owned()))),
                None => flags.given.push((name.to_owned(), None)),
            }
        }
        (flags, rest.to_owned())
    }

    /// Refuses options that the instruction does not have.
    ///
    /// # Errors
    /// BuildKit's words.
    pub fn check(&self, keyword: &str) -> Result<(), String> {
        let known = known(keyword);
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in &self.given {
            let Some((_, kind)) = known.iter().find(|(known, _)| known == name) else {
                let near = nearest(name, known.iter().map(|(name, _)| *name));
                let hint = near.map_or(String::new(), |near| format!(" (did you mean {near}?)"));
                return Err(format!("unknown flag: --{name}{hint}"));
            };
            if *kind != Kind::Many && seen.contains(&name.as_str()) {
                return Err(format!("duplicate flag specified: --{name}"));
            }
            seen.push(name);
            match (kind, value.as_deref()) {
                (Kind::Switch, Some(value)) if !matches!(value.to_lowercase().as_str(), "true" | "false") => {
                    return Err(format!("expecting boolean value for flag --{name}, not: {value}"));
                }
                (Kind::Text | Kind::Many, None) => return Err(format!("missing a value on flag: --{name}")),
                _ => {}
            }
        }
        Ok(())
    }

    /// The value of an option.
    pub fn text(&self, name: &str) -> Option<String> {
        self.given.iter().rev().find(|(n, _)| n == name).and_then(|(_, value)| value.clone())
    }

    /// A switch; `None` where it was not given.
    pub fn switch(&self, name: &str) -> Option<bool> {
        let (_, value) = self.given.iter().rev().find(|(n, _)| n == name)?;
        Some(value.as_deref().is_none_or(|value| value.eq_ignore_ascii_case("true")))
    }

    /// All values of an option that may be repeated.
    pub fn many(&self, name: &str) -> Vec<String> {
        self.given.iter().filter(|(n, _)| n == name).filter_map(|(_, value)| value.clone()).collect()
    }
}

/// The first word and how many bytes it takes; quotes hold blanks together and go.
fn first_word(text: &str, escape: char) -> (usize, String) {
    let mut word = String::new();
    let mut quote: Option<char> = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match quote {
            None if c.is_whitespace() => return (at, word),
            None if c == '\'' || c == '"' => quote = Some(c),
            Some(open) if c == open => quote = None,
            _ if c == escape => word.extend(chars.next().map(|(_, c)| c)),
            _ => word.push(c),
        }
    }
    (text.len(), word)
}
