//! `dpkg`, `dpkg-query`: the record of installed packages: `-l`, `-L`, `-s`, `--print-architecture`. Package
//! files (`-i`) are not simulated. Exit status: 0; 1 where a package is not installed.

use super::{apt, place};
use crate::kernel::{Applet, Stop, Sys};

/// The dpkg family.
pub const APPLETS: &[Applet] = &[Applet::main("dpkg", dpkg), Applet::main("dpkg-query", dpkg)];

const HEAD: &str = "Desired=Unknown/Install/Remove/Purge/Hold\n| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n|/ Err?=(none)/Wait/Hold/Suspend/Hold (Status,Err: uppercase=bad)\n";

fn dpkg(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let args = sys.args();
    let names = args.get(1..).unwrap_or_default();
    Ok(match args.first().map_or("", String::as_str) {
        "--print-architecture" => {
            sys.print("amd64\n");
            0
        }
        "--version" => {
            sys.print("Debian 'dpkg' package management program version 1.21.22 (amd64).\n");
            0
        }
        "-l" | "--list" => list(sys, names),
        "-L" | "--listfiles" => each(sys, names, |sys, name, _| {
            let list = place::text(sys, &format!("/var/lib/dpkg/info/{name}.list"));
            sys.print(&list);
        }),
        "-s" | "--status" => each(sys, names, |sys, name, version| {
            sys.print(&format!("Package: {name}\nStatus: install ok installed\nVersion: {version}\n"));
        }),
        "" => {
            sys.eprint("dpkg: error: need an action option\n");
            2
        }
        other => {
            sys.eprint(&format!("drydock: dpkg {other} is not simulated\n"));
            2
        }
    })
}

fn list(sys: &mut Sys<'_>, names: &[String]) -> i32 {
    let installed = there(sys);
    let shown: Vec<_> =
        installed.iter().filter(|(n, ..)| names.is_empty() || names.contains(n)).cloned().collect();
    if shown.is_empty() {
        for name in names {
            sys.eprint(&format!("dpkg-query: no packages found matching {name}\n"));
        }
        return 1;
    }
    let width = shown.iter().map(|(n, ..)| n.len()).max().unwrap_or(0).max(14);
    let wide = shown.iter().map(|(_, v, _)| v.len()).max().unwrap_or(0).max(12);
    let rule = |n: usize| "=".repeat(n);
    sys.print(HEAD);
    sys.print(&format!("||/ {:<width$} {:<wide$} Architecture Description\n", "Name", "Version"));
    sys.print(&format!("+++-{}-{}-============-{}\n", rule(width), rule(wide), rule(33)));
    for (name, version, about) in shown {
        sys.print(&format!("ii  {name:<width$} {version:<wide$} amd64        {about}\n"));
    }
    0
}

fn there(sys: &mut Sys<'_>) -> Vec<(String, String, String)> {
    let packages = apt::catalogue(sys);
    let there = packages.into_iter().filter(|(_, there)| *there);
    there.map(|(p, _)| (p.name.to_string(), p.version.to_string(), p.about.to_string())).collect()
}

fn each(sys: &mut Sys<'_>, names: &[String], show: fn(&mut Sys<'_>, &str, &str)) -> i32 {
    let installed = there(sys);
    names.iter().fold(0, |code, name| match installed.iter().find(|(n, ..)| n == name) {
        Some((name, version, _)) => {
            show(sys, name, version);
            code
        }
        None => {
            sys.eprint(&format!(
                "dpkg-query: package '{name}' is not installed and no information is available\n"
            ));
            1
        }
    })
}
