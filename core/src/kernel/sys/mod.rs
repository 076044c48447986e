//! System calls: everything a program may do, and all it can see.

mod files;
mod memory;
mod network;
mod process;
mod stdio;
mod trees;

pub use files::Stat;
pub use memory::{Growth, TOO_MUCH};
pub use stdio::Read;

use super::{Kernel, Machine, Pid, Process, Programs, Viewer};
use crate::base::{Duration, Errno, Time};
use std::any::Any;

/// The kernel as one process sees it during its turn.
pub struct Sys<'a> {
    machine: &'a mut dyn Machine,
    programs: &'a Programs,
    pid: Pid,
    fuel: u32,
    spent: u32,
    /// The descriptor of a pipe that was to be read whole and is still written to.
    awaited: Option<i32>,
}

impl<'a> Sys<'a> {
    pub(super) fn new(machine: &'a mut dyn Machine, programs: &'a Programs, pid: Pid, fuel: u32) -> Self {
        Self { machine, programs, pid, fuel, spent: 0, awaited: None }
    }

    /// The descriptor of the pipe that [`Sys::read_file`] found unfinished.
    pub fn awaited(&mut self) -> Option<i32> {
        self.awaited.take()
    }

    /// Spends `units` of this turn's work (one is about a microsecond of virtual time); false where the turn
    /// is over and the program should return [`super::Step::Continue`].
    pub fn spend(&mut self, units: u32) -> bool {
        self.spent = self.spent.saturating_add(units);
        self.spent < self.fuel
    }

    pub(super) fn spent(&self) -> u32 {
        self.spent
    }

    /// All programs there are.
    pub fn programs(&self) -> &'a Programs {
        self.programs
    }

    /// The kernel, to look at.
    pub fn kernel(&self) -> &Kernel {
        self.machine.kernel()
    }

    pub(super) fn kernel_mut(&mut self) -> &mut Kernel {
        self.machine.kernel_mut()
    }

    /// The daemon behind its socket, for the `docker` program.
    pub fn daemon<T: Any>(&mut self) -> Option<&mut T> {
        self.machine.daemon().downcast_mut()
    }

    /// This process.
    ///
    /// # Errors
    /// `ESRCH` where it has been killed during its own turn.
    pub fn me(&self) -> Result<&Process, Errno> {
        self.kernel().process(self.pid).ok_or(Errno::ESRCH)
    }

    fn me_mut(&mut self) -> Result<&mut Process, Errno> {
        let pid = self.pid;
        self.kernel_mut().process_mut(pid).ok_or(Errno::ESRCH)
    }

    fn viewer(&self) -> Result<Viewer<'_>, Errno> {
        self.kernel().viewer(self.pid).ok_or(Errno::ESRCH)
    }

    /// The present moment of virtual time.
    pub fn now(&self) -> Time {
        self.kernel().now
    }

    /// The moment after `span`.
    pub fn after(&self, span: Duration) -> Time {
        self.now() + span
    }

    /// 64 random bits.
    pub fn random(&mut self) -> u64 {
        self.kernel_mut().rng.next_u64()
    }
}
