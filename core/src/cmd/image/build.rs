//! `docker buildx build`, which `docker build` and `docker image build` are.

use super::build_context::{self as context, failed};
use super::build_output::{self as output, Output};
use super::build_record as record;
use crate::base::{Reference, reference::check_build_tag};
use crate::cmd::{Cli, Command, Failure, Flow, Until};
use crate::engine::build::context as archived;
use crate::engine::build::dockerfile::{Dockerfile, Range, Warning, excerpt, parse};
use crate::engine::build::{Built, Failed, Job, Patterns, Progress, Refusal, Request, Turn, plan};
use crate::fs::View;
use crate::grammar::{Invocation, read_csv};
use crate::kernel::{Applet, Behave, Disposition, Signal, Step, Sys, Wait};
use crate::model::{PastBuild, World};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `docker buildx build [OPTIONS] PATH | URL | -`.
pub const COMMAND: Command = Command::new("buildx build", run);

/// A build under way.
pub const APPLETS: &[Applet] = &[Applet::state::<Building>("docker buildx build")];

/// A client that builds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Building {
    job: Job,
    quiet: bool,
    output: Output,
    iidfile: Option<String>,
    metadata: Option<String>,
    push: bool,
    /// The directory of the client's settings, where its credentials are.
    settings: String,
    /// What will be remembered of it.
    past: PastBuild,
}

/// A context with its Dockerfile, as the client reads them.
struct Sources {
    contexts: BTreeMap<String, (View, u64)>,
    ignore: Patterns,
    ignore_size: usize,
    file: String,
    text: Result<String, String>,
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
    let result = start(cli, call, &mut past);
    if let Err(failure) = &result
        && !past.log.is_empty()
    {
        record::end(cli.sys, &mut past, Some(&failure.stderr));
    }
    result
}

/// Reads everything, plans, and hands over to a client that builds.
fn start(cli: &mut Cli<'_, '_>, call: &Invocation, past: &mut PastBuild) -> Result<Flow, Failure> {
    let place = call.arg(0).to_owned();
    let mut request = request(cli, call)?;
    let output = output::read(call)?;
    if call.bool("load") && output != Output::Image {
        return Err(failed("--load beside another --output is not simulated by Drydock"));
    }
    let quiet = call.bool("quiet") || call.str("progress") == "quiet";
    let mut sources = sources(cli, call, &place)?;
    named_contexts(cli, call, &mut request, &mut sources.contexts)?;
    request.file.clone_from(&sources.file);
    let mut progress = Progress::default();
    progress.begin();
    let number = progress.step(&format!("[internal] load build definition from {}", sources.file));
    let text = match sources.text {
        Ok(text) => text,
        Err(message) => {
            progress.line(number, "transferring dockerfile: 2B done");
            progress.line(number, "DONE 0.0s");
            show(cli, &mut progress, quiet, past);
            return Err(failed(format!("failed to solve: {message}")));
        }
    };
    progress.line(number, &format!("transferring dockerfile: {}B done", text.len() + 31));
    request.text.clone_from(&text);
    let file = match parse(&text) {
        Ok(file) => file,
        Err(problem) => {
            progress.line(number, "DONE 0.0s");
            show(cli, &mut progress, quiet, past);
            return Err(solve_failed(&request, &problem.message, problem.range, &[]));
        }
    };
    let planned = plan(cli.world()?, &file, &request, &sources.ignore);
    let warnings = match &planned {
        Ok(plan) => &plan.warnings,
        Err(refusal) => &refusal.warnings,
    };
    if call.bool("check") || call.str("call") == "check" {
        progress.line(number, "DONE 0.0s");
        show(cli, &mut progress, quiet, past);
        return checked(cli, &request, warnings, planned.as_ref().err().map(AsRef::as_ref));
    }
    for warning in warnings {
        progress.line(number, &format!("WARN: {}", warning.text()));
    }
    progress.line(number, "DONE 0.0s");
    let planned = match planned {
        Ok(planned) => planned,
        Err(refusal) => {
            refused_progress(&mut progress, &refusal);
            show(cli, &mut progress, quiet, past);
            return Err(refused(&request, &refusal));
        }
    };
    if file.directives.warnings_fail() && !planned.warnings.is_empty() {
        show(cli, &mut progress, quiet, past);
        return Err(violated(&request, &planned.warnings));
    }
    begin_progress(&mut progress, &file, &planned.metadata, sources.ignore_size);
    let job = Job::new(request, planned, progress, sources.contexts, cli.sys.now());
    let building = Building {
        settings: cli.settings_dir(),
        past: std::mem::take(past),
        ..building(call, job, quiet, output)
    };
    Ok(Flow::Wait("docker buildx build", Box::new(building)))
}

