//! The process table: starting, ending, reaping, signals.

use super::{
    Code, Credentials, DescId, Description, Exit, Fd, Flavor, Image, Kernel, Notice, NsId, Object, OpenFlags,
    Pid, PidNs, PipeId, Process, Reached, Run, Signal, SinkId, Stream, TtyId, Viewer, Wait,
};
use crate::base::{Errno, ObjectId};
use imbl::OrdMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the daemon connects a standard stream to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stdio {
    /// `/dev/null`.
    Null,
    /// The reading end of a pipe.
    PipeReader(PipeId),
    /// The writing end of a pipe.
    PipeWriter(PipeId),
    /// A sink.
    Sink(SinkId, Stream),
    /// A terminal.
    Tty(TtyId),
}

/// What the daemon starts: a container's first process, an exec, the host's shell.
#[derive(Debug, Clone, PartialEq)]
pub struct Launch {
    /// Where it lives.
    pub ns: NsId,
    /// What runs, from [`Kernel::load`].
    pub image: Image,
    /// Its environment.
    pub env: Vec<(String, String)>,
    /// Its working directory, absolute.
    pub cwd: String,
    /// Who it acts as.
    pub cred: Credentials,
    /// Descriptors 0, 1 and 2.
    pub stdio: [Stdio; 3],
    /// The container or exec that its end is told of.
    pub owner: Option<ObjectId>,
}

