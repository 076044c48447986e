//! Solving: a client asks on one call and says on others what its build is and that it is done with it.

use super::control::nothing;
use super::grpc::{Incoming, Status, send};
use super::messages::{
    BridgeResult, BridgeSolve, BridgeSolved, ControlSolve, ControlSolved, Definition, Reference, Returned,
};
use super::progress::Translator;
use super::session::{Session, Wanted};
use super::{Kit, PATIENCE};
use crate::serve::owner::{Answer, Ask, Flow};
use bytes::Bytes;
use drydock::api::kit::{Solve, Told};
use drydock::fs::tar::{TarEntry, TarKind};
use h2::SendStream;
use std::collections::BTreeMap;
use tokio::sync::oneshot;

type Out = SendStream<Bytes>;

fn refuse_raw(definition: Option<&Definition>) -> Result<(), Status> {
    match definition.is_some_and(|definition| !definition.def.is_empty()) {
        true => Err(Status::gap("a build that is given as LLB, without a Dockerfile,")),
        false => Ok(()),
    }
}

/// `Control.Solve`: asks for a build, which other calls describe, or which it describes itself.
pub async fn control(kit: &Kit, incoming: &mut Incoming, stream: &mut Out) -> Result<(), Status> {
    let asked: ControlSolve = incoming.only().await?;
    refuse_raw(asked.definition.as_ref())?;
    let reference = asked.reference.clone();
    let describes_itself = !asked.frontend.is_empty();
    kit.change(&reference, |build| build.asked = Some(asked.clone()));
    if describes_itself {
        let options = asked.frontend_attrs.clone();
        let end = build(kit, &reference, &asked, &asked.frontend, options).await;
        kit.change(&reference, |build| build.ended = Some(end));
    }
    let mut guard = Guard { kit, reference: &reference, done: false };
    let (end, response) = kit
        .wait(|state| {
            let build = state.builds.get(&reference)?;
            Some((build.ended.clone()?, build.response.clone()))
        })
        .await;
    guard.done = true;
    end?;
    send(stream, &ControlSolved { response }, false)
}

/// Ends a build whose client has gone.
struct Guard<'a> {
    kit: &'a Kit,
    reference: &'a str,
    done: bool,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if !self.done {
            let canceled = Status { code: 1, message: "context canceled".to_owned() };
            self.kit.change(self.reference, |build| build.ended = Some(Err(canceled)));
        }
    }
}

/// `LLBBridge.Solve`: what the build is.
pub async fn bridge(
    kit: &Kit,
    reference: &str,
    incoming: &mut Incoming,
    stream: &mut Out,
) -> Result<(), Status> {
    let request: BridgeSolve = incoming.only().await?;
    refuse_raw(request.definition.as_ref())?;
    let found = kit.wait(|state| state.builds.get(reference)?.asked.clone());
    let missing = |_| Status::unknown(format!("no build {reference}"));
    let asked = tokio::time::timeout(PATIENCE, found).await.map_err(missing)?;
    build(kit, reference, &asked, &request.frontend, request.options).await?;
    let result = BridgeResult { reference: Some(Reference { id: reference.to_owned() }) };
    send(stream, &BridgeSolved { result: Some(result) }, false)
}

/// `LLBBridge.Return`: the client is done with it.
pub async fn returned(
    kit: &Kit,
    reference: &str,
    incoming: &mut Incoming,
    stream: &mut Out,
) -> Result<(), Status> {
    let request: Returned = incoming.only().await?;
    let end = match request.error {
        Some(error) => Err(Status { code: error.code, message: error.message }),
        None => Ok(()),
    };
    kit.change(reference, |build| build.ended = Some(end));
    nothing(stream)
}

/// The names to give; `None` where nothing is stored.
fn names(asked: &ControlSolve) -> Result<Option<Vec<String>>, Status> {
    let exporter = asked.exporters.first();
    if asked.exporters.len() > 1 {
        return Err(Status::gap("a build with more than one output"));
    }
    let kind = exporter.map_or(asked.exporter.as_str(), |exporter| exporter.kind.as_str());
    let attrs = exporter.map_or(&asked.exporter_attrs, |exporter| &exporter.attrs);
    if attrs.get("push").is_some_and(|push| push == "true") {
        return Err(Status::gap("pushing from a build (docker push does it)"));
    }
    match kind {
        "" => Ok(None),
        "moby" | "image" | "docker" => {
            let names = attrs.get("name").map(String::as_str).unwrap_or_default();
            Ok(Some(names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()))
        }
        kind @ ("local" | "tar" | "oci") => Err(Status::gap(&format!("the exporter {kind:?} over the API"))),
        kind => Err(Status::unknown(format!("exporter {kind:?} could not be found"))),
    }
}

