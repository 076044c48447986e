//! Floor 7: one shell on a world. Lines go in, output and exit codes come out, time passes as it is let.
//!
//! ```
//! use drydock::session::Session;
//! let mut session = Session::script(7);
//! let played = session.run("echo hello | wc -c");
//! assert_eq!((played.stdout.as_str(), played.code), ("6\n", 0));
//! ```

mod colon;
mod control;
mod desk;
mod files;
mod journal;
mod memo;
mod mirror;
mod offers;
mod play;
mod programs;
pub mod scene;
mod server;
#[cfg(feature = "saves")]
mod snapshot;
mod terminal;
mod wire;
pub mod xray;

pub use colon::{COLONS, Colon};
pub use desk::{Answer, Desk, Point, PointId, REMEMBERED};
pub use files::{File, FileError};
pub use journal::{Act, Journal};
pub use mirror::Mirrored;
pub use offers::{Offer, Offers};
pub use play::{play, play_on, verify};
pub use programs::PROGRAMS;
pub use server::{Handled, Server, Ticket, Told};
#[cfg(feature = "saves")]
pub use snapshot::{LoadError, VERSION};

use crate::base::{Duration, Errno, Time};
use crate::engine;
use crate::kernel::{
    Chunk, Code, Exit, Launch, Pid, PipeId, Pulse, Reached, Run, Signal, SinkId, Stdio, Stream, TtyId,
    run_until_quiet,
};
use crate::model::World;
use crate::sh::Shell;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// Where the clock of a new world stands: 2026-11-21T09:00:00Z.
pub const EPOCH: Time = Time(1_795_251_600_000_000_000);

/// What a command that would never end ends with, as under `timeout`.
pub const ENDLESS: i32 = 124;

/// How many rounds are run between two looks at the daemon.
const SLICE: u32 = 64;
/// How much virtual time one command may wait for.
const PATIENCE: Duration = Duration::secs(24 * 3600);

/// What a command printed and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Played {
    /// Standard output; at a terminal, everything.
    pub stdout: String,
    /// Standard error; at a terminal, nothing.
    pub stderr: String,
    /// `$?`.
    pub code: i32,
}

/// How a session and its shell are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Link {
    /// Commands come through a pipe of their own, standard input is empty, output goes to a sink.
    Fed { feed: PipeId, sink: SinkId },
    /// The shell is interactive at a terminal.
    Terminal(TtyId),
}

/// One shell on a world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    world: World,
    shell: Pid,
    link: Link,
}

impl Session {
    /// A fresh world with a bash of the user `learner` that plays commands; its standard input is empty, and Docker Hub
    /// is that of the recordings.
    pub fn script(seed: u64) -> Self {
        Self::script_in(seed, engine::registry::recorded_hub)
    }

    /// The same in all the surroundings of the recordings, which have a registry at 127.0.0.1:5000.
    pub fn recorded(seed: u64) -> Self {
        Self::script_in(seed, engine::registry::recorded_surroundings)
    }

    fn script_in(seed: u64, surround: fn(&mut World)) -> Self {
        let mut world = fresh(seed);
        surround(&mut world);
        world.takes_time = true;
        Self::script_on(world).unwrap_or_else(|e| unreachable!("a fresh world has room for a shell: {e}"))
    }

    /// A shell that plays commands, on an existing world.
    ///
    /// # Errors
    /// `EAGAIN` where the world has no room for another process.
    pub fn script_on(world: World) -> Result<Self, Errno> {
        Self::script_at(world, None)
    }

    /// The same, in a directory other than the home.
    fn script_at(mut world: World, cwd: Option<String>) -> Result<Self, Errno> {
        let feed = world.kernel.add_pipe();
        let sink = world.kernel.add_sink(None);
        let stdio = [Stdio::Null, Stdio::Sink(sink, Stream::Stdout), Stdio::Sink(sink, Stream::Stderr)];
        let mut launch = launch(&world, stdio);
        launch.cwd = cwd.unwrap_or(launch.cwd);
        let shell = world.kernel.launch_fed(launch, feed, "bash", Box::new(Shell::fed(255)))?;
        Ok(Self { world, shell, link: Link::Fed { feed, sink } })
    }

