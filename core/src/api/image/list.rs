//! `GET /images/json`.

use crate::api::reply::ok;
use crate::api::{Answered, Call, Version};
use crate::engine::image::{self, List, Summary};
use crate::engine::system;
use crate::model::World;
use serde_json::{Value, json};

/// Lists images.
pub fn list(world: &mut World, call: &Call<'_>) -> Answered {
    let matching = call.query.some("filter").map(str::to_owned);
    let request = List { all: call.query.flag("all"), matching, filters: call.query.pairs("filters")? };
    let images = image::list(world, &request)?;
    let shared = call.query.flag("shared-size").then(|| system::usage(world).shared);
    let all = images.iter().map(|image| {
        let shared = shared
            .as_ref()
            .map_or(-1, |all| i64::try_from(all.get(&image.id).copied().unwrap_or(0)).unwrap_or(i64::MAX));
        describe(image, shared, call)
    });
    ok(&Value::Array(all.collect()))
}

/// An image of a listing.
pub fn describe(image: &Summary, shared: i64, call: &Call<'_>) -> Value {
    let mut out = json!({
        "Containers": image.containers,
        "Created": image.created.unix_secs(),
        "Id": image.id,
        "Labels": image.labels,
        "ParentId": "",
        "Descriptor": { "mediaType": image.media_type, "digest": image.id, "size": image.media_size },
        "RepoDigests": image.repo_digests,
        "RepoTags": image.repo_tags,
        "SharedSize": shared,
        "Size": image.size,
    });
    let Some(fields) = out.as_object_mut() else { return out };
    if call.version < Version(1, 48) {
        fields.shift_remove("Descriptor");
    }
    if call.version < Version(1, 44) {
        fields.insert("VirtualSize".into(), json!(image.size));
    }
    if call.query.flag("manifests") && call.version >= Version(1, 47) {
        fields.insert("Manifests".into(), manifests(image));
    }
    out
}

/// The one platform that is here.
fn manifests(image: &Summary) -> Value {
    let unpacked = image.size.saturating_sub(image.content);
    json!([{
        "ID": image.id,
        "Descriptor": { "mediaType": image.media_type, "digest": image.id, "size": image.media_size },
        "Available": true,
        "Size": { "Content": image.content, "Total": image.size },
        "Kind": "image",
        "ImageData": {
            "Platform": { "architecture": "amd64", "os": "linux" },
            "Size": { "Unpacked": unpacked },
            "Containers": null,
        },
    }])
}
