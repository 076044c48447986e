//! The inputs of text programs: file operands, `-`, or standard input, each with the error text of its family.

use crate::base::Errno;
use crate::kernel::{Flavor, OpenFlags, Read, Stop, Sys};

/// One input, read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The operand; `-` for standard input.
    pub name: String,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// What a program says about a file that it cannot read.
pub type Complaint = fn(Flavor, &str, Errno) -> String;

/// Reads all operands (none means standard input), reporting those that cannot be read; true in the second
/// place where there was one.
///
/// # Errors
/// [`Stop`] while standard input is incomplete.
pub fn read_with(
    sys: &mut Sys<'_>,
    operands: &[String],
    complaint: Complaint,
) -> Result<(Vec<Input>, bool), Stop> {
    let only_stdin = ["-".to_string()];
    let operands = if operands.is_empty() { &only_stdin[..] } else { operands };
    let mut stdin = stdin_if_named(sys, operands)?;
    let (mut inputs, mut failed) = (vec![], false);
    for name in operands {
        let read = if name == "-" { Ok(stdin.take().unwrap_or_default()) } else { sys.read_file(name) };
        match read {
            Ok(data) => inputs.push(Input { name: name.clone(), data }),
            Err(error) => {
                failed = true;
                let text = complaint(sys.flavor(), name, error);
                sys.complain(&text);
            }
        }
    }
    Ok((inputs, failed))
}

/// Standard input to its end where one of the operands is `-`.
///
/// # Errors
/// [`Stop`] while it is incomplete.
pub fn stdin_if_named(sys: &mut Sys<'_>, operands: &[String]) -> Result<Option<Vec<u8>>, Stop> {
    if operands.iter().any(|o| o == "-") { sys.stdin_to_end().map(Some) } else { Ok(None) }
}

/// One operand, `-` being standard input (read before any other effect).
///
/// # Errors
/// [`Stop`] while standard input is incomplete; exit 1 where the file cannot be read, after reporting it.
pub fn read_one(sys: &mut Sys<'_>, operand: &str) -> Result<Vec<u8>, Stop> {
    if operand == "-" {
        return sys.stdin_to_end();
    }
    sys.read_file(operand).map_err(|error| {
        complain_open(sys, operand, error);
        Stop::Exit(1)
    })
}

/// The common complaint about a file that cannot be read.
pub fn complain_open(sys: &mut Sys<'_>, name: &str, error: Errno) {
    let text = open_error(sys.flavor(), name, error);
    sys.complain(&text);
}

/// Its text: `NAME: REASON` in GNU programs, `can't open 'NAME': REASON` in busybox.
pub fn open_error(flavor: Flavor, name: &str, error: Errno) -> String {
    match (flavor, error) {
        (Flavor::Gnu, _) => format!("{name}: {}", error.text()),
        (Flavor::Busybox, Errno::EISDIR) => format!("read error: {}", error.text()),
        (Flavor::Busybox, _) => format!("can't open '{name}': {}", error.text()),
    }
}

/// The complaint of most programs of both families: `NAME: REASON`.
pub fn plain_error(_: Flavor, name: &str, error: Errno) -> String {
    format!("{name}: {}", error.text())
}

/// A number of bytes or lines with GNU's suffixes: `10`, `4K`, `2kB`, `1M`, `1b`.
pub fn parse_count(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, suffix) = text.split_at(digits);
    let unit: u64 = match suffix {
        "" => 1,
        "b" => 512,
        "kB" | "KB" => 1000,
        "k" | "K" | "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "m" | "M" | "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "g" | "G" | "GiB" => 1 << 30,
        _ => return None,
    };
    if number.is_empty() {
        return None;
    }
    Some(number.parse().unwrap_or(u64::MAX).saturating_mul(unit))
}

/// Bytes as text for matching: what is no UTF-8 becomes characters that no text uses, so that [`encode`] gives
/// the same bytes back.
pub fn decode(data: &[u8]) -> String {
    let mut out = String::with_capacity(data.len());
    for chunk in data.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().filter_map(|b| char::from_u32(STRAY + u32::from(*b))));
    }
    out
}

/// The bytes of a text from [`decode`].
pub fn encode(text: &str) -> Vec<u8> {
    if !text.chars().any(|c| c as u32 >= STRAY) {
        return text.as_bytes().to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        match (c as u32).checked_sub(STRAY).and_then(|n| u8::try_from(n).ok()) {
            Some(byte) => out.push(byte),
            None => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out
}

/// Where [`decode`] puts bytes that are no text: the end of the last private plane.
const STRAY: u32 = 0x10_ff00;

/// The lines of a text, without their line feeds; a missing last one makes no difference.
pub fn lines(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    records(data, b'\n')
}

/// The records of a text that `end` closes, without it.
pub fn records(data: &[u8], end: u8) -> impl Iterator<Item = &[u8]> {
    let body = data.strip_suffix(&[end]).unwrap_or(data);
    let count = if data.is_empty() { 0 } else { usize::MAX };
    body.split(move |b| *b == end).take(count)
}

/// What one read of a [`Source`] gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Bytes.
    Data(Vec<u8>),
    /// Nothing yet: block until this descriptor is readable.
    Wait(i32),
    /// The input called so has ended or could not be read (`Some`); the next read is of the next one.
    EndOf(String, Option<Errno>),
    /// All inputs have ended.
    End,
}

/// The operands of a program that streams, read piece by piece. Plain data, part of the program's state.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Source {
    /// The operands that follow the present one.
    rest: std::collections::VecDeque<String>,
    /// The present operand and its descriptor.
    now: Option<(String, i32)>,
}

impl Source {
    /// A source over operands; none means standard input.
    pub fn new(operands: &[String]) -> Self {
        let rest =
            if operands.is_empty() { ["-".to_string()].into() } else { operands.iter().cloned().collect() };
        Self { rest, now: None }
    }

    /// The operand that the next piece comes from, if any is left.
    pub fn name(&self) -> Option<&str> {
        self.now.as_ref().map(|(name, _)| name.as_str()).or(self.rest.front().map(String::as_str))
    }

    /// Reads up to `max` bytes.
    pub fn read(&mut self, sys: &mut Sys<'_>, max: usize) -> Piece {
        let (name, fd) = match self.now.take() {
            Some(now) => now,
            None => match self.rest.pop_front() {
                None => return Piece::End,
                Some(name) if name == "-" => (name, 0),
                Some(name) => match sys.open(&name, OpenFlags::READ, 0) {
                    Ok(fd) => (name, fd),
                    Err(error) => return Piece::EndOf(name, Some(error)),
                },
            },
        };
        let (piece, over) = match sys.read(fd, max) {
            Ok(Read::Data(data)) => (Piece::Data(data), false),
            Ok(Read::Wait) => (Piece::Wait(fd), false),
            Ok(Read::End) => (Piece::EndOf(name.clone(), None), true),
            Err(error) => (Piece::EndOf(name.clone(), Some(error)), true),
        };
        if over {
            self.close(sys, fd);
        } else {
            self.now = Some((name, fd));
        }
        piece
    }

    /// Leaves the present operand where it is and goes on to the next.
    pub fn skip(&mut self, sys: &mut Sys<'_>) {
        match self.now.take() {
            Some((_, fd)) => self.close(sys, fd),
            None => drop(self.rest.pop_front()),
        }
    }

    fn close(&self, sys: &mut Sys<'_>, fd: i32) {
        if fd != 0 {
            let _was_open = sys.close(fd);
        }
    }
}
