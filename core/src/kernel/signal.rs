//! Signals: numbers and names of Linux/amd64, and what each does by default.

use serde::{Deserialize, Serialize};

/// A signal by its number on Linux/amd64 (1 to 64).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Signal(u8);

/// The names of signals 1 to 31 in order.
const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
    "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ",
    "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// What a signal does to a process that neither handles nor ignores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultAction {
    /// The process ends with `128 + number`.
    Terminate,
    /// Nothing happens.
    Ignore,
    /// The process stops until `CONT`.
    Stop,
    /// A stopped process goes on.
    Continue,
}

impl Signal {
    /// Hang-up.
    pub const HUP: Self = Self(1);
    /// Ctrl-C.
    pub const INT: Self = Self(2);
    /// Ctrl-\.
    pub const QUIT: Self = Self(3);
    /// Ctrl-Z.
    pub const TSTP: Self = Self(20);
    /// Cannot be handled.
    pub const KILL: Self = Self(9);
    /// The first signal for users.
    pub const USR1: Self = Self(10);
    /// A write to a pipe that nobody reads.
    pub const PIPE: Self = Self(13);
    /// The polite request to end; what `docker stop` sends.
    pub const TERM: Self = Self(15);
    /// A child ended.
    pub const CHLD: Self = Self(17);
    /// Go on after a stop.
    pub const CONT: Self = Self(18);
    /// Cannot be handled.
    pub const STOP: Self = Self(19);
    /// A file grew beyond the limit.
    pub const XFSZ: Self = Self(25);
    /// The window changed its size; httpd's graceful stop.
    pub const WINCH: Self = Self(28);

    /// The signal of a number in 1..=64.
    pub fn from_number(n: i64) -> Option<Self> {
        u8::try_from(n).ok().filter(|n| (1..=64).contains(n)).map(Self)
    }

    /// Reads `TERM`, `SIGTERM`, `term`, `15`, `RTMIN+1` and the like.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(n) = text.parse::<i64>() {
            return Self::from_number(n);
        }
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        if let Some(i) = NAMES.iter().position(|n| *n == name) {
            return Self::from_number(i as i64 + 1);
        }
        match name {
            "CLD" => Some(Self::CHLD),
            "POLL" => Self::from_number(29),
            "IOT" => Self::from_number(6),
            "RTMIN" => Self::from_number(34),
            "RTMAX" => Self::from_number(64),
            _ => {
                let (base, offset) = name
                    .strip_prefix("RTMIN+")
                    .map(|o| (34, o))
                    .or(name.strip_prefix("RTMAX-").map(|o| (64, o)))?;
                let offset: i64 = offset.parse().ok().filter(|o| (0..=30).contains(o))?;
                Self::from_number(if base == 34 { base + offset } else { base - offset })
                    .filter(|s| s.0 >= 34)
            }
        }
    }

    /// The number.
    pub fn number(self) -> i32 {
        i32::from(self.0)
    }

    /// The name without `SIG`.
    pub fn name(self) -> String {
        match NAMES.get(usize::from(self.0) - 1) {
            Some(name) => (*name).to_string(),
            None if self.0 < 50 => format!("RTMIN+{}", self.0.saturating_sub(34)),
            None => format!("RTMAX-{}", 64 - self.0),
        }
    }

    /// What it does where nothing handles it.
    pub fn default_action(self) -> DefaultAction {
        match self.0 {
            17 | 23 | 28 => DefaultAction::Ignore,
            18 => DefaultAction::Continue,
            19..=22 => DefaultAction::Stop,
            _ => DefaultAction::Terminate,
        }
    }

    /// True for the two signals that no process can handle or ignore.
    pub fn is_uncatchable(self) -> bool {
        self == Self::KILL || self == Self::STOP
    }
}

/// What a process asked to happen on a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Disposition {
    /// Nothing.
    Ignore,
    /// The program is told at its next step, through `Sys::take_signal`.
    Handle,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_names_the_same_signal() {
        for text in ["TERM", "SIGTERM", "sigterm", "15"] {
            assert_eq!(Signal::parse(text), Some(Signal::TERM), "{text}");
        }
        for text in ["", "NOSUCH", "0", "65", "-1", "RTMIN+31", "SIG"] {
            assert_eq!(Signal::parse(text), None, "{text}");
        }
        for n in 1..=64 {
            if let Some(signal) = Signal::from_number(n).filter(|s| s.number() < 32 || s.number() > 33) {
                assert_eq!(Signal::parse(&signal.name()), Some(signal));
            }
        }
    }
}
