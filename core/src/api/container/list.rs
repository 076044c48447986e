//! `GET /containers/json`.

use crate::api::reply::{ok, value_of};
use crate::api::{Answered, Call, Version};
use crate::engine::container::{self, List};
use crate::model::World;
use serde_json::Value;

/// Lists containers.
pub fn list(world: &mut World, call: &Call<'_>) -> Answered {
    let request = List {
        all: call.query.flag("all"),
        limit: call.query.number("limit")?.unwrap_or(0),
        size: call.query.flag("size"),
        filters: call.query.filters()?,
    };
    let mut all = value_of(&container::list(world, &request)?)?;
    if call.version < Version(1, 52) {
        let fields = all.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut);
        for container in fields {
            if call.version < Version(1, 48) {
                container.shift_remove("ImageManifestDescriptor");
            }
            container.shift_remove("Health");
        }
    }
    ok(&all)
}
