//! A container's network comes to life with its start and goes with its end.

use super::{Mode, dns_names, endpoint, find, is_predefined, ports};
use crate::base::{ObjectId, Order};
use crate::engine::container;
use crate::kernel::net::{NetNs, NetNsId};
use crate::model::{Container, EngineError, World};

/// Gives a starting container its network: a namespace, addresses, names, published ports.
///
/// # Errors
/// Docker's words, `failed to set up container networking: …` in front.
pub fn attach(world: &mut World, id: ObjectId) -> Result<NetNsId, EngineError> {
    let container = world
        .container(id)
        .ok_or_else(|| EngineError::not_found(format!("No such container: {id}")))?
        .clone();
    match Mode::of(&container.host.network_mode) {
        Mode::Container(other) => share(world, &container, &other),
        Mode::Host => set_up(world, &container, host_space(world)?).map_err(in_setup),
        Mode::Own => {
            let space = world.kernel.net.add_space(NetNs::default());
            let done = set_up(world, &container, space).map_err(in_setup);
            done.inspect_err(|_| world.kernel.net.remove_space(space))
        }
    }
}

fn in_setup(error: EngineError) -> EngineError {
    EngineError { message: format!("failed to set up container networking: {}", error.message), ..error }
}

fn host_space(world: &World) -> Result<NetNsId, EngineError> {
    let host = world.kernel.namespace(world.host.ns);
    host.map(|ns| ns.net).ok_or_else(|| EngineError::system("the host has no network"))
}

fn set_up(world: &mut World, container: &Container, space: NetNsId) -> Result<NetNsId, EngineError> {
    check_links(world, container)?;
    let names = in_order(container);
    let is_none = |name: &&String| {
        find(world, name).ok().and_then(|n| world.network(n)).is_some_and(|n| n.driver == "null")
    };
    if names.len() > 1 && names.iter().any(|n| is_none(&n)) {
        return Err(EngineError::invalid(
            "container cannot be connected to multiple networks with one of the networks in private (none) mode",
        ));
    }
    for name in &names {
        endpoint::join(world, container.id, space, name)?;
    }
    ports::publish(world, container.id, space)?;
    Ok(space)
}

/// The order in which networks become `eth0`, `eth1` …: the default bridge, the mode's own, then by name.
fn in_order(container: &Container) -> Vec<String> {
    let mut names: Vec<String> = container.endpoints.keys().cloned().collect();
    names.order_by_key(|name| (name != "bridge", *name != container.host.network_mode));
    names
}

/// A link of the default bridge needs its target alive.
fn check_links(world: &World, container: &Container) -> Result<(), EngineError> {
    for link in container.host.links.iter().flatten() {
        let (target, alias) = link.split_once(':').unwrap_or((link, link));
        let target = container::find(world, target)?;
        let Some(target) = world.container(target).filter(|c| !c.status.is_alive()) else { continue };
        return Err(EngineError::system(format!(
            "Cannot link to a non running container: /{} AS {alias}",
            target.name
        )));
    }
    Ok(())
}

fn share(world: &mut World, container: &Container, other: &str) -> Result<NetNsId, EngineError> {
    let other = container::find(world, other).map_err(|e| EngineError {
        message: format!("joining network namespace of container: {}", e.message),
        ..e
    })?;
    if other == container.id {
        return Err(EngineError::invalid("cannot join own network namespace"));
    }
    let Some(other) = world.container(other) else {
        return Err(EngineError::not_found(format!("No such container: {other}")));
    };
    let Some(runtime) = &other.runtime else {
        let state = other.status.word();
        return Err(EngineError::conflict(format!(
            "cannot join network namespace of a non running container: container {} is {state}",
            other.name
        )));
    };
    let (net, hostname, domain) =
        (runtime.net, other.config.hostname.clone(), other.config.domainname.clone());
    if let Some(container) = world.container_mut(container.id) {
        container.config.hostname = hostname;
        container.config.domainname = domain;
    }
    Ok(net)
}

/// Takes back what [`attach`] gave.
pub fn detach(world: &mut World, id: ObjectId) {
    let Some(container) = world.container(id) else { return };
    let own = own_space(world, container);
    for name in in_order(container) {
        endpoint::leave(world, id, &name);
    }
    if let Some(container) = world.container_mut(id) {
        container.ports.clear();
    }
    if let Some(space) = own {
        world.kernel.net.unpublish(space);
    }
}

/// The network namespace that belongs to a running container alone.
pub(super) fn own_space(world: &World, container: &Container) -> Option<NetNsId> {
    if Mode::of(&container.host.network_mode) != Mode::Own {
        return None;
    }
    let by_address = container.endpoints.values().find_map(|e| {
        let bridge = world.network(e.network?)?.bridge?;
        world.kernel.net.holder(bridge, e.address?)
    });
    by_address.or(container.runtime.as_ref().map(|r| r.net))
}

/// Tells the name servers of its networks that a container has another name now.
pub fn renamed(world: &mut World, id: ObjectId) {
    let Some(mut container) = world.container(id).cloned() else { return };
    let fresh = container.clone();
    for (name, endpoint) in container.endpoints.iter_mut() {
        if is_predefined(name) {
            continue;
        }
        endpoint.dns_names = dns_names(&fresh, &endpoint.config.aliases.clone().unwrap_or_default());
        let bridge = endpoint.network.and_then(|n| world.network(n)).and_then(|n| n.bridge);
        let Some((address, bridge)) = endpoint.address.zip(bridge) else { continue };
        let Some(bridge) = world.kernel.net.bridge_mut(bridge) else { continue };
        bridge.unname(address);
        bridge.name(address, &endpoint.dns_names);
    }
    if let Some(old) = world.container_mut(id) {
        old.endpoints = container.endpoints;
    }
}
