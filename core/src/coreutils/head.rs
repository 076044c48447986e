//! `head [-n [-]N] [-c [-]N] [-qv] [FILE…]`: print the first lines or bytes.
//!
//! - `-n N` lines (10 without), `-n -N` all but the last N; `-c` the same for bytes; `-N` is `-n N`
//! - `-q` without headers, `-v` with them even for one file; `-z` lines end in NUL
//!
//! Exit status: 0, or 1 where a file could not be read.

use super::input::{Piece, Source, parse_count};
use super::opts::{Spec, parse};
use super::stream::{PIECE, Running, Stream, spend_bytes, until_readable};
use crate::base::Errno;
use crate::kernel::{Applet, Flavor, Step, Stop, Sys};
use serde::{Deserialize, Serialize};

/// `head`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Head>>("head")];

const SPEC: Spec = Spec::new(
    "c:n:qvz",
    &[
        ("bytes=", 'c'),
        ("lines=", 'n'),
        ("quiet", 'q'),
        ("silent", 'q'),
        ("verbose", 'v'),
        ("zero-terminated", 'z'),
    ],
    "[OPTIONS] [FILE]...",
    "Print the first 10 lines of FILEs; with several, a header before each\n\n\t-n N\tPrint first N lines\n\t-n -N\tPrint all but the last N lines\n\t-c [-]N\tThe same for bytes\n\t-q\tNever print headers\n\t-v\tAlways print headers",
)
.busybox("c:n:qv")
.number('n');

/// The state of a `head`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    source: Source,
    bytes: bool,
    /// Counts from the end: all but so many.
    but_last: bool,
    count: u64,
    end: u8,
    headers: bool,
    printed_header: bool,
    /// Of the present file: whether its header is due, what is left to print, what is held back.
    fresh: bool,
    left: u64,
    held: Vec<u8>,
    failed: bool,
}

impl Stream for Head {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let o = parse(sys, &SPEC)?;
        let bytes = o.last_of("cn") == Some('c');
        let text = o.value(if bytes { 'c' } else { 'n' }).unwrap_or("10").to_string();
        let (but_last, number) = match text.strip_prefix('-') {
            Some(number) => (true, number),
            None => (false, text.as_str()),
        };
        let Some(count) = parse_count(number) else {
            let what = if bytes { "bytes" } else { "lines" };
            match sys.flavor() {
                Flavor::Gnu => sys.complain(&format!("invalid number of {what}: '{text}'")),
                Flavor::Busybox => sys.complain(&format!("invalid number '{text}'")),
            }
            return Err(Stop::Exit(1));
        };
        let headers = match o.last_of("qv") {
            Some('q') => false,
            Some(_) => true,
            None => o.operands.len() > 1,
        };
        Ok(Self {
            source: Source::new(&o.operands),
            bytes,
            but_last,
            count,
            end: if o.has('z') { 0 } else { b'\n' },
            headers,
            printed_header: false,
            fresh: true,
            left: count,
            held: vec![],
            failed: false,
        })
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        if self.left == 0 && !self.but_last {
            self.finish_file(sys);
            self.source.skip(sys);
            return if self.source.name().is_some() { Step::Continue } else { self.exit() };
        }
        let max = if self.bytes && !self.but_last { self.left.min(PIECE as u64) as usize } else { PIECE };
        let name = self.source.name().map(String::from);
        match self.source.read(sys, max) {
            Piece::Data(data) => {
                self.header(sys, name.as_deref());
                spend_bytes(sys, data.len());
                if self.but_last {
                    self.held.extend_from_slice(&data);
                } else {
                    let taken = self.first(&data);
                    sys.write(1, data.get(..taken).unwrap_or_default());
                }
            }
            Piece::Wait(fd) => return until_readable(fd),
            Piece::EndOf(name, None) => {
                self.header(sys, Some(&name));
                self.finish_file(sys);
            }
            Piece::EndOf(name, Some(error)) => {
                if error == Errno::EISDIR {
                    self.header(sys, Some(&name));
                }
                self.failed = true;
                let text = complaint(sys.flavor(), &name, error);
                sys.complain(&text);
                self.finish_file(sys);
            }
            Piece::End => return self.exit(),
        }
        Step::Continue
    }
}

