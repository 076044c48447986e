//! How a build goes on: every step that can begin does, those whose time has come end, and the first failure stops
//! the others. Steps that do not build on one another run side by side.

use super::copy;
use super::fetch;
use super::input;
use super::job::reference;
use super::key::Key;
use super::output::{flush, print, unsuccessful};
use super::plan::{CopyOp, MountKind, Node, Op, RunOp};
use super::run::{self, Started};
use crate::base::go_text::quote;
use crate::base::{Digest, Duration, Time};
use crate::fs::{Chain, Layer, View};
use crate::kernel::Stream;
use crate::model::build::{Active, Bounds, Failed, Job, News, NodeState, Outcome, Output};
use crate::model::{BuildRecord, World};
use std::sync::Arc;

/// What copying takes, beside what it copies.
const COPY: Duration = Duration::millis(20);
/// What it takes to set up the sandbox of a `RUN`.
const SANDBOX: Duration = Duration::millis(100);

/// Whether a look at a build may find something to do.
pub fn is_due(world: &World, job: &Job) -> bool {
    let now = world.now();
    job.states
        .iter()
        .all(|state| matches!(state, NodeState::Waiting | NodeState::Done(_) | NodeState::Known(_)))
        || job.states.iter().any(|state| match state {
            NodeState::Busy { next, .. } => *next <= now,
            NodeState::Running(_) => true,
            _ => false,
        })
}

/// Moves a build on as far as it goes now.
pub fn all(world: &mut World, job: &mut Job) {
    loop {
        let mut moved = false;
        for at in 0..job.plan.nodes.len() {
            moved |= visit(world, job, at);
            if job.ended.is_some() {
                return;
            }
        }
        if !moved {
            break;
        }
    }
    let is_step = |at: &usize| !matches!(job.plan.nodes.get(*at).map(|n| &n.op), Some(Op::Image { .. }));
    let over = |at: usize| matches!(job.states.get(at), Some(NodeState::Done(_)));
    // The image itself may be the result: its tree is needed.
    let result = job.plan.result.filter(|at| !is_step(at));
    if (0..job.states.len()).filter(is_step).all(over) {
        match result.filter(|at| !over(*at)) {
            Some(at) => {
                if input::load(world, job, at) && matches!(job.states.get(at), Some(NodeState::Done(_))) {
                    job.ended = Some(Ok(()));
                }
            }
            None => job.ended = Some(Ok(())),
        }
    }
}

/// What a step came to, where it is done.
pub fn outcome(job: &Job, at: Option<usize>) -> Option<&Outcome> {
    match job.states.get(at?)? {
        NodeState::Done(outcome) | NodeState::Known(outcome) => Some(outcome),
        _ => None,
    }
}

/// The chain a step ended with.
pub fn chain(world: &World, job: &Job, at: Option<usize>) -> Chain {
    let id = outcome(job, at).and_then(|outcome| outcome.chain);
    id.and_then(|id| world.images.chains.get(&id).cloned()).unwrap_or_else(Chain::empty)
}

/// The tree a step ended with; that of a context is the client's directory.
pub fn tree(world: &World, job: &Job, at: Option<usize>) -> View {
    match at.and_then(|at| job.plan.nodes.get(at)).map(|node| &node.op) {
        None => View::empty(world.now()),
        Some(Op::Context(name)) => {
            job.contexts.get(name).cloned().unwrap_or_else(|| View::empty(world.now()))
        }
        Some(Op::Fetch(name, Ok(content))) => fetch::tree(name, content, world.now()),
        Some(_) => View::on(chain(world, job, at)),
    }
}

/// The steps whose results a step uses.
pub fn inputs(node: &Node) -> Vec<usize> {
    let mut inputs: Vec<usize> = node.root.into_iter().collect();
    match &node.op {
        Op::Copy(op) => inputs.extend(op.from),
        Op::Run(op) => inputs.extend(op.mounts.iter().filter_map(|mount| match &mount.kind {
            MountKind::Bind(node, _) => *node,
            MountKind::Cache(cache) => cache.from.as_ref().map(|(node, _)| *node),
            _ => None,
        })),
        _ => {}
    }
    inputs
}

pub(super) fn tell(world: &World, job: &mut Job, at: usize, news: News) {
    let Some(step) = job.numbers.get(at).copied() else { return };
    job.progress.tell(world.now(), step, news);
}

pub(super) fn set(job: &mut Job, at: usize, state: NodeState) {
    if let Some(known) = job.states.get_mut(at) {
        *known = state;
    }
}

