//! The progress of a build as it is printed where there is no terminal.

use crate::base::Duration;
use serde::{Deserialize, Serialize};

/// Lines on their way to the user, and the numbers of steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    text: String,
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
        self.text.push_str("#0 building with \"default\" instance using docker driver\n");
    }

    /// A new step; its number.
    pub fn step(&mut self, name: &str) -> usize {
        self.count += 1;
        self.names.push(name.to_owned());
        self.head(self.count);
        self.count
    }

    fn head(&mut self, number: usize) {
        let name = self.names.get(number.wrapping_sub(1)).cloned().unwrap_or_default();
        // A here-document would break the line.
        let name = name.lines().next().unwrap_or_default();
        self.text.push_str(&format!("\n#{number} {name}\n"));
        self.open = number;
    }

    /// A line of a step; where another one was printed meanwhile its name comes again.
    pub fn line(&mut self, number: usize, text: &str) {
        if self.open != number {
            self.head(number);
        }
        self.text.push_str(&format!("#{number} {text}\n"));
    }

    /// The end of a step.
    pub fn done(&mut self, number: usize, took: Duration) {
        self.line(number, &format!("DONE {}", seconds(took)));
    }

    /// Text outside of steps.
    pub fn plain(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// What there is to print since the last call.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
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
