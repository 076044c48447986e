//! `--network` and the options that say how a container joins its first network.

use crate::base::Gather;
use crate::grammar::{Invocation, NetworkChoice};
use crate::model::EndpointConfig;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// The network mode, and what is asked of each network by name.
pub type Networks = (String, BTreeMap<String, EndpointConfig>);

/// Reads all uses of `--network`, and `--network-alias`, `--ip`, `--link`, `--mac-address`.
///
/// # Errors
/// The client's words for what does not go together.
pub fn networks(call: &Invocation) -> Result<Networks, String> {
    let mut choices = call.networks();
    if choices.is_empty() {
        choices.push(NetworkChoice { name: "default".into(), ..NetworkChoice::default() });
    }
    let mode = choices.first().map(|n| n.name.clone()).unwrap_or_default();
    let mut endpoints = BTreeMap::new();
    let (mut own, mut predefined) = (false, false);
    for (at, choice) in choices.iter_mut().enumerate() {
        if is_user_defined(&choice.name) {
            own = true;
        } else {
            predefined = true;
        }
        let links = if at == 0 { apply_options(choice, call)? } else { vec![] };
        let endpoint = endpoint(choice, links)?;
        if endpoints.insert(choice.name.clone(), endpoint).is_some() {
            return Err(format!("network \"{}\" is specified multiple times", choice.name));
        }
    }
    if own && predefined {
        return Err("conflicting options: cannot attach both user-defined and non-user-defined network-modes"
            .to_string());
    }
    Ok((mode, endpoints))
}

/// True for networks that users make themselves.
pub fn is_user_defined(name: &str) -> bool {
    !matches!(name, "default" | "bridge" | "host" | "none") && !name.starts_with("container:")
}

/// Puts the options that stand beside `--network` into the first choice; the links of its endpoint.
fn apply_options(choice: &mut NetworkChoice, call: &Invocation) -> Result<Vec<String>, String> {
    let address = |flag: &str| call.get(flag).and_then(|text| text.trim().parse().ok());
    let (ip, ip6) = (address("ip"), address("ip6"));
    let aliases = call.list("network-alias");
    let link_local: Vec<IpAddr> = call.list("link-local-ip").iter().filter_map(|a| a.parse().ok()).collect();
    let mac = call.str("mac-address");
    for (twice, flag, what) in [
        (!choice.aliases.is_empty() && !aliases.is_empty(), "network-alias", "alias"),
        (choice.ip.is_some() && ip.is_some(), "ip", "IPv4 address"),
        (choice.ip6.is_some() && ip6.is_some(), "ip6", "IPv6 address"),
        (!choice.mac.is_empty() && !mac.is_empty(), "mac-address", "MAC address"),
        (!choice.link_local.is_empty() && !link_local.is_empty(), "link-local-ip", "link-local IP addresses"),
    ] {
        if twice {
            return Err(format!("conflicting options: cannot specify both --{flag} and per-network {what}"));
        }
    }
    choice.aliases.extend(aliases);
    choice.link_local.extend(link_local);
    choice.ip = choice.ip.or(ip);
    choice.ip6 = choice.ip6.or(ip6);
    if !mac.is_empty() {
        choice.mac = mac.to_string();
    }
    Ok(if is_user_defined(&choice.name) { call.list("link") } else { vec![] })
}

fn endpoint(choice: &NetworkChoice, links: Vec<String>) -> Result<EndpointConfig, String> {
    if choice.name.trim().is_empty() {
        return Err("no name set for network".to_string());
    }
    if !is_user_defined(&choice.name) && !choice.aliases.is_empty() {
        return Err("network-scoped aliases are only supported for user-defined networks".to_string());
    }
    if !choice.mac.is_empty() && !is_mac(&choice.mac) {
        return Err(format!("{} is not a valid mac address", choice.mac));
    }
    let mut ipam = serde_json::Map::new();
    if let Some(ip) = choice.ip {
        ipam.insert("IPv4Address".into(), json!(ip.to_string()));
    }
    if let Some(ip) = choice.ip6 {
        ipam.insert("IPv6Address".into(), json!(ip.to_string()));
    }
    if !choice.link_local.is_empty() {
        let all: Vec<String> = choice.link_local.iter().map(ToString::to_string).collect();
        ipam.insert("LinkLocalIPs".into(), json!(all));
    }
    let options: BTreeMap<String, String> = choice.driver_options.iter().cloned().gather();
    Ok(EndpointConfig {
        ipam_config: (!ipam.is_empty()).then(|| ipam.into()),
        links: (!links.is_empty()).then_some(links),
        aliases: (!choice.aliases.is_empty()).then(|| choice.aliases.clone()),
        mac_address: choice.mac.to_lowercase(),
        driver_opts: (!options.is_empty()).then_some(options),
        gw_priority: choice.gateway_priority,
    })
}

/// Six bytes in hexadecimal digits between colons or hyphens.
pub fn is_mac(text: &str) -> bool {
    let separator = if text.contains('-') { '-' } else { ':' };
    let byte = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit());
    text.split(separator).count() == 6 && text.split(separator).all(byte)
}
