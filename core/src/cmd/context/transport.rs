//! `--docker` of `context create` and `context update`: where a daemon is and how to reach it.

use super::store::{Context, TLS_FILES, load};
use crate::cmd::{Cli, Failure};
use crate::grammar::parse_bool;

/// A context with the endpoint that the fields of `--docker` describe.
///
/// # Errors
/// In the client's words.
pub fn endpoint(
    cli: &mut Cli<'_, '_>,
    fields: &[(String, String)],
    context: Context,
) -> Result<Context, Failure> {
    let known = ["ca", "cert", "from", "host", "key", "skip-tls-verify"];
    let unknown = fields.iter().filter(|(key, _)| !known.contains(&key.as_str()));
    let unknown: Vec<String> = unknown.map(|(key, _)| format!("unrecognized config key: {key}")).collect();
    if !unknown.is_empty() {
        return Err(Failure::new(unknown.join("\n")));
    }
    let get = |key: &str| fields.iter().rev().find(|(k, _)| k == key).map(|(_, value)| value.as_str());
    if let Some(from) = get("from") {
        let model = load(cli, from)?;
        return Ok(Context { host: model.host, skip_tls_verify: model.skip_tls_verify, tls: model.tls, ..context });
    }
    let mut tls = vec![];
    for (key, file) in TLS_FILES {
        if let Some(path) = get(key).filter(|path| !path.is_empty()) {
            let missing = |e: crate::base::Errno| Failure::new(format!("open {path}: {}", e.go_text()));
            tls.push((file.to_owned(), cli.sys.read_file(path).map_err(missing)?));
        }
    }
    let skip = get("skip-tls-verify").unwrap_or("false");
    let skip_tls_verify = parse_bool(skip).map_err(|e| Failure::new(format!("skip-tls-verify: {e}")))?;
    let host = get("host").unwrap_or_default();
    if !host.is_empty() && !host.contains("://") {
        return Err(Failure::new(format!(
            "unable to apply docker endpoint options: unable to parse docker host `{host}`"
        )));
    }
    Ok(Context { host: host.to_owned(), skip_tls_verify, tls, ..context })
}
