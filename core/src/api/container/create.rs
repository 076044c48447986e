//! `POST /containers/create`.

use crate::api::body;
use crate::api::reply::{created, not_simulated};
use crate::api::{Answered, Call, Refusal, Version};
use crate::engine::container::{self, Create};
use crate::model::{ContainerConfig, EndpointConfig, EngineError, HostConfig, MountSpec, World};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Creates a container.
pub fn create(world: &mut World, call: &Call<'_>) -> Answered {
    let request = read(call)?;
    let made = container::create(world, request).map_err(refused)?;
    created(&json!({ "Id": made.id.to_string(), "Warnings": made.warnings }))
}

/// Clients take 404 for a missing image and pull it, so whatever else is missing is the request's fault.
fn refused(error: EngineError) -> Refusal {
    let refusal = Refusal::from(error);
    let status = match refusal.status {
        404 if !refusal.message.starts_with("No such image") => 400,
        status => status,
    };
    Refusal { status, ..refusal }
}

fn read(call: &Call<'_>) -> Result<Create, Refusal> {
    let mut fields = call.value()?;
    let Some(object) = fields.as_object_mut() else {
        return Err(Refusal::invalid("invalid JSON: not an object"));
    };
    let mut part = |name: &str| object.shift_remove(name).filter(|v| !v.is_null()).unwrap_or(json!({}));
    let (host, networking) = (part("HostConfig"), part("NetworkingConfig"));
    for name in ["Cmd", "Entrypoint"] {
        if let Some(Value::String(word)) = object.get(name) {
            let list = if word.is_empty() { Value::Null } else { json!([word]) };
            object.insert(name.to_owned(), list);
        }
    }
    if object.get("NetworkDisabled") == Some(&Value::Bool(true)) {
        return Err(not_simulated("a container without networking (NetworkDisabled)"));
    }
    let mac = object.get("MacAddress").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut config: ContainerConfig = body::of(fields)?;
    tidy(&mut config);
    let mut host: HostConfig = body::of(host)?;
    tidy_host(&mut host, call.version);
    let mut endpoints: BTreeMap<String, EndpointConfig> = match networking.get("EndpointsConfig") {
        Some(Value::Object(all)) => {
            let each = all.iter().map(|(name, config)| {
                let config = if config.is_null() { json!({}) } else { config.clone() };
                Ok((name.clone(), body::of(config)?))
            });
            each.collect::<Result<_, Refusal>>()?
        }
        _ => BTreeMap::new(),
    };
    endpoints.values_mut().for_each(tidy_endpoint);
    if !mac.is_empty() {
        endpoints.entry(host.network_mode.clone()).or_default().mac_address = mac;
    }
    let name = call.query.some("name").map(str::to_owned);
    let platform = call.query.some("platform").map(str::to_owned);
    Ok(Create { name, config, host, endpoints, platform })
}

/// An empty list where the client had none to give.
fn none_if_empty(list: &mut Option<Vec<String>>) {
    if list.as_ref().is_some_and(Vec::is_empty) {
        *list = None;
    }
}

/// The fields of an endpoint that a client asks for; the rest is the daemon's.
pub fn tidy_endpoint(endpoint: &mut EndpointConfig) {
    none_if_empty(&mut endpoint.links);
    none_if_empty(&mut endpoint.aliases);
    if endpoint.driver_opts.as_ref().is_some_and(BTreeMap::is_empty) {
        endpoint.driver_opts = None;
    }
    let empty = |config: &Value| config.as_object().is_some_and(|fields| fields.values().all(is_empty));
    if endpoint.ipam_config.as_ref().is_some_and(empty) {
        endpoint.ipam_config = None;
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        _ => false,
    }
}

fn tidy(config: &mut ContainerConfig) {
    none_if_empty(&mut config.cmd);
    none_if_empty(&mut config.on_build);
    none_if_empty(&mut config.shell);
    if config.exposed_ports.as_ref().is_some_and(BTreeMap::is_empty) {
        config.exposed_ports = None;
    }
    if config.volumes.as_ref().is_some_and(BTreeMap::is_empty) {
        config.volumes = None;
    }
    if config.stop_signal.as_ref().is_some_and(String::is_empty) {
        config.stop_signal = None;
    }
}

/// What is empty is as the daemon has it by default.
fn tidy_host(host: &mut HostConfig, version: Version) {
    let usual = HostConfig::default();
    for (text, usual) in [
        (&mut host.network_mode, usual.network_mode),
        (&mut host.cgroupns_mode, usual.cgroupns_mode),
        (&mut host.ipc_mode, usual.ipc_mode),
        (&mut host.runtime, usual.runtime),
        (&mut host.log_config.kind, usual.log_config.kind),
        (&mut host.restart_policy.name, usual.restart_policy.name),
    ] {
        if text.is_empty() {
            *text = usual;
        }
    }
    if host.shm_size == 0 {
        host.shm_size = usual.shm_size;
    }
    for list in [
        &mut host.binds,
        &mut host.volumes_from,
        &mut host.cap_add,
        &mut host.cap_drop,
        &mut host.dns,
        &mut host.extra_hosts,
        &mut host.group_add,
        &mut host.links,
        &mut host.security_opt,
        &mut host.device_cgroup_rules,
    ] {
        none_if_empty(list);
    }
    for map in [&mut host.annotations, &mut host.storage_opt, &mut host.tmpfs, &mut host.sysctls]
        .into_iter()
        .flatten()
    {
        map.retain(|name, _| !name.is_empty());
    }
    for map in [&mut host.annotations, &mut host.storage_opt, &mut host.tmpfs, &mut host.sysctls] {
        if map.as_ref().is_some_and(BTreeMap::is_empty) {
            *map = None;
        }
    }
    if host.mounts.as_ref().is_some_and(Vec::is_empty) {
        host.mounts = None;
    }
    if host.device_requests.as_ref().is_some_and(Vec::is_empty) {
        host.device_requests = None;
    }
    host.mounts.iter_mut().flatten().for_each(|mount| tidy_mount(mount, version));
    if host.pids_limit == Some(0) {
        host.pids_limit = None;
    }
    if host.memory_swappiness == Some(-1) {
        host.memory_swappiness = None;
    }
}

/// Options without content are none.
fn tidy_mount(mount: &mut MountSpec, version: Version) {
    let empty = |options: &Option<Value>| {
        options.as_ref().and_then(Value::as_object).is_some_and(serde_json::Map::is_empty)
    };
    if empty(&mount.tmpfs_options) {
        mount.tmpfs_options = None;
    }
    if empty(&mount.bind_options) {
        mount.bind_options = None;
    }
    if version < Version(1, 44)
        && let Some(Value::Object(options)) = &mut mount.bind_options
    {
        // Older clients do not know these, and the daemon does not heed them from one.
        options.shift_remove("ReadOnlyNonRecursive");
        options.shift_remove("ReadOnlyForceRecursive");
    }
}
