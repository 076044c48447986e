//! For the tests of this floor: a machine with its programs, and calls whose whole outcome is one text.

use crate::kernel::{Programs, testbed::Testbed};

/// A fresh machine with the programs of this floor.
pub fn bed() -> Testbed {
    Testbed::new(Programs(&[super::PROGRAMS]))
}

/// Runs a command line, split at blanks except within single quotes. The result is standard output, then the
/// lines of standard error with `! ` before each, then `= STATUS` where it is not 0.
pub fn run(bed: &mut Testbed, command: &str, stdin: &str) -> String {
    let mut argv = vec![];
    let (mut word, mut quoted, mut any) = (String::new(), false, false);
    for c in command.chars() {
        match c {
            '\'' => (quoted, any) = (!quoted, true),
            ' ' if !quoted => {
                if any {
                    argv.push(std::mem::take(&mut word));
                }
                any = false;
            }
            _ => {
                word.push(c);
                any = true;
            }
        }
    }
    if any {
        argv.push(word);
    }
    let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
    let outcome = bed.run(&argv, stdin);
    let mut text = outcome.stdout;
    text.extend(outcome.stderr.lines().map(|l| format!("! {l}\n")));
    if outcome.code != 0 {
        text.push_str(&format!("= {}\n", outcome.code));
    }
    text
}

/// Runs each command on the same machine and compares.
pub fn check(bed: &mut Testbed, cases: &[(&str, &str, &str)]) {
    for (command, stdin, expect) in cases {
        assert_eq!(run(bed, command, stdin), *expect, "{command}");
    }
}
