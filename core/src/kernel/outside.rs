//! Connections from outside of the simulation to a port of the host, as a proxy of published ports makes them.

use super::net::StreamId;
use super::{Kernel, NsId, Read};
use crate::base::Errno;
use std::net::Ipv4Addr;

impl Kernel {
    /// Connects to a port of a namespace's own loopback address.
    ///
    /// # Errors
    /// `ECONNREFUSED` and the like; `ENOENT` where there is no such namespace.
    pub fn dial(&mut self, ns: NsId, port: u16) -> Result<StreamId, Errno> {
        let space = self.namespace(ns).ok_or(Errno::ENOENT)?.net;
        let (stream, waiters) = self.net.connect(space, Ipv4Addr::LOCALHOST, port)?;
        self.wake_all(waiters);
        Ok(stream)
    }

    /// Sends as much as fits.
    ///
    /// # Errors
    /// `EPIPE` where the other end is gone.
    pub fn send(&mut self, stream: StreamId, data: &[u8]) -> Result<usize, Errno> {
        let (taken, waiters) = self.net.write(stream, data)?;
        self.wake_all(waiters);
        Ok(taken)
    }

    /// Takes what has arrived.
    ///
    /// # Errors
    /// `ECONNRESET`, `EBADF`.
    pub fn receive(&mut self, stream: StreamId, max: usize) -> Result<Read, Errno> {
        let (read, waiters) = self.net.read(stream, max)?;
        self.wake_all(waiters);
        Ok(read)
    }

    /// Sends no more.
    pub fn finish_sending(&mut self, stream: StreamId) {
        let waiters = self.net.shutdown(stream);
        self.wake_all(waiters);
    }

    /// Ends the connection.
    pub fn hang_up(&mut self, stream: StreamId) {
        let waiters = self.net.close_stream(stream);
        self.wake_all(waiters);
    }
}
