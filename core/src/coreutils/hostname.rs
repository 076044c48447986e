//! `hostname [-fsidI] [NAME]`, `uname [-asnrvmpio]`, `arch`, `nproc`, `hostid`-like facts of the machine.
//!
//! Setting the name is refused, as in a container without privileges. Exit status: 0, or 1.

use super::opts::{Spec, parse, usage_error};
use super::walk::complain;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `arch`, `hostname`, `nproc` and `uname`.
pub const APPLETS: &[Applet] = &[
    Applet::main("arch", arch),
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
const PROCESSORS: u64 = 2;

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
        Some('d') => name.split_once('.').map_or(String::new(), |(_, d)| d.to_string()),
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
