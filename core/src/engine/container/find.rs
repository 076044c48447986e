//! Finding a container by what a user calls it.

use crate::base::{ObjectId, PrefixMatch, find_by_prefix};
use crate::model::{Container, EngineError, World};

/// Finds a container by full id, name (with or without the slash) or unique prefix of its id, in that order.
///
/// # Errors
/// Not found; invalid where several ids begin so.
pub fn find(world: &World, reference: &str) -> Result<ObjectId, EngineError> {
    if let Some(id) = ObjectId::parse(reference).filter(|id| world.containers.contains_key(id)) {
        return Ok(id);
    }
    let name = reference.strip_prefix('/').unwrap_or(reference);
    if let Some(id) = world.names.get(name) {
        return Ok(*id);
    }
    match find_by_prefix(world.containers.keys(), reference) {
        PrefixMatch::One(id) => Ok(id),
        PrefixMatch::None => Err(EngineError::not_found(format!("No such container: {reference}"))),
        PrefixMatch::Ambiguous => {
            Err(EngineError::invalid(format!("Multiple IDs found with provided prefix: {reference}")))
        }
    }
}

/// The refusal of what needs a running container.
pub fn not_running(container: &Container) -> EngineError {
    EngineError::conflict(format!("container {} is not running", container.id))
}
