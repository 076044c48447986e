//! A session with its past: every line entered is a point to come back to. Undo, redo and previews are clones.

use super::{Session, colon};
use crate::base::Errno;
use crate::kernel::Pulse;
use imbl::Vector;

/// How many points of the past are kept; the oldest go first.
pub const REMEMBERED: usize = 1_000;
/// How many slices a preview may take.
const PREVIEW_SLICES: u32 = 20_000;

/// A point of the past: the state before a line, and the line.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// What was entered.
    pub line: String,
    /// The session before it.
    pub before: Session,
}

/// A session with its past.
#[derive(Debug, Clone, PartialEq)]
pub struct Desk {
    /// The present.
    pub session: Session,
    /// The past, oldest first.
    pub past: Vector<Point>,
    /// What was undone, the next to redo last: the line and the session after it.
    pub undone: Vector<Point>,
    seed: u64,
}

/// What a colon line asks of whoever shows the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Show this.
    Text(String),
    /// Show this as an error.
    Refused(String),
    /// Write a save file there.
    Save(String),
    /// Read a save file from there.
    Load(String),
}

impl Desk {
    /// A desk with a fresh world.
    pub fn new(seed: u64) -> Self {
        Self { session: Session::terminal(seed), past: Vector::new(), undone: Vector::new(), seed }
    }

    /// Takes a line: one that begins with a colon is answered at once, any other is typed at the terminal.
    pub fn enter(&mut self, line: &str) -> Option<Answer> {
        if let Some(command) = line.trim_start().strip_prefix(':') {
            return Some(colon::run(self, command));
        }
        if !line.trim().is_empty() {
            self.past.push_back(Point { line: line.to_string(), before: self.session.clone() });
            self.undone.clear();
            while self.past.len() > REMEMBERED {
                self.past.pop_front();
            }
        }
        self.session.type_line(line);
        None
    }

    /// Goes back `n` lines; how many it were.
    pub fn undo(&mut self, n: usize) -> usize {
        for done in 0..n {
            let Some(point) = self.past.pop_back() else { return done };
            let after = std::mem::replace(&mut self.session, point.before);
            self.undone.push_back(Point { line: point.line, before: after });
        }
        n
    }

    /// Goes forward `n` undone lines; how many it were.
    pub fn redo(&mut self, n: usize) -> usize {
        for done in 0..n {
            let Some(point) = self.undone.pop_back() else { return done };
            let before = std::mem::replace(&mut self.session, point.before);
            self.past.push_back(Point { line: point.line, before });
        }
        n
    }

    /// What a line would do: the session after it, and what it would print. The present stays as it is.
    pub fn preview(&self, line: &str) -> (Session, String) {
        let mut session = self.session.clone();
        session.take_text();
        session.type_line(line);
        for _ in 0..PREVIEW_SLICES {
            match session.pulse() {
                Pulse::Busy => {}
                Pulse::Quiet(_) if session.is_idle() || session.has_ended() => break,
                Pulse::Quiet(Some(next)) if (next - session.world().now()).as_secs_f64() < 3600.0 => {
                    session.reach(next);
                }
                Pulse::Quiet(_) => break,
            }
        }
        let text = session.take_text();
        (session, text)
    }

    /// Starts over with a fresh world; the past stays, so this can be undone.
    pub fn reset(&mut self) {
        let before = std::mem::replace(&mut self.session, Session::terminal(self.seed));
        self.past.push_back(Point { line: ":reset".into(), before });
        self.undone.clear();
    }

    /// Puts a loaded session in the present's place; the past stays. A session without a terminal gets one.
    ///
    /// # Errors
    /// `EAGAIN` where its world has no room for a shell.
    pub fn load(&mut self, session: Session) -> Result<(), Errno> {
        let before = std::mem::replace(&mut self.session, session.into_terminal()?);
        self.past.push_back(Point { line: ":load".into(), before });
        self.undone.clear();
        Ok(())
    }
}
