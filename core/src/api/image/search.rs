//! What registries hold: `GET /images/search` and `/distribution/NAME/json`.

use crate::api::reply::ok;
use crate::api::{Answered, Call, Refusal};
use crate::base::Reference;
use crate::engine::registry;
use crate::model::World;
use serde_json::{Value, json};

/// Searches Docker Hub.
pub fn search(world: &mut World, call: &Call<'_>) -> Answered {
    let limit = call.query.number("limit")?.unwrap_or(0);
    let found = registry::search(world, call.query.get("term"), limit, &call.query.pairs("filters")?)?;
    let found = found.iter().map(|image| {
        json!({
            "star_count": image.stars,
            "is_official": image.official,
            "name": image.name,
            "is_automated": false,
            "description": image.description,
        })
    });
    ok(&Value::Array(found.collect()))
}

/// Describes an image of a registry without pulling it.
pub fn distribution(world: &mut World, call: &Call<'_>) -> Answered {
    let name = Reference::parse(call.name()).map_err(|e| Refusal::invalid(e.to_string()))?;
    let packed = registry::fetch(world, &name.or_latest())?;
    let target = &packed.target;
    ok(&json!({
        "Descriptor": { "mediaType": target.media_type, "digest": target.digest, "size": target.size },
        "Platforms": [{ "architecture": "amd64", "os": "linux" }],
    }))
}
