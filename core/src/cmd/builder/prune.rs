//! `docker buildx prune`, which `docker builder prune` is.

use crate::base::{Order, Gather};
use super::records::{self, LISTING, size};
use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until};
use crate::engine::build::{Record, discard, disk, prune, total};
use crate::grammar::Invocation;
use crate::render::value::Value;

/// `docker buildx prune [OPTIONS]`.
pub const COMMAND: Command = Command::new("buildx prune", run);

const DANGLING: &str = "WARNING! This will remove all dangling build cache.";
const ALL: &str = "WARNING! This will remove all build cache.";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let all = call.bool("all");
    if !call.bool("force") {
        let question = format!("{} Are you sure you want to continue? [y/N] ", if all { ALL } else { DANGLING });
        match cli.confirm(&question) {
            None => return Ok(Flow::Input(Until::Line)),
            Some(false) => return DONE,
            Some(true) => {}
        }
    }
    let now = cli.sys.now();
    let bounds = ["max-used-space", "reserved-space"].map(|name| call.bytes(name));
    let gone = if call.filters().is_empty() && bounds == [None, None] {
        prune(cli.world()?, all)
    } else {
        let records = disk(cli.world()?);
        let have = total(&records);
        let mut chosen = records::filtered(call, records, now)?;
        chosen.retain(|record| all || !record.shared);
        if let Some(keep) = bounds.into_iter().flatten().max() {
            chosen = beyond(chosen, have, u64::try_from(keep).unwrap_or(0));
        }
        discard(cli.world()?, &chosen.into_iter().map(|record| record.id).gather())
    };
    if call.bool("verbose") {
        gone.iter().for_each(|record| cli.out(&records::whole(record, now)));
    } else if !gone.is_empty() {
        let rows: Vec<Value> = gone.iter().map(|record| records::row(record, now)).collect();
        cli.list(&LISTING, "", &rows)?;
    }
    cli.out(&format!("Total:\t{}\n", size(total(&gone))));
    DONE
}

/// Those unused for longest, until what stays takes no more than `keep` bytes.
fn beyond(mut records: Vec<Record>, have: u64, keep: u64) -> Vec<Record> {
    records.order_by_key(|record| record.used);
    let mut left = have;
    records.retain(|record| {
        let goes = left > keep;
        left = if goes { left.saturating_sub(record.size) } else { left };
        goes
    });
    records
}
