//! Where a packet goes: loopback, a neighbour on a bridge, a published port, the internet.

use super::{Interface, Net, NetNsId, Protocol, internet};
use crate::base::Errno;
use std::net::Ipv4Addr;

/// Where an address and port lead from a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// To a namespace of this machine.
    Space {
        /// Which.
        to: NetNsId,
        /// The address as the receiver sees it.
        address: Ipv4Addr,
        /// The port as the receiver sees it.
        port: u16,
        /// The sender's address as the receiver sees it.
        source: Ipv4Addr,
    },
    /// Out to the simulated internet.
    Internet,
}

/// Why a name has no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unresolved {
    /// There is no such name.
    NoSuchName,
    /// No name server can be asked (no network).
    NoServer,
}

impl Net {
    /// Finds where `address:port` leads from `from`.
    ///
    /// # Errors
    /// `ENETUNREACH` without an interface, `EHOSTUNREACH` for an address nobody has on a network of ours.
    pub fn route(
        &self,
        from: NetNsId,
        address: Ipv4Addr,
        protocol: Protocol,
        port: u16,
    ) -> Result<Destination, Errno> {
        let space = self.space(from).ok_or(Errno::ENETUNREACH)?;
        let local = |to, source| Destination::Space { to, address, port, source };
        if address.is_loopback() || address.is_unspecified() {
            if space.host
                && !self.listens(from, address, port)
                && let Some(published) = self.published_at(protocol, address, port)
            {
                return Ok(published);
            }
            return Ok(local(from, address));
        }
        if space.interfaces.iter().any(|i| i.address == address) {
            return Ok(local(from, address));
        }
        if space.host {
            return Ok(self.beyond_host(from, address, protocol, port));
        }
        for interface in &space.interfaces {
            let Some(bridge) = self.bridge(interface.bridge) else { continue };
            if let Some(to) = bridge.members.get(&address) {
                return Ok(local(*to, interface.address));
            }
            if bridge.gateway == Some(address) {
                return self.to_host(address, protocol, port, interface.address);
            }
            if same_network(address, interface.address, interface.prefix) {
                return Err(Errno::EHOSTUNREACH);
            }
        }
        let way_out = space.interfaces.iter().any(|i| self.bridge(i.bridge).is_some_and(|b| !b.internal));
        if let Some(first) = space.interfaces.first()
            && way_out
            && self.bridges.values().any(|b| b.gateway == Some(address))
        {
            return self.to_host(address, protocol, port, first.address);
        }
        let foreign = self.bridges.values().any(|b| b.members.contains_key(&address));
        match (way_out, foreign) {
            (false, _) => Err(Errno::ENETUNREACH),
            (true, true) => Err(Errno::ETIMEDOUT),
            (true, false) => Ok(Destination::Internet),
        }
    }

    fn listens(&self, space: NetNsId, address: Ipv4Addr, port: u16) -> bool {
        self.listeners.values().any(|l| {
            l.space == space && l.port == port && (l.address.is_unspecified() || l.address == address)
        })
    }

    fn beyond_host(&self, from: NetNsId, address: Ipv4Addr, protocol: Protocol, port: u16) -> Destination {
        for bridge in self.bridges.values().filter(|b| b.gateway.is_some()) {
            if let Some(to) = bridge.members.get(&address) {
                let source = bridge.gateway.unwrap_or(Ipv4Addr::LOCALHOST);
                return Destination::Space { to: *to, address, port, source };
            }
            if bridge.gateway == Some(address) {
                return self.published_at(protocol, address, port).unwrap_or(Destination::Space {
                    to: from,
                    address,
                    port,
                    source: address,
                });
            }
        }
        Destination::Internet
    }

    /// From a container to an address of the host: a published port, or what listens there.
    fn to_host(
        &self,
        address: Ipv4Addr,
        protocol: Protocol,
        port: u16,
        source: Ipv4Addr,
    ) -> Result<Destination, Errno> {
        if let Some(published) = self.published_at(protocol, address, port) {
            return Ok(published);
        }
        let host = self.spaces.iter().find(|(_, s)| s.host).map(|(id, _)| *id).ok_or(Errno::EHOSTUNREACH)?;
        Ok(Destination::Space { to: host, address, port, source })
    }

    fn published_at(&self, protocol: Protocol, address: Ipv4Addr, port: u16) -> Option<Destination> {
        let list = self.published.get(&(protocol, port))?;
        let published = list.iter().find(|p| p.host.is_unspecified() || p.host == address)?;
        let interface = self.space(published.to)?.interfaces.first()?;
        let source = self.bridge(interface.bridge).and_then(|b| b.gateway).unwrap_or(Ipv4Addr::LOCALHOST);
        Some(Destination::Space {
            to: published.to,
            address: interface.address,
            port: published.port,
            source,
        })
    }

