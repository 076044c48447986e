//! `network create`.

use super::address::{Subnet, default_pool};
use super::{emit, is_predefined};
use crate::base::{ObjectId, go_text};
use crate::kernel::net::Bridge;
use crate::model::{EngineError, ErrorKind, IpamPool, Network, World};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

/// What to create.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Create {
    /// Its name.
    pub name: String,
    /// The driver; empty for `bridge`.
    pub driver: String,
    /// `--scope`.
    pub scope: String,
    /// `--internal`.
    pub internal: bool,
    /// `--attachable`.
    pub attachable: bool,
    /// `--ingress`.
    pub ingress: bool,
    /// `--config-only`.
    pub config_only: bool,
    /// `--config-from`.
    pub config_from: String,
    /// `--ipv4=false`.
    pub no_ipv4: bool,
    /// `--ipv6`.
    pub ipv6: bool,
    /// `--ipam-driver`; empty for `default`.
    pub ipam_driver: String,
    /// `--ipam-opt`.
    pub ipam_options: BTreeMap<String, String>,
    /// `--subnet` with what belongs to each.
    pub pools: Vec<IpamPool>,
    /// `--opt`.
    pub options: BTreeMap<String, String>,
    /// `--label`.
    pub labels: BTreeMap<String, String>,
}

/// Makes a network.
///
/// # Errors
/// Docker's words for names, drivers and addresses that cannot be.
pub fn create(world: &mut World, request: Create) -> Result<ObjectId, EngineError> {
    let name = &request.name;
    if is_predefined(name) {
        return Err(EngineError::new(
            ErrorKind::Forbidden,
            format!("operation is not permitted on predefined {name} network"),
        ));
    }
    if name.trim().is_empty() {
        return Err(EngineError::invalid("invalid network name: name is empty"));
    }
    check_gaps(&request)?;
    check_pools(&request.pools)?;
    let driver = if request.driver.is_empty() { "bridge" } else { request.driver.as_str() };
    check_driver(driver)?;
    if world.networks.values().any(|n| n.name == *name) {
        return Err(EngineError::conflict(format!("network with name {name} already exists")));
    }
    let user_subnet = !request.pools.is_empty();
    let pool = allocate(world, request.pools.into_iter().next().unwrap_or_default())?;
    let is_bridge = driver == "bridge";
    let mtu = mtu(&request.options)?;
    let id = ObjectId::random(&mut world.kernel.rng);
    let device = request.options.get("com.docker.network.bridge.name").filter(|name| !name.is_empty());
    let device = device.cloned().unwrap_or_else(|| format!("br-{}", id.short()));
    let bridge = world.kernel.net.add_bridge(Bridge {
        network: request.name.clone(),
        device: if is_bridge { device } else { String::new() },
        prefix: Subnet::parse(&pool.subnet).map_or(16, |subnet| subnet.bits),
        mtu,
        gateway: pool.gateway.parse().ok().filter(|_| is_bridge),
        internal: request.internal,
        ..Bridge::default()
    });
    let ipam = request.ipam_driver;
    let network = Network {
        id,
        name: request.name,
        created: world.now(),
        driver: driver.to_string(),
        scope: "local".to_string(),
        internal: request.internal,
        attachable: request.attachable,
        ipv4: true,
        ipv6: false,
        ipam_driver: if ipam.is_empty() { "default".to_string() } else { ipam },
        ipam_options: Some(request.ipam_options),
        pools: vec![pool],
        options: request.options,
        labels: request.labels,
        bridge: Some(bridge),
        user_subnet,
    };
    emit(world, &network, "create", None);
    world.networks.insert(id, Arc::new(network));
    Ok(id)
}

const TRUE: &[&str] = &["true", "1", "t", "T", "TRUE", "True"];
const FALSE: &[&str] = &["false", "0", "f", "F", "FALSE", "False"];
/// Options of bridges whose other values are not simulated: their names, their usual values, what they would make.
const BRIDGE_GAPS: [(&str, &[&str], &str); 7] = [
    ("enable_icc", TRUE, "a bridge whose containers do not reach each other"),
    ("enable_ip_masquerade", TRUE, "a bridge without masquerading"),
    ("gateway_mode_ipv4", &["nat"], "a bridge whose gateway routes or isolates"),
    ("gateway_mode_ipv6", &["nat"], "a bridge whose gateway routes or isolates"),
    ("inhibit_ipv4", FALSE, "a bridge without an address"),
    ("host_binding_ipv4", &["0.0.0.0"], "another default address for published ports"),
    ("trusted_host_interfaces", &[], "interfaces that reach containers directly"),
];

/// Says what is not simulated.
fn check_gaps(request: &Create) -> Result<(), EngineError> {
    let gap = |what: &str| Err(EngineError::not_simulated(what));
    let option = |key: &str| request.options.get(key).map_or("", String::as_str);
    if request.ipv6 || request.pools.iter().any(|p| p.subnet.contains(':')) {
        return gap("a network with version 6 addresses");
    }
    if request.no_ipv4 {
        return gap("a network without version 4 addresses");
    }
    if request.config_only || !request.config_from.is_empty() {
        return gap("a configuration-only network");
    }
    if request.ingress || !matches!(request.scope.as_str(), "" | "local") {
        return gap("a network of a swarm");
    }
    match request.ipam_driver.as_str() {
        "" | "default" => {}
        "null" => return gap("a network without addresses (--ipam-driver null)"),
        other => return Err(EngineError::not_found(format!("plugin \"{other}\" not found"))),
    }
    for (name, usual, what) in BRIDGE_GAPS {
        let value = option(&format!("com.docker.network.bridge.{name}"));
        if !value.is_empty() && !usual.contains(&value) {
            return gap(&format!("{what} ({name}={value})"));
        }
    }
    Ok(())
}

