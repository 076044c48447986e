//! The builtins of the shell. `echo`, `printf` and `test` are pure functions that the programs of the same
//! names call too.

mod commands;
mod directories;
pub mod echo;
mod limits;
mod plain;
pub mod printf;
mod process;
pub mod read;
pub mod test;
mod variables;

pub use plain::bad_option;

use super::machine::{Call, Doing, Frame, Shell, Turn};
use super::voice::Voice;
use crate::kernel::Sys;

/// What a builtin leaves to do.
#[derive(Debug)]
pub enum Done {
    /// It has ended with this status.
    Status(i32),
    /// It waits.
    Doing(Doing),
    /// It enters a frame: `eval`, `.`
    Frame(Box<Frame>),
    /// It runs another command in its place, functions left out.
    Call(Box<Call>),
    /// It leaves the innermost function.
    Return(i32),
    /// It leaves loops or goes on with one.
    Leave {
        /// How many loops.
        levels: usize,
        /// The outermost of them goes on with its next turn.
        again: bool,
    },
    /// The shell ends.
    Exit(i32),
    /// The turn ends, so that a signal is delivered.
    Yield(i32),
}

/// A builtin: the call it was given, its name first.
pub type Builtin = fn(&mut Shell, &mut Sys<'_>, &mut Call) -> Turn<Done>;

/// All builtins: the name, what it does, whether only bash has it, whether it is special to POSIX.
const TABLE: &[(&str, Builtin, bool, bool)] = &[
    (".", commands::source, false, true),
    (":", plain::nothing, false, true),
    ("[", plain::bracket, false, false),
    ("[[", plain::bracket, false, false),
    ("alias", commands::alias, false, false),
    ("bg", process::background, false, false),
    ("bind", plain::not_simulated, true, false),
    ("break", plain::leave, false, true),
    ("builtin", commands::builtin, true, false),
    ("caller", commands::caller, true, false),
    ("cd", plain::cd, false, false),
    ("command", commands::command, false, false),
    ("compgen", plain::not_simulated, true, false),
    ("complete", plain::not_simulated, true, false),
    ("compopt", plain::not_simulated, true, false),
    ("continue", plain::leave, false, true),
    ("coproc", plain::not_simulated, true, false),
    ("declare", variables::declare, true, false),
    ("dirs", directories::dirs, true, false),
    ("disown", process::disown, true, false),
    ("echo", plain::echo, false, false),
    ("enable", plain::not_simulated, true, false),
    ("eval", commands::eval, false, true),
    ("exec", plain::nothing, false, true),
    ("exit", plain::exit, false, true),
    ("export", variables::export, false, true),
    ("false", plain::failure, false, false),
    ("fc", plain::not_simulated, true, false),
    ("fg", process::foreground, false, false),
    ("getopts", read::getopts, false, false),
    ("hash", plain::hash, false, false),
    ("help", plain::help, false, false),
    ("history", plain::history, false, false),
    ("jobs", process::jobs, false, false),
    ("kill", process::kill, false, false),
    ("let", plain::compute, false, false),
    ("local", variables::local, false, false),
    ("logout", plain::logout, true, false),
    ("mapfile", read::mapfile, true, false),
    ("popd", directories::popd, true, false),
    ("printf", plain::printf, false, false),
    ("pushd", directories::pushd, true, false),
    ("pwd", plain::pwd, false, false),
    ("read", read::read, false, false),
    ("readarray", read::mapfile, true, false),
    ("readonly", variables::readonly, false, true),
    ("return", plain::leave_function, false, true),
    ("set", variables::set, false, true),
    ("shift", plain::shift, false, true),
    ("shopt", variables::shopt, true, false),
    ("source", commands::source, false, false),
    ("suspend", plain::not_simulated, true, false),
    ("test", plain::test, false, false),
    ("times", plain::times, false, true),
    ("trap", process::trap, false, true),
    ("true", plain::nothing, false, false),
    ("type", commands::kind, false, false),
    ("typeset", variables::declare, true, false),
    ("ulimit", limits::ulimit, false, false),
    ("umask", plain::umask, false, false),
    ("unalias", commands::unalias, false, false),
    ("unset", variables::unset, false, true),
    ("wait", process::wait, false, false),
];

/// Builtins that dash does not have beside those that only bash has.
const NOT_DASH: [&str; 4] = ["let", "source", "help", "history"];

/// The builtin of busybox alone; to bash it is a word of the grammar.
const ONLY_ASH: &str = "[[";

/// The builtin of a name.
pub fn find(name: &str, voice: Voice) -> Option<Builtin> {
    let (_, builtin, bash, _) = TABLE.get(TABLE.binary_search_by(|entry| entry.0.cmp(name)).ok()?)?;
    let there = match voice {
        Voice::Bash | Voice::Gnu => name != ONLY_ASH,
        Voice::Dash => !bash && name != ONLY_ASH && !NOT_DASH.contains(&name),
        Voice::Ash => !bash,
    };
    there.then_some(*builtin)
}

/// True for the special builtins of POSIX where they are special: assignments stay, errors end the shell.
pub fn is_special(args: &[String], voice: Voice) -> bool {
    let Some(name) = args.first() else { return false };
    voice != Voice::Bash && TABLE.iter().any(|(n, _, _, special)| n == name && *special)
}

/// The names of all builtins of a voice.
pub fn names(voice: Voice) -> Vec<&'static str> {
    TABLE.iter().map(|entry| entry.0).filter(|name| find(name, voice).is_some()).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_sorted() {
        assert!(super::TABLE.windows(2).all(|w| w[0].0 < w[1].0));
    }
}
