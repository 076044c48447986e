//! The door that every operation of a client passes: here planned faults strike, and here the journal is written. A
//! world with neither takes no notice of it.
//!
//! Clients come in visits: a `docker` command, a request of the Engine API. A visit that a fault delays is undone, and
//! made again when the delay is over; the second time the same faults strike the same operations.

use crate::base::{Digest, Duration, Reference, Time};
use crate::model::{Cut, Effect, EngineError, Entry, ErrorKind, Fault, Operation, Visit, World};
use serde_json::Value;
use std::sync::Arc;

/// What struck the operations of a visit, in order.
pub(crate) type Verdicts = std::collections::VecDeque<Option<Effect>>;

/// How a visit went.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Left {
    /// To its end.
    Whole,
    /// To its end, but its connection breaks.
    Cut(Cut),
    /// It has been undone, and is to be made again after this time, with these verdicts.
    Delayed(Duration, Verdicts),
}

/// What an operation is about.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct About {
    /// The container, network or volume.
    pub name: String,
    /// The image.
    pub image: String,
    /// What else was asked for.
    pub parameters: Value,
}

impl About {
    /// A network, a volume, or a container that is not there yet.
    pub fn named(name: &str) -> Self {
        Self { name: name.trim_start_matches('/').to_owned(), ..Self::default() }
    }

    /// An image.
    pub fn image(image: &str) -> Self {
        Self { image: spelled(image), ..Self::default() }
    }

    /// The container that a client calls so.
    pub fn container(world: &World, reference: &str) -> Self {
        let found = super::container::find(world, reference).ok().and_then(|id| world.container(id));
        match found {
            Some(c) => Self { image: spelled(&c.config.image), ..Self::named(&c.name) },
            None => Self::named(reference),
        }
    }

    /// The same with what else was asked for.
    pub fn with(self, parameters: Value) -> Self {
        Self { parameters, ..self }
    }
}

/// An image as users write it, with its tag.
pub(crate) fn spelled(image: &str) -> String {
    Reference::parse(image).map_or_else(|_| image.to_owned(), |name| name.or_latest().familiar())
}

/// The world as it was when a visit began; none where nothing can strike it.
#[must_use]
#[derive(Debug)]
pub(crate) struct Opened(Option<Box<World>>);

impl Opened {
    /// True where a fault may strike the visit.
    pub fn can_strike(&self) -> bool {
        self.0.is_some()
    }
}

/// Begins a visit, with what struck it before.
pub(crate) fn open(world: &mut World, over_http: bool, replay: Verdicts) -> Opened {
    if world.faults.armed.is_empty() && replay.is_empty() {
        return Opened(None);
    }
    let before = Box::new(world.clone());
    world.faults.visit = Some(Visit { replay, over_http, ..Visit::default() });
    Opened(Some(before))
}

/// Ends a visit.
pub(crate) fn close(world: &mut World, opened: Opened) -> Left {
    let (Some(before), Some(visit)) = (opened.0, world.faults.visit.take()) else { return Left::Whole };
    if visit.delay.is_some() || visit.undo {
        let (faults, journal) = (world.faults.clone(), world.journal.clone());
        *world = *before;
        world.faults = faults;
        if visit.delay.is_none() {
            world.journal = journal;
        }
    }
    match (visit.delay, visit.cut) {
        (Some(delay), _) => Left::Delayed(delay, visit.made),
        (None, Some(cut)) => Left::Cut(cut),
        (None, None) => Left::Whole,
    }
}

/// True where faults may strike operations or the journal notes them.
pub(crate) fn is_watched(world: &World) -> bool {
    !world.faults.armed.is_empty() || world.faults.visit.is_some() || world.journal.is_some()
}

/// Passes an operation, which takes its time. What is refused leaves the world as it was, and so takes none; but a
/// container that could not start has tried to.
///
/// # Errors
/// That of a fault, or those of the operation.
pub(crate) fn pass<T>(
    world: &mut World,
    operation: Operation,
    about: impl FnOnce(&World) -> About,
    act: impl FnOnce(&mut World) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    let asked = world.now();
    super::durations::take(world, super::durations::of(operation));
    let result = match is_watched(world) {
        true => watch(world, operation, asked, about, act),
        false => act(world),
    };
    if result.is_err() && !matches!(operation, Operation::Start | Operation::Restart) {
        world.kernel.now = asked;
    }
    result
}

/// An operation that faults may strike and the journal may note.
fn watch<T>(
    world: &mut World,
    operation: Operation,
    time: Time,
    about: impl FnOnce(&World) -> About,
    act: impl FnOnce(&mut World) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    let about = about(world);
    let effect = verdict(world, operation, &about)?;
    let result = match effect {
        None => act(world),
        Some(effect) => struck(world, operation, &about, effect, act),
    };
    let error = result.as_ref().err().map(|e| e.message.clone());
    if let Some(journal) = world.journal.as_mut().filter(|_| operation != Operation::Ping) {
        let About { name, image, parameters } = about;
        journal.note(Entry { time, operation, name, image, parameters, error });
    }
    result
}

/// Passes an operation that changes nothing by itself.
///
/// # Errors
/// That of a fault.
pub(crate) fn enter(world: &mut World, operation: Operation, name: &str) -> Result<(), EngineError> {
    let about = |world: &World| match operation {
        Operation::Inspect | Operation::Logs | Operation::Attach | Operation::Wait | Operation::Stats => {
            About::container(world, name)
        }
        Operation::Build | Operation::InspectImage if !name.is_empty() => About::image(name),
        _ => About::named(name),
    };
    pass(world, operation, about, |_| Ok(()))
}

