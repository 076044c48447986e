//! The network: namespaces with interfaces, bridges that join them, published ports, sockets.

pub mod internet;
mod route;
mod socket;

pub use route::{Destination, Unresolved};
pub use socket::{Beyond, Listener, ListenerId, StreamId, Tcp};

use super::Pid;
use crate::base::Order;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;

/// A network namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct NetNsId(pub u64);

/// A bridge: what `docker network create` makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct BridgeId(pub u64);

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Protocol {
    /// Streams.
    Tcp,
    /// Datagrams.
    Udp,
    /// As Docker accepts it for published ports.
    Sctp,
}

/// An interface of a network namespace beside `lo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// `eth0`, `eth1` …
    pub name: String,
    /// The bridge it is attached to.
    pub bridge: BridgeId,
    /// Its address.
    pub address: Ipv4Addr,
    /// The length of the network's prefix.
    pub prefix: u8,
    /// Its hardware address.
    pub mac: String,
}

/// The network as one container (or the host) has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NetNs {
    /// Interfaces beside `lo`.
    pub interfaces: Vec<Interface>,
    /// The embedded name server of user-defined networks answers here.
    pub embedded_dns: bool,
    /// It is the host's: it sees every bridge as its gateway, and published ports.
    pub host: bool,
    /// Names that only this namespace knows (`--link` on user-defined networks) and what they stand for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, String>,
    /// How many sets of namespaces it is part of; the kernel counts.
    #[serde(default)]
    pub users: u64,
}

/// A bridge with its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bridge {
    /// The network it belongs to: its members are known as `NAME.NETWORK` as well.
    pub network: String,
    /// The interface of the host that it is: `docker0`, `br-…`. None has an empty name.
    pub device: String,
    /// The length of its network's prefix.
    pub prefix: u8,
    /// The largest packet, in bytes.
    pub mtu: u32,
    /// The address the host has on it.
    pub gateway: Option<Ipv4Addr>,
    /// Members by address.
    pub members: OrdMap<Ipv4Addr, NetNsId>,
    /// Names and aliases and whose addresses they stand for.
    pub names: BTreeMap<String, Vec<Ipv4Addr>>,
    /// The name that each address of `names` is known by.
    pub known: BTreeMap<Ipv4Addr, String>,
    /// No way out to the internet (`--internal`).
    pub internal: bool,
}

impl Default for Bridge {
    fn default() -> Self {
        Self {
            network: String::new(),
            device: String::new(),
            prefix: 16,
            mtu: 1500,
            gateway: None,
            members: OrdMap::new(),
            names: BTreeMap::new(),
            known: BTreeMap::new(),
            internal: false,
        }
    }
}

impl Bridge {
    /// Has `address` known by names, the first of which is its own.
    pub fn name(&mut self, address: Ipv4Addr, names: &[String]) {
        for name in names {
            self.names.entry(name.to_ascii_lowercase()).or_default().push(address);
        }
        self.known.extend(names.first().map(|name| (address, name.clone())));
    }

    /// Forgets all names of `address`.
    pub fn unname(&mut self, address: Ipv4Addr) {
        for holders in self.names.values_mut() {
            holders.retain(|a| *a != address);
        }
        self.names.retain(|_, holders| !holders.is_empty());
        self.known.remove(&address);
    }

    /// The addresses of a name in lower case, with or without that of the network behind it.
    fn addresses(&self, name: &str) -> Option<&Vec<Ipv4Addr>> {
        let host = |name: &str| {
            Some(name.strip_suffix(&self.network.to_ascii_lowercase())?.strip_suffix('.')?.len())
        };
        let bare = host(name).and_then(|len| name.get(..len));
        self.names.get(name).or_else(|| self.names.get(bare?)).filter(|all| !all.is_empty())
    }
}

/// A published port: where a connection to a port of the host goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The host address; `0.0.0.0` for all.
    pub host: Ipv4Addr,
    /// The container's network.
    pub to: NetNsId,
    /// The container's port.
    pub port: u16,
}

