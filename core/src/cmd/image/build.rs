//! `docker buildx build`, which `docker build` and `docker image build` are: it reads what the daemon needs, looks
//! on while the daemon builds, and takes the result.

use super::build_cache::{self as cache, Destination};
use super::build_call;
use super::build_context::failed;
use super::build_display::Display;
use super::build_options::{check, request, warn_of_old_options};
use super::build_output::{self as output, Output};
use super::build_record as record;
use super::build_report::{checked, listed, refused, solve_failed, violated};
use super::build_sources::{named_contexts, sources};
use crate::base::{Duration, Reference};
use crate::cmd::{Cli, Command, Failure, Flow, Until};
use crate::engine::build::dockerfile::{Directives, Dockerfile, Warning};
use crate::engine::build::{self, Built, Handed, Planned, Refusal, Request, plan};
use crate::grammar::Invocation;
use crate::kernel::{Applet, Behave, Disposition, Signal, Step, Sys, Wait};
use crate::model::build::{Failed, News, Progress};
use crate::model::{PastBuild, World};
use serde::{Deserialize, Serialize};

/// `docker buildx build [OPTIONS] PATH | URL | -`.
pub const COMMAND: Command = Command::new("buildx build", run);

/// A build under way.
pub const APPLETS: &[Applet] = &[Applet::state::<Building>("docker buildx build")];

/// A client that builds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Building {
    number: u64,
    display: Display,
    request: Request,
    warnings: Vec<Warning>,
    quiet: bool,
    outputs: Vec<Output>,
    caches: Vec<Destination>,
    iidfile: Option<String>,
    metadata: Option<String>,
    /// The directory of the client's settings, where its credentials are.
    settings: String,
    /// What will be remembered of it.
    past: PastBuild,
}

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let place = call.arg(0).to_owned();
    let from_stdin = place == "-" || call.str("file") == "-";
    if from_stdin && cli.input.is_none() {
        return Ok(Flow::Input(Until::End));
    }
    check(call)?;
    warn_of_old_options(cli, call);
    let mut past = record::begin(cli, call)?;
    let mut progress = Progress::default();
    let result = start(cli, call, &mut past, &mut progress);
    if let Err(failure) = &result
        && !progress.events.is_empty()
    {
        record::end(cli.sys, &mut past, &progress, Some(&failure.stderr));
    }
    result
}

/// Reads everything, plans, and hands over to a client that builds.
fn start(
    cli: &mut Cli<'_, '_>,
    call: &Invocation,
    past: &mut PastBuild,
    progress: &mut Progress,
) -> Result<Flow, Failure> {
    let mut display = Display::read(cli, call)?;
    let mut request = request(cli, call)?;
    let outputs = output::read(call, &mut request.tags)?;
    let caches = cache::destinations(call, &mut request)?;
    let mut sources = sources(cli, call, call.arg(0))?;
    named_contexts(cli, call, &mut request, &mut sources.contexts)?;
    request.file.clone_from(&sources.file);
    let now = cli.sys.now();
    let step = progress.begin(now, format!("[internal] load build definition from {}", sources.file));
    let size = sources.text.as_ref().map_or(2, |text| text.len() as u64 + 31);
    progress.part(now, step, "transferring dockerfile:", size, Duration::ZERO);
    let file = match understood(&mut request, sources.text) {
        Ok(file) => file,
        Err(failure) => {
            progress.tell(now, step, News::Done);
            display.end(cli.sys, progress, None);
            return Err(failure);
        }
    };
    if let offers @ ("outline" | "targets") = call.str("call") {
        progress.tell(now, step, News::Done);
        display.end(cli.sys, progress, None);
        return build_call::told(cli, offers, &file, &request, &sources.ignore);
    }
    let planned = plan(cli.world()?, &file, &request, &sources.ignore);
    let warnings = match &planned {
        Ok(planned) => &planned.warnings,
        Err(refusal) => &refusal.warnings,
    };
    if call.bool("check") || call.str("call") == "check" {
        progress.tell(now, step, News::Done);
        display.end(cli.sys, progress, None);
        return checked(cli, &request, warnings, planned.as_ref().err().map(AsRef::as_ref));
    }
    for warning in warnings {
        progress.tell(now, step, News::Warning(warning.text()));
    }
    progress.tell(now, step, News::Done);
    let planned = acceptable(cli, &mut display, progress, &request, &file.directives, planned)?;
    begin_progress(cli, progress, &file, &planned.plan.metadata, sources.ignore_size);
    cache::import(cli, call, progress)?;
    display.show(cli.sys, progress);
    let handed = Handed {
        request: request.clone(),
        plan: planned.plan,
        progress: std::mem::take(progress),
        contexts: sources.contexts,
        client: cli.sys.me().ok().map(|me| me.pid),
    };
    let building = Building {
        number: build::begin(cli.world()?, handed),
        quiet: display.is_quiet(),
        display,
        request,
        warnings: planned.warnings,
        outputs,
        caches,
        iidfile: call.get("iidfile").map(str::to_owned),
        metadata: call.get("metadata-file").map(str::to_owned),
        settings: cli.settings_dir(),
        past: std::mem::take(past),
    };
    Ok(Flow::Wait("docker buildx build", Box::new(building)))
}

