//! The options of `set` and `shopt` by letter and name.

use super::machine::{Options, Shell};
use super::voice::Voice;

/// Letters and names of `set`.
pub const SET: [(char, &str); 17] = [
    ('a', "allexport"),
    ('b', "notify"),
    ('e', "errexit"),
    ('f', "noglob"),
    ('h', "hashall"),
    ('i', "interactive"),
    ('m', "monitor"),
    ('n', "noexec"),
    ('u', "nounset"),
    ('v', "verbose"),
    ('x', "xtrace"),
    ('C', "noclobber"),
    ('B', "braceexpand"),
    ('H', "histexpand"),
    ('E', "errtrace"),
    ('T', "functrace"),
    (' ', "pipefail"),
];

/// Names of `shopt`.
pub const SHOPT: [&str; 9] = [
    "dotglob",
    "expand_aliases",
    "extglob",
    "failglob",
    "globstar",
    "lastpipe",
    "nocasematch",
    "nocaseglob",
    "nullglob",
];

impl Options {
    fn slot(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "allexport" => &mut self.allexport,
            "errexit" => &mut self.errexit,
            "noglob" => &mut self.noglob,
            "monitor" => &mut self.monitor,
            "noexec" => &mut self.noexec,
            "nounset" => &mut self.nounset,
            "verbose" => &mut self.verbose,
            "xtrace" => &mut self.xtrace,
            "noclobber" => &mut self.noclobber,
            "pipefail" => &mut self.pipefail,
            "interactive" => &mut self.interactive,
            _ => return None,
        })
    }

    fn shopt_slot(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "dotglob" => &mut self.dotglob,
            "expand_aliases" => &mut self.expand_aliases,
            "extglob" => &mut self.extglob,
            "failglob" => &mut self.failglob,
            "globstar" => &mut self.globstar,
            "lastpipe" => &mut self.lastpipe,
            "nocasematch" => &mut self.nocasematch,
            "nullglob" => &mut self.nullglob,
            _ => return None,
        })
    }
}

impl Shell {
    /// Sets an option by its letter; false where there is none such.
    pub(super) fn set_letter(&mut self, letter: char, on: bool) -> bool {
        match SET.iter().find(|(l, _)| *l == letter && letter != ' ' && letter != 'i') {
            Some((_, name)) => self.set_option(name, on),
            None => false,
        }
    }

    /// Sets an option by its name; false where there is none such.
    pub(super) fn set_option(&mut self, name: &str, on: bool) -> bool {
        if name == "pipefail" && self.voice == Voice::Dash {
            return false;
        }
        match self.options.slot(name) {
            Some(slot) => {
                *slot = on;
                true
            }
            // Accepted: what they change cannot be seen here.
            None => matches!(
                name,
                "notify"
                    | "hashall"
                    | "braceexpand"
                    | "histexpand"
                    | "errtrace"
                    | "functrace"
                    | "posix"
                    | "emacs"
                    | "vi"
                    | "history"
            ),
        }
    }

    pub(super) fn set_shopt(&mut self, name: &str, on: bool) -> bool {
        match self.options.shopt_slot(name) {
            Some(slot) => {
                *slot = on;
                true
            }
            None => false,
        }
    }

    pub(super) fn shopt(&self, name: &str) -> Option<bool> {
        self.options.clone().shopt_slot(name).map(|slot| *slot)
    }

    /// An option by its name.
    pub(super) fn option(&self, name: &str) -> Option<bool> {
        match self.options.clone().slot(name) {
            Some(slot) => Some(*slot),
            None if matches!(name, "hashall" | "braceexpand") => Some(true),
            None => SET.iter().any(|(_, n)| *n == name).then_some(false),
        }
    }

    /// `$-`
    pub(super) fn option_letters(&self) -> String {
        let mut letters = String::new();
        let bash = self.voice == Voice::Bash;
        for (letter, name) in SET {
            let on = match name {
                "hashall" | "braceexpand" => bash,
                "histexpand" => bash && self.options.interactive,
                _ => self.option(name).unwrap_or(false),
            };
            if on && letter != ' ' {
                letters.push(letter);
            }
        }
        letters.extend(self.options.command.then_some('c').filter(|_| self.voice != Voice::Dash));
        letters.extend(self.options.stdin.then_some('s'));
        letters
    }
}
