//! `POST /containers/ID/attach`: a client sees what a container prints and types to it, perhaps before it runs.

use super::{named, of};
use crate::api::frame::{Framing, MULTIPLEXED, RAW};
use crate::api::{Answer, Answered, Call, Polled, Refusal, Reply, Stream, Version};
use crate::base::{ObjectId, Time};
use crate::engine::container::emit;
use crate::engine::container::input::{Delivered, DetachKeys, Input, close_stdin};
use crate::model::{Container, Status, World};
use serde::{Deserialize, Serialize};

/// The run that a client is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Run {
    /// The next one; the last one began at this moment.
    Next(Option<Time>),
    /// The one that began at this moment.
    This(Option<Time>),
}

/// A client attached to a container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attached {
    container: ObjectId,
    framing: Framing,
    /// How many chunks have been shown.
    shown: u64,
    run: Run,
    /// It goes on after what is there.
    stream: bool,
    /// What the client types.
    pub input: Input,
}

/// Attaches a client.
pub fn attach(world: &mut World, call: &Call<'_>) -> Answered {
    let (state, raw) = begin(world, call)?;
    Ok(Answer::Stream(hijacked(call, raw), Box::new(Stream::Attach(state))))
}

/// Attaches a client that speaks over a WebSocket: its messages keep the bytes, so there are no frames. Whoever holds
/// the connection adds the key that the handshake asks for.
pub fn websocket(world: &mut World, call: &Call<'_>) -> Answered {
    let asked = call.request.header("upgrade").is_some_and(|kind| kind.eq_ignore_ascii_case("websocket"));
    if !asked || call.request.header("sec-websocket-key").is_none() {
        return Err(Refusal::invalid("not websocket protocol"));
    }
    let (mut state, _) = begin(world, call)?;
    state.framing.raw = true;
    let head = Reply::empty(101).header("Connection", "Upgrade").header("Upgrade", "websocket");
    Ok(Answer::Stream(head, Box::new(Stream::Attach(state))))
}

/// A client that is attached from now on, and whether there is a terminal.
fn begin(world: &mut World, call: &Call<'_>) -> Result<(Attached, bool), Refusal> {
    let container = named(world, call)?;
    let id = container.id;
    match container.status {
        Status::Paused => {
            return Err(Refusal::conflict(format!(
                "container {id} is paused, unpause the container before attach"
            )));
        }
        Status::Restarting => {
            return Err(Refusal::conflict(format!(
                "container {id} is restarting, wait until the container is running"
            )));
        }
        _ => {}
    }
    let keys = DetachKeys::parse(call.query.get("detachKeys"))?;
    emit(world, id, "attach", &[]);
    let container = of(world, id)?;
    let query = &call.query;
    let stream = query.flag("stream");
    let raw = container.config.tty;
    let state = Attached {
        container: id,
        framing: Framing { raw, stdout: query.flag("stdout"), stderr: query.flag("stderr") || raw },
        shown: if query.flag("logs") { 0 } else { container.printed() },
        run: if container.status.is_alive() {
            Run::This(container.started)
        } else {
            Run::Next(container.started)
        },
        stream,
        input: Input::new(stream && query.flag("stdin") && container.config.open_stdin, keys),
    };
    Ok((state, raw))
}

/// The head of a reply that takes the connection over.
pub fn hijacked(call: &Call<'_>, raw: bool) -> Reply {
    if !call.upgrades() {
        return Reply::empty(200).header("Content-Type", RAW);
    }
    let kind = if raw || call.version < Version(1, 42) { RAW } else { MULTIPLEXED };
    Reply::empty(101).header("Content-Type", kind).header("Connection", "Upgrade").header("Upgrade", "tcp")
}

impl Attached {
    /// What has been printed; what was typed goes the other way.
    pub fn poll(&mut self, world: &mut World) -> Polled {
        let mut polled = Polled::default();
        let Some(container) = world.container_or_departed(self.container) else {
            return Polled { done: true, ..polled };
        };
        let news = container.printed_since(self.shown);
        self.shown = container.printed();
        self.framing.put_all(&mut polled.bytes, news.iter().map(AsRef::as_ref));
        if let Run::Next(before) = self.run
            && container.started != before
        {
            self.run = Run::This(container.started);
        }
        let gone = world.container(self.container).is_none();
        if gone || !self.stream || self.has_ended(container) {
            return Polled { done: true, ..polled };
        }
        if let Some((pipe, tty)) = container.runtime.as_ref().map(|r| (r.stdin, r.tty)) {
            match self.input.deliver(world, pipe, tty) {
                Delivered::Detached => polled.done = true,
                Delivered::Ended => close_stdin(world, self.container),
                Delivered::Done => {}
            }
        }
        polled
    }

    fn has_ended(&self, container: &Container) -> bool {
        let Run::This(run) = self.run else { return false };
        let over =
            matches!(container.status, Status::Exited | Status::Dead | Status::Restarting | Status::Removing);
        over || container.started != run
    }
}
