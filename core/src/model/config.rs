//! What a container is configured to be: the two documents that `docker run` fills in and `inspect` prints.
//!
//! Field names, order and defaults are those of the Engine API (1.55), so that the same types serve save
//! files, `inspect` and `POST /containers/create`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A JSON object whose values carry nothing: how the API writes sets.
pub type Set = BTreeMap<String, Nothing>;

/// The empty JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Nothing {}

/// A health check.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Healthcheck {
    /// `["CMD", …]`, `["CMD-SHELL", line]`, `["NONE"]`, or empty to inherit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub test: Vec<String>,
    /// Nanoseconds between checks; 0 for the default of 30 s.
    #[serde(skip_serializing_if = "is_zero")]
    pub interval: i64,
    /// Nanoseconds a check may take; 0 for the default of 30 s.
    #[serde(skip_serializing_if = "is_zero")]
    pub timeout: i64,
    /// Nanoseconds after the start in which failures do not count.
    #[serde(skip_serializing_if = "is_zero")]
    pub start_period: i64,
    /// Nanoseconds between checks during the start period; 0 for the default of 5 s.
    #[serde(skip_serializing_if = "is_zero")]
    pub start_interval: i64,
    /// Failures in a row that make a container unhealthy; 0 for the default of 3.
    #[serde(skip_serializing_if = "is_zero")]
    pub retries: i64,
}

fn is_zero(n: &i64) -> bool {
    *n == 0
}

/// The portable configuration of a container, part of which comes from its image.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ContainerConfig {
    /// Host name.
    pub hostname: String,
    /// Domain name.
    pub domainname: String,
    /// `--user`.
    pub user: String,
    /// The client attached to standard input.
    pub attach_stdin: bool,
    /// The client attached to standard output.
    pub attach_stdout: bool,
    /// The client attached to standard error.
    pub attach_stderr: bool,
    /// Ports the image or `--expose` names, such as `80/tcp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exposed_ports: Option<Set>,
    /// A terminal.
    pub tty: bool,
    /// Standard input stays open.
    pub open_stdin: bool,
    /// Standard input closes with the first client.
    pub stdin_once: bool,
    /// `NAME=value`.
    pub env: Vec<String>,
    /// The command, or the arguments of the entrypoint.
    pub cmd: Option<Vec<String>>,
    /// The health check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
    /// The image as the user named it.
    pub image: String,
    /// Mount points for anonymous volumes.
    pub volumes: Option<Set>,
    /// Where the command starts.
    pub working_dir: String,
    /// What runs before the command.
    pub entrypoint: Option<Vec<String>>,
    /// `ONBUILD` instructions of the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_build: Option<Vec<String>>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// The signal of `docker stop`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<String>,
    /// Seconds that `docker stop` waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<i64>,
    /// The shell of shell-form instructions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shell: Option<Vec<String>>,
}

/// Where a published port is bound on the host.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PortBinding {
    /// The host address; empty for all.
    pub host_ip: String,
    /// The host port; empty for an ephemeral one.
    pub host_port: String,
}

/// Published ports by container port, such as `80/tcp`.
pub type PortMap = BTreeMap<String, Option<Vec<PortBinding>>>;

/// What happens when a container ends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RestartPolicy {
    /// `no`, `always`, `on-failure`, `unless-stopped`.
    pub name: String,
    /// For `on-failure`: how often at most; 0 without a bound.
    pub maximum_retry_count: i64,
}

/// Where a container's output goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LogConfig {
    /// The driver: `json-file`, `local`, `none` …
    #[serde(rename = "Type")]
    pub kind: String,
    /// Its options.
    pub config: BTreeMap<String, String>,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { kind: "json-file".into(), config: BTreeMap::new() }
    }
}

/// A `--mount`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MountSpec {
    /// `bind`, `volume`, `tmpfs`, `image`, `npipe`, `cluster`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The volume's name or the host's path; empty for an anonymous volume.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The path in the container.
    pub target: String,
    /// Writes are refused.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
    /// Options of a kind of mount, as the API takes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind_options: Option<serde_json::Value>,
    /// As above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_options: Option<VolumeOptions>,
    /// As above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tmpfs_options: Option<serde_json::Value>,
    /// As above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_options: Option<serde_json::Value>,
}

/// Options of a volume mount.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VolumeOptions {
    /// A new volume is not filled from the image.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_copy: bool,
    /// Labels of a new volume.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// A directory inside the volume.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subpath: String,
    /// Driver and options of a new volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver_config: Option<serde_json::Value>,
}

