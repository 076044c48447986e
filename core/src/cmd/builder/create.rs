//! `docker buildx create`: builders beside the daemon's own run in containers or elsewhere, which is not simulated.

use crate::base::go_text::quote;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::grammar::Invocation;

/// `docker buildx create [OPTIONS] [CONTEXT|ENDPOINT]`.
pub const COMMAND: Command = Command::new("buildx create", run);

fn run(_: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let text = match call.str("driver") {
        "docker" => "additional instances of driver \"docker\" cannot be created".to_owned(),
        "" => "a builder with the docker-container driver is not simulated by Drydock".to_owned(),
        known @ ("docker-container" | "kubernetes" | "remote" | "cloud") => {
            format!("a builder with the {known} driver is not simulated by Drydock")
        }
        other => format!("failed to find driver {}", quote(other)),
    };
    Err(Failure::new(format!("ERROR: {text}")))
}
