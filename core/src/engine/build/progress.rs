//! The progress of a build as it is printed where there is no terminal.

use crate::base::Duration;
use serde::{Deserialize, Serialize};

/// What a build tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// A step begins: its number and its name.
    Step(usize, String),
    /// A line of a step.
    Line(usize, String),
    /// Text outside of steps.
    Plain(String),
}

/// What is on its way to the user, and the numbers of steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    notes: Vec<Note>,
    /// Steps so far.
    count: usize,
    /// The step whose lines were printed last.
    open: usize,
    /// Names by number, from 1.
    names: Vec<String>,
}

impl Progress {
    /// The first line.
    pub fn begin(&mut self) {
        self.plain("#0 building with \"default\" instance using docker driver\n");
    }

    /// A new step; its number.
    pub fn step(&mut self, name: &str) -> usize {
        self.count += 1;
        self.names.push(name.to_owned());
        self.notes.push(Note::Step(self.count, name.to_owned()));
        self.count
    }

    /// A line of a step.
    pub fn line(&mut self, number: usize, text: &str) {
        self.notes.push(Note::Line(number, text.to_owned()));
    }

    /// The end of a step.
    pub fn done(&mut self, number: usize, took: Duration) {
        self.line(number, &format!("DONE {}", seconds(took)));
    }

    /// Text outside of steps.
    pub fn plain(&mut self, text: &str) {
        self.notes.push(Note::Plain(text.to_owned()));
    }

    /// What there is to tell since the last call.
    pub fn notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }

    /// The same as it is printed; where another step's line stood in between, a step's name comes again.
    pub fn take(&mut self) -> String {
        let mut text = String::new();
        for note in self.notes() {
            let (number, line) = match note {
                Note::Plain(plain) => {
                    text.push_str(&plain);
                    continue;
                }
                Note::Step(number, _) => (number, None),
                Note::Line(number, line) => (number, Some(line)),
            };
            if line.is_none() || self.open != number {
                let name = self.names.get(number.wrapping_sub(1)).map_or("", String::as_str);
                // A here-document would break the line.
                let name = name.lines().next().unwrap_or_default();
                text.push_str(&format!("\n#{number} {name}\n"));
                self.open = number;
            }
            if let Some(line) = line {
                text.push_str(&format!("#{number} {line}\n"));
            }
        }
        text
    }
}

/// `0.1s`.
pub fn seconds(span: Duration) -> String {
    format!("{:.1}s", span.as_secs_f64())
}

/// Bytes as the progress writes them: `314B`, `32.55MB`.
pub fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut unit = 0;
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text}{}", UNITS.get(unit).unwrap_or(&"B"))
}
