//! `diff`: what a container has changed of its image's files.

use crate::base::ObjectId;
use crate::fs::Change;
use crate::model::{EngineError, World};

/// The changes, sorted by path; what the runtime made beneath the container's own layer is not among them.
///
/// # Errors
/// Not found.
pub fn diff(world: &World, id: ObjectId) -> Result<Vec<Change>, EngineError> {
    let container =
        world.container(id).ok_or_else(|| EngineError::not_found(format!("No such container: {id}")))?;
    Ok(world.kernel.view(container.rootfs).map_or(vec![], crate::fs::View::changes))
}
