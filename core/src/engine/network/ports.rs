//! Published ports: which port of the host leads to which port of a container.

use super::endpoint;
use crate::base::{Gather, ObjectId, Order};
use crate::kernel::net::{NetNsId, Protocol, Published};
use crate::model::{Container, EngineError, Network, PortBinding, World};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

/// One port of a container that is to be published.
struct Wanted {
    key: String,
    port: u16,
    protocol: Protocol,
    binding: PortBinding,
}

/// Publishes the ports of a container that has just been connected; on `none`, the host's network and
/// internal networks there is nothing to publish to.
///
/// # Errors
/// `driver failed programming external connectivity on endpoint …`.
pub(super) fn publish(world: &mut World, id: ObjectId, space: NetNsId) -> Result<(), EngineError> {
    let Some(container) = world.container(id).cloned() else { return Ok(()) };
    let networks = container.endpoints.values().filter_map(|e| world.network(e.network?));
    let on_bridge = networks.filter(|n| n.driver == "bridge").count() > 0;
    let mut ports: BTreeMap<String, Vec<PortBinding>> = BTreeMap::new();
    if on_bridge {
        let exposed = container.config.exposed_ports.iter().flatten().map(|(port, _)| port);
        ports =
            exposed.chain(container.host.port_bindings.keys()).map(|p| (with_protocol(p), vec![])).gather();
    }
    if let Some((_, endpoint)) = gateway(world, &container) {
        for wanted in wanted(&container) {
            let made = bind(world, space, &wanted).map_err(|e| EngineError {
                message: format!(
                    "driver failed programming external connectivity on endpoint {} ({endpoint}): {}",
                    container.name, e.message
                ),
                ..e
            })?;
            ports.entry(wanted.key).or_default().extend(made);
        }
    }
    if let Some(container) = world.container_mut(id) {
        container.ports = ports;
    }
    Ok(())
}

/// The network through which a container reaches the world, and its endpoint there: of the bridges that are not
/// internal the one with the highest priority, then the first by name.
pub(super) fn gateway<'a>(world: &'a World, container: &Container) -> Option<(&'a Network, ObjectId)> {
    let mut best: Option<(i64, &Network, ObjectId)> = None;
    for endpoint in container.endpoints.values() {
        let Some(network) = endpoint.network.and_then(|n| world.network(n)) else { continue };
        let Some(id) = endpoint.id.filter(|_| network.driver == "bridge" && !network.internal) else {
            continue;
        };
        if best.is_none_or(|(priority, ..)| endpoint.config.gw_priority > priority) {
            best = Some((endpoint.config.gw_priority, network, id));
        }
    }
    best.map(|(_, network, id)| (network, id))
}

fn with_protocol(port: &str) -> String {
    if port.contains('/') { port.to_string() } else { format!("{port}/tcp") }
}

/// Reads `80/tcp`.
pub(super) fn parse_port(key: &str) -> Option<(u16, Protocol)> {
    let (port, protocol) = key.split_once('/').unwrap_or((key, "tcp"));
    let protocol = match protocol {
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        "sctp" => Protocol::Sctp,
        _ => return None,
    };
    Some((port.parse().ok()?, protocol))
}

/// What is to be published: all that was asked for, and with `-P` every exposed port besides; fixed ports of
/// the host before ephemeral ones.
fn wanted(container: &Container) -> Vec<Wanted> {
    let mut all = Vec::new();
    let mut add = |key: &str, binding: &PortBinding| {
        let key = with_protocol(key);
        if let Some((port, protocol)) = parse_port(&key) {
            all.push(Wanted { key, port, protocol, binding: binding.clone() });
        }
    };
    for (key, bindings) in &container.host.port_bindings {
        match bindings.as_deref() {
            None | Some([]) => add(key, &PortBinding::default()),
            Some(bindings) => bindings.iter().for_each(|b| add(key, b)),
        }
    }
    if container.host.publish_all_ports {
        let bound: Vec<String> = container.host.port_bindings.keys().map(|k| with_protocol(k)).collect();
        let exposed = container.config.exposed_ports.iter().flatten().map(|(port, _)| port);
        exposed.filter(|p| !bound.contains(&with_protocol(p))).for_each(|p| add(p, &PortBinding::default()));
    }
    all.order_by_key(|w| (is_ephemeral(&w.binding), w.protocol, w.port));
    all
}

fn is_ephemeral(binding: &PortBinding) -> bool {
    matches!(binding.host_port.as_str(), "" | "0")
}

fn host_ports(binding: &PortBinding) -> Result<RangeInclusive<u16>, EngineError> {
    let bad = || EngineError::invalid(format!("invalid port specification: {:?}", binding.host_port));
    let (first, last) = binding.host_port.split_once('-').unwrap_or((&binding.host_port, &binding.host_port));
    let (first, last): (u16, u16) = (first.parse().map_err(|_| bad())?, last.parse().map_err(|_| bad())?);
    if first == 0 || first > last { Err(bad()) } else { Ok(first..=last) }
}

