//! What a run of node waits for besides time: sockets, pipes and children, each with a function to call.

use super::value::Value;
use crate::kernel::{Exit, Pid, Read, Sys, Wait};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How much is read at a time, in bytes.
const PIECE: usize = 64 << 10;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Watched {
    /// Called with `(descriptor)` of a connection, or `(what, bytes)`.
    pub callback: Value,
    pub listens: bool,
    pub keeps_alive: bool,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Handles {
    pub fds: BTreeMap<i32, Watched>,
    /// Children, by their number on the host, with the function that is told of their end.
    pub children: BTreeMap<Pid, Value>,
    /// Signals that the script handles.
    pub signals: BTreeMap<i32, Value>,
}

/// Something that came.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Connection(Value, i32),
    Data(Value, Vec<u8>),
    End(Value),
    Failed(Value, String),
    Exited(Value, Exit),
}

impl Handles {
    pub fn values(&self, mut see: impl FnMut(&Value)) {
        self.fds.values().for_each(|w| see(&w.callback));
        self.children.values().for_each(&mut see);
        self.signals.values().for_each(&mut see);
    }

    /// True where something may still come that keeps the program running.
    pub fn keep_alive(&self) -> bool {
        !self.children.is_empty() || self.fds.values().any(|w| w.keeps_alive)
    }

    /// What has come.
    pub fn poll(&mut self, sys: &mut Sys<'_>) -> Vec<Event> {
        let mut events = vec![];
        let mut ended = vec![];
        for (fd, watched) in &self.fds {
            let callback = watched.callback.clone();
            if watched.listens {
                while let Ok(Some(connection)) = sys.accept(*fd) {
                    events.push(Event::Connection(callback.clone(), connection));
                }
                continue;
            }
            match sys.read(*fd, PIECE) {
                Ok(Read::Data(data)) => events.push(Event::Data(callback, data)),
                Ok(Read::Wait) => {}
                Ok(Read::End) => {
                    ended.push(*fd);
                    events.push(Event::End(callback));
                }
                Err(e) => {
                    ended.push(*fd);
                    events.push(Event::Failed(callback, format!("{e:?}")));
                }
            }
        }
        for fd in ended {
            self.fds.remove(&fd);
        }
        let children: Vec<Pid> = self.children.keys().copied().collect();
        for pid in children {
            if let Ok(Some((_, exit))) = sys.wait(Some(pid))
                && let Some(callback) = self.children.remove(&pid)
            {
                events.push(Event::Exited(callback, exit));
            }
        }
        events
    }

    /// Until one of them may have something.
    pub fn wait(&self) -> Wait {
        let mut wait = Wait { child: !self.children.is_empty(), ..Wait::default() };
        wait.read.extend(self.fds.keys());
        wait
    }
}
