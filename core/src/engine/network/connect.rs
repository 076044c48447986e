//! `network connect` and `network disconnect`.

use super::{Mode, attach, endpoint, files, find, plan, ports};
use crate::base::ObjectId;
use crate::engine::{atomically, container};
use crate::kernel::net::NetNsId;
use crate::model::{Container, EndpointConfig, EngineError, ErrorKind, Network, World};

/// Connects a container to a network: now where it runs, else with its next start.
///
/// # Errors
/// Not found; forbidden where it is connected already; conflict for containers that share a network.
pub fn connect(
    world: &mut World,
    network: &str,
    container: &str,
    config: EndpointConfig,
) -> Result<(), EngineError> {
    let container = container::find(world, container)?;
    let found = find(world, network)?;
    let missing = || EngineError::not_found(format!("network {network} not found"));
    let network = world.network(found).ok_or_else(missing)?.clone();
    let Some(c) = world.container(container) else { return Ok(()) };
    check_shared(world, c, &network)?;
    plan::check_endpoint(Some(&network), &network.name, &config)?;
    if c.endpoints.get(&network.name).is_some_and(|e| e.id.is_some()) {
        return Err(EngineError::new(
            ErrorKind::Forbidden,
            format!("endpoint with name {} already exists in network {}", c.name, network.name),
        ));
    }
    let planned = plan::new_endpoint(c, &network.name, config);
    let space = c.runtime.as_ref().map(|r| r.net);
    atomically(world, |world| {
        if let Some(c) = world.container_mut(container) {
            c.endpoints.insert(network.name.clone(), planned);
        }
        match space {
            Some(space) => go_live(world, container, space, &network.name),
            None => Ok(()),
        }
    })
}

fn go_live(world: &mut World, id: ObjectId, space: NetNsId, name: &str) -> Result<(), EngineError> {
    let before = files::files(world, id);
    endpoint::join(world, id, space, name)?;
    files::refresh(world, id, &before);
    ports::republish(world, id, space)
}

/// Refuses for containers whose network namespace is somebody else's, and next to `none`.
fn check_shared(world: &World, container: &Container, network: &Network) -> Result<(), EngineError> {
    let mode = Mode::of(&container.host.network_mode);
    if matches!(mode, Mode::Container(_)) || (mode == Mode::Host && network.driver != "host") {
        return Err(EngineError::invalid(
            "container sharing network namespace with another container or host cannot be connected to any other \
             network",
        ));
    }
    if mode != Mode::Host && network.driver == "host" {
        return Err(EngineError::invalid(
            "container cannot be disconnected from host network or connected to host network",
        ));
    }
    let is_none = |name: &String| {
        find(world, name).ok().and_then(|id| world.network(id)).is_some_and(|n| n.driver == "null")
    };
    let others = || container.endpoints.keys().filter(|name| **name != network.name);
    if others().any(is_none) || (network.driver == "null" && others().next().is_some()) {
        return Err(EngineError::invalid(
            "container cannot be connected to multiple networks with one of the networks in private (none) mode",
        ));
    }
    Ok(())
}

/// Takes a container off a network. With `force` neither the container nor the network needs to be there still.
///
/// # Errors
/// Not found; forbidden where it is not connected; conflict for the host's network.
pub fn disconnect(world: &mut World, network: &str, container: &str, force: bool) -> Result<(), EngineError> {
    let id = match container::find(world, container) {
        Err(e) if force && e.kind == ErrorKind::NotFound => {
            find(world, network)?;
            return Err(EngineError::not_found(format!("endpoint {container} not found")));
        }
        found => found?,
    };
    let found =
        find(world, network).and_then(|n| world.network(n).cloned().ok_or_else(|| EngineError::system("")));
    let Some(c) = world.container(id) else { return Ok(()) };
    let name = match &found {
        Ok(network) => network.name.clone(),
        Err(_) if force => network.to_string(),
        Err(e) => return Err(e.clone()),
    };
    let alive = c.status.is_alive();
    if !c.endpoints.contains_key(&name) || (alive && c.endpoints.get(&name).is_some_and(|e| e.id.is_none())) {
        let the = if alive { "" } else { "the " };
        return Err(EngineError::new(
            ErrorKind::Forbidden,
            format!("container {} is not connected to {the}network {name}", c.id),
        ));
    }
    if c.host.network_mode == "host" && name == "host" {
        return Err(EngineError::invalid(
            "container cannot be disconnected from host network or connected to host network",
        ));
    }
    let space = attach::own_space(world, c).filter(|_| alive);
    let before = files::files(world, id);
    atomically(world, |world| {
        endpoint::leave(world, id, &name);
        if let Some(c) = world.container_mut(id) {
            c.endpoints.remove(&name);
        }
        files::refresh(world, id, &before);
        match space {
            Some(space) => ports::republish(world, id, space),
            None => Ok(()),
        }
    })
}
