//! Instructions that make processes: subshells, pipelines, background, `$(…)`; and waiting for them.

use super::code::Op;
use super::machine::{Block, Doing, Fault, Flow, Shell, Turn, Undo};
use super::plumb::Plumb;
use crate::base::Errno;
use crate::kernel::{Exit, Growth, Pid, Read, Sys, TOO_MUCH, Wait};

/// The output of a `$(…)` from this size on is accounted for, in bytes.
const LONG: u64 = 1 << 20;

impl Shell {
    pub(super) fn execute_process(&mut self, op: &Op, sys: &mut Sys<'_>) -> Turn<Option<Flow>> {
        match op {
            Op::Subshell(end) => {
                let mut child = self.child();
                self.group_child(&mut child);
                let pid = self.fork(sys, child)?;
                self.frame().pc = *end;
                self.foreground(sys, pid, vec![pid], String::new());
            }
            Op::Spawn(end, text) => self.spawn(sys, *end, text)?,
            Op::Pipeline => {
                self.frame().blocks.push(Block::Pipeline { children: vec![], input: None, here: None })
            }
            Op::Member { end, last } => self.member(sys, *end, *last)?,
            Op::Join => {
                if let Some(Block::Pipeline { children, here, .. }) = self.frame().blocks.pop() {
                    let leader = children.first().copied().unwrap_or_default();
                    self.foreground(sys, leader, children, String::new());
                    if let (Some(_), Doing::Children { own, .. }) = (here, &mut self.doing) {
                        *own = Some(self.status);
                    }
                }
            }
            Op::Substitute { end, quoted } => {
                let (reader, writer) = self.pipe(sys)?;
                let mut child = self.child();
                child.options.errexit &= self.voice != super::Voice::Bash || self.options.inherit_errexit;
                child.plumbing.extend([Plumb::Close(reader), Plumb::Move(writer, 1)]);
                let forked = self.fork(sys, child);
                close(sys, writer);
                let pid = forked?;
                self.frame().pc = *end;
                if let Some(call) = self.frame().calls.last_mut() {
                    call.substituted = true;
                }
                self.doing = Doing::Substitute { fd: reader, pid, data: vec![], beyond: 0, quoted: *quoted };
            }
            Op::Process { end, reads } => self.process_substitution(sys, *end, *reads)?,
            Op::Time(_) => {
                let spent = sys.me().map_or(0, |me| me.cpu_micros);
                self.timer.push((sys.now().0, spent));
            }
            Op::Timed(posix) => self.timed(sys, *posix),
            _ => return Ok(None),
        }
        Ok(Some(Flow::Next))
    }

