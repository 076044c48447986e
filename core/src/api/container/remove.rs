//! `DELETE /containers/ID` and `POST /containers/prune`.

use crate::api::reply::{done, ok};
use crate::api::{Answered, Call};
use crate::engine::container;
use crate::model::World;
use serde_json::json;

/// Removes a container.
pub fn remove(world: &mut World, call: &Call<'_>) -> Answered {
    let how = container::Remove {
        force: call.query.flag("force"),
        volumes: call.query.flag("v"),
        link: call.query.flag("link"),
    };
    container::remove_named(world, call.name(), how)?;
    done(204)
}

/// Removes every container that does not run.
pub fn prune(world: &mut World, call: &Call<'_>) -> Answered {
    let pruned = container::prune(world, &call.query.filters()?)?;
    let ids: Vec<String> = pruned.removed.iter().map(ToString::to_string).collect();
    let ids = if ids.is_empty() { json!(null) } else { json!(ids) };
    ok(&json!({ "ContainersDeleted": ids, "SpaceReclaimed": pruned.reclaimed }))
}
