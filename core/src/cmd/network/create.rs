//! `docker network create`.

use crate::base::Gather;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::network::address::Subnet;
use crate::engine::network::{Create, create};
use crate::grammar::Invocation;
use crate::model::IpamPool;
use std::net::{IpAddr, Ipv4Addr};

/// `docker network create [OPTIONS] NETWORK`.
pub const COMMAND: Command = Command::new("network create", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let pools = pools(call).map_err(Failure::new)?;
    let request = Create {
        name: call.arg(0).to_string(),
        driver: call.str("driver").to_string(),
        scope: call.str("scope").to_string(),
        internal: call.bool("internal"),
        attachable: call.bool("attachable"),
        ingress: call.bool("ingress"),
        config_only: call.bool("config-only"),
        config_from: call.str("config-from").to_string(),
        no_ipv4: call.changed("ipv4") && !call.bool("ipv4"),
        ipv6: call.bool("ipv6"),
        ipam_driver: call.str("ipam-driver").to_string(),
        ipam_options: call.pairs("ipam-opt").into_iter().gather(),
        pools,
        options: call.pairs("opt").into_iter().gather(),
        labels: call.pairs("label").into_iter().gather(),
    };
    let id = create(cli.world()?, request)?;
    cli.out(&format!("{id}\n"));
    DONE
}

/// Puts ranges, gateways and reserved addresses to the subnets they belong to.
fn pools(call: &Invocation) -> Result<Vec<IpamPool>, String> {
    let (subnets, ranges, gateways) = (call.list("subnet"), call.list("ip-range"), call.list("gateway"));
    if subnets.len() < ranges.len() || subnets.len() < gateways.len() {
        return Err("every ip-range or gateway must have a corresponding subnet".to_string());
    }
    let mut pools: Vec<IpamPool> = Vec::new();
    for text in &subnets {
        check_prefix(text)?;
        let overlaps = |p: &IpamPool| {
            Subnet::parse(&p.subnet).zip(Subnet::parse(text)).is_some_and(|(a, b)| a.overlaps(b))
        };
        if pools.iter().any(overlaps) {
            return Err("multiple overlapping subnet configuration is not supported".to_string());
        }
        pools.push(IpamPool { subnet: text.clone(), ..IpamPool::default() });
    }
    for range in ranges {
        let range = Subnet::parse(range.trim()).map_or(range, |r| r.to_string());
        let base = range.split('/').next().unwrap_or_default();
        let pool = owner(&mut pools, base).ok_or_else(|| format!("no matching subnet for range {range}"))?;
        if !pool.ip_range.is_empty() {
            let (old, subnet) = (&pool.ip_range, &pool.subnet);
            return Err(format!(
                "cannot configure multiple ranges ({range}, {old}) on the same subnet ({subnet})"
            ));
        }
        pool.ip_range = range;
    }
    for gateway in gateways {
        let gateway = gateway.trim().to_string();
        let pool =
            owner(&mut pools, &gateway).ok_or_else(|| format!("no matching subnet for gateway {gateway}"))?;
        if !pool.gateway.is_empty() {
            let (old, subnet) = (&pool.gateway, &pool.subnet);
            return Err(format!(
                "cannot configure multiple gateways ({gateway}, {old}) for the same subnet ({subnet})"
            ));
        }
        pool.gateway = gateway;
    }
    for (name, address) in call.pairs("aux-address") {
        let pool =
            owner(&mut pools, &address).ok_or_else(|| format!("no matching subnet for aux-address {address}"))?;
        pool.aux_addresses.insert(name, address);
    }
    Ok(pools)
}

/// The pool whose subnet has an address. A version 6 address belongs to the first version 6 subnet.
fn owner<'a>(pools: &'a mut [IpamPool], address: &str) -> Option<&'a mut IpamPool> {
    match address.parse::<Ipv4Addr>() {
        Ok(ip) => pools.iter_mut().find(|p| Subnet::parse(&p.subnet).is_some_and(|s| s.contains(ip))),
        Err(_) => pools.iter_mut().find(|p| p.subnet.contains(':') && address.contains(':')),
    }
}

/// Refuses what is not a subnet, in the words of the client's parser.
fn check_prefix(text: &str) -> Result<(), String> {
    let wrong = |why: &str| Err(format!("netip.ParsePrefix({text:?}): {why}"));
    let Some((address, bits)) = text.rsplit_once('/') else { return wrong("no '/'") };
    let Ok(ip) = address.parse::<IpAddr>() else {
        return wrong(&format!("ParseAddr({address:?}): unable to parse IP"));
    };
    let plain = bits.bytes().all(|b| b.is_ascii_digit()) && !bits.is_empty();
    if !plain || (bits.len() > 1 && bits.starts_with('0')) {
        return wrong(&format!("bad bits after slash: {bits:?}"));
    }
    let most = if ip.is_ipv4() { 32 } else { 128 };
    match bits.parse::<u32>() {
        Ok(n) if n <= most => Ok(()),
        _ => wrong("prefix length out of range"),
    }
}
