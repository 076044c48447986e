//! Floor 7: one terminal or script on a world. Lines go in, chunks of output and an exit code come out.
//!
//! ```
//! use drydock::session::Session;
//! let mut session = Session::script(7);
//! let played = session.run("echo hello | wc -c");
//! assert_eq!((played.stdout.as_str(), played.code), ("6\n", 0));
//! ```

mod play;
mod programs;
mod snapshot;

pub use play::{play, play_on, verify};
pub use programs::PROGRAMS;
pub use snapshot::{LoadError, VERSION};

use crate::base::{Duration, Errno, Time};
use crate::engine;
use crate::kernel::{Chunk, Launch, Pid, PipeId, Pulse, Run, SinkId, Stdio, Stream, run_until_quiet};
use crate::model::World;
use crate::sh::Shell;
use serde::{Deserialize, Serialize};

/// When the clock of a new world stands: 2026-11-21T09:00:00Z.
pub const EPOCH: Time = Time(1_795_251_600_000_000_000);

/// How many rounds of the scheduler one command may take before it counts as endless.
const ROUNDS: u32 = 2_000_000;
/// How much virtual time one command may wait for.
const PATIENCE: Duration = Duration::secs(24 * 3600);

/// What a command printed and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Played {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// `$?`.
    pub code: i32,
}

/// One shell on a world, fed line by line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    world: World,
    shell: Pid,
    feed: PipeId,
    sink: SinkId,
}

impl Session {
    /// A fresh world with a bash of the user `learner`, whose commands are fed and whose input is empty.
    pub fn script(seed: u64) -> Self {
        Self::on(engine::host::new_world(seed, EPOCH, &PROGRAMS.names()))
            .unwrap_or_else(|e| unreachable!("a fresh world has room for a shell: {e}"))
    }

    /// A shell on an existing world.
    ///
    /// # Errors
    /// `EAGAIN` where the world has no room for another process.
    pub fn on(mut world: World) -> Result<Self, Errno> {
        let feed = world.kernel.add_pipe();
        let sink = world.kernel.add_sink(None);
        let image = engine::host::shell(&world);
        let stdio = [Stdio::Null, Stdio::Sink(sink, Stream::Stdout), Stdio::Sink(sink, Stream::Stderr)];
        let launch = Launch {
            ns: world.host.ns,
            image,
            env: engine::host::environment(),
            cwd: engine::host::HOME.into(),
            cred: engine::host::learner(),
            stdio,
            owner: None,
        };
        let shell = world.kernel.launch_fed(launch, feed, "bash", Box::new(Shell::fed(255)))?;
        Ok(Self { world, shell, feed, sink })
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
    pub fn run(&mut self, command: &str) -> Played {
        let mut rest = format!("{command}\n").into_bytes();
        let give_up = self.world.now() + PATIENCE;
        let mut chunks: Vec<Chunk> = vec![];
        let mut rounds = 0;
        loop {
            let taken = self.world.kernel.feed_pipe(self.feed, &rest).unwrap_or(rest.len());
            rest.drain(..taken);
            let pulse = run_until_quiet(&mut self.world, &PROGRAMS, 64);
            rounds += 64;
            let ended = self.tick();
            chunks.extend(self.world.kernel.take_sink(self.sink));
            if ended || (rest.is_empty() && self.is_idle()) {
                break;
            }
            let next = engine::next_deadline(&self.world);
            let wake = match pulse {
                Pulse::Busy => continue,
                Pulse::Quiet(timer) => [timer, next].into_iter().flatten().min(),
            };
            match wake {
                _ if rounds > ROUNDS => break,
                Some(time) if time <= give_up => self.world.kernel.now = self.world.kernel.now.max(time),
                _ => break,
            }
            engine::tick(&mut self.world);
        }
        self.played(&chunks)
    }

    /// True where the shell has ended: `exit` was run.
    pub fn has_ended(&self) -> bool {
        self.world.kernel.process(self.shell).is_none_or(|p| matches!(p.run, Run::Zombie(_)))
    }

    fn tick(&mut self) -> bool {
        let ended = self.has_ended();
        engine::tick(&mut self.world);
        ended
    }

    fn shell(&self) -> Option<&Shell> {
        match &self.world.kernel.process(self.shell)?.program {
            crate::kernel::Code::State(_, program) => program.as_any().downcast_ref::<Shell>(),
            _ => None,
        }
    }

    fn is_idle(&self) -> bool {
        let waiting = self.world.kernel.process(self.shell).is_some_and(|p| matches!(p.run, Run::Waiting(_)));
        waiting && self.shell().is_some_and(Shell::is_idle)
    }

    fn played(&self, chunks: &[Chunk]) -> Played {
        let text = |stream| {
            let bytes: Vec<u8> =
                chunks.iter().filter(|c| c.stream == stream).flat_map(|c| c.data.iter().copied()).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let code = self.shell().map_or(0, Shell::last_status);
        Played { stdout: text(Stream::Stdout), stderr: text(Stream::Stderr), code }
    }
}
