//! `docker buildx rm`: the builder of the daemon stays.

use super::facts;
use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until};
use crate::grammar::Invocation;

/// `docker buildx rm [OPTIONS] [NAME...]`.
pub const COMMAND: Command = Command::new("buildx rm", run);

const QUESTION: &str = "WARNING! This will remove all builders that are not in running state. Are you sure you want to \
                        continue? [y/N] ";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    if call.bool("all-inactive") {
        if !call.bool("force") && cli.confirm(QUESTION).is_none() {
            return Ok(Flow::Input(Until::Line));
        }
        return DONE;
    }
    let names = if call.args.is_empty() { vec![facts::NAME.to_owned()] } else { call.args.clone() };
    for name in &names {
        let why = match facts::check(name) {
            Ok(()) => format!(
                "context builder cannot be removed, run `docker context rm {name}` to remove this context\n"
            ),
            Err(missing) => missing.stderr.trim_start_matches("ERROR: ").to_owned(),
        };
        cli.err(&format!("failed to remove {name}: {why}"));
    }
    Err(Failure::new("ERROR: failed to remove one or more builders"))
}