/// Everything there is of networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Net {
    spaces: OrdMap<NetNsId, Arc<NetNs>>,
    bridges: OrdMap<BridgeId, Arc<Bridge>>,
    #[serde(with = "crate::base::pairs")]
    published: OrdMap<(Protocol, u16), Vec<Published>>,
    streams: OrdMap<StreamId, Arc<Tcp>>,
    listeners: OrdMap<ListenerId, Arc<Listener>>,
    /// The ephemeral port of the host published last, by protocol.
    #[serde(default)]
    last_ephemeral: OrdMap<Protocol, u16>,
    /// Ports of the host that something outside of the simulation holds.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub held_outside: BTreeSet<u16>,
    next: u64,
}

impl Net {
    fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// How many network namespaces, bridges, published ports, connections and listeners there are.
    pub fn census(&self) -> [(&'static str, usize); 5] {
        [
            ("network namespaces", self.spaces.len()),
            ("bridges", self.bridges.len()),
            ("published ports", self.published.len()),
            ("connections", self.streams.len()),
            ("listeners", self.listeners.len()),
        ]
    }

    /// Adds a network namespace.
    pub fn add_space(&mut self, space: NetNs) -> NetNsId {
        let id = NetNsId(self.fresh());
        self.spaces.insert(id, Arc::new(space));
        id
    }

    /// A network namespace.
    pub fn space(&self, id: NetNsId) -> Option<&NetNs> {
        self.spaces.get(&id).map(AsRef::as_ref)
    }

    /// A network namespace, to change it.
    pub fn space_mut(&mut self, id: NetNsId) -> Option<&mut NetNs> {
        self.spaces.get_mut(&id).map(Arc::make_mut)
    }

    /// A set of namespaces takes it in.
    pub(super) fn join_space(&mut self, id: NetNsId) {
        if let Some(space) = self.space_mut(id) {
            space.users += 1;
        }
    }

    /// A set of namespaces goes: the last takes the network namespace with it. Until then it stays, if only with its
    /// loopback.
    pub(super) fn leave_space(&mut self, id: NetNsId) {
        let Some(space) = self.space_mut(id) else { return };
        space.users = space.users.saturating_sub(1);
        if space.users == 0 {
            self.remove_space(id);
        }
    }

    /// Takes away a network namespace that nobody came to use.
    pub fn remove_space(&mut self, id: NetNsId) {
        self.spaces.remove(&id);
    }

    /// Adds a bridge.
    pub fn add_bridge(&mut self, bridge: Bridge) -> BridgeId {
        let id = BridgeId(self.fresh());
        self.bridges.insert(id, Arc::new(bridge));
        id
    }

    /// A bridge.
    pub fn bridge(&self, id: BridgeId) -> Option<&Bridge> {
        self.bridges.get(&id).map(AsRef::as_ref)
    }

    /// A bridge, to change it.
    pub fn bridge_mut(&mut self, id: BridgeId) -> Option<&mut Bridge> {
        self.bridges.get_mut(&id).map(Arc::make_mut)
    }

    /// Takes a bridge away.
    pub fn remove_bridge(&mut self, id: BridgeId) {
        self.bridges.remove(&id);
    }

    /// Publishes a port of the host. The caller has checked with [`Net::port_taken`].
    pub fn publish(&mut self, protocol: Protocol, port: u16, to: Published) {
        self.published.entry((protocol, port)).or_default().push(to);
    }

    /// The next free port of the range for ephemeral ports, as Docker goes round it: a port that was given
    /// back is not given out again at once. `None` where all are taken.
    pub fn ephemeral_port(&mut self, protocol: Protocol, host: Ipv4Addr) -> Option<u16> {
        const FIRST: u16 = 32768;
        const LAST: u16 = 60999;
        let mut port = self.last_ephemeral.get(&protocol).copied().unwrap_or(LAST);
        for _ in FIRST..=LAST {
            port = if port >= LAST { FIRST } else { port + 1 };
            if !self.port_taken(protocol, host, port) {
                self.last_ephemeral.insert(protocol, port);
                return Some(port);
            }
        }
        None
    }

    /// Takes back every published port that leads to `space`.
    pub fn unpublish(&mut self, space: NetNsId) {
        let keys: Vec<_> = self
            .published
            .iter()
            .filter(|(_, list)| list.iter().any(|p| p.to == space))
            .map(|(k, _)| *k)
            .collect();
        for key in keys {
            if let Some(list) = self.published.get_mut(&key) {
                list.retain(|p| p.to != space);
                if list.is_empty() {
                    self.published.remove(&key);
                }
            }
        }
    }

    /// The interfaces of a namespace beside `lo`; the host has one for each bridge.
    pub fn interfaces(&self, of: NetNsId) -> Vec<Interface> {
        let Some(space) = self.space(of) else { return vec![] };
        let bridges = self.bridges.iter().filter(|(_, bridge)| space.host && !bridge.device.is_empty());
        let on_host = bridges.filter_map(|(id, bridge)| {
            let address = bridge.gateway?;
            let [a, b, c, d] = address.octets();
            let mac = format!("02:42:{a:02x}:{b:02x}:{c:02x}:{d:02x}");
            Some(Interface { name: bridge.device.clone(), bridge: *id, address, prefix: bridge.prefix, mac })
        });
        space.interfaces.iter().cloned().chain(on_host).collect()
    }

    /// True where a port of the host is published or listened at on this address (`0.0.0.0` meets all).
    pub fn port_taken(&self, protocol: Protocol, host: Ipv4Addr, port: u16) -> bool {
        let meets = |other: Ipv4Addr| host.is_unspecified() || other.is_unspecified() || other == host;
        let listened = protocol == Protocol::Tcp
            && self
                .listeners
                .values()
                .any(|l| l.port == port && self.space(l.space).is_some_and(|s| s.host) && meets(l.address));
        listened || self.held_outside.contains(&port) || self.port_published(protocol, host, port)
    }

    /// The ports of the host that containers have published, with the addresses they are published at.
    pub fn published(&self) -> impl Iterator<Item = (Protocol, u16, Ipv4Addr)> {
        self.published
            .iter()
            .flat_map(|((protocol, port), all)| all.iter().map(|p| (*protocol, *port, p.host)))
    }

    /// True where a container has published a port of the host on this address (`0.0.0.0` meets all).
    pub fn port_published(&self, protocol: Protocol, host: Ipv4Addr, port: u16) -> bool {
        let meets = |other: Ipv4Addr| host.is_unspecified() || other.is_unspecified() || other == host;
        self.published.get(&(protocol, port)).is_some_and(|l| l.iter().any(|p| meets(p.host)))
    }

    /// True where the host itself has this address: loopback, the gateway of a bridge, an interface.
    pub fn host_has(&self, address: Ipv4Addr) -> bool {
        address.is_unspecified()
            || address.is_loopback()
            || self.bridges.values().any(|b| b.gateway == Some(address))
            || self.spaces.values().any(|s| s.host && s.interfaces.iter().any(|i| i.address == address))
    }

    /// The namespace that has `address` on a bridge.
    pub fn holder(&self, bridge: BridgeId, address: Ipv4Addr) -> Option<NetNsId> {
        self.bridge(bridge)?.members.get(&address).copied()
    }

    /// Puts `pid` on the list of those that a change of the stream wakes.
    pub(super) fn wait_for_stream(&mut self, id: StreamId, pid: Pid) {
        if let Some(s) = self.streams.get_mut(&id) {
            Arc::make_mut(s).waiters.insert(pid);
        }
    }

    /// Puts `pid` on the list of those that a new connection wakes.
    pub(super) fn wait_for_listener(&mut self, id: ListenerId, pid: Pid) {
        if let Some(l) = self.listeners.get_mut(&id) {
            Arc::make_mut(l).waiters.insert(pid);
        }
    }

    /// The listeners of a namespace in order of their ports.
    pub fn listeners_of(&self, space: NetNsId) -> Vec<(ListenerId, &Listener)> {
        let all = self.listeners.iter().map(|(id, l)| (*id, l.as_ref()));
        let mut all: Vec<(ListenerId, &Listener)> = all.filter(|(_, l)| l.space == space).collect();
        all.order_by_key(|(_, l)| l.port);
        all
    }
}
