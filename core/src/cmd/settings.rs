//! The client's directory of settings, `~/.docker` unless told otherwise, and `config.json` in it.

use crate::base::Errno;
use crate::grammar::Globals;
use crate::kernel::Sys;
use crate::render::json::{Escape, indented};
use serde_json::{Map, Value};

/// The directory: `--config`, `$DOCKER_CONFIG` or `$HOME/.docker`.
pub fn directory(sys: &Sys<'_>, globals: &Globals) -> String {
    let set = |name: &str| sys.env(name).filter(|value| !value.is_empty());
    let home = || set("HOME").unwrap_or_else(|| "/root".into());
    let given = globals.config.clone().filter(|dir| !dir.is_empty());
    given.or_else(|| set("DOCKER_CONFIG")).unwrap_or_else(|| format!("{}/.docker", home()))
}

/// `config.json` of a directory of settings.
pub fn path(dir: &str) -> String {
    format!("{dir}/config.json")
}

/// The configuration; an empty one where there is none that can be read.
pub fn read(sys: &mut Sys<'_>, dir: &str) -> Map<String, Value> {
    let bytes = sys.read_file(&path(dir)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// Writes the configuration; where its directory is missing it is made.
///
/// # Errors
/// Those of writing the file.
pub fn write(sys: &mut Sys<'_>, dir: &str, config: &Map<String, Value>) -> Result<(), Errno> {
    sys.mkdir_all(dir, 0o700)?;
    let mut whole = Map::from_iter([("auths".to_owned(), Value::Object(Map::new()))]);
    whole.extend(config.clone());
    let text = indented(&Value::Object(whole), Escape::Plain);
    sys.write_file(&path(dir), text.replace("    ", "\t").as_bytes(), 0o600)
}
