//! A command line that was understood: the command, its options in the order given, its arguments.

use super::state::State;
use super::table::{Command, Flag};
use super::value::{Mount, NetworkChoice, Ulimit, parse_mount, parse_network, parse_ulimit};
use crate::base::Duration;
use crate::base::go_duration::parse_duration;
use crate::base::units::ram_in_bytes;
use serde::{Deserialize, Serialize};
use std::cell::Cell;

/// One use of an option. Checked values are kept as they were typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The long name under which the value is kept.
    pub name: &'static str,
    /// The value; a switch has `true` or what was given after `=`.
    pub value: String,
}

/// The options that stand before the command and say which daemon to talk to and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Globals {
    /// `--config`: directory of the client's configuration.
    pub config: Option<String>,
    /// `-c`, `--context`.
    pub context: Option<String>,
    /// `-H`, `--host`.
    pub host: Option<String>,
    /// `-D`, `--debug`.
    pub debug: bool,
    /// `-l`, `--log-level`; one of the known levels.
    pub log_level: Option<String>,
    /// Whether any of the `--tls…` options was given.
    pub tls: bool,
}

/// A command to run.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The command.
    pub command: &'static Command,
    /// Its path as messages spell it, such as `docker ps` or `docker container ls`.
    pub shown: &'static str,
    /// The options in front of the command.
    pub globals: Globals,
    /// The options in the order given, repeats included.
    pub settings: Vec<Setting>,
    /// The arguments.
    pub args: Vec<String>,
    /// Deprecation notes, each a whole line; they go to stdout before anything else.
    pub notices: String,
    /// The options that the command has asked for, a bit each in the order of the table.
    pub(super) asked: Cell<u128>,
}

impl Invocation {
    /// The canonical name, such as `container ls`; what a command is registered under.
    pub fn name(&self) -> &'static str {
        self.command.name()
    }

    /// Whether the option was given at all.
    pub fn changed(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The last value given for an option.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.known(name);
        self.settings.iter().rev().find(|s| s.name == name).map(|s| s.value.as_str())
    }

    /// The last value given, or the default of the option; empty when it has neither.
    pub fn str(&self, name: &str) -> &str {
        self.get(name).unwrap_or_else(|| self.default(name))
    }

    /// A switch.
    pub fn bool(&self, name: &str) -> bool {
        super::value::parse_bool(self.str(name)).unwrap_or(false)
    }

    /// A whole number; 0 when there is none.
    pub fn int(&self, name: &str) -> i64 {
        super::value::parse_int(self.str(name), 64).unwrap_or(0)
    }

    /// A size in bytes, where -1 stands for no limit; `None` when not given.
    pub fn bytes(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            "-1" => Some(-1),
            text => ram_in_bytes(text).ok(),
        }
    }

    /// A span of time; `None` when not given and without a default.
    pub fn duration(&self, name: &str) -> Option<Duration> {
        parse_duration(self.str(name)).ok()
    }

    /// A number of CPUs in billionths, as the API counts them; `None` when not given.
    pub fn nano_cpus(&self, name: &str) -> Option<i64> {
        super::value::parse_cpus(self.get(name)?).ok()
    }

    /// Every value of an option that may be repeated, in order. Options of type `strings` hold
    /// several values in one, separated by commas.
    pub fn list(&self, name: &str) -> Vec<String> {
        let given = self.settings.iter().filter(|s| s.name == name).map(|s| s.value.as_str());
        match self.known(name).map_or("", |f| f.kind) {
            "strings" | "ipSlice" | "ipNetSlice" => {
                given.flat_map(|v| super::value::read_csv(v).unwrap_or_default()).collect()
            }
            _ => given.map(str::to_owned).collect(),
        }
    }

    /// The values of a repeated `KEY=VALUE` option as pairs, in order; a key without `=` has an
    /// empty value.
    pub fn pairs(&self, name: &str) -> Vec<(String, String)> {
        let split = |text: String| match text.split_once('=') {
            Some((key, value)) => (key.to_owned(), value.to_owned()),
            None => (text, String::new()),
        };
        self.list(name).into_iter().map(split).collect()
    }

    /// The entries of an option of type `stringToString`, in order.
    pub fn map(&self, name: &str) -> Vec<(String, String)> {
        let read = |text: String| super::value::map_entries(&text).unwrap_or_default();
        let items = self.list(name).into_iter().flat_map(read);
        items.filter_map(|item| item.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()))).collect()
    }

    /// The values of `--filter` as name and value, in order; names are in lower case.
    pub fn filters(&self) -> Vec<(String, String)> {
        let given = self.pairs("filter").into_iter();
        let given = given.map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()));
        given.filter(|(name, value)| !name.is_empty() || !value.is_empty()).collect()
    }

    /// The values of `--mount`, in order.
    pub fn mounts(&self) -> Vec<Mount> {
        self.list("mount").iter().filter_map(|text| parse_mount(text).ok()).collect()
    }

    /// The values of `--network`, in order.
    pub fn networks(&self) -> Vec<NetworkChoice> {
        self.list("network").iter().filter_map(|text| parse_network(text).ok()).collect()
    }

    /// The values of `--ulimit`, in order.
    pub fn ulimits(&self) -> Vec<Ulimit> {
        self.list("ulimit").iter().filter_map(|text| parse_ulimit(text).ok()).collect()
    }

    /// The uses of several options in the order in which they were given, such as `-v` and `--mount`.
    pub fn in_order<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a Setting> {
        names.iter().for_each(|name| _ = self.known(name));
        self.settings.iter().filter(move |s| names.contains(&s.name))
    }

    /// The argument at this place; empty when there is none.
    pub fn arg(&self, at: usize) -> &str {
        self.args.get(at).map_or("", String::as_str)
    }

    /// The line that ends the errors of commands such as `run`.
    pub fn see_help(&self) -> String {
        format!("Run '{} --help' for more information", self.shown)
    }

    fn default(&self, name: &str) -> &'static str {
        match self.known(name).map_or("", |f| f.default) {
            "[]" | "map[]" => "",
            text => text,
        }
    }

    /// Asking for an option that the command does not have is a mistake in the command's code.
    fn known(&self, name: &str) -> Option<&'static Flag> {
        let at = self.command.place(name);
        debug_assert!(at.is_some(), "{} has no --{name}", self.command.path);
        let at = at?;
        self.asked.set(self.asked.get() | 1 << (at % 128));
        self.command.flags.get(at)
    }

    /// Whether the command has asked for an option, given or not.
    pub fn was_asked(&self, name: &str) -> bool {
        let at = self.command.place(name);
        at.is_some_and(|at| self.asked.get() & 1 << (at % 128) != 0)
    }

    /// The first option given that is refused, whoever would look at it. A switch that is off is as good as not
    /// given.
    pub fn refused(&self) -> Option<&'static str> {
        let is_refused = |s: &&Setting| {
            let flag = self.command.flag(s.name).filter(|flag| self.command.state(flag) == State::Refused);
            flag.is_some_and(|flag| !(flag.is_switch() && s.value == "false"))
        };
        self.settings.iter().find(is_refused).map(|s| s.name)
    }
}
