//! Expectations on what was asked of Docker.

use super::Drydock;
use crate::engine::door::spelled;
use crate::model::{Entry, Journal, Operation};
use std::fmt;

/// Which operations an expectation counts.
///
/// ```
/// use drydock::double::{Call, Operation};
/// let call = Call::to(Operation::Create).image("nginx").name("web").succeeded();
/// assert_eq!(call.to_string(), "create of web from nginx:latest that succeeds");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    operation: Operation,
    name: Option<String>,
    image: Option<String>,
    failed: Option<bool>,
}

impl Call {
    /// All of a kind.
    pub fn to(operation: Operation) -> Self {
        Self { operation, name: None, image: None, failed: None }
    }

    /// The making of containers.
    pub fn create() -> Self {
        Self::to(Operation::Create)
    }

    /// Pulls, those of builds too.
    pub fn pull() -> Self {
        Self::to(Operation::Pull)
    }

    /// Those about a container, a network or a volume of that name.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_string());
        self
    }

    /// Those about an image; without a tag, `latest`.
    #[must_use]
    pub fn image(mut self, image: &str) -> Self {
        self.image = Some(spelled(image));
        self
    }

    /// Those that failed.
    #[must_use]
    pub fn failed(mut self) -> Self {
        self.failed = Some(true);
        self
    }

    /// Those that went well.
    #[must_use]
    pub fn succeeded(mut self) -> Self {
        self.failed = Some(false);
        self
    }

    fn counts(&self, entry: &Entry) -> bool {
        entry.operation == self.operation
            && self.name.as_ref().is_none_or(|name| *name == entry.name)
            && self.image.as_ref().is_none_or(|image| *image == entry.image)
            && self.failed.is_none_or(|failed| failed == entry.error.is_some())
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.operation.word())?;
        if let Some(name) = &self.name {
            write!(f, " of {name}")?;
        }
        if let Some(image) = &self.image {
            write!(f, " from {image}")?;
        }
        match self.failed {
            Some(true) => write!(f, " that fails"),
            Some(false) => write!(f, " that succeeds"),
            None => Ok(()),
        }
    }
}

/// What the journal says of a [`Call`]; ask it with [`Expectation::times`] and the like.
#[derive(Debug)]
#[must_use = "an expectation holds nothing until it is asked: times, at_least, never"]
pub struct Expectation<'a> {
    docker: &'a Drydock,
    call: Call,
}

impl Expectation<'_> {
    /// It was asked for so many times.
    ///
    /// # Panics
    /// Where it was not, with the journal.
    #[track_caller]
    pub fn times(self, times: usize) {
        self.holds(|count| count == times, &times_text(times));
    }

    /// It was asked for so many times or more.
    ///
    /// # Panics
    /// Where it was not, with the journal.
    #[track_caller]
    pub fn at_least(self, times: usize) {
        self.holds(|count| count >= times, &format!("at least {}", times_text(times)));
    }

    /// It was not asked for.
    ///
    /// # Panics
    /// Where it was, with the journal.
    #[track_caller]
    pub fn never(self) {
        self.holds(|count| count == 0, "never");
    }

    #[track_caller]
    fn holds(&self, right: impl Fn(usize) -> bool, wanted: &str) {
        let Some(journal) = &self.docker.world().journal else {
            panic!("no journal is kept: build with Drydock::builder().journal(), or call keep_journal()");
        };
        let count = journal.entries.iter().filter(|entry| self.call.counts(entry)).count();
        if right(count) {
            return;
        }
        let came = if count == 0 { "never came".to_owned() } else { format!("came {}", times_text(count)) };
        let line = |entry: &Entry| format!("\n  {} {entry}", if self.call.counts(entry) { '>' } else { ' ' });
        let lines: String = journal.entries.iter().map(|entry| line(entry)).collect();
        let lines = if lines.is_empty() { " is empty".to_owned() } else { format!(":{lines}") };
        panic!("expected {wanted}: {}; it {came}. The journal{lines}", self.call);
    }
}

fn times_text(times: usize) -> String {
    match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

impl Drydock {
    /// Keeps account from now on of what is asked of Docker: the last ten thousand operations.
    pub fn keep_journal(&mut self) {
        self.world_mut().journal.get_or_insert_with(Journal::default);
    }

    /// What was asked of Docker since somebody keeps account of it, oldest first.
    ///
    /// ```
    /// use drydock::double::Drydock;
    /// let mut docker = Drydock::builder().journal().build();
    /// docker.sh("docker run -d --name web -e A=b nginx");
    /// let made = docker.journal().find(|entry| entry.name == "web").unwrap();
    /// assert_eq!(made.parameters["Config"]["Env"][0], "A=b");
    /// ```
    pub fn journal(&self) -> impl Iterator<Item = &Entry> {
        self.world().journal.iter().flat_map(|journal| journal.entries.iter().map(AsRef::as_ref))
    }

    /// An expectation on the journal.
    ///
    /// ```
    /// use drydock::double::{Call, Drydock, Operation};
    /// let mut docker = Drydock::builder().journal().build();
    /// docker.sh("docker run -d --name web nginx && docker stop web");
    /// docker.expect(Call::create().image("nginx").name("web").succeeded()).times(1);
    /// docker.expect(Call::pull().failed()).never();
    /// docker.expect(Call::to(Operation::Stop).name("web")).times(1);
    /// ```
    pub fn expect(&self, call: Call) -> Expectation<'_> {
        Expectation { docker: self, call }
    }
}
