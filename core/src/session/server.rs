//! A daemon that many clients talk to at once over the Engine API: requests go in, whole replies come out, and what
//! goes on is known by a ticket. No sockets, no clock: whoever has them carries bytes and says how late it is.
//!
//! ```
//! use drydock::api::Request;
//! use drydock::session::{Handled, Server};
//! let mut server = Server::new(7);
//! let Handled::Whole(reply) = server.handle(&Request::new("GET", "/_ping")) else { panic!() };
//! assert_eq!((reply.status, reply.body.as_slice()), (200, b"OK".as_slice()));
//! ```

use super::memo::Memo;
use super::wire::Wire;
use super::{EPOCH, Session, fresh_at, pulse, reach};
use crate::api::{Answer, Later, Reply, Request, Stream, handle};
use crate::base::{Errno, Time};
use crate::engine::registry::recorded_surroundings;
use crate::kernel::Pulse;
use crate::model::World;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a reply that goes on is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ticket(pub u64);

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Handled {
    /// The reply.
    Whole(Reply),
    /// The reply comes later, as [`Told::Reply`].
    Later(Ticket),
    /// The head of the reply; its body comes as [`Told::Bytes`].
    Stream(Reply, Ticket),
}

/// News for a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The whole reply. The ticket is spent.
    Reply(Reply),
    /// The next bytes.
    Bytes(Vec<u8>),
    /// The last bytes. The ticket is spent.
    Last(Vec<u8>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Open {
    Later(Later),
    Stream(Box<Stream>),
    Wire(Wire),
}

/// A daemon with its clients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Server {
    world: World,
    open: BTreeMap<Ticket, Open>,
    next: u64,
    #[serde(skip)]
    memo: Memo,
}

impl Server {
    /// A fresh world, with the registries of the recordings.
    pub fn new(seed: u64) -> Self {
        Self::at(seed, EPOCH)
    }

    /// The same at another moment.
    pub fn at(seed: u64, now: Time) -> Self {
        let mut world = fresh_at(seed, now);
        recorded_surroundings(&mut world);
        Self::on(world)
    }

    /// A world as it is.
    pub fn on(world: World) -> Self {
        Self { world, open: BTreeMap::new(), next: 1, memo: Memo::default() }
    }

    /// The world of a session.
    pub fn of(session: Session) -> Self {
        Self::on(session.world)
    }

    /// The world.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The world, to change it from outside.
    pub fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }

    /// Answers a request, or begins to.
    pub fn handle(&mut self, request: &Request) -> Handled {
        if let Some(reply) = self.memo.get(&self.world, request) {
            return Handled::Whole(reply);
        }
        match handle(&mut self.world, request) {
            Answer::Whole(reply) => {
                self.memo.keep(&self.world, request, &reply);
                Handled::Whole(reply)
            }
            Answer::Later(later) => match later.poll(&self.world) {
                Some(reply) => Handled::Whole(reply),
                None => Handled::Later(self.keep(Open::Later(later))),
            },
            Answer::Stream(head, stream) => Handled::Stream(head, self.keep(Open::Stream(stream))),
        }
    }

    /// Connects a client from outside to a port of the host that a container has published.
    ///
    /// # Errors
    /// `ECONNREFUSED` and the like.
    pub fn dial(&mut self, port: u16) -> Result<Ticket, Errno> {
        let wire = Wire::dial(&mut self.world, port)?;
        Ok(self.keep(Open::Wire(wire)))
    }

    fn keep(&mut self, open: Open) -> Ticket {
        let ticket = Ticket(self.next);
        self.next += 1;
        self.open.insert(ticket, open);
        ticket
    }

    /// Runs what is ready for a slice. `Quiet` tells when the next thing is due.
    pub fn pulse(&mut self) -> Pulse {
        pulse(&mut self.world)
    }

    /// True where a process has work to do, as after bytes have been handed to it.
    pub fn is_busy(&self) -> bool {
        self.world.kernel.has_ready()
    }

    /// Sets the clock to a later moment.
    pub fn reach(&mut self, moment: Time) {
        reach(&mut self.world, moment);
    }

    /// The tickets that are open.
    pub fn tickets(&self) -> Vec<Ticket> {
        self.open.keys().copied().collect()
    }

    /// What there is for a ticket, and when to ask again at the latest. One that is spent or unknown has ended.
    pub fn poll(&mut self, ticket: Ticket) -> (Option<Told>, Option<Time>) {
        let (told, due) = match self.open.get_mut(&ticket) {
            None => return (Some(Told::Last(vec![])), None),
            Some(Open::Wire(wire)) => (wire.poll(&mut self.world), None),
            Some(Open::Later(later)) => (later.poll(&self.world).map(Told::Reply), None),
            Some(Open::Stream(stream)) => {
                let polled = stream.poll(&mut self.world);
                let told = match polled.done {
                    true => Some(Told::Last(polled.bytes)),
                    false => Some(polled.bytes).filter(|bytes| !bytes.is_empty()).map(Told::Bytes),
                };
                (told, polled.due)
            }
        };
        if matches!(told, Some(Told::Reply(_) | Told::Last(_))) {
            self.open.remove(&ticket);
        }
        (told, due)
    }

    /// Takes bytes of the client of a ticket.
    pub fn feed(&mut self, ticket: Ticket, bytes: &[u8]) {
        match self.open.get_mut(&ticket) {
            Some(Open::Stream(stream)) => stream.feed(bytes),
            Some(Open::Wire(wire)) => wire.unsent.extend_from_slice(bytes),
            _ => {}
        }
    }

    /// How many bytes of a client's wait to be taken.
    pub fn backlog(&self, ticket: Ticket) -> usize {
        match self.open.get(&ticket) {
            Some(Open::Stream(stream)) => stream.backlog(),
            Some(Open::Wire(wire)) => wire.unsent.len(),
            _ => 0,
        }
    }

    /// The client of a ticket sends no more.
    pub fn end_input(&mut self, ticket: Ticket) {
        match self.open.get_mut(&ticket) {
            Some(Open::Stream(stream)) => stream.end_input(),
            Some(Open::Wire(wire)) => wire.ended = true,
            _ => {}
        }
    }

    /// The client of a ticket has gone.
    pub fn forget(&mut self, ticket: Ticket) {
        match self.open.remove(&ticket) {
            Some(Open::Stream(mut stream)) => stream.abandon(&mut self.world),
            Some(Open::Wire(wire)) => wire.close(&mut self.world),
            Some(Open::Later(_)) | None => {}
        }
    }

    /// True where a client waits for something that time brings about.
    pub fn waits_for_time(&self) -> bool {
        self.open.values().any(|open| match open {
            Open::Later(_) | Open::Wire(_) => true,
            Open::Stream(stream) => stream.waits_for_time(),
        })
    }
}