/// The last operation left a trace and so gave no error, but has failed all the same.
pub(crate) fn failed(world: &mut World, error: &EngineError) {
    if let Some(last) = world.journal.as_mut().and_then(|journal| journal.entries.back_mut()) {
        Arc::make_mut(last).error = Some(error.message.clone());
    }
}

/// What strikes an operation.
///
/// # Errors
/// Where the visit is to be made again later; nobody reads it.
fn verdict(world: &mut World, operation: Operation, about: &About) -> Result<Option<Effect>, EngineError> {
    let again = || EngineError::new(ErrorKind::Disconnected, "the daemon takes its time");
    if let Some(visit) = &mut world.faults.visit {
        if visit.delay.is_some() {
            return Err(again());
        }
        if let Some(known) = visit.replay.pop_front() {
            visit.made.push_back(known.clone());
            return Ok(known);
        }
    }
    let (delay, effect) = strike(&mut world.faults.armed, operation, about, world.faults.visit.is_some());
    if let Some(visit) = &mut world.faults.visit {
        visit.made.push_back(effect.clone());
        if delay > Duration::ZERO {
            visit.delay = Some(delay);
            return Err(again());
        }
    }
    Ok(effect)
}

/// How long the operation is delayed and what strikes it; only in a visit is there somebody to wait, and a connection
/// that can break.
fn strike(
    armed: &mut Vec<Fault>,
    operation: Operation,
    about: &About,
    visited: bool,
) -> (Duration, Option<Effect>) {
    let (mut delay, mut effect) = (Duration::ZERO, None);
    for fault in armed.iter_mut().filter(|fault| fault.on == operation) {
        let same = |of: &String| *of == about.name || (!about.image.is_empty() && spelled(of) == about.image);
        let needs_visit = matches!(
            fault.effect,
            Effect::Latency(_) | Effect::Reset | Effect::Eof { .. } | Effect::DaemonRestart { .. }
        );
        if !fault.of.as_ref().is_none_or(same) || (needs_visit && !visited) || !fault.counts() {
            continue;
        }
        match &fault.effect {
            Effect::Latency(span) => delay = Duration(delay.0.saturating_add(span.0)),
            other if effect.is_none() => effect = Some(other.clone()),
            // Two of them at once: the second strikes the next.
            _ => fault.seen -= 1,
        }
    }
    armed.retain(|fault| !fault.is_spent());
    (delay, effect)
}

fn struck<T>(
    world: &mut World,
    operation: Operation,
    about: &About,
    effect: Effect,
    act: impl FnOnce(&mut World) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    let name = if about.name.is_empty() { about.image.clone() } else { about.name.clone() };
    match effect {
        Effect::Error { status, message } => Err(EngineError::new(ErrorKind::Planned(status), message)),
        Effect::RateLimit => Err(EngineError::new(ErrorKind::InBand, RATE_LIMIT)),
        Effect::DiskFull => {
            let kind = if operation.fails_in_band() { ErrorKind::InBand } else { ErrorKind::System };
            Err(EngineError::new(kind, disk_full(operation, &name)))
        }
        Effect::Latency(_) => act(world),
        Effect::Reset => {
            cut(world, Cut::Reset);
            Err(EngineError::connection_reset(operation, &name))
        }
        Effect::Eof { after } => {
            cut(world, Cut::After(after));
            let over_http = world.faults.visit.as_ref().is_some_and(|visit| visit.over_http);
            if operation.ends_with_client() {
                if !over_http {
                    return Err(EngineError::broke_off());
                }
                if let Some(visit) = world.faults.visit.as_mut().filter(|_| operation == Operation::Pull) {
                    visit.undo = true;
                }
            }
            let done = act(world)?;
            if over_http { Ok(done) } else { Err(EngineError::broke_off()) }
        }
        Effect::OomKill { after } => {
            let done = act(world)?;
            if let Ok(id) = super::container::find(world, &name) {
                let when = world.now() + after;
                world.faults.doomed.push((when, id));
            }
            Ok(done)
        }
        Effect::DaemonRestart { down, live_restore } => {
            cut(world, Cut::Reset);
            super::system::stop_daemon(world, Some(down), live_restore);
            Err(EngineError::connection_reset(operation, &name))
        }
    }
}

fn cut(world: &mut World, cut: Cut) {
    if let Some(visit) = &mut world.faults.visit {
        visit.cut = Some(cut);
    }
}

/// What Docker Hub says to those who have pulled too much.
const RATE_LIMIT: &str = "toomanyrequests: You have reached your unauthenticated pull rate limit. \
                          https://www.docker.com/increase-rate-limit";

fn disk_full(operation: Operation, name: &str) -> String {
    let mark = Digest::of(name.as_bytes()).hex();
    let store = "/var/lib/containerd/io.containerd";
    match operation {
        Operation::Pull | Operation::Load | Operation::Import | Operation::Commit => format!(
            "failed to copy: failed to send write: write {store}.content.v1.content/ingest/{mark}/data: no space left on \
             device: unknown"
        ),
        Operation::Create => format!(
            "failed to create prepare snapshot dir: failed to create temp dir: mkdir \
             {store}.snapshotter.v1.overlayfs/snapshots/new-{}: no space left on device",
            mark.get(..10).unwrap_or_default()
        ),
        Operation::CreateVolume => {
            format!(
                "create {name}: error while creating volume root path '/var/lib/docker/volumes/{name}': mkdir \
                     /var/lib/docker/volumes/{name}: no space left on device"
            )
        }
        _ => "write /var/lib/docker: no space left on device".to_owned(),
    }
}
