//! `docker logout`.

use super::config;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;

/// `docker logout [SERVER]`.
pub const COMMAND: Command = Command::new("logout", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let server = config::server(call.arg(0));
    cli.out(&format!("Removing login credentials for {server}\n"));
    if let Err(e) = config::remember(cli, &server, None) {
        cli.err(&format!("WARNING: could not erase credentials:\n{server}: {}\n", e.text()));
    }
    DONE
}