/// The Dockerfile of a request, where there is one.
fn understood(request: &mut Request, text: Result<String, String>) -> Result<Dockerfile, Failure> {
    request.text = text.map_err(|message| failed(format!("failed to solve: {message}")))?;
    build::understand(request).map_err(|problem| solve_failed(request, &problem.message, problem.range, &[]))
}

/// A plan that can be carried out: it was made, and its warnings are no errors.
fn acceptable(
    cli: &mut Cli<'_, '_>,
    display: &mut Display,
    progress: &mut Progress,
    request: &Request,
    directives: &Directives,
    planned: Result<Planned, Box<Refusal>>,
) -> Result<Planned, Failure> {
    let planned = match planned {
        Ok(planned) => planned,
        Err(refusal) => {
            let failure = refused_progress(cli, progress, &refusal);
            display.end(cli.sys, progress, Some(&failure));
            return Err(refused(request, &refusal));
        }
    };
    if directives.warnings_fail() && !planned.warnings.is_empty() {
        display.end(cli.sys, progress, None);
        return Err(violated(request, &planned.warnings));
    }
    Ok(planned)
}

/// A step that takes no time.
fn at_once(cli: &Cli<'_, '_>, progress: &mut Progress, name: String, end: News) -> usize {
    let now = cli.sys.now();
    let step = progress.begin(now, name);
    progress.tell(now, step, end);
    step
}

/// What the progress says between the Dockerfile and the first step.
fn begin_progress(
    cli: &Cli<'_, '_>,
    progress: &mut Progress,
    file: &Dockerfile,
    metadata: &[String],
    ignore_size: usize,
) {
    if let Some(syntax) = &file.directives.syntax {
        let name = Reference::parse(syntax).map_or_else(|_| syntax.clone(), |name| name.or_latest().canonical());
        at_once(cli, progress, format!("resolve image config for docker-image://{name}"), News::Done);
        at_once(cli, progress, format!("docker-image://{name}"), News::Cached);
    }
    for name in metadata {
        at_once(cli, progress, format!("[internal] load metadata for {name}"), News::Done);
    }
    let now = cli.sys.now();
    let step = progress.begin(now, "[internal] load .dockerignore");
    let bytes = if ignore_size == 0 { 2 } else { ignore_size as u64 + 30 };
    progress.part(now, step, "transferring context:", bytes, Duration::ZERO);
    progress.tell(now, step, News::Done);
}

/// What the progress says of a base image that is not there.
fn refused_progress(cli: &Cli<'_, '_>, progress: &mut Progress, refusal: &Refusal) -> Failed {
    for name in &refusal.metadata {
        at_once(cli, progress, format!("[internal] load metadata for {name}"), News::Done);
    }
    let step = refusal.step.clone().map(|(step, why)| {
        at_once(cli, progress, step.clone(), News::Failed(why));
        (step, vec![])
    });
    Failed { message: refusal.problem.message.clone(), range: None, step }
}

impl Behave for Building {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
            sys.on_signal(signal, Some(Disposition::Handle));
        }
        let interrupted = sys.take_signal().is_some();
        let Some(world) = sys.daemon::<World>() else { return Step::Exit(1) };
        if interrupted {
            build::cancel(world, self.number);
        }
        let Some(job) = world.builds.get(&self.number).cloned() else {
            sys.eprint(&failed("failed to receive status: the build is gone").stderr);
            return Step::Exit(1);
        };
        let code = match &job.ended {
            None => {
                self.display.show(sys, &job.progress);
                let wait = Wait::daemon();
                return Step::Block(match self.display.due(sys.now()) {
                    Some(due) => Wait { until: Some(due), ..wait },
                    None => wait,
                });
            }
            Some(Err(failure)) => {
                self.display.end(sys, &job.progress, Some(failure));
                let warnings = if self.quiet { &[] } else { self.warnings.as_slice() };
                sys.eprint(&solve_failed(&self.request, &failure.message, failure.range, warnings).stderr);
                self.past.canceled = interrupted;
                record::end(sys, &mut self.past, &job.progress, Some(&failure.message));
                if interrupted { 130 } else { 1 }
            }
            Some(Ok(())) => self.finish(sys),
        };
        if let Some(world) = sys.daemon::<World>() {
            build::forget(world, self.number);
        }
        Step::Exit(code)
    }
}

