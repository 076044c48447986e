//! The command table: what `commands.txt` says, as values, and how a line of words finds its command.

use super::state::States;
use crate::base::Order;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The table, read once from `commands.txt`.
pub fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::read(include_str!("commands.txt")))
}

/// Every command, and the paths under which each can be called. The paths are read at once, a
/// command's own lines when it is first asked for.
#[derive(Debug, Default)]
pub struct Table {
    entries: Vec<Entry>,
    sets: BTreeMap<&'static str, &'static str>,
    paths: BTreeMap<String, Spelling>,
}

/// The block of a command, and what it says once somebody wants to know.
#[derive(Debug)]
struct Entry {
    head: &'static str,
    body: &'static str,
    command: OnceLock<Command>,
}

/// Where a path leads and how messages spell it.
#[derive(Debug, Clone)]
struct Spelling {
    command: usize,
    shown: String,
}

/// A command found by its words.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// The command.
    pub command: &'static Command,
    /// The path as messages spell it: `docker ps` stays, `docker container list` becomes
    /// `docker container ls`, and everything that buildx fronts is `docker buildx …`.
    pub shown: &'static str,
}

/// How many arguments a command takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// None at all.
    None,
    /// Exactly this many.
    Exactly(usize),
    /// This many or more.
    AtLeast(usize),
    /// Up to this many.
    AtMost(usize),
    /// Between these two.
    Between(usize, usize),
}

/// One command or group of commands.
#[derive(Debug, Default)]
pub struct Command {
    /// The full canonical path, such as `docker container ls`.
    pub path: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// Other full paths, such as `docker ps`.
    pub also: Vec<&'static str>,
    /// Other spellings of the last word.
    pub words: Vec<&'static str>,
    /// The "Aliases:" line where it does not follow from the other two.
    pub aliases: Option<&'static str>,
    /// What follows the path in its usage lines.
    pub usage: Vec<&'static str>,
    /// What follows the path in the usage of an unknown subcommand or option.
    pub unknown: Option<&'static str>,
    /// How many arguments it takes; a group that only holds subcommands has none.
    pub args: Option<Arity>,
    /// What each argument names, for completion; the last one repeats.
    pub takes: Vec<&'static str>,
    /// Whether options end at the first argument.
    pub options_first: bool,
    /// Titles and names of the subcommands that help lists.
    pub groups: Vec<(&'static str, Vec<&'static str>)>,
    /// Subcommands that help does not list.
    pub more: Vec<&'static str>,
    /// The options, sorted by name.
    pub flags: Vec<Flag>,
    /// How far the options go.
    pub states: States,
    /// What the command needs and our daemon never has.
    pub absent: Option<Absent>,
    /// What is worth knowing about how far the command goes.
    pub note: Option<&'static str>,
}

/// What a daemon may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// The role of a manager in a swarm.
    Manager,
    /// A place in a swarm.
    Member,
    /// Any plugin.
    Plugin,
}

/// Whether help lists an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// Help lists it.
    Listed,
    /// Accepted without being listed.
    Hidden,
    /// Deprecated; using it prints this on stdout.
    Deprecated(&'static str),
}

/// One option of a command.
#[derive(Debug, Clone, Copy)]
pub struct Flag {
    /// The long name without dashes.
    pub long: &'static str,
    /// The letter, if it has one.
    pub short: Option<char>,
    /// The type as help shows it; a switch has `bool`.
    pub kind: &'static str,
    /// The check its values go through beyond what the type asks for; empty for none.
    pub check: &'static str,
    /// What completion offers: words joined by `|`, or `@` and a kind of name.
    pub values: &'static str,
    /// The value that holds when it is not given; empty for none.
    pub default: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// Whether help lists it.
    pub listing: Listing,
    /// The name under which values are kept: its own, unless it is an old spelling of another.
    pub key: &'static str,
}

impl Flag {
    /// Whether it is a switch, which takes a value only after `=`.
    pub fn is_switch(&self) -> bool {
        self.kind == "bool"
    }