/// What `head` and GNU `tail` say about a file that they cannot read.
pub fn complaint(flavor: Flavor, name: &str, error: Errno) -> String {
    match (flavor, error) {
        (Flavor::Busybox, Errno::EISDIR) => format!("{name}: {}", Errno::EIO.text()),
        (Flavor::Busybox, _) => format!("{name}: {}", error.text()),
        (Flavor::Gnu, Errno::EISDIR) => format!("error reading '{name}': {}", error.text()),
        (Flavor::Gnu, _) => format!("cannot open '{name}' for reading: {}", error.text()),
    }
}

impl Head {
    fn exit(&self) -> Step {
        Step::Exit(i32::from(self.failed))
    }

    fn header(&mut self, sys: &mut Sys<'_>, name: Option<&str>) {
        if self.fresh && self.headers {
            let name = name.filter(|n| *n != "-").unwrap_or("standard input");
            sys.print(&format!("{}==> {name} <==\n", if self.printed_header { "\n" } else { "" }));
            self.printed_header = true;
        }
        self.fresh = false;
    }

    /// How much of the data still belongs to the head.
    fn first(&mut self, data: &[u8]) -> usize {
        if self.bytes {
            self.left -= data.len() as u64;
            return data.len();
        }
        for (at, byte) in data.iter().enumerate() {
            if *byte == self.end {
                self.left -= 1;
                if self.left == 0 {
                    return at + 1;
                }
            }
        }
        data.len()
    }

    fn finish_file(&mut self, sys: &mut Sys<'_>) {
        let held = std::mem::take(&mut self.held);
        if self.but_last {
            let keep = if self.bytes {
                held.len().saturating_sub(usize::try_from(self.count).unwrap_or(usize::MAX))
            } else {
                start_of_last(&held, self.count, self.end)
            };
            sys.write(1, held.get(..keep).unwrap_or_default());
        }
        (self.fresh, self.left) = (true, self.count);
    }
}

/// Where the last `count` lines of a text start.
pub fn start_of_last(data: &[u8], count: u64, end: u8) -> usize {
    if count == 0 {
        return data.len();
    }
    let body = data.strip_suffix(&[end]).unwrap_or(data);
    let skip = usize::try_from(count - 1).unwrap_or(usize::MAX);
    let ends = body.iter().enumerate().rev().filter(|(_, b)| **b == end);
    ends.map(|(at, _)| at + 1).nth(skip).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn lines_bytes_headers() {
        let mut bed = bed().file("/tmp/a", "1\n2\n3\n").file("/tmp/b", "x");
        check(
            &mut bed,
            &[
                ("head -n 1", "a\nb\n", "a\n"),
                ("head -2", "a\nb\nc\n", "a\nb\n"),
                ("head -n -1", "a\nb\nc", "a\nb\n"),
                ("head -c 3", "abcdef", "abc"),
                ("head -c -2", "abcdef", "abcd"),
                ("head -c 3 /dev/zero", "", "\0\0\0"),
                ("head -n 0 /tmp/a", "", ""),
                ("head -1 /tmp/a /tmp/b", "", "==> /tmp/a <==\n1\n\n==> /tmp/b <==\nx"),
                (
                    "head -n1 /no /tmp/a",
                    "",
                    "==> /tmp/a <==\n1\n! head: cannot open '/no' for reading: No such file or directory\n= 1\n",
                ),
                ("head -n x", "", "! head: invalid number of lines: 'x'\n= 1\n"),
                ("head -z", "", ""),
            ],
        );
    }
}
