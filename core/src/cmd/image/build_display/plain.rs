//! `--progress=plain`: a line for everything, steps in blocks. While one step is shown the lines of others wait,
//! until it ends or has been silent for a while.

use super::{bytes, seconds};
use crate::base::{Duration, Time};
use crate::model::build::{Event, News, Progress, Status};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long a step may be silent before another one's lines are shown.
const PATIENCE: Duration = Duration::secs(5);
/// How often a transfer under way has a line.
const EVERY: Duration = Duration::secs(1);

/// What has been shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plain {
    /// How many events were read.
    seen: usize,
    /// The numbers of the steps that were shown, by step.
    numbers: BTreeMap<usize, usize>,
    /// The step that is shown now, and when it had a line last.
    current: Option<(usize, Time)>,
    /// Lines that wait, by step.
    waiting: BTreeMap<usize, Vec<String>>,
    /// When steps began that have not ended.
    began: BTreeMap<usize, Time>,
    /// When a transfer had a line last, by step and what it is.
    told: BTreeMap<usize, BTreeMap<String, Time>>,
}

impl Plain {
    /// What there is to print.
    pub fn show(&mut self, progress: &Progress, now: Time) -> String {
        let mut out = String::new();
        if self.seen == 0 && !progress.events.is_empty() {
            out.push_str("#0 building with \"default\" instance using docker driver\n");
        }
        let news = progress.events.get(self.seen..).unwrap_or_default();
        self.seen = progress.events.len();
        for event in news {
            self.read(event);
        }
        let ended = |this: &Self| -> Vec<usize> {
            this.waiting.keys().copied().filter(|step| !this.began.contains_key(step)).collect()
        };
        // What has ended comes first, the step that is shown before the others.
        if let Some((step, _)) = self.current.filter(|(step, _)| ended(self).contains(step)) {
            self.print(&mut out, progress, step, now);
        }
        for step in ended(self) {
            self.print(&mut out, progress, step, now);
        }
        match self.current {
            Some((step, _)) if self.waiting.contains_key(&step) => self.print(&mut out, progress, step, now),
            Some((_, last)) if now - last < PATIENCE => {}
            _ => {
                if let Some(step) = self.waiting.keys().next().copied() {
                    self.print(&mut out, progress, step, now);
                }
            }
        }
        out
    }

    fn read(&mut self, event: &Event) {
        let step = event.step;
        let began = self.began.get(&step).copied().unwrap_or(event.time);
        let line = match &event.news {
            News::Same => return,
            News::Started => {
                self.began.insert(step, event.time);
                self.waiting.entry(step).or_default();
                return;
            }
            News::Status(status) => match self.status(step, status, event.time) {
                Some(line) => line,
                None => return,
            },
            News::Warning(text) => format!("WARN: {text}"),
            News::Log { since, text, .. } => format!("{:.3} {text}", since.as_secs_f64()),
            News::Cached => "CACHED".to_owned(),
            News::Done => format!("DONE {}", seconds(event.time - began)),
            News::Failed(message) => format!("ERROR: {message}"),
            News::Canceled => "CANCELED".to_owned(),
        };
        if matches!(event.news, News::Cached | News::Done | News::Failed(_) | News::Canceled) {
            self.began.remove(&step);
        }
        self.waiting.entry(step).or_default().push(line);
    }

    /// The line of a transfer, where it is time for one.
    fn status(&mut self, step: usize, status: &Status, now: Time) -> Option<String> {
        let told = self.told.entry(step).or_default();
        let last = told.get(&status.id).copied().unwrap_or(status.began);
        if !status.done && now - last < EVERY {
            return None;
        }
        told.insert(status.id.clone(), now);
        let took = now - status.began;
        let took = if took >= Duration::millis(10) { format!(" {}", seconds(took)) } else { String::new() };
        let done = if status.done { " done" } else { "" };
        Some(format!("{}{}{took}{done}", status.id, bytes(status.current, status.total)))
    }

    /// Prints what waits of a step, under its name where another one was shown.
    fn print(&mut self, out: &mut String, progress: &Progress, step: usize, now: Time) {
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(step).or_insert(next);
        if self.current.map(|(current, _)| current) != Some(step) {
            if let Some(left) = self.current.and_then(|(current, _)| self.numbers.get(&current)) {
                out.push_str(&format!("#{left} ...\n"));
            }
            // A here-document would break the line.
            let name = progress.steps.get(step).and_then(|name| name.lines().next()).unwrap_or_default();
            out.push_str(&format!("\n#{number} {name}\n"));
        }
        for line in self.waiting.remove(&step).unwrap_or_default() {
            out.push_str(&format!("#{number} {line}\n"));
        }
        self.current = self.began.contains_key(&step).then_some((step, now));
    }
}
