//! `docker volume create`.

use crate::base::Gather;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::volume::{Create, create};
use crate::grammar::Invocation;

/// `docker volume create [OPTIONS] [VOLUME]`.
pub const COMMAND: Command = Command::new("volume create", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    if call.changed("name") && !call.args.is_empty() {
        return Err(Failure::new(
            "conflicting options: cannot specify a volume-name through both --name and as a positional arg",
        ));
    }
    let name = call.args.first().map_or(call.str("name"), String::as_str);
    let request = Create {
        name: name.to_string(),
        driver: call.str("driver").to_string(),
        options: call.pairs("opt").into_iter().gather(),
        labels: call.pairs("label").into_iter().gather(),
    };
    let name = create(cli.world()?, request)?;
    cli.out(&format!("{name}\n"));
    DONE
}
