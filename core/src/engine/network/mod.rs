//! Networks: one file a verb, and what a container's start and end mean for them.

pub mod address;
mod asked;
mod attach;
mod connect;
mod create;
mod endpoint;
mod files;
mod init;
mod inspect;
mod plan;
mod ports;
mod remove;

pub use asked::{connect, create, disconnect, prune, remove};
pub use attach::{attach, detach, renamed};
pub use create::Create;
pub use files::files;
pub use init::init;
pub use inspect::{inspect, list, summary};
pub(in crate::engine) use plan::check_mode;
pub use plan::plan;
pub use ports::prefix_len;

use crate::base::{ObjectId, PrefixMatch, find_by_prefix};
use crate::model::{Container, EngineError, Event, EventType, Network, World};
use std::collections::BTreeMap;

/// Finds a network by full id, name or unique prefix of its id, in that order.
///
/// # Errors
/// Not found; invalid where several ids begin so.
pub fn find(world: &World, reference: &str) -> Result<ObjectId, EngineError> {
    let missing = || EngineError::not_found(format!("network {reference} not found"));
    if let Some(id) = ObjectId::parse(reference) {
        return world.networks.contains_key(&id).then_some(id).ok_or_else(missing);
    }
    if let Some(network) = world.networks.values().find(|n| n.name == reference) {
        return Ok(network.id);
    }
    match find_by_prefix(world.networks.keys(), reference) {
        PrefixMatch::One(id) => Ok(id),
        PrefixMatch::None => Err(missing()),
        PrefixMatch::Ambiguous => Err(EngineError::invalid(format!(
            "network {reference} is ambiguous ({} matches found based on ID prefix)",
            world.networks.keys().filter(|id| id.to_string().starts_with(reference)).count()
        ))),
    }
}

/// The namespace sharing that `--network` asks for, apart from ordinary networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// A namespace of its own on these networks (`none` among them).
    Own,
    /// The host's.
    Host,
    /// Another container's, as the user named it.
    Container(String),
}

impl Mode {
    /// Reads `HostConfig.NetworkMode`.
    pub fn of(network_mode: &str) -> Self {
        match network_mode.strip_prefix("container:") {
            Some(other) => Mode::Container(other.to_string()),
            None if network_mode == "host" => Mode::Host,
            None => Mode::Own,
        }
    }
}

/// True for the names of networks that users do not make themselves.
pub(super) fn is_predefined(name: &str) -> bool {
    matches!(name, "bridge" | "host" | "none" | "default")
}

/// Tells of something that happened to a network, with a container where one is concerned.
pub(super) fn emit(world: &mut World, network: &Network, action: &str, container: Option<ObjectId>) {
    let mut attributes = BTreeMap::from([
        ("name".to_string(), network.name.clone()),
        ("type".to_string(), network.driver.clone()),
    ]);
    if let Some(id) = container {
        attributes.insert("container".to_string(), id.to_string());
    }
    let (time, actor) = (world.now(), network.id.to_string());
    world.emit(Event { time, kind: EventType::Network, action: action.to_string(), actor, attributes });
}

/// A container's names as others on a user-defined network know it.
pub(super) fn dns_names(container: &Container, aliases: &[String]) -> Vec<String> {
    let own = [container.id.short(), container.config.hostname.clone()];
    let mut names = vec![container.name.clone()];
    for name in aliases.iter().chain(&own) {
        if !name.is_empty() && !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

#[cfg(test)]
mod tests;
