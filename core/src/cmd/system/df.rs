//! `docker system df`.

use crate::base::Order;
use crate::base::units::{human_duration, human_size, human_size_with_precision};
use crate::cmd::container::ls;
use crate::cmd::image::ls as images;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::system::{Amount, Usage, usage};
use crate::engine::{build, container, image, volume};
use crate::grammar::Invocation;
use crate::model::World;
use crate::render::listing::Listing;
use crate::render::template::{Functions, MissingKey, Template};
use crate::render::value::{Struct, Value};

/// `docker system df [OPTIONS]`.
pub const COMMAND: Command = Command::new("system df", run);

const HEADERS: &[(&str, &str)] = &[
    ("Type", "TYPE"),
    ("TotalCount", "TOTAL"),
    ("Active", "ACTIVE"),
    ("Size", "SIZE"),
    ("Reclaimable", "RECLAIMABLE"),
];
const TABLE: &str = "table {{.Type}}\\t{{.TotalCount}}\\t{{.Active}}\\t{{.Size}}\\t{{.Reclaimable}}";
const IMAGES: &str = "table {{.Repository}}\\t{{.Tag}}\\t{{.ID}}\\t{{.CreatedSince}}\\t{{.Size}}\\t{{.SharedSize}}\\t{{.UniqueSize}}\\t{{.Containers}}";
const CONTAINERS: &str = "table {{.ID}}\\t{{.Image}}\\t{{.Command}}\\t{{.LocalVolumes}}\\t{{.Size}}\\t{{.RunningFor}}\\t{{.Status}}\\t{{.Names}}";
const VOLUMES: &str = "table {{.Name}}\\t{{.Links}}\\t{{.Size}}";
const CACHE: &str = "table {{.ID}}\\t{{.CacheType}}\\t{{.Size}}\\t{{.CreatedSince}}\\t{{.LastUsedSince}}\\t{{.UsageCount}}\\t{{.Shared}}";
const CACHE_HEADERS: &[(&str, &str)] = &[
    ("ID", "CACHE ID"),
    ("CacheType", "CACHE TYPE"),
    ("Size", "SIZE"),
    ("CreatedSince", "CREATED"),
    ("LastUsedSince", "LAST USED"),
    ("UsageCount", "USAGE"),
    ("Shared", "SHARED"),
];

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let format = call.str("format").to_string();
    let world = cli.world()?;
    let used = usage(world);
    let text =
        if call.bool("verbose") { verbose(world, &used, &format)? } else { summary(&used, &format)? };
    cli.out(&text);
    DONE
}

fn summary(used: &Usage, format: &str) -> Result<String, Failure> {
    let rows = [
        row("*formatter.diskUsageImagesContext", "Images", &used.images),
        row("*formatter.diskUsageContainersContext", "Containers", &used.containers),
        row("*formatter.diskUsageVolumesContext", "Local Volumes", &used.volumes),
        row("*formatter.diskUsageBuilderContext", "Build Cache", &used.cache),
    ];
    let listing = Listing { headers: HEADERS, table: TABLE, raw: None };
    listing
        .print(format, &rows)
        .map_err(|e| Failure::new(format!("template parsing error: {}", e.message)))
}

fn row(type_name: &'static str, kind: &str, amount: &Amount) -> Value {
    let size = |bytes: u64| human_size(bytes as f64);
    let share = amount.reclaimable.saturating_mul(100).checked_div(amount.size);
    let reclaimable = match share {
        Some(percent) => format!("{} ({percent}%)", size(amount.reclaimable)),
        None => size(amount.reclaimable),
    };
    Struct::row(type_name)
        .field("Active", amount.active.to_string())
        .field("Reclaimable", reclaimable)
        .field("Size", size(amount.size))
        .field("TotalCount", amount.total.to_string())
        .field("Type", kind)
        .into()
}

