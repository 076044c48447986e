//! Scripts and what the real shells print of them.
//!
//! `tests/*.txt` hold cases: a line `## VOICE`, the script, then lines that begin with `| ` (standard output), `! `
//! (standard error) and `= ` (the exit status), as bash 5.2, dash 0.5.12 and busybox printed them.

use super::PROGRAMS;
use crate::kernel::testbed::{Outcome, Testbed};
use crate::kernel::{Applet, Behave, Programs, Pulse, Read, Step, Sys, Wait, run_until_quiet};
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
    Applet::main("files", |sys| {
        let texts: Vec<Vec<u8>> =
            sys.args().to_vec().iter().map(|f| sys.read_file(f).unwrap_or_default()).collect();
        sys.write(1, &texts.concat());
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

/// Runs a script in turns; after each the whole machine goes through its save format.
fn run_saved(script: &str, every: u32) -> Outcome {
    let mut bed = bed("bash");
    let (pid, sink) = bed.start(&["bash", "-c", script], "from stdin\nsecond line\n");
    let (mut chunks, mut code) = (vec![], -1);
    for _ in 0..2000 {
        let pulse = run_until_quiet(&mut bed, &ALL, every);
        let saved = serde_json::to_string(&bed.kernel).expect("a kernel between turns");
        bed.kernel = serde_json::from_str(&saved).expect("what was saved");
        bed.kernel.thaw_programs(&ALL).expect("programs of the table");
        chunks.extend(bed.kernel.take_sink(sink));
        if let Some(exit) = bed.kernel.reap(pid) {
            code = exit.status();
            break;
        }
        if let Pulse::Quiet(Some(time)) = pulse {
            bed.kernel.now = bed.kernel.now.max(time);
        }
    }
    let text = |stream| {
        let bytes = chunks.iter().filter(|c| c.stream == stream).flat_map(|c| c.data.to_vec()).collect();
        String::from_utf8(bytes).unwrap_or_default()
    };
    let (stdout, stderr) = (text(crate::kernel::Stream::Stdout), text(crate::kernel::Stream::Stderr));
    Outcome { stdout, stderr, code }
}

#[test]
fn a_shell_that_is_saved_and_loaded_goes_on() {
    let script = "f() { local n=$1; while [ $n -gt 0 ]; do n=$((n-1)); echo $(echo in $n) | cat; done; return 4; }\n\
                  sleep 1 & for i in a b; do case $i in a) f 3;; *) read x; echo \"$x\";; esac; done; f 1; r=$?; wait; \
                  trap 'echo bye' EXIT; exit $r";
    let want = run("bash", script);
    assert_eq!(want.code, 4);
    for every in [1, 2, 5] {
        assert_eq!(run_saved(script, every), want, "saved every {every} rounds");
    }
}

#[test]
fn a_script_on_a_pipe_leaves_the_rest_to_its_commands() {
    let outcome = bed("sh").run(&["sh"], "read x\nfoo\necho got $x\ncat\nthis is\ndata\n");
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("got foo\nthis is\ndata\n", 0));
    let outcome = bed("bash").run(&["bash"], "if true\nthen\ncat <<E\nbody\nE\nfi\nnosuch\nexit 6\n");
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("body\n", 6));
    assert_eq!(outcome.stderr, "bash: line 7: nosuch: command not found\n");
    let outcome = bed("ash").run(&["sh", "-i"], "echo hi\nif true; then\necho x; fi\nexit 3\n");
    assert_eq!(
        (outcome.stdout.as_str(), outcome.stderr.as_str(), outcome.code),
        ("hi\nx\n", "/ # / # > / # ", 3)
    );
}

#[test]
fn a_line_that_ends_in_a_backslash_goes_on() {
    let outcome =
        bed("bash").run(&["bash"], "echo a \\\n  b; echo \"c\\\nd\"\n\\\necho 'e\\'\n# no \\\necho f \\");
    assert_eq!(outcome.stdout, "a b\ncd\ne\\\nf \\\n");
    let outcome = bed("ash").run(&["sh", "-i"], "echo a \\\nb\n");
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("a b\n", "/ # > / # "));
}

#[test]
fn endless_recursion_and_nesting_are_refused() {
    let outcome = run("bash", "f() { f; }; f");
    assert_eq!(outcome.stderr, "bash: line 1: f: maximum function nesting level exceeded (1000)\n");
    let deep = format!("{}:{}", "( ".repeat(500), " )".repeat(500));
    assert!(run("bash", &deep).stderr.contains("60 levels deep"));
    for text in
        ["$(".repeat(5000), "${x:-".repeat(5000), "\"$(\"".repeat(999), "((".repeat(3000), "$((".repeat(3000)]
    {
        run("bash", &text);
    }
}

#[test]
fn a_long_loop_of_arithmetic_ends() {
    let outcome = run("bash", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo $i");
    assert_eq!(outcome.stdout, "20000\n");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
    #[test]
    fn any_text_ends_in_a_message_or_a_status(
        text in "([a-z \n;|&<>(){}$\"'`\\\\!*?\\[\\]#=~+-]|if |then |fi|do |done|while |\\$\\(\\(|\\$\\{|\\[\\[ |<<E|case |in |esac){0,40}",
        voice in 0..3usize,
    ) {
        let mut bed = bed(["bash", "dash", "ash"][voice]);
        let (_, _) = bed.start(&[["bash", "sh", "sh"][voice], "-c", &text], "");
        run_until_quiet(&mut bed, &ALL, 300);
    }
}
