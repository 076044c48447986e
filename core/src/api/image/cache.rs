//! `POST /build/prune`.

use crate::api::reply::{not_simulated, ok};
use crate::api::{Answered, Call};
use crate::engine::build;
use crate::model::World;
use serde_json::{Value, json};

/// Removes records of the builder.
pub fn prune(world: &mut World, call: &Call<'_>) -> Answered {
    let filters = call.query.pairs("filters")?;
    if let Some((name, _)) = filters.first() {
        return Err(not_simulated(&format!("the filter {name} of a build cache prune")));
    }
    for name in ["keep-storage", "reserved-space", "max-used-space", "min-free-space"] {
        if call.query.number(name)?.is_some_and(|n| n != 0) {
            return Err(not_simulated(&format!("{name} of a build cache prune")));
        }
    }
    let gone = build::prune(world, call.query.flag("all"));
    let ids: Vec<&str> = gone.iter().map(|record| record.id.as_str()).collect();
    let ids = if ids.is_empty() { Value::Null } else { json!(ids) };
    ok(&json!({ "CachesDeleted": ids, "SpaceReclaimed": build::total(&gone) }))
}
