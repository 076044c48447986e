//! `busybox [--list]`: the applets there are. `busybox APPLET ARGS` never gets here: the loader runs the applet.
//!
//! Also clients that need what is not simulated: they say so.

use crate::base::Order;
use super::opts::BUSYBOX_BANNER;
use super::walk::complain;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `busybox`, and those that are not simulated.
pub const APPLETS: &[Applet] = &[
    Applet::main("busybox", busybox),
    Applet::main("chroot", chroot),
    Applet::main("b2sum", not_simulated),
    Applet::main("csplit", not_simulated),
    Applet::main("fmt", not_simulated),
    Applet::main("lsblk", not_simulated),
    Applet::main("lscpu", not_simulated),
    Applet::main("pr", not_simulated),
    Applet::main("scp", not_simulated),
    Applet::main("ssh", not_simulated),
    Applet::main("stdbuf", not_simulated),
    Applet::main("telnet", not_simulated),
    Applet::main("traceroute", not_simulated),
];

fn busybox(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    // A stub of the disk is an applet where its name is a program of ours.
    let dirs = ["/bin", "/sbin", "/usr/bin", "/usr/sbin"];
    let mut names: Vec<String> = dirs.iter().flat_map(|d| sys.list(d).unwrap_or_default()).collect();
    names.order();
    names.dedup();
    names.retain(|name| sys.programs().find(name).is_some());
    if sys.args().first().is_some_and(|a| a == "--list") {
        let text: String = names.iter().map(|n| format!("{n}\n")).collect();
        sys.print(&text);
        return Ok(0);
    }
    let mut text = format!("{BUSYBOX_BANNER}\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list\n\nCurrently defined functions:\n");
    let mut line = String::from("\t");
    for name in &names {
        if line.len() + name.len() + 2 > 72 {
            text.push_str(&format!("{}\n", line.trim_end()));
            line = String::from("\t");
        }
        line.push_str(&format!("{name}, "));
    }
    text.push_str(&format!("{}\n", line.trim_end().trim_end_matches(',')));
    sys.print(&text);
    Ok(0)
}

/// Without the capability the kernel refuses; with it Drydock does.
fn chroot(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let Some(root) = sys.args().first().cloned().filter(|_| !sys.is_capable("SYS_CHROOT")) else {
        return not_simulated(sys);
    };
    let gnu = format!("cannot change root directory to '{root}': Operation not permitted");
    complain(sys, &gnu, &format!("can't change root directory to '{root}': Operation not permitted"));
    Ok(if sys.flavor() == Flavor::Gnu { 125 } else { 1 })
}

fn not_simulated(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    sys.complain("this program is not simulated by Drydock");
    Ok(1)
}
