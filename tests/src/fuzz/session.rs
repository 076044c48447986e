//! Whole sessions: commands of the table with options that make sense and that do not, and the rules of every
//! world after each.

use super::{Choices, Target, furnished, quoted};
use crate::invariants;
use drydock::grammar::{Command, Flag, table};
use drydock::session::Session;
use std::sync::LazyLock;

pub(super) const TARGET: Target = Target { name: "session", run, words: &[] };

static COMMANDS: LazyLock<Vec<&'static Command>> = LazyLock::new(|| table().commands().collect());

/// Lines that keep a history going; the table alone would seldom make anything.
const USUAL: &[&str] = &[
    "docker run -d --name c3 busybox sleep 1000",
    "docker run -d --name c4 -p 8080:80 nginx",
    "docker run --name c5 -v v1:/v busybox sh -c 'echo a > /v/f'",
    "docker start c2",
    "docker stop c1",
    "docker restart -t 0 c1",
    "docker kill c1",
    "docker pause c1",
    "docker unpause c1",
    "docker rm -f c1",
    "docker commit c1 mine:v2",
    "docker rmi mine:v1",
    "docker tag busybox c1",
    "docker exec c1 sh -c 'echo x > /x'",
    "docker cp d c1:/d",
    "docker network connect n1 c1",
    "docker network disconnect n1 c1",
    "docker build -q -t mine:v3 d",
    "docker rename c1 c9",
    "docker container prune -f",
    "docker save mine:v1 -o s.tar",
    "docker load -i s.tar",
    "docker system prune -af --volumes",
    "sleep 40",
    "rm -rf d",
    "mkdir -p d; echo FROM busybox > d/Dockerfile",
];

const VALUES: &[&str] = &[
    "",
    "0",
    "-1",
    "1",
    "99999999999999999999",
    "1e9",
    "c1",
    "c2",
    "busybox",
    "mine:v1",
    "v1",
    "n1",
    "d",
    ".",
    "/",
    "true",
    "maybe",
    "a=b",
    "=",
    ":",
    "::",
    "80:80",
    "0:0/tcp",
    "70000:1",
    "1-5:1-5",
    "{{.}}",
    "{{",
    "{{json .}}",
    "{{range .}}",
    "10m",
    "10x",
    "1h",
    "2026-01-01",
    "10.0.0.0/8",
    "10.0.0.0/33",
    "fe80::1",
    "c1:/etc/passwd",
    "nope",
    "é",
    "type=bind,src=/,dst=/x",
    "type=",
    "label=a",
    "KILL",
    "table {{.ID}}",
    "--",
    "-",
    "sha256:",
    "@",
    "n1",
    "c3",
    "id=c1",
    "{{.Names}}",
    "SIGTERM",
    "9",
    "on-failure:3",
    "always",
    "never",
    "host",
    "none",
    "container:c1",
    "bridge",
    "local",
    "json-file",
    "linux/arm64",
    "0.5",
    "-m",
    "sh",
    "echo",
    "status=running",
    "until=1h",
    "dangling=true",
    "type=volume,src=v1,dst=/v",
    "type=tmpfs,dst=/t",
    "127.0.0.1::80",
    "80/udp",
    "1.2.3.4",
    "x:y:z",
    "@f",
    "d/f",
    "s.tar",
    "nginx",
    "alpine:3.22",
];

/// The longest session, in commands.
const COMMANDS_AT_MOST: usize = 40;

fn run(data: &[u8]) {
    let mut choices = Choices::new(data);
    let mut session = furnished();
    let mut told = vec![];
    for _ in 0..COMMANDS_AT_MOST {
        if choices.are_over() || session.has_ended() {
            break;
        }
        let line = line(&mut choices);
        told.push(line.clone());
        follow(&mut session, &line, &told);
    }
}

fn follow(session: &mut Session, line: &str, told: &[String]) {
    session.run(line);
    assert!(session.has_ended() || session.is_idle(), "no end to the last of\n{}", told.join("\n"));
    if let Err(broken) = invariants::check(session.world()) {
        panic!("{broken}\nafter\n{}", told.join("\n"));
    }
}

fn line(choices: &mut Choices<'_>) -> String {
    if choices.below(3) == 0 {
        return format!("timeout -s KILL 50 {}", quoted_shell(choices.one_of::<&str>(USUAL)));
    }
    let command = COMMANDS[choices.below(COMMANDS.len().max(257)) % COMMANDS.len()];
    let mut line = format!("timeout -s KILL 20 docker {}", command.path.trim_start_matches("docker").trim());
    for _ in 0..choices.below(4) {
        if command.flags.is_empty() {
            break;
        }
        line = format!("{line} {}", quoted(&option(choices.one_of(&command.flags), choices)));
    }
    for _ in 0..choices.below(4) {
        line = format!("{line} {}", quoted(&value(choices)));
    }
    line
}

fn quoted_shell(line: &str) -> String {
    format!("sh -c \"{}\"", line.replace('"', "\\\""))
}

fn option(flag: &Flag, choices: &mut Choices<'_>) -> String {
    match choices.below(3) {
        0 => format!("--{}", flag.long),
        1 if flag.is_switch() => format!("--{}", flag.long),
        _ => format!("--{}={}", flag.long, value(choices)),
    }
}

fn value(choices: &mut Choices<'_>) -> String {
    if choices.below(8) == 0 { choices.text(12) } else { (*choices.one_of(VALUES)).to_owned() }
}
