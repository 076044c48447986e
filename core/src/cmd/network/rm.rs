//! `docker network rm`.

use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::network::remove;
use crate::grammar::Invocation;
use crate::model::ErrorKind;

/// `docker network rm NETWORK [NETWORK...]`.
pub const COMMAND: Command = Command::new("network rm", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let mut failed = None;
    for name in &call.args {
        match remove(cli.world()?, name) {
            Ok(()) => cli.out(&format!("{name}\n")),
            Err(e) if call.bool("force") && e.kind == ErrorKind::NotFound => {}
            Err(e) => {
                failed = Some(e.hint.clone());
                cli.report(&e.into());
            }
        }
    }
    match failed {
        Some(hint) => Err(Failure { hint, ..Failure::new("exit status 1") }),
        None => DONE,
    }
}
