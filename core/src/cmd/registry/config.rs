//! The client's credentials: `auths` in `config.json` of its configuration directory.

use crate::base::base64;
use crate::base::reference::DOCKER_HUB;
use crate::cmd::{Cli, settings};
use crate::engine::registry::Credentials;
use crate::kernel::Sys;
use serde_json::json;

/// How the configuration names Docker Hub.
pub const HUB: &str = "https://index.docker.io/v1/";

/// The server as the configuration names it; empty is Docker Hub.
pub fn server(given: &str) -> String {
    match given {
        "" | DOCKER_HUB | "index.docker.io" | HUB => HUB.to_owned(),
        _ => {
            let host = given.strip_prefix("https://").or_else(|| given.strip_prefix("http://"));
            host.unwrap_or(given).split('/').next().unwrap_or_default().to_owned()
        }
    }
}

/// Remembers credentials, or with `None` forgets them.
///
/// # Errors
/// Those of writing the file.
pub fn remember(
    cli: &mut Cli<'_, '_>,
    server: &str,
    who: Option<&Credentials>,
) -> Result<(), crate::base::Errno> {
    let dir = cli.settings_dir();
    let mut config = settings::read(cli.sys, &dir);
    let auths = config.entry("auths").or_insert_with(|| json!({}));
    let Some(auths) = auths.as_object_mut() else { return Ok(()) };
    let known = auths.remove(server).is_some();
    match who {
        Some(who) => {
            let auth = base64::encode(format!("{}:{}", who.user, who.password).as_bytes());
            auths.insert(server.to_owned(), json!({ "auth": auth }));
        }
        None if !known => return Ok(()),
        None => {}
    }
    settings::write(cli.sys, &dir, &config)
}

/// The credentials for the registry of a reference's domain, from a directory of settings.
pub fn credentials(sys: &mut Sys<'_>, settings: &str, domain: &str) -> Option<Credentials> {
    let config = settings::read(sys, settings);
    let auth = config.get("auths")?.get(server(domain))?.get("auth")?.as_str()?;
    let text = String::from_utf8(base64::decode(auth)?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Credentials { user: user.to_owned(), password: password.to_owned() })
}
