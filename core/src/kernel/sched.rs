//! The scheduler: steps ready processes in order of their numbers, and lets time pass where all wait.

use super::{
    Code, DefaultAction, Disposition, Exit, Kernel, Pid, Programs, Run, Start, Step, Stop, Sys, Wait,
};
use crate::base::{Duration, Time};
use std::any::Any;

/// Units of work a process may do in one turn.
const FUEL: u32 = 2_000;
/// Virtual time that one unit of work takes.
const UNIT: Duration = Duration(1_000);

/// A value that holds a kernel and, beside it, the daemon that the `docker` program talks to.
pub trait Machine {
    /// The kernel.
    fn kernel(&self) -> &Kernel;
    /// The kernel, to change it.
    fn kernel_mut(&mut self) -> &mut Kernel;
    /// The door to the daemon, what `/var/run/docker.sock` is in real life.
    fn daemon(&mut self) -> &mut dyn Any;
}

/// Why [`run_until_quiet`] came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulse {
    /// Nothing is ready; the next timer, if any, is due then.
    Quiet(Option<Time>),
    /// The budget is spent and something is still ready.
    Busy,
}

/// Steps whatever is ready, round after round, until nothing is or `rounds` are spent. Timers that are
/// due wake their processes; time itself moves only by the work done.
pub fn run_until_quiet(machine: &mut dyn Machine, programs: &Programs, rounds: u32) -> Pulse {
    for _ in 0..rounds {
        machine.kernel_mut().fire_timers();
        let ready: Vec<Pid> = machine.kernel().ready.iter().copied().collect();
        if ready.is_empty() {
            return Pulse::Quiet(machine.kernel().next_timer());
        }
        for pid in ready {
            turn(machine, programs, pid);
        }
    }
    Pulse::Busy
}

impl Kernel {
    #[cfg(feature = "saves")]
    /// Makes the states of a save file into programs again.
    ///
    /// # Errors
    /// What is wrong with the first that cannot be.
    pub fn thaw_programs(&mut self, programs: &Programs) -> Result<(), String> {
        let frozen: Vec<Pid> =
            self.processes().filter(|p| matches!(p.program, Code::Frozen(..))).map(|p| p.pid).collect();
        for pid in frozen {
            let Some(process) = self.process_mut(pid) else { continue };
            let Code::Frozen(name, value) = process.program.clone() else { continue };
            let Some(Start::State { thaw, .. }) = programs.find(&name).map(|applet| applet.start) else {
                return Err(format!("there is no program {name}"));
            };
            process.program = Code::State(name, (thaw.0)(value)?);
        }
        Ok(())
    }

    /// True where a process has work to do now.
    pub fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// When the next timer is due.
    pub fn next_timer(&self) -> Option<Time> {
        self.timers.get_min().map(|(time, _)| *time)
    }

    fn fire_timers(&mut self) {
        while let Some((time, pid)) = self.timers.get_min().copied() {
            if time > self.now {
                break;
            }
            self.timers.remove(&(time, pid));
            self.wake(pid);
        }
    }

    /// Makes a waiting process ready.
    pub(super) fn wake(&mut self, pid: Pid) {
        let Some(process) = self.processes.get(&pid) else { return };
        let Run::Waiting(wait) = &process.run else { return };
        if let Some(time) = wait.until {
            self.timers.remove(&(time, pid));
        }
        let frozen = self.namespace(process.ns).is_some_and(|ns| ns.paused);
        if let Some(process) = self.process_mut(pid) {
            process.run = Run::Ready;
        }
        if !frozen {
            self.ready.insert(pid);
        }
    }

    /// Unfreezes a namespace: what is ready in it runs again.
    pub fn thaw(&mut self, ns: super::NsId) {
        let ready: Vec<Pid> = self.processes_of(ns).filter(|p| p.run == Run::Ready).map(|p| p.pid).collect();
        self.ready.extend(ready);
    }

    /// Puts a process to sleep until one of the things it waits for happens.
    fn block(&mut self, pid: Pid, wait: Wait) {
        if self.process(pid).is_some_and(|p| !p.signals.is_empty()) {
            return;
        }
        self.ready.remove(&pid);
        for fd in wait.read.iter().chain(&wait.write) {
            self.enlist(pid, *fd);
        }
        if let Some(time) = wait.until {
            self.timers.insert((time, pid));
        }
        if wait.daemon {
            self.daemon_waiters.insert(pid);
        }
        if let Some(process) = self.process_mut(pid) {
            process.run = Run::Waiting(wait);
        }
    }