fn building(call: &Invocation, job: Job, quiet: bool, output: Output) -> Building {
    Building {
        job,
        quiet,
        output,
        iidfile: call.get("iidfile").map(str::to_owned),
        metadata: call.get("metadata-file").map(str::to_owned),
        push: call.bool("push"),
        ..Building::default()
    }
}

/// `# check=error=true`: warnings end the build.
fn violated(request: &Request, warnings: &[Warning]) -> Failure {
    let rules: Vec<&str> = warnings.iter().map(|warning| warning.rule.name()).collect();
    let message = format!("lint violation found for rules: {}", rules.join(", "));
    solve_failed(request, &message, None, warnings)
}

/// What the progress says between the Dockerfile and the first step.
fn begin_progress(progress: &mut Progress, file: &Dockerfile, metadata: &[String], ignore_size: usize) {
    if let Some(syntax) = &file.directives.syntax {
        let name = Reference::parse(syntax).map_or_else(|_| syntax.clone(), |name| name.or_latest().canonical());
        let number = progress.step(&format!("resolve image config for docker-image://{name}"));
        progress.line(number, "DONE 0.1s");
        let number = progress.step(&format!("docker-image://{name}"));
        progress.line(number, "CACHED");
    }
    for name in metadata {
        let number = progress.step(&format!("[internal] load metadata for {name}"));
        progress.line(number, "DONE 0.0s");
    }
    let number = progress.step("[internal] load .dockerignore");
    let bytes = if ignore_size == 0 { 2 } else { ignore_size + 30 };
    progress.line(number, &format!("transferring context: {bytes}B done"));
    progress.line(number, "DONE 0.0s");
}

/// What the progress says of a base image that is not there.
fn refused_progress(progress: &mut Progress, refusal: &Refusal) {
    for name in &refusal.metadata {
        let number = progress.step(&format!("[internal] load metadata for {name}"));
        progress.line(number, "DONE 0.0s");
    }
    if let Some((step, why)) = &refusal.step {
        let number = progress.step(step);
        progress.line(number, &format!("ERROR: {why}"));
        progress.plain(&format!("------\n > {step}:\n------\n"));
    }
}

fn refused(request: &Request, refusal: &Refusal) -> Failure {
    let problem = &refusal.problem;
    let failure = solve_failed(request, &problem.message, problem.range, &refusal.warnings);
    Failure { hint: refusal.hint.clone(), ..failure }
}

fn show(cli: &mut Cli<'_, '_>, progress: &mut Progress, quiet: bool, past: &mut PastBuild) {
    let text = progress.take();
    past.log(&text);
    if !quiet {
        cli.err(&text);
    }
}

/// The end of a failed build: warnings, the lines it is about, the message.
fn solve_failed(request: &Request, message: &str, range: Option<Range>, warnings: &[Warning]) -> Failure {
    let lines = range.map_or(String::new(), |range| excerpt(&request.file, &request.text, range));
    let stderr =
        format!("{}{lines}ERROR: failed to build: failed to solve: {message}\n", listed(warnings));
    Failure { stderr, code: 1, hint: None }
}

/// The warnings as they are listed at the end.
fn listed(warnings: &[Warning]) -> String {
    let count = match warnings.len() {
        0 => return String::new(),
        1 => "1 warning found".to_owned(),
        n => format!("{n} warnings found"),
    };
    let lines: String = warnings.iter().map(|warning| format!(" - {}\n", warning.text())).collect();
    format!("\n {count} (use docker --debug to expand):\n{lines}")
}

/// `--check`: only what the checks found.
fn checked(
    cli: &mut Cli<'_, '_>,
    request: &Request,
    warnings: &[Warning],
    refusal: Option<&Refusal>,
) -> Result<Flow, Failure> {
    let found = match warnings.len() {
        0 => String::new(),
        1 => "Check complete, 1 warning has been found!\n".to_owned(),
        n => format!("Check complete, {n} warnings have been found!\n"),
    };
    cli.out(&found);
    for warning in warnings {
        let lines = excerpt(&request.file, &request.text, Range::line(warning.line));
        cli.out(&format!("\nWARNING: {} - {}\n{}\n{lines}", warning.rule.name(), warning.rule.url(), warning.message));
    }
    if let Some(refusal) = refusal {
        return Err(refused(request, &Refusal { warnings: vec![], ..refusal.clone() }));
    }
    if warnings.is_empty() {
        cli.out("Check complete, no warnings found.\n");
    }
    Ok(Flow::Exit(i32::from(!warnings.is_empty())))
}

