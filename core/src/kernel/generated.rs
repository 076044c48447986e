//! `/proc` and `/sys`: files made from the state of the kernel when they are read.

use super::{DescId, Kernel, Pid, Process, Run, Viewer, namespace::Source};
use crate::base::Order;

/// A file of /proc or /sys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// A directory with these names, sorted.
    Dir(Vec<String>),
    /// A file with this content.
    File(Vec<u8>),
    /// A symbolic link.
    Link(String),
}

impl Entry {
    fn text(text: impl Into<String>) -> Option<Self> {
        Some(Entry::File(text.into().into_bytes()))
    }

    fn dir(names: &[&str]) -> Option<Self> {
        Some(Entry::Dir(names.iter().map(|n| (*n).to_string()).collect()))
    }
}

/// The memory of the simulated machine, in KiB.
pub const MEMORY_KB: u64 = 8 * 1024 * 1024;

/// What is at `path`, which begins with `/proc` or `/sys`.
pub(super) fn entry(kernel: &Kernel, viewer: Viewer<'_>, path: &str) -> Option<Entry> {
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    match parts.as_slice() {
        ["proc"] => proc_root(kernel, viewer),
        ["proc", "self"] => Some(Entry::Link(viewer.me?.1.to_string())),
        ["proc", "mounts"] => Some(Entry::Link("self/mounts".into())),
        ["proc", "net"] => Some(Entry::Link("self/net".into())),
        ["proc", "sys", rest @ ..] => sysctl(kernel, viewer, rest),
        ["proc", number, rest @ ..] if number.bytes().all(|b| b.is_ascii_digit()) => {
            let process = find(kernel, viewer, number)?;
            of_process(kernel, viewer, process, rest)
        }
        ["proc", name] => proc_file(kernel, name),
        ["sys", rest @ ..] => sys_file(kernel, viewer, rest),
        _ => None,
    }
}

/// The description behind `/proc/PID/fd/N`.
pub(super) fn descriptor(kernel: &Kernel, viewer: Viewer<'_>, path: &str) -> Option<DescId> {
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    let ["proc", number, "fd", fd] = parts.as_slice() else { return None };
    find(kernel, viewer, number)?.fds.get(&fd.parse::<i32>().ok()?).map(|fd| fd.desc)
}

fn find<'a>(kernel: &'a Kernel, viewer: Viewer<'_>, number: &str) -> Option<&'a Process> {
    let pids = kernel.namespace(viewer.ns)?.pids;
    let pid: Pid = *kernel.pid_space(pids)?.members.get(&number.parse::<u32>().ok()?)?;
    kernel.process(pid)
}

fn proc_root(kernel: &Kernel, viewer: Viewer<'_>) -> Option<Entry> {
    let pids = kernel.namespace(viewer.ns)?.pids;
    let mut names: Vec<String> = kernel.pid_space(pids)?.members.keys().map(ToString::to_string).collect();
    let fixed =
        ["cpuinfo", "loadavg", "meminfo", "mounts", "net", "self", "stat", "sys", "uptime", "version"];
    names.extend(fixed.map(String::from));
    names.order();
    Some(Entry::Dir(names))
}

fn proc_file(kernel: &Kernel, name: &str) -> Option<Entry> {
    let up = (kernel.now - kernel.boot).as_secs_f64();
    match name {
        "uptime" => Entry::text(format!("{up:.2} {:.2}\n", up * 1.9)),
        "loadavg" => {
            Entry::text(format!("0.00 0.01 0.05 1/{} {}\n", kernel.processes.len(), kernel.next_pid))
        }
        "version" => Entry::text("Linux version 6.8.0-drydock (drydock@drydock) #1 SMP PREEMPT_DYNAMIC\n"),
        "stat" => Entry::text(format!("cpu  0 0 0 0 0 0 0 0 0 0\nbtime {}\n", kernel.boot.unix_secs())),
        "meminfo" => Entry::text(format!(
            "MemTotal:       {MEMORY_KB:>8} kB\nMemFree:        {:>8} kB\nMemAvailable:   {:>8} kB\nBuffers:               0 kB\nCached:                0 kB\nSwapCached:            0 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n",
            MEMORY_KB / 2,
            MEMORY_KB * 3 / 4
        )),
        "cpuinfo" => Entry::text(
            (0..2)
                .map(|i| format!("processor\t: {i}\nmodel name\t: Drydock virtual CPU\n\n"))
                .collect::<String>(),
        ),
        _ => None,
    }
}

