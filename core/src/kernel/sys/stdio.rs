//! Input and output by descriptor.

use super::{Growth, Sys, TOO_MUCH};
use crate::base::Errno;
use crate::kernel::{Object, Stop, Wait};

/// What a read gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// Bytes, at least one.
    Data(Vec<u8>),
    /// Nothing yet: block on `Wait::readable`.
    Wait,
    /// Nothing more will come.
    End,
}

impl Read {
    pub(in crate::kernel) fn of(data: Vec<u8>) -> Self {
        if data.is_empty() { Read::End } else { Read::Data(data) }
    }
}

/// Input below this many bytes is not worth a claim for memory.
const SMALL: u64 = 1 << 20;
/// How much output may be on its way from one turn, in bytes.
const MAX_PENDING: usize = 64 << 20;

impl Sys<'_> {
    /// Prints to standard output.
    pub fn print(&mut self, text: &str) {
        self.write(1, text.as_bytes());
    }

    /// Prints to standard error.
    pub fn eprint(&mut self, text: &str) {
        self.write(2, text.as_bytes());
    }

    /// Prints `NAME: TEXT` and a line feed to standard error, NAME being what the program was called.
    pub fn complain(&mut self, text: &str) {
        let name = self.name();
        self.eprint(&format!("{name}: {text}\n"));
    }

    /// Writes to a descriptor. All of it is accepted; where the descriptor is full the program is not
    /// stepped again until it has been taken.
    pub fn write(&mut self, fd: i32, data: &[u8]) {
        if data.is_empty() {
            return;
        }
        let Ok(me) = self.me_mut() else { return };
        let held: usize = me.pending.iter().map(|(_, d)| d.len()).sum();
        if held + data.len() > MAX_PENDING {
            self.kill_self_out_of_memory();
            return;
        }
        match me.pending.last_mut() {
            Some((last, buffer)) if *last == fd => buffer.extend_from_slice(data),
            _ => me.pending.push((fd, data.to_vec())),
        }
    }

    /// Delivers what has been written so far, as far as the descriptors take it, so that a following change
    /// of descriptors does not move it.
    pub fn flush(&mut self) {
        let pid = self.pid;
        let _what_is_full_goes_later = self.kernel_mut().flush(pid);
    }

    /// Writes to a descriptor at once and reports what a program should see.
    ///
    /// # Errors
    /// `EBADF`, `ENOSPC`, `EPIPE` and the like; a pipe without room takes the rest later.
    pub fn write_checked(&mut self, fd: i32, data: &[u8]) -> Result<(), Errno> {
        self.flush();
        let pid = self.pid;
        let n = if self.me()?.pending.is_empty() { self.kernel_mut().write_fd(pid, fd, data)? } else { 0 };
        self.write(fd, &data[n..]);
        Ok(())
    }

    pub(in crate::kernel) fn pending_mark(&self) -> usize {
        self.me().map_or(0, |me| me.pending.len())
    }

    pub(in crate::kernel) fn drop_pending_after(&mut self, mark: usize) {
        if let Ok(me) = self.me_mut() {
            me.pending.truncate(mark);
        }
    }

    /// Reads up to `max` bytes.
    ///
    /// # Errors
    /// `EBADF`, `EISDIR` and the like.
    pub fn read(&mut self, fd: i32, max: usize) -> Result<Read, Errno> {
        let pid = self.pid;
        self.kernel_mut().read_fd(pid, fd, max)
    }

    /// All of standard input. Call it before any other effect: until the end has come the program is run
    /// again from its start.
    ///
    /// # Errors
    /// [`Stop::Wait`] to hand on with `?`; exit code 1 where the input is larger than 64 MiB or unreadable.
    pub fn stdin_to_end(&mut self) -> Result<Vec<u8>, Stop> {
        loop {
            match self.read(0, usize::MAX) {
                Ok(Read::Data(data)) => {
                    let Ok(me) = self.me_mut() else { return Err(Stop::Exit(1)) };
                    match me.dropped {
                        0 => me.collected.extend_from_slice(&data),
                        _ => me.dropped = me.dropped.saturating_add(data.len() as u64),
                    }
                    let held = me.dropped.saturating_add(me.collected.len() as u64);
                    match if held < SMALL { Growth::Fits } else { self.hold(held) } {
                        Growth::Fits => {}
                        Growth::Beyond => self.drop_input()?,
                        Growth::Killed => return Err(Stop::Exit(137)),
                        Growth::Refused => return Err(self.refuse_input()),
                    }
                }
                Ok(Read::Wait) => return Err(Stop::Wait(Wait::readable(0))),
                Ok(Read::End) if self.me().is_ok_and(|me| me.dropped > 0) => return Err(self.refuse_input()),
                Ok(Read::End) => {
                    return Ok(self.me_mut().map(|me| std::mem::take(&mut me.collected)).unwrap_or_default());
                }
                Err(Errno::EBADF) => return Ok(vec![]),
                Err(e) => {
                    let text = if e == Errno::EISDIR { "read error: Is a directory" } else { e.text() };
                    self.complain(text);
                    return Err(Stop::Exit(1));
                }
            }
        }
    }

    /// Lets go of input that is more than is held; from now on it is only counted.
    fn drop_input(&mut self) -> Result<(), Stop> {
        let Ok(me) = self.me_mut() else { return Err(Stop::Exit(1)) };
        if me.dropped == 0 {
            me.dropped = std::mem::take(&mut me.collected).len() as u64;
        }
        Ok(())
    }

    fn refuse_input(&mut self) -> Stop {
        self.complain(&format!("standard input is {TOO_MUCH}"));
        Stop::Exit(1)
    }

    /// True where a descriptor is a terminal.
    pub fn is_tty(&self, fd: i32) -> bool {
        matches!(self.kernel().description(self.pid, fd).map(|d| &d.object), Ok(Object::Tty(_)))
    }

    /// Shows what is typed at the terminal of a descriptor, or, until this process ends, does not.
    pub fn set_echo(&mut self, fd: i32, echo: bool) {
        let Ok(Object::Tty(tty)) = self.object(fd) else { return };
        let silent_for = (!echo).then_some(self.pid);
        if let Some(tty) = self.kernel_mut().tty_mut(tty) {
            tty.silent_for = silent_for;
        }
    }

    /// Rows and columns of the terminal at `fd`.
    pub fn tty_size(&self, fd: i32) -> Option<(u16, u16)> {
        match self.kernel().description(self.pid, fd).ok()?.object {
            Object::Tty(tty) => self.kernel().tty(tty).map(|t| t.size),
            _ => None,
        }
    }

    /// What a descriptor refers to.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn object(&self, fd: i32) -> Result<Object, Errno> {
        self.kernel().description(self.pid, fd).map(|d| d.object.clone())
    }
}
