//! What steps begin with: images, fetched where a step needs their layers, and directories of the client.

use super::key::Key;
use super::plan::Op;
use super::visit::{set, tell};
use crate::base::{Duration, Time};
use crate::engine::registry::{Part, Transfer};
use crate::model::World;
use crate::model::build::{Job, News, NodeState, Outcome, Status};

/// What it takes to send a directory, beside its bytes.
const SEND: Duration = Duration::millis(20);
/// Bytes of a directory that are sent in a microsecond.
const SPEED: u64 = 100;
/// How often the progress of a transfer is told.
const EVERY: Duration = Duration::millis(100);

/// Loads an input; true where it is there.
pub fn load(world: &mut World, job: &mut Job, at: usize) -> bool {
    let Some(node) = job.plan.nodes.get(at).cloned() else { return true };
    let state = job.states.get(at).cloned().unwrap_or_default();
    match (&node.op, state) {
        (Op::Image { fetched, .. }, NodeState::Known(outcome)) => {
            resolve(world, job, at);
            if fetched.is_empty() {
                tell(world, job, at, News::Cached);
                set(job, at, NodeState::Done(outcome));
                return true;
            }
            let began = world.now();
            let until = began + transfer(fetched).took();
            set(job, at, NodeState::Busy { began, next: began, until, key: None });
            false
        }
        (Op::Context(name), NodeState::Waiting) => {
            tell(world, job, at, News::Started);
            let bytes = job.sent.get(name).copied().unwrap_or(0);
            let took = Duration(i64::try_from(bytes / SPEED).unwrap_or(0).saturating_mul(1_000));
            let (began, until) = (world.now(), world.now() + SEND + took);
            set(job, at, NodeState::Busy { began, next: until, until, key: None });
            true
        }
        (Op::Fetch(..), NodeState::Waiting) => {
            tell(world, job, at, News::Started);
            let (began, until) = (world.now(), world.now() + SEND);
            set(job, at, NodeState::Busy { began, next: until, until, key: None });
            true
        }
        (Op::Image { .. } | Op::Context(_) | Op::Fetch(..), NodeState::Busy { .. }) => false,
        _ => true,
    }
}

/// Begins to fetch an image whose layers will be needed.
pub fn fetch(world: &mut World, job: &mut Job, at: usize) {
    let image = matches!(job.plan.nodes.get(at).map(|node| &node.op), Some(Op::Image { .. }));
    if image && matches!(job.states.get(at), Some(NodeState::Known(_))) {
        load(world, job, at);
    }
}

/// An image that a step uses whose result is known: it is told of, and not fetched.
pub fn look_at(world: &mut World, job: &mut Job, at: usize) {
    let image = matches!(job.plan.nodes.get(at).map(|node| &node.op), Some(Op::Image { .. }));
    if image && resolve(world, job, at) {
        tell(world, job, at, News::Done);
    }
}

/// Tells of an image for the first time; false where it has been told of.
fn resolve(world: &mut World, job: &mut Job, at: usize) -> bool {
    let step = job.numbers.get(at).copied();
    if job.progress.events.iter().any(|event| Some(event.step) == step) {
        return false;
    }
    let Some(Op::Image { resolved, .. }) = job.plan.nodes.get(at).map(|node| node.op.clone()) else {
        return false;
    };
    tell(world, job, at, News::Started);
    let now = world.now();
    if let Some(step) = step {
        job.progress.part(now, step, format!("resolve {resolved}"), 0, Duration::millis(10));
    }
    true
}

fn transfer(fetched: &[(String, u64)]) -> Transfer {
    Transfer::new(fetched.iter().map(|(_, bytes)| *bytes).collect())
}

/// An input that is being loaded goes on.
pub fn go_on(world: &mut World, job: &mut Job, at: usize) -> bool {
    let Some(NodeState::Busy { began, until, .. }) = job.states.get(at).cloned() else { return false };
    let Some(node) = job.plan.nodes.get(at).cloned() else { return false };
    let now = world.now();
    match &node.op {
        Op::Context(name) => {
            let what = if name.is_empty() { "context" } else { name };
            let bytes = job.sent.get(name).copied().unwrap_or(0);
            if let Some(step) = job.numbers.get(at) {
                job.progress.part(now, *step, format!("transferring {what}:"), bytes, now - began);
            }
            tell(world, job, at, News::Done);
            let key = Key::new("context").with(name).finish();
            set(job, at, NodeState::Done(Outcome { chain: None, key, created: now }));
        }
        Op::Fetch(name, _) => {
            tell(world, job, at, News::Done);
            let key = Key::new("fetch").with(name).finish();
            set(job, at, NodeState::Done(Outcome { chain: None, key, created: now }));
        }
        Op::Image { fetched, id, chain, .. } => {
            show(world, job, at, began, fetched);
            if now < until {
                set(job, at, NodeState::Busy { began, next: until.min(now + EVERY), until, key: None });
                return true;
            }
            tell(world, job, at, News::Done);
            let key = Key::new("image").with(&chain.unwrap_or(*id).to_string()).finish();
            set(job, at, NodeState::Done(Outcome { chain: *chain, key, created: now }));
        }
        _ => return false,
    }
    true
}

/// Tells how far each layer of an image has come, where that has changed.
fn show(world: &World, job: &mut Job, at: usize, began: Time, fetched: &[(String, u64)]) {
    let Some(step) = job.numbers.get(at).copied() else { return };
    let parts = transfer(fetched).at(world.now() - began);
    for ((digest, total), part) in fetched.iter().zip(&parts) {
        let (current, done) = match part {
            Part::Waiting => continue,
            Part::Downloading(bytes) => (*bytes, false),
            _ => (*total, true),
        };
        let status = Status { id: digest.clone(), current, total: *total, began, done };
        tell_once(world, job, step, status);
    }
    for ((digest, _), part) in fetched.iter().zip(&parts) {
        let (since, done) = match part {
            Part::Extracting(since) => (*since, false),
            Part::Done(took) => (*took, true),
            _ => continue,
        };
        let id = format!("extracting {digest}");
        let began = Time(world.now().0.saturating_sub(since.0));
        tell_once(world, job, step, Status { id, current: 0, total: 0, began, done });
    }
}

fn tell_once(world: &World, job: &mut Job, step: usize, status: Status) {
    let last = job.progress.events.iter().rev().find_map(|event| match &event.news {
        News::Status(known) if event.step == step && known.id == status.id => Some(known),
        _ => None,
    });
    let same = |known: &Status| known.done || (known.current, known.done) == (status.current, status.done);
    if !last.is_some_and(same) {
        job.progress.tell(world.now(), step, News::Status(status));
    }
}
