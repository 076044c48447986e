//! `POST /build`: the classic builder's side of a build. The context comes as an archive, and what happens is told
//! step by step in the classic builder's words; the work is that of the one builder there is.

use super::failure;
use crate::api::query::Query;
use crate::api::reply::{line, not_simulated};
use crate::api::{Answer, Answered, Call, Polled, Refusal, Reply, Stream};
use crate::base::{Digest, Gather, Reference, reference::check_build_tag};
use crate::engine::build::dockerfile::{Dockerfile, Range, parse};
use crate::engine::build::{self, Handed, Patterns, Request, context, plan};
use crate::engine::image;
use crate::kernel::Stream as Output;
use crate::model::World;
use crate::model::build::{Event, Failed, Job, News, Op, Progress};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// An instruction as it is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    text: String,
    range: Range,
}

/// A build under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Building {
    /// Its number; none where it could not begin.
    number: Option<u64>,
    quiet: bool,
    keeps: bool,
    steps: Vec<Told>,
    /// How many of the steps have been told of.
    told: usize,
    /// The step of the plan that is told of now: one after the other, however they run.
    at: usize,
    /// How many of its events have been told of.
    seen: usize,
    /// Why it could not begin.
    refused: Option<Failed>,
}

/// Builds an image.
pub fn build(world: &mut World, call: &Call<'_>) -> Answered {
    check(call)?;
    let mut request = request(world, call)?;
    let now = world.now();
    let view = context::archive(&call.request.body, now).map_err(Refusal::invalid)?;
    let file = call.query.some("dockerfile").unwrap_or("Dockerfile");
    let text = context::text_in(&view, &format!("/{file}"))
        .ok_or_else(|| Refusal::new(500, format!("Cannot locate specified Dockerfile: {file}")))?;
    let ignored = context::text_in(&view, "/.dockerignore").unwrap_or_default();
    let ignore = Patterns::parse(&ignored).map_err(Refusal::invalid)?;
    let kept = context::filtered(&view, &ignore, now);
    request.file = file.rsplit('/').next().unwrap_or(file).to_owned();
    request.text.clone_from(&text);
    let parsed = parse(&text).map_err(|problem| Refusal::invalid(problem.message))?;
    let steps = steps(&parsed);
    let mut building = Building {
        number: None,
        quiet: call.query.flag("q"),
        keeps: call.query.has("rm") && !call.query.flag("rm"),
        steps,
        told: 0,
        at: 0,
        seen: 0,
        refused: None,
    };
    match plan(world, &parsed, &request, &ignore) {
        Ok(planned) => {
            let contexts = BTreeMap::from([(String::new(), (kept, call.request.body.len() as u64))]);
            let progress = Progress::default();
            let handed = Handed { request, plan: planned.plan, progress, contexts, client: None };
            building.number = Some(build::begin(world, handed));
        }
        Err(refusal) => {
            let problem = refusal.problem;
            building.refused = Some(Failed { message: problem.message, range: problem.range, step: None });
        }
    }
    let head = Reply::progress();
    Ok(Answer::Stream(head, Box::new(Stream::Build(Box::new(building)))))
}

/// What is not simulated, and what makes no sense.
fn check(call: &Call<'_>) -> Result<(), Refusal> {
    let query = &call.query;
    if query.get("version") == "2" {
        return Err(not_simulated("a BuildKit build (set DOCKER_BUILDKIT=0 for the classic one), which"));
    }
    if query.some("remote").is_some() {
        return Err(not_simulated("a build context from an address"));
    }
    for name in ["squash", "outputs"] {
        if query.flag(name) && query.get(name) != "[]" {
            return Err(not_simulated(&format!("the build option {name}")));
        }
    }
    if let Some(platform) = query.some("platform").filter(|p| !["linux/amd64", "linux"].contains(p)) {
        return Err(not_simulated(&format!("building for the platform {platform}")));
    }
    for tag in query.all("t").iter().filter(|t| !t.is_empty()) {
        check_build_tag(tag).map_err(|e| Refusal::invalid(e.to_string()))?;
    }
    Ok(())
}

