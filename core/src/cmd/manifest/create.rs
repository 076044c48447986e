//! `docker manifest create`.

use super::lists;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;

/// `docker manifest create MANIFEST_LIST MANIFEST [MANIFEST...]`.
pub const COMMAND: Command = Command::new("manifest create", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let wrong = |e: Failure, name: &str| Failure {
        stderr: format!("error parsing name for manifest list {name}: {}", e.stderr),
        ..e
    };
    let list = lists::parse(call.arg(0)).map_err(|e| wrong(e, call.arg(0)))?;
    if !call.bool("amend") && lists::read(cli, &list).is_some() {
        return Err(Failure::new("refusing to amend an existing manifest list with no --amend flag"));
    }
    let mut entries = vec![];
    for text in call.args.iter().skip(1) {
        let name = lists::parse(text)?;
        entries.push(lists::entry(cli, &name)?.0);
    }
    for entry in &entries {
        lists::save(cli, &list, entry)?;
    }
    cli.out(&format!("Created manifest list {}\n", list.canonical()));
    DONE
}
