//! Floor 8: the test double. A whole Docker as one value of a test: run commands in it, let time pass, look at
//! what has become of it, go back to where it was.
//!
//! ```
//! use drydock::double::{Drydock, Run};
//! use std::time::Duration;
//!
//! let mut docker = Drydock::new();
//! docker.run(&Run::image("nginx").name("web").publish(8080, 80)).unwrap();
//! docker.assert_running("web");
//! assert_eq!(docker.http("GET", "http://localhost:8080/").unwrap().status, 200);
//!
//! let before = docker.snapshot();
//! assert_eq!(docker.sh("docker rm -f web").code, 0);
//! docker.assert_clean();
//! docker.restore(&before);
//! docker.advance(Duration::from_secs(3600));
//! docker.assert_running("web");
//! ```
//!
//! No time passes but what commands wait for and [`Drydock::advance`] lets pass, and the same seed and the same
//! calls give the same ids, names, addresses and outputs on every computer.

mod asserts;
#[cfg(feature = "bollard")]
mod bollard;
mod faults;
mod http;
mod journal;
mod operations;

pub use crate::engine::image::ImageSpec;
pub use crate::engine::services::{Act, Behaviour, Reply, Stage};
pub use crate::kernel::http::Response;
pub use crate::model::{Effect, Entry, Fault, Leftover, Operation};
pub use crate::session::{ENDLESS, LoadError, Played};
#[cfg(feature = "bollard")]
pub use bollard::{Locked, Shared};
pub use http::HttpError;
pub use journal::{Call, Expectation};
pub use operations::{Failed, Run};

use crate::base::Duration as Span;
use crate::engine::container;
use crate::kernel::Pulse;
use crate::model::{Container, EngineError, Release, World};
use crate::session::Session;
use std::time::Duration;

/// A Docker with a host to run commands on. A clone is an independent copy and costs next to nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Drydock {
    session: Session,
}

/// A moment of a [`Drydock`] to come back to.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot(Session);

/// How a [`Drydock`] begins.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Builder {
    seed: u64,
    images: Vec<ImageSpec>,
    faults: Vec<Fault>,
    journal: bool,
    engine: Option<String>,
}

impl Builder {
    /// What ids, names and all that is random come from; 0 where it is not given.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// An image of your own in the local store.
    #[must_use]
    pub fn image(mut self, image: ImageSpec) -> Self {
        self.images.push(image);
        self
    }

    /// The engine it answers as: `28.5`, `27.3.1`. It changes what the daemon says of itself, which versions of the API
    /// it accepts, and what depends on them.
    #[must_use]
    pub fn engine(mut self, version: &str) -> Self {
        self.engine = Some(version.to_string());
        self
    }

    /// A fault to come.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Keeps account of what is asked of Docker, for [`Drydock::expect`] and [`Drydock::journal`].
    #[must_use]
    pub fn journal(mut self) -> Self {
        self.journal = true;
        self
    }

    /// The world.
    ///
    /// # Panics
    /// Where an image cannot be made; [`Drydock::add_image`] gives the reason as an error. Where a fault can never
    /// strike, or there is no such engine.
    #[track_caller]
    pub fn build(self) -> Drydock {
        let mut docker = Drydock { session: Session::script(self.seed) };
        // A test says itself when time passes.
        docker.world_mut().takes_time = false;
        for image in &self.images {
            if let Err(e) = docker.add_image(image) {
                panic!("the image {}: {e}", image.name());
            }
        }
        if let Some(version) = &self.engine {
            match Release::find(version) {
                Ok(release) => docker.world_mut().release = release,
                Err(why) => panic!("{why}"),
            }
        }
        for fault in self.faults {
            docker.inject(fault);
        }
        if self.journal {
            docker.keep_journal();
        }
        docker
    }
}

impl Default for Drydock {
    fn default() -> Self {
        Self::new()
    }
}

impl Drydock {
    /// A world in which nothing has happened.
    pub fn new() -> Self {
        Builder::default().build()
    }

    /// A world with a seed, images and so on.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Runs a line of shell on the host: `docker …`, pipes, `curl localhost:8080`, anything. Virtual time passes
    /// as it needs. Variables and the working directory stay for the next line.
    ///
    /// A command that would never end is killed as [`Session::run`] says; its code is [`ENDLESS`].
    ///
    /// ```
    /// let mut docker = drydock::double::Drydock::new();
    /// let played = docker.sh("docker run --rm alpine sh -c 'echo out; echo err >&2; exit 3'");
    /// assert_eq!((played.stdout.as_str(), played.code), ("out\n", 3));
    /// assert!(played.stderr.ends_with("err\n"));
    /// ```
    pub fn sh(&mut self, line: &str) -> Played {
        let mut played = self.session.run(line);
        if self.session.has_ended() {
            match Session::script_on(self.session.world().clone()) {
                Ok(fresh) => self.session = fresh,
                Err(e) => played.stderr.push_str(&format!("drydock: no room for another shell: {e}\n")),
            }
        }
        played
    }

