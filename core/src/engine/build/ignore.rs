//! `.dockerignore`: which paths of a context a build does not see.

use crate::base::glob::path_match;
use serde::{Deserialize, Serialize};

/// How many patterns are read.
const MAX_PATTERNS: usize = 4_096;

/// Patterns in order; the last that matches a path decides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patterns {
    rules: Vec<(Vec<String>, bool)>,
}

impl Patterns {
    /// Reads the text of a `.dockerignore`.
    ///
    /// # Errors
    /// `syntax error in pattern`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines = text.trim_start_matches('\u{feff}').lines().filter(|line| !line.starts_with('#'));
        Self::new(lines.map(str::trim).filter(|line| !line.is_empty()).take(MAX_PATTERNS))
    }

    /// Takes patterns as `--exclude` gives them.
    ///
    /// # Errors
    /// `syntax error in pattern`.
    pub fn new<'a>(patterns: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let mut rules = Vec::new();
        for pattern in patterns {
            let (pattern, keep) = match pattern.strip_prefix('!') {
                Some(rest) => (rest.trim(), true),
                None => (pattern, false),
            };
            let parts = clean(pattern);
            if parts.is_empty() {
                continue;
            }
            for part in parts.iter().filter(|part| *part != "**") {
                path_match(&part.replace("**", "*"), "").map_err(|e| e.to_string())?;
            }
            rules.push((parts, keep));
        }
        Ok(Self { rules })
    }

    /// Whether a path, relative and without a slash at its ends, is left out. A pattern that matches a
    /// directory matches all that is in it.
    pub fn excludes(&self, path: &str) -> bool {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let mut excluded = false;
        for (pattern, keep) in &self.rules {
            if *keep != excluded {
                continue;
            }
            if (1..=parts.len()).any(|n| fits(pattern, parts.get(..n).unwrap_or_default())) {
                excluded = !keep;
            }
        }
        excluded
    }

    /// Whether nothing is left out.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

/// The parts of a pattern, without `.` and with `..` resolved.
fn clean(pattern: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in pattern.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part.to_owned()),
        }
    }
    parts
}

/// Whether a pattern matches all parts of a path; `**` stands for any number of them.
fn fits(pattern: &[String], path: &[&str]) -> bool {
    // Row by row, so that many `**` cost no more than pattern times path.
    let mut row: Vec<bool> = std::iter::once(true).chain(path.iter().map(|_| false)).collect();
    for part in pattern {
        let mut next = vec![false; path.len() + 1];
        for at in 0..=path.len() {
            let here = row.get(at).copied().unwrap_or(false);
            let before = at.checked_sub(1);
            let fit = if part == "**" {
                here || before.and_then(|b| next.get(b).copied()).unwrap_or(false)
            } else {
                before.is_some_and(|b| {
                    row.get(b).copied().unwrap_or(false) && path.get(b).is_some_and(|name| one(part, name))
                })
            };
            if let Some(slot) = next.get_mut(at) {
                *slot = fit;
            }
        }
        row = next;
    }
    row.last().copied().unwrap_or(false)
}

fn one(pattern: &str, name: &str) -> bool {
    path_match(&pattern.replace("**", "*"), name).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_decide_as_recorded() {
        let all = [
            "Dockerfile",
            "keep.log",
            "logs/l.log",
            "node_modules/x/n",
            "secret.txt",
            "src/a.c",
            "src/sub/b.c",
        ];
        let left = |text: &str| {
            let patterns = Patterns::parse(text).unwrap();
            all.into_iter().filter(|path| !patterns.excludes(path)).collect::<Vec<_>>()
        };
        assert_eq!(
            left("node_modules\n*.log\nsecret.txt\n"),
            ["Dockerfile", "logs/l.log", "src/a.c", "src/sub/b.c"]
        );
        assert_eq!(
            left("**/*.log\nnode_modules\n!keep.log\nDockerfile\n"),
            ["keep.log", "secret.txt", "src/a.c", "src/sub/b.c"]
        );
        assert_eq!(left("# c\n*\n!src\nsrc/sub\n"), ["src/a.c"]);
        assert_eq!(
            left("src/*.c\n?ecret.txt\n/logs\n"),
            ["Dockerfile", "keep.log", "node_modules/x/n", "src/sub/b.c"]
        );
        assert_eq!(left("**/sub/**\nsrc/**/a.c\n").len(), 5);
        assert_eq!(Patterns::parse("[bad\n"), Err("syntax error in pattern".into()));
    }
}
