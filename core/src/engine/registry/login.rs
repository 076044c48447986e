//! `login`: whether a registry accepts a user.

use super::{Credentials, source};
use crate::model::{EngineError, ErrorKind, World};

/// How clients name Docker Hub.
const HUB: &str = "https://index.docker.io/v1/";

/// Checks credentials. A plain registry accepts all, as it does not ask.
///
/// # Errors
/// Unauthorized, no connection.
pub fn login(world: &World, server: &str, who: &Credentials) -> Result<(), EngineError> {
    if server == HUB {
        if world.registries.accounts.get(&who.user) == Some(&who.password) {
            return Ok(());
        }
        return Err(EngineError::new(
            ErrorKind::Unauthorized,
            "Get \"https://registry-1.docker.io/v2/\": unauthorized: incorrect username or password",
        )
        .hint("this Docker Hub knows the user alice with the password secret"));
    }
    if source::registry(world, server).is_some() {
        return Ok(());
    }
    Err(source::unreachable(server, "http", "get", ""))
}