fn sysctl(kernel: &Kernel, viewer: Viewer<'_>, parts: &[&str]) -> Option<Entry> {
    let name = parts.join(".");
    if let Some(value) = kernel.namespace(viewer.ns)?.limits.sysctls.get(&name) {
        return Entry::text(format!("{value}\n"));
    }
    match name.as_str() {
        "net.ipv4.ip_forward" => return Entry::text("1\n"),
        "net.ipv4.ip_unprivileged_port_start" => return Entry::text("0\n"),
        "net.ipv4.ping_group_range" => return Entry::text("0\t2147483647\n"),
        "net.core.somaxconn" => return Entry::text("4096\n"),
        _ => {}
    }
    match parts {
        [] => Entry::dir(&["fs", "kernel", "net"]),
        ["net"] => Entry::dir(&["core", "ipv4"]),
        ["net", "core"] => Entry::dir(&["somaxconn"]),
        ["net", "ipv4"] => Entry::dir(&["ip_forward", "ip_unprivileged_port_start", "ping_group_range"]),
        ["fs"] => Entry::dir(&[]),
        ["kernel"] => Entry::dir(&["hostname", "osrelease", "ostype"]),
        ["kernel", "hostname"] => Entry::text(format!("{}\n", kernel.namespace(viewer.ns)?.hostname)),
        ["kernel", "osrelease"] => Entry::text("6.8.0-drydock\n"),
        ["kernel", "ostype"] => Entry::text("Linux\n"),
        _ => None,
    }
}

fn of_process(kernel: &Kernel, viewer: Viewer<'_>, p: &Process, parts: &[&str]) -> Option<Entry> {
    match parts {
        [] => Entry::dir(&[
            "cgroup",
            "cmdline",
            "comm",
            "cwd",
            "environ",
            "exe",
            "fd",
            "limits",
            "mountinfo",
            "mounts",
            "net",
            "oom_score_adj",
            "root",
            "stat",
            "status",
        ]),
        ["comm"] => Entry::text(format!("{}\n", p.comm)),
        ["cmdline"] => {
            Some(Entry::File(p.argv.iter().flat_map(|a| [a.as_bytes(), b"\0"].concat()).collect()))
        }
        ["environ"] => Entry::text(p.env.iter().map(|(k, v)| format!("{k}={v}\0")).collect::<String>()),
        ["cwd"] => Some(Entry::Link(p.cwd.clone())),
        ["exe"] => Some(Entry::Link(p.exe.clone())),
        ["root"] => Some(Entry::Link("/".into())),
        ["cgroup"] => Entry::text("0::/\n"),
        ["status"] => Entry::text(super::status::status(kernel, p)),
        ["limits"] => Entry::text(super::status::limits(&kernel.namespace(p.ns)?.limits)),
        ["oom_score_adj"] => Entry::text(format!("{}\n", kernel.namespace(p.ns)?.limits.oom_score_adj)),
        ["stat"] => Entry::text(format!("{} ({}) {} 0\n", p.vpid, p.comm, letter(p))),
        ["mounts" | "mountinfo"] => Entry::text(mounts(kernel, viewer)?),
        ["fd"] => Some(Entry::Dir(p.fds.keys().map(ToString::to_string).collect())),
        ["fd", fd] => {
            let desc = p.fds.get(&fd.parse::<i32>().ok()?)?.desc;
            match &kernel.descriptions.get(&desc)?.object {
                super::Object::File(_) | super::Object::Null => {
                    Some(Entry::Link(kernel.descriptions.get(&desc)?.path.clone()))
                }
                _ => Entry::text(""),
            }
        }
        ["net"] => Entry::dir(&["dev", "tcp", "tcp6"]),
        ["net", "tcp"] => Entry::text(tcp(kernel, viewer)?),
        ["net", "tcp6"] => Entry::text(TCP_HEADER),
        ["net", "dev"] => Entry::text("Inter-|   Receive  |  Transmit\n face |bytes packets|bytes packets\n"),
        _ => None,
    }
}

