//! The client's credentials: `auths` in `config.json` of its configuration directory.

use crate::base::reference::DOCKER_HUB;
use crate::cmd::Cli;
use crate::engine::registry::Credentials;
use serde_json::{Map, Value, json};

/// How the configuration names Docker Hub.
pub const HUB: &str = "https://index.docker.io/v1/";

/// The file, under `$DOCKER_CONFIG` or `$HOME/.docker`.
pub fn path(cli: &Cli<'_, '_>) -> String {
    let dir = cli.sys.env("DOCKER_CONFIG").filter(|dir| !dir.is_empty());
    let home = || cli.sys.env("HOME").unwrap_or_else(|| "/root".into());
    format!("{}/config.json", dir.unwrap_or_else(|| format!("{}/.docker", home())))
}

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

/// The configuration; an empty one where there is none that can be read.
pub fn read(cli: &mut Cli<'_, '_>) -> Map<String, Value> {
    let path = path(cli);
    let bytes = cli.sys.read_file(&path).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// Writes the configuration; where its directory is missing it is made.
pub fn write(cli: &mut Cli<'_, '_>, config: &Map<String, Value>) -> Result<(), crate::base::Errno> {
    let path = path(cli);
    if let Some((dir, _)) = path.rsplit_once('/')
        && cli.sys.stat(dir).is_err()
    {
        cli.sys.mkdir(dir, 0o700)?;
    }
    let json = Value::Object(config.clone());
    let text = crate::render::json::indented(&json, crate::render::json::Escape::Plain);
    cli.sys.write_file(&path, text.replace("    ", "\t").as_bytes(), 0o600)
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
    let mut config = read(cli);
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
    write(cli, &config)
}

/// The credentials for the registry of a reference's domain.
pub fn credentials(cli: &mut Cli<'_, '_>, domain: &str) -> Option<Credentials> {
    let config = read(cli);
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
