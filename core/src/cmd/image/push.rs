//! `docker image push`.

use super::moving::{Moving, Purpose};
use super::pull::piped;
use crate::base::Reference;
use crate::cmd::registry::config;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::registry;
use crate::grammar::Invocation;

/// `docker push [OPTIONS] NAME[:TAG]`.
pub const COMMAND: Command = Command::new("image push", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let name = Reference::parse(call.arg(0)).map_err(|e| Failure::new(e.to_string()))?;
    let (quiet, all) = (call.bool("quiet"), call.bool("all-tags"));
    if all && !name.is_name_only() {
        return Err(Failure::new("tag can't be used with --all-tags/-a"));
    }
    if !all && name.is_name_only() && !quiet {
        cli.out("Using default tag: latest\n");
    }
    let who = config::credentials(cli.sys, &cli.settings_dir(), name.domain());
    let names = if all { registry::tags_here(cli.world()?, &name) } else { vec![name.clone().or_latest()] };
    if !quiet {
        cli.out(&format!("{}\n", registry::heading(&name)));
    }
    if !quiet && cli.sys.is_tty(1) {
        let moving = Moving::new(cli, Purpose::Push, &names, None, String::new());
        return Ok(Flow::Wait("docker moving layers", Box::new(moving)));
    }
    for one in &names {
        // The daemon has begun to answer by then, so the client prints its words as they come.
        let pushed = registry::push(cli.world()?, one, who.as_ref()).map_err(|e| {
            let hint = e.hint.clone();
            Failure { hint, ..Failure::new(e.message) }
        })?;
        if !quiet {
            cli.out(&piped(&pushed.progress));
        }
    }
    if quiet {
        let shown = if all { name.name() } else { name.or_latest().canonical() };
        cli.out(&format!("{shown}\n"));
    }
    DONE
}