/// The state letter of `ps`.
pub(super) fn letter(p: &Process) -> char {
    match p.run {
        Run::Ready => 'R',
        Run::Waiting(_) => 'S',
        Run::Stopped => 'T',
        Run::Zombie(_) => 'Z',
    }
}

fn mounts(kernel: &Kernel, viewer: Viewer<'_>) -> Option<String> {
    let ns = kernel.namespace(viewer.ns)?;
    Some(
        ns.mounts
            .iter()
            .map(|m| {
                let device = match m.source {
                    Source::Disk { .. } => m.device.as_str(),
                    Source::Proc => "proc",
                    Source::Sys => "sysfs",
                };
                format!("{device} {} {} {} 0 0\n", m.target, m.fs_type, m.shown_options())
            })
            .collect(),
    )
}

const TCP_HEADER: &str =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

fn tcp(kernel: &Kernel, viewer: Viewer<'_>) -> Option<String> {
    let net = kernel.namespace(viewer.ns)?.net;
    let mut out = TCP_HEADER.to_string();
    for (i, (_, l)) in kernel.net.listeners_of(net).into_iter().enumerate() {
        let [a, b, c, d] = l.address.octets();
        out.push_str(&format!(
            "{i:4}: {d:02X}{c:02X}{b:02X}{a:02X}:{:04X} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 {} 1\n",
            l.port,
            1000 + i
        ));
    }
    Some(out)
}

fn sys_file(kernel: &Kernel, viewer: Viewer<'_>, parts: &[&str]) -> Option<Entry> {
    let limits = &kernel.namespace(viewer.ns)?.limits;
    let or_max = |n: Option<u64>| n.map_or("max\n".to_string(), |n| format!("{n}\n"));
    match parts {
        [] => Entry::dir(&["class", "devices", "fs", "kernel"]),
        ["class" | "devices" | "kernel"] => Entry::dir(&[]),
        ["fs"] => Entry::dir(&["cgroup"]),
        ["fs", "cgroup"] => Entry::dir(&[
            "cgroup.controllers",
            "cgroup.procs",
            "cpu.max",
            "memory.current",
            "memory.events",
            "memory.max",
            "memory.swap.max",
            "pids.current",
            "pids.max",
        ]),
        ["fs", "cgroup", "cgroup.controllers"] => Entry::text("cpuset cpu io memory pids\n"),
        ["fs", "cgroup", "cgroup.procs"] => {
            Entry::text(kernel.processes_of(viewer.ns).map(|p| format!("{}\n", p.vpid)).collect::<String>())
        }
        ["fs", "cgroup", "memory.current"] => Entry::text(format!("{}\n", kernel.memory_of(viewer.ns))),
        ["fs", "cgroup", "memory.events"] => {
            let kills = u8::from(kernel.namespace(viewer.ns)?.oom_killed);
            Entry::text(format!(
                "low 0\nhigh 0\nmax {kills}\noom {kills}\noom_kill {kills}\noom_group_kill 0\n"
            ))
        }
        ["fs", "cgroup", "memory.swap.max"] => Entry::text("0\n"),
        ["fs", "cgroup", "pids.current"] => {
            Entry::text(format!("{}\n", kernel.processes_of(viewer.ns).count()))
        }
        ["fs", "cgroup", "memory.max"] => Entry::text(or_max(limits.memory)),
        ["fs", "cgroup", "pids.max"] => Entry::text(or_max(limits.pids.map(u64::from))),
        ["fs", "cgroup", "cpu.max"] => Entry::text(
            limits.nano_cpus.map_or("max 100000\n".to_string(), |n| format!("{} 100000\n", n / 10_000)),
        ),
        _ => None,
    }
}
