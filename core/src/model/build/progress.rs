//! What a build tells of itself: its steps, and what happened to them when. How that looks is the client's.

use crate::base::{Duration, Time};
use crate::kernel::Stream;
use serde::{Deserialize, Serialize};

/// Something with a beginning, a size and an end within a step: a transfer, an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// What it is.
    pub id: String,
    /// How many bytes are done; 0 where bytes are not counted.
    pub current: u64,
    /// Of how many; 0 where that is not known.
    pub total: u64,
    /// When it began.
    pub began: Time,
    /// It is over.
    pub done: bool,
}

/// What happened to a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    /// It began.
    Started,
    /// A part of it went on.
    Status(Status),
    /// A check found something.
    Warning(String),
    /// It printed a line.
    Log {
        /// Where to.
        stream: Stream,
        /// How long after the beginning of the step.
        since: Duration,
        /// The line, without its line feed.
        text: String,
    },
    /// It is another step over again and is not shown.
    Same,
    /// It ended with a result of an earlier build.
    Cached,
    /// It ended.
    Done,
    /// It failed, with this message.
    Failed(String),
    /// It was stopped because the build had failed or was called off.
    Canceled,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub time: Time,
    /// To which step, counted from 0.
    pub step: usize,
    /// What.
    pub news: News,
}

/// The steps of a build and all that has happened to them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The names of the steps.
    pub steps: Vec<String>,
    /// What happened, in order.
    pub events: Vec<Event>,
}

impl Progress {
    /// A step that will come; its number.
    pub fn add(&mut self, name: impl Into<String>) -> usize {
        self.steps.push(name.into());
        self.steps.len() - 1
    }

    /// Something happened.
    pub fn tell(&mut self, time: Time, step: usize, news: News) {
        self.events.push(Event { time, step, news });
    }

    /// A step that begins now; its number.
    pub fn begin(&mut self, time: Time, name: impl Into<String>) -> usize {
        let step = self.add(name);
        self.tell(time, step, News::Started);
        step
    }

    /// A part of a step that began some time ago and is over.
    pub fn part(&mut self, time: Time, step: usize, id: impl Into<String>, bytes: u64, took: Duration) {
        let began = Time(time.0.saturating_sub(took.0));
        let status = Status { id: id.into(), current: bytes, total: 0, began, done: true };
        self.tell(time, step, News::Status(status));
    }
}
