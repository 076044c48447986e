//! The grammar against the recordings, and what must hold of it on any command line.

use drydock::grammar::{Arity, Flag, Invocation, Listing, Parsed, parse, table};
use drydock::transcript::{self, Entry, masked, stream_lines};
use proptest::prelude::*;
use std::fs;
use std::path::Path;

/// Everything recorded of one plain `docker …` command, with what was done to its output.
struct Case {
    place: String,
    words: Vec<String>,
    pipe: Pipe,
    entry: Entry,
}

/// How the output was shortened before it was recorded.
#[derive(Debug, Clone, Copy)]
enum Pipe {
    Whole,
    Head { merged: bool, lines: usize },
    Tail { merged: bool, lines: usize },
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let mut out = Vec::new();
    for folder in ["open", "seeds"] {
        for file in fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|e| e == "transcript") {
                let read = transcript::parse(&fs::read_to_string(&path).unwrap()).unwrap();
                let name = path.file_stem().unwrap().to_string_lossy().into_owned();
                out.extend(read.entries.into_iter().filter_map(|entry| case(&name, entry)));
            }
        }
    }
    out
}

fn case(name: &str, entry: Entry) -> Option<Case> {
    let (command, pipe) = split_pipe(&entry.command);
    let mut words = plain_words(command)?;
    if words.first().map(String::as_str) != Some("docker") {
        return None;
    }
    words.remove(0);
    Some(Case { place: format!("{name}: {}", entry.command), words, pipe, entry })
}

fn split_pipe(command: &str) -> (&str, Pipe) {
    for (mark, head) in [("| head -", true), ("| tail -", false)] {
        if let Some((left, count)) = command.rsplit_once(mark) {
            let left = left.trim_end();
            let (left, merged) = left.strip_suffix(" 2>&1").map_or((left, false), |left| (left, true));
            if let Ok(lines) = count.parse() {
                let pipe = if head { Pipe::Head { merged, lines } } else { Pipe::Tail { merged, lines } };
                return (left, pipe);
            }
        }
    }
    (command, Pipe::Whole)
}

