//! `docker container start`.

use super::attach::Attached;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::{Start, find, start};
use crate::grammar::Invocation;
use crate::kernel::Applet;

/// `docker start [OPTIONS] CONTAINER [CONTAINER...]`.
pub const COMMAND: Command = Command::new("container start", run);

/// `start -a` waits as an attached client does.
pub const APPLETS: &[Applet] = &[];

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    if call.bool("attach") || call.bool("interactive") {
        return attached(cli, call);
    }
    let mut failed = vec![];
    for name in &call.args {
        match start_one(cli, name) {
            Ok(()) => cli.out(&format!("{name}\n")),
            Err(failure) => {
                cli.report(&failure);
                failed.push(name.as_str());
            }
        }
    }
    if failed.is_empty() {
        return Ok(Flow::Exit(0));
    }
    Err(Failure::new(format!("failed to start containers: {}", failed.join(", "))))
}

fn start_one(cli: &mut Cli<'_, '_>, name: &str) -> Result<(), Failure> {
    let world = cli.world()?;
    let id = find(world, name)?;
    match start(world, id)? {
        Start::Failed(error, _) => Err(error.into()),
        Start::Running | Start::Already => Ok(()),
    }
}

fn attached(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    if call.args.len() > 1 {
        return Err(Failure::new("you cannot start and attach multiple containers at once"));
    }
    let name = call.arg(0);
    let id = find(cli.world()?, name)?;
    let mut client = Attached::new(cli, id, call)?;
    client.with_input(call.bool("interactive"));
    start_one(cli, name)?;
    client.of_this_run(cli.world()?);
    Ok(Flow::Wait("docker container attach", Box::new(client)))
}
