//! The owner of the world: one task that answers what connections ask, runs what is ready, lets time pass, and hands
//! out what there is to send.

use super::clock::Clock;
use super::ports::Ports;
use super::share::Shares;
use bytes::Bytes;
use drydock::api::kit::Solve;
use drydock::api::{Refusal, Reply, Request};
use drydock::kernel::Pulse;
use drydock::session::{Handled, Server, Ticket, Told};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{Notify, oneshot};

/// How many pieces of a stream wait for a slow client.
const PIECES: usize = 32;
/// How many bytes of a client's may wait to be taken before it is read no further.
pub const BACKLOG: usize = 1 << 20;
/// How many asks are answered between two slices of the simulation.
const BATCH: usize = 64;
/// How many asks may be answered in place of one whose port is taken, each time with another port.
const ATTEMPTS: u32 = 32;
/// The longest nap where nothing is due.
const LONGEST: Duration = Duration::from_secs(3600);

/// What connections ask of the owner.
pub enum Ask {
    /// A request.
    Handle(Request, oneshot::Sender<Answer>),
    /// A build for a BuildKit client.
    Solve(Box<Solve>, oneshot::Sender<Answer>),
    /// A connection to a published port.
    Dial(u16, oneshot::Sender<Option<Flow>>),
    /// Bytes of a client; the answer is how many wait by then.
    Feed(Ticket, Bytes, oneshot::Sender<usize>),
    /// A client sends no more.
    End(Ticket),
}

/// The connection breaks here, by a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection breaks, by a fault")
    }
}

impl std::error::Error for Broken {}

/// What follows for a client.
pub type Piece = Result<Bytes, Broken>;

/// What comes of a request.
pub enum Answer {
    /// All of it.
    Whole(Reply),
    /// Its head, and what follows.
    Stream(Reply, Flow),
}

/// The bytes that follow, and what the client is known by.
pub struct Flow {
    /// What the client is known by.
    pub ticket: Ticket,
    bytes: Receiver<Piece>,
    room: Arc<Notify>,
}

impl Flow {
    /// The next bytes; `None` at the end.
    pub async fn next(&mut self) -> Option<Piece> {
        let next = self.bytes.recv().await;
        self.room.notify_one();
        next
    }

    /// The same for a body that is polled.
    pub fn poll_next(&mut self, context: &mut std::task::Context<'_>) -> std::task::Poll<Option<Piece>> {
        let polled = self.bytes.poll_recv(context);
        if polled.is_ready() {
            self.room.notify_one();
        }
        polled
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.bytes.close();
        self.room.notify_one();
    }
}

enum Client {
    Later(oneshot::Sender<Answer>),
    Stream(Sender<Piece>),
}

/// The owner.
pub struct Owner {
    server: Server,
    clock: Clock,
    queue: Receiver<Ask>,
    clients: BTreeMap<Ticket, Client>,
    room: Arc<Notify>,
    ports: Ports,
    shares: Shares,
}

impl Owner {
    /// The owner of a daemon.
    pub fn new(
        server: Server,
        clock: Clock,
        queue: Receiver<Ask>,
        asks: Sender<Ask>,
        shares: Shares,
    ) -> Self {
        let (clients, room) = (BTreeMap::new(), Arc::new(Notify::new()));
        Self { server, clock, queue, clients, room, ports: Ports::new(asks), shares }
    }

