//! Floor 2: the simulated Linux kernel. Processes, descriptors, pipes, terminals, mounts, signals and
//! sockets as plain data, and the deterministic scheduler that steps programs.
//!
//! Programs reach it through [`Sys`]; the engine starts processes in namespaces it makes and reads what
//! happened from [`Notice`]s. Nothing here knows what a container is.

mod budget;
mod capability;
mod files;
mod generated;
pub mod http;
mod loader;
mod memory;
mod namespace;
pub mod net;
mod object;
mod outside;
mod process;
mod program;
mod sched;
mod signal;
mod status;
mod sys;
mod table;
mod terminal;
#[cfg(test)]
pub mod testbed;
mod vfs;

pub use budget::{Budgets, Reached};
pub use capability::CAPABILITIES;
pub use generated::MEMORY_KB;
pub use loader::{Image, stub, stub_name};
pub use memory::PROCESS_BYTES;
pub use namespace::{Limits, Mount, Namespace, PidNs, Source};
pub use object::{
    Chunk, DescId, Description, FsId, NsId, Object, OpenFlags, PIPE_CAPACITY, PidNsId, Pipe, PipeId, Sink,
    SinkId, Stream, Tty, TtyId,
};
pub use process::{Code, Credentials, Exit, Fd, Flavor, Pid, Process, Run, Wait};
pub use program::{Applet, Behave, Main, Program, Programs, Start, Step, Stop, Thaw};
pub use sched::{Machine, Pulse, run_until_quiet};
pub use signal::{DefaultAction, Disposition, Signal};
pub use sys::{Growth, Read, Stat, Sys, TOO_MUCH};
pub use table::{Launch, Stdio};
pub use vfs::{Access, Place, Resolved, Target, Viewer, may};

use object::MAX_WHOLE;

use crate::base::{Duration, Errno, ObjectId, Rng, Time};
use crate::fs::{ChainStore, Inode, RehydrateError, View};
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Something the daemon wants to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Notice {
    /// A process the daemon launched ended; it stays a zombie until [`Kernel::reap`].
    Exited(Pid, Option<ObjectId>),
    /// Memory ran out in a namespace, and a process of it was killed.
    OutOfMemory(NsId),
    /// A sink or a terminal of this owner has new output.
    Output(ObjectId),
}

/// The simulated kernel: one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kernel {
    /// Virtual time.
    pub now: Time,
    /// When the host booted.
    pub boot: Time,
    /// The generator of everything random.
    pub rng: Rng,
    /// What may be used at most.
    #[serde(default)]
    pub budgets: Budgets,
    #[serde(default)]
    ledger: budget::Ledger,
    /// Units of work done since the host booted.
    #[serde(default)]
    pub worked: u64,
    processes: OrdMap<Pid, Arc<Process>>,
    ready: OrdSet<Pid>,
    timers: OrdSet<(Time, Pid)>,
    daemon_waiters: OrdSet<Pid>,
    namespaces: OrdMap<NsId, Arc<Namespace>>,
    pid_spaces: OrdMap<PidNsId, Arc<PidNs>>,
    filesystems: OrdMap<FsId, Arc<View>>,
    /// How many bytes the files of a filesystem may have, where there is a bound.
    #[serde(default)]
    quotas: OrdMap<FsId, u64>,
    descriptions: OrdMap<DescId, Arc<Description>>,
    pipes: OrdMap<PipeId, Arc<Pipe>>,
    ttys: OrdMap<TtyId, Arc<Tty>>,
    sinks: OrdMap<SinkId, Arc<Sink>>,
    /// Network namespaces, segments, sockets.
    pub net: net::Net,
    notices: Vec<Notice>,
    next_pid: u32,
    next_object: u64,
}

impl Kernel {
    /// An empty machine that booted at `now`.
    pub fn new(seed: u64, now: Time) -> Self {
        Self {
            now,
            boot: now,
            rng: Rng::new(seed),
            budgets: Budgets::default(),
            ledger: budget::Ledger::default(),
            worked: 0,
            processes: OrdMap::new(),
            ready: OrdSet::new(),
            timers: OrdSet::new(),
            daemon_waiters: OrdSet::new(),
            namespaces: OrdMap::new(),
            pid_spaces: OrdMap::new(),
            filesystems: OrdMap::new(),
            quotas: OrdMap::new(),
            descriptions: OrdMap::new(),
            pipes: OrdMap::new(),
            ttys: OrdMap::new(),
            sinks: OrdMap::new(),
            net: net::Net::default(),
            notices: Vec::new(),
            next_pid: 1000,
            next_object: 1,
        }
    }

