//! `docker context update`.

use super::store;
use super::transport::endpoint;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;

/// `docker context update [OPTIONS] CONTEXT`.
pub const COMMAND: Command = Command::new("context update", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let name = call.arg(0);
    store::check_name(name)?;
    let mut context = store::load(cli, name)?;
    if !call.str("description").is_empty() {
        context.describe(call.str("description"));
    }
    if call.changed("docker") {
        let wrong = |e: Failure| Failure {
            stderr: format!("unable to create docker endpoint config: {}", e.stderr),
            ..e
        };
        context = endpoint(cli, &call.map("docker"), context).map_err(wrong)?;
    }
    store::save(cli, &context)?;
    cli.out(&format!("{name}\n"));
    cli.err(&format!("Successfully updated context {name:?}\n"));
    DONE
}