    /// Acts on the signals that have come for a process; true where it may go on.
    fn deliver(&mut self, pid: Pid) -> bool {
        loop {
            let Some(process) = self.process(pid) else { return false };
            let unhandled =
                process.signals.iter().copied().find(|s| {
                    s.is_uncatchable() || process.dispositions.get(s) != Some(&Disposition::Handle)
                });
            let Some(signal) = unhandled else { return true };
            let ignored =
                process.dispositions.get(&signal) == Some(&Disposition::Ignore) && !signal.is_uncatchable();
            let shielded = process.vpid == 1 && !signal.is_uncatchable();
            if let Some(process) = self.process_mut(pid) {
                process.signals.remove(&signal);
            }
            match signal.default_action() {
                _ if ignored => {}
                DefaultAction::Terminate if !shielded => {
                    self.terminate(pid, Exit::Signal(signal));
                    return false;
                }
                DefaultAction::Stop if !shielded => {
                    self.ready.remove(&pid);
                    if let Some(process) = self.process_mut(pid) {
                        process.run = Run::Stopped;
                    }
                    return false;
                }
                _ => {}
            }
        }
    }
}

fn turn(machine: &mut dyn Machine, programs: &Programs, pid: Pid) {
    let kernel = machine.kernel_mut();
    let Some(process) = kernel.process(pid) else {
        kernel.ready.remove(&pid);
        return;
    };
    if process.run != Run::Ready || kernel.namespace(process.ns).is_none_or(|ns| ns.paused) {
        kernel.ready.remove(&pid);
        return;
    }
    if !kernel.deliver(pid) {
        return;
    }
    if let Some(wait) = kernel.deliver_output(pid) {
        kernel.block(pid, wait);
        return;
    }
    if let Some(exit) = kernel.process(pid).and_then(|p| p.ending) {
        kernel.terminate(pid, exit);
        return;
    }
    let Some(code) = kernel.process_mut(pid).map(|p| std::mem::replace(&mut p.program, Code::Running)) else {
        return;
    };
    let (code, step, spent) = step(machine, programs, pid, code);
    let kernel = machine.kernel_mut();
    kernel.worked += u64::from(spent);
    kernel.now += Duration(UNIT.0.saturating_mul(i64::from(spent)));
    let Some(process) = kernel.process_mut(pid) else { return };
    process.cpu_micros += u64::from(spent);
    if step != Step::Replaced {
        process.program = code;
    }
    match step {
        Step::Continue | Step::Replaced => {}
        Step::Exit(code) => process.ending = Some(Exit::Code(code)),
        Step::Block(wait) => match kernel.flush(pid) {
            Some(full) => kernel.block(pid, full),
            None => kernel.block(pid, wait),
        },
    }
}

/// Runs one turn of a program that has been taken out of the process table.
fn step(machine: &mut dyn Machine, programs: &Programs, pid: Pid, code: Code) -> (Code, Step, u32) {
    let mut sys = Sys::new(machine, programs, pid, FUEL);
    let code = match code {
        Code::Named(name) => match programs.find(&name).map(|applet| applet.start) {
            Some(Start::Main(_)) => Code::Main(name),
            Some(Start::State { make, .. }) => Code::State(name, make()),
            None => return (Code::Named(name.clone()), not_simulated(&mut sys, &name), 1),
        },
        code => code,
    };
    let (code, step) = match code {
        Code::Main(name) => {
            let step = run_main(&mut sys, &name);
            (Code::Main(name), step)
        }
        Code::State(name, mut program) => {
            let step = program.step(&mut sys);
            (Code::State(name, program), step)
        }
        other => (other, Step::Exit(126)),
    };
    let spent = sys.spent().max(1);
    (code, step, spent)
}

fn run_main(sys: &mut Sys<'_>, name: &str) -> Step {
    let Some(Start::Main(main)) = sys.programs().find(name).map(|applet| applet.start) else {
        return not_simulated(sys, name);
    };
    let mark = sys.pending_mark();
    let ended = main(sys);
    let ended = match sys.awaited() {
        Some(fd) => Err(Stop::Wait(Wait::readable(fd))),
        None => ended,
    };
    match ended {
        Ok(code) | Err(Stop::Exit(code)) => Step::Exit(code),
        Err(Stop::Wait(wait)) => {
            sys.drop_pending_after(mark);
            Step::Block(wait)
        }
        Err(Stop::Replaced) => Step::Replaced,
    }
}

fn not_simulated(sys: &mut Sys<'_>, name: &str) -> Step {
    sys.eprint(&format!("drydock: the program '{name}' is not simulated\n"));
    Step::Exit(126)
}
