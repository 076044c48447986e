//! What `apt` and `apt-cache` tell: `list`, `search`, `show`, `policy`.

use super::{Options, catalogue, recorded, updated};
use crate::engine::packages::index::Package;
use crate::engine::packages::place;
use crate::kernel::Sys;

/// Answers a question about packages.
pub(super) fn query(sys: &mut Sys<'_>, verb: &str, options: &Options) -> i32 {
    let known = updated(sys);
    let mut packages = catalogue(sys);
    packages.retain(|(_, there)| *there || known);
    match verb {
        "list" => list(sys, options, &packages),
        "search" => {
            let found = packages.iter().filter(|(p, _)| {
                options.names.iter().all(|w| {
                    p.name.contains(w.as_str()) || (!options.names_only && p.about.contains(w.as_str()))
                })
            });
            for (package, _) in found {
                sys.print(&format!("{} - {}\n", package.name, package.about));
            }
            0
        }
        "show" | "policy" => options.names.iter().fold(0, |code, name| {
            match packages.iter().find(|(p, _)| p.name == name) {
                Some((package, there)) if verb == "show" => show(sys, package, *there),
                Some((package, there)) => policy(sys, package, *there),
                None if verb == "policy" => code,
                None => {
                    sys.eprint(&format!("E: No packages found\nN: Unable to locate package {name}\n"));
                    100
                }
            }
        }),
        other => {
            sys.eprint(&format!("E: {} {other} is not simulated by Drydock\n", sys.name()));
            100
        }
    }
}

fn list(sys: &mut Sys<'_>, options: &Options, packages: &[(Package, bool)]) -> i32 {
    let suite = place::release(sys, "VERSION_CODENAME");
    sys.print("Listing...\n");
    let recorded = recorded(sys);
    for (package, there) in packages {
        let named = options.names.is_empty() || options.names.iter().any(|n| n == package.name);
        if !named || (options.only_installed && !there) {
            continue;
        }
        let by_hand = recorded.iter().any(|(name, _)| name == package.name);
        let state = if !there {
            ""
        } else if by_hand {
            " [installed]"
        } else {
            " [installed,local]"
        };
        sys.print(&format!("{}/{suite} {} amd64{state}\n", package.name, package.version));
    }
    0
}

fn show(sys: &mut Sys<'_>, package: &Package, there: bool) -> i32 {
    let status = if there { "Status: install ok installed\n" } else { "" };
    let depends = package.depends.join(", ");
    sys.print(&format!(
        "Package: {}\nVersion: {}\n{status}Installed-Size: {} kB\nDepends: {depends}\nDownload-Size: {} kB\nDescription: {}\n\n",
        package.name, package.version, package.installed, package.download, package.about
    ));
    0
}

fn policy(sys: &mut Sys<'_>, package: &Package, there: bool) -> i32 {
    let Package { name, version, .. } = package;
    let installed = if there { version } else { "(none)" };
    let (suite, url) = (place::release(sys, "VERSION_CODENAME"), super::install::mirror(sys));
    sys.print(&format!(
        "{name}:\n  Installed: {installed}\n  Candidate: {version}\n  Version table:\n     {version} 500\n        500 {url} {suite}/main amd64 Packages\n"
    ));
    0
}
