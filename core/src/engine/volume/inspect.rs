//! `volume ls` and `volume inspect`: volumes as the Engine API describes them.

use super::{size, users};
use crate::base::time_format::rfc3339;
use crate::engine::filter::Filters;
use crate::model::{EngineError, Volume, World};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The volumes that fit the filters, by name.
///
/// # Errors
/// Invalid for filters that do not exist or cannot be read.
pub fn list<'a>(world: &'a World, filters: &Filters) -> Result<Vec<&'a Volume>, EngineError> {
    filters.check(&["dangling", "driver", "label", "name"])?;
    let dangling = filters.switch("dangling")?;
    let none = BTreeMap::new();
    let fits = |v: &Volume| {
        filters.matches("name", &v.name)
            && filters.exact("driver", &v.driver)
            && filters.labels("label", v.labels.as_ref().unwrap_or(&none))
            && dangling.is_none_or(|wanted| wanted == users(world, &v.name).is_empty())
    };
    Ok(world.volumes.values().map(AsRef::as_ref).filter(|v| fits(v)).collect())
}

/// A volume as the API describes it; with `usage`, how many containers use it and how large it is.
pub fn inspect(world: &World, volume: &Volume, usage: bool) -> Value {
    let mut value = json!({
        "CreatedAt": rfc3339(volume.created),
        "Driver": volume.driver,
        "Labels": volume.labels,
        "Mountpoint": volume.mountpoint(),
        "Name": volume.name,
        "Options": volume.options,
        "Scope": "local",
    });
    if usage && let Some(object) = value.as_object_mut() {
        let count = users(world, &volume.name).len();
        object.insert("UsageData".to_string(), json!({ "RefCount": count, "Size": size(world, volume) }));
    }
    value
}
