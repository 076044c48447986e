//! The kernel ends a container that takes more memory than there is.

use super::{find, not_running};
use crate::base::{ObjectId, Time};
use crate::kernel::Signal;
use crate::model::{EngineError, World};

/// Kills a container's first process for memory.
///
/// # Errors
/// Not found; conflict where it does not run.
pub fn oom_kill(world: &mut World, reference: &str) -> Result<(), EngineError> {
    let id = find(world, reference)?;
    let container = world.container(id).ok_or_else(|| EngineError::not_found("No such container"))?;
    let Some(runtime) = container.runtime.clone() else { return Err(not_running(container)) };
    if let Some(namespace) = world.kernel.namespace_mut(runtime.ns) {
        namespace.oom_killed = true;
    }
    super::kill::unfreeze(world, id);
    super::handle_out_of_memory(world, runtime.ns);
    let _it_may_be_ending = world.kernel.signal(runtime.init, Signal::KILL);
    super::handle_exit(world, runtime.init, Some(id));
    Ok(())
}

/// When the next container is to be killed for memory.
pub(crate) fn next_doom(world: &World) -> Option<Time> {
    world.faults.doomed.iter().map(|(when, _)| *when).min()
}

/// Kills those for memory whose time has come; those that have ended meanwhile are left alone.
pub(crate) fn meet_doom(world: &mut World) {
    let now = world.now();
    let due: Vec<ObjectId> =
        world.faults.doomed.iter().filter(|(when, _)| *when <= now).map(|(_, id)| *id).collect();
    world.faults.doomed.retain(|(when, _)| *when > now);
    for id in due {
        let _it_may_have_ended = oom_kill(world, &id.to_string());
    }
}
