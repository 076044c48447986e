//! `GET /events`.

use crate::api::reply::line;
use crate::api::{Answer, Answered, Call, Polled, Refusal, Reply, Stream, Version};
use crate::base::Time;
use crate::base::time_format::parse_timestamp;
use crate::engine::system::{EventFilter, events_after, wire};
use crate::model::{Event, EventType, World};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A client that listens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listening {
    filter: EventFilter,
    since: Option<Time>,
    until: Option<Time>,
    /// The number of the last event it has seen.
    seen: u64,
    /// The version before 1.52 has three more fields.
    older: bool,
}

/// Tells what has happened and what happens.
pub fn events(world: &mut World, call: &Call<'_>) -> Answered {
    let moment = |name: &str| -> Result<Option<Time>, Refusal> {
        let Some(text) = call.query.some(name).filter(|t| *t != "0") else { return Ok(None) };
        parse_timestamp(text, world.now()).map(Some).map_err(|e| Refusal::invalid(e.daemon_text()))
    };
    let (since, until) = (moment("since")?, moment("until")?);
    if since.zip(until).is_some_and(|(since, until)| until < since) {
        let shown = |name: &str| call.query.get(name).to_owned();
        return Err(Refusal::invalid(format!(
            "`since` time ({}) cannot be after `until` time ({})",
            shown("since"),
            shown("until")
        )));
    }
    let past = since.is_some() || until.is_some();
    let older = call.version < Version(1, 52);
    let state = Listening {
        filter: EventFilter::new(call.query.pairs("filters")?),
        since,
        until,
        seen: if past { 0 } else { world.events_seen },
        older,
    };
    let kind = if older { "application/json" } else { "application/jsonl" };
    Ok(Answer::Stream(Reply::empty(200).header("Content-Type", kind), Box::new(Stream::Events(state))))
}

impl Listening {
    /// True where it ends by the clock.
    pub fn ends(&self) -> bool {
        self.until.is_some()
    }

    /// What has happened.
    pub fn poll(&mut self, world: &World) -> Polled {
        let mut bytes = vec![];
        for event in events_after(world, self.seen) {
            let early = self.since.is_some_and(|since| event.time < since);
            let late = self.until.is_some_and(|until| event.time > until);
            if !early && !late && self.filter.takes(&event) {
                bytes.extend(line(&self.describe(&event)));
            }
        }
        bytes.retain(|b| *b != b'\r');
        self.seen = world.events_seen;
        Polled { bytes, done: self.until.is_some_and(|until| until <= world.now()), due: self.until }
    }

    fn describe(&self, event: &Event) -> Value {
        let value = wire(event);
        let legacy = matches!(event.kind, EventType::Container | EventType::Image);
        let Value::Object(fields) = value else { return value };
        if !self.older || !legacy {
            return Value::Object(fields);
        }
        let mut out = serde_json::Map::new();
        out.insert("status".into(), json!(event.action));
        out.insert("id".into(), json!(event.actor));
        if let Some(image) = event.attributes.get("image").filter(|_| event.kind == EventType::Container) {
            out.insert("from".into(), json!(image));
        }
        out.extend(fields);
        Value::Object(out)
    }
}
