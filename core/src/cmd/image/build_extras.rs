//! Options of `docker build` about what goes with a build: statements, remarks, rights, agents, limits.

use crate::base::Gather;
use super::build_context::failed;
use crate::cmd::{Cli, Failure};
use crate::engine::build::{Annotations, Bounds, Provenance};
use crate::grammar::{Invocation, parse_bool, read_csv};

/// `--provenance`, `--sbom` and `--attest`.
///
/// # Errors
/// A kind that there is not; a list of packages, which is not simulated.
pub fn provenance(cli: &Cli<'_, '_>, call: &Invocation) -> Result<Provenance, Failure> {
    let without = cli.sys.env("BUILDX_NO_DEFAULT_ATTESTATIONS").is_some_and(|text| parse_bool(&text) == Ok(true));
    let mut found = if without { Provenance::None } else { Provenance::Min };
    let mut asked: Vec<(String, String)> = call
        .list("attest")
        .iter()
        .map(|text| {
            let fields = read_csv(text).map_err(failed)?;
            let kind = fields.iter().find_map(|field| field.strip_prefix("type=")).map(str::to_owned);
            kind.map(|kind| (kind, text.clone())).ok_or_else(|| failed("attestation type not specified"))
        })
        .collect::<Result<_, _>>()?;
    for kind in ["provenance", "sbom"] {
        asked.extend(call.get(kind).map(|text| (kind.to_owned(), text.to_owned())));
    }
    for (kind, text) in asked {
        let mode = mode(&text)?;
        match (kind.as_str(), mode) {
            ("provenance", mode) => found = mode,
            ("sbom", Provenance::None) => {}
            ("sbom", _) => {
                return Err(failed("scanning an image for its packages (sbom) is not simulated by Drydock"));
            }
            (kind, _) => return Err(failed(format!("unsupported attestation type {kind:?}"))),
        }
    }
    Ok(found)
}

/// The value of an attestation: a switch, or `mode=max` and the like.
fn mode(text: &str) -> Result<Provenance, Failure> {
    if let Ok(on) = parse_bool(text) {
        return Ok(if on { Provenance::Min } else { Provenance::None });
    }
    let mut mode = Provenance::Min;
    for field in read_csv(text).map_err(failed)? {
        match field.split_once('=').unwrap_or((&field, "")) {
            ("mode", "max") => mode = Provenance::Max,
            ("mode", "min") | ("type" | "generator" | "version" | "builder-id", _) => {}
            ("mode", other) => return Err(failed(format!("failed to solve: invalid mode {other:?}"))),
            ("disabled", on) if parse_bool(on) == Ok(true) => return Ok(Provenance::None),
            ("disabled", _) => {}
            (key, _) => return Err(failed(format!("the attestation option {key:?} is not simulated by Drydock"))),
        }
    }
    Ok(mode)
}

/// `--annotation`: `[WHERE[,WHERE]:]key=value`.
///
/// # Errors
/// One without a value, or for a place that there is not.
pub fn annotations(call: &Invocation) -> Result<Annotations, Failure> {
    let mut found = Annotations::default();
    for text in call.list("annotation") {
        let (key, value) = text
            .split_once('=')
            .ok_or_else(|| failed(format!("invalid annotation {text:?}: expected key=value")))?;
        let (places, key) = key.split_once(':').unwrap_or(("manifest", key));
        for place in places.split(',') {
            let kind = match place.split_once('[') {
                None => place,
                Some((kind, "linux/amd64]")) => kind,
                Some((_, platform)) => {
                    let platform = platform.trim_end_matches(']');
                    return Err(failed(format!("an annotation for {platform} is not simulated by Drydock")));
                }
            };
            let into = match kind {
                "manifest" => &mut found.manifest,
                "index" => &mut found.index,
                "manifest-descriptor" => &mut found.descriptor,
                "index-descriptor" => {
                    return Err(failed("annotations of the index-descriptor are not simulated by Drydock"));
                }
                other => return Err(failed(format!("unknown annotation type {other:?}"))),
            };
            into.insert(key.to_owned(), value.to_owned());
        }
    }
    Ok(found)
}

/// `--ulimit` and `--shm-size`.
pub fn bounds(call: &Invocation) -> Bounds {
    Bounds {
        ulimits: call.ulimits().into_iter().map(|limit| (limit.name, (limit.soft, limit.hard))).gather(),
        shm: call.bytes("shm-size").and_then(|bytes| u64::try_from(bytes).ok()).filter(|bytes| *bytes > 0),
    }
}

/// `--allow`.
///
/// # Errors
/// A right that there is not, or that the daemon does not grant.
pub fn rights(call: &Invocation) -> Result<Vec<String>, Failure> {
    let rights = call.list("allow");
    for right in &rights {
        match right.split('=').next().unwrap_or_default() {
            "network.host" => {}
            right @ ("security.insecure" | "device") => {
                return Err(failed(format!(
                    "failed to solve: granting entitlement {right} is not allowed by build daemon configuration"
                )));
            }
            _ => return Err(failed(format!("unknown entitlement {right}"))),
        }
    }
    Ok(rights)
}

/// `--ssh`: `default`, or an id with a socket or keys. There is nothing to talk to at the other end, so a key is
/// only looked at.
///
/// # Errors
/// No agent; a file that is no key.
pub fn agents(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    for text in call.list("ssh") {
        let (id, paths) = text.split_once('=').unwrap_or((&text, ""));
        let mut paths: Vec<String> = paths.split(',').filter(|path| !path.is_empty()).map(str::to_owned).collect();
        if paths.is_empty() {
            let socket = cli.sys.env("SSH_AUTH_SOCK").filter(|path| !path.is_empty());
            let none = || failed("invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set");
            paths.push(socket.ok_or_else(none)?);
        }
        for path in paths {
            let stat = cli.sys.stat(&path).map_err(|e| {
                failed(format!("failed to open {path}: stat {path}: {}", e.text().to_lowercase()))
            })?;
            let socket = stat.mode & 0o170_000 == 0o140_000;
            let key = |bytes: Vec<u8>| bytes.starts_with(b"-----BEGIN ");
            if !socket && !cli.sys.read_file(&path).is_ok_and(key) {
                return Err(failed(format!("failed to parse {path}: ssh: no key found")));
            }
        }
        found.push(id.to_owned());
    }
    Ok(found)
}
