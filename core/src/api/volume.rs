//! Endpoints of volumes.

use super::reply::{created, done, not_simulated, ok};
use super::{Answered, Call, Version};
use crate::engine::filter::Filters;
use crate::engine::volume::{self, Create};
use crate::model::World;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// `GET /volumes`.
pub fn list(world: &mut World, call: &Call<'_>) -> Answered {
    let found = volume::list(world, &call.query.filters()?)?;
    let all: Vec<Value> = found.into_iter().map(|v| volume::inspect(world, v, false)).collect();
    ok(&json!({ "Volumes": all, "Warnings": null }))
}

/// `GET /volumes/NAME`.
pub fn inspect(world: &mut World, call: &Call<'_>) -> Answered {
    let found = volume::find(world, call.name())?;
    ok(&volume::inspect(world, found, false))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct New {
    name: String,
    driver: String,
    driver_opts: BTreeMap<String, String>,
    labels: BTreeMap<String, String>,
    cluster_volume_spec: Option<Value>,
}

/// `POST /volumes/create`.
pub fn create(world: &mut World, call: &Call<'_>) -> Answered {
    let new: New = call.json()?;
    if new.cluster_volume_spec.is_some() {
        return Err(not_simulated("a cluster volume"));
    }
    let request = Create { name: new.name, driver: new.driver, options: new.driver_opts, labels: new.labels };
    let name = volume::create(world, request)?;
    let made = volume::find(world, &name)?;
    created(&volume::inspect(world, made, false))
}

/// `DELETE /volumes/NAME`.
pub fn remove(world: &mut World, call: &Call<'_>) -> Answered {
    match volume::remove(world, call.name()) {
        Err(e) if e.kind == crate::model::ErrorKind::NotFound && call.query.flag("force") => done(204),
        removed => {
            removed?;
            done(204)
        }
    }
}

/// `POST /volumes/prune`.
pub fn prune(world: &mut World, call: &Call<'_>) -> Answered {
    let mut pairs = call.query.pairs("filters")?;
    if call.version < Version(1, 42) {
        pairs.push(("all".into(), "true".into()));
    }
    let pruned = volume::prune(world, &Filters::new(pairs))?;
    let gone = if pruned.deleted.is_empty() { Value::Null } else { json!(pruned.deleted) };
    ok(&json!({ "VolumesDeleted": gone, "SpaceReclaimed": pruned.reclaimed }))
}