impl Building {
    /// Puts the result where it goes.
    fn finish(&mut self, sys: &mut Sys<'_>) -> i32 {
        let mut done = Ok(());
        for output in self.outputs.clone() {
            done = done.and_then(|()| match output {
                Output::Image(push) => self.store(sys, push),
                Output::Nothing => Ok(()),
                Output::Local(dest) => self.local(sys, &dest),
                Output::Tar(dest) => self.tar(sys, &dest),
                Output::Archive { docker, dest } => self.archive(sys, docker, &dest),
            });
        }
        for cache in self.caches.clone() {
            if let Destination::Local(dest, all) = cache {
                done = done.and_then(|()| cache::export(sys, self.number, &dest, all));
            }
        }
        let job = sys.daemon::<World>().and_then(|world| world.builds.get(&self.number).cloned());
        if let Some(job) = job {
            self.display.end(sys, &job.progress, None);
            record::end(sys, &mut self.past, &job.progress, done.as_ref().err().map(String::as_str));
        }
        match done {
            Ok(()) => {
                if !self.quiet {
                    sys.eprint(&listed(&self.warnings));
                }
                0
            }
            Err(message) => {
                sys.eprint(&failed(message).stderr);
                1
            }
        }
    }

    fn store(&mut self, sys: &mut Sys<'_>, push: bool) -> Result<(), String> {
        let world = sys.daemon::<World>().ok_or("no daemon")?;
        let built = build::take_image(world, self.number).map_err(|e| format!("failed to solve: {e}"))?;
        if push {
            for name in &built.names {
                let name = Reference::parse(name).map_err(|e| e.to_string())?;
                let who = crate::cmd::registry::config::credentials(sys, &self.settings, name.domain());
                let world = sys.daemon::<World>().ok_or("no daemon")?;
                crate::engine::registry::push(world, &name, who.as_ref())
                    .map_err(|e| format!("failed to solve: {e}"))?;
            }
        }
        if self.quiet {
            sys.print(&format!("{}\n", built.id));
        }
        let write = |sys: &mut Sys<'_>, path: &str, text: &str| {
            let fail = |e: crate::base::Errno| format!("open {path}: {}", e.text().to_lowercase());
            sys.write_file(path, text.as_bytes(), 0o644).map_err(fail)
        };
        if let Some(path) = &self.iidfile {
            write(sys, path, &built.id.to_string())?;
        }
        if let Some(path) = &self.metadata {
            write(sys, path, &metadata(&built, &self.past.reference))?;
        }
        Ok(())
    }

    fn local(&mut self, sys: &mut Sys<'_>, dest: &str) -> Result<(), String> {
        let world = sys.daemon::<World>().ok_or("no daemon")?;
        let tree = build::result(world, self.number);
        let bytes = output::to_directory(sys, &tree, dest)?;
        self.told(sys, "exporting to client directory", "copying files", bytes)
    }

    fn tar(&mut self, sys: &mut Sys<'_>, dest: &str) -> Result<(), String> {
        let world = sys.daemon::<World>().ok_or("no daemon")?;
        let bytes = output::to_tar(&build::result(world, self.number));
        self.told(sys, "exporting to client tarball", "sending tarball", 0)?;
        hand(sys, dest, &bytes)
    }

    fn archive(&mut self, sys: &mut Sys<'_>, docker: bool, dest: &str) -> Result<(), String> {
        let world = sys.daemon::<World>().ok_or("no daemon")?;
        let bytes = build::take_archive(world, self.number, docker).map_err(|e| format!("failed to solve: {e}"))?;
        hand(sys, dest, &bytes)
    }

    /// The step in which the client takes the result over.
    fn told(&self, sys: &mut Sys<'_>, name: &str, part: &str, bytes: u64) -> Result<(), String> {
        let world = sys.daemon::<World>().ok_or("no daemon")?;
        build::told(world, self.number, name, &[part], bytes);
        Ok(())
    }
}

/// Writes an archive to a file, or to standard output.
fn hand(sys: &mut Sys<'_>, dest: &str, bytes: &[u8]) -> Result<(), String> {
    if dest == "-" {
        sys.write(1, bytes);
        return Ok(());
    }
    let fail = |e: crate::base::Errno| format!("open {dest}: {}", e.text().to_lowercase());
    sys.write_file(dest, bytes, 0o644).map_err(fail)
}

/// `--metadata-file`.
fn metadata(built: &Built, reference: &str) -> String {
    let predicate: serde_json::Value = serde_json::from_str(&built.predicate).unwrap_or_default();
    let target = &built.target;
    let mut facts = serde_json::json!({
        "buildx.build.provenance": predicate,
        "buildx.build.ref": format!("default/default/{reference}"),
        "containerimage.config.digest": built.config,
        "containerimage.descriptor": {
            "mediaType": target.media_type,
            "digest": target.digest,
            "size": target.size,
        },
        "containerimage.digest": built.id,
    });
    if !built.names.is_empty() {
        facts["image.name"] = built.names.join(",").into();
    }
    serde_json::to_string_pretty(&facts).unwrap_or_default() + "\n"
}
