//! The verbs as clients ask for them: each passes the door, where faults strike and the journal is written.

use super::Create;
use crate::base::ObjectId;
use crate::engine::door::{About, pass};
use crate::engine::filter::Filters;
use crate::model::{EndpointConfig, EngineError, Operation, World};
use serde_json::json;

/// A network by the name it has.
fn about(world: &World, reference: &str) -> About {
    let found = super::find(world, reference).ok().and_then(|id| world.network(id));
    About::named(found.map_or(reference, |network| &network.name))
}

/// [`super::create::create`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn create(world: &mut World, request: Create) -> Result<ObjectId, EngineError> {
    let parameters = json!({
        "Driver": request.driver, "Internal": request.internal, "Attachable": request.attachable,
        "EnableIPv6": request.ipv6, "Labels": request.labels, "Options": request.options,
    });
    let about = About::named(&request.name).with(parameters);
    pass(world, Operation::CreateNetwork, |_| about, |world| super::create::create(world, request))
}

/// [`super::remove::remove`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn remove(world: &mut World, reference: &str) -> Result<(), EngineError> {
    let about = |world: &World| about(world, reference);
    pass(world, Operation::RemoveNetwork, about, |world| super::remove::remove(world, reference))
}

/// [`super::connect::connect`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn connect(
    world: &mut World,
    network: &str,
    container: &str,
    config: EndpointConfig,
) -> Result<(), EngineError> {
    let parameters = json!({ "Container": container, "EndpointConfig": config });
    let about = |world: &World| about(world, network).with(parameters);
    pass(world, Operation::Connect, about, |world| super::connect::connect(world, network, container, config))
}

/// [`super::connect::disconnect`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn disconnect(world: &mut World, network: &str, container: &str, force: bool) -> Result<(), EngineError> {
    let about = |world: &World| about(world, network).with(json!({ "Container": container, "Force": force }));
    let act = |world: &mut World| super::connect::disconnect(world, network, container, force);
    pass(world, Operation::Disconnect, about, act)
}

/// [`super::remove::prune`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn prune(world: &mut World, filters: &Filters) -> Result<Vec<String>, EngineError> {
    let about = |_: &World| About::named("networks");
    pass(world, Operation::Prune, about, |world| super::remove::prune(world, filters))
}