/// Fetches what a build needs and carries it out, telling of it.
async fn build(
    kit: &Kit,
    reference: &str,
    asked: &ControlSolve,
    frontend: &str,
    options: BTreeMap<String, String>,
) -> Result<(), Status> {
    if frontend != "dockerfile.v0" {
        return Err(Status::gap(&format!("the frontend {frontend:?}")));
    }
    if options.contains_key("requestid") {
        return Err(Status::gap("asking a Dockerfile about itself (--print, --check, --call)"));
    }
    if let Some(place) = options.get("context") {
        return Err(Status::gap(&format!("the build context {place}")));
    }
    let names = names(asked)?;
    let session = kit.session(&asked.session).await?;
    let solve = fetch(&session, options, names).await?;
    let (answer, answered) = oneshot::channel();
    kit.asks.send(Ask::Solve(Box::new(solve), answer)).await.map_err(Status::broken)?;
    match answered.await.map_err(Status::broken)? {
        Answer::Stream(_, flow) => follow(kit, reference, flow).await,
        Answer::Whole(reply) => {
            let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            Err(Status::unknown(body["message"].as_str().unwrap_or("the build was refused")))
        }
    }
}

fn text_of(entries: &[TarEntry], path: &str) -> Option<String> {
    let entry = entries.iter().find(|entry| entry.path == path)?;
    match &entry.kind {
        TarKind::File(content) => {
            content.bytes(4 << 20).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        }
        _ => None,
    }
}

/// Everything of the client's that a build reads.
async fn fetch(
    session: &Session,
    mut options: BTreeMap<String, String>,
    names: Option<Vec<String>>,
) -> Result<Solve, Status> {
    let dir_of_file = options.remove("dockerfilekey").unwrap_or_else(|| "dockerfile".to_owned());
    let dir_of_context = options.remove("contextkey").unwrap_or_else(|| "context".to_owned());
    let file = options.get("filename").map_or("Dockerfile", String::as_str).to_owned();
    let own_ignore = format!("{file}.dockerignore");
    let wanted = Wanted { dir: &dir_of_file, only: vec![&file, &own_ignore], without: vec![] };
    let beside = session.files(&wanted).await?;
    let missing = || format!("failed to read dockerfile: open {file}: no such file or directory");
    let text = text_of(&beside, &file).ok_or_else(missing);
    let ignore = match text_of(&beside, &own_ignore) {
        Some(own) => own,
        None => {
            let wanted = Wanted { dir: &dir_of_context, only: vec![".dockerignore"], without: vec![] };
            text_of(&session.files(&wanted).await?, ".dockerignore").unwrap_or_default()
        }
    };
    let patterns = ignore.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let patterns: Vec<String> = patterns.map(cleaned).collect();
    let without = patterns.iter().map(String::as_str).collect();
    let wanted = Wanted { dir: &dir_of_context, only: vec![], without };
    let mut contexts = BTreeMap::from([(String::new(), session.files(&wanted).await?)]);
    for (name, place) in &options {
        if let (Some(name), Some(dir)) = (name.strip_prefix("context:"), place.strip_prefix("local:")) {
            contexts.insert(name.to_owned(), session.files(&Wanted { dir, ..Wanted::default() }).await?);
        }
    }
    let mut secrets = vec![];
    for id in text.iter().flat_map(|text| secret_ids(text)) {
        if let Ok(value) = session.secret(&id).await {
            secrets.push((id, value));
        }
    }
    Ok(Solve { options, names, text, ignore, contexts, secrets })
}

/// A pattern of `.dockerignore` as the client's side takes it: relative, without a slash at the end.
fn cleaned(pattern: &str) -> String {
    let (not, path) = pattern.strip_prefix('!').map_or(("", pattern), |rest| ("!", rest.trim()));
    format!("{not}{}", path.trim_start_matches("./").trim_matches('/'))
}

/// The secrets that a Dockerfile mounts.
fn secret_ids(text: &str) -> Vec<String> {
    let mounts = text.split("--mount=").skip(1).filter_map(|rest| rest.split_whitespace().next());
    let secrets = mounts.filter(|mount| mount.split(',').any(|field| field == "type=secret"));
    let id = |mount: &str| {
        let value = |names: &[&str]| {
            let mut fields = mount.split(',').filter_map(|field| field.split_once('='));
            fields.find(|(name, _)| names.contains(name)).map(|(_, value)| value.to_owned())
        };
        let target = || value(&["target", "dst", "destination"]);
        value(&["id"]).or_else(|| Some(target()?.rsplit('/').next()?.to_owned()))
    };
    secrets.filter_map(id).collect()
}

/// Passes on what is told of a build, up to its end.
async fn follow(kit: &Kit, reference: &str, mut flow: Flow) -> Result<(), Status> {
    let mut translator = Translator::new(reference);
    let mut held = vec![];
    while let Some(Ok(bytes)) = flow.next().await {
        held.extend_from_slice(&bytes);
        while let Some(end) = held.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = held.drain(..=end).collect();
            match serde_json::from_slice(&line).map_err(Status::broken)? {
                Told::Event(name, event) => {
                    if let Some(told) = translator.translate(name, event) {
                        kit.change(reference, |build| build.told.push(told));
                    }
                }
                Told::Built(image, config, names) => {
                    let mut response = BTreeMap::from([
                        ("containerimage.digest".to_owned(), image.to_string()),
                        ("containerimage.config.digest".to_owned(), config.to_string()),
                    ]);
                    if !names.is_empty() {
                        response.insert("image.name".to_owned(), names.join(","));
                    }
                    kit.change(reference, |build| build.response = response);
                    return Ok(());
                }
                Told::Done => return Ok(()),
                Told::Failed(message) => return Err(Status::unknown(message)),
            }
        }
    }
    Err(Status::broken("Drydock could not finish the build"))
}
