//! What a client types to a container or an exec that it is attached to: the keys that detach it, the way to a pipe
//! or a terminal, and the end.

use crate::base::ObjectId;
use crate::kernel::{PipeId, TtyId};
use crate::model::{EngineError, World};
use serde::{Deserialize, Serialize};

/// The keys that detach a client, and how many of them have been typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetachKeys {
    keys: Vec<u8>,
    typed: usize,
}

impl DetachKeys {
    /// The bytes they send.
    pub fn bytes(&self) -> &[u8] {
        &self.keys
    }

    /// Reads letters and `ctrl-x` between commas; empty for the default, Ctrl-P Ctrl-Q.
    ///
    /// # Errors
    /// The daemon's words for a key there is none of.
    pub fn parse(text: &str) -> Result<Self, EngineError> {
        let text = if text.is_empty() { "ctrl-p,ctrl-q" } else { text };
        let key = |name: &str| match name.as_bytes() {
            [byte] => Some(*byte),
            [b'c', b't', b'r', b'l', b'-', byte] => match byte {
                b'a'..=b'z' => Some(byte - b'a' + 1),
                b'@' => Some(0),
                b'[' | b'\\' | b']' | b'^' | b'_' => Some(byte - b'[' + 27),
                _ => None,
            },
            _ => None,
        };
        let wrong = || EngineError::invalid(format!("Invalid detach keys ({text}) provided"));
        let keys = text.split(',').map(|name| key(name).ok_or_else(wrong)).collect::<Result<_, _>>()?;
        Ok(Self { keys, typed: 0 })
    }

    /// What of the typed bytes goes on to the other side; `None` once the keys are complete.
    pub fn pass(&mut self, data: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(data.len());
        for byte in data {
            if self.keys.get(self.typed) == Some(byte) {
                self.typed += 1;
                if self.typed == self.keys.len() {
                    return None;
                }
                continue;
            }
            out.extend(self.keys.iter().take(self.typed));
            self.typed = 0;
            if self.keys.first() == Some(byte) {
                self.typed = 1;
            } else {
                out.push(*byte);
            }
        }
        Some(out)
    }
}

/// Bytes of a client at the other end of a connection, on their way to a process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// The client wants to type at all.
    wanted: bool,
    /// The keys that detach it; they count at a terminal only.
    keys: DetachKeys,
    unsent: Vec<u8>,
    ended: bool,
    closed: bool,
}

/// What became of bytes on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// All that could be has been.
    Done,
    /// The client has ended its input and all of it has arrived: close the other side's. Told once.
    Ended,
    /// The keys were typed.
    Detached,
}

impl Input {
    /// The input of a client that wants to type, or does not.
    pub fn new(wanted: bool, keys: DetachKeys) -> Self {
        Self { wanted, keys, ..Self::default() }
    }

    /// Takes bytes of the client.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.wanted && !self.ended {
            self.unsent.extend_from_slice(bytes);
        }
    }

    /// The client sends no more.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// How many bytes wait.
    pub fn backlog(&self) -> usize {
        self.unsent.len()
    }

    /// Hands on what the pipe or the terminal takes.
    pub fn deliver(&mut self, world: &mut World, pipe: Option<PipeId>, tty: Option<TtyId>) -> Delivered {
        if !self.unsent.is_empty() {
            let data = std::mem::take(&mut self.unsent);
            match (pipe, tty) {
                (Some(pipe), _) => {
                    if let Some(taken) = world.kernel.feed_pipe(pipe, &data) {
                        self.unsent = data.get(taken..).unwrap_or_default().to_vec();
                    }
                }
                (None, Some(tty)) => {
                    let Some(keys) = self.keys.pass(&data) else { return Delivered::Detached };
                    world.kernel.press(tty, &keys);
                }
                (None, None) => {}
            }
        }
        if self.wanted && self.ended && self.unsent.is_empty() && !self.closed {
            self.closed = true;
            return Delivered::Ended;
        }
        Delivered::Done
    }
}

/// Closes the standard input of a container that was made to close it with its first client.
pub fn close_stdin(world: &mut World, id: ObjectId) {
    let Some(container) = world.container_mut(id).filter(|c| c.config.stdin_once) else { return };
    let pipe = container.runtime.as_mut().and_then(|runtime| runtime.stdin.take());
    if let Some(pipe) = pipe {
        world.kernel.close_pipe_writer(pipe);
    }
}

/// Closes the standard input of an exec.
pub fn close_exec_stdin(world: &mut World, id: ObjectId) {
    let pipe = world.exec_mut(id).and_then(|exec| exec.stdin.take());
    if let Some(pipe) = pipe {
        world.kernel.close_pipe_writer(pipe);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_detach_and_what_only_begins_like_them_goes_on() {
        let mut keys = DetachKeys::parse("a,b,c").unwrap();
        assert_eq!(keys.pass(b"xabd"), Some(b"xabd".to_vec()));
        assert_eq!(keys.pass(b"ab"), Some(vec![]));
        assert_eq!(keys.pass(b"ab"), Some(b"ab".to_vec()));
        assert_eq!(keys.pass(b"c"), None);
        assert!(DetachKeys::parse("ctrl-1").is_err() && DetachKeys::parse("").is_ok());
    }
}