    /// Whether giving it twice keeps both values.
    pub fn is_repeatable(&self) -> bool {
        const LISTS: &str = " list stringArray strings filter map mount network ulimit gpu-request \
                             stringToString ipSlice ipNetSlice port pref secret config external-ca ";
        LISTS.contains(&format!(" {} ", self.kind))
    }
}

impl Command {
    /// Whether it holds subcommands.
    pub fn is_group(&self) -> bool {
        !self.groups.is_empty()
    }

    /// The option of this long name.
    pub fn flag(&self, long: &str) -> Option<&Flag> {
        self.flags.get(self.place(long)?)
    }

    /// The place of an option in `flags`, which are in order.
    pub fn place(&self, long: &str) -> Option<usize> {
        self.flags.binary_search_by(|f| f.long.cmp(long)).ok()
    }

    /// The option of this letter.
    pub fn shorthand(&self, letter: char) -> Option<&Flag> {
        self.flags.iter().find(|f| f.short == Some(letter))
    }

    /// The canonical path without `docker `, such as `container ls`; empty for `docker` itself.
    pub fn name(&self) -> &'static str {
        self.path.strip_prefix("docker ").unwrap_or("")
    }

    /// Whether buildx answers instead of the docker client, with wording of its own.
    pub fn is_buildx(&self) -> bool {
        is_buildx(self.path)
    }
}

impl Table {
    /// The command `docker` itself.
    pub fn root(&'static self) -> Option<Found> {
        self.find("docker")
    }

    /// Every command in the order of the file; the first is `docker` itself.
    pub fn commands(&'static self) -> impl Iterator<Item = &'static Command> {
        self.entries.iter().map(|entry| self.command(entry))
    }

    /// The subcommand of `parent` that is called by `word`.
    pub fn child(&'static self, parent: &Command, word: &str) -> Option<Found> {
        self.find(&format!("{} {word}", parent.path))
    }

    /// The command of a whole path such as `docker container ls` or `docker ps`.
    pub fn find(&'static self, path: &str) -> Option<Found> {
        let spelling = self.paths.get(path)?;
        let command = self.command(self.entries.get(spelling.command)?);
        Some(Found { command, shown: &spelling.shown })
    }

    fn command(&'static self, entry: &'static Entry) -> &'static Command {
        entry.command.get_or_init(|| self.read_block(entry.head, entry.body, &mut Vec::new()))
    }

    /// Finds the blocks and the paths that lead to them.
    fn read(text: &'static str) -> Self {
        let mut table = Self::default();
        for block in text.split("\n\n") {
            let block = block.trim_start_matches('\n');
            let (head, body) = block.split_once('\n').unwrap_or((block, ""));
            match head.strip_prefix("set ") {
                _ if head.is_empty() || head.starts_with('#') => {}
                Some(name) => _ = table.sets.insert(name, body),
                None => table.add(head, body),
            }
        }
        table
    }

    fn add(&mut self, head: &'static str, body: &'static str) {
        let command = self.entries.len();
        let parent = head.rsplit_once(' ').map_or("", |(parent, _)| parent);
        self.paths.insert(head.to_owned(), Spelling { command, shown: head.to_owned() });
        for line in body.lines().map(str::trim_start).take_while(|line| !line.starts_with('-')) {
            for path in line.strip_prefix("also: ").into_iter().flat_map(|list| list.split(", ")) {
                let shown = if is_buildx(head) { head } else { path };
                self.paths.insert(path.to_owned(), Spelling { command, shown: shown.to_owned() });
            }
            for word in line.strip_prefix("words: ").into_iter().flat_map(|list| list.split(' ')) {
                self.paths.insert(format!("{parent} {word}"), Spelling { command, shown: head.to_owned() });
            }
        }
        self.entries.push(Entry { head, body, command: OnceLock::new() });
    }

    /// Reads the lines of a block; those that make no sense end up in `problems`.
    fn read_block(&self, head: &'static str, body: &'static str, problems: &mut Vec<String>) -> Command {
        let mut command = Command { path: head, ..Command::default() };
        for line in body.lines().map(str::trim_start) {
            let set = line.strip_prefix("with: ").and_then(|name| self.sets.get(name));
            let fits = match set {
                Some(set) => set.lines().try_for_each(|line| read_line(line.trim_start(), &mut command)),
                None => read_line(line, &mut command),
            };
            if fits.is_none() {
                problems.push(format!("{head}: {line}"));
            }
        }
        command.flags.order_by_key(|f| f.long);
        command
    }
}

