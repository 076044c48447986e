//! `docker container attach`, and the client that `run`, `start -a` and `attach` are while they wait: it shows
//! what the container prints, feeds it what is typed, hands signals on, and ends as the container does.

use crate::base::ObjectId;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::find;
use crate::grammar::Invocation;
use crate::kernel::{Applet, Behave, Disposition, Read, Signal, Step, Stream, Sys, Wait};
use crate::model::{Container, Status, World};
use serde::{Deserialize, Serialize};

/// `docker attach [OPTIONS] CONTAINER`.
pub const COMMAND: Command = Command::new("container attach", attach);

/// An attached client.
pub const APPLETS: &[Applet] = &[Applet::state::<Attached>("docker container attach")];

/// How much is read from standard input at once, in bytes.
const CHUNK: usize = 32 * 1024;

/// An attached client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attached {
    container: ObjectId,
    /// How much of the container's output has been shown.
    shown: usize,
    stdin: bool,
    stdout: bool,
    stderr: bool,
    /// Signals go to the container.
    proxy: bool,
    /// Read and not yet taken by the container.
    unsent: Vec<u8>,
    /// How often the container had ended before; it has ended now where this is more.
    seen_start: Option<crate::base::Time>,
}

impl Default for Attached {
    fn default() -> Self {
        Self {
            container: ObjectId::parse(&"0".repeat(64)).unwrap_or_else(|| unreachable!("64 digits are an id")),
            shown: 0,
            stdin: false,
            stdout: true,
            stderr: true,
            proxy: true,
            unsent: vec![],
            seen_start: None,
        }
    }
}

fn attach(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let world = cli.world()?;
    let id = find(world, call.arg(0))?;
    let container = world.container(id).ok_or_else(|| Failure::new("No such container"))?;
    match container.status {
        Status::Running => {}
        Status::Paused => return Err(Failure::new("cannot attach to a paused container, unpause it first")),
        Status::Restarting => {
            return Err(Failure::new("cannot attach to a restarting container, wait until it is running"));
        }
        _ => return Err(Failure::new("cannot attach to a stopped container, start it first")),
    }
    let wants_stdin = container.config.open_stdin && !call.bool("no-stdin");
    if container.config.tty && wants_stdin && !cli.sys.is_tty(0) {
        return Err(Failure::new(
            "cannot attach stdin to a TTY-enabled container because stdin is not a terminal",
        ));
    }
    let world = cli.world()?;
    let shown = world.container(id).map_or(0, |c| c.output.len());
    let proxy = call.bool("sig-proxy");
    let attached = Attached { container: id, shown, stdin: wants_stdin, proxy, ..Attached::default() };
    crate::engine::container::emit(world, id, "attach", &[]);
    Ok(Flow::Wait("docker container attach", Box::new(attached)))
}

impl Attached {
    /// The client of a container that is about to start: it shows everything from then on.
    ///
    /// # Errors
    /// None of its own.
    pub fn before_start(cli: &mut Cli<'_, '_>, id: ObjectId, call: &Invocation) -> Result<Self, Failure> {
        let world = cli.world()?;
        crate::engine::container::emit(world, id, "attach", &[]);
        let container = world.container(id).ok_or_else(|| Failure::new("No such container"))?;
        let config = &container.config;
        Ok(Self {
            container: id,
            shown: container.output.len(),
            stdin: config.open_stdin && config.attach_stdin,
            stdout: config.attach_stdout,
            stderr: config.attach_stderr,
            proxy: call.bool("sig-proxy"),
            ..Self::default()
        })
    }

    /// Both output streams, and standard input where `interactive`: what `docker start -a` attaches.
    pub fn with_input(&mut self, interactive: bool) {
        (self.stdin, self.stdout, self.stderr) = (interactive, true, true);
    }

    /// Prints what is new.
    fn show(&mut self, sys: &mut Sys<'_>) -> bool {
        let mut news = vec![];
        if let Some(container) = sys.daemon::<World>().and_then(|w| w.container_or_departed(self.container)) {
            news.extend(container.output.iter().skip(self.shown).cloned());
            self.shown = container.output.len();
        }
        let any = !news.is_empty();
        for chunk in news {
            match chunk.stream {
                Stream::Stdout if self.stdout => sys.write(1, &chunk.data),
                Stream::Stderr if self.stderr => sys.write(2, &chunk.data),
                _ => {}
            }
        }
        any
    }

    /// Feeds the container; what the client waits for on its own input.
    fn feed(&mut self, sys: &mut Sys<'_>) -> Option<i32> {
        let Some(container) = sys.daemon::<World>().and_then(|w| w.container(self.container)) else { return None };
        let Some(runtime) = container.runtime.clone() else { return None };
        loop {
            if !self.unsent.is_empty() {
                let data = std::mem::take(&mut self.unsent);
                let Some(world) = sys.daemon::<World>() else { return None };
                match (runtime.stdin, runtime.tty) {
                    (Some(pipe), _) => match world.kernel.feed_pipe(pipe, &data) {
                        Some(n) => self.unsent = data[n..].to_vec(),
                        None => self.stdin = false,
                    },
                    (None, Some(tty)) => world.kernel.type_at(tty, &data),
                    (None, None) => self.stdin = false,
                }
                if !self.unsent.is_empty() || !self.stdin {
                    return None;
                }
            }
            if let Some(tty) = runtime.tty
                && sys.is_tty(0)
                && !sys.kernel().tty_wants_input(tty)
            {
                return None;
            }
            match sys.read(0, CHUNK) {
                Ok(Read::Data(data)) => self.unsent = data,
                Ok(Read::Wait) => return Some(0),
                Ok(Read::End) | Err(_) => {
                    self.stdin = false;
                    close_stdin(sys, self.container);
                    return None;
                }
            }
        }
    }

    fn pass_signals(&mut self, sys: &mut Sys<'_>) -> Option<Step> {
        while let Some(signal) = sys.take_signal() {
            if !self.proxy {
                return Some(Step::Exit(128 + signal.number()));
            }
            let id = self.container.to_string();
            if let Some(world) = sys.daemon::<World>() {
                let _it_may_have_ended = crate::engine::container::kill(world, &id, &signal.name());
            }
        }
        None
    }
}

/// The client has no more input.
fn close_stdin(sys: &mut Sys<'_>, id: ObjectId) {
    let Some(world) = sys.daemon::<World>() else { return };
    let Some(container) = world.container_mut(id) else { return };
    let once = container.config.stdin_once;
    let Some(runtime) = container.runtime.as_mut() else { return };
    let tty = runtime.tty;
    let pipe = if once { runtime.stdin.take() } else { None };
    if let Some(pipe) = pipe {
        world.kernel.close_pipe_writer(pipe);
    }
    if let Some(tty) = tty {
        world.kernel.end_tty_input(tty);
    }
}

impl Behave for Attached {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT] {
            sys.on_signal(signal, Some(Disposition::Handle));
        }
        if let Some(step) = self.pass_signals(sys) {
            return step;
        }
        self.show(sys);
        let container = sys.daemon::<World>().and_then(|w| w.container_or_departed(self.container));
        let Some(ended) = container.map(exit_code) else { return Step::Exit(0) };
        if let Some(code) = ended {
            return Step::Exit(code);
        }
        let wait = Wait::daemon();
        if self.stdin && self.feed(sys).is_some() {
            return Step::Block(wait.or_readable(0));
        }
        Step::Block(wait)
    }
}

fn exit_code(container: &Container) -> Option<i32> {
    matches!(container.status, Status::Exited | Status::Dead | Status::Restarting | Status::Removing)
        .then_some(container.exit_code)
}
