//! What a container is and does: `json`, `top`, `changes`.

use super::named;
use crate::api::reply::{ok, value_of};
use crate::api::{Answered, Call, Version};
use crate::engine::container;
use crate::model::World;
use serde_json::{Value, json};

/// `GET /containers/ID/json`.
pub fn inspect(world: &mut World, call: &Call<'_>) -> Answered {
    let id = named(world, call)?.id;
    let mut value = container::inspect(world, id, call.query.flag("size"))?;
    gate(&mut value, call.version);
    ok(&value)
}

/// Makes the document what clients of an older version know.
fn gate(value: &mut Value, version: Version) {
    let short = value.get("Id").and_then(Value::as_str).and_then(|id| id.get(..12)).map(str::to_owned);
    let host = value.pointer("/Config/Hostname").and_then(Value::as_str).map(str::to_owned);
    let Some(fields) = value.as_object_mut() else { return };
    if version < Version(1, 48) {
        fields.shift_remove("ImageManifestDescriptor");
    }
    if version < Version(1, 52) {
        fields.shift_remove("Storage");
        fields.insert("GraphDriver".into(), json!({ "Data": null, "Name": "overlayfs" }));
    }
    if version < Version(1, 45) {
        let networks = value.pointer_mut("/NetworkSettings/Networks").and_then(Value::as_object_mut);
        for (_, endpoint) in networks.into_iter().flatten().filter(|(name, _)| *name != "bridge") {
            let Some(Value::Array(aliases)) = endpoint.get_mut("Aliases") else { continue };
            for name in short.iter().chain(&host) {
                if !aliases.iter().any(|known| known == name) {
                    aliases.push(json!(name));
                }
            }
        }
    }
}

/// `GET /containers/ID/top`.
pub fn top(world: &mut World, call: &Call<'_>) -> Answered {
    let id = named(world, call)?.id;
    let options: Vec<String> = call.query.get("ps_args").split_whitespace().map(str::to_owned).collect();
    ok(&value_of(&container::top(world, id, &options)?)?)
}

/// `GET /containers/ID/changes`.
pub fn changes(world: &mut World, call: &Call<'_>) -> Answered {
    let id = named(world, call)?.id;
    let changes = container::diff(world, id)?;
    let all: Vec<Value> = changes.iter().map(|c| json!({ "Path": c.path, "Kind": c.kind.code() })).collect();
    ok(&if all.is_empty() { Value::Null } else { Value::Array(all) })
}
