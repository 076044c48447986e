//! How output travels: as it is from a terminal, in frames that name the stream otherwise.

use crate::kernel::{Chunk, Stream};
use serde::{Deserialize, Serialize};

/// Raw bytes of a terminal.
pub const RAW: &str = "application/vnd.docker.raw-stream";
/// Frames.
pub const MULTIPLEXED: &str = "application/vnd.docker.multiplexed-stream";

/// The output streams a client wants, and how they travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Framing {
    /// No frames.
    pub raw: bool,
    /// Standard output is wanted.
    pub stdout: bool,
    /// Standard error is wanted.
    pub stderr: bool,
}

impl Framing {
    /// Appends bytes of a stream, where it is wanted.
    pub fn put(self, out: &mut Vec<u8>, stream: Stream, data: &[u8]) {
        let wanted = match stream {
            Stream::Stdout => self.stdout,
            Stream::Stderr => self.stderr,
        };
        if !wanted || data.is_empty() {
            return;
        }
        if self.raw {
            out.extend_from_slice(data);
            return;
        }
        let number = if stream == Stream::Stdout { 1 } else { 2 };
        for part in data.chunks(u32::MAX as usize) {
            out.extend_from_slice(&[number, 0, 0, 0]);
            out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            out.extend_from_slice(part);
        }
    }

    /// Appends chunks.
    pub fn put_all<'a>(self, out: &mut Vec<u8>, chunks: impl IntoIterator<Item = &'a Chunk>) {
        for chunk in chunks {
            self.put(out, chunk.stream, &chunk.data);
        }
    }
}
