//! Memory that a program takes.

use super::Sys;

/// What became of bytes that a program wants to go on holding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// They fit.
    Fits,
    /// They are more than Drydock holds for one program: say so and end.
    Refused,
    /// They are more than Drydock holds, and a limit lies further up: go on, count, and drop the bytes. Where
    /// the input ends before the limit is reached, say so and end.
    Beyond,
    /// The process is no more.
    Killed,
}

/// What [`Growth::Refused`] is complained of with.
pub const TOO_MUCH: &str = "more than 64 MiB at once, which Drydock does not hold";

/// The most a program may really hold, in bytes.
const MOST: u64 = 64 << 20;

impl Sys<'_> {
    /// Says how many bytes this process holds beside its program. Where that exceeds the limit of its namespace
    /// or the machine, the kernel kills the largest process; false where that was this one.
    pub fn claim_memory(&mut self, bytes: u64) -> bool {
        let Ok(me) = self.me_mut() else { return false };
        me.memory = bytes;
        let pid = self.pid;
        self.kernel_mut().settle_memory(pid)
    }

    /// As [`Sys::claim_memory`], for bytes that are really there and grow without a known end.
    pub fn hold(&mut self, bytes: u64) -> Growth {
        if !self.claim_memory(bytes) {
            return Growth::Killed;
        }
        let limited = self
            .me()
            .ok()
            .and_then(|me| self.kernel().namespace(me.ns))
            .is_some_and(|ns| ns.limits.memory.is_some());
        match bytes <= MOST {
            true => Growth::Fits,
            false if limited => Growth::Beyond,
            false => Growth::Refused,
        }
    }

    /// Ends this process as the kernel does when memory runs out.
    pub(super) fn kill_self_out_of_memory(&mut self) {
        let pid = self.pid;
        if let Ok(ns) = self.me().map(|me| me.ns) {
            self.kernel_mut().kill_for_memory(ns, pid);
        }
    }
}
