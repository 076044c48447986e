//! Parts of a container as the Engine API writes them, shared by `inspect` and listings.

use crate::base::Gather;
use crate::engine::network;
use crate::model::{Container, Endpoint, MountPoint, World};
use serde::Serialize;
use std::collections::BTreeMap;

/// A mount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MountWire {
    /// `bind`, `volume`, `tmpfs` or `image`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The volume's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The host's path.
    pub source: String,
    /// The path in the container.
    pub destination: String,
    /// The volume's driver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// The options given, or `z` for volumes.
    pub mode: String,
    /// Writes are allowed.
    #[serde(rename = "RW")]
    pub rw: bool,
    /// `rprivate` for binds.
    pub propagation: String,
}

impl MountWire {
    /// The mount as the API writes it.
    pub fn of(mount: &MountPoint) -> Self {
        Self {
            kind: mount.kind.clone(),
            name: mount.name.clone(),
            source: mount.source.clone(),
            destination: mount.destination.clone(),
            driver: mount.driver.clone(),
            mode: mount.mode.clone(),
            rw: mount.rw,
            propagation: mount.propagation.clone(),
        }
    }
}

/// A container's place on a network.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EndpointWire {
    #[serde(rename = "IPAMConfig")]
    ipam_config: Option<serde_json::Value>,
    links: Option<Vec<String>>,
    aliases: Option<Vec<String>>,
    driver_opts: Option<BTreeMap<String, String>>,
    gw_priority: i64,
    #[serde(rename = "NetworkID")]
    network_id: String,
    #[serde(rename = "EndpointID")]
    endpoint_id: String,
    gateway: String,
    #[serde(rename = "IPAddress")]
    ip_address: String,
    mac_address: String,
    #[serde(rename = "IPPrefixLen")]
    ip_prefix_len: u8,
    #[serde(rename = "IPv6Gateway")]
    ipv6_gateway: String,
    #[serde(rename = "GlobalIPv6Address")]
    global_ipv6_address: String,
    #[serde(rename = "GlobalIPv6PrefixLen")]
    global_ipv6_prefix_len: u8,
    #[serde(rename = "DNSNames")]
    dns_names: Option<Vec<String>>,
}

impl EndpointWire {
    fn of(world: &World, endpoint: &Endpoint) -> Self {
        let config = &endpoint.config;
        let network = endpoint.network.and_then(|id| world.network(id));
        let here = network.filter(|_| endpoint.id.is_some() && endpoint.address.is_some());
        let gateway = here.and_then(|n| n.pools.iter().map(|p| p.gateway.clone()).find(|g| !g.is_empty()));
        let mac = if endpoint.mac.is_empty() { &config.mac_address } else { &endpoint.mac };
        Self {
            ipam_config: config.ipam_config.clone(),
            links: config.links.clone(),
            aliases: config.aliases.clone(),
            driver_opts: config.driver_opts.clone(),
            gw_priority: config.gw_priority,
            network_id: endpoint.network.map_or(String::new(), |id| id.to_string()),
            endpoint_id: endpoint.id.map_or(String::new(), |id| id.to_string()),
            gateway: gateway.unwrap_or_default(),
            ip_address: endpoint.address.map_or(String::new(), |a| a.to_string()),
            mac_address: mac.clone(),
            ip_prefix_len: here.map_or(0, network::prefix_len),
            ipv6_gateway: String::new(),
            global_ipv6_address: String::new(),
            global_ipv6_prefix_len: 0,
            dns_names: Some(endpoint.dns_names.clone()).filter(|n| endpoint.id.is_some() && !n.is_empty()),
        }
    }
}

/// The networks of a container by name.
pub fn networks(world: &World, container: &Container) -> BTreeMap<String, EndpointWire> {
    let endpoints = container.endpoints.iter();
    endpoints.map(|(name, endpoint)| (name.clone(), EndpointWire::of(world, endpoint))).gather()
}

/// The manifest a container was made from, where its image is still here.
pub fn manifest(world: &World, container: &Container) -> Option<serde_json::Value> {
    let image = world.images.get(&container.image)?;
    let platform = serde_json::json!({ "architecture": image.config.architecture, "os": image.config.os });
    Some(serde_json::json!({
        "mediaType": image.manifest.media_type,
        "digest": image.manifest.digest,
        "size": image.manifest.size,
        "platform": platform,
    }))
}

/// What a container's own layer takes, and what its whole root takes with it, in bytes.
pub fn sizes(world: &World, container: &Container) -> (u64, u64) {
    let own = world.kernel.view(container.rootfs).map_or(0, crate::fs::View::used_bytes);
    (own, own.saturating_add(container.image_size))
}
