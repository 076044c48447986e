//! New names and new images: `tag` and `POST /commit`.

use super::tagged;
use crate::api::reply::{created, done};
use crate::api::{Answered, Call, Refusal};
use crate::engine::container::{self, Commit};
use crate::engine::image;
use crate::model::World;
use serde_json::json;

/// `POST /images/NAME/tag`.
pub fn tag(world: &mut World, call: &Call<'_>) -> Answered {
    let target = tagged(call.query.get("repo"), call.query.get("tag"))?;
    if target.digest().is_some() {
        return Err(Refusal::invalid("refusing to create a tag with a digest reference"));
    }
    image::tag(world, call.name(), &target)?;
    done(201)
}

/// `POST /commit`.
pub fn commit(world: &mut World, call: &Call<'_>) -> Answered {
    let query = &call.query;
    let name = match query.some("repo") {
        Some(repo) => Some(tagged(repo, query.get("tag"))?),
        None => None,
    };
    if name.as_ref().is_some_and(|n| n.digest().is_some()) {
        return Err(Refusal::invalid("refusing to create a tag with a digest reference"));
    }
    let how = Commit {
        name,
        author: query.get("author").to_owned(),
        message: query.get("comment").to_owned(),
        changes: changes(call)?,
        pause: query.flag_or("pause", true),
    };
    let id = container::find(world, query.get("container"))?;
    let image = container::commit(world, id, &how)?;
    created(&json!({ "Id": image.id() }))
}

/// The changes: Dockerfile instructions, several to a parameter, and those that the body's configuration makes.
fn changes(call: &Call<'_>) -> Result<Vec<String>, Refusal> {
    let mut changes: Vec<String> = vec![];
    if !call.request.body.is_empty() {
        changes.extend(of_config(&call.value()?));
    }
    for text in call.query.all("changes") {
        changes.extend(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
    }
    Ok(changes)
}

/// The instructions that bring about a configuration.
fn of_config(config: &serde_json::Value) -> Vec<String> {
    let mut out = vec![];
    let text = |name: &str| config.get(name).and_then(serde_json::Value::as_str).filter(|t| !t.is_empty());
    let quote = |text: &str| json!(text).to_string();
    for (field, word) in [("User", "USER"), ("WorkingDir", "WORKDIR"), ("StopSignal", "STOPSIGNAL")] {
        out.extend(text(field).map(|value| format!("{word} {value}")));
    }
    for (field, word) in [("Cmd", "CMD"), ("Entrypoint", "ENTRYPOINT")] {
        let list = config.get(field).and_then(serde_json::Value::as_array).filter(|l| !l.is_empty());
        out.extend(list.map(|list| format!("{word} {}", json!(list))));
    }
    for entry in config.get("Env").and_then(serde_json::Value::as_array).into_iter().flatten() {
        let pair = entry.as_str().and_then(|e| e.split_once('='));
        out.extend(pair.map(|(name, value)| format!("ENV {name}={}", quote(value))));
    }
    let object = |name: &str| config.get(name).and_then(serde_json::Value::as_object).into_iter().flatten();
    for (name, value) in object("Labels") {
        out.push(format!("LABEL {}={}", quote(name), quote(value.as_str().unwrap_or_default())));
    }
    out.extend(object("ExposedPorts").map(|(port, _)| format!("EXPOSE {port}")));
    out.extend(object("Volumes").map(|(path, _)| format!("VOLUME {}", json!([path]))));
    out
}