/// Options whose values make no sense, and those that are not simulated.
fn check(call: &Invocation) -> Result<(), Failure> {
    match call.str("progress") {
        "auto" | "plain" | "quiet" | "none" | "" => {}
        mode @ ("rawjson" | "tty") => {
            return Err(failed(format!("the progress mode {mode} is not simulated by Drydock")));
        }
        mode => return Err(Failure::new(format!("ERROR: invalid progress mode {mode}"))),
    }
    for tag in call.list("tag") {
        check_build_tag(&tag).map_err(|e| failed(e.of_build_tag(&tag)))?;
    }
    let network = call.str("network");
    if !["", "default", "none", "host"].contains(&network) {
        return Err(failed(format!(
            "network mode {network:?} not supported by buildkit - you can define a custom network for your \
             builder using the network driver-opt in buildx create"
        )));
    }
    for platform in call.list("platform") {
        for platform in platform.split(',') {
            if !["linux/amd64", "linux", "linux/x86_64"].contains(&platform) {
                return Err(failed(format!("building for the platform {platform} is not simulated by Drydock")));
            }
        }
    }
    match call.str("call") {
        "" | "build" | "check" => Ok(()),
        other => Err(failed(format!("--call={other} is not simulated by Drydock"))),
    }
}

/// What the client says of options that BuildKit has no use for.
fn warn_of_old_options(cli: &mut Cli<'_, '_>, call: &Invocation) {
    for (option, text) in [
        ("isolation", "isolation flag is deprecated with BuildKit."),
        (
            "security-opt",
            "security-opt flag is deprecated. \"RUN --security=insecure\" should be used with BuildKit.",
        ),
        (
            "squash",
            "experimental flag squash is removed with BuildKit. You should squash inside build using a multi-stage \
             Dockerfile for efficiency.",
        ),
    ] {
        if call.changed(option) {
            cli.err(&format!("WARNING: {text}\n"));
        }
    }
}

