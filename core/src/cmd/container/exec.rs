//! `docker container exec`.

use super::options::environment;
use super::streams::{Fed, Streams};
use crate::base::ObjectId;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::input::{DetachKeys, close_exec_stdin};
use crate::engine::container::{ExecCreate, ExecStart, exec_create, exec_start, find};
use crate::grammar::Invocation;
use crate::kernel::{Applet, Behave, Disposition, Signal, Step, Sys, Wait};
use crate::model::{Exec, World};
use serde::{Deserialize, Serialize};

/// `docker exec [OPTIONS] CONTAINER COMMAND [ARG...]`.
pub const COMMAND: Command = Command::new("container exec", run);

/// A client attached to an exec.
pub const APPLETS: &[Applet] = &[Applet::state::<Attached>("docker container exec")];

/// A client attached to an exec: it ends as the command does. Signals end the client, not the command.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Attached {
    exec: Option<ObjectId>,
    streams: Streams,
    /// How many chunks have been shown.
    shown: usize,
}

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let env = environment(cli.sys, call).map_err(Failure::new)?;
    let detach = call.bool("detach");
    let (tty, interactive) = (call.bool("tty"), call.bool("interactive"));
    let keys = DetachKeys::parse(call.str("detach-keys"))?;
    let container = find(cli.world()?, call.arg(0))?;
    if !detach && tty && interactive && !cli.sys.is_tty(0) {
        return Err(Failure::new(
            "cannot attach stdin to a TTY-enabled container because stdin is not a terminal",
        ));
    }
    let request = ExecCreate {
        argv: call.args.iter().skip(1).cloned().collect(),
        env,
        workdir: call.str("workdir").to_string(),
        user: call.str("user").to_string(),
        tty,
        open_stdin: interactive && !detach,
        open_stdout: !detach,
        open_stderr: !detach,
        privileged: call.bool("privileged"),
        detach_keys: call.str("detach-keys").to_string(),
        probe: false,
    };
    let id = exec_create(cli.world()?, container, request)?;
    match exec_start(cli.world()?, id)? {
        ExecStart::Failed(..) if detach => Ok(Flow::Exit(0)),
        ExecStart::Failed(error, code) => {
            cli.out(&format!("{}\r\n", error.message));
            Ok(Flow::Exit(code))
        }
        ExecStart::Running if detach => Ok(Flow::Exit(0)),
        ExecStart::Running => {
            let streams = Streams { stdin: interactive, keys, ..Streams::default() };
            Ok(Flow::Wait("docker container exec", Box::new(Attached { exec: Some(id), streams, shown: 0 })))
        }
    }
}

impl Attached {
    /// The bytes that detach it.
    pub fn keys(&self) -> &[u8] {
        self.streams.keys.bytes()
    }

    fn exec<'a>(&self, sys: &'a mut Sys<'_>) -> Option<&'a Exec> {
        let world: &World = sys.daemon::<World>()?;
        world.exec(self.exec?)
    }

    fn show(&mut self, sys: &mut Sys<'_>) {
        let news: Vec<_> =
            self.exec(sys).map_or(vec![], |e| e.output.iter().skip(self.shown).cloned().collect());
        self.shown += news.len();
        self.streams.show(sys, &news);
    }

    fn feed(&mut self, sys: &mut Sys<'_>) -> Fed {
        let Some((pipe, tty)) = self.exec(sys).map(|e| (e.stdin, e.terminal)) else { return Fed::Waits };
        let fed = self.streams.feed(sys, pipe, tty);
        if fed == Fed::Ended
            && let Some((id, world)) = self.exec.zip(sys.daemon::<World>())
        {
            close_exec_stdin(world, id);
            tty.into_iter().for_each(|tty| world.kernel.end_tty_input(tty));
        }
        fed
    }

    /// True once a signal has come that ends the client.
    fn interrupted(&self, sys: &mut Sys<'_>) -> Option<Signal> {
        let signal = sys.take_signal().filter(|signal| *signal != Signal::WINCH)?;
        let tty = self.exec(sys).and_then(|e| e.terminal);
        let world = sys.daemon::<World>()?;
        match tty.and_then(|tty| world.kernel.tty(tty)).and_then(|tty| tty.foreground) {
            Some(group) => {
                world.kernel.signal_group(group, signal);
                None
            }
            None => Some(signal),
        }
    }
}

impl Behave for Attached {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT, Signal::WINCH] {
            sys.on_signal(signal, Some(Disposition::Handle));
        }
        let terminal = self.exec(sys).and_then(|e| e.terminal);
        super::streams::fit(sys, terminal);
        if let Some(signal) = self.interrupted(sys) {
            return Step::Exit(128 + signal.number());
        }
        self.show(sys);
        match self.exec(sys).map(|e| e.exit_code) {
            None => return Step::Exit(137),
            Some(Some(code)) => return Step::Exit(code),
            Some(None) => {}
        }
        match self.feed(sys) {
            Fed::Detached => {
                sys.eprint("read escape sequence\n");
                Step::Exit(1)
            }
            Fed::WantsInput => Step::Block(Wait::daemon().or_readable(0)),
            Fed::Waits | Fed::Ended => Step::Block(Wait::daemon()),
        }
    }
}
