//! A build that a BuildKit client asks for: its `dockerfile.v0` is a call into the one builder there is. What happens is
//! told as documents, a line each, that whoever speaks gRPC turns into vertices, statuses and logs.

use crate::api::{Answer, Answered, Polled, Refusal, Reply, Stream};
use crate::base::{Digest, Duration, Reference};
use crate::engine::build::dockerfile::parse;
use crate::engine::build::{self, Handed, Patterns, Request, plan};
use crate::fs::tar::TarEntry;
use crate::fs::{Overwrite, View};
use crate::model::World;
use crate::model::build::{Event, News, Progress};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a client asks for, its files at hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Solve {
    /// The options of the frontend: `target`, `build-arg:NAME` …
    pub options: BTreeMap<String, String>,
    /// The names to give the image; `None` where nothing is to be stored.
    pub names: Option<Vec<String>>,
    /// The Dockerfile, or why there is none.
    pub text: Result<String, String>,
    /// `.dockerignore`.
    pub ignore: String,
    /// The directories of the client by name; the context has the empty one.
    pub contexts: BTreeMap<String, Vec<TarEntry>>,
    /// Secrets by id.
    pub secrets: Vec<(String, Vec<u8>)>,
}

/// A line of what is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Told {
    /// Something happened to a step, which has this name.
    Event(String, Event),
    /// The image: its digest, that of its configuration, its names.
    Built(Digest, Digest, Vec<String>),
    /// All is done, and nothing was to be stored.
    Done,
    /// It failed.
    Failed(String),
}

/// A build under way for a BuildKit client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Solving {
    number: Option<u64>,
    stores: bool,
    /// What happened before the build could begin, and has not been told.
    before: Progress,
    /// Why it could not begin.
    refused: Option<String>,
    /// How many of its events have been told.
    seen: usize,
}

/// Begins a build.
///
/// # Errors
/// An option that is not simulated.
pub fn solve(world: &mut World, asked: Solve) -> Answered {
    let mut request = request(&asked)?;
    let mut solving = Solving {
        number: None,
        stores: asked.names.is_some(),
        before: Progress::default(),
        refused: None,
        seen: 0,
    };
    match begin(world, asked, &mut request, &mut solving.before) {
        Ok(number) => solving.number = Some(number),
        Err(message) => solving.refused = Some(message),
    }
    Ok(Answer::Stream(Reply::empty(200), Box::new(Stream::Solve(Box::new(solving)))))
}

fn request(asked: &Solve) -> Result<Request, Refusal> {
    let mut request =
        Request { file: "Dockerfile".to_owned(), secrets: asked.secrets.clone(), ..Request::default() };
    for (name, value) in &asked.options {
        match name.split_once(':').unwrap_or((name.as_str(), "")) {
            ("build-arg", arg) => request.args.push((arg.to_owned(), value.clone())),
            ("label", label) => request.labels.push((label.to_owned(), value.clone())),
            ("context", context) => match value.split_once(':') {
                Some(("local", _)) => request.contexts.push(context.to_owned()),
                Some(("docker-image", image)) => {
                    request.images.push((context.to_owned(), image.trim_start_matches("//").to_owned()));
                }
                _ => return Err(gap(&format!("the context {value}"))),
            },
            ("target", "") => request.target = Some(value.clone()).filter(|target| !target.is_empty()),
            ("filename", "") => value.rsplit('/').next().unwrap_or(value).clone_into(&mut request.file),
            ("no-cache", "") if value.is_empty() => request.no_cache = true,
            ("no-cache", "") => request.no_cache_filter = value.split(',').map(str::to_owned).collect(),
            ("image-resolve-mode", "") => request.pull = value == "pull",
            ("force-network-mode", "") => value.clone_into(&mut request.network),
            ("add-hosts", "") => {
                let hosts = value.split(',').filter_map(|host| host.split_once('='));
                request.hosts = hosts.map(|(name, address)| (name.to_owned(), address.to_owned())).collect();
            }
            ("platform", "") if ["linux/amd64", "linux"].contains(&value.as_str()) => {}
            ("platform", "") => return Err(gap(&format!("building for the platform {value}"))),
            // What describes the client, or asks for the statement that every image gets.
            ("frontend.caps" | "source" | "multi-platform", "") => {}
            ("attest" | "input-metadata" | "local-sessionid" | "vcs" | "frontend" | "localdir", _) => {}
            _ => return Err(gap(&format!("the build option {name}"))),
        }
    }
    let names = asked.names.iter().flatten().filter_map(|name| Reference::parse(name).ok());
    request.tags = names.map(|name| name.or_latest().canonical()).collect();
    Ok(request)
}

fn gap(what: &str) -> Refusal {
    crate::api::reply::not_simulated(what)
}

