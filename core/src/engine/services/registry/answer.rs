//! What a registry answers: the distribution API, as far as it reads.

use super::{store, version};
use crate::base::Digest;
use crate::engine::services::stamp;
use crate::kernel::Sys;
use crate::kernel::http::{Request, Response};
use serde_json::{Value, json};

/// Manifests that a client must name in `Accept` to get them, and what it is told otherwise.
const NEWER: [(&str, &str); 2] = [
    (
        "application/vnd.oci.image.manifest.v1+json",
        "OCI manifest found, but accept header does not support OCI manifests",
    ),
    ("application/vnd.oci.image.index.v1+json", "OCI index found, but accept header does not support OCI indexes"),
];
/// How many repositories are listed where the client does not say.
const PAGE: usize = 100;

/// The answer to a request.
pub fn answer(sys: &mut Sys<'_>, request: &Request) -> Response {
    let path = request.path();
    let Some(rest) = path.strip_prefix("/v2/") else {
        return match path.as_str() {
            "/" => finish(sys, Response::new(200).with("Cache-Control", "no-cache"), vec![]),
            "/v2" => {
                let moved = Response::new(301).with("Location", "/v2/");
                finish(sys, moved.with("Content-Type", "text/html; charset=utf-8"), b"<a href=\"/v2/\">Moved Permanently</a>.\n\n".to_vec())
            }
            _ => missing(sys),
        };
    };
    let reads = matches!(request.method.as_str(), "GET" | "HEAD");
    match rest {
        "" if reads => document(sys, 200, "{}"),
        "_catalog" if reads => catalog(sys, request),
        _ => match parts(rest) {
            Some((name, "tags", "list")) if reads => tags(sys, name),
            Some((name, "manifests", reference)) if reads => manifest(sys, request, name, reference),
            Some((name, "manifests", reference)) if request.method == "DELETE" => delete(sys, name, reference),
            Some((name, "blobs", digest)) if reads && !digest.starts_with("uploads") => blob(sys, name, digest),
            Some((_, "manifests" | "blobs", _)) => {
                error(sys, 405, "UNSUPPORTED", "this is not simulated by Drydock over HTTP; docker push is", Value::Null)
            }
            _ => missing(sys),
        },
    }
}

/// `NAME/manifests/REFERENCE` and the like in its three parts.
fn parts(rest: &str) -> Option<(&str, &str, &str)> {
    for kind in ["tags", "manifests", "blobs"] {
        if let Some((name, reference)) = rest.split_once(&format!("/{kind}/")) {
            return (!name.is_empty() && !reference.is_empty()).then_some((name, kind, reference));
        }
    }
    None
}

fn finish(sys: &Sys<'_>, response: Response, body: Vec<u8>) -> Response {
    let response = response
        .with("X-Content-Type-Options", "nosniff")
        .with("Date", stamp::http(sys.now()))
        .with("Content-Length", body.len().to_string());
    response.with_body(body)
}

fn missing(sys: &Sys<'_>) -> Response {
    let response = Response::new(404).with("Content-Type", "text/plain; charset=utf-8");
    finish(sys, response, b"404 page not found\n".to_vec())
}

fn document(sys: &Sys<'_>, status: u16, text: &str) -> Response {
    let response = Response::new(status)
        .with("Content-Type", "application/json")
        .with("Docker-Distribution-Api-Version", "registry/2.0");
    finish(sys, response, text.as_bytes().to_vec())
}

fn error(sys: &Sys<'_>, status: u16, code: &str, message: &str, detail: Value) -> Response {
    let mut error = json!({"code": code, "message": message});
    if let (Value::Object(fields), false) = (&mut error, detail.is_null()) {
        fields.insert("detail".into(), detail);
    }
    document(sys, status, &format!("{}\n", json!({"errors": [error]})))
}

fn parameter<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.query().split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn catalog(sys: &Sys<'_>, request: &Request) -> Response {
    let last = crate::kernel::http::percent_decode(parameter(request, "last").unwrap_or_default());
    let most = match parameter(request, "n").map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(n)) if n > 0 => n,
        Some(_) => {
            let message = "invalid number of results requested";
            return error(sys, 400, "PAGINATION_NUMBER_INVALID", message, Value::Null);
        }
    };
    let mut names: Vec<String> = store::repositories(sys).into_iter().filter(|name| *name > last).collect();
    let more = names.len() > most;
    names.truncate(most);
    let mut response = document(sys, 200, &format!("{}\n", json!({"repositories": names})));
    if let (true, Some(last)) = (more, names.last()) {
        response = response.with("Link", format!("</v2/_catalog?last={last}&n={most}>; rel=\"next\""));
    }
    response
}

