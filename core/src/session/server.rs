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

use super::control::{self, Control};
use super::memo::Memo;
use super::wire::Wire;
use super::{EPOCH, Session, fresh_at, pulse, reach};
use crate::api::kit::{Solve, solve};
use crate::api::{Answer, Later, Postponed, Reply, Request, Stream, handle, handle_again};
use crate::base::{Duration, Errno, Time};
use crate::engine::registry::{recorded_hub, recorded_surroundings};
use crate::kernel::Pulse;
use crate::model::{Cut, Faults, World};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many slices one leap of the clock may take before the rest of it is let be.
const SLICES: u32 = 31_250;

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
    /// The head of the reply; its body comes for the other ticket. This one is spent.
    Stream(Reply, Ticket),
    /// These bytes, and then the connection breaks. The ticket is spent.
    Cut(Vec<u8>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Open {
    Later(Later),
    Postponed(Box<Postponed>),
    /// The stream, and after how many bytes its connection breaks.
    Stream(Box<Stream>, Option<u64>),
    Wire(Wire),
}

/// A daemon with its clients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Server {
    pub(super) world: World,
    pub(super) control: Control,
    open: BTreeMap<Ticket, Open>,
    next: u64,
    #[serde(skip)]
    memo: Memo,
}

impl Server {
    /// A fresh world, with the Docker Hub of the recordings.
    pub fn new(seed: u64) -> Self {
        Self::at(seed, EPOCH)
    }

    /// The same at another moment.
    pub fn at(seed: u64, now: Time) -> Self {
        Self::surrounded(seed, now, recorded_hub)
    }

    /// The same in all the surroundings of the recordings, which have a registry at 127.0.0.1:5000.
    pub fn recorded(seed: u64, now: Time) -> Self {
        Self::surrounded(seed, now, recorded_surroundings)
    }

    fn surrounded(seed: u64, now: Time, surround: fn(&mut World)) -> Self {
        let mut world = fresh_at(seed, now);
        surround(&mut world);
        Self::on(world)
    }

    /// A world as it is.
    pub fn on(world: World) -> Self {
        Self { world, control: Control::default(), open: BTreeMap::new(), next: 1, memo: Memo::default() }
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
        if control::is_for(request) {
            return Handled::Whole(control::handle(self, request));
        }
        let handled = self.handle_for_docker(request);
        self.control.coverage.note(
            request,
            match &handled {
                Handled::Whole(reply) | Handled::Stream(reply, _) => Some(reply),
                Handled::Later(_) => None,
            },
        );
        handled
    }

    fn handle_for_docker(&mut self, request: &Request) -> Handled {
        // Faults and journals are to see every request.
        let unseen = self.world.faults == Faults::default() && self.world.journal.is_none();
        if unseen && let Some(reply) = self.memo.get(&self.world, request) {
            return Handled::Whole(reply);
        }
        let answer = handle(&mut self.world, request);
        if let (true, Answer::Whole(reply)) = (unseen, &answer) {
            self.memo.keep(&self.world, request, reply);
        }
        self.begin(answer)
    }

    fn begin(&mut self, answer: Answer) -> Handled {
        match answer {
            Answer::Whole(reply) => Handled::Whole(reply),
            Answer::Postponed(postponed) => Handled::Later(self.keep(Open::Postponed(postponed))),
            Answer::Later(later) => match later.poll(&self.world) {
                Some(reply) => Handled::Whole(reply),
                None => Handled::Later(self.keep(Open::Later(later))),
            },
            Answer::Stream(head, stream) => {
                let left = match head.cut {
                    Some(Cut::After(bytes)) => Some(bytes),
                    _ => None,
                };
                Handled::Stream(head, self.keep(Open::Stream(stream, left)))
            }
        }
    }

