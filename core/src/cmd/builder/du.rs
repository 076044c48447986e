//! `docker buildx du`: what the build cache takes.

use super::records::{self, LISTING, size};
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::build::{disk, total};
use crate::grammar::Invocation;
use crate::render::value::Value;

/// `docker buildx du [OPTIONS]`.
pub const COMMAND: Command = Command::new("buildx du", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let now = cli.sys.now();
    let all = records::filtered(call, disk(cli.world()?), now)?;
    let (format, verbose) = (call.str("format"), call.bool("verbose"));
    if verbose && !format.is_empty() {
        return Err(Failure::new("ERROR: --format and --verbose cannot be used together"));
    }
    if verbose {
        all.iter().for_each(|record| cli.out(&records::whole(record, now)));
    } else if !all.is_empty() || !format.is_empty() {
        let rows: Vec<Value> = all.iter().map(|record| records::row(record, now)).collect();
        cli.list(&LISTING, format, &rows)?;
    }
    if !format.is_empty() && !format.starts_with("table") {
        return DONE;
    }
    let shared: u64 = all.iter().filter(|record| record.shared).map(|record| record.size).sum();
    let whole = total(&all);
    if shared > 0 {
        cli.out(&format!("Shared:\t\t{}\nPrivate:\t{}\n", size(shared), size(whole - shared)));
    }
    cli.out(&format!("Reclaimable:\t{}\nTotal:\t\t{}\n", size(whole - shared), size(whole)));
    DONE
}