/// Whether buildx answers for the command of this path.
fn is_buildx(path: &str) -> bool {
    path.split(' ').nth(1) == Some("buildx")
}

/// Takes in one line of a block; `None` when it makes no sense.
fn read_line(line: &'static str, command: &mut Command) -> Option<()> {
    if line.starts_with('-') || line.starts_with("hidden ") || line.starts_with("gone ") {
        command.flags.push(read_flag(line, &command.flags)?);
        return Some(());
    }
    if line == "options-first" {
        command.options_first = true;
        return Some(());
    }
    let (key, value) = line.split_once(": ")?;
    match key {
        "about" => command.about = value,
        "also" => command.also = value.split(", ").collect(),
        "words" => command.words = value.split(' ').collect(),
        "aliases" => command.aliases = Some(value),
        "usage" => command.usage.push(value),
        "unknown" => command.unknown = Some(value),
        "args" => command.args = Some(read_arity(value)?),
        "takes" => command.takes = value.split(' ').collect(),
        "commands" => {
            let (title, names) = value.split_once(": ")?;
            command.groups.push((title, names.split(' ').collect()));
        }
        "more" => command.more = value.split(' ').collect(),
        "absent" => {
            command.absent = Some(match value {
                "manager" => Absent::Manager,
                "member" => Absent::Member,
                "plugin" => Absent::Plugin,
                _ => return None,
            });
        }
        "note" => command.note = Some(value),
        _ => command.states.read(key, value)?,
    }
    Some(())
}

fn read_arity(text: &str) -> Option<Arity> {
    if text == "0" {
        return Some(Arity::None);
    }
    if let Some(n) = text.strip_prefix('=') {
        return Some(Arity::Exactly(n.parse().ok()?));
    }
    if let Some(n) = text.strip_suffix('+') {
        return Some(Arity::AtLeast(n.parse().ok()?));
    }
    match text.split_once('-') {
        Some(("0", n)) => Some(Arity::AtMost(n.parse().ok()?)),
        Some((a, b)) => Some(Arity::Between(a.parse().ok()?, b.parse().ok()?)),
        None => Some(Arity::Exactly(text.parse().ok()?)),
    }
}

/// `[hidden |gone ][-x, ]--long[ type[:check][{values}]][=default][ = --other]  about`
fn read_flag(line: &'static str, known: &[Flag]) -> Option<Flag> {
    let (spec, about) = line.split_once("  ").unwrap_or((line, ""));
    let about = about.trim_start();
    let (listing, spec) = if let Some(rest) = spec.strip_prefix("hidden ") {
        (Listing::Hidden, rest)
    } else if let Some(rest) = spec.strip_prefix("gone ") {
        (Listing::Deprecated(about), rest)
    } else {
        (Listing::Listed, spec)
    };
    let (spec, target) = match spec.split_once(" = --") {
        Some((spec, other)) => (spec, Some(known.iter().find(|f| f.long == other)?)),
        None => (spec, None),
    };
    let (short, spec) = match spec.split_once(", ") {
        Some((short, rest)) => (short.strip_prefix('-')?.chars().next(), rest),
        None => (None, spec),
    };
    let spec = spec.strip_prefix("--")?;
    let (spec, default) = split_default(spec);
    let (long, kind) = spec.split_once(' ').unwrap_or((spec, "bool"));
    let (kind, values) = match kind.split_once('{') {
        Some((kind, values)) => (kind, values.strip_suffix('}')?),
        None => (kind, ""),
    };
    let (kind, check) = kind.split_once(':').unwrap_or((kind, ""));
    let mut flag = Flag { long, short, kind, check, values, default, about, listing, key: long };
    if let Some(target) = target {
        flag = Flag { long, short, listing, about, ..*target };
    }
    Some(flag)
}

