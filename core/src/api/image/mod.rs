//! Endpoints of images and of the registries they come from.

pub mod archive;
pub mod build;
pub mod cache;
pub mod change;
pub mod inspect;
pub mod kit;
pub mod list;
pub mod pull;
pub mod push;
pub mod remove;
pub mod search;

use super::Call;
use crate::base::{Reference, base64};
use crate::engine::registry::{Credentials, Progress};
use serde_json::{Value, json};

/// The credentials of `X-Registry-Auth`: JSON in base64.
pub(super) fn credentials(call: &Call<'_>) -> Option<Credentials> {
    let bytes = base64::decode(call.request.header("x-registry-auth")?)?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (user, password) = (text("username"), text("password"));
    (!user.is_empty()).then_some(Credentials { user, password })
}

/// A name with the tag or digest that stands in a parameter of its own.
pub(super) fn tagged(name: &str, tag: &str) -> Result<Reference, super::Refusal> {
    let wrong = |e: crate::base::ReferenceError| super::Refusal::invalid(e.to_string());
    let reference = Reference::parse(name).map_err(wrong)?;
    if tag.is_empty() {
        return Ok(reference);
    }
    match crate::base::Digest::parse(tag) {
        Some(digest) => Ok(reference.with_digest(digest)),
        None => reference.with_tag(tag).map_err(wrong),
    }
}

/// A line of progress as the API sends it.
pub(super) fn progress(line: &Progress) -> Value {
    let mut out = json!({ "status": line.status });
    let Some(fields) = out.as_object_mut() else { return out };
    if line.id.is_empty() {
        return out;
    }
    match line.done {
        Some((current, total)) => {
            fields.insert("progressDetail".into(), json!({ "current": current, "total": total }));
        }
        None if line.status.starts_with("Pulling from") => {}
        None if line.status.ends_with("omplete") => {
            fields.insert("progressDetail".into(), json!({ "hidecounts": true }));
        }
        None => {
            fields.insert("progressDetail".into(), json!({}));
        }
    }
    fields.insert("id".into(), json!(line.id));
    out
}

/// A failure in the middle of a stream.
pub(super) fn failure(message: &str) -> Value {
    json!({ "errorDetail": { "message": message }, "error": message })
}
