//! Dockerfiles: from text to stages of instructions, with positions for messages.

mod flags;
mod instruction;
mod json;
mod lines;
mod lint;
mod parse;
mod words;

pub use instruction::{
    Argument, Copy, Expose, Heredoc, Instruction, Mount, Run, ShellOrExec, Source, Stage, Step,
};
pub use lines::Directives;
pub use lint::{Rule, Warning, check_casing, check_stages, looks_secret};
pub use parse::{nearest, parse, parse_trigger};
pub use words::{Lexer, Unset};

pub use crate::model::build::Range;
use serde::{Deserialize, Serialize};

/// The largest Dockerfile, in bytes.
pub const MAX_SIZE: usize = 1 << 20;
/// How many instructions a Dockerfile may have.
pub const MAX_STEPS: usize = 2_000;

/// Why a Dockerfile cannot be used: BuildKit's words and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The message, `dockerfile parse error on line 2: …` included.
    pub message: String,
    /// The lines to show.
    pub range: Option<Range>,
}

impl Problem {
    /// A problem without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), range: None }
    }

    /// A problem at a place, with the message as it is.
    pub fn at(range: Range, message: impl Into<String>) -> Self {
        Self { message: message.into(), range: Some(range) }
    }

    /// `dockerfile parse error on line N: …`.
    pub fn parse(range: Range, message: &str) -> Self {
        Self::at(range, format!("dockerfile parse error on line {}: {message}", range.start))
    }
}

/// A Dockerfile that was understood.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Dockerfile {
    /// `# syntax=`, `# escape=`, `# check=`.
    pub directives: Directives,
    /// `ARG` before the first `FROM`.
    pub global: Vec<Step>,
    /// The stages in order.
    pub stages: Vec<Stage>,
    /// What the checks of the grammar found.
    pub warnings: Vec<Warning>,
}

/// The lines around a place, as BuildKit shows them under a failure.
pub fn excerpt(file: &str, text: &str, range: Range) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    if range.start < 1 || range.start > lines.len() {
        return String::new();
    }
    let (mut first, mut last) = (range.start, range.end.clamp(range.start, lines.len()));
    let wanted = if range.start == range.end { 4 } else { 2 };
    let mut shown = 0;
    while shown < wanted {
        if first > 1 {
            first -= 1;
            shown += 1;
        }
        if last < lines.len() {
            last += 1;
            shown += 1;
        }
        shown += 1;
    }
    const RULE: &str = "--------------------\n";
    let mut out = format!("{file}:{}\n{RULE}", range.start);
    for number in first..=last {
        let marked = (range.start..=range.end).contains(&number);
        let line = lines.get(number - 1).copied().unwrap_or_default();
        out.push_str(&format!(" {number:>3} | {} {line}\n", if marked { ">>>" } else { "   " }));
    }
    out + RULE
}

#[cfg(test)]
mod tests;