    /// Begins a build for a BuildKit client; its progress comes as [`Told::Bytes`], a document a line.
    pub fn solve(&mut self, asked: Solve) -> Handled {
        match solve(&mut self.world, asked) {
            Ok(Answer::Stream(head, stream)) => Handled::Stream(head, self.keep(Open::Stream(stream, None))),
            Ok(Answer::Whole(reply)) => Handled::Whole(reply),
            Ok(Answer::Later(later)) => Handled::Later(self.keep(Open::Later(later))),
            Ok(Answer::Postponed(postponed)) => Handled::Later(self.keep(Open::Postponed(postponed))),
            Err(refusal) => Handled::Whole(Reply::refused(&refusal)),
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

    /// Lets time pass, and what comes due in it happen.
    pub fn advance(&mut self, span: Duration) {
        let end = self.world.now() + span;
        for _ in 0..SLICES {
            match self.pulse() {
                Pulse::Busy => {}
                Pulse::Quiet(Some(next)) if next <= end => self.reach(next),
                Pulse::Quiet(_) => break,
            }
        }
        self.reach(end);
    }

    /// Goes back to a world of before. Replies that go on do so in it.
    pub(super) fn go_back(&mut self, world: World) {
        self.world = world;
        self.memo = Memo::default();
    }

    /// Answers for a world of somebody else's: it is this server's for as long as `act` takes.
    pub fn lend<T>(&mut self, world: &mut World, act: impl FnOnce(&mut Self) -> T) -> T {
        std::mem::swap(&mut self.world, world);
        let done = act(self);
        std::mem::swap(&mut self.world, world);
        done
    }

    /// The tickets that are open.
    pub fn tickets(&self) -> Vec<Ticket> {
        self.open.keys().copied().collect()
    }

    /// What there is for a ticket, and when to ask again at the latest. One that is spent or unknown has ended.
    pub fn poll(&mut self, ticket: Ticket) -> (Option<Told>, Option<Time>) {
        if self.world.faults.outage.is_some() && !matches!(self.open.get(&ticket), Some(Open::Wire(_)) | None)
        {
            self.forget(ticket);
            return (Some(Told::Cut(vec![])), None);
        }
        let (told, due) = match self.open.get_mut(&ticket) {
            None => return (Some(Told::Last(vec![])), None),
            Some(Open::Postponed(postponed)) => {
                if postponed.due > self.world.now() {
                    return (None, Some(postponed.due));
                }
                let answer = handle_again(&mut self.world, postponed);
                self.open.remove(&ticket);
                let told = match self.begin(answer) {
                    Handled::Whole(reply) => Told::Reply(reply),
                    Handled::Stream(head, other) => Told::Stream(head, other),
                    Handled::Later(other) => {
                        // It goes on under the ticket that the client has.
                        let open = self.open.remove(&other);
                        open.into_iter().for_each(|open| drop(self.open.insert(ticket, open)));
                        return (None, Some(self.world.now()));
                    }
                };
                return (Some(told), None);
            }
            Some(Open::Wire(wire)) => (wire.poll(&mut self.world), None),
            Some(Open::Later(later)) => (later.poll(&self.world).map(Told::Reply), None),
            Some(Open::Stream(stream, left)) => {
                let mut polled = stream.poll(&mut self.world);
                let breaks = left.as_mut().is_some_and(|left| {
                    let arrives = usize::try_from(*left).unwrap_or(usize::MAX).min(polled.bytes.len());
                    polled.bytes.truncate(arrives);
                    *left -= arrives as u64;
                    *left == 0 || polled.done
                });
                let told = match polled.done {
                    _ if breaks => Some(Told::Cut(polled.bytes)),
                    true => Some(Told::Last(polled.bytes)),
                    false => Some(polled.bytes).filter(|bytes| !bytes.is_empty()).map(Told::Bytes),
                };
                (told, polled.due)
            }
        };
        match told {
            Some(Told::Reply(_) | Told::Last(_)) => drop(self.open.remove(&ticket)),
            Some(Told::Cut(_)) => self.forget(ticket),
            _ => {}
        }
        (told, due)
    }

    /// Takes bytes of the client of a ticket.
    pub fn feed(&mut self, ticket: Ticket, bytes: &[u8]) {
        match self.open.get_mut(&ticket) {
            Some(Open::Stream(stream, _)) => stream.feed(bytes),
            Some(Open::Wire(wire)) => wire.unsent.extend_from_slice(bytes),
            _ => {}
        }
    }

    /// How many bytes of a client's wait to be taken.
    pub fn backlog(&self, ticket: Ticket) -> usize {
        match self.open.get(&ticket) {
            Some(Open::Stream(stream, _)) => stream.backlog(),
            Some(Open::Wire(wire)) => wire.unsent.len(),
            _ => 0,
        }
    }

    /// The client of a ticket sends no more.
    pub fn end_input(&mut self, ticket: Ticket) {
        match self.open.get_mut(&ticket) {
            Some(Open::Stream(stream, _)) => stream.end_input(),
            Some(Open::Wire(wire)) => wire.ended = true,
            _ => {}
        }
    }

    /// The client of a ticket has gone.
    pub fn forget(&mut self, ticket: Ticket) {
        match self.open.remove(&ticket) {
            Some(Open::Stream(mut stream, _)) => stream.abandon(&mut self.world),
            Some(Open::Wire(wire)) => wire.close(&mut self.world),
            Some(Open::Later(_) | Open::Postponed(_)) | None => {}
        }
    }

    /// True where a client waits for something that time brings about.
    pub fn waits_for_time(&self) -> bool {
        let missed = self.world.faults.outage.as_ref().is_some_and(|outage| outage.is_missed());
        missed
            || self.open.values().any(|open| match open {
                Open::Later(_) | Open::Postponed(_) | Open::Wire(_) => true,
                Open::Stream(stream, _) => stream.waits_for_time(),
            })
    }
}
