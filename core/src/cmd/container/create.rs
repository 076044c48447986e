//! `docker container create`.

use super::run;
use crate::cmd::image::pull::pull_first;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;

/// `docker create [OPTIONS] IMAGE [COMMAND] [ARG...]`.
pub const COMMAND: Command = Command::new("container create", create);

fn create(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let request = run::request(cli, call)?;
    if let Some(flow) = pull_first(cli, &request.config.image, call)? {
        return Ok(flow);
    }
    let created = run::make(cli, call, request)?;
    cli.out(&format!("{}\n", created.id));
    DONE
}
