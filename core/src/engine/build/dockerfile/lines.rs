//! Lines: parser directives, comments, continuations and here-documents.

use super::instruction::Heredoc;
use super::lint::{Rule, Warning};
use super::words::Lexer;
use super::{Problem, Range};
use serde::{Deserialize, Serialize};

/// What the comments at the top ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directives {
    /// `# syntax=`: the frontend's image.
    pub syntax: Option<String>,
    /// `# escape=`: a backslash or a backtick.
    pub escape: char,
    /// `# check=`: rules to skip, and whether warnings are errors.
    pub check: Option<String>,
}

impl Default for Directives {
    fn default() -> Self {
        Self { syntax: None, escape: '\\', check: None }
    }
}

impl Directives {
    /// Whether `# check=skip=…` leaves a rule out.
    pub fn skips(&self, rule: Rule) -> bool {
        let Some(check) = &self.check else { return false };
        let skipped = check.split(';').filter_map(|part| part.trim().strip_prefix("skip="));
        skipped
            .flat_map(|names| names.split(','))
            .map(str::trim)
            .any(|name| name.eq_ignore_ascii_case("all") || name.eq_ignore_ascii_case(rule.name()))
    }

    /// Whether `# check=error=true` makes warnings errors.
    pub fn warnings_fail(&self) -> bool {
        let check = self.check.as_deref().unwrap_or_default();
        check.split(';').any(|part| part.trim().eq_ignore_ascii_case("error=true"))
    }
}

/// An instruction as it stands in the file: continuations joined, here-documents apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The joined text.
    pub text: String,
    /// Where it stands, here-documents included.
    pub range: Range,
    /// Its here-documents.
    pub heredocs: Vec<Heredoc>,
}

/// Splits a Dockerfile into its instructions.
///
/// # Errors
/// A bad `# escape=`, an unfinished here-document.
pub fn split(text: &str, warnings: &mut Vec<Warning>) -> Result<(Directives, Vec<Line>), Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source: Vec<&str> = text.lines().collect();
    let directives = directives(&source)?;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(line) = source.get(at) {
        at += 1;
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let start = at;
        let (text, gap) = join(line, &source, &mut at, directives.escape);
        if gap {
            warnings.push(Warning::new(Rule::NoEmptyContinuation, "Empty continuation line", at));
        }
        let heredocs = heredocs(&text, &source, &mut at, directives.escape)?;
        found.push(Line { text, range: Range { start, end: at }, heredocs });
    }
    Ok((directives, found))
}

/// Joins a line with those that continue it; tells whether an empty one was among them.
fn join(line: &str, source: &[&str], at: &mut usize, escape: char) -> (String, bool) {
    let mut text = String::new();
    let mut gap = false;
    let mut current = line;
    loop {
        let bare = current.trim_end_matches([' ', '\t', '\r']);
        let Some(kept) = bare.strip_suffix(escape) else {
            text.push_str(current);
            return (text.trim_end().to_owned(), gap);
        };
        text.push_str(kept);
        current = loop {
            let Some(next) = source.get(*at) else { return (text.trim_end().to_owned(), gap) };
            *at += 1;
            let bare = next.trim_start();
            if bare.is_empty() {
                gap = true;
            } else if !bare.starts_with('#') {
                break next;
            }
        };
    }
}

fn directives(source: &[&str]) -> Result<Directives, Problem> {
    let mut found = Directives::default();
    let mut seen: Vec<String> = Vec::new();
    for (index, line) in source.iter().enumerate() {
        if index == 0 && line.starts_with("#!") {
            continue;
        }
        let Some((key, value)) = line.trim().strip_prefix('#').and_then(|rest| rest.split_once('=')) else {
            break;
        };
        let (key, value) = (key.trim().to_lowercase(), value.trim());
        if !["syntax", "escape", "check"].contains(&key.as_str()) {
            break;
        }
        let range = Range::line(index + 1);
        if seen.contains(&key) {
            return Err(Problem::at(range, format!("only one {key} parser directive can be used")));
        }
        match (key.as_str(), value) {
            ("syntax", _) => found.syntax = Some(value.to_owned()),
            ("check", _) => found.check = Some(value.to_owned()),
            (_, "`") => found.escape = '`',
            (_, "\\") => found.escape = '\\',
            _ => {
                let message = format!("invalid ESCAPE '{value}' does not match ` or \\");
                return Err(Problem::at(range, message));
            }
        }
        seen.push(key);
    }
    Ok(found)
}

/// Takes the here-documents that an instruction announces.
fn heredocs(text: &str, source: &[&str], at: &mut usize, escape: char) -> Result<Vec<Heredoc>, Problem> {
    let mut found = Vec::new();
    for mut heredoc in announced(text, escape) {
        let mut content = String::new();
        loop {
            let Some(line) = source.get(*at) else {
                return Err(Problem::at(Range::line((*at).max(1)), "unterminated heredoc"));
            };
            *at += 1;
            let line = if heredoc.chomp { line.trim_start_matches('\t') } else { line };
            if line == heredoc.name {
                break;
            }
            content.push_str(line);
            content.push('\n');
        }
        heredoc.content = content;
        found.push(heredoc);
    }
    Ok(found)
}

/// The here-documents a line announces: only `RUN`, `COPY` and `ADD` have them, also under `ONBUILD`.
fn announced(text: &str, escape: char) -> Vec<Heredoc> {
    let mut words = text.split_whitespace();
    let mut keyword = words.next().unwrap_or_default().to_ascii_uppercase();
    if keyword == "ONBUILD" {
        keyword = words.next().unwrap_or_default().to_ascii_uppercase();
    }
    if !matches!(keyword.as_str(), "RUN" | "COPY" | "ADD") || !text.contains("<<") {
        return vec![];
    }
    let lexer = Lexer { raw_quotes: true, raw_escapes: true, keep_unset: true, ..Lexer::new(escape) };
    let Ok(words) = lexer.words(text, &|_| None) else { return vec![] };
    words.iter().filter_map(|word| Heredoc::announced(word)).collect()
}
