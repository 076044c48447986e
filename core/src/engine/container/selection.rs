//! The filters of `ps`: which containers they take.

use crate::base::{Digest, ObjectId, Time};
use crate::engine::{filter::Filters, image};
use crate::model::{Container, EngineError, World};
use std::collections::BTreeSet;

const KNOWN: [&str; 15] = [
    "ancestor",
    "before",
    "exited",
    "expose",
    "health",
    "id",
    "is-task",
    "isolation",
    "label",
    "name",
    "network",
    "publish",
    "since",
    "status",
    "volume",
];
const STATES: [&str; 7] = ["created", "running", "paused", "restarting", "removing", "exited", "dead"];
const HEALTH: [&str; 4] = ["none", "starting", "healthy", "unhealthy"];

/// Filters, checked and looked up.
pub(super) struct Selection<'a> {
    filters: &'a Filters,
    exited: Vec<i32>,
    before: Option<(Time, ObjectId)>,
    since: Option<(Time, ObjectId)>,
    images: BTreeSet<Digest>,
    expose: BTreeSet<(u16, String)>,
    publish: BTreeSet<(u16, String)>,
    /// `is-task`: nothing here is one.
    none: bool,
}

impl<'a> Selection<'a> {
    /// Checks the filters of a listing.
    ///
    /// # Errors
    /// Invalid in Docker's words; not found for the container of `before` and `since`.
    pub(super) fn new(world: &World, filters: &'a Filters) -> Result<Self, EngineError> {
        if filters.has("") {
            return Err(EngineError::invalid("invalid filter"));
        }
        filters.check(&KNOWN)?;
        let none = filters.switch("is-task")? == Some(true);
        let mut exited = vec![];
        for text in filters.values("exited") {
            exited.push(text.parse().map_err(|_| {
                EngineError::invalid(format!(
                    "invalid filter 'exited={text}': strconv.Atoi: parsing {}: invalid syntax",
                    crate::base::go_text::quote(text)
                ))
            })?);
        }
        words(filters, "status", "state", &STATES)?;
        words(filters, "health", "health", &HEALTH)?;
        Ok(Self {
            exited,
            before: moment(world, filters, "before")?,
            since: moment(world, filters, "since")?,
            images: ancestors(world, filters),
            expose: ports(filters, "expose")?,
            publish: ports(filters, "publish")?,
            filters,
            none,
        })
    }

    /// True where all filters take the container.
    pub(super) fn takes(&self, world: &World, c: &Container) -> bool {
        let filters = self.filters;
        let place = (c.created, c.id);
        let slashed = format!("/{}", c.name);
        let health = c.health.as_ref().filter(|_| c.started.is_some()).map_or("none", |h| h.status.as_str());
        !self.none
            && (filters.matches("name", &c.name) || filters.matches("name", &slashed))
            && filters.matches("id", &c.id.to_string())
            && filters.labels("label", &c.config.labels)
            && filters.exact("isolation", &c.host.isolation)
            && filters.exact("status", c.status.word())
            && filters.exact("health", health)
            && (self.exited.is_empty() || self.has_exited(c))
            && self.before.is_none_or(|b| place < b)
            && self.since.is_none_or(|s| place > s)
            && (!filters.has("ancestor") || self.images.contains(&c.image))
            && (!filters.has("volume") || self.has_volume(c))
            && (!filters.has("network") || self.has_network(world, c))
            && self.has_ports(c)
    }

    fn has_exited(&self, c: &Container) -> bool {
        self.exited.contains(&c.exit_code) && !c.status.is_alive() && c.finished.is_some()
    }

    fn has_volume(&self, c: &Container) -> bool {
        c.mounts.iter().any(|m| {
            let source = m.name.as_deref().unwrap_or(&m.source);
            self.filters.values("volume").any(|v| v == source || v == m.destination)
        })
    }