/// Looks after one step; true where it went on.
fn visit(world: &mut World, job: &mut Job, at: usize) -> bool {
    let now = world.now();
    let (Some(node), Some(state)) = (job.plan.nodes.get(at), job.states.get(at)) else { return false };
    let still = match state {
        NodeState::Done(_) | NodeState::Known(_) => true,
        NodeState::Busy { next, .. } => *next > now,
        NodeState::Waiting => match blocking(job, node) {
            // It will have to be carried out as well: what else it needs can come meanwhile.
            Some(true) => {
                let images = inputs(node);
                let before = job.progress.events.len();
                images.into_iter().for_each(|input| input::fetch(world, job, input));
                return job.progress.events.len() != before;
            }
            Some(false) => true,
            None => false,
        },
        NodeState::Running(_) => false,
    };
    if still {
        return false;
    }
    let (node, state) = (node.clone(), state.clone());
    match (state, &node.op) {
        (NodeState::Waiting, Op::Image { id, chain, .. }) => {
            let key = Key::new("image").with(&chain.unwrap_or(*id).to_string()).finish();
            set(job, at, NodeState::Known(Outcome { chain: *chain, key, created: now }));
            true
        }
        (NodeState::Waiting, Op::Fetch(_, Err(why))) => {
            tell(world, job, at, News::Started);
            let short = why.strip_prefix("failed to load cache key: ").unwrap_or(why).to_owned();
            fail(world, job, at, &short, why, vec![])
        }
        (NodeState::Waiting, Op::Context(_) | Op::Fetch(..)) => input::load(world, job, at),
        (NodeState::Waiting, _) => begin(world, job, at, &node),
        (NodeState::Busy { began, .. }, op) => match op {
            Op::Image { .. } | Op::Context(_) | Op::Fetch(..) => input::go_on(world, job, at),
            Op::Run(op) => start_run(world, job, at, &node, op, began),
            Op::Copy(_) | Op::Workdir(..) => finish_files(world, job, at, &node, began),
        },
        (NodeState::Running(active), Op::Run(op)) => watch(world, job, at, &node, op, *active),
        _ => false,
    }
}

/// Whether a step waits for others, and then whether one of them is being carried out.
fn blocking(job: &Job, node: &Node) -> Option<bool> {
    let waits: Vec<usize> = inputs(node).into_iter().filter(|at| outcome(job, Some(*at)).is_none()).collect();
    let runs = |at: &usize| {
        matches!(job.states.get(*at), Some(NodeState::Running(_) | NodeState::Busy { key: Some(_), .. }))
    };
    (!waits.is_empty()).then(|| waits.iter().any(runs))
}

/// Begins a step whose inputs are there.
fn begin(world: &mut World, job: &mut Job, at: usize, node: &Node) -> bool {
    let contexts = |(at, node): (usize, &Node)| {
        !matches!(node.op, Op::Context(_) | Op::Fetch(..))
            || matches!(job.states.get(at), Some(NodeState::Done(_)))
    };
    // Contexts are read before anything runs.
    if !job.plan.nodes.iter().enumerate().all(contexts) {
        return false;
    }
    let found = match &node.op {
        Op::Copy(op) => match copy::find(&tree(world, job, op.from), op) {
            Ok(found) => found,
            Err(path) => return missing(world, job, at, op, &path),
        },
        _ => vec![],
    };
    let key = key(world, job, node, &found);
    // The same step of another stage is done once and shown once.
    let same = (0..job.states.len()).find(|other| *other != at && key_of_begun(job, *other) == Some(key));
    if let Some(other) = same {
        let Some(outcome) = outcome(job, Some(other)).cloned() else { return false };
        tell(world, job, at, News::Same);
        set(job, at, NodeState::Done(outcome));
        return true;
    }
    if !node.no_cache
        && let Some(record) = remembered(world, key)
    {
        inputs(node).into_iter().for_each(|input| input::look_at(world, job, input));
        tell(world, job, at, News::Started);
        tell(world, job, at, News::Cached);
        set(job, at, NodeState::Done(Outcome { chain: record.chain, key, created: record.created }));
        return true;
    }
    if let Some((later, op, path)) = missing_later(world, job, at) {
        return missing(world, job, later, &op, &path);
    }
    // All inputs load at the same time.
    let loaded: Vec<bool> = inputs(node).into_iter().map(|input| input::load(world, job, input)).collect();
    if !loaded.into_iter().all(|done| done) {
        return false;
    }
    tell(world, job, at, News::Started);
    let took = if matches!(node.op, Op::Run(_)) { SANDBOX } else { COPY };
    let (began, until) = (world.now(), world.now() + took);
    set(job, at, NodeState::Busy { began, next: until, until, key: Some(key) });
    true
}

