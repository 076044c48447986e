//! `docker buildx inspect`: the default builder.

use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;

/// `docker buildx inspect [NAME]`.
pub const COMMAND: Command = Command::new("buildx inspect", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let name = call.arg(0);
    if !name.is_empty() && name != "default" {
        return Err(Failure::new(format!(
            "ERROR: no builder {} found",
            crate::base::go_text::quote(name)
        )));
    }
    cli.out(
        "Name:   default\nDriver: docker\n\nNodes:\nName:      default\nEndpoint:  default\nStatus:    running\n\
         Platforms: linux/amd64\n",
    );
    DONE
}
