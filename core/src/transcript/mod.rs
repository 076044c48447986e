//! Transcripts: what a session of commands printed, as text that people read and tests compare.
//!
//! `$ ` starts a command and `> ` continues it, `| ` is a line of stdout, `! ` one of stderr,
//! `= N` an exit code other than 0, `# ` a comment. A backslash at the end of a stream's last line
//! marks a missing final newline. Stdout comes before stderr; how they interleave is not kept.

mod compare;
mod mask;
mod script;

pub use compare::{Difference, Side, compare};
pub use mask::{mask_line, masked};
pub use script::{ScriptCommand, is_complete, split_script};

use std::fmt;

/// One command and what it answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// The comment lines above it, without the `# `.
    pub comments: Vec<String>,
    /// The command; several lines for a here-document or a loop.
    pub command: String,
    /// What it wrote on stdout.
    pub stdout: String,
    /// What it wrote on stderr.
    pub stderr: String,
    /// Its exit code.
    pub code: i32,
}

/// A whole session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transcript {
    /// The commands in order.
    pub entries: Vec<Entry>,
    /// The comment lines below the last command.
    pub trailing: Vec<String>,
}

/// A line that a transcript cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: not a line of a transcript: {}", self.line, self.text)
    }
}

impl std::error::Error for BadLine {}

/// Reads a transcript. Empty lines between commands are allowed.
///
/// # Errors
/// The first line that is none of the six kinds, or that belongs to a command where there is none.
pub fn parse(text: &str) -> Result<Transcript, BadLine> {
    let mut out = Transcript::default();
    for (i, line) in text.split_terminator('\n').enumerate() {
        read_line(&mut out, line).ok_or_else(|| BadLine { line: i + 1, text: line.into() })?;
    }
    for entry in &mut out.entries {
        unmark_missing_newline(&mut entry.stdout);
        unmark_missing_newline(&mut entry.stderr);
    }
    Ok(out)
}

fn read_line(out: &mut Transcript, line: &str) -> Option<()> {
    let (mark, rest) = match line.split_at_checked(1) {
        None => return Some(()),
        Some((mark, "")) => (mark, ""),
        Some(("#", rest)) => ("#", rest.strip_prefix(' ').unwrap_or(rest)),
        Some((mark, rest)) => (mark, rest.strip_prefix(' ')?),
    };
    match mark {
        "#" => out.trailing.push(rest.into()),
        "$" if line.len() > 1 => out.entries.push(Entry {
            comments: std::mem::take(&mut out.trailing),
            command: rest.into(),
            ..Entry::default()
        }),
        ">" => push_line(&mut out.entries.last_mut()?.command, "\n", rest, ""),
        "|" => push_line(&mut out.entries.last_mut()?.stdout, "", rest, "\n"),
        "!" => push_line(&mut out.entries.last_mut()?.stderr, "", rest, "\n"),
        "=" => out.entries.last_mut()?.code = rest.parse().ok()?,
        _ => return None,
    }
    Some(())
}

fn push_line(to: &mut String, before: &str, line: &str, after: &str) {
    to.push_str(before);
    to.push_str(line);
    to.push_str(after);
}

fn unmark_missing_newline(stream: &mut String) {
    if stream.ends_with("\\\n") {
        stream.truncate(stream.len() - 2);
    }
}

/// Writes a transcript. [`parse`] reads it back, but for a last line that ends in a backslash of
/// its own.
pub fn write(transcript: &Transcript) -> String {
    let mut out = String::new();
    for entry in &transcript.entries {
        entry.comments.iter().for_each(|c| mark_line(&mut out, "#", c));
        for (i, line) in entry.command.split('\n').enumerate() {
            push_line(&mut out, if i == 0 { "$ " } else { "> " }, line, "\n");
        }
        stream_lines(&entry.stdout).iter().for_each(|l| mark_line(&mut out, "|", l));
        stream_lines(&entry.stderr).iter().for_each(|l| mark_line(&mut out, "!", l));
        if entry.code != 0 {
            mark_line(&mut out, "=", &entry.code.to_string());
        }
    }
    transcript.trailing.iter().for_each(|c| mark_line(&mut out, "#", c));
    out
}

fn mark_line(out: &mut String, mark: &str, line: &str) {
    out.push_str(mark);
    if !line.is_empty() {
        out.push(' ');
    }
    push_line(out, "", line, "\n");
}

/// The lines of a stream as a transcript shows them, with the backslash of a missing newline.
pub fn stream_lines(stream: &str) -> Vec<String> {
    let mut lines: Vec<String> = stream.split('\n').map(Into::into).collect();
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    } else if let Some(last) = lines.last_mut() {
        last.push('\\');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_six_kinds() {
        let text = "# tour\n$ cat <<E\n> a\n> E\n| a\n|\n| no newline\\\n! oops\n= 3\n$ true\n# end\n";
        let t = parse(text).unwrap();
        assert_eq!(t.entries.len(), 2);
        assert_eq!(t.entries[0].command, "cat <<E\na\nE");
        assert_eq!(t.entries[0].stdout, "a\n\nno newline");
        assert_eq!((t.entries[0].stderr.as_str(), t.entries[0].code), ("oops\n", 3));
        assert_eq!(write(&t), text);
        assert_eq!(parse("$ true\n\nhello").unwrap_err().line, 3);
        assert!(parse("| orphan").is_err() && parse("$ x\n= many").is_err());
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(command in "[a-z]{1,5}(\n[ a-z]{0,4}){0,2}",
                                      stdout in "([ a-z|$]{0,4}\n){0,3}[a-z]{0,3}", code in 0..256) {
            let entry = Entry { command, stdout, code, ..Entry::default() };
            let t = Transcript { entries: vec![entry], trailing: vec![] };
            proptest::prop_assert_eq!(parse(&write(&t)), Ok(t));
        }

        #[test]
        fn any_text_is_answered(text in "([$>|!=# ]{0,2}\\PC{0,6}\n){0,8}") {
            if let Ok(t) = parse(&text) {
                let _ = compare(&t, &Transcript::default());
            }
        }
    }
}
