//! Every source file keeps the rules that `drydock_tests::tidy` describes, and no option of a program is dropped.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

#[test]
fn programs_read_every_option_they_declare() {
    let found = drydock_tests::options::dropped(&root()).unwrap();
    assert!(found.is_empty(), "declared and never read:\n{}", found.join("\n"));
}

#[test]
fn the_sources_are_tidy() {
    let found = drydock_tests::tidy::check(&root()).unwrap();
    let report: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(report.is_empty(), "{} rules broken:\n{}", report.len(), report.join("\n"));
}
