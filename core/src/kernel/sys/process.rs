//! Processes, as one of them sees the others.

use super::Sys;
use crate::base::Errno;
use crate::kernel::{Code, Disposition, Exit, Flavor, Object, OpenFlags, Pid, Program, Run, Signal, TtyId};
use std::sync::Arc;

impl Sys<'_> {
    /// This process's number on the host.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// This process's number in its own namespace: `$$`.
    pub fn vpid(&self) -> u32 {
        self.me().map_or(0, |me| me.vpid)
    }

    /// A child's number in this namespace.
    pub fn vpid_of(&self, pid: Pid) -> u32 {
        self.kernel().process(pid).map_or(0, |p| p.vpid)
    }

    /// The process of a number in this namespace.
    pub fn find_vpid(&self, vpid: u32) -> Option<Pid> {
        let ns = self.kernel().namespace(self.me().ok()?.ns)?;
        self.kernel().pid_space(ns.pids)?.members.get(&vpid).copied()
    }

    /// The arguments; the first is the program's name as it was called.
    pub fn argv(&self) -> Arc<[String]> {
        self.me().map_or_else(|_| Arc::from([]), |me| me.argv.clone())
    }

    /// The arguments after the name.
    pub fn args(&self) -> Vec<String> {
        self.argv().iter().skip(1).cloned().collect()
    }

    /// Writes over the arguments, as servers do so that `ps` tells their processes apart.
    pub fn set_title(&mut self, title: &str) {
        if let Ok(me) = self.me_mut() {
            me.argv = Arc::from([title.to_string()]);
        }
    }

    /// The last part of the name it was called by.
    pub fn name(&self) -> String {
        self.argv().first().map_or(String::new(), |a| a.rsplit('/').next().unwrap_or("").to_string())
    }

    /// Whose messages it speaks.
    pub fn flavor(&self) -> Flavor {
        self.me().map_or(Flavor::Gnu, |me| me.flavor)
    }

    /// A variable of the environment.
    pub fn env(&self, name: &str) -> Option<String> {
        self.me().ok()?.env.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.clone())
    }

    /// The working directory.
    pub fn cwd(&self) -> String {
        self.me().map_or_else(|_| "/".to_string(), |me| me.cwd.clone())
    }

    /// The host name.
    pub fn hostname(&self) -> String {
        self.me()
            .ok()
            .and_then(|me| self.kernel().namespace(me.ns))
            .map_or(String::new(), |ns| ns.hostname.clone())
    }

    /// Changes the working directory.
    ///
    /// # Errors
    /// `ENOENT`, `ENOTDIR`, `EACCES`.
    pub fn chdir(&mut self, path: &str) -> Result<(), Errno> {
        let stat = self.stat(path)?;
        if !stat.is_dir() {
            return Err(Errno::ENOTDIR);
        }
        if !self.access(path, crate::kernel::Access::Execute) && stat.fs.is_some() {
            return Err(Errno::EACCES);
        }
        let real = self.realpath(path)?;
        self.me_mut()?.cwd = real;
        Ok(())
    }

    /// Sets the umask and gives the one before.
    pub fn umask(&mut self, mask: u32) -> u32 {
        self.me_mut().map_or(0, |me| std::mem::replace(&mut me.umask, mask & 0o777))
    }

    /// True where this process is root and has the capability, named without `CAP_`.
    pub fn is_capable(&self, capability: &str) -> bool {
        self.me().is_ok_and(|me| me.cred.is_capable(capability))
    }

    /// Acts as someone else: `su`, `setpriv`, a service that drops its rights.
    ///
    /// # Errors
    /// `EPERM` without `SETUID` for another user, without `SETGID` for other groups.
    pub fn set_credentials(&mut self, cred: crate::kernel::Credentials) -> Result<(), Errno> {
        let me = self.me()?.cred.clone();
        let same_groups = cred.gid == me.gid && cred.groups == me.groups;
        if (cred.uid != me.uid && !me.is_capable("SETUID")) || (!same_groups && !me.is_capable("SETGID")) {
            return Err(Errno::EPERM);
        }
        self.me_mut()?.cred = crate::kernel::Credentials { lost: me.lost, ..cred };
        Ok(())
    }

    /// Closes a descriptor. Output written to it before goes out first.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn close(&mut self, fd: i32) -> Result<(), Errno> {
        self.flush();
        let pid = self.pid;
        self.kernel_mut().close(pid, fd)
    }

    /// Makes `to` refer to what `from` does.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn dup_to(&mut self, from: i32, to: i32) -> Result<(), Errno> {
        self.flush();
        let pid = self.pid;
        self.kernel_mut().dup_to(pid, from, to)
    }

    /// Makes the lowest free descriptor from `at_least` on refer to what `from` does; closed by `exec`.
    ///
    /// # Errors
    /// `EBADF`, `EMFILE`.
    pub fn dup_above(&mut self, from: i32, at_least: i32) -> Result<i32, Errno> {
        let pid = self.pid;
        let desc = self.me()?.fds.get(&from).ok_or(Errno::EBADF)?.desc;
        self.kernel_mut().share(desc);
        let fd = self.kernel_mut().install(pid, desc, at_least)?;
        if let Some(slot) = self.me_mut()?.fds.get_mut(&fd) {
            slot.cloexec = true;
        }
        Ok(fd)
    }

    /// A pipe: its reading and its writing descriptor.
    ///
    /// # Errors
    /// `EMFILE`.
    pub fn pipe(&mut self) -> Result<(i32, i32), Errno> {
        let pid = self.pid;
        let kernel = self.kernel_mut();
        let pipe = kernel.add_pipe();
        let name = format!("pipe:[{}]", pipe.0);
        let reader = kernel.describe(Object::PipeReader(pipe), OpenFlags::READ, name.clone());
        let writer = kernel.describe(Object::PipeWriter(pipe), OpenFlags::WRITE, name);
        kernel.close_pipe_reader(pipe);
        kernel.close_pipe_writer(pipe);
        let r = kernel.install(pid, reader, 3)?;
        let w = match kernel.install(pid, writer, 3) {
            Ok(w) => w,
            Err(e) => {
                kernel.close(pid, r)?;
                return Err(e);
            }
        };
        Ok((r, w))
    }

    /// A descriptor that reads these bytes: a here-document.
    ///
    /// # Errors
    /// `EMFILE`.
    pub fn open_bytes(&mut self, data: &[u8]) -> Result<i32, Errno> {
        let pid = self.pid;
        let object = Object::Generated(Arc::from(data));
        let desc = self.kernel_mut().describe(object, OpenFlags::READ, "/tmp/sh-thd".to_string());
        self.kernel_mut().install(pid, desc, 3)
    }

    /// Makes a child with the same descriptors and surroundings that runs `program`, a state that thaws
    /// under `name`.
    ///
    /// # Errors
    /// `EAGAIN` where no more processes are allowed.
    pub fn fork(&mut self, name: &str, program: Box<dyn Program>) -> Result<Pid, Errno> {
        self.flush();
        let pid = self.pid;
        self.kernel_mut().fork(pid, Code::State(name.to_string(), program))
    }

    /// Becomes the program file at `path`. On success return [`crate::kernel::Step::Replaced`] (or
    /// [`crate::kernel::Stop::Replaced`]).
    ///
    /// # Errors
    /// As [`crate::kernel::Kernel::load`].
    pub fn exec(&mut self, path: &str, argv: &[String], env: Vec<(String, String)>) -> Result<(), Errno> {
        self.flush();
        let image = self.kernel().load(self.viewer()?, path, argv)?;
        let closing: Vec<i32> = self.me()?.fds.iter().filter(|(_, fd)| fd.cloexec).map(|(n, _)| *n).collect();
        for fd in closing {
            self.close(fd)?;
        }
        let me = self.me_mut()?;
        me.env = Arc::new(env);
        me.become_image(image);
        Ok(())
    }

    /// Goes on as another state of the same program, one that thaws under `name`. Return
    /// [`crate::kernel::Step::Replaced`].
    pub fn become_state(&mut self, name: &str, program: Box<dyn Program>) {
        if let Ok(me) = self.me_mut() {
            me.program = Code::State(name.to_string(), program);
        }
    }

    /// Finds a program as the shell does: a name with a slash as it is, others along `path`.
    ///
    /// # Errors
    /// `ENOENT`; `EACCES` where only files that may not be executed were found.
    pub fn find_program(&self, name: &str, path: &str) -> Result<String, Errno> {
        if name.is_empty() {
            return Err(Errno::ENOENT);
        }
        if name.contains('/') {
            return self.stat(name).map(|_| name.to_string());
        }
        let mut error = Errno::ENOENT;
        for dir in path.split(':') {
            let dir = if dir.is_empty() { "." } else { dir };
            let candidate = format!("{}/{name}", dir.trim_end_matches('/'));
            if self.stat(&candidate).is_ok_and(|s| s.is_file()) {
                if self.access(&candidate, crate::kernel::Access::Execute) {
                    return Ok(candidate);
                }
                error = Errno::EACCES;
            }
        }
        Err(error)
    }

    /// A child that has ended, removed from the table: `None` where children run but none has ended.
    ///
    /// # Errors
    /// `ECHILD` where there is no child (or `pid` is none).
    pub fn wait(&mut self, pid: Option<Pid>) -> Result<Option<(Pid, Exit)>, Errno> {
        let me = self.kernel().process(self.pid).ok_or(Errno::ECHILD)?;
        let (mut any, mut ended) = (false, None);
        let children = self.kernel().neighbours(me.ns).filter(|p| p.parent == me.pid);
        for p in children.filter(|p| pid.is_none_or(|wanted| p.pid == wanted)) {
            any = true;
            if matches!(p.run, Run::Zombie(_)) {
                ended = Some(p.pid);
                break;
            }
        }
        match ended {
            Some(child) => Ok(self.kernel_mut().reap(child).map(|exit| (child, exit))),
            None if any => Ok(None),
            None => Err(Errno::ECHILD),
        }
    }

    /// Sends a signal to a process of this namespace.
    ///
    /// # Errors
    /// `ESRCH`; `EPERM` where it belongs to another user and this one has not `KILL`.
    pub fn kill(&mut self, pid: Pid, signal: Signal) -> Result<(), Errno> {
        // The signal may end this process: what it has printed comes first.
        self.flush();
        let me = self.me()?.cred.uid;
        let target = self.kernel().process(pid).ok_or(Errno::ESRCH)?;
        if me != target.cred.uid && !self.is_capable("KILL") {
            return Err(Errno::EPERM);
        }
        if signal == Signal::KILL && target.vpid == 1 && target.ns == self.me()?.ns {
            return Ok(());
        }
        self.kernel_mut().signal(pid, signal)
    }

    /// Asks for signals: handled ones come through [`Sys::take_signal`]; `None` restores the default.
    pub fn on_signal(&mut self, signal: Signal, disposition: Option<Disposition>) {
        if signal.is_uncatchable() {
            return;
        }
        if let Ok(me) = self.me_mut() {
            match disposition {
                Some(d) => me.dispositions.insert(signal, d),
                None => me.dispositions.remove(&signal),
            };
        }
    }

    /// The next signal that has come and that this process handles.
    pub fn take_signal(&mut self) -> Option<Signal> {
        self.me_mut().ok()?.signals.pop_first()
    }

    /// Puts a process (this one or a child) into a group of its own or another's.
    pub fn set_group(&mut self, pid: Pid, group: Pid) {
        if let Some(process) = self.kernel_mut().process_mut(pid) {
            process.group = group;
        }
    }

    /// The terminal this process has as its standard input.
    pub fn terminal(&self) -> Option<TtyId> {
        match self.object(0) {
            Ok(Object::Tty(tty)) => Some(tty),
            _ => None,
        }
    }

    /// Makes a group the one that Ctrl-C at this process's terminal reaches.
    pub fn set_foreground(&mut self, group: Pid) {
        if let Some(tty) = self.terminal()
            && let Some(t) = self.kernel_mut().tty_mut(tty)
        {
            t.foreground = Some(group);
        }
    }
}
