//! `docker buildx du`: what the build cache takes.

use crate::base::units::human_size_with_precision;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::build::{disk, total};
use crate::grammar::Invocation;

/// `docker buildx du [OPTIONS]`.
pub const COMMAND: Command = Command::new("buildx du", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    for name in ["filter", "format", "verbose"] {
        if call.changed(name) {
            return Err(Failure::new(format!("ERROR: --{name} is not simulated by Drydock")));
        }
    }
    let all = disk(cli.world()?);
    let size = |bytes: u64| human_size_with_precision(bytes as f64, 4);
    if !all.is_empty() {
        cli.out("ID\t\t\t\t\t\tRECLAIMABLE\tSIZE\t\tLAST ACCESSED\n");
    }
    for record in &all {
        cli.out(&format!(
            "{:<40}\t{}\t\t{}\t\tLess than a second ago\n",
            record.id,
            !record.shared,
            size(record.size)
        ));
    }
    let shared: u64 = all.iter().filter(|record| record.shared).map(|record| record.size).sum();
    let whole = total(&all);
    if shared > 0 {
        cli.out(&format!("Shared:\t\t{}\nPrivate:\t{}\n", size(shared), size(whole - shared)));
    }
    cli.out(&format!("Reclaimable:\t{}\nTotal:\t\t{}\n", size(whole - shared), size(whole)));
    DONE
}
