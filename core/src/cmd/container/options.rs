//! The options that `run` and `create` share, made into what the daemon is asked for.

use crate::cmd::Failure;
use crate::engine::container::Create;
use crate::grammar::Invocation;
use crate::model::{ContainerConfig, HostConfig};

/// Reads the options of `run` or `create`; the arguments are image and command.
///
/// # Errors
/// What the client itself refuses, with exit code 125 (`create`: 1).
pub fn request(call: &Invocation) -> Result<Create, Failure> {
    let text = |flag: &str| call.get(flag).unwrap_or_default().to_string();
    let config = ContainerConfig {
        hostname: text("hostname"),
        user: text("user"),
        tty: call.bool("tty"),
        open_stdin: call.bool("interactive"),
        env: call.list("env"),
        cmd: (call.args.len() > 1).then(|| call.args[1..].to_vec()),
        image: call.arg(0).to_string(),
        working_dir: text("workdir"),
        entrypoint: call.get("entrypoint").map(|e| vec![e.to_string()]),
        ..ContainerConfig::default()
    };
    let host = HostConfig { auto_remove: call.bool("rm"), ..HostConfig::default() };
    let name = call.get("name").filter(|n| !n.is_empty()).map(str::to_string);
    Ok(Create { name, config, host, ..Create::default() })
}
