//! `wc [-clmwL] [FILE…]`: count lines, words, characters and bytes.
//!
//! - `-l` lines, `-w` words, `-m` characters, `-c` bytes, `-L` the longest line; without, lines words bytes
//!
//! Exit status: 0, or 1 where a file could not be read.

use super::input::{Piece, Source, plain_error};
use super::opts::{Spec, parse};
use super::stream::{PIECE, Running, Stream, spend_bytes, until_readable};
use crate::kernel::{Applet, Flavor, Object, Step, Stop, Sys};
use serde::{Deserialize, Serialize};

/// `wc`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Wc>>("wc")];

const SPEC: Spec = Spec::new(
    "clmwL",
    &[("bytes", 'c'), ("lines", 'l'), ("chars", 'm'), ("words", 'w'), ("max-line-length", 'L')],
    "[-cmlwL] [FILE]...",
    "Count lines, words, and bytes of FILEs (or stdin)\n\n\t-c\tCount bytes\n\t-m\tCount characters\n\t-l\tCount newlines\n\t-w\tCount words\n\t-L\tPrint the length of the longest line",
);

/// What has been counted.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
struct Counts {
    lines: u64,
    words: u64,
    chars: u64,
    bytes: u64,
    longest: u64,
    column: u64,
    in_word: bool,
}

impl Counts {
    /// Counts `data`; nothing but its bytes where nothing else is asked for.
    fn add(&mut self, data: &[u8], which: &[char]) {
        self.bytes += data.len() as u64;
        if which == ['c'] {
            return;
        }
        for &byte in data {
            self.chars += u64::from(byte & 0xc0 != 0x80);
            let space = matches!(byte, b' ' | b'\t'..=b'\r');
            self.words += u64::from(!space && !self.in_word);
            self.in_word = !space;
            match byte {
                b'\n' | b'\r' | 0x0c => {
                    self.lines += u64::from(byte == b'\n');
                    self.column = 0;
                }
                b'\t' => self.column += 8 - self.column % 8,
                0x20..0x7f => self.column += 1,
                0xc0.. => self.column += 1,
                _ => {}
            }
            self.longest = self.longest.max(self.column);
        }
    }
}

/// The state of a `wc`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wc {
    source: Source,
    which: Vec<char>,
    width: usize,
    named: bool,
    several: bool,
    now: Counts,
    total: Counts,
    failed: bool,
}

impl Stream for Wc {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let o = parse(sys, &SPEC)?;
        let any = !o.list.is_empty();
        let which: Vec<char> =
            "lwmcL".chars().filter(|c| if any { o.has(*c) } else { "lwc".contains(*c) }).collect();
        let width = match sys.flavor() {
            Flavor::Busybox if which.len() == 1 => 0,
            Flavor::Busybox => 9,
            Flavor::Gnu => width(sys, &o.operands, which.len()),
        };
        Ok(Self {
            source: Source::new(&o.operands),
            which,
            width,
            named: !o.operands.is_empty(),
            several: o.operands.len() > 1,
            now: Counts::default(),
            total: Counts::default(),
            failed: false,
        })
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        match self.source.read(sys, PIECE) {
            Piece::Data(data) => {
                spend_bytes(sys, data.len() * 4);
                self.now.add(&data, &self.which);
            }
            Piece::Wait(fd) => return until_readable(fd),
            Piece::EndOf(name, error) => {
                if let Some(error) = error {
                    self.failed = true;
                    let text = plain_error(sys.flavor(), &name, error);
                    sys.complain(&text);
                }
                if error.is_none_or(|e| e == crate::base::Errno::EISDIR) {
                    let counts = std::mem::take(&mut self.now);
                    self.report(sys, &counts, &name);
                    self.sum(&counts);
                }
            }
            Piece::End => {
                if self.several {
                    let total = self.total;
                    self.report(sys, &total, "total");
                }
                return Step::Exit(i32::from(self.failed));
            }
        }
        Step::Continue
    }
}

/// GNU's column width: the digits of the sizes' sum, at least 7 where a size is not known.
fn width(sys: &Sys<'_>, operands: &[String], columns: usize) -> usize {
    if operands.len() <= 1 && columns == 1 {
        return 0;
    }
    let stdin = || match sys.object(0) {
        Ok(Object::File(place)) => {
            sys.kernel().inode(place).and_then(|i| match &i.node {
                crate::fs::Node::File(content) => Some(content.len()),
                _ => None,
            })
        }
        _ => None,
    };
    let (mut sum, mut least) = (0u64, 1);
    let only_stdin = ["-".to_string()];
    for name in if operands.is_empty() { &only_stdin[..] } else { operands } {
        let size = match name.as_str() {
            "-" => stdin(),
            name => match sys.stat(name) {
                Ok(stat) => stat.is_file().then_some(stat.size),
                Err(_) => continue,
            },
        };
        match size {
            Some(size) => sum = sum.saturating_add(size),
            None => least = 7,
        }
    }
    sum.to_string().len().max(least)
}

impl Wc {
    fn sum(&mut self, counts: &Counts) {
        let total = &mut self.total;
        total.lines += counts.lines;
        total.words += counts.words;
        total.chars += counts.chars;
        total.bytes += counts.bytes;
        total.longest = total.longest.max(counts.longest);
    }

    fn report(&self, sys: &mut Sys<'_>, counts: &Counts, name: &str) {
        let width = self.width;
        let columns: Vec<String> = self
            .which
            .iter()
            .map(|c| match c {
                'l' => counts.lines,
                'w' => counts.words,
                'm' => counts.chars,
                'c' => counts.bytes,
                _ => counts.longest,
            })
            .map(|n| format!("{n:>width$}"))
            .collect();
        let name = if self.named { format!(" {name}") } else { String::new() };
        sys.print(&format!("{}{name}\n", columns.join(" ")));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn counts_and_columns() {
        let mut bed = bed().file("/tmp/a", "one two\nthree\n").file("/tmp/b", "é");
        check(
            &mut bed,
            &[
                ("wc -l", "a\nb\nc", "2\n"),
                ("wc", "a b\n", "      1       2       4\n"),
                ("wc /tmp/a", "", " 2  3 14 /tmp/a\n"),
                ("wc -cm /tmp/b", "", "1 2 /tmp/b\n"),
                ("wc -l /tmp/a /tmp/b", "", " 2 /tmp/a\n 0 /tmp/b\n 2 total\n"),
                ("wc -L", "ab\tc\nd\n", "9\n"),
                ("wc -l /no", "", "! wc: /no: No such file or directory\n= 1\n"),
            ],
        );
        let mut bed = bed.busybox();
        check(
            &mut bed,
            &[("wc /tmp/a", "", "        2         3        14 /tmp/a\n"), ("wc -w /tmp/a", "", "3 /tmp/a\n")],
        );
    }
}
