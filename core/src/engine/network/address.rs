//! Addresses: subnets, the default pools, and which address comes next.

use crate::base::Rng;
use std::fmt;
use std::net::Ipv4Addr;

/// A block of IPv4 addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subnet {
    /// Its first address.
    pub base: Ipv4Addr,
    /// The length of its prefix.
    pub bits: u8,
}

impl Subnet {
    /// Reads `10.0.0.0/8`; host bits are cut off.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let bits: u8 = bits.parse().ok().filter(|b| *b <= 32)?;
        let address: Ipv4Addr = address.parse().ok()?;
        Some(Self { base: Ipv4Addr::from(u32::from(address) & mask(bits)), bits })
    }

    /// The last address.
    pub fn last(self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.base) | !mask(self.bits))
    }

    /// How many addresses it has.
    pub fn size(self) -> u64 {
        1 << (32 - u64::from(self.bits.min(32)))
    }

    /// True for an address inside.
    pub fn contains(self, address: Ipv4Addr) -> bool {
        u32::from(address) & mask(self.bits) == u32::from(self.base)
    }

    /// True where the two share addresses.
    pub fn overlaps(self, other: Subnet) -> bool {
        self.contains(other.base) || other.contains(self.base)
    }

    /// True for the addresses that stand for the network itself and for everybody on it.
    pub fn is_reserved(self, address: Ipv4Addr) -> bool {
        self.bits <= 30 && (address == self.base || address == self.last())
    }

    /// The lowest address of `range` that is neither reserved here nor taken.
    pub fn lowest_free(self, range: Subnet, taken: impl Fn(Ipv4Addr) -> bool) -> Option<Ipv4Addr> {
        (u32::from(range.base)..=u32::from(range.last()))
            .map(Ipv4Addr::from)
            .find(|address| self.contains(*address) && !self.is_reserved(*address) && !taken(*address))
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.bits)
    }
}

fn mask(bits: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0)
}

/// The first of Docker's default pools that meets none of `used`: 172.17.0.0/16 to 172.31.0.0/16, then
/// 192.168.0.0/16 in pieces of 4,096 addresses.
pub fn default_pool(used: &[Subnet]) -> Option<Subnet> {
    let large = (17..=31).map(|n| Subnet { base: Ipv4Addr::new(172, n, 0, 0), bits: 16 });
    let small = (0..16).map(|n| Subnet { base: Ipv4Addr::new(192, 168, n * 16, 0), bits: 20 });
    large.chain(small).find(|pool| !used.iter().any(|u| u.overlaps(*pool)))
}

/// A random hardware address: one endpoint's own, administered locally.
pub fn random_mac(rng: &mut Rng) -> String {
    let mut bytes: [u8; 6] = rng.bytes();
    if let Some(first) = bytes.first_mut() {
        *first = (*first & 0xfe) | 0x02;
    }
    bytes.map(|b| format!("{b:02x}")).join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// Whatever is taken and given back: an address is in the subnet, in the range, not reserved, nobody
        /// else's, and the lowest such.
        #[test]
        fn addresses_are_unique_and_the_lowest(base: u32, bits in 20u8..=31, inner in 0u8..4, frees: Vec<bool>) {
            let subnet = Subnet::parse(&format!("{}/{bits}", Ipv4Addr::from(base))).unwrap();
            let range = Subnet { base: subnet.base, bits: (bits + inner).min(32) };
            let mut taken = BTreeSet::new();
            for free in frees {
                if free && let Some(first) = taken.pop_first() {
                    prop_assert_eq!(subnet.lowest_free(range, |a| taken.contains(&a)), Some(first));
                }
                let Some(address) = subnet.lowest_free(range, |a| taken.contains(&a)) else {
                    let usable = (0..range.size()).map(|i| Ipv4Addr::from(u32::from(range.base) + i as u32));
                    prop_assert_eq!(taken.len(), usable.filter(|a| !subnet.is_reserved(*a)).count());
                    break;
                };
                prop_assert!(subnet.contains(address) && range.contains(address) && !subnet.is_reserved(address));
                prop_assert!(taken.insert(address));
            }
        }
    }

    #[test]
    fn pools_come_in_dockers_order_until_there_are_none() {
        let mut used = vec![];
        while let Some(pool) = default_pool(&used) {
            used.push(pool);
        }
        let shown: Vec<String> = used.iter().map(ToString::to_string).collect();
        assert_eq!(
            (shown.len(), shown[0].as_str(), shown[1].as_str()),
            (31, "172.17.0.0/16", "172.18.0.0/16")
        );
        assert_eq!((shown[15].as_str(), shown[30].as_str()), ("192.168.0.0/20", "192.168.240.0/20"));
        assert_eq!(default_pool(&[Subnet::parse("172.0.0.0/8").unwrap()]), Subnet::parse("192.168.0.0/20"));
    }
}
