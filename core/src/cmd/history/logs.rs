//! `docker buildx history logs`: what a build printed.

use super::shown;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;

/// `docker buildx history logs [OPTIONS] [REF]`.
pub const COMMAND: Command = Command::new("buildx history logs", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    match call.str("progress") {
        "auto" | "plain" | "" => {}
        mode @ ("tty" | "rawjson") => {
            return Err(Failure::new(format!("ERROR: the progress mode {mode} is not simulated by Drydock")));
        }
        mode => return Err(Failure::new(format!("ERROR: invalid progress mode {mode}"))),
    }
    let build = shown::find(cli, call.arg(0))?;
    let log = build.log.lines().skip_while(|line| line.starts_with("#0 ") || line.is_empty());
    cli.err(&log.map(|line| format!("{line}\n")).collect::<String>());
    DONE
}
