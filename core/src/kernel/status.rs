//! `/proc/PID/status` and `/proc/PID/limits`.

use super::{Kernel, Limits, PROCESS_BYTES, Process, generated::letter};

/// What `/proc/PID/status` says of a process.
pub(super) fn status(kernel: &Kernel, p: &Process) -> String {
    let state = match letter(p) {
        'R' => "R (running)",
        'T' => "T (stopped)",
        'Z' => "Z (zombie)",
        _ => "S (sleeping)",
    };
    let ids = |id: u32| format!("{id}\t{id}\t{id}\t{id}");
    let groups: String = p.cred.groups.iter().map(|g| format!("{g} ")).collect();
    let parent = kernel.process(p.parent).map_or(0, |parent| parent.vpid);
    let kib = (PROCESS_BYTES + p.memory) / 1024;
    let (effective, most) = p.cred.capability_masks();
    let limits = kernel.namespace(p.ns).map(|ns| &ns.limits);
    let private = u8::from(limits.is_some_and(|l| l.no_new_privileges));
    let filter = if limits.is_some_and(|l| l.filtered) { 2 } else { 0 };
    format!(
        "Name:\t{}\nUmask:\t{:04o}\nState:\t{state}\nTgid:\t{vpid}\nNgid:\t0\nPid:\t{vpid}\nPPid:\t{parent}\n\
         TracerPid:\t0\nUid:\t{}\nGid:\t{}\nFDSize:\t64\nGroups:\t{groups}\n\
         VmSize:\t{kib:>8} kB\nVmRSS:\t{kib:>8} kB\nThreads:\t1\n\
         CapInh:\t0000000000000000\nCapPrm:\t{effective:016x}\nCapEff:\t{effective:016x}\n\
         CapBnd:\t{most:016x}\nCapAmb:\t0000000000000000\nNoNewPrivs:\t{private}\nSeccomp:\t{filter}\n\
         Seccomp_filters:\t{}\n",
        p.comm,
        p.umask,
        ids(p.cred.uid),
        ids(p.cred.gid),
        filter / 2,
        vpid = p.vpid,
    )
}

/// The limits there are: what `/proc/PID/limits` calls them, their name in `--ulimit`, soft and hard value where
/// none is set, and their unit.
const LIMITS: [(&str, &str, &str, &str, &str); 16] = [
    ("cpu time", "cpu", "unlimited", "unlimited", "seconds"),
    ("file size", "fsize", "unlimited", "unlimited", "bytes"),
    ("data size", "data", "unlimited", "unlimited", "bytes"),
    ("stack size", "stack", "8388608", "unlimited", "bytes"),
    ("core file size", "core", "unlimited", "unlimited", "bytes"),
    ("resident set", "rss", "unlimited", "unlimited", "bytes"),
    ("processes", "nproc", "unlimited", "unlimited", "processes"),
    ("open files", "nofile", "1048576", "1048576", "files"),
    ("locked memory", "memlock", "8388608", "8388608", "bytes"),
    ("address space", "as", "unlimited", "unlimited", "bytes"),
    ("file locks", "locks", "unlimited", "unlimited", "locks"),
    ("pending signals", "sigpending", "31500", "31500", "signals"),
    ("msgqueue size", "msgqueue", "819200", "819200", "bytes"),
    ("nice priority", "nice", "0", "0", ""),
    ("realtime priority", "rtprio", "0", "0", ""),
    ("realtime timeout", "rttime", "unlimited", "unlimited", "us"),
];

/// What `/proc/PID/limits` says of a process under `limits`.
pub(super) fn limits(limits: &Limits) -> String {
    let row = |name: &str, soft: &str, hard: &str, unit: &str| {
        format!("{name:<26}{soft:<21}{hard:<21}{unit:<10}\n")
    };
    let text = |n: i64| if n < 0 { "unlimited".to_string() } else { n.to_string() };
    let mut out = row("Limit", "Soft Limit", "Hard Limit", "Units");
    for (name, key, soft, hard, unit) in LIMITS {
        let set = limits.ulimits.get(key).map(|(soft, hard)| (text(*soft), text(*hard)));
        let (soft, hard) = set.unwrap_or((soft.to_string(), hard.to_string()));
        out.push_str(&row(&format!("Max {name}"), &soft, &hard, unit));
    }
    out
}
