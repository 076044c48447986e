//! The verbs as clients ask for them: each passes the door, where faults strike and the journal is written.

use super::{Import, Loaded, Pruned, Removed};
use crate::base::Reference;
use crate::engine::door::{About, pass};
use crate::model::{EngineError, Image, Operation, World};
use serde_json::json;
use std::sync::Arc;

/// [`super::import::import`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn import(world: &mut World, request: &Import, bytes: &[u8]) -> Result<Arc<Image>, EngineError> {
    let about = |_: &World| {
        let name = request.name.as_ref().map(|name| name.clone().or_latest().familiar()).unwrap_or_default();
        About::image(&name).with(json!({ "changes": request.changes, "message": request.message }))
    };
    pass(world, Operation::Import, about, |world| super::import::import(world, request, bytes))
}

/// [`super::load::load`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn load(world: &mut World, bytes: &[u8]) -> Result<Vec<Loaded>, EngineError> {
    pass(world, Operation::Load, |_| About::default(), |world| super::load::load(world, bytes))
}

/// [`super::save::save`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn save(world: &mut World, names: &[String]) -> Result<Vec<u8>, EngineError> {
    let about =
        |_: &World| About::image(names.first().map_or("", String::as_str)).with(json!({ "names": names }));
    pass(world, Operation::Save, about, |world| super::save::save(world, names))
}

/// [`super::name::tag`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn tag(world: &mut World, source: &str, target: &Reference) -> Result<(), EngineError> {
    let about =
        |_: &World| About::image(source).with(json!({ "target": target.clone().or_latest().familiar() }));
    pass(world, Operation::Tag, about, |world| super::name::tag(world, source, target))
}

/// [`super::remove::remove`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn remove(world: &mut World, reference: &str, force: bool) -> Result<Vec<Removed>, EngineError> {
    let about = |_: &World| About::image(reference).with(json!({ "force": force }));
    pass(world, Operation::RemoveImage, about, |world| super::remove::remove(world, reference, force))
}

/// [`super::prune::prune`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn prune(world: &mut World, all: bool, filters: &[(String, String)]) -> Result<Pruned, EngineError> {
    let about = |_: &World| About::named("images").with(json!({ "all": all }));
    pass(world, Operation::Prune, about, |world| super::prune::prune(world, all, filters))
}
