//! `network ls` and `network inspect`: networks as the Engine API describes them.

use super::address::Subnet;
use super::endpoint;
use crate::base::time_format::rfc3339_nano;
use crate::base::{Gather, Order};
use crate::engine::filter::Filters;
use crate::model::{EngineError, Network, World};
use serde_json::{Map, Value, json};
use std::net::Ipv4Addr;

/// The networks that fit the filters, by name.
///
/// # Errors
/// Invalid for filters that do not exist or cannot be read.
pub fn list<'a>(world: &'a World, filters: &Filters) -> Result<Vec<&'a Network>, EngineError> {
    filters.check(&["dangling", "driver", "id", "label", "name", "scope", "type"])?;
    if let Some(kind) = filters.values("type").find(|v| !matches!(*v, "builtin" | "custom")) {
        return Err(EngineError::invalid(format!("invalid filter: 'type'='{kind}'")));
    }
    let dangling = filters.switch("dangling")?;
    let used = |n: &Network| n.is_predefined() || super::remove::connected(world, n.id).next().is_some();
    let fits = |n: &Network| {
        let kind = if n.is_predefined() { "builtin" } else { "custom" };
        filters.exact("driver", &n.driver)
            && filters.matches("id", &n.id.to_string())
            && filters.matches("name", &n.name)
            && filters.exact("scope", &n.scope)
            && filters.exact("type", kind)
            && filters.labels("label", &n.labels)
            && dangling.is_none_or(|wanted| wanted != used(n))
    };
    let mut found: Vec<&Network> = world.networks.values().map(AsRef::as_ref).filter(|n| fits(n)).collect();
    found.order_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// A network as a listing of the API describes it.
pub fn summary(network: &Network) -> Value {
    let pools = match network.bridge {
        Some(_) => serde_json::to_value(&network.pools).unwrap_or_default(),
        None => Value::Null,
    };
    json!({
        "Name": network.name,
        "Id": network.id.to_string(),
        "Created": rfc3339_nano(network.created),
        "Scope": network.scope,
        "Driver": network.driver,
        "EnableIPv4": network.ipv4,
        "EnableIPv6": network.ipv6,
        "IPAM": { "Driver": network.ipam_driver, "Options": network.ipam_options, "Config": pools },
        "Internal": network.internal,
        "Attachable": network.attachable,
        "Ingress": false,
        "ConfigFrom": { "Network": "" },
        "ConfigOnly": false,
        "Options": network.options,
        "Labels": network.labels,
    })
}

/// A network as `inspect` describes it: with the containers on it and how many addresses are left.
pub fn inspect(world: &World, network: &Network) -> Value {
    let mut value = summary(network);
    let Some(object) = value.as_object_mut() else { return value };
    let prefix = super::ports::prefix_len(network);
    let mut containers = Map::new();
    for container in world.containers.values() {
        let endpoint = container.endpoints.values().find(|e| e.network == Some(network.id));
        let Some((endpoint, id)) = endpoint.and_then(|e| Some((e, e.id?))) else { continue };
        let address = endpoint.address.map_or(String::new(), |a| format!("{a}/{prefix}"));
        let entry = json!({
            "Name": container.name,
            "EndpointID": id.to_string(),
            "MacAddress": endpoint.mac,
            "IPv4Address": address,
            "IPv6Address": "",
        });
        containers.insert(container.id.to_string(), entry);
    }
    object.insert("Containers".to_string(), Value::Object(containers));
    if network.bridge.is_some() {
        object.insert("Status".to_string(), json!({ "IPAM": { "Subnets": subnets(world, network) } }));
    }
    value
}

/// Addresses in use and left, by subnet; the network's own and everybody's address count as used.
fn subnets(world: &World, network: &Network) -> Value {
    let mut all = Map::new();
    if let Some((subnet, range)) = endpoint::pool_of(network) {
        let members = network.bridge.and_then(|b| world.kernel.net.bridge(b)).map(|b| &b.members);
        let members = members.into_iter().flat_map(|m| m.keys().copied());
        let pools = network.pools.iter();
        let set_aside = pools.flat_map(|p| p.aux_addresses.values().chain([&p.gateway]));
        let set_aside = set_aside.filter_map(|a| a.parse::<Ipv4Addr>().ok());
        let reserved = [subnet.base, subnet.last()].into_iter().filter(|a| subnet.is_reserved(*a));
        let used: std::collections::BTreeSet<Ipv4Addr> = members.chain(set_aside).chain(reserved).gather();
        let in_range = used.iter().filter(|a| range.contains(**a)).count() as u64;
        let left = Subnet::size(range).saturating_sub(in_range);
        all.insert(subnet.to_string(), json!({ "IPsInUse": used.len(), "DynamicIPsAvailable": left }));
    }
    Value::Object(all)
}
