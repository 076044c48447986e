//! `docker container wait`.

use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::find;
use crate::grammar::Invocation;
use crate::kernel::{Applet, Behave, Step, Sys, Wait};
use crate::model::{Status, World};
use serde::{Deserialize, Serialize};

/// `docker wait CONTAINER [CONTAINER...]`.
pub const COMMAND: Command = Command::new("container wait", run);

/// The state of a `docker wait` that waits.
pub const APPLETS: &[Applet] = &[Applet::state::<Waiting>("docker container wait")];

/// Containers still to be waited for, in the order given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    names: Vec<String>,
    code: i32,
}

fn run(_: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    Ok(Flow::Wait("docker container wait", Box::new(Waiting { names: call.args.clone(), code: 0 })))
}

impl Behave for Waiting {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        while let Some(name) = self.names.first().cloned() {
            let mut cli = Cli::new(sys);
            match ended(&mut cli, &name) {
                Ok(Some(code)) => cli.out(&format!("{code}\n")),
                Ok(None) => return Step::Block(Wait::daemon()),
                Err(failure) => self.code = cli.report(&failure),
            }
            self.names.remove(0);
        }
        Step::Exit(self.code)
    }
}

fn ended(cli: &mut Cli<'_, '_>, name: &str) -> Result<Option<i32>, Failure> {
    let world: &World = cli.world()?;
    let id = find(world, name)?;
    let container = world.container_or_departed(id);
    Ok(container.filter(|c| !c.status.is_alive() && c.status != Status::Restarting).map(|c| c.exit_code))
}
