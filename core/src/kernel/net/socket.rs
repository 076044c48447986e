//! Streams and listeners.

use super::{Destination, Net, NetNsId, Protocol, internet};
use crate::base::{Errno, Gather};
use crate::kernel::{PIPE_CAPACITY, Pid, Read, http};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};
use std::net::Ipv4Addr;
use std::sync::Arc;

/// One end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct StreamId(pub u64);

/// A listening socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct ListenerId(pub u64);

/// How many connections wait to be accepted before more are refused.
const BACKLOG: usize = 128;

/// One end of a TCP connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tcp {
    /// The namespace of this end.
    pub space: NetNsId,
    /// Address and port of this end.
    pub local: (Ipv4Addr, u16),
    /// Address and port of the other end.
    pub remote: (Ipv4Addr, u16),
    /// The other end; `None` once it is gone.
    pub peer: Option<StreamId>,
    /// Received and not yet read.
    pub received: VecDeque<u8>,
    /// Nothing more will be received.
    pub ended: bool,
    /// Nothing more may be sent.
    pub shut: bool,
    /// Who waits for a change.
    pub waiters: BTreeSet<Pid>,
    /// For a connection that no process has the other end of: what is there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beyond: Option<Beyond>,
}

/// The other end of a connection where it is no process of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Beyond {
    /// A host of the simulated internet, with what was sent to it and is not yet a whole request.
    Internet(Vec<u8>),
    /// The proxy of a published port whose container does not listen: reads and writes find it reset.
    Reset,
}

/// A listening TCP socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    /// The namespace it listens in.
    pub space: NetNsId,
    /// The address; `0.0.0.0` for all.
    pub address: Ipv4Addr,
    /// The port.
    pub port: u16,
    /// Connections not yet accepted.
    pub backlog: VecDeque<StreamId>,
    /// Who waits for one.
    pub waiters: BTreeSet<Pid>,
}

impl Net {
    /// Starts to listen; port 0 takes a free one.
    ///
    /// # Errors
    /// `EADDRINUSE`.
    pub fn listen(&mut self, space: NetNsId, address: Ipv4Addr, port: u16) -> Result<ListenerId, Errno> {
        let taken = |net: &Self, port: u16| {
            let meets = |o: Ipv4Addr| address.is_unspecified() || o.is_unspecified() || o == address;
            net.listeners.values().any(|l| l.space == space && l.port == port && meets(l.address))
                || (net.space(space).is_some_and(|s| s.host) && net.port_taken(Protocol::Tcp, address, port))
        };
        let port = match port {
            0 => (32768..=60999).find(|p| !taken(self, *p)).ok_or(Errno::EADDRINUSE)?,
            port if taken(self, port) => return Err(Errno::EADDRINUSE),
            port => port,
        };
        let id = ListenerId(self.fresh());
        let listener = Listener { space, address, port, backlog: VecDeque::new(), waiters: BTreeSet::new() };
        self.listeners.insert(id, Arc::new(listener));
        Ok(id)
    }

    /// Connects from a namespace; who to wake beside the result.
    ///
    /// # Errors
    /// `ECONNREFUSED` where nothing listens, `ENETUNREACH`, `EHOSTUNREACH`, `ETIMEDOUT`.
    pub fn connect(
        &mut self,
        from: NetNsId,
        address: Ipv4Addr,
        port: u16,
    ) -> Result<(StreamId, BTreeSet<Pid>), Errno> {
        let (to, target, target_port, source) = match self.route(from, address, Protocol::Tcp, port)? {
            Destination::Space { to, address, port, source } => (to, address, port, source),
            Destination::Internet if internet::listens(address, port) => {
                let beyond = Beyond::Internet(vec![]);
                return Ok((self.connect_beyond(from, address, port, beyond), BTreeSet::new()));
            }
            Destination::Internet => return Err(Errno::ETIMEDOUT),
        };
        let meets = |l: &Listener| {
            l.space == to && l.port == target_port && (l.address.is_unspecified() || l.address == target)
        };
        let found =
            self.listeners.iter().find(|(_, l)| meets(l) && l.backlog.len() < BACKLOG).map(|(id, _)| *id);
        let Some(listener) = found else {
            // The proxy of a published port accepts before it finds that nobody listens behind it.
            let proxied = self.space(from).is_some_and(|s| s.host) && to != from && target != address;
            if !proxied {
                return Err(Errno::ECONNREFUSED);
            }
            return Ok((self.connect_beyond(from, address, port, Beyond::Reset), BTreeSet::new()));
        };
        let ours = StreamId(self.fresh());
        let theirs = StreamId(self.fresh());
        let local = (source, 32768 + (ours.0 % 28000) as u16);
        let end = |space, local, remote, peer| Tcp {
            space,
            local,
            remote,
            peer: Some(peer),
            received: VecDeque::new(),
            ended: false,
            shut: false,
            waiters: BTreeSet::new(),
            beyond: None,
        };
        self.streams.insert(ours, Arc::new(end(from, local, (address, port), theirs)));
        self.streams.insert(theirs, Arc::new(end(to, (target, target_port), local, ours)));
        let waiters = match self.listeners.get_mut(&listener).map(Arc::make_mut) {
            Some(l) => {
                l.backlog.push_back(theirs);
                std::mem::take(&mut l.waiters)
            }
            None => BTreeSet::new(),
        };
        Ok((ours, waiters))
    }

