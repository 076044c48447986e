//! Docker's command line: which commands and options there are, what they accept, how their help and
//! their errors read.
//!
//! `commands.txt` is the one table. It gives parsing ([`parse`]), usage and help ([`help`]),
//! completion ([`complete`]) and the reference pages ([`reference()`]). The words `docker` was called with go in, and out comes
//! either an [`Invocation`] to run, or the text that the grammar itself answers with.
//!
//! ```
//! use drydock::grammar::{Parsed, parse};
//! let words: Vec<String> = ["stop", "-t=0", "web"].map(String::from).to_vec();
//! let Parsed::Run(call) = parse(&words) else { panic!() };
//! assert_eq!((call.name(), call.int("timeout"), call.arg(0)), ("container stop", 0, "web"));
//! ```
//!
//! # Adding a command
//! Add a block to `commands.txt` (its head says how to write one), name it in the `commands:` or
//! `more:` line of its group, and write its file under `cmd/`. Help, usage errors and completion
//! follow by themselves. A new form of value is one arm in `value/mod.rs`.

mod complete;
mod help;
mod invocation;
mod parse;
mod reference;
mod scan;
mod state;
mod suggest;
mod table;
mod value;

pub use complete::{Candidate, Kind, Names, complete};
pub use help::help;
pub use invocation::{Globals, Invocation, Setting};
pub use parse::{Done, Parsed, parse};
pub use reference::reference;
pub use state::{State, States};
pub use suggest::nearest;
pub use table::{Absent, Arity, Command, Flag, Found, Listing, Table, table};
pub use value::{Mount, NetworkChoice, Ulimit};
pub use value::{parse_bool, parse_mount, parse_network, parse_ulimit, read_csv};
