//! What clients have asked of the daemon, for tests that look it up afterwards.

use super::Operation;
use crate::base::Time;
use imbl::Vector;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// How many operations a journal keeps.
const KEPT: usize = 10_000;

/// An operation that a client asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub time: Time,
    /// What.
    pub operation: Operation,
    /// The name of the container, network or volume, or what the client called it where there is none such; empty
    /// where it is about an image alone, or the name was left to the daemon.
    pub name: String,
    /// The image with its tag, as users write it.
    pub image: String,
    /// What else was asked for, in the API's words.
    pub parameters: Value,
    /// Why it failed.
    pub error: Option<String>,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.operation.word())?;
        for word in [&self.name, &self.image].into_iter().filter(|word| !word.is_empty()) {
            write!(f, " {word}")?;
        }
        match &self.error {
            Some(error) => write!(f, ", failed: {error}"),
            None => Ok(()),
        }
    }
}

/// The last ten thousand operations, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// They.
    pub entries: Vector<Arc<Entry>>,
}

impl Journal {
    /// Notes one.
    pub(crate) fn note(&mut self, entry: Entry) {
        self.entries.push_back(Arc::new(entry));
        while self.entries.len() > KEPT {
            self.entries.pop_front();
        }
    }
}
