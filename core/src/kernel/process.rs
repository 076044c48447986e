//! A process: an entry of the process table, plain data.

use super::{DescId, Disposition, NsId, Program, Signal};
use crate::base::{Errno, ObjectId, Time};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A process number as the simulated host sees it; 0 is the daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Pid(pub u32);

impl Pid {
    /// The parent of what the daemon starts itself.
    pub const DAEMON: Pid = Pid(0);
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    /// By itself.
    Code(i32),
    /// By a signal.
    Signal(Signal),
}

impl Exit {
    /// The number `$?` and Docker show: the code, or 128 and the signal's number.
    pub fn status(self) -> i32 {
        match self {
            Exit::Code(code) => code & 0xff,
            Exit::Signal(signal) => 128 + signal.number(),
        }
    }
}

/// What a waiting process waits for; whichever comes first. A signal it handles wakes it too.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wait {
    /// Descriptors that have something to read, or have ended.
    pub read: Vec<i32>,
    /// Descriptors that take output again.
    pub write: Vec<i32>,
    /// A moment.
    pub until: Option<Time>,
    /// A child that ended.
    pub child: bool,
    /// Any change in the daemon: a container's state, new log lines, an event.
    pub daemon: bool,
}

impl Wait {
    /// Until `fd` can be read.
    pub fn readable(fd: i32) -> Self {
        Self { read: vec![fd], ..Self::default() }
    }

    /// Until a moment.
    pub fn until(time: Time) -> Self {
        Self { until: Some(time), ..Self::default() }
    }

    /// Until a child ends.
    pub fn child() -> Self {
        Self { child: true, ..Self::default() }
    }

    /// Until something changes in the daemon.
    pub fn daemon() -> Self {
        Self { daemon: true, ..Self::default() }
    }

    /// Until a signal that the program handles; nothing else wakes it.
    pub fn signal() -> Self {
        Self::default()
    }

    /// This, or `fd` readable.
    pub fn or_readable(mut self, fd: i32) -> Self {
        self.read.push(fd);
        self
    }

    /// This, or the moment, whichever comes first.
    pub fn or_until(mut self, time: Time) -> Self {
        self.until = Some(self.until.map_or(time, |t| t.min(time)));
        self
    }
}

/// Where a process stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Run {
    /// It has work to do.
    Ready,
    /// It waits.
    Waiting(Wait),
    /// Stopped by a signal until `CONT`.
    Stopped,
    /// Ended, not yet waited for by its parent.
    Zombie(Exit),
}

/// Who a process acts as.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Credentials {
    /// User id; 0 passes every permission check.
    pub uid: u32,
    /// Primary group id.
    pub gid: u32,
    /// Supplementary group ids.
    pub groups: Vec<u32>,
    /// The capabilities that it lacks even as root, as a mask.
    #[serde(default)]
    pub lost: u64,
}

/// The family whose options and messages a program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Flavor {
    /// GNU coreutils and friends, bash.
    #[default]
    Gnu,
    /// The applets of one busybox binary, its ash.
    Busybox,
}

/// A slot of the descriptor table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fd {
    /// The open file description it refers to.
    pub desc: DescId,
    /// Closed by `exec`.
    pub cloexec: bool,
}

