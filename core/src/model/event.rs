//! The daemon's events, as `docker events` tells them.

use crate::base::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventType {
    /// A build of the builder.
    Builder,
    /// A container.
    Container,
    /// An image.
    Image,
    /// A network.
    Network,
    /// A volume.
    Volume,
    /// The daemon itself.
    Daemon,
}

impl EventType {
    /// The word in listings and filters.
    pub fn word(self) -> &'static str {
        match self {
            EventType::Builder => "builder",
            EventType::Container => "container",
            EventType::Image => "image",
            EventType::Network => "network",
            EventType::Volume => "volume",
            EventType::Daemon => "daemon",
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub time: Time,
    /// What it is about.
    pub kind: EventType,
    /// What happened: `create`, `start`, `die`, `exec_start: sh -c true` …
    pub action: String,
    /// The id (of images and volumes: the name) of what it is about.
    pub actor: String,
    /// Names, labels and particulars, sorted.
    pub attributes: BTreeMap<String, String>,
}

/// How many events the daemon remembers, as dockerd does.
pub const REMEMBERED: usize = 256;
