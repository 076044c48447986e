//! Traps: commands to run on signals and at the end.

use super::machine::{Feed, Frame, Kind, Shell, Turn};
use crate::kernel::{Disposition, Signal, Sys};
use std::sync::Arc;

/// The number that the trap ERR goes by.
pub const ERR: i32 = -1;

impl Shell {
    /// Enters the ERR trap after a command that failed; false where there is none, or where functions do not
    /// inherit it and one is running.
    pub(super) fn enter_err_trap(&mut self, sys: &mut Sys<'_>) -> Turn<bool> {
        let runs = self.frames.iter().any(|f| matches!(f.kind, Kind::Trap { .. }));
        let inside = self.frames.iter().any(|f| matches!(f.kind, Kind::Function { .. }));
        let text = self.traps.get(&ERR).filter(|text| !text.is_empty() && !runs).cloned();
        let Some(text) = text.filter(|_| !inside || self.options.errtrace) else { return Ok(false) };
        let kind = Kind::Trap { status: self.status, ends: self.options.errexit };
        let line = self.line();
        let feed = Feed::Text { text: Arc::from(text), pos: 0, line };
        self.push_frame(sys, Frame { feed, kind, waiting_for_input: true, ..Frame::default() })?;
        Ok(true)
    }

    /// Enters the handler of a signal that has come; false where there is none to run.
    pub(super) fn enter_trap(&mut self, sys: &mut Sys<'_>) -> bool {
        while !self.pending.is_empty() {
            let signal = self.pending.remove(0);
            match self.traps.get(&signal.number()).cloned() {
                Some(text) if !text.is_empty() => {
                    let feed = Feed::Text { text: Arc::from(text), pos: 0, line: 1 };
                    let kind = Kind::Trap { status: self.status, ends: false };
                    let frame = Frame { feed, kind, waiting_for_input: true, ..Frame::default() };
                    return self.push_frame(sys, frame).is_ok();
                }
                _ if signal == Signal::INT && self.is_interactive() => {
                    self.status = 130;
                    self.abort(sys);
                    self.begin_line_anew(sys);
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    /// Sets what a signal does: `None` its default, an empty text nothing. Number 0 is EXIT.
    pub(super) fn set_trap(&mut self, number: i32, text: Option<String>, sys: &mut Sys<'_>) {
        let signal = Signal::from_number(i64::from(number));
        let disposition = match &text {
            None if signal == Some(Signal::INT) && self.options.interactive => Some(Disposition::Handle),
            None => None,
            Some(text) if text.is_empty() => Some(Disposition::Ignore),
            Some(_) => Some(Disposition::Handle),
        };
        if let Some(signal) = signal {
            sys.on_signal(signal, disposition);
        }
        match text {
            Some(text) => self.traps.insert(number, text),
            None => self.traps.remove(&number),
        };
    }
}
