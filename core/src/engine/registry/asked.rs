//! The verbs as clients ask for them: each passes the door, where faults strike and the journal is written.

use super::{Credentials, Pulled, Pushed, SearchResult};
use crate::base::Reference;
use crate::engine::door::{About, pass};
use crate::engine::image::pack::Packed;
use crate::model::{EngineError, Operation, World};
use serde_json::json;

fn about(name: &Reference) -> About {
    About::image(&name.familiar())
}

/// [`super::pull::pull`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn pull(world: &mut World, name: &Reference, platform: Option<&str>) -> Result<Pulled, EngineError> {
    let about = |_: &World| about(name).with(json!({ "platform": platform }));
    pass(world, Operation::Pull, about, |world| super::pull::pull(world, name, platform))
}

/// [`super::pull::pull`] for a test that wants a base for an image of its own: it strikes no fault and no journal tells
/// of it.
///
/// # Errors
/// Those of the verb.
pub fn pull_quietly(world: &mut World, name: &Reference) -> Result<Pulled, EngineError> {
    super::pull::pull(world, name, None)
}

/// [`super::source::fetch`] for the build of a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn fetch_base(world: &mut World, name: &Reference) -> Result<Packed, EngineError> {
    pass(world, Operation::Pull, |_| about(name), |world| super::source::fetch(world, name))
}

/// [`super::push::push`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn push(world: &mut World, name: &Reference, who: Option<&Credentials>) -> Result<Pushed, EngineError> {
    pass(world, Operation::Push, |_| about(name), |world| super::push::push(world, name, who))
}

/// [`super::login::login`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn login(world: &mut World, server: &str, who: &Credentials) -> Result<(), EngineError> {
    let about = |_: &World| About::named(server).with(json!({ "username": who.user }));
    pass(world, Operation::Login, about, |world| super::login::login(world, server, who))
}

/// [`super::search::search`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn search(
    world: &mut World,
    term: &str,
    limit: i64,
    filters: &[(String, String)],
) -> Result<Vec<SearchResult>, EngineError> {
    let about = |_: &World| About::named(term).with(json!({ "limit": limit }));
    pass(world, Operation::Search, about, |world| super::search::search(world, term, limit, filters))
}
