//! `--volume`, `--mount` and `--tmpfs`.

use crate::base::Gather;
use crate::grammar::{Invocation, Mount};
use crate::model::{HostConfig, MountSpec, Nothing, Set, VolumeOptions};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Reads them into the host's configuration; what comes back are the anonymous volumes.
///
/// # Errors
/// `invalid spec: …` for a volume with an empty part.
pub fn mounts(call: &Invocation, cwd: &str, host: &mut HostConfig) -> Result<Option<Set>, String> {
    let mut anonymous = Set::new();
    let mut binds = Vec::new();
    for text in call.list("volume") {
        if text.is_empty() {
            return Err("invalid empty volume spec".to_string());
        }
        if text.split(':').any(str::is_empty) {
            return Err(format!("invalid spec: {text}: empty section between colons"));
        }
        match text.split_once(':') {
            None => {
                anonymous.insert(text, Nothing {});
            }
            Some((source, rest)) if source.starts_with(['.', '~']) => {
                binds.push(format!("{}:{rest}", absolute(cwd, source)));
            }
            Some(_) => binds.push(text),
        }
    }
    host.binds = (!binds.is_empty()).then_some(binds);
    let specs: Vec<MountSpec> = call.mounts().iter().map(|mount| spec(mount, cwd)).collect();
    host.mounts = (!specs.is_empty()).then_some(specs);
    let tmpfs: BTreeMap<String, String> = call
        .list("tmpfs")
        .iter()
        .map(|text| text.split_once(':').unwrap_or((text, "")))
        .map(|(path, options)| (path.to_string(), options.to_string()))
        .collect();
    host.tmpfs = (!tmpfs.is_empty()).then_some(tmpfs);
    let from = call.list("volumes-from");
    host.volumes_from = (!from.is_empty()).then_some(from);
    host.volume_driver = call.str("volume-driver").to_string();
    Ok((!anonymous.is_empty()).then_some(anonymous))
}

/// A path from the client's working directory on, without `.` and `..`.
pub fn absolute(cwd: &str, path: &str) -> String {
    let whole = if path.starts_with('/') { path.to_string() } else { format!("{cwd}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    format!("/{}", parts.join("/"))
}

fn spec(mount: &Mount, cwd: &str) -> MountSpec {
    let relative = mount.source == "." || mount.source.starts_with("./");
    let source = if relative { absolute(cwd, &mount.source) } else { mount.source.clone() };
    MountSpec {
        kind: mount.kind.clone(),
        source,
        target: mount.target.clone(),
        read_only: mount.read_only,
        bind_options: bind_options(mount),
        volume_options: volume_options(mount),
        tmpfs_options: tmpfs_options(mount),
        image_options: (mount.kind == "image" && !mount.subpath.is_empty())
            .then(|| json!({ "Subpath": mount.subpath })),
    }
}

fn filled(map: Map<String, Value>) -> Option<Value> {
    (!map.is_empty()).then_some(Value::Object(map))
}

fn bind_options(mount: &Mount) -> Option<Value> {
    let mut map = Map::new();
    if !mount.propagation.is_empty() {
        map.insert("Propagation".into(), json!(mount.propagation));
    }
    match mount.recursive.as_str() {
        "disabled" => map.insert("NonRecursive".into(), json!(true)),
        "writable" => map.insert("ReadOnlyNonRecursive".into(), json!(true)),
        "readonly" => map.insert("ReadOnlyForceRecursive".into(), json!(true)),
        _ => None,
    };
    if mount.create_source {
        map.insert("CreateMountpoint".into(), json!(true));
    }
    filled(map)
}

fn volume_options(mount: &Mount) -> Option<VolumeOptions> {
    let mut driver = Map::new();
    if !mount.driver.is_empty() {
        driver.insert("Name".into(), json!(mount.driver));
    }
    if !mount.driver_options.is_empty() {
        let options: BTreeMap<_, _> = mount.driver_options.iter().cloned().gather();
        driver.insert("Options".into(), json!(options));
    }
    let options = VolumeOptions {
        no_copy: mount.no_copy,
        labels: mount.labels.iter().cloned().gather(),
        subpath: if mount.kind == "volume" { mount.subpath.clone() } else { String::new() },
        driver_config: filled(driver),
    };
    (options != VolumeOptions::default()).then_some(options)
}

fn tmpfs_options(mount: &Mount) -> Option<Value> {
    let mut map = Map::new();
    if let Some(size) = mount.tmpfs_size {
        map.insert("SizeBytes".into(), json!(size));
    }
    if let Some(mode) = mount.tmpfs_mode {
        map.insert("Mode".into(), json!(mode));
    }
    filled(map)
}
