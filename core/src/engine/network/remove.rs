//! `network rm` and `network prune`.

use super::{emit, find};
use crate::base::{ObjectId, Order};
use crate::engine::filter::Filters;
use crate::model::{EngineError, ErrorKind, Event, EventType, Network, World};
use std::collections::BTreeMap;

/// Removes a network.
///
/// # Errors
/// Not found; forbidden for the predefined ones and where containers are connected.
pub fn remove(world: &mut World, reference: &str) -> Result<(), EngineError> {
    let id = find(world, reference)?;
    let Some(network) = world.network(id) else { return Ok(()) };
    if network.is_predefined() {
        return Err(EngineError::new(
            ErrorKind::Forbidden,
            format!("{} is a pre-defined network and cannot be removed", network.name),
        ));
    }
    let endpoints: Vec<String> = connected(world, id)
        .map(|(name, endpoint)| format!("name:\"{name}\" id:\"{}\"", endpoint.short()))
        .collect();
    if !endpoints.is_empty() {
        let (name, list) = (&network.name, endpoints.join(", "));
        return Err(EngineError::new(
            ErrorKind::Forbidden,
            format!("error while removing network: network {name} has active endpoints ({list})"),
        )
        .hint("`docker network disconnect`, or stop the containers, and the network can go"));
    }
    destroy(world, id);
    Ok(())
}

/// The names and endpoints of the containers that are connected to a network now, by name.
pub(super) fn connected(world: &World, id: ObjectId) -> impl Iterator<Item = (&str, ObjectId)> {
    world.names.iter().filter_map(move |(name, container)| {
        let endpoints = &world.container(*container)?.endpoints;
        let endpoint = endpoints.values().find(|e| e.network == Some(id))?;
        Some((name.as_str(), endpoint.id?))
    })
}

fn destroy(world: &mut World, id: ObjectId) {
    let Some(network) = world.networks.remove(&id) else { return };
    if let Some(bridge) = network.bridge {
        world.kernel.net.remove_bridge(bridge);
    }
    emit(world, &network, "destroy", None);
}

/// Removes every network that no running container is connected to; the names of those that went.
///
/// # Errors
/// Invalid for unknown filters.
pub fn prune(world: &mut World, filters: &Filters) -> Result<Vec<String>, EngineError> {
    filters.check(&["label", "label!", "until"])?;
    let until = filters.until(world.now())?;
    let goes = |n: &Network| {
        !n.is_predefined()
            && connected(world, n.id).next().is_none()
            && until.is_none_or(|until| n.created <= until)
            && filters.prune_labels(&n.labels)
    };
    let mut going: Vec<(String, ObjectId)> =
        world.networks.values().filter(|n| goes(n)).map(|n| (n.name.clone(), n.id)).collect();
    going.order();
    for (_, id) in &going {
        destroy(world, *id);
    }
    let time = world.now();
    let attributes = BTreeMap::from([("reclaimed".to_string(), "0".to_string())]);
    let (kind, action, actor) = (EventType::Network, "prune".to_string(), String::new());
    world.emit(Event { time, kind, action, actor, attributes });
    Ok(going.into_iter().map(|(name, _)| name).collect())
}
