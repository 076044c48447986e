//! What happens to the volumes of a container that is removed.

use super::{destroy, users};
use crate::base::ObjectId;
use crate::model::World;

/// Lets go of a container's volumes. With `remove_anonymous` (`rm -v`, `--rm`) those that were made for it
/// alone and that no other container uses are removed.
pub fn release(world: &mut World, id: ObjectId, remove_anonymous: bool) {
    let Some(container) = world.container_mut(id) else { return };
    let mounts = std::mem::take(&mut container.mounts);
    if !remove_anonymous {
        return;
    }
    for name in mounts.into_iter().filter(|m| m.anonymous).filter_map(|m| m.name) {
        if users(world, &name).is_empty() {
            destroy(world, &name);
        }
    }
}
