//! What was done at a desk, as text that can be kept, sent and played again: the seed and every input, each at
//! the round and the moment it came. Playing it leads to the same session, bytes and ids included.

use super::{Desk, EPOCH};
use crate::base::{Duration, Time};
use std::fmt::Write;

/// The longest journal that is read, in bytes.
const LONGEST: usize = 4 << 20;
/// The first word, with the version of the form.
const HEAD: &str = "drydock-journal 1";
/// How many rounds one stretch of time may take when it is played again.
const PATIENCE: u32 = 2_000_000;

/// One input to a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A line was entered.
    Line(String),
    /// Time passed up to this moment, and everything due in it was done.
    Until(Time),
    /// So many rounds were run, with time to spare up to that moment, and there was still more to do.
    Rounds(u32, Time),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D.
    EndInput,
    /// A file of the host was written: its path and text.
    Write(String, String),
}

/// A seed and what was done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// The seed of the world.
    pub seed: u64,
    /// The inputs, in order.
    pub acts: Vec<Act>,
}

impl Journal {
    /// The journal as text.
    pub fn write(&self) -> String {
        let mut out = format!("{HEAD} {}\n", self.seed);
        for act in &self.acts {
            let _a_string_takes_everything = match act {
                Act::Line(line) => writeln!(out, "${}", escape(line)),
                Act::Until(moment) => writeln!(out, "@{}", millis(*moment)),
                Act::Rounds(rounds, moment) => writeln!(out, "#{rounds} {}", millis(*moment)),
                Act::Interrupt => writeln!(out, "^C"),
                Act::EndInput => writeln!(out, "^D"),
                Act::Write(path, text) => writeln!(out, ">{}\t{}", escape(path), escape(text)),
            };
        }
        out
    }

    /// Reads a journal.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("a journal of more than {LONGEST} bytes"));
        }
        let mut lines = text.lines();
        let seed =
            lines.next().and_then(|head| head.strip_prefix(HEAD)).and_then(|seed| seed.trim().parse().ok());
        let seed = seed.ok_or("not a journal of this version of Drydock")?;
        let act = |(at, line)| {
            parse_act(line).ok_or_else(|| format!("line {} of the journal has no meaning", at + 2))
        };
        let acts = lines.enumerate().map(act).collect::<Result<_, String>>()?;
        Ok(Self { seed, acts })
    }
}

fn parse_act(line: &str) -> Option<Act> {
    let mut chars = line.chars();
    let mark = chars.next()?;
    let rest = chars.as_str();
    Some(match mark {
        '$' => Act::Line(unescape(rest)),
        '@' => Act::Until(moment(rest)?),
        '#' => {
            let (rounds, at) = rest.split_once(' ')?;
            Act::Rounds(rounds.parse().ok()?, moment(at)?)
        }
        '^' if rest == "C" => Act::Interrupt,
        '^' if rest == "D" => Act::EndInput,
        '>' => {
            let (path, text) = rest.split_once('\t')?;
            Act::Write(unescape(path), unescape(text))
        }
        _ => return None,
    })
}

fn millis(moment: Time) -> i64 {
    (moment - EPOCH).0 / Duration::millis(1).0
}

fn moment(text: &str) -> Option<Time> {
    let millis: i64 = text.parse().ok()?;
    Some(EPOCH + Duration(millis.checked_mul(Duration::millis(1).0)?))
}

/// The first whole millisecond that is not before a moment: all that a journal can name.
pub(super) fn whole(moment: Time) -> Time {
    let unit = Duration::millis(1).0;
    EPOCH + Duration(((moment - EPOCH).0.saturating_add(unit - 1) / unit).saturating_mul(unit))
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r")
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('t')) => out.push('\t'),
            ('\\', Some('r')) => out.push('\r'),
            ('\\', Some(other)) => out.push(other),
            _ => out.push(c),
        }
    }
    out
}

impl Desk {
    /// Does once more what a journal says was done.
    pub fn perform(&mut self, act: &Act) {
        match act {
            Act::Line(line) => drop(self.enter(line)),
            Act::Until(moment) => drop(self.pass(*moment, PATIENCE)),
            Act::Rounds(rounds, moment) => drop(self.pass(*moment, (*rounds).min(PATIENCE))),
            Act::Interrupt => self.interrupt(),
            Act::EndInput => self.end_input(),
            Act::Write(path, text) => drop(self.write_file(path, text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_read_as_it_was_written() {
        let acts = vec![
            Act::Line("printf 'a\\n'\tb".into()),
            Act::Until(EPOCH + Duration::millis(1500)),
            Act::Rounds(12, EPOCH + Duration::millis(1600)),
            Act::Interrupt,
            Act::EndInput,
            Act::Write("/tmp/a b".into(), "FROM busybox\n\tRUN \\\n x\r\n".into()),
        ];
        let journal = Journal { seed: 7, acts };
        assert_eq!(Journal::parse(&journal.write()), Ok(journal));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "hello",
            "drydock-journal 2 7\n",
            "drydock-journal 1 x\n",
            "drydock-journal 1 7\n?\n",
            "drydock-journal 1 7\n@9999999999999999999\n",
        ] {
            assert!(Journal::parse(text).is_err(), "{text}");
        }
    }
}
