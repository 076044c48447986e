//! The line discipline: single keys that come from a terminal in raw mode, such as a client's at the other end of a
//! connection, become lines, echoes and signals.

use super::{Chunk, Kernel, Notice, Signal, Stream, TtyId};
use std::sync::Arc;

/// A line longer than this takes no more keys, as on Linux.
const LONGEST: usize = 4096;

impl Kernel {
    /// Takes keys as they are pressed: shows them, lets the line be corrected, and hands it on when it ends.
    pub fn press(&mut self, tty: TtyId, keys: &[u8]) {
        for key in keys {
            self.press_one(tty, *key);
        }
    }

    fn press_one(&mut self, tty: TtyId, key: u8) {
        let Some(t) = self.tty_mut(tty) else { return };
        match key {
            b'\r' | b'\n' => {
                t.line.push(b'\n');
                let line = std::mem::take(&mut t.line);
                self.echo(tty, b"\r\n");
                self.type_at(tty, &line);
            }
            3 => self.interrupt_at(tty, Signal::INT, b"^C"),
            26 => self.interrupt_at(tty, Signal::TSTP, b"^Z"),
            28 => self.interrupt_at(tty, Signal::QUIT, b"^\\"),
            4 => {
                let line = std::mem::take(&mut t.line);
                if line.is_empty() {
                    self.end_tty_input(tty);
                } else {
                    self.type_at(tty, &line);
                }
            }
            8 | 127 => {
                let last = String::from_utf8_lossy(&t.line).chars().next_back();
                if let Some(last) = last {
                    t.line.truncate(t.line.len().saturating_sub(last.len_utf8()));
                    self.echo(tty, b"\x08 \x08");
                }
            }
            21 => {
                let shown = String::from_utf8_lossy(&t.line).chars().count();
                t.line.clear();
                self.echo(tty, &b"\x08 \x08".repeat(shown));
            }
            key if t.line.len() < LONGEST => {
                t.line.push(key);
                match key {
                    b'\t' => self.echo(tty, b"\t"),
                    0..32 => self.echo(tty, &[b'^', key + b'@']),
                    key => self.echo(tty, &[key]),
                }
            }
            _ => self.echo(tty, b"\x07"),
        }
    }

    fn interrupt_at(&mut self, tty: TtyId, signal: Signal, shown: &[u8]) {
        let Some(t) = self.tty_mut(tty) else { return };
        t.line.clear();
        t.input.clear();
        let foreground = t.foreground;
        self.echo(tty, shown);
        if let Some(group) = foreground {
            self.signal_group(group, signal);
        }
    }

    fn echo(&mut self, tty: TtyId, shown: &[u8]) {
        let now = self.now;
        let Some(t) = self.tty_mut(tty) else { return };
        t.output.push(Chunk { time: now, stream: Stream::Stdout, data: Arc::from(shown) });
        if let Some(owner) = t.owner {
            self.notify(Notice::Output(owner));
        }
    }
}
