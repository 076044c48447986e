//! `docker container stop`.

use crate::base::ObjectId;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::{Stop, stop};
use crate::grammar::Invocation;
use crate::kernel::{Applet, Behave, Step, Sys, Wait};
use crate::model::World;
use serde::{Deserialize, Serialize};

/// `docker stop [OPTIONS] CONTAINER [CONTAINER...]`.
pub const COMMAND: Command = Command::new("container stop", run);

/// The state of a `docker stop` that waits for its containers to end.
pub const APPLETS: &[Applet] = &[Applet::state::<Stopping>("docker container stop")];

/// Containers that were told to stop; each name is printed when it has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Stopping {
    targets: Vec<(String, ObjectId)>,
    code: i32,
}

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let how = Stop {
        timeout: call.changed("timeout").then(|| call.int("timeout")),
        signal: call.get("signal").map(str::to_string),
    };
    let mut state = Stopping::default();
    for name in &call.args {
        match stop(cli.world()?, name, &how) {
            Ok(id) => state.targets.push((name.clone(), id)),
            Err(e) => {
                cli.report(&e.into());
                state.code = 1;
            }
        }
    }
    Ok(Flow::Wait("docker container stop", Box::new(state)))
}

impl Behave for Stopping {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        while let Some((name, id)) = self.targets.first().cloned() {
            let alive = |world: &mut World| world.container(id).is_some_and(|c| c.status.is_alive());
            if sys.daemon::<World>().is_some_and(alive) {
                return Step::Block(Wait::daemon());
            }
            sys.print(&format!("{name}\n"));
            self.targets.remove(0);
        }
        Step::Exit(self.code)
    }
}
