//! `search`: official images by name.

use super::catalogue;
use crate::base::Order;
use crate::model::{EngineError, World};

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchResult {
    /// The repository.
    pub name: String,
    /// What it is.
    pub description: String,
    /// How many users like it; Drydock has no figures and says 0.
    pub stars: u64,
    /// An official image.
    pub official: bool,
}

/// How many results there are without a limit.
const DEFAULT: i64 = 25;

/// Searches Docker Hub: the catalogue, and what users pushed.
///
/// # Errors
/// A limit or filter that makes no sense.
pub fn search(
    world: &World,
    term: &str,
    limit: i64,
    filters: &[(String, String)],
) -> Result<Vec<SearchResult>, EngineError> {
    let limit = if limit == 0 { DEFAULT } else { limit };
    let mut official = None;
    let mut automated = false;
    let mut stars = 0;
    for (name, value) in filters {
        let bad = || EngineError::invalid(format!("invalid filter '{name}=[{value}]'"));
        let switch = || match value.as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(bad()),
        };
        match name.as_str() {
            "is-official" => official = Some(switch()?),
            "is-automated" => automated = switch()?,
            "stars" => stars = value.parse().map_err(|_| bad())?,
            _ => return Err(EngineError::invalid(format!("invalid filter '{name}'"))),
        }
    }
    if !(1..=100).contains(&limit) {
        return Err(EngineError::invalid(format!("limit {limit} is outside the range of [1, 100]")));
    }
    let result = |name: &str, official: bool| SearchResult {
        name: name.to_owned(),
        description: if official { format!("The official image of {name}") } else { String::new() },
        stars: 0,
        official,
    };
    let mut found: Vec<SearchResult> =
        catalogue::repositories().iter().map(|name| result(name, !name.contains('/'))).collect();
    found.extend(world.registries.hub.repositories.keys().map(|name| result(name, false)));
    // Automated builds are a thing of the past: nothing is one any more.
    found.retain(|_| !automated);
    found.retain(|r| r.name.contains(term) && official.is_none_or(|o| o == r.official) && r.stars >= stars);
    found.order_by_key(|r| (r.name != term, !r.official));
    found.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(found)
}
