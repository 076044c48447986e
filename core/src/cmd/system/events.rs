//! `docker events`: what has happened, and what happens while it waits.

use crate::base::time_format::{parse_timestamp, rfc3339_nano_padded};
use crate::base::Time;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::engine::system::{EventFilter, events_after, wire};
use crate::grammar::Invocation;
use crate::kernel::{Applet, Behave, Step, Sys, Wait};
use crate::model::{Event, World};
use crate::render::inspect::event;
use crate::render::json::{Escape, compact};
use crate::render::template::{Functions, MissingKey, Template};
use serde::{Deserialize, Serialize};

/// `docker events [OPTIONS]`.
pub const COMMAND: Command = Command::new("system events", run);

/// The state of a `docker events`.
pub const APPLETS: &[Applet] = &[Applet::state::<Listening>("docker system events")];

/// A client that listens.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Listening {
    filter: EventFilter,
    format: String,
    since: Option<Time>,
    until: Option<Time>,
    /// The number of the last event it has seen.
    seen: u64,
}

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let format = call.str("format").to_string();
    if !matches!(format.as_str(), "" | "json") {
        check(&format).map_err(|why| Failure::new(format!("Error parsing format: {why}")).code(64))?;
    }
    let world = cli.world()?;
    let now = world.now();
    let moment = |name: &str| {
        let text = call.str(name);
        let parsed = Some(text).filter(|t| !t.is_empty()).map(|t| parse_timestamp(t, now)).transpose();
        parsed.map_err(|e| Failure::new(e.to_string()))
    };
    let (since, until) = (moment("since")?, moment("until")?);
    let past = since.is_some() || until.is_some();
    let state = Listening {
        filter: EventFilter::new(call.filters()),
        format,
        since,
        until,
        seen: if past { 0 } else { world.events_seen },
    };
    Ok(Flow::Wait("docker system events", Box::new(state)))
}

/// Tries a template on an event without content.
fn check(format: &str) -> Result<(), String> {
    let template = Template::parse(format).map_err(|e| e.message)?;
    let empty = event(&wire(&Event {
        time: Time::default(),
        kind: crate::model::EventType::Container,
        action: String::new(),
        actor: String::new(),
        attributes: Default::default(),
    }));
    let mut out = String::new();
    template.execute(&empty, MissingKey::NoValue, Functions::Docker, &mut out).map_err(|e| e.message)
}

impl Behave for Listening {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let Some(world) = sys.daemon::<World>() else { return Step::Exit(1) };
        let news = events_after(world, self.seen);
        self.seen = world.events_seen;
        let now = world.now();
        for event in news {
            let early = self.since.is_some_and(|since| event.time < since);
            let late = self.until.is_some_and(|until| event.time > until);
            if early || late || !self.filter.takes(&event) {
                continue;
            }
            match self.show(&event) {
                Ok(text) => sys.print(&text),
                Err(why) => {
                    sys.eprint(&format!("{why}\n"));
                    return Step::Exit(1);
                }
            }
        }
        match self.until {
            Some(until) if until <= now => Step::Exit(0),
            Some(until) => Step::Block(Wait::daemon().or_until(until)),
            None => Step::Block(Wait::daemon()),
        }
    }
}

impl Listening {
    fn show(&self, happened: &Event) -> Result<String, String> {
        match self.format.as_str() {
            "" => Ok(line(happened)),
            "json" => Ok(compact(&wire(happened), Escape::Plain) + "\n"),
            format => {
                let template = Template::parse(format).map_err(|e| e.message)?;
                let mut out = String::new();
                let data = event(&wire(happened));
                let done = template.execute(&data, MissingKey::NoValue, Functions::Docker, &mut out);
                done.map_err(|e| e.message)?;
                Ok(out + "\n")
            }
        }
    }
}

/// An event as people read it.
fn line(event: &Event) -> String {
    let mut out = format!(
        "{} {} {} {}",
        rfc3339_nano_padded(event.time),
        event.kind.word(),
        event.action,
        event.actor
    );
    if !event.attributes.is_empty() {
        let all: Vec<String> = event.attributes.iter().map(|(k, v)| format!("{k}={v}")).collect();
        out.push_str(&format!(" ({})", all.join(", ")));
    }
    out + "\n"
}