    fn has_network(&self, world: &World, c: &Container) -> bool {
        let of = |wanted: &str| {
            c.endpoints.iter().any(|(name, endpoint)| {
                let id = endpoint.network.or_else(|| crate::engine::network::find(world, name).ok());
                let prefix = !wanted.is_empty() && id.is_some_and(|id| id.to_string().starts_with(wanted));
                name == wanted || prefix
            })
        };
        self.filters.values("network").any(of)
    }

    /// `publish` looks at ports of the host, `expose` at those of the container.
    fn has_ports(&self, c: &Container) -> bool {
        if self.expose.is_empty() && self.publish.is_empty() {
            return true;
        }
        let split = |key: &str| {
            let (port, protocol) = key.split_once('/').unwrap_or((key, "tcp"));
            (port.parse::<u16>().unwrap_or(0), protocol.to_string())
        };
        let exposed = c.config.exposed_ports.iter().flatten().map(|(key, _)| key).chain(c.ports.keys());
        let mut exposed = exposed.map(|key| split(key));
        let asked = c.host.port_bindings.iter().filter_map(|(key, b)| Some((key, b.as_ref()?)));
        let mut published = asked.chain(&c.ports).flat_map(|(key, bindings)| {
            let (_, protocol) = split(key);
            bindings.iter().map(move |b| (b.host_port.parse::<u16>().unwrap_or(0), protocol.clone()))
        });
        exposed.any(|p| self.expose.contains(&p)) || published.any(|p| self.publish.contains(&p))
    }
}

fn words(filters: &Filters, name: &str, what: &str, known: &[&str]) -> Result<(), EngineError> {
    match filters.values(name).find(|v| !known.contains(v)) {
        None => Ok(()),
        Some(v) => Err(EngineError::invalid(format!(
            "invalid filter '{name}={v}': invalid value for {what} ({v}): must be one of {}",
            known.join(", ")
        ))),
    }
}

/// When the container of `before` or `since` was made.
fn moment(world: &World, filters: &Filters, name: &str) -> Result<Option<(Time, ObjectId)>, EngineError> {
    let mut found = None;
    for reference in filters.values(name) {
        let id = super::find(world, reference)?;
        found = world.container(id).map(|c| (c.created, id));
    }
    Ok(found)
}

/// The images of `ancestor` and those built on them.
fn ancestors(world: &World, filters: &Filters) -> BTreeSet<Digest> {
    let mut all = BTreeSet::new();
    for name in filters.values("ancestor") {
        let Ok(found) = image::find(&world.images, name) else { continue };
        let layers = &found.image.config.rootfs.diff_ids;
        all.insert(found.image.id());
        let built_on = |image: &&std::sync::Arc<crate::model::Image>| {
            !layers.is_empty() && image.config.rootfs.diff_ids.starts_with(layers)
        };
        all.extend(world.images.images.values().filter(built_on).map(|image| image.id()));
    }
    all
}

/// Ports of `publish` and `expose`: `80`, `80/udp`, `8000-8090/tcp`.
fn ports(filters: &Filters, name: &str) -> Result<BTreeSet<(u16, String)>, EngineError> {
    let mut all = BTreeSet::new();
    for text in filters.values(name) {
        let bad =
            |why: String| EngineError::invalid(format!("error while looking up for {name} {text}: {why}"));
        let (range, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let number = |which: &str, text: &str| {
            text.parse::<u16>().map_err(|_| {
                let numeric = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                let why = if numeric { "value out of range" } else { "invalid syntax" };
                bad(format!("invalid {which} port '{text}': {why}"))
            })
        };
        if range.is_empty() {
            return Err(bad("empty string specified for ports".into()));
        }
        let (first, last) = (number("start", first)?, number("end", last)?);
        if first > last {
            return Err(bad(format!("invalid port range: {range}")));
        }
        let protocol = protocol.to_lowercase();
        if !matches!(protocol.as_str(), "tcp" | "udp" | "sctp") {
            return Err(bad(format!("invalid protocol: {protocol}")));
        }
        all.extend((first..=last).map(|port| (port, protocol.clone())));
    }
    Ok(all)
}
