//! `tee [-ai] [FILE…]`: copy standard input to standard output and to files.
//!
//! - `-a` appends, `-i` goes on after an interrupt
//!
//! Exit status: 0, or 1 where a file could not be written.

use super::input::{open_error, plain_error};
use super::opts::{Spec, parse};
use super::stream::{PIECE, Running, Stream, spend_bytes, until_readable};
use crate::kernel::{Applet, Disposition, OpenFlags, Read, Signal, Step, Stop, Sys};
use serde::{Deserialize, Serialize};

/// `tee`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Tee>>("tee")];

const SPEC: Spec = Spec::new(
    "ai",
    &[("append", 'a'), ("ignore-interrupts", 'i')],
    "[-ai] [FILE]...",
    "Copy stdin to each FILE and to stdout\n\n\t-a\tAppend to the FILEs\n\t-i\tGo on after an interrupt (SIGINT)",
)
.missing("p");

/// The state of a `tee`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tee {
    files: Vec<(String, i32)>,
    failed: bool,
}

impl Stream for Tee {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let o = parse(sys, &SPEC)?;
        if o.has('i') {
            sys.on_signal(Signal::INT, Some(Disposition::Ignore));
        }
        let mut flags = OpenFlags::WRITE;
        if o.has('a') {
            (flags.truncate, flags.append) = (false, true);
        }
        let mut tee = Self { files: vec![], failed: false };
        for name in o.operands {
            match sys.open(&name, flags, 0o666) {
                Ok(fd) => tee.files.push((name, fd)),
                Err(error) => {
                    tee.failed = true;
                    let text = plain_error(sys.flavor(), &name, error);
                    sys.complain(&text);
                }
            }
        }
        Ok(tee)
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        match sys.read(0, PIECE) {
            Ok(Read::Data(data)) => {
                spend_bytes(sys, data.len());
                sys.write(1, &data);
                for (name, fd) in &self.files {
                    if let Err(error) = sys.write_checked(*fd, &data) {
                        self.failed = true;
                        sys.complain(&format!("{name}: {}", error.text()));
                    }
                }
                Step::Continue
            }
            Ok(Read::Wait) => until_readable(0),
            Ok(Read::End) => Step::Exit(i32::from(self.failed)),
            Err(error) => {
                let text = open_error(sys.flavor(), "read error", error);
                sys.complain(&text);
                Step::Exit(1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn copies_and_appends() {
        check(
            &mut bed(),
            &[
                ("tee /tmp/a /no/b", "x\n", "x\n! tee: /no/b: No such file or directory\n= 1\n"),
                ("tee -a /tmp/a", "y\n", "y\n"),
                ("cat /tmp/a", "", "x\ny\n"),
            ],
        );
    }
}