    /// The world.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The world, to change it from outside.
    pub fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }

    /// Runs one complete command (of one or more lines) to its end; time passes as it needs.
    ///
    /// What would never end (it waits for more than a day of virtual time, does more work or prints more than
    /// the world's [`Budgets`](crate::kernel::Budgets) allow) is killed, its code is [`ENDLESS`], and standard
    /// error says why. The next command finds a new shell in the same directory. A budget that the command merely
    /// ran into, such as that of the disk, is told as well.
    ///
    /// ```
    /// use drydock::session::{ENDLESS, Session};
    /// let mut session = Session::script(7);
    /// session.world_mut().kernel.budgets.steps = 50_000;
    /// let played = session.run("while :; do :; done");
    /// assert_eq!(played.code, ENDLESS);
    /// assert_eq!(session.run("echo on we go").stdout, "on we go\n");
    /// ```
    pub fn run(&mut self, command: &str) -> Played {
        let mut chunks = vec![];
        let code = self.run_with(command, |chunk| {
            chunks.push(chunk);
            ControlFlow::Continue(())
        });
        let text = |stream| {
            let bytes: Vec<u8> =
                chunks.iter().filter(|c| c.stream == stream).flat_map(|c| c.data.iter().copied()).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Played { stdout: text(Stream::Stdout), stderr: text(Stream::Stderr), code }
    }

    /// As [`Session::run`], with each piece of output handed over when it comes: the streams in their order, the bytes
    /// as they are. Where `out` breaks off, since nobody reads any more, the command is killed as by a broken pipe. The
    /// code.
    ///
    /// ```
    /// use drydock::session::Session;
    /// use std::ops::ControlFlow;
    /// let mut session = Session::script(7);
    /// let mut seen = vec![];
    /// session.run_with("echo one; echo two >&2; echo three", |chunk| {
    ///     seen.extend_from_slice(&chunk.data);
    ///     ControlFlow::Continue(())
    /// });
    /// assert_eq!(seen, b"one\ntwo\nthree\n");
    /// assert_eq!(session.run_with("yes", |_| ControlFlow::Break(())), 141);
    /// assert_eq!(session.run("echo on we go").stdout, "on we go\n");
    /// ```
    pub fn run_with(&mut self, command: &str, mut out: impl FnMut(Chunk) -> ControlFlow<()>) -> i32 {
        let budgets = self.world.kernel.budgets;
        let give_up = self.world.now() + PATIENCE;
        let stop_at = self.world.kernel.worked.saturating_add(budgets.steps);
        let mut rest = format!("{command}\n").into_bytes();
        let mut printed = 0;
        let why = loop {
            let before = rest.len();
            self.put_in(&mut rest);
            let pulse = self.pulse();
            for chunk in self.take_output() {
                printed += chunk.data.len() as u64;
                if out(chunk).is_break() {
                    self.start_over();
                    return Exit::Signal(Signal::PIPE).status();
                }
            }
            if self.has_ended() || (rest.is_empty() && self.is_idle()) {
                break None;
            }
            if printed > budgets.output {
                break Some(Reached::Output(budgets.output).to_string());
            }
            match pulse {
                Pulse::Busy if self.world.kernel.worked < stop_at => {}
                Pulse::Busy => break Some(Reached::Steps(budgets.steps).to_string()),
                // The pipe was full, and the shell wants what did not fit into it.
                Pulse::Quiet(_) if rest.len() < before => {}
                Pulse::Quiet(Some(next)) if next <= give_up => self.reach(next),
                Pulse::Quiet(_) => {
                    break Some("the command was still waiting after a day of virtual time".into());
                }
            }
        };
        let met = self.world.kernel.take_reached().map(|budget| budget.to_string());
        let time = self.world.now();
        for told in [met, why.clone()].into_iter().flatten() {
            let data = format!("drydock: {told}\n").into_bytes().into();
            let _it_is_the_end_anyway = out(Chunk { time, stream: Stream::Stderr, data });
        }
        if why.is_none() {
            return self.last_status();
        }
        self.start_over();
        ENDLESS
    }

    /// Kills whatever the shell has started and the shell, and puts a new one in its place.
    fn start_over(&mut self) {
        let kernel = &mut self.world.kernel;
        let cwd = kernel.process(self.shell).map(|shell| shell.cwd.clone());
        kernel.kill_family(self.shell);
        self.pulse();
        if let Ok(fresh) = Self::script_at(self.world.clone(), cwd) {
            *self = fresh;
        }
    }

    fn put_in(&mut self, rest: &mut Vec<u8>) {
        match self.link {
            Link::Fed { feed, .. } => {
                let taken = self.world.kernel.feed_pipe(feed, rest).unwrap_or(rest.len());
                rest.drain(..taken);
            }
            Link::Terminal(tty) => {
                self.world.kernel.type_at(tty, rest);
                rest.clear();
            }
        }
    }

    /// Runs what is ready for a slice and lets the daemon follow. `Quiet` tells when the next thing is due.
    pub fn pulse(&mut self) -> Pulse {
        pulse(&mut self.world)
    }

    fn reach(&mut self, moment: Time) {
        reach(&mut self.world, moment);
    }

    /// Lets time pass, running whatever comes due in it. It comes back early where more work is
    /// done than the budget of steps allows; what was to happen in the rest of the span happens at its end.
    pub fn advance(&mut self, span: Duration) {
        let end = self.world.now() + span;
        let stop_at = self.world.kernel.worked.saturating_add(self.world.kernel.budgets.steps);
        while self.world.kernel.worked < stop_at {
            match self.pulse() {
                Pulse::Busy => {}
                Pulse::Quiet(Some(next)) if next <= end => self.reach(next),
                Pulse::Quiet(_) => break,
            }
        }
        self.reach(end);
    }

    fn take_output(&mut self) -> Vec<Chunk> {
        match self.link {
            Link::Fed { sink, .. } => self.world.kernel.take_sink(sink),
            Link::Terminal(tty) => self.world.kernel.take_tty_output(tty),
        }
    }

    /// True where the shell has ended: `exit` was run.
    pub fn has_ended(&self) -> bool {
        self.world.kernel.process(self.shell).is_none_or(|p| matches!(p.run, Run::Zombie(_)))
    }

    /// The shell, for its variables, functions and last status.
    pub fn shell(&self) -> Option<&Shell> {
        match &self.world.kernel.process(self.shell)?.program {
            Code::State(_, program) => program.as_any().downcast_ref::<Shell>(),
            _ => None,
        }
    }

    /// The shell's `$?`, or what it ended with.
    pub fn last_status(&self) -> i32 {
        match self.world.kernel.process(self.shell).map(|process| &process.run) {
            Some(Run::Zombie(exit)) => exit.status(),
            _ => self.shell().map_or(0, Shell::last_status),
        }
    }

    /// True where the shell waits for its next command (or, at a terminal, someone waits for a line).
    pub fn is_idle(&self) -> bool {
        if let Link::Terminal(tty) = self.link {
            return self.world.kernel.tty_wants_input(tty);
        }
        let waits = self.world.kernel.process(self.shell).is_some_and(|p| matches!(p.run, Run::Waiting(_)));
        waits && self.shell().is_some_and(Shell::is_idle)
    }
}

