//! `login`: whether a registry accepts a user.

use super::{Credentials, source};
use crate::model::{EngineError, ErrorKind, World};

/// How clients name Docker Hub.
const HUB: &str = "https://index.docker.io/v1/";

/// Checks credentials. On Docker Hub the first login of a name opens its account with that password; a
/// plain registry accepts all, as it does not ask.
///
/// # Errors
/// Unauthorized, no connection.
pub fn login(world: &mut World, server: &str, who: &Credentials) -> Result<(), EngineError> {
    if server == HUB {
        let password = world.registries.accounts.entry(who.user.clone()).or_insert(who.password.clone());
        if *password == who.password {
            return Ok(());
        }
        return Err(EngineError::new(
            ErrorKind::Unauthorized,
            "Get \"https://registry-1.docker.io/v2/\": unauthorized: incorrect username or password",
        )
        .hint("this user exists and has another password; a new name opens an account"));
    }
    if source::registry(world, server).is_some() {
        return Ok(());
    }
    Err(source::unreachable(server, "http", "get", ""))
}
