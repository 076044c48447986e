//! `docker container logs`.

use crate::base::time_format::parse_timestamp;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::{collect_output, find};
use crate::engine::container::logs::{Line, Reader, Wanted};
use crate::grammar::Invocation;
use crate::kernel::{Applet, Behave, Step, Stream, Sys, Wait};
use crate::model::World;
use serde::{Deserialize, Serialize};

/// `docker logs [OPTIONS] CONTAINER`.
pub const COMMAND: Command = Command::new("container logs", run);

/// A `docker logs -f` that waits for more.
pub const APPLETS: &[Applet] = &[Applet::state::<Following>("docker container logs")];

/// A client that prints a log.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Following(Reader);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let world = cli.world()?;
    let id = find(world, call.arg(0))?;
    // What was printed in this very round is not collected yet.
    collect_output(world, id);
    let world: &World = world;
    let moment = |flag: &str| match call.get(flag).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => parse_timestamp(text, world.now())
            .map(Some)
            .map_err(|e| Failure::new(format!("invalid value for \"{flag}\": {e}"))),
    };
    let wanted = Wanted {
        since: moment("since")?,
        until: moment("until")?,
        tail: call.str("tail").parse().ok(),
        timestamps: call.bool("timestamps"),
        details: call.bool("details"),
    };
    let (reader, lines) = Reader::open(world, id, wanted)?;
    let alive = world.container(id).is_some_and(|c| c.status.is_alive());
    let state = Following(reader);
    state.print(cli.sys, &lines);
    if call.bool("follow") && alive {
        return Ok(Flow::Wait("docker container logs", Box::new(state)));
    }
    Ok(Flow::Exit(0))
}

impl Following {
    fn print(&self, sys: &mut Sys<'_>, lines: &[Line]) {
        for line in lines {
            sys.write(if line.stream == Stream::Stdout { 1 } else { 2 }, &self.0.text(line));
        }
    }
}

impl Behave for Following {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let Some(world) = sys.daemon::<World>() else { return Step::Exit(1) };
        let (lines, over) = (self.0.more(world), self.0.is_over(world));
        self.print(sys, &lines);
        match self.0.until() {
            _ if over => Step::Exit(0),
            Some(until) => Step::Block(Wait::daemon().or_until(until)),
            None => Step::Block(Wait::daemon()),
        }
    }
}
