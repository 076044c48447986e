//! `rm`: a container goes, with its writable layer.

use super::emit;
use crate::base::ObjectId;
use crate::engine::volume;
use crate::kernel::Signal;
use crate::model::{EngineError, ErrorKind, Status, World};

/// How to remove.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Remove {
    /// Kill it first where it runs.
    pub force: bool,
    /// Its anonymous volumes go too.
    pub volumes: bool,
    /// Only the link of that name goes (`--link`).
    pub link: bool,
}

/// Removes the container that a user names.
///
/// # Errors
/// Not found; conflict where it runs and `force` is not given.
pub fn remove_named(world: &mut World, reference: &str, how: Remove) -> Result<(), EngineError> {
    if how.link {
        return remove_link(world, reference);
    }
    let id = super::find(world, reference)?;
    remove(world, id, how).map_err(|e| match e.kind {
        ErrorKind::Conflict => {
            EngineError { message: format!("cannot remove container \"{reference}\": {}", e.message), ..e }
        }
        _ => e,
    })
}

/// Removes a link of the default bridge by its name, `CONTAINER/ALIAS`.
fn remove_link(world: &mut World, name: &str) -> Result<(), EngineError> {
    let name = name.trim_start_matches('/');
    let Some((parent, alias)) = name.split_once('/') else {
        super::find(world, name)?;
        return Err(EngineError::conflict("Conflict, cannot remove the default link name of the container"));
    };
    let missing = |_| EngineError::system(format!("Cannot get parent /{parent} for link name /{name}"));
    let id = super::find(world, parent).map_err(missing)?;
    let Some(container) = world.container_mut(id) else { return Ok(()) };
    let host = &mut *container.host;
    let links = host.links.get_or_insert_default();
    let before = links.len();
    links.retain(|link| link.rsplit('/').next() != Some(alias));
    if links.len() == before {
        return Err(EngineError::not_found(format!("No such link: /{name}")));
    }
    if links.is_empty() {
        host.links = None;
    }
    Ok(())
}

/// Removes a container that could not be started and was to go away after its run.
pub fn discard(world: &mut World, id: ObjectId) {
    if world.container(id).is_some_and(|c| c.host.auto_remove) {
        let _it_does_not_run = remove(world, id, Remove { force: true, volumes: true, link: false });
    }
}

/// Removes a container.
///
/// # Errors
/// Conflict where it runs and `force` is not given: `container is running: …`, for the caller to say which.
pub fn remove(world: &mut World, id: ObjectId, how: Remove) -> Result<(), EngineError> {
    let container =
        world.container(id).ok_or_else(|| EngineError::not_found(format!("No such container: {id}")))?;
    let refuse = |why: &str| {
        let hint =
            "what runs is not taken away under its feet: `docker stop` it first, or `docker rm -f` kills it";
        Err(EngineError::conflict(format!("container is {why}")).hint(hint))
    };
    match container.status {
        Status::Running if !how.force => {
            return refuse("running: stop the container before removing or force remove");
        }
        Status::Paused if !how.force => return refuse("paused and must be unpaused first"),
        Status::Restarting if !how.force => {
            return refuse("restarting: stop the container before removing or force remove");
        }
        _ => {}
    }
    if let Some(init) = container.runtime.as_ref().map(|r| r.init) {
        if let Some(container) = world.container_mut(id) {
            container.stopped_by_user = true;
            container.host.auto_remove = false;
        }
        super::kill::unfreeze(world, id);
        emit(world, id, "kill", &[("signal", Signal::KILL.number().to_string())]);
        let _it_may_be_ending = world.kernel.signal(init, Signal::KILL);
        super::handle_exit(world, init, Some(id));
    }
    volume::release(world, id, how.volumes);
    emit(world, id, "destroy", &[]);
    world.deadlines.set(id, None);
    if let Some(container) = world.containers.remove(&id) {
        world.names.remove(&container.name);
        world.kernel.remove_fs(container.rootfs);
        for exec in &container.execs {
            world.execs.remove(exec);
        }
        // It may have been the last to use the layers of an image that has gone before it.
        let orphaned = world.images.get(&container.image).is_none();
        world.remember(container);
        if orphaned {
            crate::engine::image::sweep(world);
        }
    }
    Ok(())
}
