//! The operations of the daemon that change nothing by themselves: a command that is one passes the door for it, where
//! faults strike and the journal is written. All others pass it in the engine.

use super::{Cli, Failure};
use crate::engine::door;
use crate::grammar::Invocation;
use crate::model::Operation;

/// Passes the door for a command.
///
/// # Errors
/// Those of faults.
pub fn enter(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<(), Failure> {
    let Some(operation) = operation(call.name()) else { return Ok(()) };
    let name = match operation {
        Operation::Build => call.list("tag").first().cloned().unwrap_or_default(),
        _ => call.args.first().cloned().unwrap_or_default(),
    };
    door::enter(cli.world()?, operation, &name).map_err(|error| {
        let failure = Failure::from(error);
        let mark = if call.command.is_buildx() { "ERROR: " } else { "" };
        Failure { stderr: format!("{mark}{}", failure.stderr), ..failure }
    })
}

fn operation(command: &str) -> Option<Operation> {
    Some(match command {
        "version" => Operation::Version,
        "system info" => Operation::Info,
        "system events" => Operation::Events,
        "system df" => Operation::DiskUsage,
        "image build" | "buildx build" | "builder build" => Operation::Build,
        "image ls" => Operation::ListImages,
        "image inspect" => Operation::InspectImage,
        "container ls" => Operation::List,
        "container inspect" | "inspect" => Operation::Inspect,
        "container logs" => Operation::Logs,
        "container attach" => Operation::Attach,
        "container wait" => Operation::Wait,
        "container stats" => Operation::Stats,
        _ => return None,
    })
}
