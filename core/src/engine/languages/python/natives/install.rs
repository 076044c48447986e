//! What pip has installed.

use super::{Entry, text};
use crate::engine::languages::python::machine::{Args, Got, Value, Vm};

pub const ENTRIES: &[Entry] = &[("installed", installed, 1, 1)];

fn sites(vm: &Vm<'_, '_>) -> Vec<String> {
    vm.m.path.iter().filter(|p| p.ends_with("-packages")).cloned().collect()
}

/// The version of a package where it is installed.
fn version(vm: &mut Vm<'_, '_>, package: &str) -> Option<String> {
    let wanted = package.replace('-', "_").to_lowercase();
    for site in sites(vm) {
        for name in vm.sys.list(&site).unwrap_or_default() {
            if let Some((known, version)) = name.strip_suffix(".dist-info").and_then(|n| n.rsplit_once('-'))
                && known.to_lowercase() == wanted
            {
                return Some(version.to_string());
            }
        }
    }
    None
}

/// True where pip has installed a package.
pub fn is_installed(vm: &mut Vm<'_, '_>, package: &str) -> bool {
    version(vm, package).is_some()
}

fn installed(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let package = text(vm, &args.at(0))?;
    Ok(version(vm, &package).map_or(Value::None, Value::str))
}
