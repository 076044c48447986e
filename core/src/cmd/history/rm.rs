//! `docker buildx history rm`.

use super::shown;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::build::forget_past;
use crate::grammar::Invocation;

/// `docker buildx history rm [OPTIONS] [REF...]`.
pub const COMMAND: Command = Command::new("buildx history rm", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let all = call.bool("all");
    if all != call.args.is_empty() {
        return Err(Failure::new(if all {
            "ERROR: rm requires either --all or at least one argument, not both"
        } else {
            "ERROR: rm requires at least one argument"
        }));
    }
    if all {
        cli.world()?.build_cache.history.clear();
        return DONE;
    }
    let found = call.args.iter().map(|wanted| shown::find(cli, wanted)).collect::<Result<Vec<_>, _>>()?;
    for build in found {
        forget_past(cli.world()?, &build.reference);
    }
    DONE
}
