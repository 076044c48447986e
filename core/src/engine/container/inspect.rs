//! `inspect`: all that is known of a container, as the Engine API writes it.

use super::wire::{self, EndpointWire, MountWire};
use crate::base::time_format::{ZERO_TIME, rfc3339_nano};
use crate::base::{Digest, Gather, ObjectId, Time};
use crate::engine::network::Mode;
use crate::model::{Container, ContainerConfig, EngineError, Health, HostConfig, PortBinding, Status, World};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The answer of `GET /containers/ID/json`, in the order of its fields.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Inspect<'a> {
    id: String,
    created: String,
    path: &'a str,
    args: &'a [String],
    state: State<'a>,
    image: String,
    resolv_conf_path: String,
    hostname_path: String,
    hosts_path: String,
    log_path: String,
    name: String,
    restart_count: u32,
    driver: &'static str,
    platform: &'static str,
    mount_label: &'static str,
    process_label: &'static str,
    app_armor_profile: &'static str,
    #[serde(rename = "ExecIDs")]
    exec_ids: Option<Vec<String>>,
    host_config: &'a HostConfig,
    storage: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_rw: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_root_fs: Option<u64>,
    mounts: Vec<MountWire>,
    config: &'a ContainerConfig,
    network_settings: NetworkSettings<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_manifest_descriptor: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct State<'a> {
    status: &'static str,
    running: bool,
    paused: bool,
    restarting: bool,
    #[serde(rename = "OOMKilled")]
    oom_killed: bool,
    dead: bool,
    pid: u32,
    exit_code: i32,
    error: &'a str,
    started_at: String,
    finished_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NetworkSettings<'a> {
    #[serde(rename = "SandboxID")]
    sandbox_id: String,
    sandbox_key: String,
    ports: BTreeMap<&'a str, Option<&'a [PortBinding]>>,
    networks: BTreeMap<String, EndpointWire>,
}

/// Everything about a container, in the order and with the names of the API; with `size` also what its files
/// take, in bytes.
///
/// # Errors
/// Not found.
pub fn inspect(world: &World, id: ObjectId, size: bool) -> Result<Value, EngineError> {
    let container =
        world.container(id).ok_or_else(|| EngineError::not_found(format!("No such container: {id}")))?;
    let sizes = size.then(|| wire::sizes(world, container));
    let dir = format!("/var/lib/docker/containers/{id}");
    let log = container.host.log_config.kind == "json-file";
    let shown = Inspect {
        id: id.to_string(),
        created: rfc3339_nano(container.created),
        path: &container.path,
        args: &container.args,
        state: state(container),
        image: container.image.to_string(),
        resolv_conf_path: format!("{dir}/resolv.conf"),
        hostname_path: format!("{dir}/hostname"),
        hosts_path: format!("{dir}/hosts"),
        log_path: if log { format!("{dir}/{id}-json.log") } else { String::new() },
        name: format!("/{}", container.name),
        restart_count: container.restart_count,
        driver: "overlayfs",
        platform: "linux",
        mount_label: "",
        process_label: "",
        app_armor_profile: "",
        exec_ids: running_execs(world, container),
        host_config: &container.host,
        storage: json!({ "RootFS": { "Snapshot": { "Name": "overlayfs" } } }),
        size_rw: sizes.map(|(own, _)| own),
        size_root_fs: sizes.map(|(_, whole)| whole),
        mounts: container.mounts.iter().map(MountWire::of).collect(),
        config: &container.config,
        network_settings: network_settings(world, container),
        image_manifest_descriptor: wire::manifest(world, container),
    };
    serde_json::to_value(shown).map_err(|e| EngineError::system(e.to_string()))
}

fn moment(at: Option<Time>) -> String {
    at.map_or_else(|| ZERO_TIME.to_owned(), rfc3339_nano)
}

fn state(container: &Container) -> State<'_> {
    let status = container.status;
    State {
        status: status.word(),
        running: status.is_alive() || status == Status::Restarting,
        paused: status == Status::Paused,
        restarting: status == Status::Restarting,
        oom_killed: container.oom_killed,
        dead: status == Status::Dead,
        pid: container.runtime.as_ref().map_or(0, |r| r.init.0),
        exit_code: container.exit_code,
        error: &container.error,
        started_at: moment(container.started),
        finished_at: moment(container.finished),
        health: container.health.as_ref().filter(|_| container.started.is_some()).map(health),
    }
}

fn health(health: &Health) -> Value {
    let log: Vec<Value> = health
        .log
        .iter()
        .map(|probe| {
            json!({
                "Start": rfc3339_nano(probe.start),
                "End": rfc3339_nano(probe.end),
                "ExitCode": probe.exit_code,
                "Output": probe.output,
            })
        })
        .collect();
    json!({ "Status": health.status, "FailingStreak": health.failing_streak, "Log": log })
}

/// The execs that have not ended; none is null.
fn running_execs(world: &World, container: &Container) -> Option<Vec<String>> {
    let open = container.execs.iter().filter(|id| world.exec(**id).is_some_and(|e| e.exit_code.is_none()));
    Some(open.map(ToString::to_string).collect::<Vec<_>>()).filter(|all| !all.is_empty())
}

fn network_settings<'a>(world: &World, container: &'a Container) -> NetworkSettings<'a> {
    let own = container.status.is_alive() && Mode::of(&container.host.network_mode) == Mode::Own;
    let started = container.started.unwrap_or_default();
    let sandbox_id = if own {
        Digest::of(format!("sandbox {} {}", container.id, started.0).as_bytes()).hex()
    } else {
        String::new()
    };
    let sandbox_key =
        sandbox_id.get(..12).map_or(String::new(), |short| format!("/run/docker/netns/{short}"));
    let ports = container.ports.iter().map(|(port, bindings)| {
        let bindings = Some(bindings.as_slice()).filter(|b| !b.is_empty());
        (port.as_str(), bindings)
    });
    NetworkSettings {
        sandbox_id,
        sandbox_key,
        ports: ports.gather(),
        networks: wire::networks(world, container),
    }
}
