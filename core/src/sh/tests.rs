//! Scripts and what the real shells print of them.
//!
//! `tests/*.txt` hold cases: a line `## VOICE`, the script, then lines that begin with `| ` (standard output), `! `
//! (standard error) and `= ` (the exit status), as bash 5.2, dash 0.5.12 and busybox printed them.

use super::{PROGRAMS, Shell, Voice};
use crate::kernel::testbed::{Outcome, Testbed};
use crate::kernel::{Applet, Behave, Program, Programs, Pulse, Read, Step, Sys, Wait, run_until_quiet};
use serde::{Deserialize, Serialize};

/// Programs for scripts to call.
const TOOLS: &[&[Applet]] = &[&[
    Applet::state::<Cat>("cat"),
    Applet::state::<Sleep>("sleep"),
    Applet::main("env", |sys| {
        let env = sys.me().map(|me| me.env.to_vec()).unwrap_or_default();
        let text: String = env.iter().map(|(n, v)| format!("{n}={v}\n")).collect();
        sys.print(&text);
        Ok(0)
    }),
    Applet::main("args", |sys| {
        let text: String = sys.args().iter().map(|a| format!("[{a}]")).collect();
        sys.print(&format!("{text}\n"));
        Ok(0)
    }),
]];

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Cat;

impl Behave for Cat {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        match sys.read(0, 1 << 16) {
            Ok(Read::Data(data)) => {
                sys.write(1, &data);
                Step::Continue
            }
            Ok(Read::Wait) => Step::Block(Wait::readable(0)),
            _ => Step::Exit(0),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Sleep(Option<crate::base::Time>);

impl Behave for Sleep {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let seconds: f64 = sys.args().first().and_then(|a| a.parse().ok()).unwrap_or(0.0);
        let until = *self.0.get_or_insert(sys.after(crate::base::Duration((seconds * 1e9) as i64)));
        if sys.now() >= until { Step::Exit(0) } else { Step::Block(Wait::until(until)) }
    }
}

const ALL: Programs = Programs(&[PROGRAMS, TOOLS]);

fn bed(voice: &str) -> Testbed {
    let bed = Testbed::new(ALL).file("/tmp/lib.sh", "x=sourced\necho in lib $1\nreturn 3\n");
    if voice == "ash" { bed.busybox() } else { bed }
}

fn run(voice: &str, script: &str) -> Outcome {
    let program = if voice == "bash" { "bash" } else { "sh" };
    bed(voice).run(&[program, "-c", script], "from stdin\nsecond line\n")
}

fn shown(outcome: &Outcome) -> String {
    let mut out = String::new();
    for (mark, text) in [("| ", &outcome.stdout), ("! ", &outcome.stderr)] {
        for line in text.lines() {
            out.push_str(&format!("{mark}{line}\n"));
        }
    }
    format!("{out}= {}\n", outcome.code)
}

fn check_file(text: &str) {
    let mut failures = vec![];
    for case in text.split("\n## ").filter(|c| !c.trim().is_empty()) {
        let case = case.strip_prefix("## ").unwrap_or(case);
        let (voice, rest) = case.split_once('\n').unwrap_or((case, ""));
        let is_output = |l: &&str| l.starts_with("| ") || l.starts_with("! ") || l.starts_with("= ");
        let count = rest.lines().count();
        let outputs = rest.lines().rev().take_while(is_output).count();
        let script: Vec<&str> = rest.lines().take(count - outputs).collect();
        let want: String = rest.lines().skip(count - outputs).map(|l| format!("{l}\n")).collect();
        let got = shown(&run(voice, &script.join("\n")));
        if got != want {
            failures.push(format!("## {voice}\n{}\n--- wanted\n{want}--- got\n{got}", script.join("\n")));
        }
    }
    assert!(failures.is_empty(), "{} failed\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn scripts_print_what_the_real_shells_print() {
    check_file(include_str!("tests/cases.txt"));
}
