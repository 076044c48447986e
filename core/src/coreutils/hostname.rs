//! `hostname [-fsidI] [NAME]`, `uname [-asnrvmpio]`, `arch`, `nproc`, `hostid`: facts of the machine.
//!
//! Setting the name is refused, as in a container without privileges. Exit status: 0, or 1.

use super::opts::{Spec, parse, usage_error};
use super::walk::complain;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `arch`, `hostid`, `hostname`, `nproc` and `uname`.
pub const APPLETS: &[Applet] = &[
    Applet::main("arch", arch),
    Applet::main("hostid", hostid),
    Applet::main("hostname", hostname),
    Applet::main("nproc", nproc),
    Applet::main("uname", uname),
];

const HOSTNAME: Spec = Spec::new(
    "fsidI",
    &[("fqdn", 'f'), ("long", 'f'), ("short", 's'), ("ip-address", 'i'), ("all-ip-addresses", 'I'), ("domain", 'd')],
    "[-sidf] [HOSTNAME]",
    "Print the name of the machine.",
)
.missing("AFby");
const UNAME: Spec = Spec::new(
    "asnrvmpio",
    &[
        ("all", 'a'),
        ("kernel-name", 's'),
        ("nodename", 'n'),
        ("kernel-release", 'r'),
        ("kernel-version", 'v'),
        ("machine", 'm'),
        ("processor", 'p'),
        ("hardware-platform", 'i'),
        ("operating-system", 'o'),
    ],
    "[-amnrspvio]",
    "Print facts of the kernel and the machine.",
);
// A container may run on all processors there are (`--all`).
const NPROC: Spec =
    Spec::new("", &[("all", 'a'), ("ignore=", 'i')], "[--all] [--ignore=N]", "Print the number of processors.").moot("a");
/// The processors of the host.
pub(super) const PROCESSORS: u64 = 2;

fn hostname(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &HOSTNAME)?;
    let name = sys.hostname();
    if !options.operands.is_empty() {
        let gnu = "you must be root to change the host name";
        complain(sys, gnu, "sethostname: Operation not permitted");
        return Ok(1);
    }
    let text = match options.last_of("fsidI") {
        Some('s') => name.split('.').next().unwrap_or("").to_string(),
        Some('f') => canonical(sys, name),
        Some('d') => canonical(sys, name).split_once('.').map_or(String::new(), |(_, d)| d.to_string()),
        Some('I') => {
            let space = sys.kernel().net.space(sys.network());
            let all: String =
                space.map_or(String::new(), |s| s.interfaces.iter().map(|i| format!("{} ", i.address)).collect());
            all
        }
        Some('i') => match sys.lookup(&name) {
            Ok(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            Err(_) => {
                let text = "Name or service not known";
                sys.complain(text);
                return Ok(1);
            }
        },
        _ => name,
    };
    sys.print(&format!("{text}\n"));
    Ok(0)
}

/// The first name that `/etc/hosts` has for the address of this one.
fn canonical(sys: &mut Sys<'_>, name: String) -> String {
    let hosts = sys.read_file("/etc/hosts").unwrap_or_default();
    let hosts = String::from_utf8_lossy(&hosts);
    let names = hosts.lines().map(|line| line.split('#').next().unwrap_or("").split_whitespace().skip(1));
    let found = names.into_iter().find(|names| names.clone().any(|n| n.eq_ignore_ascii_case(&name)));
    found.and_then(|mut names| names.next()).map_or(name.clone(), String::from)
}

fn uname(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &UNAME)?;
    if let Some(extra) = options.operands.first() {
        let gnu = sys.flavor() == Flavor::Gnu;
        let text = if gnu { format!("extra operand '{extra}'") } else { String::new() };
        return Err(usage_error(sys, &UNAME, &text));
    }
    let release = sys.read_file("/proc/sys/kernel/osrelease").unwrap_or_default();
    let release = String::from_utf8_lossy(&release).trim().to_string();
    let release = if release.is_empty() { "6.8.0-drydock".to_string() } else { release };
    let host = sys.hostname();
    let fields = [
        ('s', "Linux"),
        ('n', host.as_str()),
        ('r', release.as_str()),
        ('v', "#1 SMP PREEMPT_DYNAMIC"),
        ('m', "x86_64"),
        ('p', "unknown"),
        ('i', "unknown"),
        ('o', if sys.flavor() == Flavor::Gnu || sys.stat("/etc/alpine-release").is_err() { "GNU/Linux" } else { "Linux" }),
    ];
    let all = options.has('a');
    let none = options.list.is_empty();
    let shown: Vec<&str> = fields
        .iter()
        .filter(|(c, text)| options.has(*c) || (all && *text != "unknown") || (none && *c == 's'))
        .map(|(_, text)| *text)
        .collect();
    sys.print(&format!("{}\n", shown.join(" ")));
    Ok(0)
}

/// The address of this machine with its halves exchanged.
fn hostid(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let name = sys.hostname();
    let address = sys.lookup(&name).ok().and_then(|all| all.first().copied());
    let number = address.map_or(0, |address| u32::from_le_bytes(address.octets()).rotate_left(16));
    sys.print(&format!("{number:08x}\n"));
    Ok(0)
}

fn arch(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    sys.print("x86_64\n");
    Ok(0)
}

fn nproc(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &NPROC)?;
    let ignored = options.value('i').unwrap_or("0").to_string();
    let Ok(ignored) = ignored.parse() else {
        sys.complain(&format!("invalid number: '{ignored}'"));
        return Ok(1);
    };
    sys.print(&format!("{}\n", PROCESSORS.saturating_sub(ignored).max(1)));
    Ok(0)
}