/// One process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// Its number on the host.
    pub pid: Pid,
    /// Its number in its own pid namespace.
    pub vpid: u32,
    /// Its parent.
    pub parent: Pid,
    /// Its process group: the pid of the group's leader.
    pub group: Pid,
    /// The namespaces it lives in.
    pub ns: NsId,
    /// Who it acts as.
    pub cred: Credentials,
    /// Permission bits that new files do not get.
    pub umask: u32,
    /// Working directory, an absolute path in its namespace.
    pub cwd: String,
    /// Path of its program file.
    pub exe: String,
    /// Its name as `ps -o comm` shows it.
    pub comm: String,
    /// Its arguments; the first is the name it was called by.
    pub argv: Arc<[String]>,
    /// Its environment, in the order it was given.
    pub env: Arc<Vec<(String, String)>>,
    /// Whose messages it speaks.
    pub flavor: Flavor,
    /// Open descriptors.
    pub fds: OrdMap<i32, Fd>,
    /// Where it stands.
    pub run: Run,
    /// The program, `None` only while it takes its turn.
    pub program: Code,
    /// Output accepted from the program and not yet taken by its descriptors.
    pub pending: Vec<(i32, Vec<u8>)>,
    /// Standard input that `Sys::stdin_to_end` has collected so far.
    pub collected: Vec<u8>,
    /// How many bytes of standard input were counted and not kept, since they were too many.
    #[serde(default)]
    pub dropped: u64,
    /// Signals on their way.
    pub signals: BTreeSet<Signal>,
    /// Signals with a disposition of their own.
    pub dispositions: BTreeMap<Signal, Disposition>,
    /// When it started.
    pub started: Time,
    /// Steps it has taken: its use of the processor, in microseconds of virtual time.
    pub cpu_micros: u64,
    /// The memory it has claimed beside its program, in bytes.
    #[serde(default)]
    pub memory: u64,
    /// Set by a step that ended while output is pending.
    pub ending: Option<Exit>,
    /// A descriptor that took no more, and why; what that means is not decided yet.
    #[serde(default)]
    pub(super) failed_write: Option<(i32, Errno)>,
    /// The daemon wants to be told of its end and reaps it itself.
    pub watched: bool,
    /// The container or exec that its end is told of.
    pub owner: Option<ObjectId>,
}

/// The program of a process. A wrapper that gives a trait object the traits of plain data.
#[derive(Debug)]
pub enum Code {
    /// Not yet started: its name in the program table.
    Named(String),
    /// A plain function of the table, by name, and what of its input is needed before it can run.
    Main(String),
    /// A state, under the name that thaws it.
    State(String, Box<dyn Program>),
    /// A state read from a save file and not yet thawed.
    Frozen(String, serde_json::Value),
    /// Taking its turn right now.
    Running,
}

impl Clone for Code {
    fn clone(&self) -> Self {
        match self {
            Code::Named(name) => Code::Named(name.clone()),
            Code::Main(name) => Code::Main(name.clone()),
            Code::State(name, program) => Code::State(name.clone(), program.boxed_clone()),
            Code::Frozen(name, value) => Code::Frozen(name.clone(), value.clone()),
            Code::Running => Code::Running,
        }
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Code::Named(a), Code::Named(b)) | (Code::Main(a), Code::Main(b)) => a == b,
            // A page compares no worlds, and is smaller without what that takes.
            #[cfg(feature = "saves")]
            (Code::State(a, p), Code::State(b, q)) => a == b && p.equals(q.as_ref()),
            (Code::Frozen(a, v), Code::Frozen(b, w)) => a == b && v == w,
            #[cfg(feature = "saves")]
            (Code::State(a, p), Code::Frozen(b, v)) | (Code::Frozen(b, v), Code::State(a, p)) => {
                a == b && p.freeze() == *v
            }
            (Code::Running, Code::Running) => true,
            _ => false,
        }
    }
}

#[derive(Serialize, Deserialize)]
enum FrozenCode {
    Named(String),
    Main(String),
    State(String, serde_json::Value),
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Code::Named(name) => FrozenCode::Named(name.clone()),
            Code::Main(name) => FrozenCode::Main(name.clone()),
            #[cfg(feature = "saves")]
            Code::State(name, program) => FrozenCode::State(name.clone(), program.freeze()),
            #[cfg(not(feature = "saves"))]
            Code::State(..) => return Err(serde::ser::Error::custom("this build writes no save files")),
            Code::Frozen(name, value) => FrozenCode::State(name.clone(), value.clone()),
            Code::Running => {
                return Err(serde::ser::Error::custom("a program cannot be saved during its turn"));
            }
        }
        .serialize(s)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(match FrozenCode::deserialize(d)? {
            FrozenCode::Named(name) => Code::Named(name),
            FrozenCode::Main(name) => Code::Main(name),
            FrozenCode::State(name, value) => Code::Frozen(name, value),
        })
    }
}
