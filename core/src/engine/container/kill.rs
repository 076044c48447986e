//! `kill`: a signal to a container's first process.

use super::{emit, find};
use crate::base::ObjectId;
use crate::kernel::Signal;
use crate::model::{Container, EngineError, Status, World};

/// Reads a signal as `docker kill -s` takes it.
///
/// # Errors
/// Invalid, in Docker's words.
pub fn parse_signal(text: &str) -> Result<Signal, EngineError> {
    Signal::parse(text).ok_or_else(|| EngineError::invalid(format!("tini: invalid signal: {text}")))
}

/// Sends a signal. `KILL` ends a paused container too.
///
/// # Errors
/// Not found; conflict where it does not run; invalid for an unknown signal.
pub fn kill(world: &mut World, reference: &str, signal: &str) -> Result<(), EngineError> {
    let prefix =
        |e: EngineError| EngineError { message: format!("cannot kill container: {}", e.message), ..e };
    let id = find(world, reference)?;
    let signal = if signal.is_empty() { Signal::KILL } else { parse_signal(signal).map_err(prefix)? };
    let container = world.container(id).ok_or_else(|| EngineError::not_found("No such container"))?;
    let Some(runtime) = container.runtime.clone() else {
        return Err(prefix(EngineError::conflict(format!("tini: container {id} is not running"))));
    };
    let ends = signal == Signal::KILL || signal == stop_signal(container);
    if let Some(container) = world.container_mut(id) {
        container.stopped_by_user |= ends;
    }
    if signal == Signal::KILL {
        unfreeze(world, id);
    }
    let _it_may_be_ending = world.kernel.signal(runtime.init, signal);
    emit(world, id, "kill", &[("signal", signal.number().to_string())]);
    Ok(())
}

/// The signal that `stop` sends.
pub(super) fn stop_signal(container: &Container) -> Signal {
    container.config.stop_signal.as_deref().and_then(Signal::parse).unwrap_or(Signal::TERM)
}

/// Lets a paused container run so that it can end.
pub(super) fn unfreeze(world: &mut World, id: ObjectId) {
    let Some(container) = world.container_mut(id) else { return };
    if container.status != Status::Paused {
        return;
    }
    container.status = Status::Running;
    if let Some(ns) = container.runtime.as_ref().map(|r| r.ns) {
        if let Some(namespace) = world.kernel.namespace_mut(ns) {
            namespace.paused = false;
        }
        world.kernel.thaw(ns);
    }
}
