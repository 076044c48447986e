//! `mount`, `umount`, `df [-hkaiT] [FILE]…`: the mounts of this namespace. Making and undoing mounts is refused,
//! as in a container without privileges.
//!
//! Exit status: 0, or 1 (GNU `mount`: 32).

use super::opts::{Spec, parse, usage_error};
use super::size::human;
use super::walk::complain;
use crate::kernel::{Applet, Flavor, Mount, Source, Stop, Sys};

/// `df`, `mount`, `mountpoint` and `umount`.
pub const APPLETS: &[Applet] = &[
    Applet::main("df", df),
    Applet::main("mount", mount),
    Applet::main("mountpoint", mountpoint),
    Applet::main("umount", umount),
];

// Nothing is mounted, so that how (`-B`, `-i`, `-n`, `-s`), whether that is told (`-v`) and labels (`-l`) are moot.
const MOUNT: Spec = Spec::new(
    "t:o:rwavlnsi",
    &[("bind", 'B'), ("types=", 't'), ("options=", 'o'), ("all", 'a')],
    "[-t FSTYPE] [-o OPT] [DEVICE] [DIR]",
    "Print the mounts.",
)
.moot("Blnisvrwo");
// Nothing is undone, neither by force nor later.
const UMOUNT: Spec =
    Spec::new("flrdna", &[("force", 'f'), ("lazy", 'l')], "[-fl] DIR", "Undo a mount.").missing("a").moot("flrdn");
const DF: Spec = Spec::new(
    "hkaiTPmHt:",
    &[("human-readable", 'h'), ("all", 'a'), ("inodes", 'i'), ("print-type", 'T'), ("portability", 'P'), ("type=", 't')],
    "[-hkmaT] [FILE]...",
    "Print how full the file systems are.",
)
.missing("iH");
const MOUNTPOINT: Spec = Spec::new("qd", &[("quiet", 'q')], "[-q] DIR", "Tell whether DIR is a mount point.").missing("d");
/// Size of a disk in blocks of 1024 bytes, and how much of it is taken.
const DISK: (u64, u64) = (62_914_560, 12_582_912);

fn mounts(sys: &Sys<'_>) -> Vec<Mount> {
    sys.me().ok().and_then(|me| sys.kernel().namespace(me.ns)).map_or(vec![], |ns| ns.mounts.clone())
}

fn device(mount: &Mount) -> &str {
    match mount.source {
        Source::Disk { .. } => &mount.device,
        Source::Proc => "proc",
        Source::Sys => "sysfs",
    }
}

fn fs_type(mount: &Mount) -> &str {
    match mount.source {
        Source::Disk { .. } => &mount.fs_type,
        Source::Proc => "proc",
        Source::Sys => "sysfs",
    }
}

fn mount(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &MOUNT)?;
    if options.operands.is_empty() && !options.has('a') {
        let lines: String = mounts(sys)
            .iter()
            .filter(|m| options.value('t').is_none_or(|types| types.split(',').any(|t| t == fs_type(m))))
            .map(|m| {
                format!("{} on {} type {} ({})\n", device(m), m.target, fs_type(m), m.shown_options())
            })
            .collect();
        sys.print(&lines);
        return Ok(0);
    }
    if sys.is_capable("SYS_ADMIN") {
        sys.complain("making mounts is not simulated by Drydock (docker run -v, --mount and --tmpfs are)");
        return Ok(if sys.flavor() == Flavor::Gnu { 32 } else { 1 });
    }
    let place = options.operands.last().map_or("", String::as_str);
    if sys.flavor() == Flavor::Gnu {
        sys.complain(&format!("{place}: permission denied."));
        sys.eprint("       dmesg(1) may have more information after failed mount system call.\n");
        return Ok(32);
    }
    sys.complain("permission denied (are you root?)");
    Ok(1)
}

fn umount(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &UMOUNT)?;
    if options.operands.is_empty() {
        return Err(usage_error(sys, &UMOUNT, "bad usage"));
    }
    if sys.is_capable("SYS_ADMIN") {
        sys.complain("undoing mounts is not simulated by Drydock");
        return Ok(if sys.flavor() == Flavor::Gnu { 32 } else { 1 });
    }
    for place in &options.operands {
        let known = sys.realpath(place).is_ok_and(|p| mounts(sys).iter().any(|m| m.target == p));
        let (gnu, busybox) = match known {
            true => (format!("{place}: must be superuser to unmount."), format!("can't unmount {place}: Operation not permitted")),
            false => (format!("{place}: not mounted."), format!("can't unmount {place}: Invalid argument")),
        };
        complain(sys, &gnu, &busybox);
    }
    Ok(if sys.flavor() == Flavor::Gnu { 32 } else { 1 })
}

