//! What a test may have left behind.

use super::{Status, World};
use crate::base::Order;
use serde::Serialize;
use std::fmt;

/// The networks that every Docker has.
const PREDEFINED: [&str; 3] = ["bridge", "host", "none"];

/// Something that a test has left behind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub enum Leftover {
    /// A container: its name and its state.
    Container(String, Status),
    /// A network that a user has made.
    Network(String),
    /// A volume.
    Volume(String),
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Leftover::Container(name, status) => write!(f, "container {name} ({})", status.word()),
            Leftover::Network(name) => write!(f, "network {name}"),
            Leftover::Volume(name) => write!(f, "volume {name}"),
        }
    }
}

impl From<Leftover> for String {
    fn from(left: Leftover) -> Self {
        left.to_string()
    }
}

/// What is left: containers, networks of users, volumes. Images do not count.
pub fn leftovers(world: &World) -> Vec<Leftover> {
    let containers = world.containers.values().map(|c| Leftover::Container(c.name.clone(), c.status));
    let networks = world.networks.values().filter(|n| !PREDEFINED.contains(&n.name.as_str()));
    let networks = networks.map(|n| Leftover::Network(n.name.clone()));
    let volumes = world.volumes.keys().map(|name| Leftover::Volume(name.clone()));
    let mut left: Vec<Leftover> = containers.chain(networks).chain(volumes).collect();
    left.order();
    left
}