/// The key of a step that is under way or done.
fn key_of_begun(job: &Job, at: usize) -> Option<Digest> {
    match job.states.get(at)? {
        NodeState::Busy { key, .. } => *key,
        NodeState::Running(active) => Some(active.key),
        NodeState::Done(outcome) => Some(outcome.key),
        NodeState::Waiting | NodeState::Known(_) => None,
    }
}

fn key(world: &World, job: &Job, node: &Node, found: &[copy::Found]) -> Digest {
    let root = node.root.and_then(|root| outcome(job, Some(root)));
    let root = root.map_or_else(|| "scratch".into(), |outcome| outcome.key.to_string());
    let key = Key::new("step").with(&root);
    match &node.op {
        Op::Workdir(path, user) => key.with("workdir").with(path).with(user).finish(),
        Op::Copy(op) => {
            let sources = copy::digest(&tree(world, job, op.from), found);
            let CopyOp { target, chown, chmod, exclude, parents, unpack, .. } = op;
            let how = format!("{exclude:?} {parents} {unpack}");
            key.with("copy").with(target).with(chown).with(chmod).with(&how).with(&sources.hex()).finish()
        }
        Op::Run(op) => run_key(world, job, op, key),
        Op::Image { .. } | Op::Context(_) | Op::Fetch(..) => key.finish(),
    }
}

fn run_key(world: &World, job: &Job, op: &RunOp, key: Key) -> Digest {
    let RunOp { argv, env, hosts, cwd, user, network, bounds, .. } = op;
    let mut key = key.with("run").with(&format!("{argv:?} {env:?} {hosts:?}"));
    if *bounds != Bounds::default() {
        key = key.with(&format!("{bounds:?}"));
    }
    key = key.with(cwd).with(user).with(network);
    for mount in &op.mounts {
        key = key.with(&mount.target);
        key = match &mount.kind {
            MountKind::Bind(node, path) => {
                let tree = tree(world, job, *node);
                let ino = tree.resolve(&super::wording::below("/", path), true);
                let content = ino.map(|ino| super::key::tree(&tree, ino));
                key.with("bind").with(&content.map_or_else(|_| String::new(), |d| d.hex()))
            }
            other => key.with(&format!("{other:?}")),
        };
    }
    key.finish()
}

/// A result of an earlier build, where its layers are still there.
fn remembered(world: &mut World, key: Digest) -> Option<Arc<BuildRecord>> {
    let now = world.now();
    let record = world.build_cache.records.get(&key)?.clone();
    if record.chain.is_some_and(|chain| world.images.chains.get(&chain).is_none()) {
        return None;
    }
    let used = BuildRecord { used: now, uses: record.uses.saturating_add(1), ..(*record).clone() };
    world.build_cache.records.insert(key, Arc::new(used));
    Some(record)
}

/// A copy further down whose files the context does not have.
fn missing_later(world: &World, job: &Job, at: usize) -> Option<(usize, CopyOp, String)> {
    job.plan.nodes.iter().enumerate().skip(at).find_map(|(later, node)| {
        let Op::Copy(op) = &node.op else { return None };
        let from = op.from?;
        let context = matches!(job.plan.nodes.get(from)?.op, Op::Context(_));
        let path = copy::find(&tree(world, job, Some(from)), op).err().filter(|_| context)?;
        Some((later, op.clone(), path))
    })
}

fn missing(world: &mut World, job: &mut Job, at: usize, op: &CopyOp, path: &str) -> bool {
    let Some(node) = job.plan.nodes.get(at).cloned() else { return false };
    inputs(&node).into_iter().for_each(|input| input::look_at(world, job, input));
    tell(world, job, at, News::Started);
    if op.from_image {
        let message = format!("lstat {path}: no such file or directory");
        return fail(world, job, at, &message, &message, vec![]);
    }
    let reference = reference(&mut world.kernel.rng);
    let message = format!("failed to calculate checksum of ref {reference}: {}: not found", quote(path));
    let whole = format!("failed to compute cache key: {message}");
    fail(world, job, at, &message, &whole, vec![])
}

