//! Which daemon a command talks to: `--host`, `--context`, `DOCKER_HOST`, `DOCKER_CONTEXT`, the chosen context.
//! There is one daemon, on its Unix socket; at any other address nobody answers.

use super::context::store::{self, SOCKET};
use super::{Cli, Failure};
use crate::base::go_text::quote;
use crate::grammar::Invocation;

/// The commands that need no daemon, or tell of its absence in their own way.
const ALONE: [&str; 7] =
    ["context ", "logout", "version", "system info", "buildx version", "buildx imagetools ", "manifest "];

/// Refuses a call that is meant for another daemon, unless it is for none.
///
/// # Errors
/// In the client's words, exit code 1.
pub fn check(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<(), Failure> {
    let globals = &cli.globals;
    if globals.host.is_some() && globals.context.is_some() {
        return Err(Failure::new("conflicting options: cannot specify both --host and --context"));
    }
    if globals.tls {
        return Err(Failure::new("TLS to a daemon (--tls and the like) is not simulated by Drydock"));
    }
    let alone = ALONE.iter().any(|name| match name.strip_suffix(' ') {
        Some(group) => call.name().strip_prefix(group).is_some_and(|rest| rest.starts_with(' ')),
        None => call.name() == *name,
    });
    if alone { Ok(()) } else { reach(cli) }
}

/// Whether the daemon that the command is for is the one there is.
///
/// # Errors
/// In the client's words, exit code 1.
pub fn reach(cli: &mut Cli<'_, '_>) -> Result<(), Failure> {
    let name = store::current(cli);
    let context = store::load(cli, &name).map_err(|e| Failure {
        stderr: format!("Failed to initialize: unable to resolve docker endpoint: {}", e.stderr),
        ..e
    })?;
    let host = if context.host.is_empty() { SOCKET } else { &context.host };
    if host == SOCKET {
        let gone = cli.world()?.faults.outage.is_some();
        return if gone { Err(Failure::new(no_daemon(SOCKET))) } else { Ok(()) };
    }
    let (scheme, place) = host.split_once("://").unwrap_or(("tcp", host));
    Err(Failure::new(match scheme {
        "unix" => format!(
            "failed to connect to the docker API at {host}; check if the path is correct and if the daemon is running: \
             dial unix {place}: connect: no such file or directory"
        ),
        "tcp" | "http" | "https" | "fd" | "npipe" => no_daemon(host),
        "ssh" => format!("a daemon behind ssh ({host}) is not simulated by Drydock"),
        _ => format!(
            "Failed to initialize: unable to resolve docker endpoint: invalid bind address format: {host}"
        ),
    }))
}

fn no_daemon(host: &str) -> String {
    format!("Cannot connect to the Docker daemon at {host}. Is the docker daemon running?")
}

/// Checks the builder that a command of buildx is for: there is the one of the daemon.
///
/// # Errors
/// In the words of buildx.
pub fn builder(cli: &Cli<'_, '_>, call: &Invocation) -> Result<(), Failure> {
    if call.command.flag("builder").is_none() {
        return Ok(());
    }
    let set = cli.sys.env("BUILDX_BUILDER").filter(|name| !name.is_empty());
    match call.get("builder").map(str::to_owned).or(set) {
        Some(name) if name != "default" && !name.is_empty() => Err(no_builder(&name)),
        _ => Ok(()),
    }
}

/// What buildx says of a builder that is not there.
pub fn no_builder(name: &str) -> Failure {
    Failure::new(format!("ERROR: no builder {} found", quote(name)))
}
