//! `uptime`, `free [-hmkg]`, `dmesg`, `sysctl NAME…`: the state of the machine.
//!
//! Exit status: 0, or 1 for what is refused or not simulated.

use super::opts::{Spec, parse};
use super::size::human;
use super::walk::complain;
use super::when;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `dmesg`, `free`, `sysctl` and `uptime`.
pub const APPLETS: &[Applet] = &[
    Applet::main("dmesg", dmesg),
    Applet::main("free", free),
    Applet::main("sysctl", sysctl),
    Applet::main("uptime", uptime),
];

const FREE: Spec = Spec::new("hmkgb", &[("human", 'h'), ("mebi", 'm'), ("gibi", 'g'), ("bytes", 'b')], "[-bkmgh]", "Print how much memory is free.");
// Nothing is set, so that nothing is told of it (`-q`).
const SYSCTL: Spec = Spec::new("aneqwp", &[], "[-ne] NAME...", "Print settings of the kernel.").missing("aewp").moot("q");

/// The line that `uptime` prints.
pub fn up_line(sys: &Sys<'_>) -> String {
    let up = (sys.now() - sys.kernel().boot).0 / 1_000_000_000;
    let (days, hours, minutes) = (up / 86_400, up / 3600 % 24, up / 60 % 60);
    let days = match days {
        0 => String::new(),
        1 => "1 day, ".into(),
        n => format!("{n} days, "),
    };
    let clock = if hours > 0 { format!("{hours:2}:{minutes:02}") } else { format!("{minutes} min") };
    let now = when::format("%H:%M:%S", sys.now());
    format!(" {now} up {days}{clock},  0 users,  load average: 0.00, 0.01, 0.05\n")
}

fn uptime(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let text = up_line(sys);
    sys.print(&text);
    Ok(0)
}

/// Total, free and available memory in kilobytes, by `/proc/meminfo`.
pub fn memory(sys: &mut Sys<'_>) -> (u64, u64, u64) {
    let data = sys.read_file("/proc/meminfo").unwrap_or_default();
    let text = String::from_utf8_lossy(&data).into_owned();
    let field = |name: &str| {
        let line = text.lines().find(|l| l.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    (field("MemTotal:").unwrap_or(0), field("MemFree:").unwrap_or(0), field("MemAvailable:").unwrap_or(0))
}

fn free(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &FREE)?;
    let (total, unused, available) = memory(sys);
    let flavor = sys.flavor();
    let shown = |kb: u64| match options.last_of("hmkgb") {
        Some('h') => format!("{}{}", human(kb * 1024, Flavor::Busybox), if flavor == Flavor::Gnu { "i" } else { "" }),
        Some('m') => (kb / 1024).to_string(),
        Some('g') => (kb / 1024 / 1024).to_string(),
        Some('b') => (kb * 1024).to_string(),
        _ => kb.to_string(),
    };
    let used = total.saturating_sub(available);
    let cache = available.saturating_sub(unused);
    let row = |name: &str, cells: &[u64]| {
        let cells: String = cells.iter().map(|c| format!("{:>12}", shown(*c))).collect();
        format!("{name:<7}{}\n", cells)
    };
    let head = "              total        used        free      shared  buff/cache   available\n";
    let text = format!(
        "{head}{}{}",
        row("Mem:", &[total, used, unused, 0, cache, available]),
        row("Swap:", &[0, 0, 0])
    );
    sys.print(&text);
    Ok(0)
}

fn dmesg(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    complain(sys, "read kernel buffer failed: Operation not permitted", "klogctl: Operation not permitted");
    Ok(1)
}

fn sysctl(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SYSCTL)?;
    let mut code = i32::from(options.operands.is_empty());
    for name in &options.operands {
        if let Some((name, _)) = name.split_once('=') {
            let gnu = format!("permission denied on key \"{name}\"");
            complain(sys, &gnu, &format!("error setting key '{name}': Read-only file system"));
            code = 1;
            continue;
        }
        let path = format!("/proc/sys/{}", name.replace('.', "/"));
        match sys.read_file(&path) {
            Ok(data) => {
                let value = String::from_utf8_lossy(&data).trim().to_string();
                let line = if options.has('n') { format!("{value}\n") } else { format!("{name} = {value}\n") };
                sys.print(&line);
            }
            Err(e) => {
                complain(sys, &format!("cannot stat {path}: {e}"), &format!("error: '{path}' is an unknown key"));
                code = 1;
            }
        }
    }
    Ok(code)
}
