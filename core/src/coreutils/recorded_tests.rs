//! What GNU coreutils and their like print of an input, recorded, and what ours print.
//!
//! `tests/recorded.txt` holds cases: a line `## COMMAND` (quoted as for [`super::testing::run`]), lines `< ` of
//! standard input, then what was printed: `| ` standard output, `! ` standard error, `= ` the status where not 0.
//! `\` at the end of the last `< ` or `| ` line says that there is no line feed.

use super::testing::{bed, run};

fn unmarked(lines: &[&str], mark: &str) -> String {
    let body: Vec<&str> = lines.iter().filter_map(|l| l.strip_prefix(mark)).collect();
    let text = body.iter().map(|l| format!("{l}\n")).collect::<String>();
    text.strip_suffix("\\\n").map(String::from).unwrap_or(text)
}

#[test]
fn programs_print_what_the_real_ones_print() {
    let cases = include_str!("tests/recorded.txt");
    let mut failures = vec![];
    for case in cases.split("## ").skip(1) {
        let lines: Vec<&str> = case.lines().collect();
        let command = lines[0];
        let mut machine = bed()
            .file("/tmp/a", "apple\nbanana\ncherry\n")
            .file("/tmp/b", "banana\ncherry\ndate\n")
            .file("/tmp/j1", "1 one\n2 two\n3 three\n")
            .file("/tmp/j2", "1 uno\n3 tres\n4 cuatro\n");
        let got = run(&mut machine, command, &unmarked(&lines, "< "));
        let status = lines.iter().find(|l| l.starts_with("= "));
        let errors: String = lines.iter().filter(|l| l.starts_with("! ")).map(|l| format!("{l}\n")).collect();
        let status = status.map_or(String::new(), |l| format!("{l}\n"));
        let want = unmarked(&lines, "| ") + &errors + &status;
        if got != want {
            failures.push(format!("## {command}\n--- wanted\n{want}--- got\n{got}"));
        }
    }
    assert!(failures.is_empty(), "{} failed\n{}", failures.len(), failures.join("\n"));
}
