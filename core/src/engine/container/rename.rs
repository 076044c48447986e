//! `rename`: a container gets another name.

use super::{create::check_name, emit, find};
use crate::engine::network;
use crate::model::{EngineError, World};

/// Gives a container another name.
///
/// # Errors
/// Not found; invalid or conflict for the name.
pub fn rename(world: &mut World, reference: &str, name: &str) -> Result<(), EngineError> {
    if reference.is_empty() || name.is_empty() {
        return Err(EngineError::invalid("Neither old nor new names may be empty"));
    }
    let id = find(world, reference)?;
    let old = world.container(id).map(|c| c.name.clone()).unwrap_or_default();
    let name = name.strip_prefix('/').unwrap_or(name);
    if old == name {
        return Err(EngineError::invalid("Renaming a container with the same name as its current name"));
    }
    check_name(world, name, &format!("/{name}")).map_err(|e| EngineError {
        message: format!("Error when allocating new name: {}", e.message),
        ..e
    })?;
    world.names.remove(&old);
    world.names.insert(name.to_string(), id);
    if let Some(container) = world.container_mut(id) {
        container.name = name.to_string();
    }
    network::renamed(world, id);
    emit(world, id, "rename", &[("oldName", format!("/{old}"))]);
    Ok(())
}