/// The share of a real-time scheduler.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Realtime {
    /// `--cpu-rt-period` in microseconds.
    #[serde(rename = "CpuRealtimePeriod")]
    pub period: i64,
    /// `--cpu-rt-runtime` in microseconds.
    #[serde(rename = "CpuRealtimeRuntime")]
    pub runtime: i64,
}

/// Settings that only Windows has; always zero here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WindowsOnly {
    /// How many processors.
    pub cpu_count: i64,
    /// Which part of them, in percent.
    pub cpu_percent: i64,
    /// Operations per second of the system disk.
    #[serde(rename = "IOMaximumIOps")]
    pub io_maximum_iops: u64,
    /// Bytes per second of the system disk.
    #[serde(rename = "IOMaximumBandwidth")]
    pub io_maximum_bandwidth: u64,
}

/// The configuration of a container that belongs to this host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostConfig {
    /// `-v` in the form `source:target[:options]`.
    pub binds: Option<Vec<String>>,
    /// `--cidfile`.
    #[serde(rename = "ContainerIDFile")]
    pub container_id_file: String,
    /// The log driver.
    pub log_config: LogConfig,
    /// `bridge`, `host`, `none`, `container:ID` or a network.
    pub network_mode: String,
    /// Published ports.
    pub port_bindings: PortMap,
    /// What happens when it ends.
    pub restart_policy: RestartPolicy,
    /// `--rm`.
    pub auto_remove: bool,
    /// `--volume-driver`.
    pub volume_driver: String,
    /// `--volumes-from`.
    pub volumes_from: Option<Vec<String>>,
    /// Rows and columns of the client's terminal.
    pub console_size: [u32; 2],
    /// `--annotation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
    /// `--cap-add`.
    pub cap_add: Option<Vec<String>>,
    /// `--cap-drop`.
    pub cap_drop: Option<Vec<String>>,
    /// `--cgroupns`.
    pub cgroupns_mode: String,
    /// `--dns`.
    pub dns: Option<Vec<String>>,
    /// `--dns-option`.
    pub dns_options: Vec<String>,
    /// `--dns-search`.
    pub dns_search: Vec<String>,
    /// `--add-host` as `name:address`.
    pub extra_hosts: Option<Vec<String>>,
    /// `--group-add`.
    pub group_add: Option<Vec<String>>,
    /// `--ipc`.
    pub ipc_mode: String,
    /// Unused by Docker; always empty.
    pub cgroup: String,
    /// `--link` as `/target:/container/alias`.
    pub links: Option<Vec<String>>,
    /// `--oom-score-adj`.
    pub oom_score_adj: i64,
    /// `--pid`.
    pub pid_mode: String,
    /// `--privileged`.
    pub privileged: bool,
    /// `-P`.
    pub publish_all_ports: bool,
    /// `--read-only`.
    pub readonly_rootfs: bool,
    /// `--security-opt`.
    pub security_opt: Option<Vec<String>>,
    /// `--storage-opt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_opt: Option<BTreeMap<String, String>>,
    /// `--tmpfs`: options by path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tmpfs: Option<BTreeMap<String, String>>,
    /// `--uts`.
    #[serde(rename = "UTSMode")]
    pub uts_mode: String,
    /// `--userns`.
    pub userns_mode: String,
    /// `--shm-size` in bytes.
    pub shm_size: i64,
    /// `--sysctl`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sysctls: Option<BTreeMap<String, String>>,
    /// `--runtime`.
    pub runtime: String,
    /// `--isolation`.
    pub isolation: String,
    /// `--cpu-shares`.
    pub cpu_shares: i64,
    /// `--memory` in bytes.
    pub memory: i64,
    /// `--cpus` in billionths.
    pub nano_cpus: i64,
    /// `--cgroup-parent`.
    pub cgroup_parent: String,
    /// `--blkio-weight`.
    pub blkio_weight: u16,
    /// `--blkio-weight-device`.
    pub blkio_weight_device: Vec<serde_json::Value>,
    /// `--device-read-bps`.
    pub blkio_device_read_bps: Vec<serde_json::Value>,
    /// `--device-write-bps`.
    pub blkio_device_write_bps: Vec<serde_json::Value>,
    /// `--device-read-iops`.
    #[serde(rename = "BlkioDeviceReadIOps")]
    pub blkio_device_read_iops: Vec<serde_json::Value>,
    /// `--device-write-iops`.
    #[serde(rename = "BlkioDeviceWriteIOps")]
    pub blkio_device_write_iops: Vec<serde_json::Value>,
    /// `--cpu-period` in microseconds.
    pub cpu_period: i64,
    /// `--cpu-quota` in microseconds.
    pub cpu_quota: i64,
    /// `--cpu-rt-period` and `--cpu-rt-runtime`.
    #[serde(flatten)]
    pub realtime: Realtime,
    /// `--cpuset-cpus`.
    pub cpuset_cpus: String,
    /// `--cpuset-mems`.
    pub cpuset_mems: String,
    /// `--device`.
    pub devices: Vec<serde_json::Value>,
    /// `--device-cgroup-rule`.
    pub device_cgroup_rules: Option<Vec<String>>,
    /// `--gpus`.
    pub device_requests: Option<Vec<serde_json::Value>>,
    /// `--memory-reservation` in bytes.
    pub memory_reservation: i64,
    /// `--memory-swap` in bytes; -1 without a bound.
    pub memory_swap: i64,
    /// `--memory-swappiness` in percent.
    pub memory_swappiness: Option<i64>,
    /// `--oom-kill-disable`.
    pub oom_kill_disable: bool,
    /// `--pids-limit`.
    pub pids_limit: Option<i64>,
    /// `--ulimit`.
    pub ulimits: Vec<serde_json::Value>,
    /// What only Windows has.
    #[serde(flatten)]
    pub windows: WindowsOnly,
    /// `--mount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mounts: Option<Vec<MountSpec>>,
    /// Paths hidden in the container.
    pub masked_paths: Option<Vec<String>>,
    /// Paths that are read-only in the container.
    pub readonly_paths: Option<Vec<String>>,
    /// `--init`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init: Option<bool>,
}

