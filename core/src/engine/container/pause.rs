//! `pause` and `unpause`: the freezer.

use super::{emit, find, health, kill, not_running};
use crate::base::ObjectId;
use crate::model::{EngineError, Status, Transition, World, next};

/// Freezes a container.
///
/// # Errors
/// Not found; conflict where it does not run or is frozen already.
pub fn pause(world: &mut World, reference: &str) -> Result<ObjectId, EngineError> {
    let id = find(world, reference)?;
    let Some(container) = world.container_mut(id) else { return Ok(id) };
    match container.status {
        Status::Running => {}
        Status::Paused => {
            return Err(EngineError::conflict(format!("container {id} is already paused")));
        }
        Status::Restarting => {
            return Err(EngineError::conflict(format!(
                "Container {id} is restarting, wait until the container is running"
            )));
        }
        _ => return Err(not_running(container)),
    }
    container.status = next(container.status, Transition::Pause).unwrap_or(Status::Paused);
    let ns = container.runtime.as_ref().map(|r| r.ns);
    if let Some(namespace) = ns.and_then(|ns| world.kernel.namespace_mut(ns)) {
        namespace.paused = true;
    }
    health::end(world, id);
    emit(world, id, "pause", &[]);
    super::schedule(world, id);
    Ok(id)
}

/// Lets a frozen container run again.
///
/// # Errors
/// Not found; conflict where it is not frozen.
pub fn unpause(world: &mut World, reference: &str) -> Result<ObjectId, EngineError> {
    let id = find(world, reference)?;
    if world.container(id).is_some_and(|c| c.status != Status::Paused) {
        return Err(EngineError::conflict(format!("Container {id} is not paused")));
    }
    kill::unfreeze(world, id);
    health::resume(world, id);
    Ok(id)
}