/// A step fails: the others are stopped and the build ends.
pub(super) fn fail(
    world: &mut World,
    job: &mut Job,
    at: usize,
    short: &str,
    message: &str,
    log: Vec<String>,
) -> bool {
    tell(world, job, at, News::Failed(short.to_owned()));
    set(job, at, NodeState::Waiting);
    stop_all(world, job);
    let Some(node) = job.plan.nodes.get(at) else { return false };
    let step = Some((node.name.clone(), log));
    job.ended = Some(Err(Failed { message: message.to_owned(), range: Some(node.range), step }));
    true
}

/// Stops what is under way and gives back what it held.
pub fn stop_all(world: &mut World, job: &mut Job) {
    for at in 0..job.states.len() {
        let state = job.states.get(at).cloned().unwrap_or_default();
        match state {
            NodeState::Running(active) => active.running.abort(world),
            NodeState::Busy { .. } => {}
            _ => continue,
        }
        set(job, at, NodeState::Waiting);
        tell(world, job, at, News::Canceled);
    }
}

fn complete(world: &mut World, job: &mut Job, at: usize, node: &Node, key: Digest, layer: Layer) -> bool {
    let below = chain(world, job, node.root);
    let layer = Arc::new(layer);
    let diff_id = layer.diff_id();
    let chain = world.images.chains.push(&below, layer);
    let now = world.now();
    let record = BuildRecord {
        chain: chain.id(),
        layer: diff_id,
        description: node.name.clone(),
        created: now,
        used: now,
        uses: 1,
    };
    world.build_cache.records.insert(key, Arc::new(record));
    set(job, at, NodeState::Done(Outcome { chain: chain.id(), key, created: now }));
    tell(world, job, at, News::Done);
    true
}

/// The end of `COPY`, `ADD` and `WORKDIR`.
fn finish_files(world: &mut World, job: &mut Job, at: usize, node: &Node, began: Time) -> bool {
    let Some(key) = key_of_begun(job, at) else { return false };
    let mut view = View::on(chain(world, job, node.root));
    let done = match &node.op {
        Op::Copy(op) => {
            let from = tree(world, job, op.from);
            let found = copy::find(&from, op).unwrap_or_default();
            copy::apply(&mut view, &from, op, &found, began)
        }
        Op::Workdir(path, user) => copy::make_workdir(&mut view, path, user, began),
        _ => Ok(()),
    };
    match done {
        Ok(()) => complete(world, job, at, node, key, view.layer()),
        Err(message) => fail(world, job, at, &message, &message, vec![]),
    }
}

fn start_run(world: &mut World, job: &mut Job, at: usize, node: &Node, op: &RunOp, began: Time) -> bool {
    let Some(key) = key_of_begun(job, at) else { return false };
    let below = chain(world, job, node.root);
    let this = &*job;
    let trees = |world: &World, number: usize| tree(world, this, Some(number));
    match run::start(world, &below, op, &this.request, &trees) {
        Ok(Started::Running(running)) => {
            let active = Active { running, key, began, output: Output::default() };
            set(job, at, NodeState::Running(Box::new(active)));
            true
        }
        Ok(Started::Failed(reason)) => {
            let mut output = Output::default();
            let since = world.now() - began;
            print(world, job, at, &mut output, since, Stream::Stderr, reason.as_bytes());
            flush(world, job, at, &mut output, since);
            let message = unsuccessful(op, 1);
            fail(world, job, at, &message, &message, output.log)
        }
        Err(error) => {
            let message = error.message;
            let short = message.strip_prefix("failed to compute cache key: ").unwrap_or(&message).to_owned();
            fail(world, job, at, &short, &message, vec![])
        }
    }
}

/// Looks after the process of a `RUN`.
fn watch(world: &mut World, job: &mut Job, at: usize, node: &Node, op: &RunOp, mut active: Active) -> bool {
    let ended = active.running.ended(world);
    let chunks = active.running.output(world);
    if ended.is_none() && chunks.is_empty() {
        return false;
    }
    for chunk in chunks {
        print(world, job, at, &mut active.output, chunk.time - active.began, chunk.stream, &chunk.data);
    }
    let Some(exit) = ended else {
        set(job, at, NodeState::Running(Box::new(active)));
        return true;
    };
    let since = world.now() - active.began;
    flush(world, job, at, &mut active.output, since);
    let layer = active.running.finish(world);
    let code = exit.status();
    if code != 0 {
        let message = unsuccessful(op, code);
        return fail(world, job, at, &message, &message, active.output.log);
    }
    match layer {
        Some(layer) => complete(world, job, at, node, active.key, layer),
        None => fail(
            world,
            job,
            at,
            "the tree of the step is gone",
            "the tree of the step is gone",
            active.output.log,
        ),
    }
}
