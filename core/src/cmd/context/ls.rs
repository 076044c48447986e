//! `docker context ls`.

use super::store::{self, DEFAULT};
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;
use crate::render::listing::Listing;
use crate::render::table::ellipsis;
use crate::render::value::{Struct, Value};

/// `docker context ls [OPTIONS]`.
pub const COMMAND: Command = Command::new("context ls", run);

const HEADERS: &[(&str, &str)] = &[
    ("Name", "NAME"),
    ("Description", "DESCRIPTION"),
    ("DockerEndpoint", "DOCKER ENDPOINT"),
    ("Error", "ERROR"),
];
const TABLE: &str = "table {{.Name}}{{if .Current}} *{{end}}\\t{{.Description}}\\t{{.DockerEndpoint}}\\t{{.Error}}";
/// What the listing says about the context that is always there.
const ABOUT_DEFAULT: &str = "Current DOCKER_HOST based configuration";
/// The width of the last column.
const ERROR_WIDTH: usize = 45;

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let current = store::current(cli);
    let mut rows: Vec<Value> = store::all(cli)
        .iter()
        .map(|context| {
            let about = if context.name == DEFAULT { ABOUT_DEFAULT } else { context.description() };
            row(&context.name, context.name == current, about, &context.host, "")
        })
        .collect();
    if let Err(missing) = store::load(cli, &current) {
        rows.push(row(&current, true, "", "", missing.stderr.trim_end()));
    }
    let listing = Listing { headers: HEADERS, table: TABLE, raw: None };
    let format = if call.bool("quiet") { "{{.Name}}" } else { call.str("format") };
    cli.list(&listing, format, &rows)?;
    if cli.sys.env("DOCKER_HOST").is_some_and(|host| !host.is_empty()) {
        cli.err(
            "Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the \
             global --context flag, or unset DOCKER_HOST environment variable.\n",
        );
    }
    DONE
}

fn row(name: &str, current: bool, about: &str, host: &str, error: &str) -> Value {
    Struct::row("*formatter.clientContextContext")
        .field("Current", current)
        .field("Description", about)
        .field("DockerEndpoint", host)
        .field("Error", ellipsis(error, ERROR_WIDTH))
        .field("Name", name)
        .into()
}
