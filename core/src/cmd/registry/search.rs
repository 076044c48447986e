//! `docker search`.

use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::registry;
use crate::grammar::Invocation;
use crate::render::listing::Listing;
use crate::render::value::{Struct, Value};

/// `docker search [OPTIONS] TERM`.
pub const COMMAND: Command = Command::new("search", run);

const HEADERS: &[(&str, &str)] = &[
    ("Name", "NAME"),
    ("Description", "DESCRIPTION"),
    ("StarCount", "STARS"),
    ("IsOfficial", "OFFICIAL"),
    ("IsAutomated", "AUTOMATED"),
];
const TABLE: &str = "table {{.Name}}\\t{{.Description}}\\t{{.StarCount}}\\t{{.IsOfficial}}";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let limit = if call.changed("limit") { call.int("limit") } else { 0 };
    let found = registry::search(cli.world()?, call.arg(0), limit, &call.filters())?;
    let rows: Vec<Value> = found
        .iter()
        .map(|result| {
            let about = result.description.replace('\n', " ");
            let about = if call.bool("no-trunc") || about.chars().count() <= 45 {
                about
            } else {
                about.chars().take(44).chain(['…']).collect()
            };
            Struct::row("*registry.searchContext")
                .field("Name", result.name.as_str())
                .field("Description", about.as_str())
                .field("StarCount", result.stars.to_string().as_str())
                .field_as("IsOfficial", None, if result.official { "[OK]" } else { "" })
                .field_as("IsAutomated", None, "")
                // JSON has other words than templates; a field without a name is out of their reach.
                .field_as("", Some("IsOfficial"), result.official.to_string())
                .field_as("", Some("IsAutomated"), "false")
                .into()
        })
        .collect();
    let listing = Listing { headers: HEADERS, table: TABLE, raw: None };
    cli.list(&listing, call.str("format"), &rows)?;
    DONE
}