    /// Lets virtual time pass; what comes due in it happens: health checks, restarts, timeouts, sleeps.
    pub fn advance(&mut self, span: Duration) {
        self.session.advance(Span::from(span));
    }

    /// Lets virtual time pass until something holds, at most `limit`. True where it came to hold.
    ///
    /// ```
    /// # use drydock::double::Drydock;
    /// # use std::time::Duration;
    /// let mut docker = Drydock::new();
    /// docker.sh("docker run -d --name job alpine sleep 20");
    /// assert!(docker.wait_until(Duration::from_secs(60), |d| d.inspect("job").unwrap().finished.is_some()));
    /// docker.assert_exited("job", 0);
    /// ```
    pub fn wait_until(&mut self, limit: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        let end = self.session.world().now() + Span::from(limit);
        loop {
            if holds(self) {
                return true;
            }
            let now = self.session.world().now();
            if now >= end {
                return false;
            }
            match self.session.pulse() {
                Pulse::Busy => {}
                Pulse::Quiet(Some(next)) if next <= end => self.session.advance(next - now),
                Pulse::Quiet(_) => self.session.advance(end - now),
            }
        }
    }

    /// [`Drydock::wait_until`] a container is healthy.
    pub fn wait_healthy(&mut self, container: &str, limit: Duration) -> bool {
        self.wait_until(limit, |docker| docker.health(container) == Some("healthy"))
    }

    /// How much virtual time has passed since this world began to be.
    pub fn elapsed(&self) -> Duration {
        let span = self.session.world().now() - crate::session::EPOCH;
        Duration::from_nanos(u64::try_from(span.0).unwrap_or(0))
    }

    /// This moment, to come back to.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.session.clone())
    }

    /// Goes back to a moment: containers, files, time and randomness are as they were.
    pub fn restore(&mut self, moment: &Snapshot) {
        self.session = moment.0.clone();
    }

    /// A second Docker that goes on from here on its own.
    #[must_use]
    pub fn fork(&self) -> Self {
        self.clone()
    }

    /// This moment as a save file, which the prompt and `drydock serve` read too.
    ///
    /// # Errors
    /// Where the state has no form in a file, which is a fault of Drydock's.
    pub fn save(&self) -> Result<Vec<u8>, LoadError> {
        self.session.save()
    }

    /// Reads a save file.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn load(bytes: &[u8]) -> Result<Self, LoadError> {
        Session::load(bytes).map(|session| Self { session })
    }

    /// A container by name or id.
    ///
    /// # Errors
    /// In Docker's words where there is none.
    pub fn inspect(&self, container: &str) -> Result<&Container, EngineError> {
        let world = self.session.world();
        let id = container::find(world, container)?;
        world.container(id).ok_or_else(|| EngineError::not_found(format!("No such container: {container}")))
    }

    /// The health of a container: `starting`, `healthy`, `unhealthy`; `None` without a check or a container.
    pub fn health(&self, container: &str) -> Option<&str> {
        self.inspect(container).ok()?.health.as_ref().map(|health| health.status.as_str())
    }

    /// Everything a container has printed to its log, both streams in order.
    ///
    /// # Errors
    /// Where there is no such container, or a log driver that cannot be read.
    pub fn logs(&self, container: &str) -> Result<String, EngineError> {
        let id = self.inspect(container)?.id;
        let (_, lines) = container::logs::Reader::open(self.session.world(), id, Default::default())?;
        Ok(lines.iter().map(|line| String::from_utf8_lossy(&line.data)).collect())
    }

    /// The world underneath, for all that has no method here.
    pub fn world(&self) -> &World {
        self.session.world()
    }

    /// The world underneath, to change it.
    pub fn world_mut(&mut self) -> &mut World {
        self.session.world_mut()
    }

    /// Makes an image of your own in the local store.
    ///
    /// # Errors
    /// Where its name, its base or its behaviour make no sense.
    pub fn add_image(&mut self, image: &ImageSpec) -> Result<(), EngineError> {
        image.add_to(self.session.world_mut())
    }
}
