//! `docker network prune`.

use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until};
use crate::engine::filter::Filters;
use crate::engine::network::prune;
use crate::grammar::Invocation;

/// `docker network prune [OPTIONS]`.
pub const COMMAND: Command = Command::new("network prune", run);

const QUESTION: &str = "WARNING! This will remove all custom networks not used by at least one container.\nAre you sure you want to continue? [y/N] ";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    if !call.bool("force") {
        match cli.confirm(QUESTION) {
            None => return Ok(Flow::Input(Until::Line)),
            Some(false) => return DONE,
            Some(true) => {}
        }
    }
    let deleted = prune(cli.world()?, &Filters::new(call.filters()))?;
    cli.out(&report(&deleted));
    DONE
}

/// What a prune prints; nothing where nothing went.
pub fn report(deleted: &[String]) -> String {
    match deleted {
        [] => String::new(),
        names => format!("Deleted Networks:\n{}\n\n", names.join("\n")),
    }
}
