//! What descriptors refer to: files, pipes, terminals, sockets, and the sinks the daemon reads.

use super::{Pid, net::ListenerId, net::StreamId, vfs::Place};
use crate::base::{ObjectId, Time};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
        pub struct $name(pub u64);
    )+};
}

ids! {
    /// An open file description.
    DescId,
    /// A pipe.
    PipeId,
    /// A terminal.
    TtyId,
    /// A sink: what a process prints straight to the daemon or the session.
    SinkId,
    /// A mounted filesystem.
    FsId,
    /// A set of namespaces: the host's, or a container's.
    NsId,
    /// A process-number namespace.
    PidNsId,
}

/// How many bytes a pipe or a socket holds, as on Linux.
pub const PIPE_CAPACITY: usize = 64 * 1024;
/// The largest file, or pipe, that a program may read whole, in bytes.
pub(super) const MAX_WHOLE: usize = 64 << 20;

/// Which of the two output streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Stream {
    /// Standard output.
    #[default]
    Stdout,
    /// Standard error.
    Stderr,
}

/// Bytes that were printed in one go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// When.
    pub time: Time,
    /// Where to.
    pub stream: Stream,
    /// What.
    pub data: Arc<[u8]>,
}

/// A pipe: a bounded buffer between those who write and those who read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pipe {
    /// Bytes on their way.
    pub buffer: VecDeque<u8>,
    /// Open ends for reading.
    pub readers: u32,
    /// Open ends for writing.
    pub writers: u32,
    /// Who waits for a change.
    pub waiters: BTreeSet<Pid>,
    /// It is read as a file, at once: it holds all that is written.
    #[serde(default)]
    pub whole: bool,
}

/// Output without a bound that the daemon or the session takes away after each round.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sink {
    /// What was printed since it was last emptied.
    pub chunks: Vec<Chunk>,
    /// Descriptors that refer to it.
    pub writers: u32,
    /// Whose it is: the container or exec that new output is told of.
    pub owner: Option<ObjectId>,
}

/// A terminal in canonical mode: lines in, bytes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tty {
    /// Typed and not yet read.
    pub input: VecDeque<u8>,
    /// Keys pressed since the last line was ended.
    #[serde(default)]
    pub line: Vec<u8>,
    /// Ctrl-D was typed, or the other side has gone: the next read of an empty input ends.
    pub eof: bool,
    /// Printed and not yet taken away.
    pub output: Vec<Chunk>,
    /// The process group that Ctrl-C reaches.
    pub foreground: Option<Pid>,
    /// Rows and columns.
    pub size: (u16, u16),
    /// Whose it is: the container or exec that new output is told of.
    pub owner: Option<ObjectId>,
    /// Who waits for input.
    pub waiters: BTreeSet<Pid>,
    /// Who has asked that what is typed is not shown, until it ends or shows it again.
    pub silent_for: Option<Pid>,
}

impl Default for Tty {
    fn default() -> Self {
        Self {
            input: VecDeque::new(),
            line: Vec::new(),
            eof: false,
            output: Vec::new(),
            foreground: None,
            size: (24, 80),
            owner: None,
            waiters: BTreeSet::new(),
            silent_for: None,
        }
    }
}

/// What an open file description refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Object {
    /// A file or directory on a mounted filesystem.
    File(Place),
    /// A generated file of /proc or /sys, as it was when opened.
    Generated(Arc<[u8]>),
    /// `/dev/null`.
    Null,
    /// `/dev/zero`, and `/dev/full` for reading.
    Zero,
    /// `/dev/full`.
    Full,
    /// `/dev/random` and `/dev/urandom`.
    Random,
    /// The end of a pipe that is read.
    PipeReader(PipeId),
    /// The end of a pipe that is written.
    PipeWriter(PipeId),
    /// A sink, as one of its two streams.
    Sink(SinkId, Stream),
    /// A terminal.
    Tty(TtyId),
    /// A connected socket.
    Stream(StreamId),
    /// A listening socket.
    Listener(ListenerId),
}

/// How a file was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OpenFlags {
    /// For reading.
    pub read: bool,
    /// For writing.
    pub write: bool,
    /// Every write goes to the end.
    pub append: bool,
    /// Made if missing.
    pub create: bool,
    /// Must not exist yet (with `create`).
    pub exclusive: bool,
    /// Emptied.
    pub truncate: bool,
}

impl OpenFlags {
    /// For reading.
    pub const READ: Self =
        Self { read: true, write: false, append: false, create: false, exclusive: false, truncate: false };
    /// For writing from the start, made or emptied: the shell's `>`.
    pub const WRITE: Self = Self { read: false, write: true, create: true, truncate: true, ..Self::READ };
    /// For writing at the end, made if missing: the shell's `>>`.
    pub const APPEND: Self = Self { append: true, truncate: false, ..Self::WRITE };
    /// For both, as is.
    pub const BOTH: Self = Self { write: true, ..Self::READ };
}

/// An open file description: shared by `dup` and by children.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// What it refers to.
    pub object: Object,
    /// Where the next read or write is, in bytes (for directories, in entries).
    pub offset: u64,
    /// How it was opened.
    pub flags: OpenFlags,
    /// How many descriptors share it.
    pub refs: u32,
    /// The path it was opened by, or a name such as `pipe:[7]`.
    pub path: String,
}
