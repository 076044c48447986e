//! Memory as a control group accounts for it: a model in which a process takes a little, what it says it holds
//! comes on top, and files on temporary filesystems lie in memory too.

use super::{Exit, FsId, Kernel, MEMORY_KB, Notice, NsId, Pid, Place, Run, Signal, namespace::Source};
use crate::fs::View;
use std::sync::Arc;

/// What a process takes of memory before it holds anything, in bytes.
pub const PROCESS_BYTES: u64 = 360 << 10;

impl Kernel {
    /// The memory that a namespace takes, in bytes.
    pub fn memory_of(&self, ns: NsId) -> u64 {
        let live = self.processes_of(ns).filter(|p| !matches!(p.run, Run::Zombie(_)));
        let held = live.fold(0u64, |sum, p| sum.saturating_add(PROCESS_BYTES).saturating_add(p.memory));
        held.saturating_add(self.files_in_memory(ns))
    }

    fn files_in_memory(&self, ns: NsId) -> u64 {
        let mounts = self.namespace(ns).map_or(&[][..], |ns| &ns.mounts);
        let mut seen = vec![];
        for mount in mounts.iter().filter(|m| m.fs_type == "tmpfs") {
            if let Source::Disk { fs, .. } = mount.source
                && !seen.contains(&fs)
            {
                seen.push(fs);
            }
        }
        seen.into_iter()
            .filter_map(|fs| self.view(fs))
            .fold(0u64, |sum, v| sum.saturating_add(View::total_bytes(v)))
    }

    fn is_in_memory(&self, ns: NsId, fs: FsId) -> bool {
        let mounts = self.namespace(ns).map_or(&[][..], |ns| &ns.mounts);
        mounts
            .iter()
            .any(|m| m.fs_type == "tmpfs" && matches!(m.source, Source::Disk { fs: f, .. } if f == fs))
    }

    /// How many bytes a process may make a file have before its namespace runs out of memory.
    pub(super) fn memory_room(&self, pid: Pid, place: Place) -> usize {
        let Some(ns) = self.process(pid).map(|p| p.ns).filter(|ns| self.is_in_memory(*ns, place.fs)) else {
            return usize::MAX;
        };
        let Some(limit) = self.namespace(ns).and_then(|ns| ns.limits.memory) else { return usize::MAX };
        let size = self.inode(place).map_or(0, crate::fs::Inode::size);
        let others = self.memory_of(ns).saturating_sub(size);
        usize::try_from(limit.saturating_sub(others)).unwrap_or(usize::MAX)
    }

    /// Accounts for a file that has grown; where it lies in memory and that is too much, a process is killed.
    pub(super) fn charge(&mut self, pid: Pid, fs: FsId) {
        let Some(ns) = self.process(pid).map(|p| p.ns) else { return };
        if self.namespace(ns).is_some_and(|ns| ns.limits.memory.is_some()) && self.is_in_memory(ns, fs) {
            let _the_writer_may_be_gone = self.settle_memory(pid);
        }
    }

    /// Kills the largest processes of a namespace until what is left fits its limit and the machine; false
    /// where `claimant` was among them.
    pub(super) fn settle_memory(&mut self, claimant: Pid) -> bool {
        let Some(ns) = self.process(claimant).map(|p| p.ns) else { return false };
        let machine = MEMORY_KB << 10;
        let limit = self.namespace(ns).and_then(|ns| ns.limits.memory).unwrap_or(machine).min(machine);
        while self.memory_of(ns) > limit {
            let live = self.processes_of(ns).filter(|p| !matches!(p.run, Run::Zombie(_)));
            let Some(victim) = live.max_by_key(|p| (p.memory, p.pid == claimant, p.pid)).map(|p| p.pid)
            else {
                break;
            };
            self.kill_for_memory(ns, victim);
            if self.process(claimant).is_none_or(|p| matches!(p.run, Run::Zombie(_))) {
                return false;
            }
        }
        true
    }

    /// Ends a process as the kernel does where memory runs out.
    pub(super) fn kill_for_memory(&mut self, ns: NsId, victim: Pid) {
        if let Some(ns) = self.namespaces.get_mut(&ns).map(Arc::make_mut) {
            ns.oom_killed = true;
        }
        self.notify(Notice::OutOfMemory(ns));
        self.terminate(victim, Exit::Signal(Signal::KILL));
    }
}