/// Reads, plans and hands over; the message of what kept it from doing so.
fn begin(
    world: &mut World,
    asked: Solve,
    request: &mut Request,
    progress: &mut Progress,
) -> Result<u64, String> {
    let now = world.now();
    let step = progress.begin(now, format!("[internal] load build definition from {}", request.file));
    let size = asked.text.as_ref().map_or(2, |text| text.len() as u64 + 31);
    progress.part(now, step, "transferring dockerfile:", size, Duration::ZERO);
    let parsed = asked.text.and_then(|text| {
        request.text = text;
        parse(&request.text).map_err(|problem| problem.message)
    });
    let file = match parsed {
        Ok(file) => file,
        Err(message) => {
            progress.tell(now, step, News::Done);
            return Err(message);
        }
    };
    let ignore = Patterns::parse(&asked.ignore)?;
    let planned = plan(world, &file, request, &ignore);
    let warnings = match &planned {
        Ok(planned) => &planned.warnings,
        Err(refusal) => &refusal.warnings,
    };
    for warning in warnings {
        progress.tell(now, step, News::Warning(warning.text()));
    }
    progress.tell(now, step, News::Done);
    let metadata = match &planned {
        Ok(planned) => &planned.plan.metadata,
        Err(refusal) => &refusal.metadata,
    };
    for name in metadata {
        let step = progress.begin(now, format!("[internal] load metadata for {name}"));
        progress.tell(now, step, News::Done);
    }
    let planned = planned.map_err(|refusal| {
        if let Some((name, why)) = &refusal.step {
            let step = progress.begin(now, name.clone());
            progress.tell(now, step, News::Failed(why.clone()));
        }
        refusal.problem.message
    })?;
    if file.directives.warnings_fail() && !planned.warnings.is_empty() {
        return Err("lint violation found for rules: ".to_owned()
            + &planned.warnings.iter().map(|w| w.rule.name()).collect::<Vec<_>>().join(", "));
    }
    let step = progress.begin(now, "[internal] load .dockerignore");
    let bytes = if asked.ignore.is_empty() { 2 } else { asked.ignore.len() as u64 + 30 };
    progress.part(now, step, "transferring context:", bytes, Duration::ZERO);
    progress.tell(now, step, News::Done);
    let mut contexts = BTreeMap::new();
    for (name, mut entries) in asked.contexts {
        entries.iter_mut().for_each(|entry| (entry.uid, entry.gid) = (0, 0));
        let sent = entries.iter().map(|entry| entry.path.len() as u64 + size_of(entry)).sum();
        let mut view = View::empty(now);
        view.unpack(View::ROOT, &entries, Overwrite::Anything, now).map_err(|e| e.to_string())?;
        contexts.insert(name, (view, sent));
    }
    let progress = std::mem::take(progress);
    let handed = Handed { request: request.clone(), plan: planned.plan, progress, contexts, client: None };
    Ok(build::begin(world, handed))
}

fn size_of(entry: &TarEntry) -> u64 {
    match &entry.kind {
        crate::fs::tar::TarKind::File(content) => content.len(),
        _ => 0,
    }
}

fn put(out: &mut Vec<u8>, told: &Told) {
    out.extend(serde_json::to_vec(told).unwrap_or_default());
    out.push(b'\n');
}

fn put_news(out: &mut Vec<u8>, progress: &Progress, seen: &mut usize) {
    for event in progress.events.iter().skip(*seen) {
        let name = progress.steps.get(event.step).cloned().unwrap_or_default();
        put(out, &Told::Event(name, event.clone()));
    }
    *seen = progress.events.len();
}

impl Solving {
    /// Goes on, and tells of it.
    pub fn poll(&mut self, world: &mut World) -> Polled {
        let mut bytes = vec![];
        if let Some(message) = self.refused.take() {
            put_news(&mut bytes, &self.before, &mut self.seen);
            put(&mut bytes, &Told::Failed(message));
            return Polled { bytes, done: true, due: None };
        }
        let job = self.number.and_then(|number| world.builds.get(&number)).cloned();
        let (Some(job), Some(number)) = (job, self.number) else {
            return Polled { bytes, done: true, due: None };
        };
        put_news(&mut bytes, &job.progress, &mut self.seen);
        let end = match &job.ended {
            None => return Polled { bytes, done: false, due: build::next_deadline(world) },
            Some(Err(failed)) => Told::Failed(failed.message.clone()),
            Some(Ok(())) if !self.stores => Told::Done,
            Some(Ok(())) => match build::take_image(world, number) {
                Ok(built) => Told::Built(built.id, built.config, built.names),
                Err(error) => Told::Failed(error.message),
            },
        };
        if let Some(job) = world.builds.get(&number).cloned() {
            put_news(&mut bytes, &job.progress, &mut self.seen);
        }
        put(&mut bytes, &end);
        build::forget(world, number);
        self.number = None;
        Polled { bytes, done: true, due: None }
    }

    /// The client has gone.
    pub fn abort(&mut self, world: &mut World) {
        if let Some(number) = self.number.take() {
            build::cancel(world, number);
            build::forget(world, number);
        }
    }
}
