//! `GET /system/df`.

use crate::api::image::list::describe;
use crate::api::reply::{ok, value_of};
use crate::api::{Answered, Call, Version};
use crate::base::time_format::rfc3339_nano;
use crate::engine::{build, container, image, system, volume};
use crate::model::World;
use serde_json::{Map, Value, json};

/// Adds up what everything takes.
pub fn df(world: &mut World, call: &Call<'_>) -> Answered {
    let types = call.query.all("type");
    let wants = |name: &str| types.is_empty() || types.iter().any(|t| t == name);
    let usage = system::usage(world);
    let mut out = Map::new();
    let verbose = call.version < Version(1, 52) || call.query.flag("verbose");
    let mut put = |name: &str, amount: system::Amount, items: Vec<Value>| {
        let usage = json!({
            "ActiveCount": amount.active,
            "TotalCount": amount.total,
            "Reclaimable": amount.reclaimable,
            "TotalSize": amount.size,
        });
        if call.version < Version(1, 52) {
            return (name.to_owned(), items);
        }
        let mut usage = usage;
        if verbose && let Some(fields) = usage.as_object_mut() {
            fields.insert("Items".into(), Value::Array(items.clone()));
        }
        out.insert(format!("{name}Usage"), usage);
        (name.to_owned(), items)
    };
    let mut older = Map::new();
    if wants("image") {
        let list = image::list(world, &image::List { all: true, ..image::List::default() })?;
        let shared = |id| i64::try_from(usage.shared.get(id).copied().unwrap_or(0)).unwrap_or(i64::MAX);
        let items = list.iter().map(|i| describe(i, shared(&i.id), call)).collect();
        let (_, items) = put("Image", usage.images, items);
        older.insert("LayersSize".into(), json!(usage.images.size));
        older.insert("Images".into(), Value::Array(items));
    }
    if wants("container") {
        let request = container::List { all: true, size: true, ..container::List::default() };
        let list = value_of(&container::list(world, &request)?)?;
        let items = list.as_array().cloned().unwrap_or_default();
        let (_, items) = put("Container", usage.containers, items);
        older.insert("Containers".into(), Value::Array(items));
    }
    if wants("volume") {
        let list = volume::list(world, &crate::engine::filter::Filters::default())?;
        let items = list.into_iter().map(|v| volume::inspect(world, v, true)).collect();
        let (_, items) = put("Volume", usage.volumes, items);
        older.insert("Volumes".into(), Value::Array(items));
    }
    if wants("build-cache") {
        let items = build::disk(world).iter().map(record).collect();
        let (_, items) = put("BuildCache", usage.cache, items);
        older.insert("BuildCache".into(), Value::Array(items));
        older.insert("BuilderSize".into(), json!(usage.cache.size));
    }
    // The version in between has both.
    if call.version < Version(1, 53) {
        older.extend(out);
        out = older;
    }
    ok(&Value::Object(out))
}

/// A record of the builder.
pub fn record(record: &build::Record) -> Value {
    json!({
        "ID": record.id,
        "Type": "regular",
        "Description": record.description,
        "InUse": false,
        "Shared": record.shared,
        "Size": record.size,
        "CreatedAt": rfc3339_nano(record.created),
        "LastUsedAt": rfc3339_nano(record.used),
        "UsageCount": record.uses,
    })
}