/// What was asked for, besides Dockerfile and context.
fn request(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Request, Failure> {
    let mut args = Vec::new();
    for arg in call.list("build-arg") {
        match arg.split_once('=') {
            Some((name, value)) => args.push((name.to_owned(), value.to_owned())),
            None => args.extend(cli.sys.env(&arg).map(|value| (arg.clone(), value))),
        }
    }
    let mut hosts = Vec::new();
    for host in call.list("add-host") {
        let (name, address) = host
            .split_once('=')
            .or_else(|| host.split_once(':'))
            .ok_or_else(|| failed(format!("invalid host {host}, must be of the form HOST:IP")))?;
        hosts.push((name.to_owned(), address.to_owned()));
    }
    let tags = call.list("tag");
    let tags = tags.iter().filter_map(|tag| Reference::parse(tag).ok()).map(|tag| tag.or_latest().canonical());
    Ok(Request {
        target: call.get("target").map(str::to_owned),
        args,
        labels: call.pairs("label"),
        no_cache: call.bool("no-cache"),
        no_cache_filter: call.list("no-cache-filter").iter().flat_map(|f| f.split(',')).map(str::to_owned).collect(),
        pull: call.bool("pull"),
        network: call.str("network").to_owned(),
        hosts,
        secrets: secrets(cli, call)?,
        tags: tags.collect(),
        ..Request::default()
    })
}

/// `--secret id=…,src=…` or `env=…`.
fn secrets(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut found = Vec::new();
    for text in call.list("secret") {
        let fields = read_csv(&text).map_err(failed)?;
        let get = |wanted: &[&str]| {
            let mut pairs = fields.iter().filter_map(|field| field.split_once('='));
            pairs.find(|(key, _)| wanted.contains(&key.trim())).map(|(_, value)| value.to_owned())
        };
        let id = get(&["id"]).ok_or_else(|| failed(format!("failed to parse secret {text}: missing id")))?;
        let variable = get(&["env"]);
        let path = get(&["src", "source"]);
        let value = match (&variable, &path) {
            (Some(name), _) => cli.sys.env(name).map(String::into_bytes),
            (None, None) if cli.sys.env(&id).is_some() => cli.sys.env(&id).map(String::into_bytes),
            (None, path) => {
                let path = path.clone().unwrap_or_else(|| id.clone());
                let fail = |e: crate::base::Errno| {
                    failed(format!("failed to stat {path}: stat {path}: {}", e.text().to_lowercase()))
                };
                Some(cli.sys.read_file(&path).map_err(fail)?)
            }
        };
        found.extend(value.map(|value| (id, value)));
    }
    Ok(found)
}

/// Reads Dockerfile and context.
fn sources(cli: &mut Cli<'_, '_>, call: &Invocation, place: &str) -> Result<Sources, Failure> {
    let input = cli.input.take().unwrap_or_default();
    let named = call.get("file").filter(|file| !file.is_empty()).map(str::to_owned);
    if place == "-" {
        return stdin_sources(cli, named, &input);
    }
    if context::is_remote(place) {
        return Err(failed("a context from an address is not simulated by Drydock"));
    }
    if !cli.sys.stat(place).is_ok_and(|stat| stat.is_dir()) {
        return Err(failed(format!("unable to prepare context: path {place:?} not found")));
    }
    let inside = |name: &str| format!("{}/{name}", place.trim_end_matches('/'));
    let path = match &named {
        Some(name) => name.clone(),
        None if cli.sys.stat(&inside("Dockerfile")).is_err() && cli.sys.stat(&inside("dockerfile")).is_ok() => {
            inside("dockerfile")
        }
        None => inside("Dockerfile"),
    };
    let file = path.rsplit('/').next().unwrap_or(&path).to_owned();
    let (file, text) = if path == "-" {
        ("Dockerfile".to_owned(), Ok(String::from_utf8_lossy(&input).into_owned()))
    } else {
        let missing = || format!("failed to read dockerfile: open {file}: no such file or directory");
        let text = context::text(cli.sys, &path).ok_or_else(missing);
        (file, text)
    };
    let solve = |e: String| failed(format!("failed to solve: {e}"));
    let (ignore, ignore_size) = match context::ignore(cli.sys, place, &path) {
        Ok(found) => found,
        // A Dockerfile that is missing is told of first.
        Err(_) if text.is_err() => (Patterns::default(), 0),
        Err(e) => return Err(solve(e)),
    };
    let mut contexts = BTreeMap::new();
    contexts.insert(String::new(), context::directory(cli.sys, place, &ignore).map_err(solve)?);
    Ok(Sources { contexts, ignore, ignore_size, file, text })
}

/// An archive or a Dockerfile on standard input.
fn stdin_sources(cli: &mut Cli<'_, '_>, named: Option<String>, input: &[u8]) -> Result<Sources, Failure> {
    let now = cli.sys.now();
    let empty = || BTreeMap::from([(String::new(), (View::empty(now), 0))]);
    let file = named.unwrap_or_else(|| "Dockerfile".into());
    if file == "-" {
        return Err(failed("invalid argument: can't use stdin for both build context and dockerfile"));
    }
    if !archived::is_archive(input) {
        let text = match input.is_empty() {
            true => Err("failed to read dockerfile: no local sources enabled".to_owned()),
            false => Ok(String::from_utf8_lossy(input).into_owned()),
        };
        let file = "Dockerfile".into();
        return Ok(Sources { contexts: empty(), ignore: Patterns::default(), ignore_size: 0, file, text });
    }
    let solve = |e: String| failed(format!("failed to solve: {e}"));
    let view = archived::archive(input, now).map_err(solve)?;
    let missing = || format!("failed to read dockerfile: open {file}: no such file or directory");
    let text = archived::text_in(&view, &format!("/{file}")).ok_or_else(missing);
    let ignored = archived::text_in(&view, "/.dockerignore").unwrap_or_default();
    let ignore = Patterns::parse(&ignored).map_err(solve)?;
    let kept = archived::filtered(&view, &ignore, now);
    let contexts = BTreeMap::from([(String::new(), (kept, input.len() as u64))]);
    Ok(Sources { contexts, ignore, ignore_size: ignored.len(), file, text })
}

/// `--build-context`.
fn named_contexts(
    cli: &mut Cli<'_, '_>,
    call: &Invocation,
    request: &mut Request,
    contexts: &mut BTreeMap<String, (View, u64)>,
) -> Result<(), Failure> {
    for text in call.list("build-context") {
        let (name, place) = text
            .split_once('=')
            .ok_or_else(|| failed(format!("invalid context value: {text}, expected key=value")))?;
        if let Some(image) = place.strip_prefix("docker-image://") {
            request.images.push((name.to_owned(), image.to_owned()));
            continue;
        }
        if context::is_remote(place) || place.contains("://") {
            return Err(failed(format!("the context {place} is not simulated by Drydock")));
        }
        if !cli.sys.stat(place).is_ok_and(|stat| stat.is_dir()) {
            return Err(failed(format!(
                "failed to get build context {name}: stat {place}: no such file or directory"
            )));
        }
        let solve = |e: String| failed(format!("failed to solve: {e}"));
        let (ignore, _) = context::ignore(cli.sys, place, "").map_err(solve)?;
        let read = context::directory(cli.sys, place, &ignore).map_err(solve)?;
        contexts.insert(name.to_owned(), read);
        request.contexts.push(name.to_owned());
    }
    Ok(())
}

impl Behave for Building {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
            sys.on_signal(signal, Some(Disposition::Handle));
        }
        let interrupted = sys.take_signal().is_some();
        let Some(world) = sys.daemon::<World>() else { return Step::Exit(1) };
        if interrupted {
            self.job.abort(world);
            self.past.canceled = true;
            record::end(sys, &mut self.past, Some("Canceled: context canceled"));
            sys.eprint("ERROR: failed to build: failed to solve: Canceled: context canceled\n");
            return Step::Exit(130);
        }
        let turn = self.job.turn(world);
        let text = self.job.progress.take();
        self.past.log(&text);
        if !self.quiet {
            sys.eprint(&text);
        }
        match turn {
            Turn::Continue => Step::Continue,
            Turn::Wait => Step::Block(Wait::daemon()),
            Turn::Failed(Failed { message, range }) => {
                let warnings = if self.quiet { &[] } else { self.job.plan.warnings.as_slice() };
                sys.eprint(&solve_failed(&self.job.request, &message, range, warnings).stderr);
                record::end(sys, &mut self.past, Some(&message));
                Step::Exit(1)
            }
            Turn::Done => Step::Exit(self.finish(sys)),
        }
    }
}