fn unknown_name(sys: &Sys<'_>, name: &str) -> Response {
    error(sys, 404, "NAME_UNKNOWN", "repository name not known to registry", json!({"name": name}))
}

fn tags(sys: &Sys<'_>, name: &str) -> Response {
    if !store::has(sys, name) {
        return unknown_name(sys, name);
    }
    let tags = store::tags(sys, name);
    let tags = if tags.is_empty() { Value::Null } else { json!(tags) };
    document(sys, 200, &format!("{{\"name\":{},\"tags\":{tags}}}\n", json!(name)))
}

fn manifest(sys: &mut Sys<'_>, request: &Request, name: &str, reference: &str) -> Response {
    let digest = Digest::parse(reference);
    let unknown = |sys: &Sys<'_>| {
        let detail = match digest {
            Some(digest) => json!({"Name": name, "Revision": digest.to_string()}),
            None => json!({"Tag": reference}),
        };
        error(sys, 404, "MANIFEST_UNKNOWN", "manifest unknown", detail)
    };
    let Some(found) = digest.or_else(|| store::tagged(sys, name, reference)) else { return unknown(sys) };
    let Some(bytes) = store::manifest(sys, name, &found) else { return unknown(sys) };
    let parsed: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let kind = parsed.get("mediaType").and_then(Value::as_str).unwrap_or(NEWER[0].0).to_string();
    let accepted: String = request
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("accept"))
        .map(|(_, value)| format!("{value},"))
        .collect();
    let accepts = accepted.split(',').any(|one| one.split(';').next().is_some_and(|one| one.trim() == kind));
    if let Some((_, why)) = NEWER.iter().find(|(newer, _)| *newer == kind && !accepts) {
        return error(sys, 404, "MANIFEST_UNKNOWN", why, Value::Null);
    }
    let response = Response::new(200)
        .with("Content-Type", kind)
        .with("Docker-Content-Digest", found.to_string())
        .with("Docker-Distribution-Api-Version", "registry/2.0")
        .with("Etag", format!("\"{found}\""));
    finish(sys, response, bytes)
}

fn blob(sys: &mut Sys<'_>, name: &str, reference: &str) -> Response {
    let Some(digest) = Digest::parse(reference) else {
        return error(sys, 404, "DIGEST_INVALID", "provided digest did not match uploaded content", Value::Null);
    };
    let Some(bytes) = store::blob(sys, name, &digest) else {
        return error(sys, 404, "BLOB_UNKNOWN", "blob unknown to registry", json!(reference));
    };
    let response = Response::new(200)
        .with("Accept-Ranges", "bytes")
        .with("Cache-Control", "max-age=31536000")
        .with("Content-Type", "application/octet-stream")
        .with("Docker-Content-Digest", digest.to_string())
        .with("Docker-Distribution-Api-Version", "registry/2.0")
        .with("Etag", format!("\"{digest}\""));
    finish(sys, response, bytes)
}

fn delete(sys: &mut Sys<'_>, name: &str, reference: &str) -> Response {
    if sys.env("REGISTRY_STORAGE_DELETE_ENABLED").as_deref() != Some("true") {
        return error(sys, 405, "UNSUPPORTED", "The operation is unsupported.", Value::Null);
    }
    let (_, version, _) = version(sys);
    let done = match Digest::parse(reference) {
        Some(digest) => store::delete(sys, name, &digest),
        None if version.starts_with('3') => store::untag(sys, name, reference),
        None => {
            let message = "provided digest did not match uploaded content";
            return error(sys, 400, "DIGEST_INVALID", message, Value::Null);
        }
    };
    match done {
        Ok(()) => finish(sys, Response::new(202).with("Docker-Distribution-Api-Version", "registry/2.0"), vec![]),
        Err(_) => error(sys, 404, "MANIFEST_UNKNOWN", "manifest unknown", Value::Null),
    }
}