/// The largest packet of a network, in bytes.
fn mtu(options: &BTreeMap<String, String>) -> Result<u32, EngineError> {
    const NAME: &str = "com.docker.network.driver.mtu";
    let Some(text) = options.get(NAME) else { return Ok(1500) };
    let wrong = |_| {
        let why = format!("strconv.Atoi: parsing {}: invalid syntax", go_text::quote(text));
        EngineError::invalid(format!("failed to parse {NAME} value: {text} ({why})"))
    };
    let mtu: i32 = text.parse().map_err(wrong)?;
    match u32::try_from(mtu) {
        Ok(0) => Ok(1500),
        Ok(mtu) => Ok(mtu),
        Err(_) => Err(EngineError::invalid(format!("invalid MTU number: {mtu}"))),
    }
}

fn check_driver(driver: &str) -> Result<(), EngineError> {
    match driver {
        "bridge" | "macvlan" | "ipvlan" => Ok(()),
        "host" | "null" => Err(EngineError::new(
            ErrorKind::Forbidden,
            format!("only one instance of \"{driver}\" network is allowed"),
        )),
        "overlay" => Err(EngineError::new(
            ErrorKind::Unavailable,
            "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node \
             to swarm and try again.",
        )),
        other => Err(EngineError::not_found(format!("plugin \"{other}\" not found"))),
    }
}

/// Checks subnets and what belongs to them, one line for each fault.
fn check_pools(pools: &[IpamPool]) -> Result<(), EngineError> {
    let mut wrong = Vec::new();
    for pool in pools {
        let text = &pool.subnet;
        let Some(subnet) = Subnet::parse(text) else {
            wrong.push(format!("invalid subnet {text}: invalid CIDR block notation"));
            continue;
        };
        if subnet.to_string() != *text {
            wrong.push(format!("invalid subnet {text}: it should be {subnet}"));
        }
        if !pool.ip_range.is_empty() {
            wrong.extend(fault_of_range(&pool.ip_range, subnet));
        }
        let addresses = pool.aux_addresses.iter().map(|(name, a)| (format!("auxiliary address {name}"), a));
        let gateway = Some((format!("gateway {}", pool.gateway), &pool.gateway));
        for (what, address) in gateway.into_iter().filter(|(_, g)| !g.is_empty()).chain(addresses) {
            match address.parse::<Ipv4Addr>() {
                Ok(a) if subnet.contains(a) => {}
                Ok(_) => {
                    wrong
                        .push(format!("invalid {what}: parent subnet {subnet} doesn't contain this address"));
                }
                Err(_) if address.contains(':') => {
                    wrong.push(format!("invalid {what}: parent subnet is an IPv4 block"));
                }
                Err(_) => wrong.push(format!("invalid {what}: invalid address")),
            }
        }
    }
    if !wrong.is_empty() {
        return Err(EngineError::invalid(format!("invalid network config:\n{}", wrong.join("\n"))));
    }
    if pools.len() > 1 {
        return Err(EngineError::new(ErrorKind::Forbidden, "bridge driver doesn't support multiple subnets"));
    }
    Ok(())
}

fn fault_of_range(text: &str, subnet: Subnet) -> Option<String> {
    let Some(range) = Subnet::parse(text) else {
        return Some(format!("invalid ip-range {text}: invalid CIDR block notation"));
    };
    if range.to_string() != text {
        return Some(format!("invalid ip-range {text}: it should be {range}"));
    }
    if range.bits < subnet.bits {
        return Some(format!(
            "invalid ip-range {text}: CIDR block is bigger than its parent subnet {subnet}"
        ));
    }
    (!subnet.contains(range.base))
        .then(|| format!("invalid ip-range {text}: parent subnet {subnet} doesn't contain ip-range"))
}

/// Takes a subnet, the first free default one where none is asked for, and an address for the gateway.
fn allocate(world: &World, mut pool: IpamPool) -> Result<IpamPool, EngineError> {
    let used: Vec<Subnet> =
        world.networks.values().flat_map(|n| &n.pools).filter_map(|p| Subnet::parse(&p.subnet)).collect();
    let subnet = match Subnet::parse(&pool.subnet) {
        Some(subnet) if used.iter().any(|u| u.overlaps(subnet)) => {
            return Err(EngineError::new(
                ErrorKind::Forbidden,
                "invalid pool request: Pool overlaps with other one on this address space",
            ));
        }
        Some(subnet) => subnet,
        None => default_pool(&used)
            .ok_or_else(|| EngineError::system("all predefined address pools have been fully subnetted"))?,
    };
    pool.subnet = subnet.to_string();
    if pool.gateway.is_empty() {
        let range = Subnet::parse(&pool.ip_range).unwrap_or(subnet);
        let taken = |a: Ipv4Addr| pool.aux_addresses.values().any(|other| *other == a.to_string());
        let gateway = subnet.lowest_free(range, taken);
        pool.gateway = gateway
            .ok_or_else(|| {
                EngineError::system("failed to allocate gateway (): No available addresses on this pool")
            })?
            .to_string();
    }
    Ok(pool)
}