/// Splits the default off; an `=` inside braces belongs to the values.
fn split_default(spec: &'static str) -> (&'static str, &'static str) {
    let from = spec.rfind('}').unwrap_or(0);
    match spec.get(from..).and_then(|tail| tail.find('=')) {
        Some(at) => {
            spec.split_at_checked(from + at).map_or((spec, ""), |(a, b)| (a, b.get(1..).unwrap_or("")))
        }
        None => (spec, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const FACTS: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/docker-cli/commands.json"));

    /// The facts name every command and option of Docker 29.7.2; ours are the same ones.
    #[test]
    fn the_table_agrees_with_the_facts() {
        let table = table();
        let mut problems = Vec::new();
        table.entries.iter().for_each(|e| _ = table.read_block(e.head, e.body, &mut problems));
        assert_eq!(problems, Vec::<String>::new());
        let facts: Vec<Value> = serde_json::from_str(FACTS).unwrap();
        assert_eq!(facts.len(), 231);
        let mut seen = std::collections::BTreeSet::new();
        for fact in &facts {
            let path = fact["path"].as_str().unwrap();
            let found = walk(path).unwrap_or_else(|| panic!("{path} is missing"));
            seen.insert(found.command.path);
            let usage = super::super::help::usage_line(found);
            assert_eq!(usage.lines().next(), fact["usage"].as_str(), "{path}");
            let aliases: Vec<_> =
                fact["aliases"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            assert_eq!(super::super::help::aliases(found.command), aliases.join(", "), "{path}");
            let groups: Vec<(String, Vec<String>)> = fact["subcommands"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(k, v)| (k.clone(), serde_json::from_value(v.clone()).unwrap()))
                .collect();
            let ours: Vec<(String, Vec<String>)> = found
                .command
                .groups
                .iter()
                .map(|(t, n)| ((*t).to_owned(), n.iter().map(|s| (*s).to_owned()).collect()))
                .collect();
            assert_eq!(ours, groups, "{path}");
            same_flags(path, found.command, fact["flags"].as_array().map_or(&[], Vec::as_slice));
        }
        // Named in a list of subcommands, but the facts have no entry of its own for it.
        seen.insert("docker buildx history inspect attachment");
        assert_eq!(seen.len(), table.entries.len(), "a command that Docker does not have");
    }

    fn walk(path: &str) -> Option<Found> {
        let mut words = path.split(' ');
        words.next();
        words.try_fold(table().root()?, |at, word| table().child(at.command, word))
    }

    fn same_flags(path: &str, command: &Command, facts: &[Value]) {
        let listed: Vec<_> = command.flags.iter().filter(|f| f.listing == Listing::Listed).collect();
        let names = |v: &[&str]| v.join(" ");
        assert_eq!(
            names(&listed.iter().map(|f| f.long).collect::<Vec<_>>()),
            names(&facts.iter().map(|f| f["long"].as_str().unwrap()).collect::<Vec<_>>()),
            "{path}"
        );
        for (ours, fact) in listed.iter().zip(facts) {
            let at = format!("{path} --{}", ours.long);
            assert_eq!(ours.short.map(|c| c.to_string()).as_deref(), fact["short"].as_str(), "{at}");
            assert_eq!(Some(ours.kind), fact["type"].as_str(), "{at}");
            let default = fact["default"].as_str().unwrap_or("").trim_matches('"');
            let told = ours.default == default || ours.about.contains(&format!("(default {default})"));
            assert!(default.is_empty() || told, "{at}: default {default}");
            assert!(!ours.about.is_empty(), "{at}: nothing about it");
        }
    }

    #[test]
    fn every_command_says_what_it_is_for() {
        for command in table().commands() {
            assert!(!command.about.is_empty(), "{}", command.path);
            assert!(command.is_group() || command.args.is_some(), "{}", command.path);
            for (_, names) in &command.groups {
                for name in names.iter().chain(&command.more) {
                    let name = name.trim_end_matches('*');
                    assert!(table().child(command, name).is_some(), "{} {name}", command.path);
                }
            }
        }
    }
}
