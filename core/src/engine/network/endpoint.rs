//! One container on one network: the address, the interface and the names come and go.

use super::address::{Subnet, random_mac};
use super::{dns_names, emit, find, is_predefined};
use crate::base::ObjectId;
use crate::kernel::net::{Interface, NetNsId};
use crate::model::{Endpoint, EngineError, Network, World};
use std::net::Ipv4Addr;

/// Connects a container's namespace to one of its networks.
///
/// # Errors
/// Not found for the network; `Address already in use`; no address left.
pub(super) fn join(world: &mut World, id: ObjectId, space: NetNsId, name: &str) -> Result<(), EngineError> {
    let gone = || EngineError::not_found(format!("No such container: {id}"));
    let container = world.container(id).ok_or_else(gone)?;
    let Some(mut endpoint) = container.endpoints.get(name).cloned() else { return Ok(()) };
    let network = network_of(world, &endpoint, name)?;
    if !is_predefined(&network.name) {
        let aliases = endpoint.config.aliases.clone().unwrap_or_default();
        endpoint.dns_names = dns_names(container, &aliases);
    }
    if let (Some(bridge), Some((subnet, range))) = (network.bridge, pool_of(&network)) {
        let address = pick(world, &network, &endpoint, subnet, range)?;
        endpoint.address = Some(address);
        endpoint.mac = match endpoint.config.mac_address.as_str() {
            "" => random_mac(&mut world.kernel.rng),
            mac => mac.to_lowercase(),
        };
        if let Some(space) = world.kernel.net.space_mut(space) {
            let taken = |n: usize| space.interfaces.iter().any(|i| i.name == format!("eth{n}"));
            let index = (0..=space.interfaces.len()).find(|n| !taken(*n)).unwrap_or(0);
            space.interfaces.push(Interface {
                name: format!("eth{index}"),
                bridge,
                address,
                prefix: subnet.bits,
                mac: endpoint.mac.clone(),
            });
            space.embedded_dns |= !is_predefined(&network.name);
            for link in endpoint.config.links.iter().flatten() {
                let (target, alias) = link.split_once(':').unwrap_or((link, link));
                space.links.insert(alias.to_ascii_lowercase(), target.to_string());
            }
        }
        if let Some(bridge) = world.kernel.net.bridge_mut(bridge) {
            bridge.members.insert(address, space);
            bridge.name(address, &endpoint.dns_names);
        }
    }
    endpoint.id = Some(ObjectId::random(&mut world.kernel.rng));
    endpoint.network = Some(network.id);
    if let Some(container) = world.container_mut(id) {
        container.endpoints.insert(name.to_string(), endpoint);
    }
    emit(world, &network, "connect", Some(id));
    Ok(())
}

/// The network an endpoint is for: by id once it has been connected, by name before.
fn network_of(world: &World, endpoint: &Endpoint, name: &str) -> Result<Network, EngineError> {
    let id = match endpoint.network {
        Some(id) => id,
        None => find(world, name)?,
    };
    world.network(id).cloned().ok_or_else(|| {
        EngineError::not_found(format!("network {id} not found"))
            .hint("a container keeps the id of its network; a new network of the same name is another one")
    })
}

/// The subnet of a network's first IPv4 pool, and the part of it that addresses come from.
pub(super) fn pool_of(network: &Network) -> Option<(Subnet, Subnet)> {
    let (pool, subnet) = network.pools.iter().find_map(|p| Some((p, Subnet::parse(&p.subnet)?)))?;
    Some((subnet, Subnet::parse(&pool.ip_range).unwrap_or(subnet)))
}

/// True for an address that somebody has or that is set aside.
pub(super) fn is_taken(world: &World, network: &Network, address: Ipv4Addr) -> bool {
    let text = address.to_string();
    let set_aside = |p: &crate::model::IpamPool| {
        p.gateway == text || p.aux_addresses.values().any(|other| *other == text)
    };
    let member = network.bridge.is_some_and(|b| world.kernel.net.holder(b, address).is_some());
    member || network.pools.iter().any(set_aside)
}

fn pick(
    world: &World,
    network: &Network,
    endpoint: &Endpoint,
    subnet: Subnet,
    range: Subnet,
) -> Result<Ipv4Addr, EngineError> {
    if let Some(fixed) = endpoint.config.ipv4().and_then(|a| a.parse().ok()) {
        if is_taken(world, network, fixed) || subnet.is_reserved(fixed) {
            return Err(EngineError::system("Address already in use"));
        }
        return Ok(fixed);
    }
    subnet.lowest_free(range, |a| is_taken(world, network, a)).ok_or_else(|| {
        EngineError::system(format!(
            "no available IPv4 addresses on this network's address pools: {} ({})",
            network.name, network.id
        ))
    })
}

/// Takes a container off one network; its place in the configuration stays. Nothing happens where it is not
/// connected.
pub(super) fn leave(world: &mut World, id: ObjectId, name: &str) {
    let Some(endpoint) = world.container_mut(id).and_then(|c| c.endpoints.get_mut(name)) else { return };
    if endpoint.id.take().is_none() {
        return;
    }
    let (address, network) = (endpoint.address.take(), endpoint.network);
    endpoint.mac.clear();
    let Some(network) = network.and_then(|n| world.network(n)).cloned() else { return };
    if let (Some(bridge), Some(address)) = (network.bridge, address) {
        let space = world.kernel.net.holder(bridge, address);
        if let Some(bridge) = world.kernel.net.bridge_mut(bridge) {
            bridge.members.remove(&address);
            bridge.unname(address);
        }
        if let Some(space) = space.and_then(|s| world.kernel.net.space_mut(s)) {
            space.interfaces.retain(|i| i.bridge != bridge);
        }
    }
    emit(world, &network, "disconnect", Some(id));
}
