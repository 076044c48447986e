//! The three networks that are always there.

use crate::base::ObjectId;
use crate::kernel::net::{Bridge, BridgeId, NetNs};
use crate::model::{IpamPool, Network, World};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

const BRIDGE_OPTIONS: [(&str, &str); 6] = [
    ("com.docker.network.bridge.default_bridge", "true"),
    ("com.docker.network.bridge.enable_icc", "true"),
    ("com.docker.network.bridge.enable_ip_masquerade", "true"),
    ("com.docker.network.bridge.host_binding_ipv4", "0.0.0.0"),
    ("com.docker.network.bridge.name", "docker0"),
    ("com.docker.network.driver.mtu", "1500"),
];

/// Makes `bridge`, `host` and `none`, and sees to it that the host has a network namespace of its own.
pub fn init(world: &mut World) {
    let host = world.kernel.namespace(world.host.ns).map(|ns| ns.net);
    match host.and_then(|net| world.kernel.net.space_mut(net)) {
        Some(space) => space.host = true,
        None => {
            let net = world.kernel.net.add_space(NetNs { host: true, ..NetNs::default() });
            if let Some(ns) = world.kernel.namespace_mut(world.host.ns) {
                ns.net = net;
            }
        }
    }
    let gateway = Ipv4Addr::new(172, 17, 0, 1);
    let bridge = world.kernel.net.add_bridge(Bridge {
        network: "bridge".to_string(),
        device: "docker0".to_string(),
        gateway: Some(gateway),
        ..Bridge::default()
    });
    let pool =
        IpamPool { subnet: "172.17.0.0/16".to_string(), gateway: gateway.to_string(), ..IpamPool::default() };
    let options = BRIDGE_OPTIONS.map(|(k, v)| (k.to_string(), v.to_string())).into();
    add(world, "bridge", "bridge", vec![pool], options, Some(bridge));
    add(world, "host", "host", vec![], BTreeMap::new(), None);
    add(world, "none", "null", vec![], BTreeMap::new(), None);
}

fn add(
    world: &mut World,
    name: &str,
    driver: &str,
    pools: Vec<IpamPool>,
    options: BTreeMap<String, String>,
    bridge: Option<BridgeId>,
) {
    let network = Network {
        id: ObjectId::random(&mut world.kernel.rng),
        name: name.to_string(),
        created: world.now(),
        driver: driver.to_string(),
        scope: "local".to_string(),
        internal: false,
        attachable: false,
        ipv4: true,
        ipv6: false,
        ipam_driver: "default".to_string(),
        ipam_options: None,
        pools,
        options,
        labels: BTreeMap::new(),
        bridge,
        user_subnet: false,
    };
    world.networks.insert(network.id, Arc::new(network));
}
