//! The verbs as clients ask for them: each passes the door, where faults strike and the journal is written.

use super::{Create, Pruned};
use crate::engine::door::{About, pass};
use crate::engine::filter::Filters;
use crate::model::{EngineError, Operation, World};
use serde_json::json;

/// [`super::create::create`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn create(world: &mut World, request: Create) -> Result<String, EngineError> {
    let parameters =
        json!({ "Driver": request.driver, "DriverOpts": request.options, "Labels": request.labels });
    let about = About::named(&request.name).with(parameters);
    pass(world, Operation::CreateVolume, |_| about, |world| super::create::create(world, request))
}

/// [`super::remove::remove`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn remove(world: &mut World, name: &str) -> Result<(), EngineError> {
    let about = |_: &World| About::named(name);
    pass(world, Operation::RemoveVolume, about, |world| super::remove::remove(world, name))
}

/// [`super::remove::prune`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn prune(world: &mut World, filters: &Filters) -> Result<Pruned, EngineError> {
    let about = |_: &World| About::named("volumes");
    pass(world, Operation::Prune, about, |world| super::remove::prune(world, filters))
}
