//! Linux's capabilities: what root may do, in pieces that can be taken away one by one.

use super::{Credentials, Kernel, NsId};

/// The capabilities there are, without `CAP_`, in the order of their bits.
pub const CAPABILITIES: [&str; 41] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
];

/// All of them as a mask.
const EVERY: u64 = (1 << CAPABILITIES.len()) - 1;

/// The mask of one, 0 for a name that is none.
fn bit(name: &str) -> u64 {
    CAPABILITIES.iter().position(|known| *known == name).map_or(0, |at| 1 << at)
}

impl Kernel {
    /// What even root lacks in a namespace, as [`Credentials::lost`] has it.
    pub fn lost_capabilities(&self, ns: NsId) -> u64 {
        let granted = self.namespace(ns).map_or(&[][..], |ns| &ns.capabilities);
        if granted.is_empty() { 0 } else { EVERY & !granted.iter().fold(0, |mask, name| mask | bit(name)) }
    }
}

impl Credentials {
    /// True for a root that has the capability, named without `CAP_`.
    pub fn is_capable(&self, capability: &str) -> bool {
        self.uid == 0 && self.lost & bit(capability) == 0
    }

    /// What it may do beyond its user id, as a mask, and what it could at most.
    pub(super) fn capability_masks(&self) -> (u64, u64) {
        let most = EVERY & !self.lost;
        (if self.uid == 0 { most } else { 0 }, most)
    }
}