    fn connect_beyond(&mut self, from: NetNsId, address: Ipv4Addr, port: u16, beyond: Beyond) -> StreamId {
        let id = StreamId(self.fresh());
        let local = self.space(from).and_then(|s| s.interfaces.first()).map(|i| i.address);
        let stream = Tcp {
            space: from,
            local: (local.unwrap_or(Ipv4Addr::LOCALHOST), 32768 + (id.0 % 28000) as u16),
            remote: (address, port),
            peer: None,
            received: VecDeque::new(),
            ended: false,
            shut: false,
            waiters: BTreeSet::new(),
            beyond: Some(beyond),
        };
        self.streams.insert(id, Arc::new(stream));
        id
    }

    /// Takes a connection from a listener's backlog.
    pub fn accept(&mut self, id: ListenerId) -> Option<StreamId> {
        self.listeners.get_mut(&id).map(Arc::make_mut)?.backlog.pop_front()
    }

    /// A stream.
    pub fn stream(&self, id: StreamId) -> Option<&Tcp> {
        self.streams.get(&id).map(AsRef::as_ref)
    }

    /// A listener.
    pub fn listener(&self, id: ListenerId) -> Option<&Listener> {
        self.listeners.get(&id).map(AsRef::as_ref)
    }

    /// Reads from a stream; who to wake beside the result.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn read(&mut self, id: StreamId, max: usize) -> Result<(Read, BTreeSet<Pid>), Errno> {
        let s = self.streams.get_mut(&id).map(Arc::make_mut).ok_or(Errno::EBADF)?;
        if s.beyond == Some(Beyond::Reset) {
            return Err(Errno::ECONNRESET);
        }
        if s.received.is_empty() {
            return Ok((
                if s.ended || (s.peer.is_none() && s.beyond.is_none()) { Read::End } else { Read::Wait },
                BTreeSet::new(),
            ));
        }
        let n = s.received.len().min(max);
        let data = s.received.drain(..n).collect();
        let peer = s.peer;
        Ok((Read::Data(data), self.waiters_of(peer)))
    }

    /// Writes to a stream as much as fits; who to wake beside it.
    ///
    /// # Errors
    /// `EPIPE` where the other end is gone or this one is shut.
    pub fn write(&mut self, id: StreamId, data: &[u8]) -> Result<(usize, BTreeSet<Pid>), Errno> {
        let s = self.stream(id).ok_or(Errno::EBADF)?;
        if s.shut {
            return Err(Errno::EPIPE);
        }
        let remote = s.remote.0;
        let peer = match (&s.beyond, s.peer) {
            (Some(Beyond::Reset), _) => return Ok((data.len(), BTreeSet::new())),
            (Some(Beyond::Internet(_)), _) => return self.write_beyond(id, remote, data),
            (None, peer) => peer.ok_or(Errno::EPIPE)?,
        };
        let p = self.streams.get_mut(&peer).map(Arc::make_mut).ok_or(Errno::EPIPE)?;
        let room = PIPE_CAPACITY.saturating_sub(p.received.len()).min(data.len());
        p.received.extend(&data[..room]);
        Ok((room, std::mem::take(&mut p.waiters)))
    }

    /// Hands bytes to a host of the simulated internet, which answers at once.
    fn write_beyond(
        &mut self,
        id: StreamId,
        remote: Ipv4Addr,
        data: &[u8],
    ) -> Result<(usize, BTreeSet<Pid>), Errno> {
        let s = self.streams.get_mut(&id).map(Arc::make_mut).ok_or(Errno::EBADF)?;
        let Some(Beyond::Internet(sent)) = &mut s.beyond else { return Err(Errno::EPIPE) };
        if s.ended || sent.len() + data.len() > http::MAX_HEAD + http::MAX_BODY {
            return Err(Errno::EPIPE);
        }
        sent.extend_from_slice(data);
        let (bytes, closes) = internet::answer(remote, sent);
        s.received.extend(bytes);
        s.ended |= closes;
        Ok((data.len(), std::mem::take(&mut s.waiters)))
    }

    /// Sends no more; the other end reads the end.
    pub fn shutdown(&mut self, id: StreamId) -> BTreeSet<Pid> {
        let Some(s) = self.streams.get_mut(&id).map(Arc::make_mut) else { return BTreeSet::new() };
        s.shut = true;
        s.ended |= s.beyond.is_some();
        let peer = s.peer;
        if let Some(p) = peer.and_then(|p| self.streams.get_mut(&p)).map(Arc::make_mut) {
            p.ended = true;
        }
        self.waiters_of(peer)
    }

    fn waiters_of(&mut self, id: Option<StreamId>) -> BTreeSet<Pid> {
        id.and_then(|id| self.streams.get_mut(&id))
            .map_or(BTreeSet::new(), |s| std::mem::take(&mut Arc::make_mut(s).waiters))
    }

    /// Closes one end; who to wake.
    pub fn close_stream(&mut self, id: StreamId) -> BTreeSet<Pid> {
        let Some(s) = self.streams.remove(&id) else { return BTreeSet::new() };
        if let Some(p) = s.peer.and_then(|p| self.streams.get_mut(&p)).map(Arc::make_mut) {
            p.peer = None;
            p.ended = true;
        }
        self.waiters_of(s.peer)
    }

    /// Stops listening: connections not accepted are reset; who to wake.
    pub fn close_listener(&mut self, id: ListenerId) -> BTreeSet<Pid> {
        let Some(l) = self.listeners.remove(&id) else { return BTreeSet::new() };
        l.backlog.iter().flat_map(|s| self.close_stream(*s)).gather()
    }
}
