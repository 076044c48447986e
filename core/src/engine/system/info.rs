//! `info`: facts about the daemon and the machine it runs on.

use super::version::KERNEL;
use crate::base::time_format::rfc3339_nano;
use crate::kernel::MEMORY_KB;
use crate::model::{Status, World};
use serde_json::{Map, Value, json};

/// The warning of a machine with control groups of version 1, which is what containers here see.
const CGROUP_WARNING: &str = "WARNING: Support for cgroup v1 is deprecated and planned to be removed by no later than May \
                              2029 (https://github.com/moby/moby/issues/51111)";

/// The daemon's facts as `GET /info` answers.
pub fn info(world: &World) -> Value {
    let count = |wanted: &[Status]| world.containers.values().filter(|c| wanted.contains(&c.status)).count();
    let mut all = Map::new();
    let parts = [
        json!({
            "ID": id(world),
            "Containers": world.containers.len(),
            "ContainersRunning": count(&[Status::Running, Status::Restarting]),
            "ContainersPaused": count(&[Status::Paused]),
            "ContainersStopped": count(&[Status::Created, Status::Exited, Status::Removing, Status::Dead]),
            "Images": world.images.images.len(),
            "Driver": "overlayfs",
            "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]],
            "Plugins": {
                "Volume": ["local"],
                "Network": ["bridge", "host", "ipvlan", "macvlan", "null", "overlay"],
                "Authorization": null,
                "Log": ["awslogs", "fluentd", "gcplogs", "gelf", "journald", "json-file", "local", "splunk", "syslog"],
            },
        }),
        limits(),
        machine(world),
        daemon(),
    ];
    for part in parts {
        if let Value::Object(part) = part {
            all.extend(part);
        }
    }
    Value::Object(all)
}

/// An id of this daemon: the one of its first network, in the form of a UUID.
fn id(world: &World) -> String {
    let hex = world.networks.keys().next().map_or("0".repeat(64), ToString::to_string);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

fn limits() -> Value {
    json!({
        "MemoryLimit": true,
        "SwapLimit": true,
        "CpuCfsPeriod": true,
        "CpuCfsQuota": true,
        "CPUShares": true,
        "CPUSet": true,
        "PidsLimit": true,
        "IPv4Forwarding": true,
        "Debug": false,
    })
}

fn machine(world: &World) -> Value {
    let name = world.kernel.namespace(world.host.ns).map_or("", |ns| ns.hostname.as_str());
    let release = crate::engine::container::host_file(world, "/etc/os-release");
    let fact = |key: &str| {
        let line = release.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix('='));
        line.map_or(String::new(), |v| v.trim_matches('"').to_string())
    };
    json!({
        "NFd": world.containers.len() * 8 + 24,
        "OomKillDisable": true,
        "NGoroutines": world.containers.len() * 6 + 40,
        "SystemTime": rfc3339_nano(world.now()),
        "LoggingDriver": "json-file",
        "CgroupDriver": "cgroupfs",
        "CgroupVersion": "1",
        "NEventsListener": 0,
        "KernelVersion": KERNEL,
        "OperatingSystem": fact("PRETTY_NAME"),
        "OSVersion": fact("VERSION_ID"),
        "OSType": "linux",
        "Architecture": "x86_64",
        "IndexServerAddress": "https://index.docker.io/v1/",
        "RegistryConfig": {
            "InsecureRegistryCIDRs": ["127.0.0.0/8", "::1/128"],
            "IndexConfigs": {
                "docker.io": { "Name": "docker.io", "Mirrors": [], "Secure": true, "Official": true },
            },
            "Mirrors": [],
        },
        "NCPU": 2,
        "MemTotal": MEMORY_KB << 10,
        "GenericResources": null,
        "DockerRootDir": "/var/lib/docker",
        "HttpProxy": "",
        "HttpsProxy": "",
        "NoProxy": "",
        "Name": name,
        "Labels": [],
        "ExperimentalBuild": false,
        "ServerVersion": world.release.version,
    })
}

fn daemon() -> Value {
    json!({
        "Runtimes": { "io.containerd.runc.v2": { "path": "runc" }, "runc": { "path": "runc" } },
        "DefaultRuntime": "runc",
        "Swarm": {
            "NodeID": "",
            "NodeAddr": "",
            "LocalNodeState": "inactive",
            "ControlAvailable": false,
            "Error": "",
            "RemoteManagers": null,
        },
        "LiveRestoreEnabled": false,
        "Isolation": "",
        "InitBinary": "docker-init",
        "ContainerdCommit": { "ID": "" },
        "RuncCommit": { "ID": "" },
        "InitCommit": { "ID": "" },
        "SecurityOptions": ["name=seccomp,profile=builtin"],
        "FirewallBackend": {
            "Driver": "iptables",
            "Info": [["EnableUserlandProxy", "true"], ["UserlandProxyPath", "/usr/bin/docker-proxy"]],
        },
        "CDISpecDirs": ["/etc/cdi", "/var/run/cdi"],
        "Containerd": {
            "Address": "/run/containerd/containerd.sock",
            "Namespaces": { "Containers": "moby", "Plugins": "plugins.moby" },
        },
        "Warnings": [CGROUP_WARNING],
    })
}
