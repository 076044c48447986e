//! The sockets of a server: those it listens on, and the connections that came with what they sent.

use crate::base::Errno;
use crate::kernel::http::{Parsed, Request, Response, parse_request};
use crate::kernel::{Read, Sys, Wait};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// How much a client may send ahead of what has been dealt with, in bytes.
const MAX_BUFFER: usize = 20 << 20;
/// How many connections a server holds.
const MAX_OPEN: usize = 512;
const PIECE: usize = 64 << 10;

/// What happened to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Someone connected.
    Opened(i32),
    /// Its buffer has more in it.
    Data(i32),
    /// The other side sends no more; it may still read.
    Ended(i32),
}

/// Listening sockets and open connections by descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Connections {
    /// Descriptors that listen.
    pub listeners: Vec<i32>,
    open: BTreeMap<i32, Vec<u8>>,
    ended: BTreeSet<i32>,
}

impl Connections {
    /// Those that come by sockets that listen already.
    pub fn on(listeners: Vec<i32>) -> Self {
        Self { listeners, ..Self::default() }
    }

    /// Listens on one more port.
    ///
    /// # Errors
    /// As [`Sys::listen`].
    pub fn listen(&mut self, sys: &mut Sys<'_>, address: Ipv4Addr, port: u16) -> Result<(), Errno> {
        self.listeners.push(sys.listen(address, port)?);
        Ok(())
    }

    /// Takes new connections and reads what came.
    pub fn poll(&mut self, sys: &mut Sys<'_>) -> Vec<Event> {
        let mut events = vec![];
        for listener in self.listeners.clone() {
            while self.open.len() < MAX_OPEN
                && let Ok(Some(fd)) = sys.accept(listener)
            {
                self.open.insert(fd, vec![]);
                events.push(Event::Opened(fd));
            }
        }
        for (fd, buffer) in &mut self.open {
            let before = buffer.len();
            let mut over = self.ended.contains(fd);
            while !over && buffer.len() < MAX_BUFFER {
                match sys.read(*fd, PIECE) {
                    Ok(Read::Data(data)) => buffer.extend_from_slice(&data),
                    Ok(Read::Wait) => break,
                    Ok(Read::End) | Err(_) => over = true,
                }
            }
            if buffer.len() > before {
                events.push(Event::Data(*fd));
            }
            if over && self.ended.insert(*fd) {
                events.push(Event::Ended(*fd));
            }
        }
        events
    }

    /// What a connection has sent and nobody has taken.
    pub fn buffer(&mut self, fd: i32) -> Option<&mut Vec<u8>> {
        self.open.get_mut(&fd)
    }

    /// The next whole request of a connection; for what is none, the status to answer with.
    pub fn request(&mut self, fd: i32) -> Option<Result<Request, u16>> {
        let buffer = self.open.get_mut(&fd)?;
        match parse_request(buffer) {
            Parsed::Done(request, used) => {
                buffer.drain(..used.min(buffer.len()));
                Some(Ok(request))
            }
            Parsed::More if buffer.len() >= MAX_BUFFER => Some(Err(413)),
            Parsed::More => None,
            Parsed::Bad(status) => Some(Err(status)),
        }
    }

    /// Answers the whole requests of a connection, each at a cost in units of work. It is closed after one that is none,
    /// after the last that its client wants answered, and when the client has ended.
    pub fn respond(
        &mut self,
        sys: &mut Sys<'_>,
        fd: i32,
        cost: u32,
        mut answer: impl FnMut(&mut Sys<'_>, &Request) -> Response,
    ) {
        while let Some(request) = self.request(fd) {
            sys.spend(cost);
            let Ok(request) = request else {
                self.close(sys, fd);
                return;
            };
            let response = answer(sys, &request);
            sys.write(fd, &response.to_bytes(request.method == "HEAD"));
            if !request.keep_alive() {
                self.close(sys, fd);
                return;
            }
        }
        if self.has_ended(fd) {
            self.close(sys, fd);
        }
    }

    /// Closes a connection.
    pub fn close(&mut self, sys: &mut Sys<'_>, fd: i32) {
        if self.open.remove(&fd).is_some() {
            self.ended.remove(&fd);
            let _was_open = sys.close(fd);
        }
    }

    /// True where the other side sends no more.
    pub fn has_ended(&self, fd: i32) -> bool {
        self.ended.contains(&fd)
    }

    /// Until someone connects or sends something.
    pub fn wait(&self) -> Wait {
        let mut wait = Wait::default();
        if self.open.len() < MAX_OPEN {
            wait.read.extend(&self.listeners);
        }
        let open = self.open.iter().filter(|(fd, b)| !self.ended.contains(fd) && b.len() < MAX_BUFFER);
        wait.read.extend(open.map(|(fd, _)| *fd));
        wait
    }
}

/// Address and port of the two ends of a connection: this one and the other.
pub fn ends(sys: &Sys<'_>, fd: i32) -> ((Ipv4Addr, u16), (Ipv4Addr, u16)) {
    let nowhere = (Ipv4Addr::UNSPECIFIED, 0);
    sys.connection(fd).map_or((nowhere, nowhere), |c| (c.local, c.remote))
}
