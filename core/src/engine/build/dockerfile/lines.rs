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
    /// How many lines they take.
    pub lines: usize,
}

impl Default for Directives {
    fn default() -> Self {
        Self { syntax: None, escape: '\\', check: None, lines: 0 }
    }
}

impl Directives {
    /// Whether `# check=skip=…` leaves a rule out; one on trial is left out unless it is asked for.
    pub fn skips(&self, rule: Rule) -> bool {
        self.names("skip", rule) || rule.is_experimental() && !self.names("experimental", rule)
    }

    /// Whether an option of `# check=` names a rule, or all.
    fn names(&self, option: &str, rule: Rule) -> bool {
        let check = self.check.as_deref().unwrap_or_default();
        let values = check.split(';').filter_map(|part| part.split_once('='));
        values
            .filter(|(key, _)| key.trim() == option)
            .flat_map(|(_, names)| names.split(','))
            .map(str::trim)
            .any(|name| name.eq_ignore_ascii_case("all") || name.eq_ignore_ascii_case(rule.name()))
    }

    /// Looks at the options of `# check=`.
    ///
    /// # Errors
    /// One that there is not.
    pub fn check_options(&self) -> Result<(), String> {
        for part in
            self.check.as_deref().unwrap_or_default().split(';').filter(|part| !part.trim().is_empty())
        {
            let known = part
                .split_once('=')
                .filter(|(key, _)| ["skip", "experimental", "error"].contains(&key.trim()));
            let (key, value) = known
                .ok_or_else(|| format!("failed to parse check options: invalid check option {part:?}"))?;
            if key.trim() == "error"
                && !["true", "false", "1", "0"].contains(&value.trim().to_lowercase().as_str())
            {
                return Err(format!("failed to parse check options: failed to parse check option {part:?}"));
            }
        }
        Ok(())
    }

    /// Whether `# check=error=true` makes warnings errors.
    pub fn warnings_fail(&self) -> bool {
        let check = self.check.as_deref().unwrap_or_default();
        check.split(';').any(|part| ["error=true", "error=1"].contains(&part.trim().to_lowercase().as_str()))
    }
}

/// An instruction as it stands in the file: continuations joined, here-documents apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// The joined text.
    pub text: String,
    /// Where it stands, here-documents included.
    pub range: Range,
    /// Its here-documents.
    pub heredocs: Vec<Heredoc>,
    /// The comments right above it.
    pub comments: Vec<String>,
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
    let mut comments = Vec::new();
    while let Some(line) = source.get(at) {
        at += 1;
        let line = line.trim_start();
        if let Some(comment) = line.strip_prefix('#').map(str::trim).filter(|comment| !comment.is_empty()) {
            // Directives are no descriptions.
            comments.extend((at > directives.lines).then(|| comment.to_owned()));
            continue;
        }
        if line.is_empty() || line.starts_with('#') {
            comments.clear();
            continue;
        }
        let start = at;
        let (text, gap) = join(line, &source, &mut at, directives.escape);
        if gap {
            warnings.push(Warning::new(Rule::NoEmptyContinuation, "Empty continuation line", at));
        }
        let heredocs = heredocs(&text, &source, &mut at, directives.escape)
            .ok_or_else(|| Problem::at(Range { start, end: at }, "unterminated heredoc"))?;
        let comments = std::mem::take(&mut comments);
        found.push(Line { text, range: Range { start, end: at }, heredocs, comments });
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
        found.lines = index + 1;
    }
    Ok(found)
}

/// Takes the here-documents that an instruction announces; none where one has no end.
fn heredocs(text: &str, source: &[&str], at: &mut usize, escape: char) -> Option<Vec<Heredoc>> {
    let mut found = Vec::new();
    for mut heredoc in announced(text, escape) {
        let mut content = String::new();
        loop {
            let line = source.get(*at)?;
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
    Some(found)
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
