//! A connection from outside of the simulation to a published port.

use super::server::Told;
use crate::base::Errno;
use crate::kernel::Read;
use crate::kernel::net::StreamId;
use crate::model::World;
use serde::{Deserialize, Serialize};

/// How much is read at once, in bytes.
const CHUNK: usize = 64 << 10;

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wire {
    stream: StreamId,
    pub(super) unsent: Vec<u8>,
    pub(super) ended: bool,
    finished: bool,
}

impl Wire {
    /// Connects to a port of the host.
    ///
    /// # Errors
    /// `ECONNREFUSED` and the like.
    pub(super) fn dial(world: &mut World, port: u16) -> Result<Self, Errno> {
        let stream = world.kernel.dial(world.host.ns, port)?;
        Ok(Self { stream, unsent: vec![], ended: false, finished: false })
    }

    /// Sends what waits, and takes what has arrived.
    pub(super) fn poll(&mut self, world: &mut World) -> Option<Told> {
        if !self.unsent.is_empty() {
            match world.kernel.send(self.stream, &self.unsent) {
                Ok(taken) => drop(self.unsent.drain(..taken)),
                Err(_) => self.unsent.clear(),
            }
        }
        if self.ended && self.unsent.is_empty() && !self.finished {
            self.finished = true;
            world.kernel.finish_sending(self.stream);
        }
        match world.kernel.receive(self.stream, CHUNK) {
            Ok(Read::Data(data)) => Some(Told::Bytes(data)),
            Ok(Read::Wait) => None,
            Ok(Read::End) | Err(_) => {
                self.close(world);
                Some(Told::Last(vec![]))
            }
        }
    }

    /// The client has gone.
    pub(super) fn close(&self, world: &mut World) {
        world.kernel.hang_up(self.stream);
    }
}
