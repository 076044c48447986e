//! `docker buildx bake`: the targets of a definition, built one after the other by clients of `docker buildx build`.

use crate::base::Order;
use super::definition::{Definition, set, shown, texts};
use crate::base::Errno;
use crate::cmd::image::build_display::as_text;
use crate::model::build::{News, Progress, Status};
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::coreutils::child;
use crate::grammar::Invocation;
use crate::kernel::{Applet, Behave, Pid, Step, Sys, Wait};
use crate::render::json::{Escape, indented};
use crate::render::table::align;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `docker buildx bake [OPTIONS] [TARGET...]`.
pub const COMMAND: Command = Command::new("buildx bake", run);

/// A client that bakes.
pub const APPLETS: &[Applet] = &[Applet::state::<Baking>("docker buildx bake")];

/// The files that are read where none is named.
const FILES: [&str; 8] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "docker-bake.json",
    "docker-bake.hcl",
    "docker-bake.override.json",
    "docker-bake.override.hcl",
];

type Target = (String, Map<String, Value>);

/// The words of a build, and the Dockerfile that stands in the definition, for its standard input.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Build {
    words: Vec<String>,
    inline: Option<String>,
}

/// A client that bakes: the builds to come, and the one that runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Baking {
    todo: Vec<Build>,
    running: Option<Pid>,
}

fn wrong(text: impl std::fmt::Display) -> Failure {
    Failure::new(format!("ERROR: {text}"))
}

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let files = files(cli, call)?;
    let variables = call.pairs("var");
    let definition = {
        let sys = &cli.sys;
        let given = |name: &str| {
            let var = variables.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            var.or_else(|| sys.env(name))
        };
        Definition::read(&files, given).map_err(wrong)?
    };
    match call.str("list") {
        "" => {}
        "targets" => return list(cli, &definition, true),
        "variables" => return list(cli, &definition, false),
        other => return Err(wrong(format!("invalid list type {other:?}"))),
    }
    let wanted = if call.args.is_empty() { vec!["default".to_owned()] } else { call.args.clone() };
    let mut targets = definition.resolve(&wanted).map_err(wrong)?;
    for text in call.list("set") {
        set(&mut targets, &text).map_err(wrong)?;
    }
    for (_, keys) in &mut targets {
        for option in ["no-cache", "pull"] {
            if call.changed(option) {
                keys.insert(option.into(), call.bool(option).into());
            }
        }
        let output = [("push", "type=registry"), ("load", "type=docker")].into_iter().find(|(name, _)| call.bool(name));
        if let Some((_, output)) = output {
            keys.insert("output".into(), serde_json::json!([output]));
        }
    }
    progress(cli, call, &files);
    if call.bool("print") {
        let json = indented(&shown(&definition, &wanted, &targets), Escape::Plain);
        cli.out(&(json.replace("    ", "  ") + "\n"));
        return DONE;
    }
    let build = |target: &Target| Build {
        words: words(call, target),
        inline: target.1.get("dockerfile-inline").map(super::hcl_value::text_of),
    };
    let todo = targets.iter().rev().map(build).collect();
    Ok(Flow::Wait("docker buildx bake", Box::new(Baking { todo, running: None })))
}

