//! The reference of all commands as Markdown, and with it the page that says what is simulated.

use super::help::{aliases, usage_line};
use super::table::{Command, Flag, Found, Listing, table};
use std::fmt::Write as _;

/// The reference of every command. `state` may say in a few words how far a command (`None`) or one
/// of its options is simulated; where it says nothing for a command, the column is left out.
pub fn reference(state: impl Fn(&Command, Option<&Flag>) -> Option<String>) -> String {
    let mut out = String::from("# Commands\n");
    for command in table().commands() {
        section(&mut out, command, &state);
    }
    out
}

fn section(
    out: &mut String,
    command: &'static Command,
    state: &impl Fn(&Command, Option<&Flag>) -> Option<String>,
) {
    let found = Found { command, shown: command.path };
    let usage = usage_line(found).replace("\n\t", "\n");
    let _ = write!(out, "\n## {}\n\n{}.\n\n```\n{usage}\n```\n", command.path, command.about);
    let aliases = aliases(command);
    if !aliases.is_empty() {
        let _ = write!(out, "\nAlso: `{}`\n", aliases.replace(", ", "`, `"));
    }
    let whole = state(command, None);
    if let Some(text) = &whole {
        let _ = write!(out, "\nState: {}\n", cell(text));
    }
    let flags: Vec<&Flag> = command.flags.iter().filter(|f| f.listing == Listing::Listed).collect();
    if flags.is_empty() {
        return;
    }
    let (title, rule) = if whole.is_some() { (" State |", "---|") } else { ("", "") };
    let _ = write!(out, "\n| Option | Type | Default | |{title}\n|---|---|---|---|{rule}\n");
    for flag in flags {
        let short = flag.short.map_or(String::new(), |c| format!("`-{c}`, "));
        let (kind, about) = (flag.kind, cell(flag.about));
        let default = if flag.default.is_empty() { String::new() } else { format!("`{}`", flag.default) };
        let _ = write!(out, "| {short}`--{}` | {kind} | {default} | {about} |", flag.long);
        if whole.is_some() {
            let _ = write!(out, " {} |", cell(&state(command, Some(flag)).unwrap_or_default()));
        }
        out.push('\n');
    }
}

/// Text that cannot end a table cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_of_the_reference() {
        let state = |command: &Command, flag: Option<&Flag>| match (command.name(), flag.map(|f| f.long)) {
            ("container kill", None) => Some("simulated".to_owned()),
            ("container kill", Some("signal")) => Some("yes | no".to_owned()),
            _ => None,
        };
        let text = reference(state);
        let from = text.find("## docker container kill\n").unwrap();
        let section = text[from..].split("\n## ").next().unwrap();
        assert_eq!(
            section,
            "## docker container kill\n\nKill running containers.\n\n```\ndocker container kill [OPTIONS] CONTAINER \
             [CONTAINER...]\n```\n\nAlso: `docker container kill`, `docker kill`\n\nState: simulated\n\n\
             | Option | Type | Default | | State |\n|---|---|---|---|---|\n\
             | `-s`, `--signal` | string |  | Signal to send instead of KILL | yes \\| no |\n"
        );
        assert_eq!(text.matches("\n## ").count(), table().commands().count());
    }
}
