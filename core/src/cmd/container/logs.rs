//! `docker container logs`.

use crate::base::time_format::{parse_timestamp, rfc3339_nano_padded};
use crate::base::{ObjectId, Time};
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::container::find;
use crate::engine::container::logs::{Line, Splitter, check_readable, details};
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
pub struct Following {
    container: Option<ObjectId>,
    timestamps: bool,
    since: Option<Time>,
    until: Option<Time>,
    details: Option<String>,
    /// How many chunks of the container's output have been read.
    read: u64,
    splitter: Splitter,
}

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let now = cli.world()?.now();
    let id = find(cli.world()?, call.arg(0))?;
    let moment = |flag: &str| match call.get(flag).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => parse_timestamp(text, now)
            .map(Some)
            .map_err(|e| Failure::new(format!("invalid value for \"{flag}\": {e}"))),
    };
    let (since, until) = (moment("since")?, moment("until")?);
    let world = cli.world()?;
    let container = world.container(id).ok_or_else(|| Failure::new("No such container"))?;
    check_readable(container)?;
    let mut state = Following {
        container: Some(id),
        timestamps: call.bool("timestamps"),
        since,
        until,
        details: call.bool("details").then(|| details(container)),
        ..Following::default()
    };
    let chunks = container.printed_since(0);
    state.read = container.printed();
    let alive = container.status.is_alive();
    let mut lines = state.splitter.push(&chunks);
    if !alive {
        lines.extend(state.splitter.finish());
    }
    lines.retain(|line| state.wants(line));
    if let Ok(count) = call.str("tail").parse::<usize>() {
        lines.drain(..lines.len().saturating_sub(count));
    }
    state.print(cli.sys, &lines);
    if call.bool("follow") && alive {
        return Ok(Flow::Wait("docker container logs", Box::new(state)));
    }
    Ok(Flow::Exit(0))
}

impl Following {
    fn wants(&self, line: &Line) -> bool {
        self.since.is_none_or(|since| line.time >= since) && self.until.is_none_or(|until| line.time <= until)
    }

    fn print(&self, sys: &mut Sys<'_>, lines: &[Line]) {
        for line in lines {
            let mut text = Vec::new();
            if self.timestamps {
                text.extend(format!("{} ", rfc3339_nano_padded(line.time)).into_bytes());
            }
            if let Some(details) = &self.details {
                text.extend(format!("{details} ").into_bytes());
            }
            text.extend(&line.data);
            sys.write(if line.stream == Stream::Stdout { 1 } else { 2 }, &text);
        }
    }
}

impl Behave for Following {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let now = sys.now();
        let Some(world) = sys.daemon::<World>() else { return Step::Exit(1) };
        let Some(container) = self.container.and_then(|id| world.container_or_departed(id)) else {
            return Step::Exit(0);
        };
        let chunks = container.printed_since(self.read);
        self.read = container.printed();
        let alive = container.status.is_alive();
        let mut lines = self.splitter.push(&chunks);
        if !alive {
            lines.extend(self.splitter.finish());
        }
        lines.retain(|line| self.wants(line));
        self.print(sys, &lines);
        match self.until {
            _ if !alive => Step::Exit(0),
            Some(until) if until <= now => Step::Exit(0),
            Some(until) => Step::Block(Wait::daemon().or_until(until)),
            None => Step::Block(Wait::daemon()),
        }
    }
}
