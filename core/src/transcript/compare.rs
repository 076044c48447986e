//! Compares what was recorded with what was played, after masking, and says readably where they part.

use super::{Entry, Transcript, masked, stream_lines};
use std::fmt;

/// Which part of an answer differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The command itself; the rest of the entry is not compared then.
    Command,
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// The exit code.
    Code,
}

/// One part of one answer that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which command of the recording, from 0.
    pub index: usize,
    /// The command, as recorded; where only the playing has one, as played.
    pub command: String,
    /// Which part.
    pub side: Side,
    /// What was recorded, masked.
    pub recorded: Vec<String>,
    /// What was played, masked.
    pub played: Vec<String>,
}

/// All differences, in order. Entries are compared pairwise by position.
pub fn compare(recorded: &Transcript, played: &Transcript) -> Vec<Difference> {
    let mut out = Vec::new();
    for index in 0..recorded.entries.len().max(played.entries.len()) {
        compare_entry(&mut out, index, recorded.entries.get(index), played.entries.get(index));
    }
    out
}

fn compare_entry(out: &mut Vec<Difference>, index: usize, want: Option<&Entry>, got: Option<&Entry>) {
    let command = want.or(got).map(|e| e.command.clone()).unwrap_or_default();
    let mut differ = |side, recorded: Vec<String>, played: Vec<String>| {
        if recorded != played {
            out.push(Difference { index, command: command.clone(), side, recorded, played });
        }
    };
    let commands =
        |e: Option<&Entry>| e.map(|e| e.command.split('\n').map(Into::into).collect()).unwrap_or_default();
    let (Some(want), Some(got)) = (want, got) else {
        return differ(Side::Command, commands(want), commands(got));
    };
    if want.command != got.command {
        return differ(Side::Command, commands(Some(want)), commands(Some(got)));
    }
    differ(Side::Stdout, mask_stream(&want.stdout), mask_stream(&got.stdout));
    differ(Side::Stderr, mask_stream(&want.stderr), mask_stream(&got.stderr));
    differ(Side::Code, vec![want.code.to_string()], vec![got.code.to_string()]);
}

fn mask_stream(stream: &str) -> Vec<String> {
    masked(&stream_lines(stream))
}

/// The command, then the lines: ` ` in both, `-` only recorded, `+` only played.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.side {
            Side::Command => "command",
            Side::Stdout => "stdout",
            Side::Stderr => "stderr",
            Side::Code => "exit code",
        };
        writeln!(f, "$ {}", self.command.replace('\n', "\n> "))?;
        writeln!(f, "{part} of command {} (- recorded, + played):", self.index.saturating_add(1))?;
        for (sign, line) in unified(&self.recorded, &self.played) {
            writeln!(f, "{sign} {}", line.replace('\n', "\n    "))?;
        }
        Ok(())
    }
}

/// Longest common subsequence where that is cheap, else the two middles one after the other.
fn unified<'a>(old: &'a [String], new: &'a [String]) -> Vec<(char, &'a str)> {
    const MAX_CELLS: usize = 1 << 20;
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_mid, shared) = old_rest.split_at(old_rest.len().saturating_sub(tail));
    let (new_mid, _) = new_rest.split_at(new_rest.len().saturating_sub(tail));

    let mut out: Vec<(char, &str)> = old.iter().take(head).map(|l| (' ', l.as_str())).collect();
    if old_mid.len().saturating_mul(new_mid.len()) <= MAX_CELLS {
        out.extend(align(old_mid, new_mid));
    } else {
        out.extend(old_mid.iter().map(|l| ('-', l.as_str())));
        out.extend(new_mid.iter().map(|l| ('+', l.as_str())));
    }
    out.extend(shared.iter().map(|l| (' ', l.as_str())));
    out
}

fn align<'a>(old: &'a [String], new: &'a [String]) -> Vec<(char, &'a str)> {
    // common[i][j]: how many lines old[i..] and new[j..] have in common, in order.
    let mut common = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut out = Vec::with_capacity(old.len() + new.len());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            out.push((' ', old[i].as_str()));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            out.push(('-', old[i].as_str()));
            i += 1;
        } else {
            out.push(('+', new[j].as_str()));
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn shows_where_they_part() {
        let recorded = parse("$ ls\n| a\n| b\n| c\n| 1.5MB\n$ false\n= 1\n$ extra\n").unwrap();
        let played = parse("$ ls\n| a\n| x\n| c\n| 2.5MB\n$ false\n").unwrap();
        let found = compare(&recorded, &played);
        assert_eq!(
            found[0].to_string(),
            "$ ls\nstdout of command 1 (- recorded, + played):\n  a\n- b\n+ x\n  c\n  <size>\n"
        );
        assert_eq!(
            found.iter().map(|d| d.side).collect::<Vec<_>>(),
            [Side::Stdout, Side::Code, Side::Command]
        );
        assert!(compare(&recorded, &recorded).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn a_unified_report_holds_both_sides(old in "[abc]{0,9}", new in "[abc]{0,9}") {
            let lines = |s: &str| s.chars().map(String::from).collect::<Vec<_>>();
            let (old, new) = (lines(&old), lines(&new));
            let report = unified(&old, &new);
            let side = |not: char| report.iter().filter(|l| l.0 != not).map(|l| l.1.to_string()).collect::<Vec<_>>();
            proptest::prop_assert_eq!(&side('+'), &old);
            proptest::prop_assert_eq!(&side('-'), &new);
        }
    }
}
