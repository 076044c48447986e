//! `docker buildx prune`, which `docker builder prune` is.

use crate::base::units::human_size_with_precision;
use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until};
use crate::engine::build::{prune, total};
use crate::grammar::Invocation;

/// `docker buildx prune [OPTIONS]`.
pub const COMMAND: Command = Command::new("buildx prune", run);

const DANGLING: &str = "WARNING! This will remove all dangling build cache.";
const ALL: &str = "WARNING! This will remove all build cache.";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let all = call.bool("all");
    for name in ["filter", "max-used-space", "min-free-space", "reserved-space"] {
        if call.changed(name) {
            return Err(Failure::new(format!("ERROR: --{name} is not simulated by Drydock")));
        }
    }
    if !call.bool("force") {
        let question = format!("{} Are you sure you want to continue? [y/N] ", if all { ALL } else { DANGLING });
        match cli.confirm(&question) {
            None => return Ok(Flow::Input(Until::Line)),
            Some(false) => return DONE,
            Some(true) => {}
        }
    }
    let gone = prune(cli.world()?, all);
    if !gone.is_empty() {
        cli.out("ID\t\t\t\t\t\tRECLAIMABLE\tSIZE\t\tLAST ACCESSED\n");
    }
    for record in &gone {
        let size = human_size_with_precision(record.size as f64, 4);
        cli.out(&format!("{:<40}\ttrue\t\t{size}\t\tLess than a second ago\n", record.id));
    }
    cli.out(&format!("Total:\t{}\n", human_size_with_precision(total(&gone) as f64, 4)));
    DONE
}
