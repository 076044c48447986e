//! A network of the user's, or one of the three that are always there.

use crate::base::{ObjectId, Time};
use crate::kernel::net::BridgeId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One pool of addresses, as `inspect` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IpamPool {
    /// The subnet, such as `172.18.0.0/16`.
    pub subnet: String,
    /// Addresses are given out of this part only.
    #[serde(rename = "IPRange", skip_serializing_if = "String::is_empty")]
    pub ip_range: String,
    /// The host's address on it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub gateway: String,
    /// Addresses that are never given out.
    #[serde(rename = "AuxiliaryAddresses", skip_serializing_if = "BTreeMap::is_empty")]
    pub aux_addresses: BTreeMap<String, String>,
}

/// A network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// Its id.
    pub id: ObjectId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created: Time,
    /// `bridge`, `host`, `null` (of `none`), `overlay`, `macvlan`, `ipvlan`.
    pub driver: String,
    /// `local`.
    pub scope: String,
    /// `--internal`.
    pub internal: bool,
    /// `--attachable`.
    pub attachable: bool,
    /// `--ipv4`, on by default.
    pub ipv4: bool,
    /// `--ipv6`.
    pub ipv6: bool,
    /// `--ipam-driver`.
    pub ipam_driver: String,
    /// `--ipam-opt`.
    pub ipam_options: Option<BTreeMap<String, String>>,
    /// Pools of addresses.
    pub pools: Vec<IpamPool>,
    /// `--opt`.
    pub options: BTreeMap<String, String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Its bridge in the kernel; `host` and `none` have none.
    pub bridge: Option<BridgeId>,
    /// The user asked for the pools; otherwise they come from the default ranges, and nobody may ask for
    /// a fixed address.
    pub user_subnet: bool,
}

impl Network {
    /// True for `bridge`, `host` and `none`, which cannot be removed.
    pub fn is_predefined(&self) -> bool {
        matches!(self.name.as_str(), "bridge" | "host" | "none")
    }
}
