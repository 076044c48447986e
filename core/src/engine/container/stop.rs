//! `stop` and `restart`: a polite signal, a grace period, then `KILL`.

use super::kill::{stop_signal, unfreeze};
use super::{emit, find, parse_signal};
use crate::base::{Duration, ObjectId};
use crate::model::{EngineError, Status, Stopping, Transition, World, next};

/// The grace period where neither the user nor the container names one, in seconds.
const GRACE: i64 = 10;

/// How to stop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stop {
    /// Seconds before `KILL`; negative waits for ever; `None` takes the container's own.
    pub timeout: Option<i64>,
    /// Instead of the container's stop signal.
    pub signal: Option<String>,
}

/// Begins to stop a container; it has stopped when its status says so. One that does not run is left as it is.
///
/// # Errors
/// Not found; invalid for an unknown signal.
pub fn stop(world: &mut World, reference: &str, how: &Stop) -> Result<ObjectId, EngineError> {
    let id = find(world, reference)?;
    begin(world, id, how, false)?;
    Ok(id)
}

/// Begins to restart a container: stops it where it runs, and starts it when it has ended.
///
/// # Errors
/// As [`stop`].
pub fn restart(world: &mut World, reference: &str, how: &Stop) -> Result<super::Start, EngineError> {
    let id = find(world, reference)?;
    let alive = world.container(id).is_some_and(|c| c.status.is_alive());
    if let Some(signal) = how.signal.as_deref().filter(|s| !s.is_empty()) {
        parse_signal(signal)?;
    }
    if alive {
        begin(world, id, how, true)?;
        return Ok(super::Start::Running);
    }
    let outcome = super::start::start(world, id)?;
    if outcome == super::Start::Running {
        emit(world, id, "restart", &[]);
    }
    Ok(outcome)
}

fn begin(world: &mut World, id: ObjectId, how: &Stop, restart: bool) -> Result<(), EngineError> {
    let now = world.now();
    let Some(container) = world.container(id) else { return Ok(()) };
    if container.status == Status::Restarting {
        call_off(world, id);
        return Ok(());
    }
    let Some(runtime) = container.runtime.clone() else { return Ok(()) };
    let signal = how.signal.as_deref().filter(|s| !s.is_empty()).map(parse_signal).transpose()?;
    let Some(container) = world.container_mut(id) else { return Ok(()) };
    let signal = signal.unwrap_or_else(|| stop_signal(container));
    let grace = how.timeout.or(container.config.stop_timeout).unwrap_or(GRACE);
    container.stopped_by_user = true;
    let deadline = (grace >= 0).then(|| now + Duration::secs(grace));
    container.stopping = Some(Stopping { deadline, restart });
    unfreeze(world, id);
    let _it_may_be_ending = world.kernel.signal(runtime.init, signal);
    emit(world, id, "kill", &[("signal", signal.number().to_string())]);
    super::schedule(world, id);
    Ok(())
}

/// Calls off the restart that a container waits for.
pub(super) fn call_off(world: &mut World, id: ObjectId) {
    if let Some(container) = world.container_mut(id) {
        container.status = next(container.status, Transition::CancelRestart).unwrap_or(Status::Exited);
        container.restart_at = None;
        container.stopped_by_user = true;
    }
    super::schedule(world, id);
}