/// The words of a command without operators, expansions and patterns; `None` for anything else.
fn plain_words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = command.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                word.extend(chars.by_ref().take_while(|c| *c != '\''));
            }
            '"' => {
                let inner: String = chars.by_ref().take_while(|c| *c != '"').collect();
                if inner.contains(['$', '`', '\\']) {
                    return None;
                }
                word.get_or_insert_default().push_str(&inner);
            }
            '|' | '&' | ';' | '<' | '>' | '(' | ')' | '$' | '`' | '\\' | '\n' | '*' | '?' | '~' | '#' => {
                return None;
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

fn shorten(pipe: Pipe, stdout: &str, stderr: &str) -> (String, String) {
    let (merged, lines, head) = match pipe {
        Pipe::Whole => return (stdout.to_owned(), stderr.to_owned()),
        Pipe::Head { merged, lines } => (merged, lines, true),
        Pipe::Tail { merged, lines } => (merged, lines, false),
    };
    let all = if merged { format!("{stdout}{stderr}") } else { stdout.to_owned() };
    let all: Vec<&str> = all.lines().collect();
    let from = if head { 0 } else { all.len().saturating_sub(lines) };
    let kept: String = all.iter().skip(from).take(lines).map(|l| format!("{l}\n")).collect();
    (kept, if merged { String::new() } else { stderr.to_owned() })
}

/// What the grammar refuses or explains reads as recorded; what it lets through was let through.
#[test]
fn recorded_commands_are_read_as_docker_reads_them() {
    let cases = cases();
    assert!(cases.len() > 1000, "only {} commands", cases.len());
    let mut answered = 0;
    let mut wrong = Vec::new();
    for Case { place, words, pipe, entry } in cases {
        let lines = |text: &str| masked(&stream_lines(text));
        let whole = matches!(pipe, Pipe::Whole);
        match parse(&words) {
            Parsed::Done(done) => {
                answered += 1;
                let (stdout, stderr) = shorten(pipe, &done.stdout, &done.stderr);
                let code = if whole { i32::from(done.code) } else { 0 };
                let ours = (lines(&stdout), lines(&stderr), code);
                let recorded = (lines(&entry.stdout), lines(&entry.stderr), entry.code);
                if !same(&ours, &recorded, pipe) {
                    wrong.push(format!("{place}\n  ours     {ours:?}\n  recorded {recorded:?}"));
                }
            }
            Parsed::Run(call) => {
                let refused =
                    entry.stderr.contains("\nUsage:  docker") || entry.stdout.contains("\nUsage:  docker");
                if refused || (whole && !entry.stdout.starts_with(&call.notices)) {
                    wrong.push(format!(
                        "{place}\n  ours     runs\n  recorded {}{}",
                        entry.stdout, entry.stderr
                    ));
                }
            }
            Parsed::Version => assert!(entry.stdout.starts_with("Docker version"), "{place}"),
        }
    }
    assert!(answered > 100, "only {answered} answers of the grammar itself");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// The first lines of a help text hold a description, which is in our own words.
fn same(
    ours: &(Vec<String>, Vec<String>, i32),
    recorded: &(Vec<String>, Vec<String>, i32),
    pipe: Pipe,
) -> bool {
    let cut_help =
        matches!(pipe, Pipe::Head { .. }) && recorded.0.first().is_some_and(|l| l.starts_with("Usage:"));
    if cut_help { ours.0.first() == recorded.0.first() } else { ours == recorded }
}

fn words(line: &[&str]) -> Vec<String> {
    line.iter().map(|w| (*w).to_owned()).collect()
}

fn run(line: &[&str]) -> Box<Invocation> {
    match parse(&words(line)) {
        Parsed::Run(call) => call,
        other => panic!("{line:?}: {other:?}"),
    }
}

/// stdout, stderr and exit code of what the grammar answers.
fn answer(line: &[&str]) -> (String, String, u8) {
    match parse(&words(line)) {
        Parsed::Done(done) => (done.stdout, done.stderr, done.code),
        other => panic!("{line:?}: {other:?}"),
    }
}

#[test]
fn options_in_every_place_and_form() {
    let call = run(&[
        "-D",
        "--context",
        "c",
        "run",
        "-itp",
        "8080:80",
        "-p=1:1",
        "-eA=1",
        "-e=B=2",
        "--rm=false",
        "img",
        "-x",
        "--",
        "-y",
    ]);
    assert_eq!((call.name(), call.shown), ("container run", "docker run"));
    assert_eq!(call.globals.context.as_deref(), Some("c"));
    assert!(call.globals.debug && call.bool("interactive") && call.bool("tty"));
    assert!(call.changed("rm") && !call.bool("rm"));
    assert_eq!(call.list("publish"), ["8080:80", "1:1"]);
    assert_eq!(call.list("env"), ["A=1", "B=2"]);
    assert_eq!(call.args, ["img", "-x", "--", "-y"]);

    let call = run(&["rm", "a", "-f", "--", "-b"]);
    assert_eq!((call.args.as_slice(), call.bool("force")), (words(&["a", "-b"]).as_slice(), true));

    let call = run(&["container", "list", "-qaf", "name=x"]);
    assert_eq!((call.name(), call.shown), ("container ls", "docker container ls"));

    let call = run(&["image", "build", "-t", "a", "."]);
    assert_eq!((call.name(), call.shown), ("buildx build", "docker buildx build"));

    let call =
        run(&["run", "--net", "n", "--net-alias=a", "-v", "x:/y", "--mount", "dst=/z", "-v", "/q", "img"]);
    assert_eq!((call.str("network"), call.str("network-alias"), call.str("pull")), ("n", "a", "missing"));
    let order: Vec<_> = call.in_order(&["volume", "mount"]).map(|s| s.value.as_str()).collect();
    assert_eq!(order, ["x:/y", "dst=/z", "/q"]);

    let call = run(&["update", "--cpus", "1.5", "-m", "1g", "--memory-swap", "-1", "c"]);
    assert_eq!(
        (call.nano_cpus("cpus"), call.bytes("memory"), call.bytes("memory-swap")),
        (Some(1_500_000_000), Some(1 << 30), Some(-1))
    );

    let call = run(&["save", "--platform", "linux/amd64,linux/arm64", "-o", "f", "img"]);
    assert_eq!(call.list("platform"), ["linux/amd64", "linux/arm64"]);
    let call = run(&["ps", "-f", "Name = x ", "--filter", "", "--filter=status=exited"]);
    assert_eq!(call.filters(), [("name".into(), "x".into()), ("status".into(), "exited".into())]);
    let call = run(&["run", "--network", "name=n,alias=a,ip=10.0.0.2", "--ulimit", "core=1", "img"]);
    assert_eq!((call.networks()[0].name.as_str(), call.networks()[0].aliases.len()), ("n", 1));
    assert_eq!((call.ulimits()[0].hard, call.mounts().len()), (1, 0));
    assert_eq!(run(&["logs", "c"]).str("tail"), "all");
    assert_eq!(run(&["ps"]).int("last"), -1);
}

#[test]
fn notes_about_old_options_come_first_on_stdout() {
    let call = run(&["stop", "--time", "0", "c"]);
    assert_eq!(call.notices, "Flag --time has been deprecated, use --timeout instead\n");
    assert_eq!((call.int("timeout"), call.changed("timeout")), (0, true));
    let (stdout, stderr, code) = answer(&["ps", "-h"]);
    assert!(
        stdout
            .starts_with("Flag shorthand -h has been deprecated, use --help\nUsage:  docker ps [OPTIONS]\n")
    );
    assert_eq!((stderr.as_str(), code), ("", 0));
    assert_eq!(run(&["run", "-h", "name", "img"]).str("hostname"), "name");
}

#[test]
fn refusals_that_nobody_recorded() {
    for (line, want) in [
        (vec!["ps", "---x"], "bad flag syntax: ---x"),
        (vec!["ps", "--=x"], "bad flag syntax: --=x"),
        (vec!["ps", "-qz"], "unknown shorthand flag: 'z' in -z"),
        (vec!["ps", "-q="], "unknown shorthand flag: '=' in -="),
        (vec!["run", "-itp"], "flag needs an argument: 'p' in -p"),
        (vec!["ps", "-D"], "unknown shorthand flag: 'D' in -D"),
        (vec!["frob", "-x"], "unknown shorthand flag: 'x' in -x"),
        (vec!["container", "-x", "ls"], "unknown shorthand flag: 'x' in -x"),
        (vec!["top", "-o", "c"], "unknown shorthand flag: 'o' in -o"),
        (
            vec!["rm", "--force=perhaps", "c"],
            "invalid argument \"perhaps\" for \"-f, --force\" flag: strconv.ParseBool: parsing \"perhaps\": invalid syntax",
        ),
    ] {
        let (stdout, stderr, code) = answer(&line);
        assert_eq!((stderr.lines().next(), stdout.as_str(), code), (Some(want), "", 125), "{line:?}");
    }
    let (_, stderr, code) = answer(&["buildx", "ls", "extra"]);
    assert_eq!(
        (stderr.lines().next(), code),
        (Some("ERROR: docker: 'docker buildx ls' requires 0 arguments"), 1)
    );
    let (_, stderr, code) = answer(&["help", "container", "frob"]);
    assert_eq!((stderr.as_str(), code), ("unknown help topic: frob\n", 1));
    let (stdout, _, code) = answer(&["frob", "--help"]);
    assert!(stdout.starts_with("Usage:  docker [OPTIONS] COMMAND\n") && code == 0);
    assert_eq!(run(&["top", "c", "-o", "pid"]).args, ["c", "-o", "pid"]);
}

/// Docker's message stays as it is; what was probably meant stands beside it.
#[test]
fn what_was_meant_is_a_hint() {
    for (line, want) in [
        (vec!["runn", "busybox"], Some("docker run")),
        (vec!["container", "lss"], Some("docker container ls")),
        (vec!["run", "--nmae", "x", "busybox"], Some("--name")),
        (vec!["ps", "--frobnicate"], None),
        (vec!["stop"], None),
    ] {
        let Parsed::Done(done) = parse(&words(&line)) else { panic!("{line:?}") };
        assert_eq!(done.meant.as_deref(), want, "{line:?}");
        assert!(!done.stderr.contains("mean"), "{line:?}");
    }
}

/// A value that an option takes, by its type and check.
fn sample(flag: &Flag) -> &'static str {
    match (flag.kind, flag.check) {
        ("bool", _) => "true",
        ("int" | "uint" | "uint16" | "uint32" | "float" | "decimal", _) => "7",
        ("duration", _) => "1m30s",
        ("bytes", _) => "64m",
        ("ulimit", _) => "nofile=1:2",
        ("mount", _) => "type=bind,src=/a,dst=/b",
        ("ip" | "ipSlice", _) | (_, "ip") => "10.0.0.1",
        ("ipNetSlice", _) => "10.0.0.0/8",
        ("gpu-request", _) => "all",
        ("filter" | "stringToString", _) | (_, "label" | "env") => "a=b",
        (_, "stream") => "stdin",
        (_, "host") => "db:10.0.0.1",
        (_, "weight") => "/dev/sda:10",
        (_, "bps" | "iops") => "/dev/sda:10",
        (_, "cgroup") => "c 1:3 rwm",
        (_, "sysctl") => "net.core.somaxconn=1",
        (_, "domain") => "example.org",
        _ => "text",
    }
}

/// Every option of every command, in each of its forms, ends up under its name.
#[test]
fn every_option_of_every_command_is_read() {
    let mut seen = 0;
    for command in table().commands() {
        let Some(arity) = command.args else { continue };
        let args = match arity {
            Arity::None | Arity::AtMost(_) => 0,
            Arity::Exactly(n) | Arity::AtLeast(n) | Arity::Between(n, _) => n,
        };
        for flag in command.flags.iter().filter(|f| f.long != "help") {
            let (long, value) = (flag.long, sample(flag));
            let mut forms = vec![vec![format!("--{long}={value}")]];
            match flag.is_switch() {
                true => forms.push(vec![format!("--{long}")]),
                false => forms.push(vec![format!("--{long}"), value.to_owned()]),
            }
            match flag.short {
                Some(c) if flag.is_switch() => forms.push(vec![format!("-{c}")]),
                Some(c) => forms.extend([vec![format!("-{c}{value}")], vec![format!("-{c}={value}")]]),
                None => {}
            }
            for form in forms {
                let mut line: Vec<String> = command.path.split(' ').skip(1).map(str::to_owned).collect();
                line.extend(form);
                line.extend((0..args).map(|n| format!("arg{n}")));
                let Parsed::Run(call) = parse(&line) else { panic!("{line:?}: {:?}", parse(&line)) };
                assert_eq!((call.get(flag.key), call.args.len()), (Some(value), args), "{line:?}");
                let notes = usize::from(matches!(flag.listing, Listing::Deprecated(_)));
                assert_eq!(call.notices.lines().count(), notes, "{line:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 2000, "only {seen} forms");
}

/// Whoever compares help texts sees every option and subcommand that ours list.
#[test]
fn help_shows_every_option_to_the_mask() {
    for command in table().commands() {
        let (stdout, stderr, code) = {
            let mut line: Vec<&str> = command.path.split(' ').skip(1).collect();
            line.push("--help");
            answer(&line)
        };
        assert_eq!((stderr.as_str(), code), ("", 0), "{}", command.path);
        let lines = masked(&stream_lines(&stdout));
        for flag in command.flags.iter().filter(|f| f.listing == Listing::Listed) {
            let short = flag.short.map_or(String::new(), |c| format!("-{c}, "));
            let kind = if flag.is_switch() { String::new() } else { format!(" {}", flag.kind) };
            assert!(
                lines.contains(&format!("  {short}--{}{kind}", flag.long)),
                "{} --{}",
                command.path,
                flag.long
            );
        }
        for name in command.groups.iter().flat_map(|(_, names)| names) {
            assert!(lines.contains(&format!("  {name}")), "{} {name}", command.path);
        }
    }
}

/// Words that make command lines which look like something.
fn word() -> impl Strategy<Value = String> {
    let names = table().commands().flat_map(|c| c.path.split(' ').map(str::to_owned));
    let flags = table().commands().flat_map(|c| &c.flags).map(|f| format!("--{}", f.long));
    prop_oneof![
        proptest::sample::select(names.collect::<Vec<_>>()),
        proptest::sample::select(flags.collect::<Vec<_>>()),
        "-{0,3}[a-zé=]{0,3}=?\\PC{0,4}",
        "\\PC{0,8}",
    ]
}

proptest! {
    #[test]
    fn any_words_get_an_answer(line in proptest::collection::vec(word(), 0..8)) {
        if let Parsed::Done(done) = parse(&line) {
            prop_assert!(!done.stdout.is_empty() || !done.stderr.is_empty());
        }
    }

    /// What `docker run` is told comes out again, whatever the values are.
    #[test]
    fn options_survive_parsing(
        name in "\\PC{0,6}",
        hosts in proptest::collection::vec("\\PC{0,6}", 0..4),
        rm in any::<bool>(),
        joined in any::<bool>(),
        args in proptest::collection::vec("\\PC{0,6}", 0..4),
    ) {
        let mut line = words(&["run"]);
        let mut push = |flag: &str, value: &str| match joined {
            true => line.push(format!("{flag}={value}")),
            false => line.extend([flag.to_owned(), value.to_owned()]),
        };
        push("--name", &name);
        hosts.iter().for_each(|h| push("--group-add", h));
        line.push(format!("--rm={rm}"));
        line.push("image".to_owned());
        line.extend(args.iter().cloned());
        let Parsed::Run(call) = parse(&line) else { panic!("{line:?}") };
        prop_assert_eq!(call.str("name"), name);
        prop_assert_eq!(call.list("group-add"), hosts);
        prop_assert_eq!(call.bool("rm"), rm);
        prop_assert_eq!(&call.args[1..], args);
    }
}
