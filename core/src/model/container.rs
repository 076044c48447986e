//! A container: its configuration, its state, its log, and what it holds of the kernel.

use super::{ContainerConfig, EndpointConfig, HostConfig, PortBinding, Status};
use crate::base::{Digest, ObjectId, Shared, Time};
use crate::kernel::net::NetNsId;
use crate::kernel::{Chunk, FsId, NsId, Pid, PidNsId, PipeId, SinkId, TtyId};
use imbl::Vector;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;
use std::sync::Arc;

/// What a health check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Probe {
    /// When it began.
    pub start: Time,
    /// When it ended.
    pub end: Time,
    /// Its exit code; -1 where it took too long.
    pub exit_code: i32,
    /// What it printed, cut to 4,096 bytes.
    pub output: String,
}

/// The health of a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// `starting`, `healthy` or `unhealthy`.
    pub status: String,
    /// Failures in a row.
    pub failing_streak: u32,
    /// The last five checks.
    pub log: VecDeque<Probe>,
    /// When the next check begins, where one is due.
    pub next: Option<Time>,
    /// The check that runs now: its exec and when it is given up.
    pub running: Option<(ObjectId, Time)>,
}

/// A mount as `inspect` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountPoint {
    /// `bind`, `volume`, `tmpfs` or `image`.
    pub kind: String,
    /// The volume's name.
    pub name: Option<String>,
    /// The host's path.
    pub source: String,
    /// The path in the container.
    pub destination: String,
    /// The volume's driver.
    pub driver: Option<String>,
    /// The options given with `-v`, or `z` for named volumes.
    pub mode: String,
    /// Writes are allowed.
    pub rw: bool,
    /// `rprivate` for binds, empty for volumes.
    pub propagation: String,
    /// A directory inside the volume.
    pub subpath: String,
    /// The volume was made for this container and has no name of the user's.
    pub anonymous: bool,
}

/// A container's place on a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The network, once the container has been started: until then its name alone counts.
    pub network: Option<ObjectId>,
    /// What the user asked for.
    pub config: EndpointConfig,
    /// The endpoint's own id while connected.
    pub id: Option<ObjectId>,
    /// The address while connected.
    pub address: Option<Ipv4Addr>,
    /// The hardware address while connected.
    pub mac: String,
    /// The names it answers to on user-defined networks.
    pub dns_names: Vec<String>,
}

/// What a running container holds of the kernel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runtime {
    /// Its namespaces.
    pub ns: NsId,
    /// Its process numbers.
    pub pids: PidNsId,
    /// Its network (another's with `--network container:`).
    pub net: NetNsId,
    /// Its first process.
    pub init: Pid,
    /// Where its output arrives, without a terminal.
    pub sink: Option<SinkId>,
    /// Its terminal.
    pub tty: Option<TtyId>,
    /// The pipe to its standard input, while open.
    pub stdin: Option<PipeId>,
    /// Temporary filesystems made for this run.
    pub tmpfs: Vec<FsId>,
}

/// A stop under way: what happens when its time is up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopping {
    /// When it is killed; `None` waits for ever.
    pub deadline: Option<Time>,
    /// It is started again afterwards (`docker restart`).
    pub restart: bool,
}

/// A container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Container {
    /// Its id.
    pub id: ObjectId,
    /// Its name, without the slash.
    pub name: String,
    /// When it was made.
    pub created: Time,
    /// The image it was made from.
    pub image: Digest,
    /// The size of the image as listings count it, in bytes: the second part of `ps -s`.
    pub image_size: u64,
    /// The manifest of the platform that was chosen.
    pub manifest: Digest,
    /// What runs: the program.
    pub path: String,
    /// What runs: its arguments.
    pub args: Vec<String>,
    /// The portable configuration, merged with the image's.
    pub config: ContainerConfig,
    /// The configuration for this host.
    pub host: Shared<HostConfig>,
    /// Where it stands.
    pub status: Status,
    /// How it ended last.
    pub exit_code: i32,
    /// Why it could not start last.
    pub error: String,
    /// The kernel killed it for memory.
    pub oom_killed: bool,
    /// When it started last.
    pub started: Option<Time>,
    /// When it ended last.
    pub finished: Option<Time>,
    /// How often its restart policy has run it again.
    pub restart_count: u32,
    /// How often in a row without having lived for ten seconds: the back-off's exponent.
    pub quick_failures: u32,
    /// When its restart policy runs it again.
    pub restart_at: Option<Time>,
    /// The user stopped it: `unless-stopped` and `always` leave it alone.
    pub stopped_by_user: bool,
    /// A stop under way.
    pub stopping: Option<Stopping>,
    /// Its health, where it has a check.
    pub health: Option<Health>,
    /// Mounts.
    pub mounts: Vec<MountPoint>,
    /// Networks by name.
    pub endpoints: Shared<BTreeMap<String, Endpoint>>,
    /// Published ports while running, by container port.
    pub ports: BTreeMap<String, Vec<PortBinding>>,
    /// Its root filesystem.
    pub rootfs: FsId,
    /// What it holds while alive.
    pub runtime: Option<Runtime>,
    /// Everything it has printed, whatever the log driver.
    pub output: Vector<Arc<Chunk>>,
    /// How many chunks went before the first of `output`, to make room.
    pub output_dropped: u64,
    /// How many bytes are in `output`.
    pub output_bytes: usize,
    /// Its execs, in the order they were made.
    pub execs: Vec<ObjectId>,
}

impl Container {
    /// How many chunks it has ever printed.
    pub fn printed(&self) -> u64 {
        self.output_dropped + self.output.len() as u64
    }

    /// The chunks it has printed since there were `before`.
    pub fn printed_since(&self, before: u64) -> Vec<Arc<Chunk>> {
        let skip = usize::try_from(before.saturating_sub(self.output_dropped)).unwrap_or(usize::MAX);
        self.output.skip(skip.min(self.output.len())).into_iter().collect()
    }
}

/// A command run in a container by `docker exec` or a health check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exec {
    /// Its id.
    pub id: ObjectId,
    /// The container.
    pub container: ObjectId,
    /// What runs.
    pub argv: Vec<String>,
    /// `--env`.
    pub env: Vec<String>,
    /// `--workdir`; empty for the container's.
    pub workdir: String,
    /// `--user`; empty for the container's.
    pub user: String,
    /// A terminal.
    pub tty: bool,
    /// Standard input is fed.
    pub open_stdin: bool,
    /// Standard output is shown.
    pub open_stdout: bool,
    /// Standard error is shown.
    pub open_stderr: bool,
    /// `--privileged`.
    pub privileged: bool,
    /// `--detach-keys`.
    pub detach_keys: String,
    /// Its process, once started.
    pub pid: Option<Pid>,
    /// How it ended.
    pub exit_code: Option<i32>,
    /// Where its output arrives.
    pub sink: Option<SinkId>,
    /// Its terminal.
    pub terminal: Option<TtyId>,
    /// The pipe to its standard input, while open.
    pub stdin: Option<PipeId>,
    /// What it has printed.
    pub output: Vector<Arc<Chunk>>,
    /// It belongs to a health check: no client shows it.
    pub probe: bool,
}
