//! `docker network ls`.

use crate::base::{natural, Order};
use crate::base::time_format::go_time;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::filter::Filters;
use crate::engine::network::list;
use crate::grammar::Invocation;
use crate::model::Network;
use crate::render::listing::Listing;
use crate::render::value::{Struct, Value};
use std::sync::Arc;

/// `docker network ls [OPTIONS]`.
pub const COMMAND: Command = Command::new("network ls", run);

const HEADERS: &[(&str, &str)] = &[
    ("ID", "NETWORK ID"),
    ("Name", "NAME"),
    ("Driver", "DRIVER"),
    ("Scope", "SCOPE"),
    ("IPv4", "IPV4"),
    ("IPv6", "IPV6"),
    ("Internal", "INTERNAL"),
    ("Labels", "LABELS"),
    ("CreatedAt", "CREATED AT"),
];
const TABLE: &str = "table {{.ID}}\\t{{.Name}}\\t{{.Driver}}\\t{{.Scope}}";
const RAW: &str = "network_id: {{.ID}}\\nname: {{.Name}}\\ndriver: {{.Driver}}\\nscope: {{.Scope}}\\n";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let mut found = list(cli.world()?, &Filters::new(call.filters()))?;
    found.order_by(|a, b| natural::compare(&a.name, &b.name));
    let rows: Vec<Value> = found.iter().map(|n| row(n, call.bool("no-trunc"))).collect();
    let quiet = call.bool("quiet");
    let listing = Listing {
        headers: HEADERS,
        table: if quiet { "{{.ID}}" } else { TABLE },
        raw: Some(if quiet { "network_id: {{.ID}}" } else { RAW }),
    };
    let format = cli.format(call, "networksFormat", quiet);
    cli.list(&listing, &format, &rows)?;
    DONE
}

fn row(network: &Network, full: bool) -> Value {
    let labels: Vec<String> = network.labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
    Struct::row("*network.networkContext")
        .field("ID", if full { network.id.to_string() } else { network.id.short() })
        .field("Name", network.name.as_str())
        .field("Driver", network.driver.as_str())
        .field("Scope", network.scope.as_str())
        .field("IPv4", network.ipv4.to_string())
        .field("IPv6", network.ipv6.to_string())
        .field("Internal", network.internal.to_string())
        .field("Labels", labels.join(","))
        .field_as("Label", None, Value::Lookup(Arc::new(network.labels.clone())))
        .field("CreatedAt", go_time(network.created))
        .into()
}