impl Kernel {
    /// How many there are of everything that must be let go of, by what it is: what shows a leak.
    pub fn census(&self) -> BTreeMap<&'static str, usize> {
        let own = [
            ("processes", self.processes.len()),
            ("namespaces", self.namespaces.len()),
            ("process-number namespaces", self.pid_spaces.len()),
            ("filesystems", self.filesystems.len()),
            ("open descriptions", self.descriptions.len()),
            ("pipes", self.pipes.len()),
            ("terminals", self.ttys.len()),
            ("sinks", self.sinks.len()),
        ];
        own.into_iter().chain(self.net.census()).collect()
    }

    /// A process.
    pub fn process(&self, pid: Pid) -> Option<&Process> {
        self.processes.get(&pid).map(AsRef::as_ref)
    }

    pub(super) fn process_mut(&mut self, pid: Pid) -> Option<&mut Process> {
        self.processes.get_mut(&pid).map(Arc::make_mut)
    }

    /// All processes in order of their numbers.
    pub fn processes(&self) -> impl Iterator<Item = &Process> {
        self.processes.values().map(AsRef::as_ref)
    }

    /// The processes of a namespace in order of their numbers.
    pub fn processes_of(&self, ns: NsId) -> impl Iterator<Item = &Process> {
        self.neighbours(ns).filter(move |p| p.ns == ns)
    }

    /// The processes whose numbers those of a namespace see, its own among them, in order of their numbers.
    pub(super) fn neighbours(&self, ns: NsId) -> impl Iterator<Item = &Process> {
        let space = self.namespace(ns).and_then(|n| self.pid_space(n.pids));
        space.into_iter().flat_map(|space| space.members.values()).filter_map(|pid| self.process(*pid))
    }

    /// Starts a watched process. Its end comes as [`Notice::Exited`].
    ///
    /// # Errors
    /// `EAGAIN` where the namespace's limit on processes is reached; `ENOENT` for an unknown namespace.
    pub fn launch(&mut self, launch: Launch) -> Result<Pid, Errno> {
        let pids = self.namespace(launch.ns).ok_or(Errno::ENOENT)?.pids;
        self.check_pids_limit(launch.ns)?;
        let (pid, vpid) = self.number(pids).ok_or(Errno::ENOENT)?;
        let mut process = Process {
            pid,
            vpid,
            parent: Pid::DAEMON,
            group: pid,
            ns: launch.ns,
            cred: launch.cred,
            umask: 0o022,
            cwd: launch.cwd,
            exe: String::new(),
            comm: String::new(),
            argv: Arc::from([]),
            env: Arc::new(launch.env),
            flavor: Flavor::Gnu,
            fds: OrdMap::new(),
            run: Run::Ready,
            program: Code::Running,
            pending: vec![],
            collected: vec![],
            dropped: 0,
            signals: BTreeSet::new(),
            dispositions: BTreeMap::new(),
            started: self.now,
            cpu_micros: 0,
            memory: 0,
            ending: None,
            failed_write: None,
            watched: true,
            owner: launch.owner,
        };
        process.become_image(launch.image);
        for (fd, stdio) in (0..).zip(launch.stdio) {
            let desc = self.describe_stdio(stdio);
            process.fds.insert(fd, Fd { desc, cloexec: false });
        }
        self.insert(process);
        Ok(pid)
    }

    /// Starts a process whose program is given as a state that thaws under `name`, and that reads its commands
    /// from `feed` at descriptor 255: the shell of a session.
    ///
    /// # Errors
    /// As [`Kernel::launch`].
    pub fn launch_fed(
        &mut self,
        launch: Launch,
        feed: PipeId,
        name: &str,
        program: Box<dyn super::Program>,
    ) -> Result<Pid, Errno> {
        let pid = self.launch(launch)?;
        let desc = self.describe_stdio(Stdio::PipeReader(feed));
        if let Some(process) = self.process_mut(pid) {
            process.program = Code::State(name.to_string(), program);
            process.fds.insert(255, Fd { desc, cloexec: true });
        }
        Ok(pid)
    }

    fn describe_stdio(&mut self, stdio: Stdio) -> DescId {
        let (object, flags, path) = match stdio {
            Stdio::Null => (Object::Null, OpenFlags::BOTH, "/dev/null".to_string()),
            Stdio::PipeReader(p) => (Object::PipeReader(p), OpenFlags::READ, format!("pipe:[{}]", p.0)),
            Stdio::PipeWriter(p) => (Object::PipeWriter(p), OpenFlags::WRITE, format!("pipe:[{}]", p.0)),
            Stdio::Sink(s, stream) => (Object::Sink(s, stream), OpenFlags::WRITE, format!("pipe:[{}]", s.0)),
            Stdio::Tty(t) => (Object::Tty(t), OpenFlags::BOTH, "/dev/pts/0".to_string()),
        };
        self.describe(object, flags, path)
    }

    /// Makes a copy of a process with another program: `fork`. The copy is its child.
    pub(super) fn fork(&mut self, parent: Pid, code: Code) -> Result<Pid, Errno> {
        let ns = self.process(parent).ok_or(Errno::ESRCH)?.ns;
        self.check_pids_limit(ns)?;
        self.check_user_limit(parent, ns)?;
        let pids = self.namespace(ns).ok_or(Errno::ENOENT)?.pids;
        let (pid, vpid) = self.number(pids).ok_or(Errno::EAGAIN)?;
        let original = self.process(parent).ok_or(Errno::ESRCH)?;
        let child = Process {
            pid,
            vpid,
            parent,
            group: original.group,
            ns,
            cred: original.cred.clone(),
            umask: original.umask,
            cwd: original.cwd.clone(),
            exe: original.exe.clone(),
            comm: original.comm.clone(),
            argv: original.argv.clone(),
            env: original.env.clone(),
            flavor: original.flavor,
            fds: original.fds.clone(),
            run: Run::Ready,
            program: code,
            pending: vec![],
            collected: vec![],
            dropped: 0,
            signals: BTreeSet::new(),
            dispositions: original.dispositions.clone(),
            started: self.now,
            cpu_micros: 0,
            memory: 0,
            ending: None,
            failed_write: None,
            watched: false,
            owner: None,
        };
        let shared: Vec<DescId> = child.fds.values().map(|fd| fd.desc).collect();
        for desc in shared {
            self.share(desc);
        }
        self.insert(child);
        Ok(pid)
    }

    fn check_pids_limit(&mut self, ns: NsId) -> Result<(), Errno> {
        if let Some(limit) = self.namespace(ns).and_then(|n| n.limits.pids) {
            let most = limit as usize;
            if self.processes_of(ns).take(most).count() >= most {
                return Err(Errno::EAGAIN);
            }
        }
        let most = self.budgets.processes;
        if self.processes.len() as u64 >= most {
            self.reach_budget(Reached::Processes(most));
            return Err(Errno::EAGAIN);
        }
        Ok(())
    }

    /// `--ulimit nproc`: how many processes one user may have on the whole machine. It does not bind root.
    fn check_user_limit(&self, parent: Pid, ns: NsId) -> Result<(), Errno> {
        let Some(limit) = self.namespace(ns).and_then(|n| n.limits.soft("nproc")) else { return Ok(()) };
        let uid = self.process(parent).map_or(0, |p| p.cred.uid);
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        if uid != 0 && self.processes().filter(|p| p.cred.uid == uid).take(most).count() >= most {
            return Err(Errno::EAGAIN);
        }
        Ok(())
    }

    fn number(&mut self, pids: super::PidNsId) -> Option<(Pid, u32)> {
        let pid = Pid(self.next_pid);
        let space: &mut PidNs = self.pid_spaces.get_mut(&pids).map(Arc::make_mut)?;
        let vpid = if space.next == 0 { pid.0 } else { space.next };
        if space.next != 0 {
            space.next += 1;
        }
        self.next_pid += 1;
        space.members.insert(vpid, pid);
        Some((pid, vpid))
    }

    fn insert(&mut self, process: Process) {
        let pid = process.pid;
        self.processes.insert(pid, Arc::new(process));
        self.ready.insert(pid);
    }

    /// Ends a process now: its descriptors close, its children go to the first process of its namespace
    /// (and die with it if it is that), its parent is told.
    pub fn terminate(&mut self, pid: Pid, exit: Exit) {
        let Some(process) = self.process_mut(pid) else { return };
        if matches!(process.run, Run::Zombie(_)) {
            return;
        }
        let was = std::mem::replace(&mut process.run, Run::Zombie(exit));
        let fds = std::mem::take(&mut process.fds);
        process.program = Code::Named(String::new());
        process.pending.clear();
        process.collected.clear();
        let (parent, ns, vpid, watched) = (process.parent, process.ns, process.vpid, process.watched);
        let owner = process.owner;
        self.ready.remove(&pid);
        if let Run::Waiting(Wait { until: Some(time), .. }) = was {
            self.timers.remove(&(time, pid));
        }
        for fd in fds.values() {
            self.unshare(fd.desc);
        }
        self.end_of_family(pid, ns, vpid);
        if watched {
            self.notify(Notice::Exited(pid, owner));
        } else if parent == Pid::DAEMON
            || self.process(parent).is_none_or(|p| matches!(p.run, Run::Zombie(_)))
        {
            self.reap(pid);
        } else {
            self.wake(parent);
        }
    }

    fn end_of_family(&mut self, pid: Pid, ns: NsId, vpid: u32) {
        let Some(pids) = self.namespace(ns).map(|n| n.pids) else { return };
        let Some(space) = self.pid_space(pids) else { return };
        let init = space.members.get(&1).copied().unwrap_or(Pid::DAEMON);
        let others: Vec<Pid> = space.members.values().copied().filter(|p| *p != pid).collect();
        for other in others {
            if vpid == 1 {
                self.terminate(other, Exit::Signal(Signal::KILL));
            } else if self.process(other).is_some_and(|p| p.parent == pid) {
                if let Some(child) = self.process_mut(other) {
                    child.parent = init;
                }
                let dead = self.process(other).is_some_and(|p| matches!(p.run, Run::Zombie(_)) && !p.watched);
                if dead {
                    self.reap(other);
                }
            }
        }
    }

    /// Removes an ended process and tells how it ended; `None` where it still runs or is not there.
    pub fn reap(&mut self, pid: Pid) -> Option<Exit> {
        let process = self.process(pid)?;
        let Run::Zombie(exit) = process.run else { return None };
        let (ns, vpid) = (process.ns, process.vpid);
        self.processes.remove(&pid);
        if let Some(pids) = self.namespace(ns).map(|n| n.pids)
            && let Some(space) = self.pid_spaces.get_mut(&pids).map(Arc::make_mut)
        {
            space.members.remove(&vpid);
        }
        Some(exit)
    }

    /// Sends a signal, as the daemon or as a process that may.
    ///
    /// # Errors
    /// `ESRCH` where the process has ended or is not there.
    pub fn signal(&mut self, pid: Pid, signal: Signal) -> Result<(), Errno> {
        let process = self.process_mut(pid).ok_or(Errno::ESRCH)?;
        if matches!(process.run, Run::Zombie(_)) {
            return Err(Errno::ESRCH);
        }
        if signal == Signal::KILL {
            self.terminate(pid, Exit::Signal(signal));
            return Ok(());
        }
        if signal == Signal::CONT && process.run == Run::Stopped {
            process.run = Run::Ready;
            self.ready.insert(pid);
            return Ok(());
        }
        let matters = process.dispositions.get(&signal).is_some_and(|d| *d == super::Disposition::Handle)
            || (signal.default_action() != super::DefaultAction::Ignore
                && signal.default_action() != super::DefaultAction::Continue);
        if matters {
            process.signals.insert(signal);
            self.wake(pid);
        }
        Ok(())
    }

    /// Sends a signal to every process of a group.
    pub fn signal_group(&mut self, group: Pid, signal: Signal) {
        let members: Vec<Pid> = self.processes().filter(|p| p.group == group).map(|p| p.pid).collect();
        for pid in members {
            let _ended_meanwhile = self.signal(pid, signal);
        }
    }

    /// Kills a process and all that descend from it.
    pub fn kill_family(&mut self, head: Pid) {
        let mut family = BTreeSet::from([head]);
        // A child's number is above its parent's.
        for process in self.processes.values() {
            if family.contains(&process.parent) {
                family.insert(process.pid);
            }
        }
        for pid in family {
            let _ended_meanwhile = self.signal(pid, Signal::KILL);
        }
    }

    /// The view a process has of paths.
    pub fn viewer(&self, pid: Pid) -> Option<Viewer<'_>> {
        let process = self.process(pid)?;
        let pids = self.namespace(process.ns)?.pids;
        Some(Viewer {
            ns: process.ns,
            cwd: &process.cwd,
            cred: &process.cred,
            me: Some((pids, process.vpid)),
        })
    }

    /// Makes an open file description that one descriptor will refer to.
    pub(super) fn describe(&mut self, object: Object, flags: OpenFlags, path: String) -> DescId {
        match object {
            Object::PipeReader(pipe) => self.count_pipe_end(pipe, false),
            Object::PipeWriter(pipe) => self.count_pipe_end(pipe, true),
            Object::Sink(sink, _) => {
                if let Some(s) = self.sinks.get_mut(&sink) {
                    Arc::make_mut(s).writers += 1;
                }
            }
            _ => {}
        }
        let id = DescId(self.fresh());
        self.descriptions.insert(id, Arc::new(Description { object, offset: 0, flags, refs: 1, path }));
        id
    }

    fn count_pipe_end(&mut self, pipe: PipeId, writer: bool) {
        if let Some(p) = self.pipes.get_mut(&pipe).map(Arc::make_mut) {
            if writer {
                p.writers += 1;
            } else {
                p.readers += 1;
            }
        }
    }
}

impl Process {
    /// Puts a program in the place of the present one; what `exec` does to a process.
    pub(super) fn become_image(&mut self, image: Image) {
        self.comm =
            image.argv.first().map_or("", |a| a.rsplit('/').next().unwrap_or("")).chars().take(15).collect();
        self.exe = image.exe;
        self.argv = Arc::from(image.argv);
        self.flavor = image.flavor;
        self.program = Code::Named(image.program);
        self.collected.clear();
        self.dropped = 0;
        self.memory = 0;
        self.dispositions.retain(|_, d| *d == super::Disposition::Ignore);
    }
}
