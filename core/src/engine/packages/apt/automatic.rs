//! Packages that came because others need them, as `/var/lib/apt/extended_states` marks them, and which of them
//! nothing needs any more.

use crate::base::{Errno, Gather};
use crate::engine::packages::index::Package;
use crate::engine::packages::place;
use crate::fs::Content;
use crate::kernel::Sys;
use std::collections::BTreeSet;

const STATES: &str = "/var/lib/apt/extended_states";

/// The names of the packages that are marked.
pub(super) fn marked(sys: &mut Sys<'_>) -> BTreeSet<String> {
    let states = place::text(sys, STATES);
    states.lines().filter_map(|line| line.strip_prefix("Package: ").map(str::to_string)).gather()
}

/// Marks these packages alone.
///
/// # Errors
/// As [`Sys::open`].
pub(super) fn mark(sys: &mut Sys<'_>, names: &BTreeSet<String>) -> Result<(), Errno> {
    let stanza = |name: &String| format!("Package: {name}\nArchitecture: amd64\nAuto-Installed: 1\n\n");
    let text: String = names.iter().map(stanza).collect();
    if text.is_empty() && sys.stat(STATES).is_err() {
        return Ok(());
    }
    place::put(sys, STATES, Content::from(text.into_bytes()), 0o644)
}

/// `apt-mark auto`, `manual`, `showauto` and `showmanual`: marks packages, or shows those that are marked, or are not.
/// What to mark is said by name, or by a regular expression.
pub(super) fn command(sys: &mut Sys<'_>, verb: &str, names: &[String]) -> i32 {
    let there: Vec<&str> = super::catalogue(sys).into_iter().filter(|(_, there)| *there).map(|(p, _)| p.name).collect();
    let mut all = marked(sys);
    let to_auto = verb.ends_with("auto");
    if verb.starts_with("show") {
        let shown = there.iter().filter(|name| all.contains(**name) == to_auto);
        let text: String = shown.map(|name| format!("{name}\n")).collect();
        sys.print(&text);
        return 0;
    }
    let mut code = 0;
    for pattern in names {
        let regex = regex_lite::Regex::new(&format!("^(?:{pattern})$")).ok();
        let meant = |name: &&&str| **name == pattern || regex.as_ref().is_some_and(|r| r.is_match(name));
        let meant: Vec<&&str> = there.iter().filter(meant).collect();
        if meant.is_empty() {
            sys.eprint(&format!("E: Unable to locate package {pattern}\n"));
            code = 100;
        }
        for name in meant {
            let changed = if to_auto { all.insert((*name).to_string()) } else { all.remove(*name) };
            sys.print(&match (changed, to_auto) {
                (true, true) => format!("{name} set to automatically installed.\n"),
                (true, false) => format!("{name} set to manually installed.\n"),
                (false, true) => format!("{name} was already set to automatically installed.\n"),
                (false, false) => format!("{name} was already set to manually installed.\n"),
            });
        }
    }
    match mark(sys, &all) {
        Ok(()) => code,
        Err(e) => {
            sys.eprint(&format!("E: Could not write {STATES} ({}: {})\n", e.code(), e.text()));
            100
        }
    }
}

/// What is there, marked, and needed by nothing that stays.
pub(super) fn orphans(sys: &mut Sys<'_>, catalogue: &[(Package, bool)], gone: &[Package]) -> Vec<Package> {
    let marked = marked(sys);
    let stays: Vec<&Package> = catalogue
        .iter()
        .filter(|(p, there)| *there && !gone.iter().any(|g| g.name == p.name))
        .map(|(p, _)| p)
        .collect();
    let mut needed: BTreeSet<&str> = BTreeSet::new();
    let mut ahead: Vec<&Package> = stays.iter().filter(|p| !marked.contains(p.name)).copied().collect();
    while let Some(package) = ahead.pop() {
        if needed.insert(package.name) {
            ahead.extend(stays.iter().filter(|p| package.depends.contains(&p.name)));
        }
    }
    stays.into_iter().filter(|p| !needed.contains(p.name)).cloned().collect()
}
