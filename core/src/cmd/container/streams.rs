//! What a client that is attached to a container or an exec does on every turn: it shows what was printed, feeds
//! what is typed, and watches for the keys that detach it.

use crate::engine::container::input::DetachKeys;
use crate::kernel::{Chunk, PipeId, Read, Stream, Sys, TtyId};
use crate::model::World;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How much is read from standard input at once, in bytes.
const CHUNK: usize = 32 * 1024;

/// The three streams of an attached client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streams {
    /// Standard input is handed on.
    pub stdin: bool,
    /// Standard output is shown.
    pub stdout: bool,
    /// Standard error is shown.
    pub stderr: bool,
    /// What detaches.
    pub keys: DetachKeys,
    /// Read and not yet taken by the other side.
    pub unsent: Vec<u8>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { stdin: false, stdout: true, stderr: true, keys: DetachKeys::default(), unsent: vec![] }
    }
}

/// What became of feeding the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fed {
    /// Nothing more to do before something changes over there.
    Waits,
    /// Nothing more to do before there is input.
    WantsInput,
    /// The client's input has ended: close the other side's.
    Ended,
    /// The keys were typed.
    Detached,
}

/// Gives the terminal of a container or an exec the size of the client's.
pub fn fit(sys: &mut Sys<'_>, tty: Option<TtyId>) {
    if let Some((tty, size)) = tty.zip(sys.tty_size(0).or_else(|| sys.tty_size(1)))
        && let Some(world) = sys.daemon::<World>()
    {
        world.kernel.resize_tty(tty, size);
    }
}

impl Streams {
    /// Prints what is new.
    pub fn show(&self, sys: &mut Sys<'_>, news: &[Arc<Chunk>]) {
        for chunk in news {
            match chunk.stream {
                Stream::Stdout if self.stdout => sys.write(1, &chunk.data),
                Stream::Stderr if self.stderr => sys.write(2, &chunk.data),
                _ => {}
            }
        }
    }

    /// Feeds a pipe or a terminal from standard input.
    pub fn feed(&mut self, sys: &mut Sys<'_>, pipe: Option<PipeId>, tty: Option<TtyId>) -> Fed {
        while self.stdin {
            if !self.unsent.is_empty() {
                let data = std::mem::take(&mut self.unsent);
                let Some(world) = sys.daemon::<World>() else { return Fed::Waits };
                match (pipe, tty) {
                    (Some(pipe), _) => match world.kernel.feed_pipe(pipe, &data) {
                        Some(taken) => self.unsent = data.get(taken..).unwrap_or_default().to_vec(),
                        None => self.stdin = false,
                    },
                    (None, Some(tty)) => world.kernel.type_at(tty, &data),
                    (None, None) => self.stdin = false,
                }
                if !self.unsent.is_empty() || !self.stdin {
                    return Fed::Waits;
                }
            }
            if let Some(tty) = tty
                && sys.is_tty(0)
                && !sys.kernel().tty_wants_input(tty)
            {
                return Fed::Waits;
            }
            match sys.read(0, CHUNK) {
                Ok(Read::Data(data)) => {
                    let Some(data) = (if tty.is_some() { self.keys.pass(&data) } else { Some(data) }) else {
                        return Fed::Detached;
                    };
                    self.unsent = data;
                }
                Ok(Read::Wait) => return Fed::WantsInput,
                Ok(Read::End) | Err(_) => {
                    self.stdin = false;
                    return Fed::Ended;
                }
            }
        }
        Fed::Waits
    }
}
