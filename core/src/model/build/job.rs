//! A build under way. It belongs to the daemon; a client looks on and, by going away, calls it off.

use super::plan::{Plan, Range, Request};
use super::progress::Progress;
use crate::base::{Digest, Time};
use crate::fs::View;
use crate::kernel::{FsId, NsId, Pid, PidNsId, SinkId, Stream};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The chain it ended with; none for an empty tree.
    pub chain: Option<Digest>,
    /// Its key in the cache.
    pub key: Digest,
    /// When its layer was made.
    pub created: Time,
}

/// Why a build failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// The message after `failed to solve: `.
    pub message: String,
    /// The lines to show.
    pub range: Option<Range>,
    /// The step that failed, and the last lines it printed.
    pub step: Option<(String, Vec<String>)>,
}

/// The process of a `RUN`, and what it holds of the kernel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// The process.
    pub pid: Pid,
    /// Its namespaces.
    pub ns: NsId,
    /// Its numbers.
    pub pids: PidNsId,
    /// Its root.
    pub root: FsId,
    /// Where it prints to.
    pub sink: SinkId,
    /// Filesystems that go afterwards.
    pub extra: Vec<FsId>,
    /// Cache mounts: id and filesystem.
    pub caches: Vec<(String, FsId)>,
}

/// A `RUN` under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Active {
    /// Its process.
    pub running: Running,
    /// The key its result will have.
    pub key: Digest,
    /// When the step began.
    pub began: Time,
    /// What it printed.
    pub output: Output,
}

/// What the process of a `RUN` printed, as far as it is still of use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The last lines.
    pub log: Vec<String>,
    /// An unfinished line, and where it goes.
    pub partial: (Option<Stream>, Vec<u8>),
    /// How many bytes there were.
    pub printed: usize,
}

/// How far a step has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeState {
    /// It has not begun.
    #[default]
    Waiting,
    /// An image whose result is known and whose layers nobody has needed yet.
    Known(Outcome),
    /// It is done at a moment: copying, loading.
    Busy {
        /// When it began.
        began: Time,
        /// When to look at it again.
        next: Time,
        /// When it is done.
        until: Time,
        /// The key its result will have; an input has none.
        key: Option<Digest>,
    },
    /// A process runs.
    Running(Box<Active>),
    /// It is done.
    Done(Outcome),
}

/// A build under way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// What was asked for.
    pub request: Request,
    /// What is to be done.
    pub plan: Plan,
    /// What there is to tell.
    pub progress: Progress,
    /// Who asked; the build ends with it.
    pub client: Option<Pid>,
    /// The directories of the client by name; the context has the empty one.
    pub contexts: BTreeMap<String, View>,
    /// How many bytes of each were sent.
    pub sent: BTreeMap<String, u64>,
    /// How far each step of the plan has come.
    pub states: Vec<NodeState>,
    /// The number that each step of the plan has in the progress.
    pub numbers: Vec<usize>,
    /// When it began.
    pub started: Time,
    /// How it ended.
    pub ended: Option<Result<(), Failed>>,
}
