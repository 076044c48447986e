//! `docker volume ls`.

use crate::base::{natural, Order};
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::filter::Filters;
use crate::engine::volume::list;
use crate::grammar::Invocation;
use crate::model::Volume;
use crate::render::listing::Listing;
use crate::render::value::{Struct, Value};
use std::sync::Arc;

/// `docker volume ls [OPTIONS]`.
pub const COMMAND: Command = Command::new("volume ls", run);

const HEADERS: &[(&str, &str)] = &[
    ("Name", "VOLUME NAME"),
    ("Driver", "DRIVER"),
    ("Scope", "SCOPE"),
    ("Availability", "AVAILABILITY"),
    ("Group", "GROUP"),
    ("Labels", "LABELS"),
    ("Links", "LINKS"),
    ("Mountpoint", "MOUNTPOINT"),
    ("Size", "SIZE"),
    ("Status", "STATUS"),
];
const TABLE: &str = "table {{.Driver}}\\t{{.Name}}";
const RAW: &str = "name: {{.Name}}\\ndriver: {{.Driver}}\\n";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let mut found = list(cli.world()?, &Filters::new(call.filters()))?;
    found.order_by(|a, b| natural::compare(&a.name, &b.name));
    let rows: Vec<Value> = found.iter().map(|v| row(v)).collect();
    let quiet = call.bool("quiet");
    let listing = Listing {
        headers: HEADERS,
        table: if quiet { "{{.Name}}" } else { TABLE },
        raw: Some(if quiet { "name: {{.Name}}" } else { RAW }),
    };
    let format = cli.format(call, "volumesFormat", quiet);
    cli.list(&listing, &format, &rows)?;
    DONE
}

fn row(volume: &Volume) -> Value {
    let labels = volume.labels.clone().unwrap_or_default();
    let shown: Vec<String> = labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
    Struct::row("*formatter.volumeContext")
        .field("Name", volume.name.as_str())
        .field("Driver", volume.driver.as_str())
        .field("Scope", "local")
        .field("Mountpoint", volume.mountpoint())
        .field("Labels", shown.join(","))
        .field_as("Label", None, Value::Lookup(Arc::new(labels)))
        .field("Links", "N/A")
        .field("Size", "N/A")
        .field("Availability", "N/A")
        .field("Group", "N/A")
        .field("Status", "N/A")
        .into()
}