/// True where only certain images may give results of earlier builds (`cachefrom`), and none of them is here.
fn no_source_of_cache(world: &World, query: &Query) -> Result<bool, Refusal> {
    let Some(text) = query.some("cachefrom") else { return Ok(false) };
    let wrong = |why: String| Refusal::invalid(format!("error reading cache-from: {why}"));
    let sources: Vec<String> = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
    Ok(!sources.is_empty() && sources.iter().all(|source| image::find(&world.images, source).is_err()))
}

fn request(world: &World, call: &Call<'_>) -> Result<Request, Refusal> {
    let query = &call.query;
    let tags = query.all("t");
    let tags =
        tags.iter().filter_map(|tag| Reference::parse(tag).ok()).map(|tag| tag.or_latest().canonical());
    let network = match query.get("networkmode") {
        "" | "default" | "bridge" => "",
        network @ ("none" | "host") => network,
        other => return Err(not_simulated(&format!("building on the network {other}"))),
    };
    let args = query.texts("buildargs")?.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let labels = query.texts("labels")?.into_iter().map(|(name, value)| (name, value.unwrap_or_default()));
    let hosts = query.all("extrahosts");
    let hosts = hosts.iter().flat_map(|h| h.split(',')).filter_map(|h| h.split_once(':'));
    Ok(Request {
        target: query.some("target").map(str::to_owned),
        args: args.gather(),
        labels: labels.gather(),
        no_cache: query.flag("nocache") || no_source_of_cache(world, query)?,
        pull: query.flag("pull"),
        network: network.to_owned(),
        hosts: hosts.map(|(name, address)| (name.to_owned(), address.to_owned())).collect(),
        tags: tags.collect(),
        ..Request::default()
    })
}

/// The instructions in order, as they are told of.
fn steps(file: &Dockerfile) -> Vec<Told> {
    let mut all: Vec<Told> =
        file.global.iter().map(|s| Told { text: s.text.clone(), range: s.range }).collect();
    for stage in &file.stages {
        all.push(Told { text: stage.text.clone(), range: stage.range });
        all.extend(stage.steps.iter().map(|s| Told { text: s.text.clone(), range: s.range }));
    }
    all
}

fn say(out: &mut Vec<u8>, text: &str) {
    out.extend(line(&json!({ "stream": text })));
}

/// An id in the place of those that the classic builder's steps had.
fn id(what: &str) -> String {
    Digest::of(what.as_bytes()).hex().chars().take(12).collect()
}

impl Building {
    /// Goes on, and tells of it.
    pub fn poll(&mut self, world: &mut World) -> Polled {
        let mut out = vec![];
        if let Some(failed) = self.refused.take() {
            self.tell_up_to(&mut out, failed.range.map_or(0, |range| range.start), false);
            out.extend(line(&failure(&failed.message)));
            return Polled { bytes: out, done: true, due: None };
        }
        let job = self.number.and_then(|number| world.builds.get(&number)).cloned();
        let Some(job) = job else { return Polled { bytes: out, done: true, due: None } };
        self.tell_news(&mut out, &job);
        match &job.ended {
            None => return Polled { bytes: out, done: false, due: build::next_deadline(world) },
            Some(Err(failed)) => out.extend(self.failed(failed)),
            Some(Ok(())) => self.finish(world, &mut out),
        }
        self.number.into_iter().for_each(|number| build::forget(world, number));
        Polled { bytes: out, done: true, due: None }
    }

    /// The client has gone.
    pub fn abort(&mut self, world: &mut World) {
        if let Some(number) = self.number {
            build::cancel(world, number);
            build::forget(world, number);
        }
    }

    /// Tells of the steps as far as they have come, in the order of the file.
    fn tell_news(&mut self, out: &mut Vec<u8>, job: &Job) {
        while let (Some(node), Some(step)) = (job.plan.nodes.get(self.at), job.numbers.get(self.at)) {
            let acts = matches!(node.op, Op::Run(_) | Op::Copy(_) | Op::Workdir(..));
            let events = job.progress.events.iter().filter(|event| event.step == *step);
            let cached = events.clone().any(|event| matches!(event.news, News::Cached | News::Same));
            let mut over = !acts || job.ended.is_some();
            for event in events.skip(self.seen).filter(|_| acts) {
                self.seen += 1;
                self.tell(out, event, node.range, cached);
                let goes_on = matches!(event.news, News::Started | News::Status(_) | News::Log { .. });
                over |= !goes_on && !matches!(event.news, News::Warning(_));
            }
            if !over {
                return;
            }
            (self.at, self.seen) = (self.at + 1, 0);
        }
    }

