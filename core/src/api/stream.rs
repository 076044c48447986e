//! Replies without an end in sight: each is a state that is polled after every tick, and some take input.

use super::container::attach::Attached;
use super::container::exec::Attached as AttachedExec;
use super::container::logs::Following;
use super::container::stats::Watching;
use super::container::wait::Waiting;
use super::image::build::Building;
use super::image::kit::Solving;
use super::system::events::Listening;
use crate::base::Time;
use crate::model::World;
use serde::{Deserialize, Serialize};

/// What a poll gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Polled {
    /// The next bytes of the body.
    pub bytes: Vec<u8>,
    /// There will be no more.
    pub done: bool,
    /// When to poll at the latest, whatever happens.
    pub due: Option<Time>,
}

/// A reply that goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Stream {
    /// A client attached to a container.
    Attach(Attached),
    /// A client attached to an exec.
    Exec(AttachedExec),
    /// A log that is followed.
    Logs(Following),
    /// The daemon's events.
    Events(Listening),
    /// What a container uses.
    Stats(Watching),
    /// The end of a container.
    Wait(Waiting),
    /// A build.
    Build(Box<Building>),
    /// A build for a BuildKit client.
    Solve(Box<Solving>),
}

impl Stream {
    /// What there is to send now.
    pub fn poll(&mut self, world: &mut World) -> Polled {
        match self {
            Stream::Attach(state) => state.poll(world),
            Stream::Exec(state) => state.poll(world),
            Stream::Logs(state) => state.poll(world),
            Stream::Events(state) => state.poll(world),
            Stream::Stats(state) => state.poll(world),
            Stream::Wait(state) => state.poll(world),
            Stream::Build(state) => state.poll(world),
            Stream::Solve(state) => state.poll(world),
        }
    }

    /// Takes bytes of the client; those that do not take any drop them.
    pub fn feed(&mut self, bytes: &[u8]) {
        match self {
            Stream::Attach(state) => state.input.push(bytes),
            Stream::Exec(state) => state.input.push(bytes),
            _ => {}
        }
    }

    /// How many bytes of the client's have not been taken yet.
    pub fn backlog(&self) -> usize {
        match self {
            Stream::Attach(state) => state.input.backlog(),
            Stream::Exec(state) => state.input.backlog(),
            _ => 0,
        }
    }

    /// The client will send no more, and may still read.
    pub fn end_input(&mut self) {
        match self {
            Stream::Attach(state) => state.input.end(),
            Stream::Exec(state) => state.input.end(),
            _ => {}
        }
    }

    /// The client has gone.
    pub fn abandon(&mut self, world: &mut World) {
        match self {
            Stream::Build(state) => state.abort(world),
            Stream::Solve(state) => state.abort(world),
            Stream::Attach(_) | Stream::Exec(_) => {
                self.end_input();
                self.poll(world);
            }
            _ => {}
        }
    }

    /// True where it waits for something that time brings about; events alone are no reason for time to pass.
    pub fn waits_for_time(&self) -> bool {
        !matches!(self, Stream::Events(state) if !state.ends())
    }
}
