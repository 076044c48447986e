//! `docker context create`.

use super::store::{self, Context};
use super::transport::endpoint;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;

/// `docker context create [OPTIONS] CONTEXT`.
pub const COMMAND: Command = Command::new("context create", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let name = call.arg(0);
    store::check_new(cli, name)?;
    let from = call.str("from");
    let mut context = if !from.is_empty() || !call.changed("docker") {
        if call.changed("docker") {
            return Err(Failure::new("cannot use --docker flag when --from is set"));
        }
        let model = if from.is_empty() { store::current(cli) } else { from.to_owned() };
        store::load(cli, &model)?
    } else {
        let wrong = |e: Failure| Failure {
            stderr: format!("unable to create docker endpoint config: {}", e.stderr),
            ..e
        };
        let fields = call.map("docker");
        endpoint(cli, &fields, Context::default()).map_err(wrong)?
    };
    if call.changed("description") {
        context.describe(call.str("description"));
    }
    context.name = name.to_owned();
    store::save(cli, &context)?;
    cli.out(&format!("{name}\n"));
    cli.err(&format!("Successfully created context {name:?}\n"));
    DONE
}
