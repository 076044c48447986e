//! How far each command and option goes: what the compatibility page says, and what refuses an option by itself.

use super::table::{Command, Flag, Listing};

/// How far an option goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It does what it does in Docker.
    Works,
    /// It does so within the limits that the text names; beyond them it is refused.
    Partly(&'static str),
    /// It is checked and shows in `inspect`, and nothing else comes of it.
    Recorded,
    /// It is accepted, and there is nothing in the simulation that could go another way.
    Moot,
    /// It is refused.
    Refused,
}

/// What a command says of its options; what it does not name works.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct States {
    named: Vec<(&'static str, State)>,
}

impl States {
    /// Takes in a line `KEY: VALUE` of the table; `None` for another key.
    pub(super) fn read(&mut self, key: &str, value: &'static str) -> Option<()> {
        if key == "partly" {
            let (name, text) = value.split_once(' ')?;
            self.named.push((name, State::Partly(text)));
            return Some(());
        }
        let state = match key {
            "recorded" => State::Recorded,
            "moot" => State::Moot,
            "refused" => State::Refused,
            _ => return None,
        };
        self.named.extend(value.split(' ').map(|name| (name, state)));
        Some(())
    }

    /// The names of options that something is said of.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.named.iter().map(|(name, _)| *name)
    }
}

impl Command {
    /// How far an option goes.
    pub fn state(&self, flag: &Flag) -> State {
        let said = |name: &str| self.states.named.iter().find(|(n, _)| *n == name).map(|(_, state)| *state);
        match flag.listing {
            _ if flag.long == "help" => State::Works,
            // The client takes them for the sake of old scripts and drops them.
            Listing::Deprecated(_) if flag.key == flag.long => said(flag.long).unwrap_or(State::Moot),
            _ => said(flag.key).unwrap_or(State::Works),
        }
    }
}
