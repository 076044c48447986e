//! `docker volume prune`.

use crate::base::units::human_size;
use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until};
use crate::engine::filter::Filters;
use crate::engine::volume::prune;
use crate::grammar::Invocation;

/// `docker volume prune [OPTIONS]`.
pub const COMMAND: Command = Command::new("volume prune", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let mut filters = call.filters();
    if call.bool("all") {
        if filters.iter().any(|(name, _)| name == "all") {
            return Err(Failure::new("conflicting options: cannot specify both --all and --filter all=1"));
        }
        filters.push(("all".to_string(), "true".to_string()));
    }
    if !call.bool("force") {
        let which = if call.bool("all") { "all" } else { "anonymous" };
        let question = format!(
            "WARNING! This will remove {which} local volumes not used by at least one container.\nAre you sure you want \
             to continue? [y/N] "
        );
        match cli.confirm(&question) {
            None => return Ok(Flow::Input(Until::Line)),
            Some(false) => return DONE,
            Some(true) => {}
        }
    }
    let pruned = prune(cli.world()?, &Filters::new(filters))?;
    cli.out(&deleted(&pruned.deleted));
    cli.out(&format!("Total reclaimed space: {}\n", human_size(pruned.reclaimed as f64)));
    DONE
}

/// The list of what went; nothing where nothing did.
pub fn deleted(names: &[String]) -> String {
    match names {
        [] => String::new(),
        names => format!("Deleted Volumes:\n{}\n\n", names.join("\n")),
    }
}
