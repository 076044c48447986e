//! What can stand at a place of a command line: commands, options, their values, names.

use super::table::{Arity, Command, Flag, Found, Listing, table};
use crate::base::Order;

/// What a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A command or a group of commands.
    Command,
    /// An option.
    Flag,
    /// A word that an option or an argument accepts.
    Value,
    /// Any name of this kind; whoever asks knows the names.
    Names(Names),
}

/// The kinds of names that live in the world or around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// A container, an image, a network, a volume: anything that has an ID.
    Any,
    /// A container in any state.
    Container,
    /// A container that runs.
    Running,
    /// A container that can be started.
    Stopped,
    /// A container that is paused.
    Paused,
    /// A local image.
    Image,
    /// An image in a registry.
    RemoteImage,
    /// A network.
    Network,
    /// A volume.
    Volume,
    /// A context.
    Context,
    /// A builder.
    Builder,
    /// A registry that somebody is logged in to.
    Registry,
    /// A plugin.
    Plugin,
    /// A node of the swarm.
    Node,
    /// A service of the swarm.
    Service,
    /// A stack of the swarm.
    Stack,
    /// A secret of the swarm.
    Secret,
    /// A config of the swarm.
    Config,
    /// A file of the host.
    File,
    /// A directory of the host.
    Directory,
    /// A file of the host, or `CONTAINER:PATH`.
    CopyPath,
}

/// Something that can stand at the place asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The whole word. For [`Kind::Names`] it is what stands before the name, such as `--network=`.
    /// No space follows a word that ends in `=`, `:` or `,`.
    pub text: String,
    /// One line about it; may be empty.
    pub description: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// What can stand at `words[at]`, given the words after `docker`. What stands there already is the
/// beginning that every candidate has (`at` may be one past the end: nothing typed yet). For
/// [`Kind::Names`], keep the names that with `text` in front continue what was typed.
pub fn complete(words: &[String], at: usize) -> Vec<Candidate> {
    let word = words.get(at).map_or("", String::as_str);
    let Some(root) = table().root() else { return Vec::new() };
    let mut place = Place { at: root, args: 0, pending: None, ended: false, used: Vec::new() };
    words.iter().take(at).for_each(|word| place.pass(word));
    let mut out = place.candidates(word);
    out.retain(|c| matches!(c.kind, Kind::Names(_)) || c.text.starts_with(word));
    out
}

/// Where in a command line we are.
struct Place {
    at: Found,
    args: usize,
    pending: Option<&'static Flag>,
    ended: bool,
    used: Vec<&'static str>,
}

impl Place {
    fn pass(&mut self, word: &str) {
        let command = self.at.command;
        if self.pending.take().is_some() {
            return;
        }
        if word == "--" && !self.ended {
            self.ended = true;
        } else if let Some(long) = word.strip_prefix("--").filter(|_| !self.ended) {
            let (name, value) = long.split_once('=').map_or((long, None), |(n, v)| (n, Some(v)));
            let flag = command.flag(name);
            self.used.extend(flag.map(|f| f.long));
            self.pending = flag.filter(|f| !f.is_switch() && value.is_none());
        } else if let Some(letters) = word.strip_prefix('-').filter(|l| !l.is_empty() && !self.ended) {
            self.pass_letters(letters);
        } else if let Some(child) =
            table().child(command, word).filter(|_| command.is_group() && self.args == 0)
        {
            self.at = child;
            self.used.clear();
        } else if !(command.path == "docker" && word == "help") {
            self.args += 1;
            self.ended |= command.options_first;
        }
    }

    fn pass_letters(&mut self, letters: &str) {
        let mut rest = letters.chars();
        while let Some(flag) = rest.next().and_then(|c| self.at.command.shorthand(c)) {
            self.used.push(flag.long);
            if !flag.is_switch() {
                self.pending = Some(flag).filter(|_| rest.as_str().is_empty());
                return;
            }
        }
    }

    fn candidates(&self, word: &str) -> Vec<Candidate> {
        let command = self.at.command;
        if let Some(flag) = self.pending {
            return of_values(flag.values, "");
        }
        if word.starts_with('-') && !self.ended {
            let joined = word.strip_prefix("--").and_then(|long| long.split_once('='));
            return match joined.and_then(|(name, _)| command.flag(name)) {
                Some(flag) if flag.is_switch() => of_values("true|false", &format!("--{}=", flag.long)),
                Some(flag) => of_values(flag.values, &format!("--{}=", flag.long)),
                None => self.flags(),
            };
        }
        if command.is_group() && self.args == 0 {
            return subcommands(command);
        }
        let most = match command.args {
            None | Some(Arity::None) => 0,
            Some(Arity::Exactly(n) | Arity::AtMost(n) | Arity::Between(_, n)) => n,
            Some(Arity::AtLeast(_)) => usize::MAX,
        };
        if self.args >= most {
            return Vec::new();
        }
        command.takes.get(self.args).or(command.takes.last()).map_or_else(Vec::new, |takes| {
            let named = named(takes).map(|names| Candidate {
                text: String::new(),
                description: "",
                kind: Kind::Names(names),
            });
            match named {
                Some(candidate) => vec![candidate],
                None if takes.contains('|') => of_values(takes, ""),
                None => Vec::new(),
            }
        })
    }

