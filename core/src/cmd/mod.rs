//! Floor 6: the `docker` program. One file a command, named as upstream names it: the work of one invocation,
//! from options that the grammar has parsed to the bytes a user sees.
//!
//! To add a command, write its file with a `pub const COMMAND: Command` and put its name into the list
//! below. A command that waits goes on as a state of its own ([`Flow::Wait`]), which its file lists in
//! `pub const APPLETS`; it stands under `waits`. What several commands of a group share stands under `shared`.

mod cli;
mod docker;
mod edge;
pub mod endpoint;
pub mod settings;

#[cfg(test)]
mod accounting;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use cli::{Cli, DONE, Failure, Flow, Until, daemon_text, template_failure};
pub use docker::Docker;

use crate::grammar::Invocation;
use crate::kernel::{Applet, Program};

/// What runs a command.
pub type Run = fn(&mut Cli<'_, '_>, &Invocation) -> Result<Flow, Failure>;

/// A command of `docker`.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// Its canonical name in the grammar, such as `container ls`.
    pub name: &'static str,
    /// Its work.
    pub run: Run,
}

impl Command {
    /// A command under its canonical name.
    pub const fn new(name: &'static str, run: Run) -> Self {
        Self { name, run }
    }
}

macro_rules! commands {
    ($($group:ident { $($file:ident),* } waits { $($waiting:ident),* } shared { $($shared:ident),* })*) => {
        $(
            /// Commands of one object.
            pub mod $group {
                $(pub mod $file;)*
                $(pub mod $waiting;)*
                $(pub mod $shared;)*
            }
        )*

        /// Every command there is.
        pub const COMMANDS: &[Command] = &[
            $($($group::$file::COMMAND,)* $($group::$waiting::COMMAND,)*)*
        ];

        /// `docker` itself, and the states of commands that wait.
        pub const PROGRAMS: &[&[Applet]] = &[docker::APPLETS, $($($group::$waiting::APPLETS,)*)*];
    };
}

commands! {
    container {
        commit, cp, create, diff, export, inspect, kill, ls, pause, port, prune, rename, rm, top, unpause, update
    } waits { attach, exec, logs, restart, run, start, stats, stop, wait } shared { options, streams }
    builder {
        create, du, inspect, ls, prune, rm, stop, use_builder, version
    } waits { } shared { facts, records }
    history { inspect, logs, ls, rm } waits { } shared { shown }
    context {
        create, export, import, inspect, ls, rm, show, update, use_context
    } waits { } shared { store, transport }
    image {
        history, import, inspect, load, ls, prune, push, rm, save, tag
    } waits { build, pull } shared {
        moving, overview, build_cache, build_call, build_context, build_display, build_extras, build_options, build_output, build_record, build_report,
        build_sources
    }
    bake { } waits { bake } shared { compose, definition, hcl, hcl_functions, hcl_value }
    manifest {
        annotate, create, imagetools, imagetools_create, inspect, push, rm
    } waits { } shared { imagetools_template, lists }
    plugin { ls } waits { } shared { }
    network { connect, create, disconnect, inspect, ls, prune, rm } waits { } shared { }
    registry { logout, search } waits { login } shared { config }
    system { df, info, inspect, prune, version } waits { events } shared { objects }
    volume { create, inspect, ls, prune, rm } waits { } shared { }
}

/// The bytes that detach a client from its container; none where the program is no such client.
pub fn detach_keys(program: &dyn Program) -> Option<&[u8]> {
    let program = program.as_any();
    let attached = program.downcast_ref::<container::attach::Attached>().map(|client| client.keys());
    attached.or_else(|| program.downcast_ref::<container::exec::Attached>().map(|client| client.keys()))
}

/// The command of a canonical name.
pub fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}
