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
