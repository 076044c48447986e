//! Small scripts on a test machine. Those of `tests/` print what CPython 3.11 prints, byte for byte.

use super::APPLETS;
use crate::kernel::{Programs, testbed::Testbed};

fn bed() -> Testbed {
    Testbed::new(Programs(&[&[APPLETS], crate::coreutils::PROGRAMS]))
}

fn run(code: &str) -> (String, String, i32) {
    let out = bed().run(&["python3", "-c", code], "");
    (out.stdout, out.stderr, out.code)
}

#[test]
fn a_script_prints_and_ends() {
    assert_eq!(run("print(6 * 7)"), ("42\n".into(), String::new(), 0));
    assert_eq!(run("import sys; sys.exit(5)").2, 5);
}

#[test]
fn limits_are_errors() {
    for code in ["'a' * 10**12", "x = []\nwhile True: x.append('a' * 1000000)", "[0] * 10**10"] {
        let (_, stderr, status) = run(code);
        assert_eq!((stderr.lines().last(), status), (Some("MemoryError"), 1), "{code}");
    }
    let (_, stderr, status) = run("def f(): f()\nf()");
    assert_eq!((stderr.lines().last(), status), (Some("RecursionError: maximum recursion depth exceeded"), 1));
    let deep = format!("{}1{}", "(".repeat(500), ")".repeat(500));
    assert_eq!(run(&deep).2, 1);
}