/// Binds one port of the host; what `docker port` shows of it.
fn bind(world: &mut World, space: NetNsId, wanted: &Wanted) -> Result<Vec<PortBinding>, EngineError> {
    let net = &mut world.kernel.net;
    let ip = wanted.binding.host_ip.trim_matches(['[', ']']);
    if ip.contains(':') {
        return Err(EngineError::not_simulated(&format!(
            "publishing a port on the version 6 address {ip} alone"
        )));
    }
    let host = if ip.is_empty() {
        Ipv4Addr::UNSPECIFIED
    } else {
        ip.parse().map_err(|_| EngineError::invalid(format!("invalid IP address: {ip}")))?
    };
    let port = if is_ephemeral(&wanted.binding) {
        net.ephemeral_port(wanted.protocol, host)
            .ok_or_else(|| EngineError::system("all ports are allocated"))?
    } else {
        let range = host_ports(&wanted.binding)?;
        let free = range.clone().find(|p| !net.port_published(wanted.protocol, host, *p));
        let port = free.ok_or_else(|| taken(world, &host.to_string(), &wanted.binding, wanted.protocol))?;
        let refused = |why: &str| {
            let protocol = wanted.key.split_once('/').map_or("tcp", |(_, p)| p);
            Err(EngineError::system(format!("failed to bind host port {host}:{port}/{protocol}: {why}")))
        };
        if !world.kernel.net.host_has(host) {
            return refused("cannot assign requested address");
        }
        if world.kernel.net.port_taken(wanted.protocol, host, port) {
            return refused("address already in use");
        }
        port
    };
    let shown = |ip: &str| PortBinding { host_ip: ip.to_string(), host_port: port.to_string() };
    world.kernel.net.publish(wanted.protocol, port, Published { host, to: space, port: wanted.port });
    Ok(if ip.is_empty() { vec![shown("0.0.0.0"), shown("::")] } else { vec![shown(ip)] })
}

fn taken(world: &World, shown: &str, binding: &PortBinding, protocol: Protocol) -> EngineError {
    let error = EngineError::system(format!(
        "Bind for {shown}:{} failed: port is already allocated",
        binding.host_port
    ));
    let holder = world.containers.values().find(|c| {
        c.ports.iter().any(|(key, bindings)| {
            parse_port(key).is_some_and(|(_, p)| p == protocol)
                && bindings.iter().any(|b| b.host_port == binding.host_port)
        })
    });
    match holder {
        Some(c) => error.hint(format!("container {} has published that port", c.name)),
        None => error,
    }
}

/// Publishes again, or no more, after a running container was connected to or disconnected from a network.
pub(super) fn republish(world: &mut World, id: ObjectId, space: NetNsId) -> Result<(), EngineError> {
    let Some(container) = world.container(id) else { return Ok(()) };
    let reachable = gateway(world, container).is_some();
    let published = container.ports.values().any(|bindings| !bindings.is_empty());
    if reachable != published {
        world.kernel.net.unpublish(space);
        publish(world, id, space)?;
    }
    Ok(())
}

/// The subnet's prefix length of a network, as `IPPrefixLen` shows it.
pub fn prefix_len(network: &Network) -> u8 {
    endpoint::pool_of(network).map_or(0, |(subnet, _)| subnet.bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::net::{Net, NetNs};
    use proptest::prelude::*;

    proptest! {
        /// However containers come and go, no port is given to two, and what was given back is not the next.
        #[test]
        fn ephemeral_ports_are_never_shared(steps: Vec<bool>) {
            let mut net = Net::default();
            let mut held: Vec<(NetNsId, u16)> = Vec::new();
            for come in steps {
                if come || held.is_empty() {
                    let space = net.add_space(NetNs::default());
                    let port = net.ephemeral_port(Protocol::Tcp, Ipv4Addr::UNSPECIFIED).unwrap();
                    prop_assert!(held.iter().all(|(_, p)| *p != port));
                    net.publish(Protocol::Tcp, port, Published { host: Ipv4Addr::UNSPECIFIED, to: space, port: 80 });
                    held.push((space, port));
                } else if let Some((space, port)) = held.pop() {
                    net.unpublish(space);
                    prop_assert!(!net.port_taken(Protocol::Tcp, Ipv4Addr::LOCALHOST, port));
                }
            }
        }
    }

    #[test]
    fn ranges_are_read() {
        let range =
            |text: &str| host_ports(&PortBinding { host_ip: String::new(), host_port: text.into() }).ok();
        assert_eq!((range("80"), range("80-82")), (Some(80..=80), Some(80..=82)));
        assert_eq!((range("82-80"), range("70000"), range("x"), range("0-3")), (None, None, None, None));
    }
}
