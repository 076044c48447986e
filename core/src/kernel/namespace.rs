//! The surroundings of a group of processes: mounts, host name, network and limits.

use super::{FsId, Pid, PidNsId, TtyId, net::NetNsId, vfs::Place};
use crate::fs::Ino;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a mount shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// A filesystem from one of its directories (or files) on.
    Disk {
        /// Which.
        fs: FsId,
        /// From where on.
        root: Ino,
    },
    /// `/proc`.
    Proc,
    /// `/sys`.
    Sys,
}

/// A mount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// The absolute path it is seen at.
    pub target: String,
    /// What it covers; `None` for the root.
    pub over: Option<Place>,
    /// What it shows.
    pub source: Source,
    /// Writes are refused with `EROFS`.
    pub read_only: bool,
    /// The type and device that `mount` and `df` print: `overlay`, `tmpfs`, `ext4` …
    pub fs_type: String,
    /// The device that `mount` and `df` print.
    pub device: String,
    /// The options that `mount` prints where they are not the usual ones: `rw,noexec,relatime,size=1024k`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub options: String,
}

impl Mount {
    /// The options as `mount` prints them.
    pub fn shown_options(&self) -> &str {
        match (self.options.as_str(), self.read_only) {
            ("", true) => "ro,relatime",
            ("", false) => "rw,relatime",
            (options, _) => options,
        }
    }

    /// True where no file may be executed.
    pub fn is_noexec(&self) -> bool {
        self.options.split(',').any(|option| option == "noexec")
    }
}

/// Limits on the processes of a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Limits {
    /// How many processes may live at once (`--pids-limit`).
    pub pids: Option<u32>,
    /// Memory in bytes (`--memory`); a program that takes more is killed.
    pub memory: Option<u64>,
    /// Processors, in billionths (`--cpus`).
    pub nano_cpus: Option<u64>,
    /// `--ulimit`: the soft and the hard limit by name, such as `nofile`.
    pub ulimits: BTreeMap<String, (i64, i64)>,
    /// `--security-opt no-new-privileges`.
    #[serde(default)]
    pub no_new_privileges: bool,
    /// System calls are filtered, as in a container that is not privileged.
    #[serde(default)]
    pub filtered: bool,
    /// `--oom-score-adj`.
    #[serde(default)]
    pub oom_score_adj: i64,
    /// `--sysctl`: kernel parameters of the namespace by dotted name.
    pub sysctls: BTreeMap<String, String>,
}

impl Limits {
    /// The soft limit of a name such as `nofile`, where there is one.
    pub fn soft(&self, name: &str) -> Option<u64> {
        self.ulimits.get(name).and_then(|(soft, _)| u64::try_from(*soft).ok())
    }
}

/// The host's surroundings, or a container's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Namespace {
    /// The host name.
    pub hostname: String,
    /// Mounts in the order they were made; the first is the root.
    pub mounts: Vec<Mount>,
    /// The network it is in.
    pub net: NetNsId,
    /// Its process numbers.
    pub pids: PidNsId,
    /// Its limits.
    pub limits: Limits,
    /// The freezer: nothing in it runs.
    pub paused: bool,
    /// A kernel's out-of-memory kill happened in it.
    pub oom_killed: bool,
    /// Its terminal, where it has one: what `/dev/tty` and `/dev/console` are.
    pub tty: Option<TtyId>,
    /// What it may do beyond its user id, such as `NET_BIND_SERVICE` (without `CAP_`);
    /// empty for everything.
    pub capabilities: Vec<String>,
}

/// A process-number namespace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PidNs {
    /// The next number.
    pub next: u32,
    /// Its processes by number.
    pub members: OrdMap<u32, Pid>,
}
