//! `docker manifest rm`.

use super::lists;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::grammar::Invocation;

/// `docker manifest rm MANIFEST_LIST [MANIFEST_LIST...]`.
pub const COMMAND: Command = Command::new("manifest rm", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    cli.each(&call.args, |cli, text| {
        let list = lists::parse(text)?;
        lists::existing(cli, &list)?;
        lists::remove(cli, &list)?;
        Ok(String::new())
    })
}