impl Building {
    /// Puts the result where it goes.
    fn finish(&mut self, sys: &mut Sys<'_>) -> i32 {
        let done = match self.output.clone() {
            Output::Image => self.store(sys),
            Output::Nothing => Ok(()),
            Output::Local(dest) => self.local(sys, &dest),
            Output::Tar(dest) => self.tar(sys, &dest),
        };
        let text = self.job.progress.take();
        self.past.log(&text);
        if !self.quiet {
            sys.eprint(&text);
        }
        record::end(sys, &mut self.past, done.as_ref().err().map(String::as_str));
        match done {
            Ok(()) => {
                if !self.quiet {
                    sys.eprint(&listed(&self.job.plan.warnings));
                }
                0
            }
            Err(message) => {
                sys.eprint(&failed(message).stderr);
                1
            }
        }
    }

    fn store(&mut self, sys: &mut Sys<'_>) -> Result<(), String> {
        let world = sys.daemon::<World>().ok_or("no daemon")?;
        let built = self.job.export(world).map_err(|e| format!("failed to solve: {e}"))?;
        if self.push {
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
        let tree = self.job.result(world);
        let bytes = output::to_directory(sys, &tree, dest)?;
        let number = self.job.progress.step("exporting to client directory");
        self.job.progress.line(number, &format!("copying files {bytes}B done"));
        self.job.progress.line(number, "DONE 0.0s");
        Ok(())
    }

    fn tar(&mut self, sys: &mut Sys<'_>, dest: &str) -> Result<(), String> {
        let world = sys.daemon::<World>().ok_or("no daemon")?;
        let bytes = output::to_tar(&self.job.result(world));
        let number = self.job.progress.step("exporting to client tarball");
        self.job.progress.line(number, "sending tarball done");
        self.job.progress.line(number, "DONE 0.0s");
        if dest == "-" {
            sys.write(1, &bytes);
            return Ok(());
        }
        let fail = |e: crate::base::Errno| format!("open {dest}: {}", e.text().to_lowercase());
        sys.write_file(dest, &bytes, 0o644).map_err(fail)
    }
}

/// `--metadata-file`.
fn metadata(built: &Built, reference: &str) -> String {
    let mut facts = serde_json::json!({
        "buildx.build.ref": format!("default/default/{reference}"),
        "containerimage.config.digest": built.config,
        "containerimage.descriptor": {
            "mediaType": crate::model::image::media::INDEX,
            "digest": built.id,
        },
        "containerimage.digest": built.id,
    });
    if !built.names.is_empty() {
        facts["image.name"] = built.names.join(",").into();
    }
    serde_json::to_string_pretty(&facts).unwrap_or_default() + "\n"
}
