//! Networks over the life of containers, at the level of the daemon.

use super::*;
use crate::base::{Reference, Time};
use crate::engine::container::{self, Remove};
use crate::engine::{host, registry};
use crate::kernel::net::Protocol;
use crate::model::{EndpointConfig, HostConfig, PortBinding};
use std::net::Ipv4Addr;

fn world() -> World {
    let mut world = host::new_world(7, Time(1_700_000_000_000_000_000), &[]);
    let busybox = Reference::parse("busybox").unwrap();
    registry::pull(&mut world, &busybox, None).unwrap();
    world
}

/// What to run: a name, a network, a published port.
fn make(world: &mut World, name: &str, network: &str, port: &str) -> ObjectId {
    let mut request = container::Create { name: Some(name.to_string()), ..container::Create::default() };
    request.config.image = "busybox".to_string();
    request.config.cmd = Some(vec!["sleep".to_string(), "1000".to_string()]);
    request.host = HostConfig { network_mode: network.to_string(), ..HostConfig::default() };
    if !port.is_empty() {
        let binding = PortBinding { host_ip: String::new(), host_port: port.to_string() };
        request.host.port_bindings.insert("80/tcp".to_string(), Some(vec![binding]));
    }
    container::create(world, request).unwrap().id
}

fn run(world: &mut World, name: &str, network: &str, port: &str) -> Result<ObjectId, String> {
    let id = make(world, name, network, port);
    match container::start(world, id).unwrap() {
        container::Start::Failed(error, _) => Err(error.message),
        _ => Ok(id),
    }
}

fn address(world: &World, id: ObjectId, network: &str) -> Option<String> {
    let endpoint = world.container(id)?.endpoints.get(network)?;
    endpoint.address.map(|a| a.to_string())
}

fn user_network(world: &mut World, name: &str) -> ObjectId {
    create(world, Create { name: name.to_string(), ..Create::default() }).unwrap()
}

#[test]
fn the_lowest_address_is_given_again() {
    let mut world = world();
    let [a, b] = ["aa", "bb"].map(|name| run(&mut world, name, "bridge", "").unwrap());
    assert_eq!(address(&world, a, "bridge").as_deref(), Some("172.17.0.2"));
    assert_eq!(address(&world, b, "bridge").as_deref(), Some("172.17.0.3"));
    container::remove(&mut world, a, Remove { force: true, ..Remove::default() }).unwrap();
    let c = run(&mut world, "cc", "bridge", "").unwrap();
    assert_eq!(address(&world, c, "bridge").as_deref(), Some("172.17.0.2"));
}

#[test]
fn names_are_known_on_user_networks_alone() {
    let mut world = world();
    user_network(&mut world, "lan");
    let db = run(&mut world, "db", "lan", "").unwrap();
    let web = run(&mut world, "web", "lan", "").unwrap();
    let old = run(&mut world, "old", "bridge", "").unwrap();
    let space = |world: &World, id| world.container(id).unwrap().runtime.as_ref().unwrap().net;
    let lookup = |world: &World, from, name: &str| world.kernel.net.lookup(space(world, from), name).ok();
    let at: Ipv4Addr = address(&world, db, "lan").unwrap().parse().unwrap();
    assert_eq!(lookup(&world, web, "db"), Some(vec![at]));
    assert_eq!(lookup(&world, web, &db.short()), Some(vec![at]));
    assert_eq!(lookup(&world, old, "db"), None);
    assert!(world.kernel.net.route(space(&world, old), at, Protocol::Tcp, 80).is_err());

    connect(
        &mut world,
        "lan",
        "old",
        EndpointConfig { aliases: Some(vec!["legacy".into()]), ..Default::default() },
    )
    .unwrap();
    assert_eq!(lookup(&world, old, "db"), Some(vec![at]));
    assert!(lookup(&world, web, "legacy").is_some());
    disconnect(&mut world, "lan", "old", false).unwrap();
    assert_eq!((lookup(&world, web, "legacy"), lookup(&world, old, "db")), (None, None));

    container::remove(&mut world, db, Remove { force: true, ..Remove::default() }).unwrap();
    assert_eq!(lookup(&world, web, "db"), None);
}

#[test]
fn a_published_port_belongs_to_one_container_at_a_time() {
    let mut world = world();
    let first = run(&mut world, "first", "bridge", "8080").unwrap();
    let second = run(&mut world, "second", "bridge", "8080").unwrap_err();
    let end = ": Bind for 0.0.0.0:8080 failed: port is already allocated";
    let begin = "failed to set up container networking: driver failed programming external connectivity on endpoint \
                 second (";
    assert!(second.starts_with(begin) && second.ends_with(end), "{second}");
    assert_eq!(world.container(first).unwrap().ports["80/tcp"].len(), 2);
    container::remove(&mut world, first, Remove { force: true, ..Remove::default() }).unwrap();
    assert!(!world.kernel.net.port_taken(Protocol::Tcp, Ipv4Addr::UNSPECIFIED, 8080));
    run(&mut world, "third", "bridge", "8080").unwrap();
}

#[test]
fn an_end_gives_everything_back() {
    let mut world = world();
    user_network(&mut world, "lan");
    let before = world.kernel.net.clone();
    for network in ["bridge", "lan", "none", "host"] {
        let id = run(&mut world, "one", network, if network == "bridge" { "9000" } else { "" }).unwrap();
        container::remove(&mut world, id, Remove { force: true, ..Remove::default() }).unwrap();
    }
    let counts =
        |net: &crate::kernel::net::Net| serde_json::to_value(net).map(|v| v["spaces"].clone()).unwrap();
    assert_eq!(counts(&world.kernel.net), counts(&before));
    assert!(remove(&mut world, "lan").is_ok());
}

#[test]
fn what_a_network_refuses() {
    let mut world = world();
    user_network(&mut world, "lan");
    run(&mut world, "web", "lan", "").unwrap();
    let error = remove(&mut world, "lan").unwrap_err().message;
    assert!(
        error.starts_with(
            "error while removing network: network lan has active endpoints (name:\"web\" id:\""
        )
    );
    let again = connect(&mut world, "lan", "web", EndpointConfig::default()).unwrap_err().message;
    assert_eq!(again, "endpoint with name web already exists in network lan");
    let mut subnet = |text: &str, gateway: &str| {
        let pool =
            crate::model::IpamPool { subnet: text.into(), gateway: gateway.into(), ..Default::default() };
        let request = Create { name: "other".into(), pools: vec![pool], ..Create::default() };
        create(&mut world, request).unwrap_err().message
    };
    assert_eq!(
        subnet("10.0.0.1/24", ""),
        "invalid network config:\ninvalid subnet 10.0.0.1/24: it should be 10.0.0.0/24"
    );
    assert_eq!(
        subnet("172.18.3.0/24", ""),
        "invalid pool request: Pool overlaps with other one on this address space"
    );
    assert_eq!(
        subnet("10.0.0.0/24", "10.1.0.1"),
        "invalid network config:\ninvalid gateway 10.1.0.1: parent subnet 10.0.0.0/24 doesn't contain this address"
    );
}
