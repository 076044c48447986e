//! A build under way: plain data that is stepped, and waits while the process of a `RUN` runs.

use super::copy;
use super::dockerfile::Range;
use super::export::{Built, Run, export};
use super::key::Key;
use super::plan::{CopyOp, Node, Op, Plan, Request, RunOp};
use super::progress::{Progress, seconds, size};
use super::run::{Running, Started, start};
use crate::base::go_text::quote;
use crate::base::{Digest, Duration, Rng, Time};
use crate::fs::{Chain, Layer, View};
use crate::model::{BuildRecord, World};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a step costs beside the work of its processes.
const STEP: Duration = Duration::millis(20);

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Outcome {
    chain: Option<Digest>,
    key: Digest,
    created: Time,
}

/// Why a build failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// The message after `failed to solve: `.
    pub message: String,
    /// The lines to show.
    pub range: Option<Range>,
}

/// How a turn ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn {
    /// There is more to do.
    Continue,
    /// A process runs; go on when the daemon has news.
    Wait,
    /// All steps are done; the tree is ready.
    Done,
    /// It failed.
    Failed(Failed),
}

/// A build under way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// What was asked for.
    pub request: Request,
    /// What is to be done.
    pub plan: Plan,
    /// What there is to print.
    pub progress: Progress,
    /// The directories of the client by name; the context has the empty one.
    contexts: BTreeMap<String, View>,
    /// How many bytes of each were sent.
    sent: BTreeMap<String, u64>,
    outcomes: Vec<Outcome>,
    /// The numbers steps have in the progress.
    numbers: BTreeMap<usize, usize>,
    /// Images and contexts whose block is complete: loaded, or only looked at.
    loaded: BTreeMap<usize, bool>,
    running: Option<Running>,
    /// The last lines of the step that runs, and an unfinished one.
    log: Vec<String>,
    partial: Vec<u8>,
    started: Time,
}

/// How many lines of a failed step are shown again.
const LOG_LINES: usize = 200;
/// How many steps of a build the log may have, in bytes of one line.
const MAX_LINE: usize = 16 << 10;

/// A random name of 25 letters and digits, as builds and their parts have.
pub fn reference(rng: &mut Rng) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut name = || -> String {
        (0..25).map(|_| char::from(*DIGITS.get((rng.next_u64() % 36) as usize).unwrap_or(&b'0'))).collect()
    };
    format!("{}::{}", name(), name())
}

impl Job {
    /// A build of a plan with the directories of its client and how many bytes of them were sent.
    pub fn new(
        request: Request,
        plan: Plan,
        progress: Progress,
        contexts: BTreeMap<String, (View, u64)>,
        now: Time,
    ) -> Self {
        let sent = contexts.iter().map(|(name, (_, bytes))| (name.clone(), *bytes)).collect();
        let contexts = contexts.into_iter().map(|(name, (view, _))| (name, view)).collect();
        Self { request, plan, progress, contexts, sent, started: now, ..Self::default() }
    }

    /// Goes on by one step.
    pub fn turn(&mut self, world: &mut World) -> Turn {
        if self.running.is_some() {
            return self.watch(world);
        }
        let at = self.outcomes.len();
        let Some(node) = self.plan.nodes.get(at).cloned() else {
            self.load_result(world);
            return Turn::Done;
        };
        match &node.op {
            Op::Image { id, chain, .. } => {
                let key = Key::new("image").with(&chain.unwrap_or(*id).to_string()).finish();
                self.outcomes.push(Outcome { chain: *chain, key, created: world.now() });
                Turn::Continue
            }
            Op::Context(name) => {
                let key = Key::new("context").with(name).finish();
                self.outcomes.push(Outcome { chain: None, key, created: world.now() });
                Turn::Continue
            }
            Op::Workdir(..) | Op::Copy(_) | Op::Run(_) => self.carry_out(world, at, &node),
        }
    }

    /// The tree a step ended with.
    fn tree(&self, world: &World, number: Option<usize>) -> View {
        let Some(number) = number else { return View::empty(world.now()) };
        match self.plan.nodes.get(number).map(|node| &node.op) {
            Some(Op::Context(name)) => {
                self.contexts.get(name).cloned().unwrap_or_else(|| View::empty(world.now()))
            }
            _ => View::on(self.chain(world, Some(number))),
        }
    }

    fn chain(&self, world: &World, number: Option<usize>) -> Chain {
        let id = number.and_then(|number| self.outcomes.get(number)).and_then(|outcome| outcome.chain);
        id.and_then(|id| world.images.chains.get(&id).cloned()).unwrap_or_else(Chain::empty)
    }

