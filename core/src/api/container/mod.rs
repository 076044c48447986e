//! Endpoints of containers and execs.

pub mod archive;
pub mod attach;
pub mod change;
pub mod create;
pub mod exec;
pub mod inspect;
pub mod list;
pub mod logs;
pub mod remove;
pub mod start;
pub mod stats;
pub mod stop;
pub mod wait;

use super::{Call, Refusal};
use crate::base::ObjectId;
use crate::model::{Container, World};

/// The container that a call is about.
///
/// # Errors
/// Not found.
pub(super) fn named<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Container, Refusal> {
    let id = crate::engine::container::find(world, call.name())?;
    of(world, id)
}

/// A container.
///
/// # Errors
/// Not found.
pub(super) fn of(world: &World, id: ObjectId) -> Result<&Container, Refusal> {
    world.container(id).ok_or_else(|| Refusal::not_found(format!("No such container: {id}")))
}
