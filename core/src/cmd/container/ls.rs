//! `docker container ls`, better known as `docker ps`.

use crate::base::Time;
use crate::base::time_format::go_time;
use crate::base::units::{human_duration, human_size_with_precision};
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::container::{List, Summary, list, short_image, show_ports};
use crate::engine::filter::Filters;
use crate::grammar::Invocation;
use crate::render::listing::Listing;
use crate::render::table::ellipsis;
use crate::render::template::{ErrorKind, Functions, MissingKey, Template, TemplateError};
use crate::render::value::{Struct, Value};
use std::sync::Arc;

/// `docker ps [OPTIONS]`.
pub const COMMAND: Command = Command::new("container ls", run);

/// How many characters of a command line the table shows.
const COMMAND_WIDTH: usize = 20;
/// How many characters of a volume's name the table shows.
const MOUNT_WIDTH: usize = 15;

/// The headers of the fields.
pub const HEADERS: &[(&str, &str)] = &[
    ("ID", "CONTAINER ID"),
    ("Names", "NAMES"),
    ("Image", "IMAGE"),
    ("Command", "COMMAND"),
    ("CreatedAt", "CREATED AT"),
    ("RunningFor", "CREATED"),
    ("Ports", "PORTS"),
    ("State", "STATE"),
    ("Status", "STATUS"),
    ("Size", "SIZE"),
    ("Labels", "LABELS"),
    ("Mounts", "MOUNTS"),
    ("LocalVolumes", "LOCAL VOLUMES"),
    ("Networks", "NETWORKS"),
    ("Platform", "PLATFORM"),
    ("HealthStatus", "HEALTH STATUS"),
];

const TABLE: &str =
    "table {{.ID}}\\t{{.Image}}\\t{{.Command}}\\t{{.RunningFor}}\\t{{.Status}}\\t{{.Ports}}\\t{{.Names}}";
const RAW: &str = "container_id: {{.ID}}\\nimage: {{.Image}}\\ncommand: {{.Command}}\\ncreated_at: {{.CreatedAt}}\\nstate: \
                   {{- pad .State 1 0}}\\nstatus: {{- pad .Status 1 0}}\\nnames: {{.Names}}\\nlabels: {{- pad .Labels 1 \
                   0}}\\nports: {{- pad .Ports 1 0}}\\n";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let quiet = call.bool("quiet");
    let given = cli.format(call, "psFormat", false);
    let latest = call.bool("latest");
    let limit = if latest { 1 } else { call.int("last") };
    let size = call.bool("size");
    if quiet && !call.str("format").is_empty() {
        cli.err("WARNING: Ignoring custom format, because both --format and --quiet are set.\n");
    }
    let request = List {
        all: call.bool("all"),
        limit,
        size: size || (!given.is_empty() && asks_for_size(&given)?),
        filters: Filters::new(call.filters()),
    };
    let world = cli.world()?;
    let now = world.now();
    let found = list(world, &request)?;
    let rows: Vec<Value> = found.iter().map(|c| row(c, now, !call.bool("no-trunc"))).collect();
    let mut table = TABLE.to_string();
    let mut raw = RAW.to_string();
    if size {
        table.push_str("\\t{{.Size}}");
        raw.push_str("size: {{.Size}}\\n");
    }
    let format = match (quiet, given.as_str()) {
        (true, "raw") => "container_id: {{.ID}}",
        (true, _) => "{{.ID}}",
        (false, given) => given,
    };
    let listing = Listing { headers: HEADERS, table: &table, raw: Some(&raw) };
    cli.list(&listing, format, &rows)?;
    DONE
}

/// Whether a format prints sizes, which take time to find. Docker tries it on a container without any property,
/// so a format that such a container does not fit fails whatever there is to list.
fn asks_for_size(format: &str) -> Result<bool, Failure> {
    let failure = |error: TemplateError| {
        let doing = if error.kind == ErrorKind::Parse { "parse" } else { "execute" };
        Failure::new(format!("failed to {doing} template: {}", error.message))
    };
    let template = Template::parse(format).map_err(failure)?;
    let print = |size: &str| {
        let mut out = String::new();
        let row = blank(size);
        template.execute(&row, MissingKey::NoValue, Functions::Docker, &mut out).map(|()| out).map_err(failure)
    };
    Ok(print("0B")? != print("1.23kB (virtual 1MB)")?)
}

/// A container without any property, but for what its files take.
fn blank(size: &str) -> Value {
    const EMPTY: [&str; 9] =
        ["HealthStatus", "ID", "Labels", "Mounts", "Names", "Networks", "Ports", "State", "Status"];
    let row = Struct::row("*formatter.ContainerContext")
        .field("Command", "\"\"")
        .field("CreatedAt", go_time(Time(0)))
        .field("Image", "<no image>")
        .field("Label", Value::Lookup(Arc::default()))
        .field("LocalVolumes", "0")
        .field("Platform", Value::NilPointer("*formatter.Platform"))
        .field("RunningFor", "56 years ago")
        .field("Size", size);
    EMPTY.into_iter().fold(row, |row, name| row.field(name, "")).into()
}

/// A container as templates of listings see it.
pub fn row(c: &Summary, now: Time, cut: bool) -> Value {
    let created = Time(c.created.saturating_mul(1_000_000_000));
    let command = if cut { ellipsis(&c.command, COMMAND_WIDTH) } else { c.command.clone() };
    let names: Vec<&str> = c.names.iter().map(|n| n.trim_start_matches('/')).collect();
    let labels: Vec<String> = c.labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let networks: Vec<&str> = c.network_settings.networks.keys().map(String::as_str).collect();
    let mounts = c.mounts.iter().map(|m| m.name.as_deref().unwrap_or(&m.source));
    let mounts: Vec<String> =
        mounts.map(|m| if cut { ellipsis(m, MOUNT_WIDTH) } else { m.to_string() }).collect();
    let local = c.mounts.iter().filter(|m| m.driver.as_deref() == Some("local")).count();
    let platform = Struct::new("*formatter.Platform")
        .field_as("Architecture", Some("architecture"), "amd64")
        .field_as("OS", Some("os"), "linux")
        .shown_as("linux/amd64");
    Struct::row("*formatter.ContainerContext")
        .field("Command", crate::base::go_text::quote(&command))
        .field("CreatedAt", go_time(created))
        .field("HealthStatus", c.health.status.as_str())
        .field("ID", if cut { c.id.short() } else { c.id.to_string() })
        .field("Image", if cut { short_image(&c.image) } else { c.image.clone() })
        .field("Label", Value::Lookup(Arc::new(c.labels.clone())))
        .field("Labels", labels.join(","))
        .field("LocalVolumes", local.to_string())
        .field("Mounts", mounts.join(","))
        .field("Names", names.join(","))
        .field("Networks", networks.join(","))
        .field("Platform", platform)
        .field("Ports", show_ports(&c.ports))
        .field("RunningFor", format!("{} ago", human_duration(now - created)))
        .field("Size", size_text(c))
        .field("State", c.state)
        .field("Status", c.status.as_str())
        .into()
}

/// SIZE: `8.19kB (virtual 2.08MB)`.
fn size_text(c: &Summary) -> String {
    let own = human_size_with_precision(c.size_rw.unwrap_or(0) as f64, 3);
    match c.size_root_fs {
        Some(whole) if whole > 0 => {
            format!("{own} (virtual {})", human_size_with_precision(whole as f64, 3))
        }
        _ => own,
    }
}
