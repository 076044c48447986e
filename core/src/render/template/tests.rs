//! Templates against what Go prints for them.

use super::{Functions, MissingKey, Template};
use crate::render::value::{ANY, Struct, Value};

/// A struct as `docker context inspect` has it, beside lists and numbers.
fn data() -> Value {
    let endpoint = Struct::new("context.EndpointMetaBase")
        .field("Host", "unix:///var/run/docker.sock")
        .field("SkipTLSVerify", false);
    let storage =
        Struct::new("store.StorageInfo").field("MetadataPath", "<IN MEMORY>").field("TLSPath", "<IN MEMORY>");
    Struct::new("context.contextWithTLSListing")
        .field("Name", "default")
        .field("Endpoints", Value::map(ANY, [("docker", endpoint.into())]))
        .field("Storage", storage)
        .field("Cmd", vec!["sleep".to_owned(), "1000".to_owned()])
        .field("Labels", Value::map("string", [("tier", "front".into()), ("team", "a".into())]))
        .field("Count", 3_i64)
        .field("Health", Value::NilPointer("*container.Health"))
        .into()
}

/// What is printed, or the error, as one text.
fn run(template: &str, data: &Value, missing: MissingKey) -> String {
    let mut out = String::new();
    let result =
        Template::parse(template).and_then(|t| t.execute(data, missing, Functions::Docker, &mut out));
    match result {
        Ok(()) => out,
        Err(error) => error.message,
    }
}

/// Lines of a recording: a template, a tab, what Go 1.24 prints for it over [`data`] (of an
/// execution error only the part after `executing "" at `).
fn check_table(table: &str) {
    let data = data();
    let mut failures = String::new();
    for line in table.lines().filter(|l| !l.is_empty()) {
        let (template, want) = line.split_once('\t').expect("template, tab, output");
        let template = template.replace("⏎", "\n");
        let want = want.replace("⏎", "\n");
        let got = run(&template, &data, MissingKey::NoValue);
        if got != want {
            failures += &format!("{template}\n   got {got}\n  want {want}\n");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn output() {
    check_table(include_str!("tests/output.txt"));
}

#[test]
fn parse_errors() {
    check_table(include_str!("tests/parse_errors.txt"));
}

#[test]
fn exec_errors() {
    check_table(include_str!("tests/exec_errors.txt"));
}