    fn flags(&self) -> Vec<Candidate> {
        let open =
            |f: &&Flag| f.listing == Listing::Listed && (f.is_repeatable() || !self.used.contains(&f.long));
        let all = self.at.command.flags.iter().filter(open).map(|f| (f.long, f.about));
        let help = self.at.command.flag("help").is_none().then_some(("help", "Show what this command does"));
        let all = all.chain(help);
        all.map(|(long, about)| Candidate { text: format!("--{long}"), description: about, kind: Kind::Flag })
            .collect()
    }
}

fn subcommands(group: &Command) -> Vec<Candidate> {
    let listed = group.groups.iter().flat_map(|(_, names)| names);
    let names = listed.chain(&group.more).map(|name| name.trim_end_matches('*'));
    let describe = |name: &str| table().child(group, name).map_or("", |c| c.command.about);
    let mut out: Vec<Candidate> = names
        .map(|name| Candidate { text: name.to_owned(), description: describe(name), kind: Kind::Command })
        .collect();
    out.order_by(|a, b| a.text.cmp(&b.text));
    out
}

/// Words joined by `|`, or `@` and a kind of name.
fn of_values(values: &'static str, before: &str) -> Vec<Candidate> {
    if let Some(names) = values.strip_prefix('@').and_then(named) {
        return vec![Candidate { text: before.to_owned(), description: "", kind: Kind::Names(names) }];
    }
    let words = values.split('|').filter(|v| !v.is_empty());
    words.map(|v| Candidate { text: format!("{before}{v}"), description: "", kind: Kind::Value }).collect()
}

fn named(word: &str) -> Option<Names> {
    Some(match word {
        "any" => Names::Any,
        "container" => Names::Container,
        "running" => Names::Running,
        "stopped" => Names::Stopped,
        "paused" => Names::Paused,
        "image" => Names::Image,
        "remote" => Names::RemoteImage,
        "network" => Names::Network,
        "volume" => Names::Volume,
        "context" => Names::Context,
        "builder" => Names::Builder,
        "registry" => Names::Registry,
        "plugin" => Names::Plugin,
        "node" => Names::Node,
        "service" => Names::Service,
        "stack" => Names::Stack,
        "secret" => Names::Secret,
        "config" => Names::Config,
        "file" => Names::File,
        "dir" => Names::Directory,
        "copy" => Names::CopyPath,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The candidates at the end of a line; names show as `<Kind>`.
    fn at_end(line: &str) -> String {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let shown = complete(&words, words.len() - 1).into_iter().map(|c| match c.kind {
            Kind::Names(names) => format!("{}<{names:?}>", c.text),
            _ => c.text,
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn candidates() {
        for (line, want) in [
            ("re", "rename restart"),
            ("container re", "rename restart"),
            ("help im", "image images import"),
            ("-D vol", "volume"),
            ("stop ", "<Running>"),
            ("stop a -t 3 ", "<Running>"),
            ("start ", "<Stopped>"),
            ("rename a ", ""),
            ("rename a b ", ""),
            ("tag a ", "<Image>"),
            ("tag a b ", ""),
            ("run --net", "--network --network-alias"),
            ("run --network ", "<Network>"),
            ("run --network=br", "--network=<Network>"),
            ("run -it --pu", "--publish --publish-all --pull"),
            ("run --pull m", "missing"),
            ("run --rm --r", "--read-only --restart --runtime"),
            ("run --rm=", "--rm=true --rm=false"),
            ("run -itv ", "<Volume>"),
            ("run -it busybox --r", ""),
            ("ps --filter st", "status="),
            ("ps -f a", "ancestor="),
            ("buildx build ", "<Directory>"),
            ("swarm join-token ", "manager worker"),
            ("swarm u", "unlock unlock-key update"),
            ("frob x", ""),
        ] {
            assert_eq!(at_end(line), want, "docker {line}|");
        }
    }

    #[test]
    fn every_kind_of_name_is_known() {
        for command in table().commands() {
            for takes in command.takes.iter().filter(|t| **t != "-" && !t.contains('|')) {
                assert!(named(takes).is_some(), "{}: takes {takes}", command.path);
            }
            for flag in &command.flags {
                let name = flag.values.strip_prefix('@');
                assert!(name.is_none_or(|n| named(n).is_some()), "{} --{}", command.path, flag.long);
            }
        }
    }
}