    /// The addresses of a name on the bridges a namespace is attached to, by the embedded name server.
    ///
    /// # Errors
    /// [`Unresolved`].
    pub fn lookup(&self, from: NetNsId, name: &str) -> Result<Vec<Ipv4Addr>, Unresolved> {
        let space = self.space(from).ok_or(Unresolved::NoServer)?;
        if !space.host && space.interfaces.is_empty() {
            return Err(Unresolved::NoServer);
        }
        if space.embedded_dns {
            let lower = name.trim_end_matches('.').to_ascii_lowercase();
            let lower = space.links.get(&lower).map_or(lower, |target| target.to_ascii_lowercase());
            for interface in &space.interfaces {
                if let Some(found) = self.bridge(interface.bridge).and_then(|b| b.addresses(&lower)) {
                    return Ok(found.clone());
                }
            }
        }
        let way_out =
            space.host || space.interfaces.iter().any(|i| self.bridge(i.bridge).is_some_and(|b| !b.internal));
        match internet::lookup(name) {
            Some(address) if way_out => Ok(vec![address]),
            _ => Err(Unresolved::NoSuchName),
        }
    }

    /// The name of an address, by the name servers that answer in a namespace.
    pub fn name_of(&self, from: NetNsId, address: Ipv4Addr) -> Option<String> {
        let space = self.space(from)?;
        let near = |interface: &Interface| {
            let bridge = self.bridge(interface.bridge)?;
            Some(format!("{}.{}", bridge.known.get(&address)?, bridge.network))
        };
        let own = space.interfaces.iter().filter(|_| space.embedded_dns).find_map(near);
        own.or_else(|| internet::name_of(address).map(str::to_owned))
    }

    /// True where a ping to `address` is answered: by a namespace that has it, or by the internet.
    ///
    /// # Errors
    /// As [`Net::route`].
    pub fn answers_ping(&self, from: NetNsId, address: Ipv4Addr) -> Result<bool, Errno> {
        match self.route(from, address, Protocol::Tcp, 0) {
            Ok(Destination::Space { .. }) => Ok(true),
            Ok(Destination::Internet) => Ok(internet::exists(address)),
            Err(Errno::ETIMEDOUT) => Ok(false),
            Err(e) => Err(e),
        }
    }
}

fn same_network(a: Ipv4Addr, b: Ipv4Addr, prefix: u8) -> bool {
    let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0);
    u32::from(a) & mask == u32::from(b) & mask
}

#[cfg(test)]
mod tests {
    use super::super::{Bridge, BridgeId, Interface, NetNs, Published};
    use super::*;

    const ANY: Ipv4Addr = Ipv4Addr::UNSPECIFIED;

    fn bridge(net: &mut Net, n: u8, internal: bool) -> BridgeId {
        let gateway = Some(Ipv4Addr::new(172, n, 0, 1));
        net.add_bridge(Bridge { gateway, internal, ..Bridge::default() })
    }

    fn member(net: &mut Net, bridge: BridgeId, n: u8, last: u8) -> (NetNsId, Ipv4Addr) {
        let address = Ipv4Addr::new(172, n, 0, last);
        let interface = Interface { name: "eth0".into(), bridge, address, prefix: 16, mac: String::new() };
        let id = net.add_space(NetNs { interfaces: vec![interface], ..NetNs::default() });
        if let Some(bridge) = net.bridge_mut(bridge) {
            bridge.members.insert(address, id);
        }
        (id, address)
    }

    #[test]
    fn who_reaches_whom() {
        let mut net = Net::default();
        let host = net.add_space(NetNs { host: true, ..NetNs::default() });
        let (front, back, inner) =
            (bridge(&mut net, 17, false), bridge(&mut net, 18, false), bridge(&mut net, 19, true));
        let (a, a_at) = member(&mut net, front, 17, 2);
        let (b, b_at) = member(&mut net, front, 17, 3);
        let (c, c_at) = member(&mut net, back, 18, 2);
        let (d, _) = member(&mut net, inner, 19, 2);
        let published = |to, host| Published { host, to, port: 80 };
        net.publish(Protocol::Tcp, 8080, published(b, ANY));
        net.publish(Protocol::Tcp, 8081, published(b, Ipv4Addr::LOCALHOST));
        let reach = |from, at, port| match net.route(from, at, Protocol::Tcp, port) {
            Ok(Destination::Space { to, port, .. }) => Ok(Some((to, port))),
            Ok(Destination::Internet) => Ok(None),
            Err(e) => Err(e),
        };
        let gateway = |n| Ipv4Addr::new(172, n, 0, 1);
        let outside = Ipv4Addr::new(8, 8, 8, 8);
        for (from, at, port, want) in [
            (a, b_at, 80, Ok(Some((b, 80)))),
            (a, c_at, 80, Err(Errno::ETIMEDOUT)),
            (a, Ipv4Addr::new(172, 17, 0, 9), 80, Err(Errno::EHOSTUNREACH)),
            (a, outside, 80, Ok(None)),
            (d, outside, 80, Err(Errno::ENETUNREACH)),
            (d, a_at, 80, Err(Errno::ENETUNREACH)),
            (host, a_at, 80, Ok(Some((a, 80)))),
            (host, Ipv4Addr::LOCALHOST, 8080, Ok(Some((b, 80)))),
            (host, Ipv4Addr::LOCALHOST, 8081, Ok(Some((b, 80)))),
            (c, gateway(18), 8080, Ok(Some((b, 80)))),
            (c, gateway(17), 8080, Ok(Some((b, 80)))),
            (c, gateway(18), 8081, Ok(Some((host, 8081)))),
            (b, Ipv4Addr::LOCALHOST, 8080, Ok(Some((b, 8080)))),
        ] {
            assert_eq!(reach(from, at, port), want, "to {at}:{port}");
        }
    }
}
