//! Builds under way: begun for a client, moved on by the daemon's tick, called off with their client, and taken
//! over as an image.

use super::export::{Built, Run, export};
use super::plan::{Plan, Request};
use super::visit::{self, outcome};
use crate::base::{Duration, Gather, Reference, Rng, Time};
use crate::fs::View;
use crate::kernel::{Kernel, Pid};
use crate::model::build::{Failed, Job, News, NodeState, Op, Progress, Provenance};
use crate::model::{EngineError, World};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What it takes to put an image into the store.
const EXPORT: Duration = Duration::millis(60);

/// A random name of 25 letters and digits, as builds and their parts have.
pub fn reference(rng: &mut Rng) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut name = || -> String {
        (0..25).map(|_| char::from(*DIGITS.get((rng.next_u64() % 36) as usize).unwrap_or(&b'0'))).collect()
    };
    format!("{}::{}", name(), name())
}

/// What a client hands over with a plan.
pub struct Handed {
    /// What was asked for.
    pub request: Request,
    /// What is to be done.
    pub plan: Plan,
    /// What has been told so far.
    pub progress: Progress,
    /// The directories of the client by name, and how many bytes of each were sent.
    pub contexts: BTreeMap<String, (View, u64)>,
    /// Who asks; without it the build is called off.
    pub client: Option<Pid>,
}

/// Begins a build; its number. It goes on by itself.
pub fn begin(world: &mut World, handed: Handed) -> u64 {
    let Handed { request, plan, mut progress, contexts, client } = handed;
    let sent = contexts.iter().map(|(name, (_, bytes))| (name.clone(), *bytes)).gather();
    let contexts = contexts.into_iter().map(|(name, (view, _))| (name, view)).gather();
    let name = |node: &crate::model::build::Node| match &node.op {
        Op::Image { resolved, .. } if node.name.is_empty() => format!("FROM {resolved}"),
        _ => node.name.clone(),
    };
    let numbers = plan.nodes.iter().map(|node| progress.add(name(node))).collect();
    let states = plan.nodes.iter().map(|_| NodeState::Waiting).collect();
    let started = world.now();
    let job = Job { request, plan, progress, client, contexts, sent, states, numbers, started, ended: None };
    let number = world.builds.keys().next_back().map_or(1, |last| last + 1);
    world.builds.insert(number, Arc::new(job));
    advance(world);
    number
}

/// Moves all builds on as far as they go now, and calls off those whose client has gone; true where anything
/// happened.
pub fn advance(world: &mut World) -> bool {
    let numbers: Vec<u64> = world.builds.keys().copied().collect();
    let mut changed = false;
    for number in numbers {
        if world.builds.get(&number).is_some_and(|job| is_orphan(&world.kernel, job.client)) {
            cancel(world, number);
            forget(world, number);
            changed = true;
            continue;
        }
        let going =
            world.builds.get(&number).is_some_and(|job| job.ended.is_none() && visit::is_due(world, job));
        if let Some(mut job) = going.then(|| world.builds.remove(&number)).flatten() {
            let before = job.progress.events.len();
            visit::all(world, Arc::make_mut(&mut job));
            changed |= job.progress.events.len() != before || job.ended.is_some();
            world.builds.insert(number, job);
        }
    }
    changed
}

fn is_orphan(kernel: &Kernel, client: Option<Pid>) -> bool {
    client
        .is_some_and(|pid| kernel.process(pid).is_none_or(|p| matches!(p.run, crate::kernel::Run::Zombie(_))))
}

/// When the next build has something to do.
pub fn next_deadline(world: &World) -> Option<Time> {
    let going = world.builds.values().filter(|job| job.ended.is_none());
    let due = going.flat_map(|job| job.states.iter()).filter_map(|state| match state {
        NodeState::Busy { next, .. } => Some(*next),
        _ => None,
    });
    due.min()
}

/// Calls a build off: what runs is killed, what it held is given back.
pub fn cancel(world: &mut World, number: u64) {
    let Some(mut job) = world.builds.remove(&number) else { return };
    let canceled = Arc::make_mut(&mut job);
    if canceled.ended.is_none() {
        visit::stop_all(world, canceled);
        let message = "Canceled: context canceled".to_owned();
        canceled.ended = Some(Err(Failed { message, range: None, step: None }));
    }
    world.builds.insert(number, job);
}

