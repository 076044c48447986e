//! `image inspect`: all that is known of an image, as the Engine API writes it.

use super::{find, name, size};
use crate::base::time_format::{ZERO_TIME, rfc3339_nano};
use crate::model::{EngineError, Image, ImageStore};
use serde_json::{Map, Value, json};

/// Everything about an image, in the order and with the names of the API.
///
/// # Errors
/// Those of finding the image.
pub fn inspect(store: &ImageStore, reference: &str) -> Result<Value, EngineError> {
    let image = find(store, reference)?.image;
    Ok(describe(store, &image))
}

fn describe(store: &ImageStore, image: &Image) -> Value {
    let id = image.id();
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| drop(out.insert(key.to_owned(), value));
    put("Id", json!(id));
    put("RepoTags", json!(name::repo_tags(store, id)));
    put("RepoDigests", json!(name::repo_digests(store, id)));
    if let Some(comment) = image.config.history.last().map(|step| &step.comment).filter(|c| !c.is_empty()) {
        put("Comment", json!(comment));
    }
    put("Created", json!(image.config.created.map_or_else(|| ZERO_TIME.to_owned(), rfc3339_nano)));
    if !image.config.author.is_empty() {
        put("Author", json!(image.config.author));
    }
    put("Config", config(image));
    put("Architecture", json!(image.config.architecture));
    if !image.config.variant.is_empty() {
        put("Variant", json!(image.config.variant));
    }
    put("Os", json!(image.config.os));
    put("Size", json!(size::content(store, image)));
    put("RootFS", json!({ "Type": "layers", "Layers": image.config.rootfs.diff_ids }));
    let tagged = store.last_tagged(id).map_or_else(|| ZERO_TIME.to_owned(), rfc3339_nano);
    put("Metadata", json!({ "LastTagTime": tagged }));
    put(
        "Descriptor",
        json!({ "mediaType": image.target.media_type, "digest": id, "size": image.target.size }),
    );
    if !image.pulled_from.is_empty() {
        let pulls: Vec<Value> =
            image.pulled_from.iter().map(|repository| json!({ "Repository": repository })).collect();
        put("Identity", json!({ "Pull": pulls }));
    }
    Value::Object(out)
}

/// The image's configuration in the order in which `inspect` prints it.
fn config(image: &Image) -> Value {
    let Ok(Value::Object(mut fields)) = serde_json::to_value(&image.config.config) else { return json!({}) };
    const ORDER: [&str; 13] = [
        "User",
        "ExposedPorts",
        "Env",
        "Entrypoint",
        "Cmd",
        "Volumes",
        "WorkingDir",
        "Labels",
        "StopSignal",
        "ArgsEscaped",
        "Healthcheck",
        "OnBuild",
        "Shell",
    ];
    ORDER.iter().filter_map(|key| fields.remove(*key).map(|value| ((*key).to_owned(), value))).collect()
}