fn verbose(world: &World, used: &Usage, format: &str) -> Result<String, Failure> {
    let images = image_rows(world, used)?;
    let containers = container_rows(world)?;
    let volumes: Vec<Value> = world.volumes.values().map(|v| volume_row(world, v)).collect();
    let cache = cache_rows(world);
    if !matches!(format, "" | "table") {
        return custom(format, images, containers, volumes, cache);
    }
    let table = |headers, table, rows: &[Value]| {
        let listing = Listing { headers, table, raw: None };
        listing.print("", rows).map_err(|e| Failure::new(e.message))
    };
    let mut out = String::from("Images space usage:\n\n");
    out += &table(images::HEADERS, IMAGES, &images)?;
    out += "\nContainers space usage:\n\n";
    out += &table(ls::HEADERS, CONTAINERS, &containers)?;
    out += "\nLocal Volumes space usage:\n\n";
    out += &table(&[("Name", "VOLUME NAME"), ("Links", "LINKS"), ("Size", "SIZE")], VOLUMES, &volumes)?;
    out += &format!("\nBuild cache usage: {}\n\n", human_size(used.cache.size as f64));
    out += &table(CACHE_HEADERS, CACHE, &cache)?;
    Ok(out)
}

/// A template over everything at once.
fn custom(
    format: &str,
    images: Vec<Value>,
    containers: Vec<Value>,
    volumes: Vec<Value>,
    cache: Vec<Value>,
) -> Result<String, Failure> {
    let all = Struct::row("*formatter.diskUsageContext")
        .field("Images", Value::list("*formatter.imageContext", images))
        .field("Containers", Value::list("*formatter.ContainerContext", containers))
        .field("Volumes", Value::list("*formatter.volumeContext", volumes))
        .field("BuildCache", Value::list("*formatter.buildCacheContext", cache));
    let format = if format == "json" { "{{json .}}" } else { format };
    let template = Template::parse(format)
        .map_err(|e| Failure::new(format!("template parsing error: {}", e.message)))?;
    let mut out = String::new();
    template
        .execute(&all.into(), MissingKey::NoValue, Functions::Docker, &mut out)
        .map_err(|e| Failure::new(e.message))?;
    Ok(out + "\n")
}

fn image_rows(world: &World, used: &Usage) -> Result<Vec<Value>, Failure> {
    let now = world.now();
    let found = image::list(world, &image::List::default())?;
    let rows = found.iter().flat_map(|summary| {
        let shared = used.shared.get(&summary.id).copied().unwrap_or(0);
        let unique = summary.size.saturating_sub(shared);
        images::rows(summary, now, false, false).into_iter().map(move |row| {
            let row = with(&row, "SharedSize", human_size(shared as f64));
            with(&row, "UniqueSize", human_size(unique as f64))
        })
    });
    Ok(rows.collect())
}

fn container_rows(world: &World) -> Result<Vec<Value>, Failure> {
    let request = container::List { all: true, size: true, ..container::List::default() };
    let found = container::list(world, &request)?;
    let rows = found.iter().map(|c| {
        let own = human_size_with_precision(c.size_rw.unwrap_or(0) as f64, 3);
        with(&ls::row(c, world.now(), true), "Size", own)
    });
    Ok(rows.collect())
}

fn volume_row(world: &World, v: &crate::model::Volume) -> Value {
    Struct::row("*formatter.volumeContext")
        .field("Driver", v.driver.as_str())
        .field("Links", volume::users(world, &v.name).len().to_string())
        .field("Mountpoint", v.mountpoint())
        .field("Name", v.name.as_str())
        .field("Scope", "local")
        .field("Size", human_size(volume::size(world, v) as f64))
        .into()
}

/// The records of the build cache: those never used again first, each group by id.
fn cache_rows(world: &World) -> Vec<Value> {
    let mut records = build::disk(world);
    records.order_by(|a, b| (a.uses > 0, &a.id).cmp(&(b.uses > 0, &b.id)));
    let ago = |at| format!("{} ago", human_duration(world.now() - at));
    let row = |record: &build::Record| -> Value {
        let id: String = record.id.chars().take(12).collect();
        Struct::row("*formatter.buildCacheContext")
            .field("CacheType", "regular")
            .field("CreatedSince", ago(record.created))
            .field("Description", record.description.as_str())
            .field("ID", format!("{id}*"))
            .field("InUse", "true")
            .field("LastUsedSince", if record.uses > 0 { ago(record.used) } else { String::new() })
            .field("Shared", record.shared.to_string())
            .field("Size", human_size_with_precision(record.size as f64, 3))
            .field("UsageCount", record.uses.to_string())
            .into()
    };
    records.iter().map(row).collect()
}

/// The same row with another text in a field.
fn with(row: &Value, name: &str, text: String) -> Value {
    let Value::Struct(row) = row else { return row.clone() };
    let mut row = Struct::clone(row);
    if let Some(field) = row.fields.iter_mut().find(|f| &*f.name == name) {
        field.value = text.into();
    }
    row.into()
}