    fn finish(&mut self, world: &mut World, out: &mut Vec<u8>) {
        self.tell_up_to(out, usize::MAX, false);
        let Some(number) = self.number else { return };
        match build::take_image(world, number) {
            Ok(built) => {
                if self.quiet {
                    say(out, &format!("{}\n", built.id));
                    return;
                }
                out.extend(line(&json!({ "aux": { "ID": built.id } })));
                say(out, &format!("Successfully built {}\n", built.id.short()));
                for name in &built.names {
                    let name = Reference::parse(name).map_or_else(|_| name.clone(), |n| n.familiar());
                    say(out, &format!("Successfully tagged {name}\n"));
                }
            }
            Err(error) => out.extend(line(&failure(&error.message))),
        }
    }

    /// Tells of the instructions before the one that begins at a line. They only configure, so they come from the
    /// cache where that one does.
    fn tell_up_to(&mut self, out: &mut Vec<u8>, start: usize, cached: bool) {
        while let Some(step) = self.steps.get(self.told).filter(|step| step.range.start < start).cloned() {
            self.head(out, &step);
            if !self.quiet {
                if cached && self.begun_stage(&step) {
                    say(out, " ---> Using cache\n");
                }
                say(out, &format!(" ---> {}\n", id(&step.text)));
            }
        }
    }

    /// True of an instruction of a stage, its `FROM` aside.
    fn begun_stage(&self, step: &Told) -> bool {
        let is_from =
            |step: &Told| step.text.split_whitespace().next().is_some_and(|w| w.eq_ignore_ascii_case("FROM"));
        !is_from(step) && self.steps.iter().take(self.told).any(is_from)
    }

    fn head(&mut self, out: &mut Vec<u8>, step: &Told) {
        self.told += 1;
        if !self.quiet {
            say(out, &format!("Step {}/{} : {}\n", self.told, self.steps.len(), step.text));
        }
    }

    fn tell(&mut self, out: &mut Vec<u8>, event: &Event, range: Range, cached: bool) {
        if matches!(event.news, News::Started) {
            let step = |s: &&Told| s.range.start == range.start;
            if let Some(step) = self.steps.iter().skip(self.told).find(step).cloned() {
                self.tell_up_to(out, step.range.start, cached);
                self.head(out, &step);
            }
            return;
        }
        if self.quiet {
            return;
        }
        let result = id(&format!("result {} {}", self.told, event.step));
        let running = id(&format!("container {} {}", self.told, event.step));
        match &event.news {
            News::Cached | News::Same => {
                say(out, " ---> Using cache\n");
                say(out, &format!(" ---> {result}\n"));
            }
            News::Done => {
                if !self.keeps {
                    say(out, &format!(" ---> Removed intermediate container {running}\n"));
                }
                say(out, &format!(" ---> {result}\n"));
            }
            News::Log { stream: Output::Stderr, text, .. } => say(out, &format!("\x1b[91m{text}\n\x1b[0m")),
            News::Log { text, .. } => say(out, &format!("{text}\n")),
            _ => {}
        }
    }

    /// The failure in the classic builder's words, where it has its own.
    fn failed(&self, failed: &Failed) -> Vec<u8> {
        let message = &failed.message;
        let ended = message
            .strip_prefix("process ")
            .and_then(|rest| rest.rsplit_once(" did not complete successfully: exit code: "));
        let Some((command, code)) = ended else {
            let missing = message.strip_suffix(": not found").and_then(|m| m.rsplit_once(": \"/"));
            let text = match missing {
                Some((_, path)) if message.contains("failed to calculate checksum") => format!(
                    "COPY failed: file not found in build context or excluded by .dockerignore: stat {}: file does not \
                     exist",
                    path.trim_end_matches('"')
                ),
                _ => message.clone(),
            };
            return line(&failure(&text));
        };
        let command: String = serde_json::from_str(command).unwrap_or_else(|_| command.to_owned());
        let text = format!("The command '{command}' returned a non-zero code: {code}");
        let code: i32 = code.parse().unwrap_or(1);
        line(&json!({ "errorDetail": { "code": code, "message": text }, "error": text }))
    }
}
