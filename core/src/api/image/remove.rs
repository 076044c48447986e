//! `DELETE /images/NAME` and `POST /images/prune`.

use crate::api::reply::ok;
use crate::api::{Answered, Call};
use crate::engine::image::{self, Removed};
use crate::model::World;
use serde_json::{Value, json};

fn describe(removed: &[Removed]) -> Value {
    let all = removed.iter().map(|one| match one {
        Removed::Untagged(name) => json!({ "Untagged": name }),
        Removed::Deleted(id) => json!({ "Deleted": id }),
    });
    Value::Array(all.collect())
}

/// Removes a name or an image.
pub fn remove(world: &mut World, call: &Call<'_>) -> Answered {
    let removed = image::remove(world, call.name(), call.query.flag("force"))?;
    ok(&describe(&removed))
}

/// Removes the images that nothing needs.
pub fn prune(world: &mut World, call: &Call<'_>) -> Answered {
    let pruned = image::prune(world, false, &call.query.pairs("filters")?)?;
    let removed = if pruned.removed.is_empty() { Value::Null } else { describe(&pruned.removed) };
    ok(&json!({ "ImagesDeleted": removed, "SpaceReclaimed": pruned.reclaimed }))
}
