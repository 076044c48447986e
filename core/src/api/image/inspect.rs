//! What an image is: `json` and `history`.

use crate::api::reply::ok;
use crate::api::{Answered, Call, Version};
use crate::engine::image;
use crate::model::World;
use serde_json::{Value, json};

/// `GET /images/NAME/json`.
pub fn inspect(world: &mut World, call: &Call<'_>) -> Answered {
    let mut value = image::inspect(&world.images, call.name())?;
    let Some(fields) = value.as_object_mut() else { return ok(&value) };
    if call.version < Version(1, 48) {
        fields.shift_remove("Descriptor");
    }
    if call.version < Version(1, 53) {
        fields.shift_remove("Identity");
    }
    if call.version < Version(1, 52) {
        for name in ["Comment", "Author"] {
            fields.entry(name).or_insert(json!(""));
        }
        fields.insert("GraphDriver".into(), json!({ "Data": null, "Name": "overlayfs" }));
        fields.insert("Parent".into(), json!(""));
        fields.insert("DockerVersion".into(), json!(""));
    }
    if call.version < Version(1, 44) {
        let size = fields.get("Size").cloned().unwrap_or_default();
        fields.insert("VirtualSize".into(), size);
    }
    if call.version < Version(1, 50) {
        older_config(&mut value);
    }
    ok(&value)
}

/// The fields of a configuration that clients of older versions count on.
fn older_config(value: &mut Value) {
    let Some(Value::Object(config)) = value.get_mut("Config") else { return };
    for (name, usual) in [
        ("Hostname", json!("")),
        ("Domainname", json!("")),
        ("User", json!("")),
        ("AttachStdin", json!(false)),
        ("AttachStdout", json!(false)),
        ("AttachStderr", json!(false)),
        ("Tty", json!(false)),
        ("OpenStdin", json!(false)),
        ("StdinOnce", json!(false)),
        ("Env", json!(null)),
        ("Cmd", json!(null)),
        ("Image", json!("")),
        ("Volumes", json!(null)),
        ("WorkingDir", json!("")),
        ("Entrypoint", json!(null)),
        ("OnBuild", json!(null)),
        ("Labels", json!(null)),
    ] {
        config.entry(name).or_insert(usual);
    }
}

/// `GET /images/NAME/history`.
pub fn history(world: &mut World, call: &Call<'_>) -> Answered {
    let steps = image::history(&world.images, call.name())?;
    let steps = steps.iter().map(|step| {
        let tags = if step.tags.is_empty() { Value::Null } else { json!(step.tags) };
        json!({
            "Comment": step.comment,
            "Created": step.created.map_or(0, |at| at.unix_secs()),
            "CreatedBy": step.created_by,
            "Id": step.id,
            "Size": step.size,
            "Tags": tags,
        })
    });
    ok(&Value::Array(steps.collect()))
}
