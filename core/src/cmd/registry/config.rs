//! The client's credentials: `auths` in `config.json` of its configuration directory.

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
            let auth = encode(format!("{}:{}", who.user, who.password).as_bytes());
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
    let text = String::from_utf8(decode(auth)?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Credentials { user: user.to_owned(), password: password.to_owned() })
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 with padding.
fn encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let at = |n: usize| u32::from(chunk.get(n).copied().unwrap_or(0));
        let word = at(0) << 16 | at(1) << 8 | at(2);
        for n in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * n)) as usize & 63];
            out.push(if n <= chunk.len() { digit as char } else { '=' });
        }
    }
    out
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let digits: Vec<u8> = text.trim_end_matches('=').bytes().collect();
    for chunk in digits.chunks(4) {
        let mut word = 0u32;
        for n in 0..4 {
            let digit = match chunk.get(n) {
                Some(c) => DIGITS.iter().position(|d| d == c)?,
                None => 0,
            };
            word = word << 6 | digit as u32;
        }
        let bytes = [(word >> 16) as u8, (word >> 8) as u8, word as u8];
        out.extend_from_slice(&bytes[..chunk.len().saturating_sub(1)]);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_both_ways() {
        for (plain, coded) in
            [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("alice:secret", "YWxpY2U6c2VjcmV0")]
        {
            assert_eq!(encode(plain.as_bytes()), coded);
            assert_eq!(decode(coded).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(decode("?"), None);
    }
}