/// The definition files with their texts.
fn files(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Vec<(String, String)>, Failure> {
    let named = call.list("file");
    let names: Vec<String> = match named.is_empty() {
        false => named,
        true => FILES.iter().filter(|file| cli.sys.stat(file).is_ok()).map(|f| (*f).to_owned()).collect(),
    };
    if names.is_empty() {
        return Err(wrong("couldn't find a bake definition"));
    }
    let mut read = vec![];
    for name in names {
        if name == "-" || name.contains("://") {
            return Err(wrong(format!("the bake definition {name} is not simulated by Drydock")));
        }
        let bytes = cli
            .sys
            .read_file(&name)
            .map_err(|e| wrong(format!("failed to read bake definition: open {name}: {}", e.go_text())))?;
        read.push((name, String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok(read)
}

fn progress(cli: &mut Cli<'_, '_>, call: &Invocation, files: &[(String, String)]) {
    if matches!(call.str("progress"), "quiet" | "none") {
        return;
    }
    let now = cli.sys.now();
    let mut progress = Progress::default();
    let step = progress.begin(now, "[internal] load local bake definitions");
    for (name, text) in files {
        let bytes = text.len() as u64;
        let status =
            Status { id: format!("reading {name}"), current: bytes, total: bytes, began: now, done: true };
        progress.tell(now, step, News::Status(status));
    }
    progress.tell(now, step, News::Done);
    cli.err(&as_text(&progress, now));
}

fn list(cli: &mut Cli<'_, '_>, definition: &Definition, targets: bool) -> Result<Flow, Failure> {
    let rows: String = match targets {
        true => {
            let about = |keys: &Map<String, Value>| keys.get("description").and_then(Value::as_str).unwrap_or("").to_owned();
            let groups = definition.groups.iter().map(|(name, members)| format!("{name}\t{}\n", members.join(", ")));
            let targets = definition.targets.iter().map(|(name, keys)| format!("{name}\t{}\n", about(keys)));
            let mut rows: Vec<String> = groups.chain(targets).collect();
            rows.order();
            rows.concat()
        }
        false => definition.variables.iter().map(|(name, value)| format!("{name}\t{}\t\n", super::hcl_value::text_of(value))).collect(),
    };
    let head = if targets { "TARGET\tDESCRIPTION\n" } else { "VARIABLE\tVALUE\tDESCRIPTION\n" };
    cli.out(&align(&format!("{head}{rows}")));
    DONE
}

/// The words of the build of a target.
fn words(call: &Invocation, (_, keys): &Target) -> Vec<String> {
    let text = |key: &str| keys.get(key).map(super::hcl_value::text_of).unwrap_or_default();
    let context = text("context");
    let mut words: Vec<String> = ["docker", "buildx", "build"].map(str::to_owned).to_vec();
    let mut add = |option: &str, value: &str| words.push(format!("--{option}={value}"));
    let file = text("dockerfile");
    let file = if keys.contains_key("dockerfile-inline") {
        "-".to_owned()
    } else if file.starts_with('/') {
        file
    } else { format!("{}/{file}", context.trim_end_matches('/')) };
    add("file", &file);
    for (key, option) in [("args", "build-arg"), ("labels", "label"), ("contexts", "build-context")] {
        for (name, value) in keys.get(key).and_then(Value::as_object).into_iter().flatten() {
            match value {
                Value::Null if key == "args" => add(option, name),
                _ => add(option, &format!("{name}={}", super::hcl_value::text_of(value))),
            }
        }
    }
    for (key, option) in [
        ("annotations", "annotation"),
        ("attest", "attest"),
        ("tags", "tag"),
        ("cache-from", "cache-from"),
        ("cache-to", "cache-to"),
        ("secret", "secret"),
        ("ssh", "ssh"),
        ("platforms", "platform"),
        ("output", "output"),
        ("no-cache-filter", "no-cache-filter"),
        ("ulimits", "ulimit"),
        ("extra-hosts", "add-host"),
    ] {
        for value in texts(keys.get(key).unwrap_or(&Value::Null)) {
            match (key, value.as_str()) {
                ("output", "type=registry") => add("push", "true"),
                _ => add(option, &value),
            }
        }
    }
    for key in ["target", "network", "shm-size", "call"] {
        if !text(key).is_empty() {
            add(key, &text(key));
        }
    }
    for key in ["pull", "no-cache"] {
        if keys.get(key) == Some(&Value::Bool(true)) {
            add(key, "true");
        }
    }
    for option in ["progress", "provenance", "sbom", "call", "check"] {
        if call.changed(option) {
            add(option, call.str(option));
        }
    }
    words.push(context);
    words
}

/// Starts a build; a Dockerfile of the definition is its standard input.
fn start(sys: &mut Sys<'_>, build: &Build) -> Result<Pid, Errno> {
    let Some(text) = &build.inline else { return child(sys, &build.words, false) };
    let own = sys.dup_above(0, 10)?;
    let bytes = sys.open_bytes(text.as_bytes())?;
    sys.dup_to(bytes, 0)?;
    sys.close(bytes)?;
    let started = child(sys, &build.words, false);
    sys.dup_to(own, 0)?;
    sys.close(own)?;
    started
}

impl Behave for Baking {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if self.running.is_some() {
            match sys.wait(self.running) {
                Ok(Some((_, exit))) if exit.status() != 0 => return Step::Exit(exit.status()),
                Ok(None) => return Step::Block(Wait::child()),
                Ok(Some(_)) | Err(_) => self.running = None,
            }
        }
        let Some(build) = self.todo.pop() else { return Step::Exit(0) };
        match start(sys, &build) {
            Ok(pid) => {
                self.running = Some(pid);
                Step::Continue
            }
            Err(e) => {
                sys.eprint(&format!("ERROR: docker buildx build: {}\n", e.go_text()));
                Step::Exit(1)
            }
        }
    }
}