    /// Works until nobody can ask any more.
    pub async fn run(&mut self) {
        loop {
            for _ in 0..BATCH {
                let Ok(ask) = self.queue.try_recv() else { break };
                self.take(ask);
            }
            let pulse = self.server.pulse();
            let due = self.hand_out();
            self.ports.follow(&self.server);
            if let (Pulse::Quiet(next), false) = (pulse, self.server.is_busy()) {
                let next = [next, due].into_iter().flatten().min();
                if self.pass_time(next) {
                    tokio::task::yield_now().await;
                    continue;
                }
                if !self.rest(next).await {
                    return;
                }
            } else {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Lets time pass up to what is due next, where it has come; true where something was.
    fn pass_time(&mut self, next: Option<drydock::base::Time>) -> bool {
        let now = self.server.world().now();
        match self.clock.now() {
            Some(real) => match next {
                Some(next) if next <= real => {
                    self.server.reach(next);
                    true
                }
                _ => {
                    self.server.reach(real);
                    false
                }
            },
            None => match next {
                Some(next) if self.server.waits_for_time() && self.queue.is_empty() => {
                    self.server.reach(next.max(now));
                    true
                }
                _ => false,
            },
        }
    }

    /// Waits until something is asked, a slow client has room again, or something is due; false at the end.
    async fn rest(&mut self, next: Option<drydock::base::Time>) -> bool {
        let nap = match (&self.clock, next) {
            (Clock::Real(..), Some(next)) => self.clock.until(next).min(LONGEST),
            _ => LONGEST,
        };
        tokio::select! {
            biased;
            ask = self.queue.recv() => match ask {
                Some(ask) => {
                    if let Some(real) = self.clock.now() {
                        self.server.reach(real);
                    }
                    self.take(ask);
                }
                None => return false,
            },
            () = self.room.notified() => {}
            () = tokio::time::sleep(nap) => {}
        }
        true
    }

    fn take(&mut self, ask: Ask) {
        match ask {
            Ask::Handle(request, answer) => {
                let handled = match self.shares.before(&mut self.server, &request) {
                    Ok(()) => self.handle(&request),
                    Err(refusal) => Handled::Whole(Reply::refused(&refusal)),
                };
                self.shares.after(&self.server, &request);
                self.answer(handled, answer);
            }
            Ask::Solve(asked, answer) => {
                let handled = self.server.solve(*asked);
                self.answer(handled, answer);
            }
            Ask::Dial(port, answer) => {
                let _what_is_too_large_is_not_shared = self.shares.take_in(&mut self.server);
                let flow = self.server.dial(port).ok().map(|ticket| self.open(ticket));
                let _the_client_may_have_gone = answer.send(flow);
            }
            Ask::Feed(ticket, bytes, answer) => {
                self.server.feed(ticket, &bytes);
                let _the_client_may_have_gone = answer.send(self.server.backlog(ticket));
            }
            Ask::End(ticket) => self.server.end_input(ticket),
        }
    }

    /// Answers a request. Where it publishes a port that something of this computer holds, it is answered again
    /// in a world that knows.
    fn handle(&mut self, request: &Request) -> Handled {
        if matches!(request.method.as_str(), "GET" | "HEAD") {
            return self.attempt(request).unwrap_or_else(broken);
        }
        if request.path().starts_with("/_drydock/") {
            let handled = self.attempt(request).unwrap_or_else(broken);
            self.clock.go_on_from(self.server.world().now());
            return handled;
        }
        let before = self.server.clone();
        for _ in 0..ATTEMPTS {
            let Some(handled) = self.attempt(request) else {
                self.server = before;
                return broken();
            };
            let taken = self.ports.claim(&self.server);
            let last = taken.is_empty();
            let known = std::mem::take(&mut self.server.world_mut().kernel.net.held_outside);
            if last {
                return handled;
            }
            // What this computer holds may be free the next time somebody asks.
            self.server = before.clone();
            self.server.world_mut().kernel.net.held_outside.extend(known.into_iter().chain(taken));
        }
        self.server = before;
        broken()
    }

    /// Answers a request; `None` where a fault of Drydock's own kept it from doing so.
    fn attempt(&mut self, request: &Request) -> Option<Handled> {
        let server = &mut self.server;
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| server.handle(request))).ok()
    }

    fn answer(&mut self, handled: Handled, answer: oneshot::Sender<Answer>) {
        match handled {
            Handled::Whole(reply) => {
                let _the_client_may_have_gone = answer.send(Answer::Whole(reply));
            }
            Handled::Later(ticket) => {
                self.clients.insert(ticket, Client::Later(answer));
            }
            Handled::Stream(head, ticket) => {
                let flow = self.open(ticket);
                let _the_client_may_have_gone = answer.send(Answer::Stream(head, flow));
            }
        }
    }

    fn open(&mut self, ticket: Ticket) -> Flow {
        let (sender, bytes) = channel(PIECES);
        self.clients.insert(ticket, Client::Stream(sender));
        Flow { ticket, bytes, room: self.room.clone() }
    }

    /// Hands out what there is; tells when to look again at the latest.
    fn hand_out(&mut self) -> Option<drydock::base::Time> {
        self.shares.give_out(&self.server);
        let mut first = None;
        let mut spent = vec![];
        for (ticket, client) in &mut self.clients {
            let gone = match client {
                Client::Later(answer) => answer.is_closed(),
                Client::Stream(sender) => sender.is_closed(),
            };
            if gone {
                self.server.forget(*ticket);
                spent.push((*ticket, None));
                continue;
            }
            let full = matches!(client, Client::Stream(sender) if sender.capacity() < 3);
            if full {
                continue;
            }
            let (told, due) = self.server.poll(*ticket);
            first = [first, due].into_iter().flatten().min();
            let broken = matches!(told, Some(Told::Cut(_)));
            match (told, client) {
                (Some(Told::Reply(reply)), Client::Later(_)) => spent.push((*ticket, Some((reply, None)))),
                (Some(Told::Stream(head, other)), Client::Later(_)) => {
                    spent.push((*ticket, Some((head, Some(other)))))
                }
                (Some(Told::Cut(_)), Client::Later(_)) => {
                    spent.push((*ticket, Some((Reply::broken(), None))))
                }
                (Some(Told::Bytes(bytes)), Client::Stream(sender)) => {
                    let _there_is_room = sender.try_send(Ok(Bytes::from(bytes)));
                }
                (Some(Told::Last(bytes) | Told::Cut(bytes)), Client::Stream(sender)) => {
                    if !bytes.is_empty() {
                        let _there_is_room = sender.try_send(Ok(Bytes::from(bytes)));
                    }
                    if broken {
                        let _there_is_room = sender.try_send(Err(Broken));
                    }
                    spent.push((*ticket, None));
                }
                (Some(_), _) => spent.push((*ticket, None)),
                (None, _) => {}
            }
        }
        let handed = !spent.is_empty();
        for (ticket, reply) in spent {
            let (Some(Client::Later(answer)), Some((reply, stream))) = (self.clients.remove(&ticket), reply)
            else {
                continue;
            };
            let told = match stream {
                Some(other) => Answer::Stream(reply, self.open(other)),
                None => Answer::Whole(reply),
            };
            let _the_client_may_have_gone = answer.send(told);
        }
        if handed { Some(self.server.world().now()) } else { first }
    }
}

/// What a client hears of a fault of Drydock's own.
fn broken() -> Handled {
    let refusal =
        Refusal::new(500, "Drydock could not answer this request: a fault of its own, which it has printed");
    Handled::Whole(Reply::refused(&refusal))
}
