//! The built-in indexes of packages, and what installing a package brings with it.
//!
//! A line is `NAME VERSION DOWNLOAD_kB INSTALLED_kB DEPENDS|- [PATH=PROGRAM ...] # DESCRIPTION`; the program is
//! the one of the program table that the file at the path runs.

use std::collections::BTreeSet;

/// A package of an index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The size of the archive in kB.
    pub download: u64,
    /// The size on disk in kB.
    pub installed: u64,
    /// The packages it needs, by name.
    pub depends: Vec<&'static str>,
    /// The program files: path and name in the program table.
    pub programs: Vec<(&'static str, &'static str)>,
    /// One line that says what it is.
    pub about: &'static str,
}

/// The packages of Debian and Ubuntu images.
pub fn debian() -> impl Iterator<Item = Package> {
    include_str!("debian.txt").lines().filter_map(parse)
}

/// The version of a package in a release, by its code name, where it is another than in the index.
pub fn version_in(release: &str, name: &str) -> Option<&'static str> {
    let word = in_release(release, name)?;
    Some(word.split_once('/').map_or(word, |(_, version)| version))
}

/// What a package of the index is called in a release.
pub fn name_in(release: &str, name: &'static str) -> &'static str {
    in_release(release, name).and_then(|word| word.split_once('/')).map_or(name, |(new, _)| new)
}

fn in_release(release: &str, name: &str) -> Option<&'static str> {
    let named = |line: &'static str| line.strip_prefix(name)?.strip_prefix(' ');
    let versions = include_str!("versions.txt").lines().find_map(named)?;
    versions.split(' ').find_map(|word| word.strip_prefix(release)?.strip_prefix('='))
}

/// The packages of Alpine images.
pub fn alpine() -> impl Iterator<Item = Package> {
    include_str!("alpine.txt").lines().filter_map(parse)
}

fn parse(line: &'static str) -> Option<Package> {
    let (facts, about) = line.strip_prefix('#').map_or(line.split_once(" # "), |_| None)?;
    let mut words = facts.split(' ');
    let (name, version) = (words.next()?, words.next()?);
    let (download, installed) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let depends = words.next()?.split(',').filter(|d| *d != "-").collect();
    let programs = words.filter_map(|word| word.split_once('=')).collect();
    Some(Package { name, version, download, installed, depends, programs, about })
}

/// What has to be installed for `wanted`, dependencies before what needs them, without what `has` says is there.
///
/// # Errors
/// The first name that the index does not hold.
pub fn plan(
    index: &[Package],
    wanted: &[String],
    has: &dyn Fn(&Package) -> bool,
) -> Result<Vec<Package>, String> {
    let mut seen = BTreeSet::new();
    let mut order = vec![];
    for name in wanted {
        let package = index.iter().find(|p| p.name == name).ok_or_else(|| name.clone())?;
        visit(index, package, has, &mut seen, &mut order);
    }
    Ok(order)
}

/// The depth is bounded by the number of packages, since each is entered once.
fn visit(
    index: &[Package],
    package: &Package,
    has: &dyn Fn(&Package) -> bool,
    seen: &mut BTreeSet<&'static str>,
    order: &mut Vec<Package>,
) {
    if !seen.insert(package.name) || has(package) {
        return;
    }
    for name in &package.depends {
        if let Some(dependency) = index.iter().find(|p| p.name == *name) {
            visit(index, dependency, has, seen, order);
        }
    }
    order.push(package.clone());
}

/// `315 kB`, `1387 kB`, `19.3 MB`: sizes as apt writes them, from kB.
pub fn size(kb: u64) -> String {
    match kb {
        0..=9999 => format!("{kb} kB"),
        10_000..=99_999 => format!("{}.{} MB", kb / 1000, kb % 1000 / 100),
        _ => format!("{} MB", kb / 1000),
    }
}
