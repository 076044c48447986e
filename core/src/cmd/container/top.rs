//! `docker container top`.

use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::container::{find, top};
use crate::grammar::Invocation;

/// `docker top CONTAINER [ps OPTIONS]`.
pub const COMMAND: Command = Command::new("container top", run);

/// The least width of a column, and the space after its widest cell.
const MIN_WIDTH: usize = 20;
const PADDING: usize = 3;

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let world = cli.world()?;
    let id = find(world, call.arg(0))?;
    let listing = top(world, id, call.args.get(1..).unwrap_or_default())?;
    let rows: Vec<&Vec<String>> = std::iter::once(&listing.titles).chain(&listing.processes).collect();
    let width = |column: usize| {
        let widest = rows.iter().filter_map(|r| r.get(column)).map(|c| c.chars().count()).max();
        (widest.unwrap_or(0) + PADDING).max(MIN_WIDTH)
    };
    let widths: Vec<usize> = (0..listing.titles.len()).map(width).collect();
    for row in &rows {
        let last = row.len().saturating_sub(1);
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| {
            if at == last { cell.clone() } else { format!("{cell:<width$}") }
        });
        let line: String = cells.collect();
        cli.out(&format!("{line}\n"));
    }
    DONE
}
