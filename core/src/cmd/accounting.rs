//! No option is dropped in silence: every command is called with every option of the table, and each must be asked
//! for by the command's code, or be declared in the table as moot or refused.

use super::{COMMANDS, testing::Host};
use crate::base::Duration;
use crate::grammar::{Arity, Command, Flag, Invocation, State, table};
use crate::kernel::Sys;
use std::collections::BTreeSet;

/// The variable that makes `docker` tell which options its commands asked for.
const SWITCH: &str = "DRYDOCK_ACCOUNTING";
/// What each such line begins with.
const MARK: &str = "asked for:";

/// Tells which options a command has asked for.
pub fn note(sys: &mut Sys<'_>, call: &Invocation) {
    if sys.env(SWITCH).is_some() {
        let asked = call.command.flags.iter().map(|flag| flag.long).filter(|name| call.was_asked(name));
        let names: Vec<&str> = asked.collect();
        sys.eprint(&format!("{MARK} {}\n", names.join(" ")));
    }
}

/// A host that has one of everything.
fn host() -> Host {
    let mut host = Host::new();
    crate::engine::registry::recorded_surroundings(&mut host.world);
    for line in [
        "pull -q busybox",
        "tag busybox 127.0.0.1:5000/mine:v1",
        "network create n1",
        "volume create v1",
        "run -d --name c1 busybox sleep 1000",
        "run -d --name p1 busybox sleep 1000",
        "pause p1",
        "create --name s1 busybox true",
        "save -o image.tar busybox",
        "export -o files.tar s1",
        "push -q 127.0.0.1:5000/mine:v1",
        "manifest create list:v1 busybox",
        "manifest create 127.0.0.1:5000/list:v1 127.0.0.1:5000/mine:v1",
        "context create x1 --docker host=tcp://x",
        "context export x1 context.tar",
    ] {
        host.docker(line);
    }
    host.run(&["mkdir", "dir"]);
    host.run(&["sh", "-c", "printf 'FROM busybox\\nCMD true\\n' > dir/Dockerfile; echo a=b > text"]);
    host.run(&["sh", "-c", "echo '{\"target\":{\"t\":{\"context\":\"dir\"}}}' > bake.json"]);
    host.docker("build -q dir");
    host.variables.push((SWITCH.into(), "1".into()));
    host.patience = Duration::ZERO;
    host
}

/// Arguments with which a command gets as far as its options.
fn arguments(command: &Command) -> Vec<&'static str> {
    let special: &[&str] = match command.name() {
        "container cp" => &["s1:/etc/passwd", "copy"],
        "container start" => &["-a", "s1"],
        "container attach" => &["c1"],
        "container run" | "container create" => &["alpine"],
        "container prune" | "image prune" | "network prune" | "volume prune" => &["--force"],
        "network rm" | "volume rm" => &["nosuch"],
        "container exec" => &["c1", "true"],
        "container rename" => &["s1", "s2"],
        "container commit" => &["c1", "new:v1"],
        "container logs" | "container stop" => &["c1"],
        "container unpause" => &["p1"],
        "image save" => &["-o", "out.tar", "busybox"],
        "image import" => &["files.tar"],
        "image push" => &["127.0.0.1:5000/mine:v1"],
        "image tag" => &["busybox", "other"],
        "network connect" => &["n1", "c1"],
        "network disconnect" => &["bridge", "c1"],
        "network create" => &["n2"],
        "context create" => &["x2"],
        "context export" => &["x1", "out.tar"],
        "context import" => &["x3", "context.tar"],
        "manifest create" => &["mine:list", "busybox"],
        "manifest annotate" => &["list:v1", "busybox"],
        "manifest push" | "manifest rm" => &["127.0.0.1:5000/list:v1"],
        "buildx bake" => &["--file=bake.json", "t"],
        "buildx imagetools create" => &["--tag=127.0.0.1:5000/x", "busybox"],
        "buildx use" | "buildx inspect" => &["default"],
        "buildx prune" => &["--force"],
        "buildx rm" => &["--all-inactive"],
        "buildx history rm" => &["^0"],
        "search" => &["nginx"],
        _ => &[],
    };
    if !special.is_empty() {
        return special.to_vec();
    }
    let least = match command.args {
        None | Some(Arity::None | Arity::AtMost(_)) => 0,
        Some(Arity::Exactly(n) | Arity::AtLeast(n) | Arity::Between(n, _)) => n,
    };
    let takes = |at: usize| command.takes.get(at).or(command.takes.last()).copied().unwrap_or("container");
    (0..least)
        .map(|at| match takes(at) {
            "image" | "remote" => "busybox",
            "network" => "n1",
            "volume" => "v1",
            "context" => "x1",
            "dir" => "dir",
            "file" => "text",
            _ => "s1",
        })
        .collect()
}

