//! `docker container restart`.

use crate::base::ObjectId;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::{self, Stop};
use crate::grammar::Invocation;
use crate::kernel::{Applet, Behave, Step, Sys, Wait};
use serde::{Deserialize, Serialize};

/// `docker restart [OPTIONS] CONTAINER [CONTAINER...]`.
pub const COMMAND: Command = Command::new("container restart", run);

/// The state of a `docker restart` that waits for its containers to end and to run again.
pub const APPLETS: &[Applet] = &[Applet::state::<Restarting>("docker container restart")];

/// Containers to restart one after the other; each name is printed when it has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Restarting {
    names: Vec<String>,
    how: (Option<i64>, Option<String>),
    /// The container that is being stopped.
    current: Option<ObjectId>,
    code: i32,
}

fn run(_: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let timeout = call.changed("timeout").then(|| call.int("timeout"));
    let how = (timeout, call.get("signal").map(str::to_string));
    let state = Restarting { names: call.args.clone(), how, ..Restarting::default() };
    Ok(Flow::Wait("docker container restart", Box::new(state)))
}

impl Restarting {
    /// Begins with a container, or looks how far it is; true once it is done with.
    fn advance(&mut self, cli: &mut Cli<'_, '_>, name: &str) -> Result<bool, Failure> {
        let world = cli.world()?;
        let id = match self.current {
            Some(id) => id,
            None => {
                let how = Stop { timeout: self.how.0, signal: self.how.1.clone() };
                let id = container::find(world, name)?;
                let failed = match container::restart(world, name, &how).map_err(|e| cannot(name, &e.message))? {
                    container::Start::Failed(error, _) => Some(error.message),
                    _ => None,
                };
                if let Some(message) = failed {
                    return Err(cannot(name, &message));
                }
                self.current = Some(id);
                id
            }
        };
        let Some(container) = world.container(id) else { return Ok(true) };
        if container.stopping.is_some() {
            return Ok(false);
        }
        if !container.status.is_alive() && !container.error.is_empty() {
            return Err(cannot(name, &container.error));
        }
        Ok(true)
    }
}

fn cannot(name: &str, message: &str) -> Failure {
    Failure::new(format!("Error response from daemon: Cannot restart container {name}: {message}"))
}

impl Behave for Restarting {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        while let Some(name) = self.names.first().cloned() {
            let mut cli = Cli::new(sys);
            match self.advance(&mut cli, &name) {
                Ok(true) => cli.out(&format!("{name}\n")),
                Ok(false) => return Step::Block(Wait::daemon()),
                Err(failure) => {
                    cli.report(&failure);
                    self.code = 1;
                }
            }
            self.current = None;
            self.names.remove(0);
        }
        Step::Exit(self.code)
    }
}
