//! `docker buildx ls`: the default builder and its one node.

use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;
use crate::render::listing::Listing;
use crate::render::value::{Struct, Value};

/// `docker buildx ls`.
pub const COMMAND: Command = Command::new("buildx ls", run);

const HEADERS: &[(&str, &str)] = &[
    ("Name", "NAME/NODE"),
    ("DriverEndpoint", "DRIVER/ENDPOINT"),
    ("Status", "STATUS"),
    ("Buildkit", "BUILDKIT"),
    ("Platforms", "PLATFORMS"),
];
const TABLE: &str = "table {{.Name}}\\t{{.DriverEndpoint}}\\t{{.Status}}\\t{{.Buildkit}}\\t{{.Platforms}}";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let listing = Listing { headers: HEADERS, table: TABLE, raw: None };
    let table = matches!(call.str("format"), "" | "table");
    let (builder, node) = if table { ("default*", " \\_ default") } else { ("default", "default") };
    let rows = [row(builder, "docker", "", ""), row(node, " \\_ default", "running", "linux/amd64")];
    cli.list(&listing, call.str("format"), &rows)?;
    DONE
}

fn row(name: &str, driver: &str, status: &str, platforms: &str) -> Value {
    Struct::row("*commands.lsContext")
        .field("Name", name)
        .field("DriverEndpoint", driver)
        .field("Status", status)
        .field("Buildkit", "")
        .field("Platforms", platforms)
        .into()
}
