//! What a new container asks of networks: checked, and put down as its endpoints.

use super::address::Subnet;
use super::{Mode, dns_names, find, is_predefined};
use crate::base::Order;
use crate::engine::container;
use crate::model::{
    Container, ContainerConfig, Endpoint, EndpointConfig, EngineError, HostConfig, Network, World,
};
use std::collections::BTreeMap;

/// Fills in a new container's endpoints from its network mode and what was asked of each network. A network
/// that does not exist is no error yet: Docker finds out at the start.
///
/// # Errors
/// Invalid for combinations that make no sense; not found for the container of `container:…` and of links.
pub fn plan(
    world: &World,
    container: &mut Container,
    requested: &BTreeMap<String, EndpointConfig>,
) -> Result<(), EngineError> {
    if matches!(container.host.network_mode.as_str(), "" | "default") {
        container.host.network_mode = "bridge".to_string();
    }
    if let Mode::Container(other) = Mode::of(&container.host.network_mode) {
        let other = container::find(world, &other).map_err(|e| EngineError {
            message: format!("joining network namespace of container: {}", e.message),
            ..e
        })?;
        container.host.network_mode = format!("container:{other}");
        container.endpoints.clear();
        return Ok(());
    }
    plan_links(world, container)?;
    let mut wanted = requested.clone();
    if let Some(config) = wanted.remove("default") {
        wanted.insert("bridge".to_string(), config);
    }
    let mode = container.host.network_mode.clone();
    if !wanted.keys().any(|name| same_network(world, name, &mode)) {
        wanted.insert(mode, EndpointConfig::default());
    }
    for (name, config) in wanted {
        let network = find(world, &name).ok().and_then(|id| world.network(id));
        check_endpoint(network, &name, &config)?;
        let name = network.map_or(name, |n| n.name.clone());
        let endpoint = new_endpoint(container, &name, config);
        container.endpoints.insert(name, endpoint);
    }
    Ok(())
}

/// An endpoint that is not connected yet.
pub(super) fn new_endpoint(container: &Container, name: &str, config: EndpointConfig) -> Endpoint {
    let aliases = config.aliases.clone().unwrap_or_default();
    let dns_names = if is_predefined(name) { vec![] } else { dns_names(container, &aliases) };
    Endpoint { network: None, config, id: None, address: None, mac: String::new(), dns_names }
}

fn same_network(world: &World, a: &str, b: &str) -> bool {
    a == b || matches!((find(world, a), find(world, b)), (Ok(a), Ok(b)) if a == b)
}

/// Refuses what cannot go together with a shared namespace. `config` is what the user asked for: what the image
/// exposes is no conflict.
pub(in crate::engine) fn check_mode(config: &ContainerConfig, host: &HostConfig) -> Result<(), EngineError> {
    let named = !config.hostname.is_empty();
    if host.uts_mode == "host" && named {
        return Err(EngineError::invalid("conflicting options: hostname and the UTS mode"));
    }
    let is_shared = match Mode::of(&host.network_mode) {
        Mode::Own => return Ok(()),
        Mode::Host => false,
        Mode::Container(other) if other.is_empty() => {
            return Err(EngineError::invalid(
                "Invalid network mode: invalid container format container:<name|id>",
            ));
        }
        Mode::Container(_) => true,
    };
    let some = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|l| !l.is_empty());
    let ports = !host.port_bindings.is_empty() || host.publish_all_ports;
    let conflicts = [
        (is_shared && named, "hostname and the network mode"),
        (
            !is_shared && some(&host.links),
            "host type networking can't be used with links. This would result in undefined behavior",
        ),
        (
            is_shared && some(&host.links),
            "container type network can't be used with links. This would result in undefined behavior",
        ),
        (is_shared && some(&host.dns), "dns and the network mode"),
        (is_shared && some(&host.extra_hosts), "custom host-to-IP mapping and the network mode"),
        (is_shared && ports, "port publishing and the container type network mode"),
        (
            is_shared && config.exposed_ports.as_ref().is_some_and(|ports| !ports.is_empty()),
            "port exposing and the container type network mode",
        ),
    ];
    match conflicts.iter().find(|(holds, _)| *holds) {
        Some((_, why)) => Err(EngineError::invalid(format!("conflicting options: {why}"))),
        None => Ok(()),
    }
}

/// Writes links of the default bridge as `inspect` shows them, `/target:/container/alias`.
fn plan_links(world: &World, container: &mut Container) -> Result<(), EngineError> {
    let Some(links) = container.host.links.take() else { return Ok(()) };
    let mut planned = Vec::new();
    for link in links {
        let (target, alias) = link.split_once(':').unwrap_or((&link, &link));
        let alias = alias.rsplit('/').next().unwrap_or(alias);
        let target = container::find(world, target).map_err(|e| EngineError {
            message: format!("could not get container for {target}: {}", e.message),
            ..e
        })?;
        let Some(target) = world.container(target) else { continue };
        if target.host.network_mode == "host" {
            return Err(EngineError::invalid(
                "conflicting options: host type networking can't be used with links. This would result in undefined \
                 behavior",
            ));
        }
        planned.push(format!("/{}:/{}/{alias}", target.name, container.name));
    }
    planned.order();
    container.host.links = Some(planned);
    Ok(())
}

/// Checks what is asked of one network: fixed addresses and further names.
///
/// # Errors
/// Invalid, with all that is wrong, one line each.
pub(super) fn check_endpoint(
    network: Option<&Network>,
    name: &str,
    config: &EndpointConfig,
) -> Result<(), EngineError> {
    let mut wrong = Vec::new();
    let fixed: Vec<&str> = ["IPv4Address", "IPv6Address"]
        .iter()
        .filter_map(|key| config.ipam_config.as_ref()?.get(key)?.as_str())
        .filter(|address| !address.is_empty())
        .collect();
    if is_predefined(name) {
        if !fixed.is_empty() {
            wrong.push("user-specified IP address is supported on user-defined networks only".to_string());
        }
        if config.aliases.as_ref().is_some_and(|a| !a.is_empty()) {
            wrong.push("network-scoped aliases are only supported for user-defined networks".to_string());
        }
    }
    if let Some(address) = config.ipv4() {
        match address.parse() {
            Err(_) => wrong.push(format!("invalid IPv4 address: {address}")),
            Ok(ip) if !is_predefined(name) => {
                if let Some(network) = network {
                    let subnets: Vec<Subnet> =
                        network.pools.iter().filter_map(|p| Subnet::parse(&p.subnet)).collect();
                    if !network.user_subnet {
                        wrong.push(
                            "user specified IP address is supported only when connecting to networks with user \
                             configured subnets"
                                .to_string(),
                        );
                    } else if !subnets.iter().any(|s| s.contains(ip)) {
                        wrong.push(format!("no configured subnet contains IP address {address}"));
                    }
                }
            }
            Ok(_) => {}
        }
    }
    // No network here has version 6, so none has a subnet for it that a user configured.
    if network.is_some() && !is_predefined(name) && fixed.iter().any(|a| a.contains(':')) {
        wrong.push(
            "user specified IP address is supported only when connecting to networks with user configured subnets"
                .to_string(),
        );
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let all = wrong.join("\n");
    Err(EngineError::invalid(format!("invalid config for network {name}: invalid endpoint settings:\n{all}")))
}
