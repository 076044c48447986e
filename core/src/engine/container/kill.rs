//! `kill`: a signal to a container's first process.

use super::{emit, find};
use crate::base::ObjectId;
use crate::kernel::Signal;
use crate::model::{Container, EngineError, Status, World};

/// Reads a signal as `docker stop -s` and `--stop-signal` take it.
///
/// # Errors
/// Invalid, in Docker's words.
pub fn parse_signal(text: &str) -> Result<Signal, EngineError> {
    Signal::parse(text).ok_or_else(|| EngineError::invalid(format!("invalid signal: {text}")))
}

/// Sends a signal. A signal that is meant to end the container (`KILL`, its stop signal, any where it names
/// none) unfreezes it and calls off its restart policy until the next start.
///
/// # Errors
/// Not found; conflict where it does not run; invalid for an unknown signal.
pub fn kill(world: &mut World, reference: &str, signal: &str) -> Result<(), EngineError> {
    let prefix = |e: EngineError| EngineError {
        message: format!("cannot kill container: {reference}: {}", e.message),
        ..e
    };
    let wrong = EngineError::invalid(format!("invalid signal: {signal}"));
    let id = find(world, reference).map_err(prefix)?;
    let signal = match signal {
        "" => Signal::KILL,
        text => Signal::parse(text).ok_or_else(|| match text.parse::<i32>() {
            Ok(number) if number != 0 => EngineError::invalid(format!(
                "cannot kill container: {reference}: the linux daemon does not support signal {number}"
            )),
            _ => prefix(wrong),
        })?,
    };
    let container = world.container(id).ok_or_else(|| EngineError::not_found("No such container"))?;
    let Some(runtime) = container.runtime.clone() else {
        if container.status == Status::Restarting {
            super::stop::call_off(world, id);
            return Ok(());
        }
        return Err(prefix(EngineError::conflict(format!("container {id} is not running"))));
    };
    let own = container.config.stop_signal.is_some();
    if signal == Signal::KILL || !own || signal == stop_signal(container) {
        if let Some(container) = world.container_mut(id) {
            container.stopped_by_user = true;
        }
        unfreeze(world, id);
    }
    let _it_may_be_ending = world.kernel.signal(runtime.init, signal);
    emit(world, id, "kill", &[("signal", signal.number().to_string())]);
    super::handle_exit(world, runtime.init, Some(id));
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
    emit(world, id, "unpause", &[]);
}
