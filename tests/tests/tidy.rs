//! Every source file keeps the rules that `drydock_tests::tidy` describes.

use std::path::Path;

#[test]
fn the_sources_are_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let found = drydock_tests::tidy::check(&root).unwrap();
    let report: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(report.is_empty(), "{} rules broken:\n{}", report.len(), report.join("\n"));
}
