//! `docker buildx inspect`: the default builder.

use super::facts;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;

/// `docker buildx inspect [NAME]`.
pub const COMMAND: Command = Command::new("buildx inspect", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    facts::check(call.arg(0))?;
    let name = facts::NAME;
    cli.out(&format!(
        "Name:   {name}\nDriver: docker\n\nNodes:\nName:             {name}\nEndpoint:         {name}\nStatus:           \
         running\nBuildKit version: {}\nPlatforms:        {}\nLabels:\n org.mobyproject.buildkit.worker.moby.host-gateway-ip: \
         172.17.0.1\n",
        facts::BUILDKIT,
        facts::PLATFORMS.join(", ")
    ));
    DONE
}
