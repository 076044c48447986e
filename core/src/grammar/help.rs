//! Help texts and usage lines, laid out as Docker lays them out on 80 columns.

use super::table::{Command, Flag, Found, Listing, table};

/// The width for which help is laid out when nobody says otherwise.
const COLUMNS: usize = 80;

/// What stands after `Usage:  ` in the help of a command; further lines start with a tab.
pub fn usage_line(found: Found) -> String {
    let Found { command, shown } = found;
    if command.is_group() {
        let options = if command.flags.iter().any(is_listed) { " [OPTIONS]" } else { "" };
        return format!("{shown}{options} COMMAND");
    }
    with_tails(shown, &command.usage)
}

/// What stands after `Usage:  ` when an option or a subcommand is refused.
pub fn usage_in_errors(found: Found) -> String {
    let Found { command, shown } = found;
    match command.unknown {
        Some(tail) => format!("{shown} {tail}"),
        None => with_tails(shown, &command.usage),
    }
}

fn with_tails(shown: &str, tails: &[&str]) -> String {
    let lines: Vec<String> = tails.iter().map(|tail| format!("{shown} {tail}")).collect();
    if lines.is_empty() { shown.to_owned() } else { lines.join("\n\t") }
}

/// The "Aliases:" line of a command; empty when it has none.
pub fn aliases(command: &Command) -> String {
    if let Some(line) = command.aliases {
        return line.to_owned();
    }
    if command.is_group() || (command.words.is_empty() && command.also.is_empty()) {
        return String::new();
    }
    let parent = command.path.rsplit_once(' ').map_or("", |(parent, _)| parent);
    let words = command.words.iter().map(|w| format!("{parent} {w}"));
    let also = command.also.iter().map(|path| (*path).to_owned());
    [command.path.to_owned()].into_iter().chain(words).chain(also).collect::<Vec<_>>().join(", ")
}

/// The whole help text of a command.
pub fn help(found: Found) -> String {
    let Found { command, shown } = found;
    let mut out = format!("Usage:  {}\n\n{}\n", usage_line(found), command.about);
    let aliases = aliases(command);
    if !aliases.is_empty() {
        out.push_str(&format!("\nAliases:\n  {aliases}\n"));
    }
    let is_root = command.path == "docker";
    let options = options(&command.flags, COLUMNS);
    if !is_root && !options.is_empty() {
        out.push_str(&format!("\nOptions:\n{options}"));
    }
    for (title, names) in &command.groups {
        out.push_str(&format!("\n{title}:\n"));
        for name in names {
            let child = table().child(command, name.trim_end_matches('*'));
            let about = child.map_or("", |child| child.command.about);
            out.push_str(&format!("  {name:<11} {about}\n"));
        }
    }
    if is_root {
        out.push_str(&format!("\nGlobal Options:\n{options}"));
    }
    if command.is_group() {
        out.push_str(&format!("\nRun '{shown} COMMAND --help' for more information on a command.\n"));
    }
    if is_root {
        out.push_str("\nFor more help on how to use Docker, head to https://docs.docker.com/go/guides/\n");
    }
    if command.is_buildx() {
        out.push_str(
            "\nExperimental commands and flags are hidden. Set BUILDX_EXPERIMENTAL=1 to show them.\n",
        );
    }
    out
}

fn is_listed(flag: &Flag) -> bool {
    flag.listing == Listing::Listed
}

/// The lines of an options section: letter, name and type in one column, text wrapped in the next.
fn options(flags: &[Flag], columns: usize) -> String {
    let left: Vec<(String, String)> =
        flags.iter().filter(|f| is_listed(f)).map(|f| (signature(f), description(f))).collect();
    let width = left.iter().map(|(s, _)| s.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (signature, about) in left {
        let lines = wrap(&about, width + 3, columns.saturating_sub(1));
        out.push_str(&format!("{signature:<width$}   {lines}\n"));
    }
    out
}

fn signature(flag: &Flag) -> String {
    let short = flag.short.map_or("    ".to_owned(), |c| format!("-{c}, "));
    let kind = if flag.is_switch() { String::new() } else { format!(" {}", flag.kind) };
    format!("  {short}--{}{kind}", flag.long)
}

fn description(flag: &Flag) -> String {
    let default = match (flag.default, flag.kind) {
        ("" | "0" | "false" | "no", _) => return flag.about.to_owned(),
        (text, "string") => format!("\"{text}\""),
        (text, _) => text.to_owned(),
    };
    format!("{} (default {default})", flag.about)
}

/// Breaks `text` at spaces so that lines that start at column `indent` end before `columns`; a last
/// line may be five columns longer rather than leave a short word alone.
fn wrap(text: &str, indent: usize, columns: usize) -> String {
    const SLOP: usize = 5;
    let room = columns.saturating_sub(indent);
    let (indent, room, mut out) = if room < 24 {
        (16, columns.saturating_sub(16), format!("\n{}", " ".repeat(16)))
    } else {
        (indent, room, String::new())
    };
    let limit = room.saturating_sub(SLOP).max(1);
    let mut rest: Vec<char> = text.chars().collect();
    loop {
        let cut = rest.iter().take(limit).rposition(|c| *c == ' ').filter(|at| *at > 0);
        match cut {
            Some(at) if rest.len() >= limit + SLOP => {
                out.extend(rest.drain(..at));
                rest.remove(0);
                out.push('\n');
                out.push_str(&" ".repeat(indent));
            }
            _ => {
                out.extend(rest);
                return out;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stand_in_columns() {
        let found = table().find("docker rm").unwrap();
        assert_eq!(
            help(found),
            "Usage:  docker rm [OPTIONS] CONTAINER [CONTAINER...]\n\nRemove containers\n\nAliases:\n  \
             docker container rm, docker container remove, docker rm\n\nOptions:\n  \
             -f, --force     Kill it first if it runs\n  \
             -l, --link      Remove the link of this name, not the container\n  \
             -v, --volumes   Also remove its anonymous volumes\n"
        );
    }

    #[test]
    fn long_descriptions_wrap() {
        let text = wrap("Talk to the daemon of this context (overrides DOCKER_HOST)", 26, 79);
        assert_eq!(
            text,
            "Talk to the daemon of this context (overrides\n                          DOCKER_HOST)"
        );
        assert_eq!(wrap("short", 26, 79), "short");
    }

    /// No line of any help text is wider than a terminal, apart from lists that Docker does not wrap.
    #[test]
    fn help_fits_the_terminal() {
        for command in table().commands() {
            let text = help(Found { command, shown: command.path });
            for line in text.lines().filter(|l| l.trim_start().starts_with('-')) {
                assert!(line.chars().count() <= COLUMNS, "{}: {line}", command.path);
            }
        }
    }
}
