//! Lines that begin with a colon: Drydock's own commands, one file each. To add one, write its file with a
//! `pub const COLON: Colon` and put its name into the list below.

use super::desk::{Answer, Desk};

/// A command of Drydock's own.
#[derive(Debug, Clone, Copy)]
pub struct Colon {
    /// Its name and arguments, as the help shows them.
    pub usage: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// Its work; the text after its name comes in trimmed.
    pub run: fn(&mut Desk, &str) -> Answer,
}

macro_rules! colons {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+

        /// All of them, in the order of the help.
        pub const COLONS: &[Colon] = &[$($module::COLON),+];
    };
}

colons! { help, undo, redo, history, layers, graph, why, preview, time, save, load, reset }

pub(super) use preview::changes;

/// Runs a line without its colon.
pub fn run(desk: &mut Desk, line: &str) -> Answer {
    let (name, rest) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
    let called = |colon: &&Colon| colon.usage.split(' ').next() == Some(name);
    match COLONS.iter().find(called) {
        Some(colon) => (colon.run)(desk, rest.trim()),
        None => Answer::Refused(format!("no such command: :{name} (see :help)\n")),
    }
}

/// A count such as `:undo 3` takes; 1 where none is given.
fn count(text: &str) -> Result<usize, Answer> {
    match text {
        "" => Ok(1),
        text => text.parse().map_err(|_| Answer::Refused(format!("not a number: {text}\n"))),
    }
}
