//! `events`: which of the remembered events a client wants.

use crate::base::Time;
use crate::engine::filter::Filters;
use crate::model::{Event, EventType, World};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// Actions that are told apart from what follows a colon only where the filter has a colon.
const WITH_DETAIL: [&str; 3] = ["health_status", "exec_create", "exec_start"];

/// What a client wants to hear of. Filters that Docker does not know pass everything, as they do there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFilter(Vec<(String, String)>);

impl EventFilter {
    /// Takes over names and values.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// True where the filters take the event.
    pub fn takes(&self, event: &Event) -> bool {
        let filters = Filters::new(self.0.clone());
        let name = event.attributes.get("name").map_or("", String::as_str);
        let begins = |filter: &str| {
            !filters.has(filter)
                || filters.values(filter).any(|v| event.actor.starts_with(v) || name.starts_with(v))
        };
        takes_action(&filters, &event.action)
            && filters.exact("type", event.kind.word())
            && filters.exact("scope", "local")
            && ["container", "daemon", "network", "plugin", "volume", "node", "service", "secret", "config"]
                .iter()
                .all(|filter| begins(filter))
            && takes_image(&filters, event)
            && filters.labels("label", &event.attributes)
    }
}

fn takes_action(filters: &Filters, action: &str) -> bool {
    if filters.values("event").any(|v| WITH_DETAIL.contains(&v)) {
        return filters.values("event").any(|v| action.starts_with(v));
    }
    filters.exact("event", action)
}

fn takes_image(filters: &Filters, event: &Event) -> bool {
    let key = if event.kind == EventType::Image { "name" } else { "image" };
    let name = event.attributes.get(key).map_or("", String::as_str);
    let plain = |text: &str| {
        crate::base::Reference::parse(text).map_or_else(|_| text.to_string(), |r| r.familiar_name())
    };
    filters.exact("image", &event.actor)
        || filters.exact("image", name)
        || filters.exact("image", &plain(&event.actor))
        || filters.exact("image", &plain(name))
}

/// The remembered events after the one of this number, oldest first.
pub fn events_after(world: &World, number: u64) -> Vec<Arc<Event>> {
    let first = world.events_seen.saturating_sub(world.events.len() as u64);
    let skip = usize::try_from(number.saturating_sub(first)).unwrap_or(usize::MAX);
    world.events.iter().skip(skip).cloned().collect()
}

/// An event as the API writes it.
pub fn wire(event: &Event) -> Value {
    let Time(nanos) = event.time;
    json!({
        "Type": event.kind.word(),
        "Action": event.action,
        "Actor": { "ID": event.actor, "Attributes": event.attributes },
        "scope": "local",
        "time": event.time.unix_secs(),
        "timeNano": nanos,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_as_in_docker() {
        let event = |action: &str| Event {
            time: Time(0),
            kind: EventType::Container,
            action: action.into(),
            actor: "abcdef".into(),
            attributes: [("name", "web"), ("image", "busybox:1.36"), ("tier", "front")]
                .map(|(k, v)| (k.to_string(), v.to_string()))
                .into(),
        };
        let takes = |pairs: &[(&str, &str)], action: &str| {
            let pairs = pairs.iter().map(|(k, v)| ((*k).to_string(), (*v).to_string())).collect();
            EventFilter::new(pairs).takes(&event(action))
        };
        for (pairs, action, want) in [
            (&[][..], "start", true),
            (&[("container", "we")], "start", true),
            (&[("container", "abc")], "start", true),
            (&[("container", "other")], "start", false),
            (&[("event", "exec_start")], "exec_start: sh", true),
            (&[("event", "exec_die")], "exec_die", true),
            (&[("event", "start"), ("event", "die")], "die", true),
            (&[("event", "star")], "start", false),
            (&[("image", "busybox")], "start", true),
            (&[("image", "alpine")], "start", false),
            (&[("label", "tier=front"), ("type", "container")], "start", true),
            (&[("type", "network")], "start", false),
            (&[("bogus", "1")], "start", true),
        ] {
            assert_eq!(takes(pairs, action), want, "{pairs:?} {action}");
        }
    }
}