    fn fresh(&mut self) -> u64 {
        let id = self.next_object;
        self.next_object += 1;
        id
    }

    /// Lets virtual time pass without anything running: what commands and calls cost.
    pub fn spend(&mut self, cost: Duration) {
        self.now += cost;
    }

    /// Takes the notices that have come up since the last call.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    fn notify(&mut self, notice: Notice) {
        if self.notices.last() != Some(&notice) {
            self.notices.push(notice);
        }
    }

    /// Wakes every process that waits for the daemon.
    pub fn wake_daemon_waiters(&mut self) {
        for pid in std::mem::take(&mut self.daemon_waiters) {
            self.wake(pid);
        }
    }

    /// Makes another program of the table of a process, as though it had executed it; it runs at once.
    pub fn become_program(&mut self, pid: Pid, name: &str) {
        if let Some(process) = self.process_mut(pid) {
            process.program = Code::Named(name.to_owned());
        }
        self.wake(pid);
    }

    // --- filesystems and namespaces -------------------------------------------------------------

    /// Adds a filesystem.
    pub fn add_fs(&mut self, view: View) -> FsId {
        let id = FsId(self.fresh());
        self.filesystems.insert(id, Arc::new(view));
        id
    }

    /// Bounds the bytes that the files of a filesystem may have: a tmpfs with `size=`.
    pub fn set_quota(&mut self, fs: FsId, bytes: u64) {
        self.quotas.insert(fs, bytes);
    }

    /// The bound of a filesystem and how much of it is taken, in bytes; `None` where there is none.
    pub fn quota(&self, fs: FsId) -> Option<(u64, u64)> {
        let bound = *self.quotas.get(&fs)?;
        Some((bound, self.view(fs).map_or(0, View::total_bytes)))
    }

    /// Takes a filesystem away, as when a container is removed.
    pub fn remove_fs(&mut self, fs: FsId) -> Option<Arc<View>> {
        self.quotas.remove(&fs);
        self.filesystems.remove(&fs)
    }

    /// A filesystem.
    pub fn view(&self, fs: FsId) -> Option<&View> {
        self.filesystems.get(&fs).map(AsRef::as_ref)
    }

    /// A filesystem, to change it.
    pub fn view_mut(&mut self, fs: FsId) -> Option<&mut View> {
        self.filesystems.get_mut(&fs).map(Arc::make_mut)
    }

    /// Gives every filesystem of a save file its base back.
    ///
    /// # Errors
    /// Where a base is missing or the inodes do not fit it.
    pub fn rehydrate(&mut self, store: &ChainStore) -> Result<(), RehydrateError> {
        let mut whole = self.filesystems.clone();
        for (id, view) in &self.filesystems {
            let mut view = view.as_ref().clone();
            view.rehydrate(store)?;
            whole.insert(*id, Arc::new(view));
        }
        self.filesystems = whole;
        Ok(())
    }

    /// The ids of all filesystems.
    pub fn filesystems(&self) -> impl Iterator<Item = FsId> {
        self.filesystems.keys().copied()
    }

    /// The inode at a place.
    pub fn inode(&self, place: Place) -> Option<&Inode> {
        self.view(place.fs)?.get(place.ino)
    }

    /// Adds a set of namespaces.
    pub fn add_namespace(&mut self, namespace: Namespace) -> NsId {
        let id = NsId(self.fresh());
        self.net.join_space(namespace.net);
        self.namespaces.insert(id, Arc::new(namespace));
        id
    }

    /// Adds a process-number namespace whose first process will be 1.
    pub fn add_pid_space(&mut self) -> PidNsId {
        let id = PidNsId(self.fresh());
        self.pid_spaces.insert(id, Arc::new(PidNs { next: 1, members: OrdMap::new() }));
        id
    }

    /// A set of namespaces.
    pub fn namespace(&self, ns: NsId) -> Option<&Namespace> {
        self.namespaces.get(&ns).map(AsRef::as_ref)
    }

    /// A set of namespaces, to change it. After clearing `paused` call [`Kernel::thaw`].
    pub fn namespace_mut(&mut self, ns: NsId) -> Option<&mut Namespace> {
        self.namespaces.get_mut(&ns).map(Arc::make_mut)
    }

    /// Takes a set of namespaces away; its processes must have ended.
    pub fn remove_namespace(&mut self, ns: NsId) {
        if let Some(namespace) = self.namespaces.remove(&ns) {
            self.net.leave_space(namespace.net);
        }
    }

    /// Takes a process-number namespace away.
    pub fn remove_pid_space(&mut self, pids: PidNsId) {
        self.pid_spaces.remove(&pids);
    }

    /// A process-number namespace.
    pub fn pid_space(&self, pids: PidNsId) -> Option<&PidNs> {
        self.pid_spaces.get(&pids).map(AsRef::as_ref)
    }

    // --- pipes, sinks, terminals the daemon and the session hold ---------------------------------

    /// A pipe whose two ends the caller holds (one reader, one writer).
    pub fn add_pipe(&mut self) -> PipeId {
        let id = PipeId(self.fresh());
        self.pipes.insert(id, Arc::new(Pipe { readers: 1, writers: 1, ..Pipe::default() }));
        id
    }

    /// A sink. New output is told of as the owner's.
    pub fn add_sink(&mut self, owner: Option<ObjectId>) -> SinkId {
        let id = SinkId(self.fresh());
        self.sinks.insert(id, Arc::new(Sink { owner, ..Sink::default() }));
        id
    }

    /// A terminal. New output is told of as the owner's.
    pub fn add_tty(&mut self, owner: Option<ObjectId>) -> TtyId {
        let id = TtyId(self.fresh());
        self.ttys.insert(id, Arc::new(Tty { owner, ..Tty::default() }));
        id
    }

    /// What was printed to a sink since the last call.
    pub fn take_sink(&mut self, sink: SinkId) -> Vec<Chunk> {
        match self.sinks.get(&sink) {
            Some(s) if !s.chunks.is_empty() => {}
            _ => return vec![],
        }
        self.sinks.get_mut(&sink).map_or(vec![], |s| std::mem::take(&mut Arc::make_mut(s).chunks))
    }

    /// What was printed to a terminal since the last call.
    pub fn take_tty_output(&mut self, tty: TtyId) -> Vec<Chunk> {
        match self.ttys.get(&tty) {
            Some(t) if !t.output.is_empty() => {}
            _ => return vec![],
        }
        self.ttys.get_mut(&tty).map_or(vec![], |t| std::mem::take(&mut Arc::make_mut(t).output))
    }

    /// A terminal.
    pub fn tty(&self, tty: TtyId) -> Option<&Tty> {
        self.ttys.get(&tty).map(AsRef::as_ref)
    }

    /// A terminal, to change its size or foreground group.
    pub fn tty_mut(&mut self, tty: TtyId) -> Option<&mut Tty> {
        self.ttys.get_mut(&tty).map(Arc::make_mut)
    }

    /// Types at a terminal.
    pub fn type_at(&mut self, tty: TtyId, data: &[u8]) {
        let Some(t) = self.tty_mut(tty) else { return };
        t.input.extend(data);
        let waiters = std::mem::take(&mut t.waiters);
        self.wake_all(waiters);
    }

    /// Ctrl-D at a terminal: the next read of an empty input ends.
    pub fn end_tty_input(&mut self, tty: TtyId) {
        let Some(t) = self.tty_mut(tty) else { return };
        t.eof = true;
        let waiters = std::mem::take(&mut t.waiters);
        self.wake_all(waiters);
    }

    /// True where a process waits to read from the terminal and nothing is typed ahead.
    pub fn tty_wants_input(&self, tty: TtyId) -> bool {
        self.tty(tty).is_some_and(|t| {
            t.input.is_empty()
                && !t.eof
                && t.waiters.iter().any(|pid| {
                    self.process(*pid)
                        .is_some_and(|p| matches!(&p.run, Run::Waiting(wait) if !wait.read.is_empty()))
                })
        })
    }

    /// Whether what is typed at a terminal is shown.
    pub fn tty_echoes(&self, tty: TtyId) -> bool {
        let silent = self.tty(tty).and_then(|t| t.silent_for).and_then(|pid| self.process(pid));
        silent.is_none_or(|process| matches!(process.run, Run::Zombie(_)))
    }

    /// Gives a terminal its size in rows and columns; its foreground is told where that is a new one.
    pub fn resize_tty(&mut self, tty: TtyId, size: (u16, u16)) {
        let Some(t) = self.tty_mut(tty).filter(|t| t.size != size) else { return };
        t.size = size;
        if let Some(group) = t.foreground {
            self.signal_group(group, Signal::WINCH);
        }
    }

    /// Removes a sink, terminal's or pipe's data once nothing refers to it.
    pub fn remove_sink(&mut self, sink: SinkId) {
        self.sinks.remove(&sink);
    }

    /// Removes a terminal.
    pub fn remove_tty(&mut self, tty: TtyId) {
        self.ttys.remove(&tty);
    }

    /// A pipe.
    pub fn pipe(&self, pipe: PipeId) -> Option<&Pipe> {
        self.pipes.get(&pipe).map(AsRef::as_ref)
    }

    /// Writes as much of `data` as fits; `None` where nobody reads any more.
    pub fn feed_pipe(&mut self, pipe: PipeId, data: &[u8]) -> Option<usize> {
        let p = Arc::make_mut(self.pipes.get_mut(&pipe)?);
        if p.readers == 0 {
            return None;
        }
        let capacity = if p.whole { MAX_WHOLE } else { PIPE_CAPACITY };
        let room = capacity.saturating_sub(p.buffer.len()).min(data.len());
        p.buffer.extend(&data[..room]);
        let waiters = std::mem::take(&mut p.waiters);
        self.wake_all(waiters);
        Some(room)
    }

    /// All that was written to a pipe, which stays in it.
    ///
    /// # Errors
    /// `EAGAIN` while someone may write more, who is given the room for it; `EFBIG` above 64 MiB.
    fn gather_pipe(&mut self, pipe: PipeId) -> Result<Vec<u8>, Errno> {
        let p = Arc::make_mut(self.pipes.get_mut(&pipe).ok_or(Errno::EBADF)?);
        p.whole = true;
        match (p.writers, p.buffer.len() >= MAX_WHOLE) {
            (0, _) => Ok(p.buffer.iter().copied().collect()),
            (_, true) => Err(Errno::EFBIG),
            (_, false) => {
                let waiters = std::mem::take(&mut p.waiters);
                self.wake_all(waiters);
                Err(Errno::EAGAIN)
            }
        }
    }

    /// Takes up to `max` bytes; an empty result with `ended` set is the end.
    pub fn drain_pipe(&mut self, pipe: PipeId, max: usize) -> Vec<u8> {
        let Some(p) = self.pipes.get_mut(&pipe).map(Arc::make_mut) else { return vec![] };
        let n = p.buffer.len().min(max);
        let data = p.buffer.drain(..n).collect();
        let waiters = std::mem::take(&mut p.waiters);
        self.wake_all(waiters);
        data
    }

    /// Lets go of the writing end that [`Kernel::add_pipe`] gave.
    pub fn close_pipe_writer(&mut self, pipe: PipeId) {
        self.drop_pipe_end(pipe, true);
    }

    /// Lets go of the reading end that [`Kernel::add_pipe`] gave.
    pub fn close_pipe_reader(&mut self, pipe: PipeId) {
        self.drop_pipe_end(pipe, false);
    }

    fn drop_pipe_end(&mut self, pipe: PipeId, writer: bool) {
        let Some(p) = self.pipes.get_mut(&pipe).map(Arc::make_mut) else { return };
        let end = if writer { &mut p.writers } else { &mut p.readers };
        *end = end.saturating_sub(1);
        let gone = p.writers == 0 && p.readers == 0;
        let waiters = std::mem::take(&mut p.waiters);
        if gone {
            self.pipes.remove(&pipe);
        }
        self.wake_all(waiters);
    }

    fn wake_all(&mut self, pids: impl IntoIterator<Item = Pid>) {
        for pid in pids {
            self.wake(pid);
        }
    }
}