    fn key_of(&self, number: Option<usize>) -> String {
        number.and_then(|n| self.outcomes.get(n)).map_or_else(|| "scratch".into(), |o| o.key.to_string())
    }

    fn carry_out(&mut self, world: &mut World, at: usize, node: &Node) -> Turn {
        let from = match &node.op {
            Op::Copy(op) => op.from,
            _ => None,
        };
        let found = match &node.op {
            Op::Copy(op) => match copy::find(&self.tree(world, from), op) {
                Ok(found) => found,
                Err(path) => return self.missing(world, node, op, &path),
            },
            _ => vec![],
        };
        let key = self.key(world, node, &found);
        if !node.no_cache
            && let Some(record) = self.remembered(world, key)
        {
            self.touch_inputs(world, node, false);
            let number = self.progress.step(&node.name);
            self.progress.line(number, "CACHED");
            self.outcomes.push(Outcome { chain: record.chain, key, created: record.created });
            return Turn::Continue;
        }
        // Files that are missing fail before anything runs: contexts are read first.
        if let Some((node, op, path)) = self.missing_later(world, at) {
            return self.missing(world, &node, &op, &path);
        }
        self.touch_inputs(world, node, true);
        self.log.clear();
        let number = self.progress.step(&node.name);
        self.numbers.insert(at, number);
        let below = self.chain(world, node.root);
        match &node.op {
            Op::Run(op) => self.begin_run(world, number, node, op, &below, key),
            Op::Copy(op) => {
                let mut view = View::on(below);
                let now = world.now();
                let tree = self.tree(world, op.from);
                match copy::apply(&mut view, &tree, op, &found, now) {
                    Ok(()) => self.complete(world, number, node, key, view.layer(), world.now()),
                    Err(message) => self.fail(number, node, &message, &message),
                }
            }
            Op::Workdir(path, user) => {
                let mut view = View::on(below);
                let now = world.now();
                match copy::make_workdir(&mut view, path, user, now) {
                    Ok(()) => self.complete(world, number, node, key, view.layer(), now),
                    Err(message) => self.fail(number, node, &message, &message),
                }
            }
            Op::Image { .. } | Op::Context(_) => Turn::Continue,
        }
    }

    fn key(&self, world: &World, node: &Node, found: &[copy::Found]) -> Digest {
        let key = Key::new("step").with(&self.key_of(node.root));
        match &node.op {
            Op::Workdir(path, user) => key.with("workdir").with(path).with(user).finish(),
            Op::Copy(op) => {
                let sources = copy::digest(&self.tree(world, op.from), found);
                let CopyOp { target, chown, chmod, exclude, parents, unpack, .. } = op;
                let how = format!("{exclude:?} {parents} {unpack}");
                key.with("copy").with(target).with(chown).with(chmod).with(&how).with(&sources.hex()).finish()
            }
            Op::Run(op) => {
                let RunOp { argv, env, cwd, user, network, hosts, .. } = op;
                let mut key = key.with("run").with(&format!("{argv:?} {env:?} {hosts:?}"));
                key = key.with(cwd).with(user).with(network);
                for mount in &op.mounts {
                    key = key.with(&mount.target);
                    key = match &mount.kind {
                        super::plan::MountKind::Bind(node, path) => {
                            let tree = self.tree(world, *node);
                            let content = tree
                                .resolve(&super::wording::below("/", path), true)
                                .map(|ino| super::key::tree(&tree, ino));
                            key.with("bind").with(&content.map_or_else(|_| String::new(), |d| d.hex()))
                        }
                        other => key.with(&format!("{other:?}")),
                    };
                }
                key.finish()
            }
            Op::Image { .. } | Op::Context(_) => key.finish(),
        }
    }

