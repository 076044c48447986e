//! Programs that answer while their input still comes: the state around them and a reader of lines.

use super::input::{Complaint, Piece, Source};
use crate::base::Errno;
use crate::kernel::{Behave, Step, Stop, Sys, Wait};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// A streaming program: made from the command line, then stepped.
pub trait Stream: Clone + PartialEq + Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Reads the command line.
    ///
    /// # Errors
    /// The [`Stop`] of a mistake in it.
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop>;
    /// Takes a turn, as [`Behave::step`].
    fn turn(&mut self, sys: &mut Sys<'_>) -> Step;
}

/// A [`Stream`] as the program table starts it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "T: Stream")]
pub struct Running<T>(Option<T>);

impl<T> Default for Running<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Stream> Behave for Running<T> {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        match &mut self.0 {
            Some(program) => program.turn(sys),
            None => match T::start(sys) {
                Ok(program) => {
                    self.0 = Some(program);
                    Step::Continue
                }
                Err(Stop::Wait(wait)) => Step::Block(wait),
                Err(Stop::Exit(code)) => Step::Exit(code),
                Err(Stop::Replaced) => Step::Replaced,
            },
        }
    }
}

/// How much is read at a time, in bytes.
pub const PIECE: usize = 16 << 10;
/// The longest line, in bytes; a longer one is cut into several.
const MAX_LINE: usize = 16 << 20;
/// A line from this size on is accounted for, in bytes.
const MUCH: usize = 1 << 20;

/// What [`Lines::next`] found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Line {
    /// A line without its end.
    Text {
        /// Its bytes.
        data: Vec<u8>,
        /// False for a last line without a line feed.
        terminated: bool,
    },
    /// Nothing yet.
    Wait(i32),
    /// An operand has ended or could not be read.
    EndOf(String, Option<Errno>),
    /// All have.
    End,
}

/// Reads lines from operands as they come. Plain data, part of a program's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    source: Source,
    end: u8,
    buffer: Vec<u8>,
    /// Where the next line starts.
    at: usize,
    /// Up to where the buffer holds no line end.
    scanned: usize,
    over: Option<(String, Option<Errno>)>,
    /// How much of the present line was cut off it, in bytes.
    cut: u64,
}

impl Lines {
    /// Lines of the operands (none means standard input), closed by `end`.
    pub fn new(operands: &[String], end: u8) -> Self {
        Self { source: Source::new(operands), end, buffer: vec![], at: 0, scanned: 0, over: None, cut: 0 }
    }

    /// No lines at all, not even of standard input.
    pub fn nothing() -> Self {
        Self { source: Source::default(), ..Self::new(&[], 0) }
    }

    /// The operand that the next line comes from.
    pub fn name(&self) -> Option<&str> {
        self.source.name()
    }

    /// Drops what is left of the present operand.
    pub fn skip(&mut self, sys: &mut Sys<'_>) {
        self.buffer.clear();
        (self.at, self.scanned) = (0, 0);
        if self.over.take().is_none() {
            self.source.skip(sys);
        }
    }

    /// The next line, or why there is none yet.
    pub fn next(&mut self, sys: &mut Sys<'_>) -> Line {
        loop {
            let fresh = self.buffer.get(self.scanned..).unwrap_or_default();
            if let Some(found) = fresh.iter().position(|b| *b == self.end) {
                return self.take(self.scanned + found, true);
            }
            self.scanned = self.buffer.len();
            if self.scanned - self.at > MAX_LINE {
                let cut = self.cut.saturating_add((self.scanned - self.at) as u64);
                let line = self.take(self.scanned, false);
                self.cut = cut;
                return line;
            }
            if let Some((name, error)) = self.over.take() {
                if self.scanned > self.at {
                    self.over = Some((name, error));
                    return self.take(self.scanned, false);
                }
                return Line::EndOf(name, error);
            }
            match self.source.read(sys, PIECE) {
                Piece::Data(data) => {
                    self.buffer.drain(..self.at);
                    self.scanned -= self.at;
                    self.at = 0;
                    self.buffer.extend_from_slice(&data);
                    if self.buffer.len() > MUCH && !sys.claim_memory(self.cut + self.buffer.len() as u64) {
                        return Line::End;
                    }
                }
                Piece::Wait(fd) => return Line::Wait(fd),
                Piece::EndOf(name, error) => self.over = Some((name, error)),
                Piece::End => return Line::End,
            }
        }
    }

    fn take(&mut self, end: usize, terminated: bool) -> Line {
        let data = self.buffer.get(self.at..end).unwrap_or_default().to_vec();
        self.at = end + usize::from(terminated);
        self.scanned = self.at;
        self.cut = 0;
        Line::Text { data, terminated }
    }
}

/// Hands every line that has come to `each` until the turn is over; `None` at the end of all operands. What
/// cannot be read is reported and sets `failed`.
pub fn pump(
    sys: &mut Sys<'_>,
    lines: &mut Lines,
    complaint: Complaint,
    failed: &mut bool,
    mut each: impl FnMut(&mut Sys<'_>, Vec<u8>, bool),
) -> Option<Step> {
    loop {
        match lines.next(sys) {
            Line::Text { data, terminated } => {
                let work = data.len();
                each(sys, data, terminated);
                if !spend_bytes(sys, work) {
                    return Some(Step::Continue);
                }
            }
            Line::Wait(fd) => return Some(until_readable(fd)),
            Line::EndOf(_, None) => {}
            Line::EndOf(name, Some(error)) => {
                *failed = true;
                let text = complaint(sys.flavor(), &name, error);
                sys.complain(&text);
            }
            Line::End => return None,
        }
    }
}

/// Spends the work of handling `bytes` bytes; false where the turn is over.
pub fn spend_bytes(sys: &mut Sys<'_>, bytes: usize) -> bool {
    sys.spend(1 + u32::try_from(bytes / 256).unwrap_or(u32::MAX))
}

/// Blocks until a descriptor can be read.
pub fn until_readable(fd: i32) -> Step {
    Step::Block(Wait::readable(fd))
}
