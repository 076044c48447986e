//! Templates against what Go prints for them.

use super::{ErrorKind, Functions, MissingKey, Template};
use crate::render::value::{ANY, Struct, Value};
use proptest::prelude::*;

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

/// Differences between kinds of numbers, which the recording's Go did not name yet.
#[test]
fn comparisons_name_their_types() {
    let raw = Value::raw(&serde_json::json!({"N": 5, "S": "x", "Null": null}));
    for (template, want) in [
        ("{{gt .N 0}}", "error calling gt: incompatible types for comparison: json.Number and int"),
        ("{{eq .S 1}}", "error calling eq: incompatible types for comparison: string and int"),
        ("{{join .S \",\"}}", "wrong type for value; expected []string; got string"),
        ("{{.S.x}}", "can't evaluate field x in type interface {}"),
        ("{{.Null.x}}", "nil pointer evaluating interface {}.x"),
        ("{{.Nope}}", "map has no entry for key \"Nope\""),
    ] {
        let got = run(template, &raw, MissingKey::Error);
        assert!(got.ends_with(want), "{template}: {got}");
    }
    assert_eq!(
        run("{{.N}} {{.Null}} {{eq .N \"5\"}} {{json .N}}", &raw, MissingKey::Error),
        "5 <no value> true 5"
    );
}

#[test]
fn names_show_in_errors() {
    let message = |result: Result<(), super::TemplateError>| result.expect_err("an error").message;
    let template = Template::parse_named("version", "{{.Nope}}").expect("a template");
    let result = template.execute(&data(), MissingKey::NoValue, Functions::Docker, &mut String::new());
    assert_eq!(
        message(result),
        "template: version:1:2: executing \"version\" at <.Nope>: \
         can't evaluate field Nope in type context.contextWithTLSListing"
    );
    assert_eq!(
        message(Template::parse_named("version", "{{").map(|_| ())),
        "template: version:1: unclosed action"
    );
}

#[test]
fn limits_hold() {
    let data = data();
    for template in [
        "{{range 9223372036854775807}}{{end}}",
        "{{range 100000}}{{range 100000}}x{{end}}{{end}}",
        "{{$x := \"ab\"}}{{range 100}}{{$x = print $x $x}}{{end}}",
        "{{printf \"%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d\" 1 1 1 1 1 1 1 1 1}}",
        "{{pad \"x\" 9223372036854775807 1}}",
        "{{$x := pad \"x\" 4000000 4000000}}{{range 1000000}}{{if eq $x $x}}{{end}}{{end}}",
        "{{split (pad \"x\" 4000000 4000000) \"\"}}",
        "{{range $i := 1000}}{{pad \"x\" 100000 100000}}{{end}}",
        "{{define \"a\"}}{{template \"b\" .}}{{template \"b\" .}}{{end}}{{define \"b\"}}{{template \"a\" .}}{{end}}{{template \"a\"}}",
    ] {
        let parsed = Template::parse(template).expect(template);
        let result = parsed.execute(&data, MissingKey::NoValue, Functions::Docker, &mut String::new());
        let error = result.expect_err(template);
        let deep = error.message.ends_with("exceeded maximum template depth (100000)");
        assert!(error.kind == ErrorKind::Limit || deep, "{template}: {error}");
    }
    for deep in
        ["{{(", "{{if 1}}", "{{if 1}}{{else if 1}}", "{{range 1}}", "{{define \"a\"}}", "{{print (print "]
    {
        assert!(Template::parse(&deep.repeat(100_000)).is_err());
    }
    let nested = format!("{}x{}", "{{if 1}}".repeat(59), "{{end}}".repeat(59));
    assert_eq!(run(&nested, &data, MissingKey::NoValue), "x");
}

/// Pieces from which nearly valid templates are made.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "{{",
        "}}",
        "{{-",
        "-}}",
        " ",
        ".",
        ".Name",
        ".Endpoints",
        ".Cmd",
        ".Labels.tier",
        ".Health.x",
        "$",
        "$x",
        ":=",
        "=",
        ",",
        "|",
        "(",
        ")",
        "if",
        "else",
        "end",
        "range",
        "with",
        "define \"a\"",
        "template \"a\" .",
        "block \"b\" .",
        "break",
        "continue",
        "nil",
        "true",
        "3",
        "-1",
        "1e9",
        "99",
        "'a'",
        "\"s\"",
        "`r`",
        "print",
        "printf \"%*d%v\"",
        "index",
        "slice",
        "len",
        "eq",
        "lt",
        "and",
        "or",
        "not",
        "json",
        "join",
        "split",
        "pad",
        "truncate",
        "title",
        "call",
        "html",
        "/*",
        "*/",
        "\n",
        "é",
        "text",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..40).prop_map(|w| w.join(" "))
}

proptest! {
    #[test]
    fn any_template_is_answered(text in prop_oneof![pieces(), ".{0,60}"]) {
        run(&text, &data(), MissingKey::NoValue);
        run(&format!("{{{{{text}}}}}"), &data(), MissingKey::Error);
    }

    #[test]
    fn any_format_is_answered(format in "(%[-+# 0]{0,3}[0-9*]{0,4}(\\.[0-9*]{0,3})?[a-zA-Z%]?|\\[[0-9]\\]|.){0,8}") {
        let args = [Value::Int(-3), 7.5.into(), "é\"".into(), Value::Nil, data(), vec!["a".to_owned()].into()];
        let _ = crate::render::gofmt::sprintf(&format, &args);
    }
}
