//! Where a packet goes: loopback, a neighbour on a bridge, a published port, the internet.

use super::{Net, NetNsId, Protocol, internet};
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
                if let Some(found) = self.bridge(interface.bridge).and_then(|b| b.names.get(&lower))
                    && !found.is_empty()
                {
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