/// A value that an option takes.
fn value(command: &Command, flag: &Flag) -> &'static str {
    match (command.name(), flag.long) {
        (_, "volumes-from" | "link") => return "s1",
        (_, "env-file" | "label-file") => return "text",
        ("buildx bake", "file") => return "bake.json",
        ("image load", "input") => return "image.tar",
        ("container update" | "container run" | "container create", "restart") => return "always",
        (_, "platform") => return "linux/amd64",
        (_, "progress") => return "plain",
        (_, "since" | "until") => return "1s",
        (_, "tail") => return "1",
        (_, "change") => return "CMD true",
        (_, "signal" | "stop-signal") => return "TERM",
        (_, "builder" | "isolation") => return "default",
        (_, "cgroupns") => return "private",
        (_, "ipc" | "userns") => return "host",
        (_, "blkio-weight") => return "500",
        (_, "cpu-period" | "cpu-quota") => return "50000",
        (_, "cpuset-cpus" | "cpuset-mems") => return "0",
        (_, "link-local-ip") => return "169.254.1.1",
        (_, "memory-swap") => return "-1",
        (_, "runtime") => return "io.containerd.runc.v2",
        (_, "security-opt") => return "no-new-privileges",
        (_, "format") => return "json",
        ("buildx bake", "list") => return "targets",
        ("buildx bake", "set") => return "t.args.A=1",
        (_, "password") => return "secret",
        _ => {}
    }
    match (flag.kind, flag.check) {
        ("bool", _) => "true",
        ("int" | "uint" | "uint16" | "uint32" | "float" | "decimal", _) => "1",
        ("duration", _) => "1s",
        ("bytes", _) => "64m",
        ("ulimit", _) => "nofile=1:2",
        ("mount", _) => "type=tmpfs,dst=/b",
        ("ip" | "ipSlice", _) | (_, "ip") => "10.0.0.1",
        ("ipNetSlice", _) => "10.0.0.0/8",
        ("gpu-request", _) => "all",
        ("filter" | "stringToString", _) | (_, "label" | "env") => "label=b",
        (_, "stream") => "stdin",
        (_, "host") => "db:10.0.0.1",
        (_, "weight" | "bps" | "iops") => "/dev/sda:10",
        (_, "cgroup") => "c 1:3 rwm",
        (_, "sysctl") => "net.core.somaxconn=1",
        _ => "text",
    }
}

/// The options that a call of a command asks for.
fn asked(host: &Host, command: &Command, options: &[String]) -> (BTreeSet<String>, String) {
    let mut line: Vec<&str> = command.path.split(' ').collect();
    line.extend(options.iter().map(String::as_str));
    line.extend(arguments(command));
    let mut host = host.clone();
    let out = host.run(&line);
    let lines = out.lines().filter_map(|line| line.strip_prefix("! ")?.strip_prefix(MARK));
    (lines.flat_map(|names| names.split_whitespace().map(str::to_owned)).collect(), out)
}

/// The last lines of an answer.
fn shown(out: &str) -> String {
    let lines: Vec<String> = out.lines().rev().take(4).map(|line| line.chars().take(300).collect()).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n  ")
}

#[test]
fn every_option_is_asked_for_or_declared() {
    let host = host();
    let mut dropped = Vec::new();
    for command in table().commands().filter(|c| COMMANDS.iter().any(|ours| ours.name == c.name())) {
        let (always, _) = asked(&host, command, &[]);
        for flag in command.flags.iter().filter(|f| f.long != "help") {
            let state = command.state(flag);
            if state == State::Moot || (state != State::Refused && always.contains(flag.key)) {
                continue;
            }
            let (these, out) = asked(&host, command, &[format!("--{}={}", flag.long, value(command, flag))]);
            let answered = match state {
                State::Refused => out.contains("is not simulated by Drydock\n") && out.contains("\n= 1"),
                _ => these.contains(flag.key),
            };
            if !answered {
                dropped.push(format!("{} --{}: {}", command.path, flag.long, shown(&out)));
            }
        }
    }
    assert!(dropped.is_empty(), "{} options:\n{}", dropped.len(), dropped.join("\n"));
}

/// What is only recorded shows in `inspect`.
#[test]
fn what_is_recorded_shows() {
    for (path, name, inspect) in [
        ("docker container create", "thing", "container inspect"),
        ("docker network create", "thing", "network inspect"),
        ("docker volume create", "thing", "volume inspect"),
        ("docker container update", "s1", "container inspect"),
    ] {
        let command = table().find(path).expect(path).command;
        for flag in command.flags.iter().filter(|flag| command.state(flag) == State::Recorded) {
            let shown = ["", value(command, flag)].map(|value| {
                let mut host = host();
                host.variables.clear();
                let option = format!("--{}={value}", flag.long);
                let mut line: Vec<&str> = path.split(' ').collect();
                line.extend((!value.is_empty()).then_some(option.as_str()));
                match command.name() {
                    "container create" => line.extend(["--name", name, "busybox"]),
                    "container update" => line.extend(["--restart=no", name]),
                    _ => line.push(name),
                }
                let made = host.run(&line);
                assert!(!made.contains("\n= "), "{path} {option}: {made}");
                host.docker(&format!("{inspect} {name}"))
            });
            assert!(shown[0] != shown[1], "{path} --{} does not show", flag.long);
        }
    }
}

/// What a command says of its options is about options that it has.
#[test]
fn declarations_name_options() {
    for command in table().commands() {
        for name in command.states.names() {
            assert!(command.flag(name).is_some(), "{} has no --{name}", command.path);
        }
    }
}
