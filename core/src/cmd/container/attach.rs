//! `docker container attach`, and the client that `run`, `start -a` and `attach` are while they wait: it shows
//! what the container prints, feeds it what is typed, hands signals on, and ends as the container does.

use super::streams::{Fed, Streams};
use crate::base::{ObjectId, Time};
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::input::{DetachKeys, close_stdin};
use crate::engine::container::{emit, find, kill};
use crate::grammar::Invocation;
use crate::kernel::{Applet, Behave, Disposition, Signal, Step, Sys, Wait};
use crate::model::{Container, Status, World};
use serde::{Deserialize, Serialize};

/// `docker attach [OPTIONS] CONTAINER`.
pub const COMMAND: Command = Command::new("container attach", attach);

/// An attached client.
pub const APPLETS: &[Applet] = &[Applet::state::<Attached>("docker container attach")];

/// An attached client.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Attached {
    container: Option<ObjectId>,
    streams: Streams,
    /// How much of the container's output has been shown, counted from its first chunk.
    shown: u64,
    /// Signals go to the container.
    proxy: bool,
    /// How often it was asked to end; it does the third time, whatever becomes of the container.
    #[serde(default)]
    asked: u8,
    /// Detaching is told of and is a failure, as for `docker attach`.
    tells: bool,
    /// The run it is attached to; another one is not its business.
    run: Option<Time>,
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
    let wants_stdin = !call.bool("no-stdin") && container.config.open_stdin;
    if container.config.tty && wants_stdin && !cli.sys.is_tty(0) {
        return Err(Failure::new(
            "cannot attach stdin to a TTY-enabled container because stdin is not a terminal",
        ));
    }
    let mut client = Attached::new(cli, id, call)?;
    client.streams.stdin = wants_stdin;
    client.streams.stdout = true;
    client.streams.stderr = true;
    client.tells = true;
    client.run = cli.world()?.container(id).and_then(|c| c.started);
    Ok(Flow::Wait("docker container attach", Box::new(client)))
}

impl Attached {
    /// A client of a container as it stands: it shows everything from now on, on the streams that the container
    /// was made to attach.
    ///
    /// # Errors
    /// Detaching keys there are none of.
    pub fn new(cli: &mut Cli<'_, '_>, id: ObjectId, call: &Invocation) -> Result<Self, Failure> {
        let keys = DetachKeys::parse(call.str("detach-keys"))?;
        let proxy = call.name() == "container start" || call.bool("sig-proxy");
        let world = cli.world()?;
        emit(world, id, "attach", &[]);
        let container = world.container(id).ok_or_else(|| Failure::new("No such container"))?;
        let config = &container.config;
        Ok(Self {
            container: Some(id),
            shown: container.printed(),
            streams: Streams {
                stdin: config.open_stdin && config.attach_stdin,
                stdout: config.attach_stdout,
                stderr: config.attach_stderr,
                keys,
                ..Streams::default()
            },
            proxy,
            asked: 0,
            tells: false,
            run: None,
        })
    }

    /// The bytes that detach it.
    pub fn keys(&self) -> &[u8] {
        self.streams.keys.bytes()
    }

    /// Gives the container's terminal the size of the client's.
    fn fit(&self, sys: &mut Sys<'_>) {
        let tty = self.container(sys).and_then(|c| c.runtime.as_ref()).and_then(|r| r.tty);
        super::streams::fit(sys, tty);
    }

    /// Both output streams, and standard input where `interactive`: what `docker start -a` attaches.
    pub fn with_input(&mut self, interactive: bool) {
        self.streams.stdin = interactive;
        (self.streams.stdout, self.streams.stderr) = (true, true);
    }

    /// The run that has just begun is the one it is attached to.
    pub fn of_this_run(&mut self, world: &World) {
        self.run = self.container.and_then(|id| world.container_or_departed(id)).and_then(|c| c.started);
    }

    fn container<'a>(&self, sys: &'a mut Sys<'_>) -> Option<&'a Container> {
        let world: &World = sys.daemon::<World>()?;
        world.container_or_departed(self.container?)
    }

    /// Prints what is new.
    fn show(&mut self, sys: &mut Sys<'_>) {
        let Some(container) = self.container(sys) else { return };
        let news = container.printed_since(self.shown);
        self.shown = container.printed();
        self.streams.show(sys, &news);
    }

    fn feed(&mut self, sys: &mut Sys<'_>) -> Fed {
        let runtime = self.container(sys).and_then(|c| c.runtime.clone());
        let Some(runtime) = runtime else { return Fed::Waits };
        let fed = self.streams.feed(sys, runtime.stdin, runtime.tty);
        if fed == Fed::Ended
            && let Some((id, world)) = self.container.zip(sys.daemon::<World>())
        {
            close_stdin(world, id);
            runtime.tty.into_iter().for_each(|tty| world.kernel.end_tty_input(tty));
        }
        fed
    }

    fn pass_signals(&mut self, sys: &mut Sys<'_>) -> Option<Step> {
        while let Some(signal) = sys.take_signal() {
            if signal == Signal::WINCH {
                continue;
            }
            let tty = self.container(sys).and_then(|c| c.runtime.as_ref()).and_then(|r| r.tty);
            let Some(id) = self.container else { return Some(Step::Exit(1)) };
            let Some(world) = sys.daemon::<World>() else { return Some(Step::Exit(1)) };
            match tty.and_then(|tty| world.kernel.tty(tty)).and_then(|tty| tty.foreground) {
                Some(group) => world.kernel.signal_group(group, signal),
                None if self.proxy => {
                    self.asked += u8::from(matches!(signal, Signal::INT | Signal::TERM));
                    if self.asked == 3 {
                        sys.eprint("\ngot 3 SIGTERM/SIGINTs, forcefully exiting\n");
                        return Some(Step::Exit(1));
                    }
                    let Some(world) = sys.daemon::<World>() else { return Some(Step::Exit(1)) };
                    let _it_may_have_ended = kill(world, &id.to_string(), &signal.name());
                }
                None => return Some(Step::Exit(128 + signal.number())),
            }
        }
        None
    }

    /// How the run ended that it is attached to, once it has.
    fn ended(&self, sys: &mut Sys<'_>) -> Option<i32> {
        let Some(container) = self.container(sys) else { return Some(0) };
        let over = matches!(
            container.status,
            Status::Exited | Status::Dead | Status::Restarting | Status::Removing
        );
        (over || container.started != self.run).then_some(container.exit_code)
    }
}

impl Behave for Attached {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT, Signal::WINCH] {
            sys.on_signal(signal, Some(Disposition::Handle));
        }
        self.fit(sys);
        if let Some(step) = self.pass_signals(sys) {
            return step;
        }
        self.show(sys);
        if let Some(code) = self.ended(sys) {
            return Step::Exit(code);
        }
        match self.feed(sys) {
            Fed::Detached if self.tells => {
                sys.eprint("read escape sequence\n");
                Step::Exit(1)
            }
            Fed::Detached => Step::Exit(0),
            Fed::WantsInput => Step::Block(Wait::daemon().or_readable(0)),
            Fed::Waits | Fed::Ended => Step::Block(Wait::daemon()),
        }
    }
}
