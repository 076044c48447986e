//! Which daemon a command talks to: `--host`, `--context`, `DOCKER_HOST`, `DOCKER_CONTEXT`. There is one daemon, on
//! its Unix socket, and one context, `default`; any other answer is the client's refusal.

use super::Failure;
use crate::base::Digest;
use crate::grammar::Invocation;
use crate::kernel::Sys;

/// The socket of the daemon.
const SOCKET: &str = "unix:///var/run/docker.sock";

/// The commands that read or write the client's settings and so would notice another directory.
const READ_SETTINGS: [&str; 6] = ["login", "logout", "image pull", "image push", "context", "buildx"];

/// Refuses a call that is meant for another daemon.
///
/// # Errors
/// In the client's words, exit code 1.
pub fn check(sys: &Sys<'_>, call: &Invocation) -> Result<(), Failure> {
    let globals = &call.globals;
    if globals.host.is_some() && globals.context.is_some() {
        return Err(Failure::new("conflicting options: cannot specify both --host and --context"));
    }
    if globals.tls {
        return Err(Failure::new("TLS to a daemon (--tls and the like) is not simulated by Drydock"));
    }
    if globals.config.is_some() && READ_SETTINGS.iter().any(|name| call.name().starts_with(name)) {
        return Err(Failure::new(
            "another directory for the client's settings (--config) is not simulated by Drydock",
        ));
    }
    let from = |name: &str| sys.env(name).filter(|value| !value.is_empty());
    if let Some(context) = &globals.context {
        return check_context(context);
    }
    if let Some(host) = globals.host.clone().or_else(|| from("DOCKER_HOST")) {
        return check_host(&host);
    }
    from("DOCKER_CONTEXT").map_or(Ok(()), |context| check_context(&context))
}

fn check_host(host: &str) -> Result<(), Failure> {
    if host == SOCKET {
        return Ok(());
    }
    let scheme = host.split("://").next().unwrap_or_default();
    if host.contains("://") && !matches!(scheme, "tcp" | "unix" | "http" | "https" | "fd" | "npipe" | "ssh") {
        return Err(Failure::new(format!(
            "Failed to initialize: unable to resolve docker endpoint: invalid bind address format: {host}"
        )));
    }
    Err(Failure::new(format!("Cannot connect to the Docker daemon at {host}. Is the docker daemon running?")))
}

fn check_context(context: &str) -> Result<(), Failure> {
    if context == "default" {
        return Ok(());
    }
    let folder = Digest::of(context.as_bytes()).hex();
    Err(Failure::new(format!(
        "Failed to initialize: unable to resolve docker endpoint: context \"{context}\": context not found: open \
         /home/learner/.docker/contexts/meta/{folder}/meta.json: no such file or directory"
    )))
}
