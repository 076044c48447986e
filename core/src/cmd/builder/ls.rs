//! `docker buildx ls`: the default builder and its one node.

use super::facts;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;
use crate::render::json::{Escape, compact};
use crate::render::listing::Listing;
use crate::render::value::{Struct, Value};
use serde_json::json;

/// `docker buildx ls`.
pub const COMMAND: Command = Command::new("buildx ls", run);

const HEADERS: &[(&str, &str)] = &[
    ("Name", "NAME/NODE"),
    ("DriverEndpoint", "DRIVER/ENDPOINT"),
    ("LastActivity", "LAST ACTIVITY"),
    ("Status", "STATUS"),
    ("Buildkit", "BUILDKIT"),
    ("Platforms", "PLATFORMS"),
    ("Error", ""),
];
const TABLE: &str = "table {{.Name}}\\t{{.DriverEndpoint}}\\t{{.Status}}\\t{{.Buildkit}}\\t{{.Platforms}}";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let format = call.str("format");
    if format == "json" {
        let json = json!({
            "Current": true, "Driver": "docker", "Dynamic": false, "Name": facts::NAME,
            "Nodes": [{
                "Endpoint": facts::NAME, "Name": facts::NAME, "Platforms": facts::PLATFORMS, "Status": "running",
                "Version": facts::BUILDKIT,
            }],
        });
        cli.out(&(compact(&json, Escape::Html) + "\n"));
        return DONE;
    }
    let is_table = format.is_empty() || format.starts_with("table");
    let branch = |text: &str| if is_table { format!(" \\_ {text}") } else { text.to_owned() };
    let [first, rest @ ..] = facts::PLATFORMS;
    let platforms =
        if call.bool("no-trunc") || !is_table { facts::PLATFORMS.join(", ") } else { format!("{first} (+{})", rest.len()) };
    let builder = if is_table { format!("{}*", facts::NAME) } else { facts::NAME.to_owned() };
    let rows = [
        row(&builder, "docker", ["", "", ""]),
        row(&branch(facts::NAME), &branch(facts::NAME), ["running", facts::BUILDKIT, &platforms]),
    ];
    let listing = Listing { headers: HEADERS, table: TABLE, raw: None };
    cli.list(&listing, format, &rows)?;
    DONE
}

fn row(name: &str, driver: &str, [status, buildkit, platforms]: [&str; 3]) -> Value {
    Struct::row("*commands.lsContext")
        .field("Name", name)
        .field("DriverEndpoint", driver)
        .field("LastActivity", "")
        .field("Status", status)
        .field("Buildkit", buildkit)
        .field("Platforms", platforms)
        .field("Error", "")
        .into()
}