fn mountpoint(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &MOUNTPOINT)?;
    let Some(place) = options.operands.first() else { return Ok(1) };
    let is = sys.realpath(place).is_ok_and(|p| mounts(sys).iter().any(|m| m.target == p));
    if !options.has('q') {
        let not = if is { "" } else { "not " };
        sys.print(&format!("{place} is {not}a mountpoint\n"));
    }
    Ok(i32::from(!is))
}

fn df(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &DF)?;
    let gnu = sys.flavor() == Flavor::Gnu;
    let all = mounts(sys);
    let mut code = 0;
    let mut shown: Vec<&Mount> = vec![];
    if options.operands.is_empty() {
        let disks = all.iter().filter(|m| options.has('a') || matches!(m.source, Source::Disk { .. }));
        shown.extend(disks.filter(|m| options.value('t').is_none_or(|t| t == fs_type(m))));
    }
    for path in &options.operands {
        match sys.realpath(path) {
            Ok(real) => {
                let over = |m: &&Mount| m.target == "/" || real == m.target || real.starts_with(&format!("{}/", m.target));
                shown.extend(all.iter().filter(over).max_by_key(|m| m.target.len()));
            }
            Err(e) => {
                complain(sys, &format!("{path}: {e}"), &format!("{path}: can't find mount point"));
                code = 1;
            }
        }
    }
    let readable = options.last_of("hkm") == Some('h');
    let size = |blocks: u64| match options.last_of("hkm") {
        Some('h') => human(blocks * 1024, if gnu { Flavor::Gnu } else { Flavor::Busybox }),
        Some('m') => (blocks / 1024).to_string(),
        _ => blocks.to_string(),
    };
    let mut rows: Vec<[String; 7]> = vec![];
    let unit = match options.last_of("hkm") {
        Some('h') => "Size",
        Some('m') => "1M-blocks",
        _ => "1K-blocks",
    };
    let free = if readable && gnu { "Avail" } else { "Available" };
    let portable = options.has('P') && !readable;
    let unit = if portable && unit == "1K-blocks" { "1024-blocks" } else { unit };
    let share = if portable { "Capacity" } else { "Use%" };
    rows.push(["Filesystem", "Type", unit, "Used", free, share, "Mounted on"].map(String::from));
    for m in &shown {
        let bound = match m.source {
            Source::Disk { fs, .. } => sys.kernel().quota(fs),
            _ => None,
        };
        let (total, used) = match (m.source, fs_type(m)) {
            (Source::Disk { .. }, _) if bound.is_some() => {
                bound.map_or((0, 0), |(bound, used)| (bound / 1024, used.div_ceil(1024)))
            }
            (Source::Disk { .. }, "tmpfs") => (65_536, 0),
            (Source::Disk { .. }, _) => DISK,
            _ => (0, 0),
        };
        let percent = if total == 0 { "-".to_string() } else { format!("{}%", (used * 100).div_ceil(total)) };
        let (kind, dev) = (fs_type(m).to_string(), device(m).to_string());
        rows.push([dev, kind, size(total), size(used), size(total.saturating_sub(used)), percent, m.target.clone()]);
    }
    let text = table(&rows, gnu, options.has('T'), readable);
    sys.print(&text);
    Ok(code)
}

fn table(rows: &[[String; 7]], gnu: bool, types: bool, readable: bool) -> String {
    let widest = |i: usize| rows.iter().map(|r| r[i].len()).max().unwrap_or(0);
    let mut text = String::new();
    for [dev, kind, size, used, free, percent, target] in rows {
        let kind = if types { format!("{kind:<10} ") } else { String::new() };
        let line = if gnu {
            let (w0, w2) = (widest(0).max(14), widest(2).max(5));
            format!(
                "{dev:<w0$} {kind}{size:>w2$} {used:>w3$} {free:>w4$} {percent:>4} {target}\n",
                w3 = widest(3).max(5),
                w4 = widest(4).max(5)
            )
        } else {
            let w = if readable { 9 } else { 10 };
            let first = if readable && dev == "Filesystem" { "Filesystem          " } else { dev };
            format!("{first:<20} {kind}{size:>w$} {used:>9} {free:>9} {percent:>4} {target}\n")
        };
        text.push_str(&line);
    }
    text
}
