//! Packages are installed, used and removed on a test machine.

use super::{PROGRAMS, index};
use crate::kernel::{Programs, testbed::Testbed};

#[test]
fn every_dependency_of_an_index_is_in_it() {
    for packages in [index::debian().collect::<Vec<_>>(), index::alpine().collect()] {
        assert!(packages.len() > 60);
        for package in &packages {
            for name in &package.depends {
                let known = packages.iter().any(|p| p.name == *name);
                assert!(known || package.name.starts_with("py"), "{} needs {name}", package.name);
            }
        }
    }
}

#[test]
fn releases_have_versions_of_their_own() {
    assert_eq!(index::version_in("noble", "curl"), Some("8.5.0-2ubuntu10.6"));
    assert_eq!(index::version_in("bookworm", "curl"), None);
    let names: Vec<&str> = index::debian().map(|p| p.name).collect();
    for line in include_str!("versions.txt").lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(' ').next().unwrap_or_default();
        assert!(names.contains(&name) || ["apt", "libc-bin"].contains(&name), "{name} is in no index");
        assert!(
            line.split(' ').skip(1).all(|word| word.split_once('=').is_some_and(|(_, v)| !v.is_empty())),
            "{line}"
        );
    }
}

#[test]
fn nothing_is_found_before_the_lists_are_there() {
    let mut bed = Testbed::new(Programs(&[PROGRAMS])).file("/var/lib/dpkg/status", "");
    let out = bed.run(&["apt-get", "install", "-y", "cowsay"], "");
    assert_eq!((out.stderr.as_str(), out.code), ("E: Unable to locate package cowsay\n", 100));
}
