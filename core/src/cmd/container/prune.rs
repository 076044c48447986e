//! `docker container prune`.

use crate::base::units::human_size;
use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until};
use crate::engine::container::{Pruned, prune};
use crate::engine::filter::Filters;
use crate::grammar::Invocation;

/// `docker container prune [OPTIONS]`.
pub const COMMAND: Command = Command::new("container prune", run);

const QUESTION: &str =
    "WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] ";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    if !call.bool("force") {
        match cli.confirm(QUESTION) {
            None => return Ok(Flow::Input(Until::Line)),
            Some(false) => return DONE,
            Some(true) => {}
        }
    }
    let pruned = prune(cli.world()?, &Filters::new(call.filters()))?;
    cli.out(&deleted(&pruned));
    cli.out(&format!("Total reclaimed space: {}\n", human_size(pruned.reclaimed as f64)));
    DONE
}

/// The list of what went and an empty line; nothing where nothing did.
pub fn deleted(pruned: &Pruned) -> String {
    if pruned.removed.is_empty() {
        return String::new();
    }
    let ids: String = pruned.removed.iter().map(|id| format!("{id}\n")).collect();
    format!("Deleted Containers:\n{ids}\n")
}
