//! A session at a terminal: the shell is interactive and prints its prompt, lines are typed, Ctrl-C and Ctrl-D
//! do what they do. Whoever shows it decides how time passes.

use super::{Link, Session, fresh, launch};
use crate::base::Errno;
use crate::kernel::{Code, Pulse, Signal, Stdio};
use crate::model::World;

impl Session {
    /// A fresh world with an interactive bash of the user `learner` at a terminal.
    pub fn terminal(seed: u64) -> Self {
        Self::terminal_on(fresh(seed))
            .unwrap_or_else(|e| unreachable!("a fresh world has room for a shell: {e}"))
    }

    /// An interactive shell at a terminal, on an existing world.
    ///
    /// # Errors
    /// `EAGAIN` where the world has no room for another process.
    pub fn terminal_on(mut world: World) -> Result<Self, Errno> {
        let tty = world.kernel.add_tty(None);
        let launch = launch(&world, [Stdio::Tty(tty); 3]);
        let shell = world.kernel.launch(launch)?;
        if let Some(t) = world.kernel.tty_mut(tty) {
            t.foreground = Some(shell);
        }
        Ok(Self { world, shell, link: Link::Terminal(tty) })
    }

    /// This session at a terminal: itself where it has one, else its world with a new shell.
    ///
    /// # Errors
    /// `EAGAIN` where the world has no room for another process.
    pub fn into_terminal(self) -> Result<Self, Errno> {
        match self.link {
            Link::Terminal(_) => Ok(self),
            Link::Fed { .. } => Self::terminal_on(self.world),
        }
    }

    /// Runs a script on this session's world in a shell of its own, which is gone afterwards.
    ///
    /// # Errors
    /// `EAGAIN` where the world has no room for another process.
    pub fn prepare(&mut self, script: &str) -> Result<(), Errno> {
        let mut runner = Self::script_on(self.world.clone())?;
        runner.run(script);
        runner.run("exit");
        runner.world.kernel.reap(runner.shell);
        self.world = runner.world;
        Ok(())
    }

    /// This session as one that plays commands: itself where it does, else its world with a new shell.
    ///
    /// # Errors
    /// `EAGAIN` where the world has no room for another process.
    pub fn into_script(self) -> Result<Self, Errno> {
        match self.link {
            Link::Fed { .. } => Ok(self),
            Link::Terminal(_) => Self::script_on(self.world),
        }
    }

    /// Types a line, its line feed included.
    pub fn type_line(&mut self, line: &str) {
        let mut bytes = format!("{line}\n").into_bytes();
        self.put_in(&mut bytes);
    }

    /// What has been printed since the last call, as the terminal received it.
    pub fn take_text(&mut self) -> String {
        let bytes: Vec<u8> = self.take_output().iter().flat_map(|c| c.data.iter().copied()).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Runs until someone waits for a line, the shell has ended, or all wait for time; tells what is due next.
    pub fn settle(&mut self, slices: u32) -> Pulse {
        let mut pulse = Pulse::Busy;
        for _ in 0..slices {
            pulse = self.pulse();
            if pulse != Pulse::Busy || self.has_ended() {
                break;
            }
        }
        pulse
    }

    /// Ctrl-C: interrupts the foreground, or has the shell start its line anew.
    pub fn interrupt(&mut self) {
        let Link::Terminal(tty) = self.link else { return };
        let kernel = &mut self.world.kernel;
        if let Some(t) = kernel.tty_mut(tty) {
            t.input.clear();
        }
        if let Some(group) = kernel.tty(tty).and_then(|t| t.foreground) {
            kernel.signal_group(group, Signal::INT);
        }
    }

    /// Ctrl-D: the next read of an empty line ends.
    pub fn end_input(&mut self) {
        if let Link::Terminal(tty) = self.link {
            self.world.kernel.end_tty_input(tty);
        }
    }

    /// Tells the terminal its size, in rows and columns.
    pub fn resize(&mut self, rows: u16, columns: u16) {
        if let Link::Terminal(tty) = self.link
            && self.world.kernel.tty(tty).is_some_and(|t| t.size != (rows, columns))
        {
            self.world.kernel.resize_tty(tty, (rows, columns));
        }
    }

    /// Whether what is typed is to be shown: not while a password is asked for.
    pub fn echoes(&self) -> bool {
        let Link::Terminal(tty) = self.link else { return true };
        self.world.kernel.tty_echoes(tty)
    }

    /// The bytes that, typed now, detach the client of a container at the terminal; none where there is no such
    /// client.
    pub fn detach_keys(&self) -> Option<Vec<u8>> {
        let Link::Terminal(tty) = self.link else { return None };
        let foreground = self.world.kernel.tty(tty)?.foreground?;
        let mut group = self.world.kernel.processes().filter(|process| process.group == foreground);
        let keys = group.find_map(|process| match &process.program {
            Code::State(_, program) => crate::cmd::detach_keys(program.as_ref()).map(<[u8]>::to_vec),
            _ => None,
        });
        keys.filter(|keys| !keys.is_empty())
    }

    /// Types bytes as they are, without a line feed.
    pub fn type_bytes(&mut self, bytes: &[u8]) {
        let mut bytes = bytes.to_vec();
        self.put_in(&mut bytes);
    }
}
