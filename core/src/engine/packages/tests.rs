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
fn nothing_is_found_before_the_lists_are_there() {
    let mut bed = Testbed::new(Programs(&[PROGRAMS])).file("/var/lib/dpkg/status", "");
    let out = bed.run(&["apt-get", "install", "-y", "cowsay"], "");
    assert_eq!((out.stderr.as_str(), out.code), ("E: Unable to locate package cowsay\n", 100));
}
