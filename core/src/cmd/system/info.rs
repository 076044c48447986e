//! `docker info`.

use crate::base::units::bytes_size;
use crate::cmd::{Cli, Command, DONE, Failure, Flow, endpoint};
use crate::cmd::context::store;
use crate::engine::system;
use crate::grammar::Invocation;
use crate::render::inspect::info;
use crate::render::template::{ErrorKind, Functions, MissingKey, Template};
use serde_json::{Value, json};
use std::fmt::Write;

/// `docker info [OPTIONS]`.
pub const COMMAND: Command = Command::new("system info", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let context = store::current(cli);
    if let Err(unreachable) = endpoint::reach(cli) {
        let facts = json!({ "ClientInfo": client(&context) });
        if call.str("format").is_empty() {
            cli.out(&format!("{}\nServer:\n", about_client(&facts)));
        }
        return Err(unreachable);
    }
    let mut facts = system::info(cli.world()?);
    if let Some(all) = facts.as_object_mut() {
        all.insert("ClientInfo".into(), client(&context));
    }
    let format = match call.str("format") {
        "" => {
            cli.out(&format!("{}\n", text(&facts)));
            for warning in list(&facts, "/Warnings") {
                cli.err(&format!("{warning}\n"));
            }
            return DONE;
        }
        "json" => "{{json .}}",
        given => given,
    };
    let trouble = |message: String| Failure::new(format!("template parsing error: {message}"));
    let template = Template::parse(format).map_err(|e| trouble(e.message).code(64))?;
    let mut out = String::new();
    let done = template.execute(&info(&facts), MissingKey::NoValue, Functions::Docker, &mut out);
    cli.out(&format!("{out}\n"));
    done.map_err(|e| if e.kind == ErrorKind::Exec { Failure::new(e.message) } else { trouble(e.message) })?;
    DONE
}

fn client(context: &str) -> Value {
    json!({
        "Debug": false,
        "Version": system::VERSION,
        "DefaultAPIVersion": system::API,
        "GitCommit": system::COMMIT,
        "GoVersion": "go1.26.6",
        "Os": "linux",
        "Arch": "amd64",
        "BuildTime": "unknown-buildtime",
        "Context": context,
        "Plugins": [{
            "SchemaVersion": "0.1.0",
            "Vendor": "Docker Inc.",
            "Version": "v0.36.1",
            "ShortDescription": "Docker Buildx",
            "Name": "buildx",
            "Path": "/home/learner/.docker/cli-plugins/docker-buildx",
        }],
        "Warnings": null,
    })
}

fn field(facts: &Value, path: &str) -> String {
    match facts.pointer(path) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

fn list(facts: &Value, path: &str) -> Vec<String> {
    let items = facts.pointer(path).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(|v| v.as_str()).map(str::to_owned).collect()
}

/// The client's part of the facts.
fn about_client(facts: &Value) -> String {
    let get = |path: &str| field(facts, path);
    let mut out = format!(
        "Client:\n Version:    {}\n Context:    {}\n Debug Mode: {}\n Plugins:\n",
        get("/ClientInfo/Version"),
        get("/ClientInfo/Context"),
        get("/ClientInfo/Debug")
    );
    let _a_string_takes_all = write!(
        out,
        "  {}: {} ({})\n    Version:  {}\n    Path:     {}\n",
        get("/ClientInfo/Plugins/0/Name"),
        get("/ClientInfo/Plugins/0/ShortDescription"),
        get("/ClientInfo/Plugins/0/Vendor"),
        get("/ClientInfo/Plugins/0/Version"),
        get("/ClientInfo/Plugins/0/Path")
    );
    out
}

/// The facts as people read them.
fn text(facts: &Value) -> String {
    let get = |path: &str| field(facts, path);
    let mut out = about_client(facts) + "\nServer:\n";
    for (title, path) in [
        ("Containers", "/Containers"),
        (" Running", "/ContainersRunning"),
        (" Paused", "/ContainersPaused"),
        (" Stopped", "/ContainersStopped"),
        ("Images", "/Images"),
        ("Server Version", "/ServerVersion"),
        ("Storage Driver", "/Driver"),
        (" driver-type", "/DriverStatus/0/1"),
        ("Logging Driver", "/LoggingDriver"),
        ("Cgroup Driver", "/CgroupDriver"),
        ("Cgroup Version", "/CgroupVersion"),
    ] {
        out.push_str(&format!(" {title}: {}\n", get(path)));
    }
    out.push_str(" Plugins:\n");
    for kind in ["Volume", "Network", "Log"] {
        out.push_str(&format!("  {kind}: {}\n", list(facts, &format!("/Plugins/{kind}")).join(" ")));
    }
    out.push_str(" CDI spec directories:\n");
    list(facts, "/CDISpecDirs").iter().for_each(|dir| out.push_str(&format!("  {dir}\n")));
    out.push_str(&daemon(facts));
    out
}

fn daemon(facts: &Value) -> String {
    let get = |path: &str| field(facts, path);
    let runtimes = facts.pointer("/Runtimes").and_then(Value::as_object);
    let runtimes: Vec<&str> = runtimes.into_iter().flat_map(|r| r.keys()).map(String::as_str).collect();
    let memory = facts.pointer("/MemTotal").and_then(Value::as_u64).unwrap_or(0);
    let mut out = String::new();
    for (title, value) in [
        ("Swarm", get("/Swarm/LocalNodeState")),
        ("Runtimes", runtimes.join(" ")),
        ("Default Runtime", get("/DefaultRuntime")),
        ("Init Binary", get("/InitBinary")),
        ("containerd version", get("/ContainerdCommit/ID")),
        ("runc version", get("/RuncCommit/ID")),
        ("init version", get("/InitCommit/ID")),
        ("Security Options:\n  seccomp\n   Profile", "builtin".to_string()),
        ("Kernel Version", get("/KernelVersion")),
        ("Operating System", get("/OperatingSystem")),
        ("OSType", get("/OSType")),
        ("Architecture", get("/Architecture")),
        ("CPUs", get("/NCPU")),
        ("Total Memory", bytes_size(memory as f64)),
        ("Name", get("/Name")),
        ("ID", get("/ID")),
        ("Docker Root Dir", get("/DockerRootDir")),
        ("Debug Mode", get("/Debug")),
        ("Experimental", get("/ExperimentalBuild")),
    ] {
        out.push_str(&format!(" {title}: {value}\n"));
    }
    out.push_str(" Insecure Registries:\n");
    let insecure = list(facts, "/RegistryConfig/InsecureRegistryCIDRs");
    insecure.iter().for_each(|cidr| out.push_str(&format!("  {cidr}\n")));
    out.push_str(&format!(
        " Live Restore Enabled: {}\n Firewall Backend: {}\n",
        get("/LiveRestoreEnabled"),
        get("/FirewallBackend/Driver")
    ));
    for at in 0..2 {
        let pair = |n: usize| get(&format!("/FirewallBackend/Info/{at}/{n}"));
        out.push_str(&format!("  {}: {}\n", pair(0), pair(1)));
    }
    out
}