const MASKED: [&str; 12] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
];

const READ_ONLY: [&str; 5] = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

impl Default for HostConfig {
    fn default() -> Self {
        let strings = |list: &[&str]| Some(list.iter().map(|s| (*s).to_string()).collect());
        Self {
            binds: None,
            container_id_file: String::new(),
            log_config: LogConfig::default(),
            network_mode: "bridge".into(),
            port_bindings: PortMap::new(),
            restart_policy: RestartPolicy { name: "no".into(), maximum_retry_count: 0 },
            auto_remove: false,
            volume_driver: String::new(),
            volumes_from: None,
            mounts: None,
            console_size: [0, 0],
            annotations: None,
            cap_add: None,
            cap_drop: None,
            cgroupns_mode: "host".into(),
            dns: None,
            dns_options: vec![],
            dns_search: vec![],
            extra_hosts: None,
            group_add: None,
            ipc_mode: "private".into(),
            cgroup: String::new(),
            links: None,
            oom_score_adj: 0,
            pid_mode: String::new(),
            privileged: false,
            publish_all_ports: false,
            readonly_rootfs: false,
            security_opt: None,
            storage_opt: None,
            tmpfs: None,
            uts_mode: String::new(),
            userns_mode: String::new(),
            shm_size: 64 << 20,
            sysctls: None,
            runtime: "runc".into(),
            isolation: String::new(),
            cpu_shares: 0,
            memory: 0,
            nano_cpus: 0,
            cgroup_parent: String::new(),
            blkio_weight: 0,
            blkio_weight_device: vec![],
            blkio_device_read_bps: vec![],
            blkio_device_write_bps: vec![],
            blkio_device_read_iops: vec![],
            blkio_device_write_iops: vec![],
            cpu_period: 0,
            cpu_quota: 0,
            realtime: Realtime::default(),
            cpuset_cpus: String::new(),
            cpuset_mems: String::new(),
            devices: vec![],
            device_cgroup_rules: None,
            device_requests: None,
            memory_reservation: 0,
            memory_swap: 0,
            memory_swappiness: None,
            oom_kill_disable: false,
            init: None,
            pids_limit: None,
            ulimits: vec![],
            windows: WindowsOnly::default(),
            masked_paths: strings(&MASKED),
            readonly_paths: strings(&READ_ONLY),
        }
    }
}

/// What a user asks of one network of a container: `--network-alias`, `--ip` and so on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EndpointConfig {
    /// A fixed address.
    #[serde(rename = "IPAMConfig")]
    pub ipam_config: Option<serde_json::Value>,
    /// `--link` on this network.
    pub links: Option<Vec<String>>,
    /// Further names.
    pub aliases: Option<Vec<String>>,
    /// `--mac-address`.
    pub mac_address: String,
    /// Driver options.
    pub driver_opts: Option<BTreeMap<String, String>>,
    /// Whose gateway is the default one; the highest wins.
    pub gw_priority: i64,
}

impl EndpointConfig {
    /// The fixed IPv4 address asked for.
    pub fn ipv4(&self) -> Option<&str> {
        self.ipam_config.as_ref()?.get("IPv4Address")?.as_str().filter(|a| !a.is_empty())
    }
}