/// Runs what is ready for a slice and lets the daemon follow. `Quiet` tells when the next thing is due.
fn pulse(world: &mut World) -> Pulse {
    let pulse = run_until_quiet(world, &PROGRAMS, SLICE);
    engine::tick(world);
    match pulse {
        Pulse::Busy => Pulse::Busy,
        Pulse::Quiet(_) if world.kernel.has_ready() => Pulse::Busy,
        Pulse::Quiet(_) => {
            let (timer, deadline) = (world.kernel.next_timer(), engine::next_deadline(world));
            Pulse::Quiet([timer, deadline].into_iter().flatten().min())
        }
    }
}

/// Sets the clock to a later moment and lets the daemon do what is due.
fn reach(world: &mut World, moment: Time) {
    world.kernel.now = world.kernel.now.max(moment);
    engine::tick(world);
}

/// A world in which nothing has happened, at a moment.
fn fresh_at(seed: u64, now: Time) -> World {
    engine::host::new_world(seed, now, &programs::HOST.names())
}

/// A world in which nothing has happened.
fn fresh(seed: u64) -> World {
    fresh_at(seed, EPOCH)
}

fn launch(world: &World, stdio: [Stdio; 3]) -> Launch {
    Launch {
        ns: world.host.ns,
        image: engine::host::shell(world),
        env: engine::host::environment(),
        cwd: engine::host::HOME.into(),
        cred: engine::host::learner(),
        stdio,
        owner: None,
    }
}