    /// A result of an earlier build, where its layers are still there.
    fn remembered(&self, world: &mut World, key: Digest) -> Option<Arc<BuildRecord>> {
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
    fn missing_later(&self, world: &World, at: usize) -> Option<(Node, CopyOp, String)> {
        self.plan.nodes.iter().skip(at).find_map(|node| {
            let Op::Copy(op) = &node.op else { return None };
            let from = op.from?;
            let context = matches!(self.plan.nodes.get(from)?.op, Op::Context(_));
            let path = copy::find(&self.tree(world, Some(from)), op).err().filter(|_| context)?;
            Some((node.clone(), op.clone(), path))
        })
    }

    fn missing(&mut self, world: &mut World, node: &Node, op: &CopyOp, path: &str) -> Turn {
        self.touch_inputs(world, node, false);
        self.log.clear();
        let number = self.progress.step(&node.name);
        if op.from_image {
            let message = format!("lstat {path}: no such file or directory");
            return self.fail(number, node, &message, &message);
        }
        let reference = reference(&mut world.kernel.rng);
        let message = format!("failed to calculate checksum of ref {reference}: {}: not found", quote(path));
        self.fail(number, node, &message, &format!("failed to compute cache key: {message}"))
    }

    /// Shows the images and contexts that a step uses: read where `needed`, otherwise only looked at.
    fn touch_inputs(&mut self, world: &mut World, node: &Node, needed: bool) {
        let mut inputs: Vec<usize> = node.root.into_iter().collect();
        match &node.op {
            Op::Copy(op) => inputs.extend(op.from),
            Op::Run(op) => inputs.extend(op.mounts.iter().filter_map(|mount| match &mount.kind {
                super::plan::MountKind::Bind(node, _) => *node,
                _ => None,
            })),
            _ => {}
        }
        for input in inputs {
            self.touch(world, input, needed);
        }
    }

    fn touch(&mut self, world: &mut World, input: usize, needed: bool) {
        let Some(node) = self.plan.nodes.get(input).cloned() else { return };
        let seen = self.loaded.get(&input).copied();
        if seen == Some(true) || seen == Some(needed) {
            return;
        }
        match &node.op {
            Op::Image { resolved, fetched, .. } => {
                let name = if node.name.is_empty() { format!("FROM {resolved}") } else { node.name.clone() };
                let number = match self.numbers.get(&input) {
                    Some(number) => *number,
                    None => {
                        let number = self.progress.step(&name);
                        self.progress.line(number, &format!("resolve {resolved} 0.0s done"));
                        number
                    }
                };
                self.numbers.insert(input, number);
                if needed && fetched.is_empty() {
                    self.progress.line(number, "CACHED");
                } else {
                    let fetched = if needed { fetched.as_slice() } else { &[] };
                    for (digest, bytes) in fetched {
                        let bytes = size(*bytes);
                        self.progress.line(number, &format!("{digest} {bytes} / {bytes} 0.1s done"));
                    }
                    for (digest, _) in fetched {
                        self.progress.line(number, &format!("extracting {digest} 0.1s done"));
                    }
                    self.progress.done(number, Duration::default());
                }
                self.loaded.insert(input, needed);
            }
            Op::Context(name) => {
                let number = self.progress.step(&node.name);
                let what = if name.is_empty() { "context" } else { name };
                let bytes = self.sent.get(name).copied().unwrap_or(0);
                self.progress.line(number, &format!("transferring {what}: {} done", size(bytes)));
                self.progress.done(number, Duration::default());
                self.loaded.insert(input, true);
            }
            _ => {}
        }
        world.kernel.spend(STEP);
    }

    /// The image itself is the result: its tree is needed.
    fn load_result(&mut self, world: &mut World) {
        if let Some(result) = self.plan.result {
            self.touch(world, result, true);
        }
    }

    fn complete(
        &mut self,
        world: &mut World,
        number: usize,
        node: &Node,
        key: Digest,
        layer: Layer,
        began: Time,
    ) -> Turn {
        world.kernel.spend(STEP);
        let below = self.chain(world, node.root);
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
        self.outcomes.push(Outcome { chain: chain.id(), key, created: now });
        self.progress.done(number, now - began);
        Turn::Continue
    }

    fn fail(&mut self, number: usize, node: &Node, short: &str, message: &str) -> Turn {
        self.progress.line(number, &format!("ERROR: {short}"));
        self.progress.plain(&format!("------\n > {}:\n", node.name));
        for line in std::mem::take(&mut self.log) {
            self.progress.plain(&format!("{line}\n"));
        }
        self.progress.plain("------\n");
        self.partial.clear();
        Turn::Failed(Failed { message: message.to_owned(), range: Some(node.range) })
    }

    fn begin_run(
        &mut self,
        world: &mut World,
        number: usize,
        node: &Node,
        op: &RunOp,
        below: &Chain,
        key: Digest,
    ) -> Turn {
        self.log.clear();
        self.partial.clear();
        world.kernel.spend(Duration::millis(100));
        let this = &*self;
        let trees = |world: &World, number: usize| this.tree(world, Some(number));
        match start(world, below, op, &self.request.secrets, &trees) {
            Ok(Started::Running(running)) => {
                self.running = Some(running);
                // The key waits where the outcome will be.
                self.outcomes.push(Outcome { chain: None, key, created: world.now() });
                Turn::Wait
            }
            Ok(Started::Failed(reason)) => {
                self.print(number, Duration::millis(100), reason.as_bytes());
                self.flush(number, Duration::millis(100));
                let message = unsuccessful(op, 1);
                self.fail(number, node, &message, &message)
            }
            Err(error) => {
                let message = error.message;
                let short =
                    message.strip_prefix("failed to compute cache key: ").unwrap_or(&message).to_owned();
                self.fail(number, node, &short, &message)
            }
        }
    }

    /// Looks after the process that runs.
    fn watch(&mut self, world: &mut World) -> Turn {
        let Some(running) = self.running.clone() else { return Turn::Continue };
        let Some(Outcome { key, .. }) = self.outcomes.last().cloned() else { return Turn::Continue };
        let at = self.outcomes.len() - 1;
        let number = self.numbers.get(&at).copied().unwrap_or(0);
        let Some(node) = self.plan.nodes.get(at).cloned() else { return Turn::Continue };
        let began = Time(running.started.0.saturating_sub(Duration::millis(100).0));
        let output = |job: &mut Job, world: &mut World| {
            for chunk in running.output(world) {
                job.print(number, chunk.time - began, &chunk.data);
            }
        };
        output(self, world);
        let Some(exit) = running.ended(world) else { return Turn::Wait };
        output(self, world);
        self.flush(number, world.now() - began);
        self.running = None;
        self.outcomes.pop();
        let Op::Run(op) = &node.op else { return Turn::Continue };
        let code = exit.status();
        let layer = running.finish(world);
        if code != 0 {
            let message = unsuccessful(op, code);
            return self.fail(number, &node, &message, &message);
        }
        match layer {
            Some(layer) => self.complete(world, number, &node, key, layer, began),
            None => self.fail(number, &node, "the tree of the step is gone", "the tree of the step is gone"),
        }
    }

    /// Takes what a process printed: whole lines are shown with the time since its start.
    fn print(&mut self, number: usize, since: Duration, data: &[u8]) {
        for byte in data {
            match byte {
                b'\n' => self.flush_line(number, since),
                _ if self.partial.len() >= MAX_LINE => {
                    self.flush_line(number, since);
                    self.partial.push(*byte);
                }
                _ => self.partial.push(*byte),
            }
        }
    }

    fn flush(&mut self, number: usize, since: Duration) {
        if !self.partial.is_empty() {
            self.flush_line(number, since);
        }
    }

    fn flush_line(&mut self, number: usize, since: Duration) {
        let line = std::mem::take(&mut self.partial);
        let text = String::from_utf8_lossy(&line);
        let line = format!("{:.3} {}", since.as_secs_f64(), text.trim_end_matches('\r'));
        self.progress.line(number, &line);
        self.log.push(line);
        if self.log.len() > LOG_LINES {
            self.log.remove(0);
        }
    }

    /// Stops a build: what runs is killed, what it held is given back.
    pub fn abort(&mut self, world: &mut World) {
        if let Some(running) = self.running.take() {
            running.abort(world);
        }
    }

    /// The tree of the result, once the build is done.
    pub fn result(&self, world: &World) -> View {
        self.tree(world, self.plan.result)
    }

    /// Makes and names the image of a build that is done.
    ///
    /// # Errors
    /// None that a well-formed plan brings about.
    pub fn export(&mut self, world: &mut World) -> Result<Built, crate::model::EngineError> {
        let chain = self.chain(world, self.plan.result);
        let created: Vec<Time> = self.outcomes.iter().map(|outcome| outcome.created).collect();
        let name = reference(&mut world.kernel.rng);
        let name = name.split(':').next().unwrap_or_default().to_owned();
        let tags = self.request.tags.clone();
        world.kernel.spend(Duration::millis(60));
        let run = Run { created: &created, started: self.started, reference: name, tags: &tags };
        let built = crate::engine::atomically(world, |world| export(world, &self.plan, &chain, &run))?;
        let number = self.progress.step("exporting to image");
        let took = seconds(Duration::millis(60));
        self.progress.line(number, &format!("exporting layers {took} done"));
        for (what, digest) in [
            ("manifest", built.manifest),
            ("config", built.config),
            ("attestation manifest", built.statement),
            ("manifest list", built.id),
        ] {
            self.progress.line(number, &format!("exporting {what} {digest} done"));
        }
        for name in &built.names {
            self.progress.line(number, &format!("naming to {name} done"));
        }
        for name in &built.names {
            self.progress.line(number, &format!("unpacking to {name} done"));
        }
        self.progress.done(number, Duration::millis(60));
        Ok(built)
    }
}

/// What a step that ended with another code than 0 says.
fn unsuccessful(op: &RunOp, code: i32) -> String {
    format!("process {} did not complete successfully: exit code: {code}", quote(&op.argv.join(" ")))
}
