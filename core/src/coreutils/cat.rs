//! `cat [-nbsvETAetu] [FILE…]`: print files one after the other.
//!
//! - `-n` numbers lines, `-b` those with text, `-s` squeezes runs of empty lines
//! - `-v` shows control characters, `-E` line ends, `-T` tabs; `-A` is `-vET`, `-e` `-vE`, `-t` `-vT`
//!
//! Exit status: 0, or 1 where a file could not be read.

use super::input::{Piece, Source, open_error};
use super::opts::{Spec, parse};
use super::stream::{PIECE, Running, Stream, spend_bytes, until_readable};
use crate::kernel::{Applet, Step, Stop, Sys};
use serde::{Deserialize, Serialize};

/// `cat`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Cat>>("cat")];

// `-u` asks for output without a buffer, which there is none of.
const SPEC: Spec = Spec::new(
    "AbeEnstTuv",
    &[
        ("show-all", 'A'),
        ("number-nonblank", 'b'),
        ("show-ends", 'E'),
        ("number", 'n'),
        ("squeeze-blank", 's'),
        ("show-tabs", 'T'),
        ("show-nonprinting", 'v'),
    ],
    "[-nbvteA] [FILE]...",
    "Print FILEs one after the other\n\n\t-n\tNumber lines\n\t-b\tNumber lines with text\n\t-v\tShow control characters as ^x or M-x\n\t-t\t...and tabs as ^I\n\t-e\t...and line ends as $\n\t-A\tSame as -vte",
)
.busybox("nbvteAu")
.moot("u");

/// The state of a `cat`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cat {
    source: Source,
    number: bool,
    number_text: bool,
    squeeze: bool,
    visible: bool,
    ends: bool,
    tabs: bool,
    line: u64,
    /// Empty lines seen since the last with text.
    blank: u32,
    at_start: bool,
    failed: bool,
}

impl Stream for Cat {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let o = parse(sys, &SPEC)?;
        Ok(Self {
            source: Source::new(&o.operands),
            number: o.has('n') && !o.has('b'),
            number_text: o.has('b'),
            squeeze: o.has('s'),
            visible: o.last_of("vAet").is_some(),
            ends: o.last_of("EAe").is_some(),
            tabs: o.last_of("TAt").is_some(),
            line: 0,
            blank: 0,
            at_start: true,
            failed: false,
        })
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        match self.source.read(sys, PIECE) {
            Piece::Data(data) => {
                spend_bytes(sys, data.len());
                if self.is_plain() {
                    sys.write(1, &data);
                } else {
                    let out = self.decorate(&data);
                    sys.write(1, &out);
                }
                Step::Continue
            }
            Piece::Wait(fd) => until_readable(fd),
            Piece::EndOf(name, error) => {
                if let Some(error) = error {
                    self.failed = true;
                    let text = open_error(sys.flavor(), &name, error);
                    sys.complain(&text);
                }
                Step::Continue
            }
            Piece::End => Step::Exit(i32::from(self.failed)),
        }
    }
}

impl Cat {
    fn is_plain(&self) -> bool {
        !(self.number || self.number_text || self.squeeze || self.visible || self.ends || self.tabs)
    }

    fn decorate(&mut self, data: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(data.len() * 2);
        for &byte in data {
            if self.at_start {
                if byte == b'\n' {
                    self.blank += 1;
                    if self.squeeze && self.blank > 1 {
                        continue;
                    }
                } else {
                    self.blank = 0;
                }
                if self.number || self.number_text && byte != b'\n' {
                    self.line += 1;
                    out.extend_from_slice(format!("{:>6}\t", self.line).as_bytes());
                }
            }
            self.at_start = byte == b'\n';
            match byte {
                b'\n' if self.ends => out.extend_from_slice(b"$\n"),
                b'\t' if self.tabs => out.extend_from_slice(b"^I"),
                b'\n' | b'\t' => out.push(byte),
                _ if self.visible => show(byte, &mut out),
                _ => out.push(byte),
            }
        }
        out
    }
}

/// A byte in the notation of `cat -v`.
fn show(byte: u8, out: &mut Vec<u8>) {
    let low = byte & 0x7f;
    if byte >= 0x80 {
        out.extend_from_slice(b"M-");
    }
    match low {
        0..0x20 => out.extend_from_slice(&[b'^', low + 64]),
        0x7f => out.extend_from_slice(b"^?"),
        _ => out.push(low),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, run};

    #[test]
    fn decorations() {
        let mut bed = bed().file("/tmp/a", "x\n\n\n\ty\n").file("/tmp/b", "no end");
        assert_eq!(run(&mut bed, "cat /tmp/b - /tmp/a", "in\n"), "no endin\nx\n\n\n\ty\n");
        assert_eq!(run(&mut bed, "cat -n /tmp/a", ""), "     1\tx\n     2\t\n     3\t\n     4\t\ty\n");
        assert_eq!(run(&mut bed, "cat -bs /tmp/a", ""), "     1\tx\n\n     2\t\ty\n");
        assert_eq!(run(&mut bed, "cat -A /tmp/a", "").lines().last(), Some("^Iy$"));
        assert_eq!(run(&mut bed, "cat -v", "\u{1}\u{7f}é"), "^A^?M-CM-)");
        assert_eq!(
            run(&mut bed, "cat /nope -", "x"),
            "x! cat: /nope: No such file or directory\n= 1\n"
        );
        assert_eq!(run(&mut bed, "cat /tmp", ""), "! cat: /tmp: Is a directory\n= 1\n");
        let mut box_ = bed.busybox();
        assert_eq!(run(&mut box_, "cat x", ""), "! cat: can't open 'x': No such file or directory\n= 1\n");
        assert_eq!(run(&mut box_, "cat /tmp", ""), "! cat: read error: Is a directory\n= 1\n");
    }
}
