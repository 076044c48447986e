//! `login`: whether a registry accepts a user.

use super::{Credentials, source};
use crate::model::{EngineError, ErrorKind, World};

/// How clients name Docker Hub.
const HUB: &str = "https://index.docker.io/v1/";

/// Checks credentials. On Docker Hub the first login of a name opens its account with that password, where accounts
/// are open; a plain registry accepts all, as it does not ask.
///
/// # Errors
/// Unauthorized, no connection.
pub fn login(world: &mut World, server: &str, who: &Credentials) -> Result<(), EngineError> {
    if server == HUB {
        let registries = &mut world.registries;
        let known = registries.accounts.get(&who.user);
        let new = known.is_none() && !registries.closed;
        if new {
            registries.accounts.insert(who.user.clone(), who.password.clone());
        } else if known != Some(&who.password) {
            let message =
                "Get \"https://registry-1.docker.io/v2/\": unauthorized: incorrect username or password";
            return Err(EngineError::new(ErrorKind::Unauthorized, message)
                .hint("a name keeps the password of its first login"));
        }
        return Ok(());
    }
    if source::registry(world, server).is_some() {
        return Ok(());
    }
    let host = server.rsplit_once(':').map_or(server, |(host, _)| host);
    let near = host == "localhost" || host.parse().is_ok_and(|a: std::net::Ipv4Addr| a.is_loopback());
    Err(source::unreachable(server, if near { "http" } else { "https" }, "get", ""))
}
