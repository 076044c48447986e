//! `docker context rm`.

use super::store::{self, DEFAULT};
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::grammar::Invocation;

/// `docker context rm CONTEXT [CONTEXT...]`.
pub const COMMAND: Command = Command::new("context rm", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let force = call.bool("force");
    let current = store::current(cli);
    cli.each(&call.args, |cli, name| {
        if name == DEFAULT {
            return Err(Failure::new("context \"default\" cannot be removed"));
        }
        if name == current {
            if !force {
                return Err(Failure::new(format!("context {name:?} is in use, set -f flag to force remove")));
            }
            store::choose(cli, DEFAULT)?;
        }
        if !force && cli.sys.stat(&store::meta_dir(cli, name)).is_err() {
            return Err(Failure::new(format!("context {name:?} does not exist")));
        }
        store::remove(cli, name)?;
        Ok(format!("{name}\n"))
    })
}
