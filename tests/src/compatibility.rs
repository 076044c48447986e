//! The compatibility page: every command and option with how far it goes, from the table that the commands are
//! parsed by.

use drydock::cmd::find;
use drydock::grammar::{Absent, Command, Flag, State, table};
use std::fmt::Write;

const HEAD: &str = "\
# What works

Every command and option of Docker 29.7.2 and how far it goes in Drydock. This page is written by a test from the table
in `core/src/grammar/commands.txt`; `UPDATE=1 cargo test -p drydock-tests --test compatibility` writes it anew.

| word | meaning |
|---|---|
| works | does what it does in Docker |
| partly | does so within the limits in brackets; what lies beyond is refused with a sentence that says so |
| recorded | is checked and shows in `inspect`; nothing else comes of it |
| no effect | is accepted, and nothing in the simulation could go another way |
| refused | ends with \"is not simulated by Drydock\" and an exit code that is not 0 |
";

/// The text of the page.
pub fn page() -> String {
    let mut out = HEAD.to_owned();
    let (commands, options) = counts();
    let _a_string_takes_all = write!(out, "\n{commands}\n{options}\n");
    for command in table().commands() {
        if command.is_group() {
            let _a_string_takes_all = write!(out, "\n## `{}`\n{}.\n", command.path, command.about);
        }
        if command.args.is_some() && command.path != "docker" {
            out.push_str(&entry(command));
        }
    }
    out
}

/// The sums at the top.
fn counts() -> (String, String) {
    let leaves: Vec<&Command> = table().commands().filter(|c| c.args.is_some()).collect();
    let ours = leaves.iter().filter(|c| find(c.name()).is_some());
    let absent = leaves.iter().filter(|c| c.absent.is_some()).count();
    let options: Vec<State> = ours.clone().flat_map(|c| c.flags.iter().map(|flag| c.state(flag))).collect();
    let count = |wanted: fn(&State) -> bool| options.iter().filter(|state| wanted(state)).count();
    let ours = ours.count();
    (
        format!(
            "Of {} commands {ours} are simulated, {absent} answer as an engine without swarm and plugins does, {} are refused.",
            leaves.len(),
            leaves.len() - ours - absent
        ),
        format!(
            "Of the {} options of the simulated ones {} work, {} partly, {} are recorded, {} have no effect, {} are refused.",
            options.len(),
            count(|s| *s == State::Works),
            count(|s| matches!(s, State::Partly(_))),
            count(|s| *s == State::Recorded),
            count(|s| *s == State::Moot),
            count(|s| *s == State::Refused),
        ),
    )
}

fn entry(command: &Command) -> String {
    let also = match command.also.as_slice() {
        [] => String::new(),
        others => format!(" (also `{}`)", others.join("`, `")),
    };
    let state = match (find(command.name()), command.absent) {
        (Some(_), _) => "works",
        (None, Some(Absent::Manager)) => "answers as an engine that is no swarm manager",
        (None, Some(Absent::Member)) => "answers as an engine that is in no swarm",
        (None, Some(Absent::Plugin)) => "answers as an engine that has no plugins",
        (None, None) => "refused",
    };
    let note = command.note.map_or(String::new(), |note| format!("; {note}"));
    let mut out = format!("\n### `{}`{also}\n{state}{note}\n", command.path);
    if find(command.name()).is_some() {
        for (word, is) in [
            ("works", (|s| s == State::Works) as fn(State) -> bool),
            ("partly", |s| matches!(s, State::Partly(_))),
            ("recorded", |s| s == State::Recorded),
            ("no effect", |s| s == State::Moot),
            ("refused", |s| s == State::Refused),
        ] {
            let flags: Vec<String> =
                command.flags.iter().filter(|f| is(command.state(f))).map(|f| option(command, f)).collect();
            if !flags.is_empty() {
                let _a_string_takes_all = writeln!(out, "- {word}: {}", flags.join(", "));
            }
        }
    }
    out
}

fn option(command: &Command, flag: &Flag) -> String {
    let short = flag.short.map_or(String::new(), |letter| format!("-{letter}, "));
    match command.state(flag) {
        State::Partly(what) => format!("`{short}--{}` ({what})", flag.long),
        _ => format!("`{short}--{}`", flag.long),
    }
}