    pub(super) fn pipe(&mut self, sys: &mut Sys<'_>) -> Turn<(i32, i32)> {
        let pipe = sys.pipe().map_err(|e| {
            self.complain(sys, &format!("cannot make pipe: {}", e.text()));
            Fault { status: 1, fatal: true }
        })?;
        // Out of the way of the descriptors that scripts use.
        let high = |sys: &mut Sys<'_>, fd: i32| {
            let moved = sys.dup_above(fd, 40).unwrap_or(fd);
            if moved != fd {
                close(sys, fd);
            }
            moved
        };
        Ok((high(sys, pipe.0), high(sys, pipe.1)))
    }

    /// The last member of a pipeline runs in this shell, its input taken from the pipe.
    fn member_here(&mut self, sys: &mut Sys<'_>) {
        let Some(Block::Pipeline { input, here, .. }) = self.frame().blocks.last_mut() else { return };
        let input = input.take();
        let copy = sys.dup_above(0, 40).ok();
        *here = Some(Undo { fds: vec![(0, copy)], vars: vec![] });
        if let Some(input) = input {
            let _what_reads_complains = sys.dup_to(input, 0);
            close(sys, input);
        }
    }

    /// A member, a subshell or a job has come to its end: of this process, unless it was [`Self::member_here`].
    pub(super) fn end_fork(&mut self, sys: &mut Sys<'_>) -> Flow {
        let done = match self.frame().blocks.last_mut() {
            Some(Block::Pipeline { here: Some(undo), .. }) => std::mem::take(undo),
            _ => return self.exit(sys, self.status),
        };
        self.undo(sys, done);
        Flow::Next
    }

    fn member(&mut self, sys: &mut Sys<'_>, end: u32, last: bool) -> Turn<()> {
        if last && self.options.lastpipe && !self.options.monitor {
            self.member_here(sys);
            return Ok(());
        }
        let pipe = if last { None } else { Some(self.pipe(sys)?) };
        let mut child = self.child();
        let input = match child.frame().blocks.pop() {
            Some(Block::Pipeline { input, children, .. }) => {
                if let Some(leader) = children.first() {
                    child.plumbing.push(Plumb::Group(*leader));
                } else {
                    self.group_child(&mut child);
                }
                input
            }
            _ => None,
        };
        if let Some(input) = input {
            child.plumbing.push(Plumb::Move(input, 0));
        }
        if let Some((reader, writer)) = pipe {
            child.plumbing.extend([Plumb::Close(reader), Plumb::Move(writer, 1)]);
        }
        child.plumbing.retain(|p| self.options.monitor || !matches!(p, Plumb::Group(_)));
        let forked = self.fork(sys, child);
        if let Some(input) = input {
            close(sys, input);
        }
        if let Some((_, writer)) = pipe {
            close(sys, writer);
        }
        let pid = forked?;
        let frame = self.frame();
        frame.pc = end;
        if let Some(Block::Pipeline { children, input, .. }) = frame.blocks.last_mut() {
            children.push(pid);
            *input = pipe.map(|(reader, _)| reader);
        }
        Ok(())
    }

    fn spawn(&mut self, sys: &mut Sys<'_>, end: u32, text: &str) -> Turn<()> {
        let mut child = self.child();
        self.group_child(&mut child);
        if !self.options.monitor {
            child.plumbing.push(Plumb::NoInput);
        }
        let pid = self.fork(sys, child)?;
        self.frame().pc = end;
        self.background = Some(sys.vpid_of(pid));
        self.status = 0;
        self.add_job(sys, pid, text);
        Ok(())
    }

    fn process_substitution(&mut self, sys: &mut Sys<'_>, end: u32, reads: bool) -> Turn<()> {
        let (reader, writer) = self.pipe(sys)?;
        let mut child = self.child();
        let (own, other, fd) = if reads { (reader, writer, 1) } else { (writer, reader, 0) };
        child.plumbing.extend([Plumb::Close(own), Plumb::Move(other, fd)]);
        let forked = self.fork(sys, child);
        close(sys, other);
        forked?;
        // Children open it by its number, so it must survive `exec`.
        let kept = (30..=63).rev().find(|fd| sys.object(*fd).is_err()).unwrap_or(63);
        let fd = if sys.dup_to(own, kept).is_ok() { kept } else { own };
        close(sys, own);
        let frame = self.frame();
        frame.pc = end;
        if let Some(call) = frame.calls.last_mut() {
            call.close.push(fd);
        }
        self.push_quoted(&format!("/dev/fd/{fd}"));
        Ok(())
    }

    /// Under job control a job has a process group of its own.
    pub(super) fn group_child(&self, child: &mut Shell) {
        if self.options.monitor {
            child.plumbing.push(Plumb::OwnGroup);
        }
    }

    /// Waits for children in the foreground; `text` is what runs, where it is known.
    pub(super) fn foreground(&mut self, sys: &mut Sys<'_>, leader: Pid, pids: Vec<Pid>, text: String) {
        if self.options.monitor {
            for pid in &pids {
                sys.set_group(*pid, leader);
            }
            sys.set_foreground(leader);
        }
        let ended = vec![None; pids.len()];
        self.doing = Doing::Children { pids, ended, own: None, text };
    }

    /// Goes on with what is neither an instruction nor at an end.
    pub(super) fn continue_doing(&mut self, sys: &mut Sys<'_>) -> Turn<Flow> {
        match &self.doing {
            Doing::Run => Ok(Flow::Next),
            Doing::Exec(_) => {
                let Doing::Exec(call) = std::mem::take(&mut self.doing) else { return Ok(Flow::Next) };
                Ok(self.become_program(sys, *call))
            }
            Doing::Children { .. } => self.join(sys),
            Doing::Substitute { .. } => self.collect(sys),
            Doing::Read(_) => self.continue_read(sys),
            Doing::Wait { .. } => self.continue_wait(sys),
            Doing::Mapfile { .. } => self.continue_mapfile(sys),
            Doing::Source { .. } => self.continue_source(sys),
        }
    }

    /// Takes in the children that ended.
    pub(super) fn reap(&mut self, sys: &mut Sys<'_>) {
        while let Ok(Some((pid, exit))) = sys.wait(None) {
            let status = exit.status();
            let known = self.note_job(pid, exit);
            let (awaited, text) = match &self.doing {
                // The last member of a pipeline is the one that is spoken of.
                Doing::Children { pids, text, .. } => {
                    (pids.contains(&pid), (pids.last() == Some(&pid)).then(|| text.clone()))
                }
                Doing::Substitute { pid: own, .. } => (*own == pid, None),
                _ => (false, None),
            };
            if known || awaited {
                self.ended.insert(pid, status);
                if let (Some(text), Exit::Signal(signal)) = (text, exit) {
                    self.announce_signal(sys, pid, signal, &text);
                }
            }
        }
    }

    fn join(&mut self, sys: &mut Sys<'_>) -> Turn<Flow> {
        self.reap(sys);
        let Doing::Children { pids, ended, own, .. } = &mut self.doing else { return Ok(Flow::Next) };
        for (pid, slot) in pids.iter().zip(ended.iter_mut()) {
            if slot.is_none() {
                *slot = self.ended.remove(pid);
            }
        }
        if ended.iter().any(Option::is_none) {
            return Ok(Flow::Block(Wait::child()));
        }
        let statuses: Vec<i32> = ended.iter().copied().flatten().chain(*own).collect();
        self.doing = Doing::Run;
        self.status = statuses.last().copied().unwrap_or(0);
        if self.options.pipefail
            && let Some(failed) = statuses.iter().rev().find(|s| **s != 0)
        {
            self.status = *failed;
        }
        let single = statuses.len() == 1;
        self.pipe_statuses = statuses;
        if self.options.monitor {
            let own = sys.me().map_or_else(|_| sys.pid(), |me| me.group);
            sys.set_foreground(own);
        }
        if self.options.interactive && self.status == 130 {
            sys.eprint("\n");
            self.abort(sys);
            return Ok(Flow::Next);
        }
        // A pipeline is looked at by the instruction after it.
        if single { self.check(sys) } else { Ok(Flow::Next) }
    }

    fn collect(&mut self, sys: &mut Sys<'_>) -> Turn<Flow> {
        let Doing::Substitute { fd, pid, data, beyond, quoted } = &mut self.doing else {
            return Ok(Flow::Next);
        };
        let (fd, pid, quoted) = (*fd, *pid, *quoted);
        match if fd >= 0 { sys.read(fd, 1 << 16) } else { Ok(Read::End) } {
            Ok(Read::Data(more)) => {
                match *beyond {
                    0 => data.extend(more),
                    _ => *beyond = beyond.saturating_add(more.len() as u64),
                }
                let held = beyond.saturating_add(data.len() as u64);
                return if held < LONG { Ok(Flow::Next) } else { self.hold_output(fd, held, sys) };
            }
            Ok(Read::Wait) => return Ok(Flow::Block(Wait::readable(fd))),
            Ok(Read::End) | Err(_) => {}
        }
        if fd >= 0 {
            close(sys, fd);
            if let Doing::Substitute { fd, .. } = &mut self.doing {
                *fd = -1;
            }
        }
        if matches!(self.doing, Doing::Substitute { beyond: 1.., .. }) {
            return Err(self.refuse_output(sys));
        }
        self.reap(sys);
        let Some(status) = self.ended.remove(&pid).or_else(|| self.lost(sys, pid)) else {
            return Ok(Flow::Block(Wait::child()));
        };
        let Doing::Substitute { data, .. } = std::mem::take(&mut self.doing) else { return Ok(Flow::Next) };
        self.status = status;
        let text = String::from_utf8_lossy(&data);
        let text = text.trim_end_matches('\n').replace('\0', "");
        self.push_value(&text, quoted);
        Ok(Flow::Next)
    }

    /// Accounts for much output of a `$(…)`.
    fn hold_output(&mut self, fd: i32, held: u64, sys: &mut Sys<'_>) -> Turn<Flow> {
        match sys.hold(held) {
            Growth::Fits => {}
            Growth::Killed => return Err(self.fatal(137)),
            Growth::Refused => {
                close(sys, fd);
                return Err(self.refuse_output(sys));
            }
            Growth::Beyond => {
                if let Doing::Substitute { data, beyond, .. } = &mut self.doing {
                    data.clear();
                    *beyond = held;
                }
            }
        }
        Ok(Flow::Next)
    }

    fn refuse_output(&mut self, sys: &mut Sys<'_>) -> Fault {
        self.complain(sys, &format!("command substitution: {TOO_MUCH}"));
        self.fatal(1)
    }

    /// The status of a child that is not there at all.
    pub(super) fn lost(&self, sys: &mut Sys<'_>, pid: Pid) -> Option<i32> {
        (sys.wait(Some(pid)) == Err(Errno::ECHILD)).then_some(127)
    }

    fn timed(&mut self, sys: &mut Sys<'_>, posix: bool) {
        let Some((start, spent)) = self.timer.pop() else { return };
        let real = (sys.now().0 - start).max(0) as f64 / 1e9;
        let user = sys.me().map_or(0, |me| me.cpu_micros).saturating_sub(spent) as f64 / 1e6;
        let span = |s: f64| format!("{}m{:.3}s", (s / 60.0).floor(), s % 60.0);
        let text = if posix {
            format!("real {real:.2}\nuser {user:.2}\nsys {:.2}\n", 0.0)
        } else if self.voice == super::Voice::Bash {
            format!("\nreal\t{}\nuser\t{}\nsys\t{}\n", span(real), span(user), span(0.0))
        } else {
            let span = |s: f64| format!("{}m {:.2}s", (s / 60.0).floor(), s % 60.0);
            format!("real\t{}\nuser\t{}\nsys\t{}\n", span(real), span(user), span(0.0))
        };
        sys.eprint(&text);
    }
}

/// Closes a descriptor that is ours to close.
pub(super) fn close(sys: &mut Sys<'_>, fd: i32) {
    let _it_may_be_closed_already = sys.close(fd);
}