/// The client has taken what it wanted: what only this build held goes.
pub fn forget(world: &mut World, number: u64) {
    if world.builds.remove(&number).is_some() {
        crate::engine::image::sweep(world);
    }
}

/// The tree of the result, once a build is done.
pub fn result(world: &World, number: u64) -> View {
    let Some(job) = world.builds.get(&number) else { return View::empty(world.now()) };
    visit::tree(world, job, job.plan.result)
}

/// Makes and names the image of a build that is done.
///
/// # Errors
/// None that a well-formed plan brings about.
pub fn take_image(world: &mut World, number: u64) -> Result<Built, EngineError> {
    let Some(mut job) = world.builds.remove(&number) else {
        return Err(EngineError::not_found(format!("no build {number}")));
    };
    let built = make_image(world, Arc::make_mut(&mut job));
    world.builds.insert(number, job);
    built
}

/// The result as an archive for `docker load`, or in the bare OCI layout; the store does not get it.
///
/// # Errors
/// None that a well-formed plan brings about.
pub fn take_archive(world: &mut World, number: u64, older: bool) -> Result<Vec<u8>, EngineError> {
    let mut aside = world.clone();
    if older && let Some(job) = aside.builds.get_mut(&number).map(Arc::make_mut) {
        // Such an archive has no room for a statement.
        job.request.provenance = Provenance::None;
    }
    let built = take_image(&mut aside, number)?;
    let missing = || EngineError::not_found("the image of the build is gone");
    let image = aside.images.get(&built.id).cloned().ok_or_else(missing)?;
    let names: Vec<Reference> = built.names.iter().filter_map(|name| Reference::parse(name).ok()).collect();
    let bytes = crate::engine::image::archive_of(&aside, &image, &names, older)?;
    let name = if older { "exporting to docker image format" } else { "exporting to oci image format" };
    let layers = format!("exporting manifest {}", built.manifest);
    let config = format!("exporting config {}", built.config);
    told(world, number, name, &["exporting layers", &layers, &config, "sending tarball"], 0);
    Ok(bytes)
}

/// A step of the client with the result, which is over: what it was, its parts, and how many bytes it moved.
pub fn told(world: &mut World, number: u64, name: &str, parts: &[&str], bytes: u64) {
    let now = world.now();
    let Some(job) = world.builds.get_mut(&number).map(Arc::make_mut) else { return };
    let step = job.progress.begin(now, name);
    for part in parts {
        job.progress.part(now, step, *part, bytes, Duration::ZERO);
    }
    job.progress.tell(now, step, News::Done);
}

fn make_image(world: &mut World, job: &mut Job) -> Result<Built, EngineError> {
    let chain = visit::chain(world, job, job.plan.result);
    if job.request.inline_cache {
        job.plan.config.cache = Some(super::travel::inline(world, job));
    }
    let moment = |at: usize| outcome(job, Some(at)).map_or(job.started, |outcome| outcome.created);
    let created: Vec<Time> = (0..job.plan.nodes.len()).map(moment).collect();
    let name = reference(&mut world.kernel.rng);
    let name = name.split(':').next().unwrap_or_default().to_owned();
    let tags = job.request.tags.clone();
    let step = job.progress.begin(world.now(), "exporting to image");
    world.kernel.spend(EXPORT);
    let now = world.now();
    let run =
        Run { created: &created, started: job.started, reference: name, tags: &tags, request: &job.request };
    let built = crate::engine::atomically(world, |world| export(world, &job.plan, &chain, &run))?;
    let tell = |progress: &mut Progress, id: String| progress.part(now, step, id, 0, Duration::default());
    job.progress.part(now, step, "exporting layers", 0, EXPORT);
    let listed = built.statement.map(|_| built.id);
    for (what, digest) in [
        ("manifest", Some(built.manifest)),
        ("config", Some(built.config)),
        ("attestation manifest", built.statement),
        ("manifest list", listed),
    ] {
        if let Some(digest) = digest {
            tell(&mut job.progress, format!("exporting {what} {digest}"));
        }
    }
    for name in &built.names {
        tell(&mut job.progress, format!("naming to {name}"));
    }
    for name in &built.names {
        tell(&mut job.progress, format!("unpacking to {name}"));
    }
    job.progress.tell(now, step, News::Done);
    Ok(built)
}
