//! `docker container update`.

use super::options::{resources, restart_policy};
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::{Update, update};
use crate::grammar::Invocation;

/// `docker update [OPTIONS] CONTAINER [CONTAINER...]`.
pub const COMMAND: Command = Command::new("container update", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    if call.settings.is_empty() {
        return Err(Failure::new("you must provide one or more flags when using this command"));
    }
    let mut request = Update::default();
    if let Some(text) = call.get("restart") {
        request.restart_policy = Some(restart_policy(text).map_err(Failure::new)?);
    }
    resources(call, &mut request.limits);
    let mut warnings = vec![];
    let flow = cli.each(&call.args, |cli, name| {
        warnings.extend(update(cli.world()?, name, &request)?);
        Ok(format!("{name}\n"))
    });
    for warning in warnings {
        cli.out(&format!("{warning}\n"));
    }
    flow
}
