//! Floor 3: the shell. One interpreter of POSIX and bash scripts, an explicit machine that is plain data.
//!
//! Text becomes trees (`lex`, `word`, `parse`, `simple`), trees become flat instructions (`compile`,
//! `compile_word`, `code`), and the machine (`machine` and the files with its instructions) executes them step
//! by step. A running shell holds the text of what it runs, never the code: that is compiled again after loading.

mod arith;
mod assign;
mod ast;
mod braces;
pub mod builtins;
mod callers;
mod code;
mod compile;
mod compile_word;
mod control;
mod expand;
mod glob;
mod input;
mod jobs;
mod lex;
mod machine;
mod options;
mod param;
mod parse;
mod pattern;
mod plumb;
mod processes;
mod prompt;
pub mod quote;
mod recall;
mod redirect;
mod run;
mod simple;
mod start;
mod start_files;
#[cfg(test)]
mod tests;
mod traps;
mod trouble;
mod vars;
mod voice;
mod word;

pub use machine::Shell;
pub use voice::{Output, Voice};

use crate::kernel::{Applet, Program, Start, Thaw};
use imbl::OrdMap;

/// The shells: `bash` and `rbash`, `sh` and `dash` (the ash of busybox where the file is busybox), `ash`.
pub const PROGRAMS: &[&[Applet]] = &[&[
    Applet { name: "ash", start: Start::State { make: || made(Voice::Ash), thaw: THAW } },
    Applet { name: "bash", start: Start::State { make: || made(Voice::Bash), thaw: THAW } },
    Applet { name: "dash", start: Start::State { make: || made(Voice::Dash), thaw: THAW } },
    Applet { name: "rbash", start: Start::State { make: || made(Voice::Bash), thaw: THAW } },
    Applet { name: "sh", start: Start::State { make: || made(Voice::Dash), thaw: THAW } },
]];

fn made(voice: Voice) -> Box<dyn Program> {
    Box::new(Shell::speaking(voice))
}

const THAW: Thaw = Thaw::of::<Shell>();

impl Shell {
    /// A shell that has not read its arguments yet.
    pub fn speaking(voice: Voice) -> Self {
        Self { voice, ..Self::default() }
    }

    /// A bash that runs the commands it reads from descriptor `fd`, each as soon as it is complete, without a
    /// prompt. It blocks on `fd` when it is idle.
    pub fn fed(fd: i32) -> Self {
        let mut shell = Self::speaking(Voice::Bash);
        shell.start_fed(fd);
        shell
    }

    /// `$?`: the status of the last command.
    pub fn last_status(&self) -> i32 {
        self.status
    }

    /// True where it waits for the next command.
    pub fn is_idle(&self) -> bool {
        self.doing == machine::Doing::Run
            && matches!(self.frames.as_slice(), [frame] if frame.waiting_for_input
                && matches!(&frame.feed, machine::Feed::Fd { held, .. } if held.trim().is_empty()))
    }

    /// The text of a variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.vars.text(name)
    }

    /// The names of all variables that are set.
    pub fn variable_names(&self) -> Vec<String> {
        self.vars.iter().filter(|(_, v)| v.text().is_some()).map(|(name, _)| name.to_string()).collect()
    }

    /// The names of all functions.
    pub fn function_names(&self) -> Vec<String> {
        self.functions.keys().map(|name| name.to_string()).collect()
    }

    /// All aliases.
    pub fn aliases(&self) -> &OrdMap<String, String> {
        &self.aliases
    }

    /// The names of its builtins.
    pub fn builtin_names(&self) -> Vec<&'static str> {
        builtins::names(self.voice)
    }
}
