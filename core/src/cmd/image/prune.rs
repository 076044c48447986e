//! `docker image prune`.

use crate::base::units::human_size_with_precision;
use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until};
use crate::engine::image::{self, Pruned, Removed};
use crate::grammar::Invocation;

/// `docker image prune [OPTIONS]`.
pub const COMMAND: Command = Command::new("image prune", run);

const DANGLING: &str = "WARNING! This will remove all dangling images.\n";
const UNUSED: &str = "WARNING! This will remove all images without at least one container associated to them.\n";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let all = call.bool("all");
    if !call.bool("force") {
        let question = format!(
            "{}Are you sure you want to continue? [y/N] ",
            if all { UNUSED } else { DANGLING }
        );
        match cli.confirm(&question) {
            None => return Ok(Flow::Input(Until::Line)),
            Some(false) => return DONE,
            Some(true) => {}
        }
    }
    let pruned = image::prune(cli.world()?, all, &call.filters())?;
    cli.out(&report(&pruned));
    DONE
}

/// What a prune prints.
pub fn report(pruned: &Pruned) -> String {
    let size = human_size_with_precision(pruned.reclaimed as f64, 4);
    deleted(pruned) + &format!("Total reclaimed space: {size}\n")
}

/// The list of what went and an empty line; nothing where nothing did.
pub fn deleted(pruned: &Pruned) -> String {
    let mut out = String::new();
    if !pruned.removed.is_empty() {
        out.push_str("Deleted Images:\n");
        for removed in &pruned.removed {
            match removed {
                Removed::Untagged(name) => out.push_str(&format!("untagged: {name}\n")),
                Removed::Deleted(id) => out.push_str(&format!("deleted: {id}\n")),
            }
        }
        out.push('\n');
    }
    out
}
