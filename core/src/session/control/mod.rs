//! `/_drydock/…`: what a test asks of the simulation itself, from any language, on the socket of the Engine API.
//!
//! `GET /_drydock` lists the endpoints. Bodies are JSON, or YAML with a content type that says so; failures are
//! `{"message": …}` as those of Docker. The endpoints answer while the daemon is gone.

mod coverage;

pub(super) use coverage::Coverage;

use super::server::Server;
use crate::api::{Call, MAX_JSON, Refusal, Reply, Request};
use crate::base::Duration;
use crate::base::go_duration::as_text;
use crate::base::time_format::{parse_timestamp, rfc3339_nano};
use crate::engine::image::{ImageSpec, with_behaviour};
use crate::engine::{container, system};
use crate::model::{Entry, Fault, Journal, Operation, World, leftovers};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Where the endpoints are.
const ROOT: &str = "/_drydock";
/// How many snapshots are kept.
const KEPT: usize = 1000;
/// How far the clock may be moved at once.
const FARTHEST: Duration = Duration::secs(10 * 365 * 86_400);

/// The endpoints: method, path, and what they do.
const ENDPOINTS: [(&str, &str, &str); 17] = [
    (
        "GET",
        "snapshot",
        "the names of the moments that are kept; ?file=1 gives the present one as a save file",
    ),
    ("POST", "snapshot", "keeps this moment: {\"name\": …}, or under a name that is drawn"),
    ("DELETE", "snapshot", "forgets the moment ?name=…, or all"),
    ("POST", "restore", "goes back to a moment: {\"name\": …}, or a save file as application/octet-stream"),
    ("GET", "clock", "how late it is"),
    ("POST", "clock", "lets time pass: {\"advance\": \"30s\"}"),
    ("GET", "faults", "the faults to come"),
    ("POST", "faults", "plans a fault or a list of them, or {\"now\": …}: see the README"),
    ("DELETE", "faults", "calls all faults off"),
    ("GET", "behaviours", "the images with a behaviour"),
    ("POST", "behaviours", "makes an image of your own: {\"image\": …, \"behaviour\": …}, or a list of them"),
    (
        "GET",
        "journal",
        "what was asked of Docker, and what is left; ?operation= ?name= ?image= ?failed= choose",
    ),
    (
        "POST",
        "journal",
        "keeps account from now on, or holds an expectation: {\"operation\": …, \"times\": n}",
    ),
    ("DELETE", "journal", "forgets what was asked so far"),
    ("GET", "coverage", "what clients have used of the API, and what of it is not simulated"),
    ("DELETE", "coverage", "begins to count anew"),
    ("GET", "", "this list"),
];

/// What is kept for these endpoints; no part of the world, so going back to a moment leaves it alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Control {
    moments: BTreeMap<String, World>,
    drawn: u64,
    pub(super) coverage: Coverage,
}

/// True for a request that is for the simulation and not for Docker.
pub(super) fn is_for(request: &Request) -> bool {
    let path = request.path();
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request.
pub(super) fn handle(server: &mut Server, request: &Request) -> Reply {
    let path = request.path();
    let word = path.strip_prefix(ROOT).unwrap_or_default().trim_matches('/').to_owned();
    let call = Call::plain(request);
    let done = match (request.method.as_str(), word.as_str()) {
        ("GET", "") => Ok(ok(json!({ "endpoints": ENDPOINTS.map(described) }))),
        ("GET", "snapshot") => list_moments(server, &call),
        ("POST", "snapshot") => keep_moment(server, request),
        ("DELETE", "snapshot") => forget_moments(server, &call),
        ("POST", "restore") => restore(server, request),
        ("GET", "clock") => Ok(ok(clock(server.world()))),
        ("POST", "clock") => pass_time(server, request),
        ("GET", "faults") => Ok(ok(faults(server.world()))),
        ("POST", "faults") => plan(server, request),
        ("DELETE", "faults") => {
            server.world_mut().faults.armed.clear();
            server.world_mut().faults.doomed.clear();
            Ok(Reply::empty(204))
        }
        ("GET", "behaviours") => Ok(ok(json!({ "images": with_behaviour(server.world()) }))),
        ("POST", "behaviours") => make_images(server, request),
        ("GET", "journal") => journal(server.world(), &call),
        ("POST", "journal") => expect(server, request),
        ("DELETE", "journal") => {
            server.world_mut().journal = None;
            Ok(Reply::empty(204))
        }
        ("GET", "coverage") => Ok(ok(server.control.coverage.report())),
        ("DELETE", "coverage") => {
            server.control.coverage = Coverage::default();
            Ok(Reply::empty(204))
        }
        _ => Err(Refusal::not_found(format!(
            "{} {path}: no such endpoint; GET {ROOT} lists them",
            request.method
        ))),
    };
    done.unwrap_or_else(|refusal| Reply::refused(&refusal))
}

fn described((method, path, about): (&str, &str, &str)) -> Value {
    let path = if path.is_empty() { ROOT.to_owned() } else { format!("{ROOT}/{path}") };
    json!({ "method": method, "path": path, "about": about })
}

fn ok(value: Value) -> Reply {
    Reply::json(200, &value)
}

/// The body as a document, in JSON or YAML.
fn document<T: DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    let text = std::str::from_utf8(&request.body).map_err(|_| Refusal::invalid("the body is no text"))?;
    if text.len() > MAX_JSON {
        return Err(Refusal::invalid("the body is larger than 4 MiB"));
    }
    let kind = request.header("content-type").unwrap_or_default();
    if kind.contains("yaml") {
        return yaml(text);
    }
    serde_json::from_str(text).map_err(|e| Refusal::invalid(e.to_string()))
}

#[cfg(feature = "yaml")]
fn yaml<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    serde_saphyr::from_str(text).map_err(|e| Refusal::invalid(e.to_string()))
}

#[cfg(not(feature = "yaml"))]
fn yaml<T: DeserializeOwned>(_: &str) -> Result<T, Refusal> {
    Err(Refusal::new(501, "this build of Drydock reads no YAML"))
}

/// One document, or a list of them.
fn documents<T: DeserializeOwned>(request: &Request) -> Result<Vec<T>, Refusal> {
    let list = match document::<Value>(request)? {
        list @ Value::Array(_) => list,
        one => Value::Array(vec![one]),
    };
    serde_json::from_value(list).map_err(|e| Refusal::invalid(e.to_string()))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: Option<String>,
}

fn list_moments(server: &Server, call: &Call<'_>) -> Result<Reply, Refusal> {
    if !call.query.flag("file") {
        return Ok(ok(json!({ "names": server.control.moments.keys().collect::<Vec<_>>() })));
    }
    save(server.world()).map(|bytes| Reply::bytes("application/octet-stream", bytes))
}

#[cfg(feature = "saves")]
fn save(world: &World) -> Result<Vec<u8>, Refusal> {
    let session = super::Session::script_on(world.clone()).map_err(|e| Refusal::new(500, e.to_string()))?;
    session.save().map_err(|e| Refusal::new(500, e.to_string()))
}

#[cfg(feature = "saves")]
fn load(bytes: &[u8]) -> Result<World, Refusal> {
    super::Session::load(bytes).map(|session| session.world).map_err(|e| Refusal::invalid(e.to_string()))
}

#[cfg(not(feature = "saves"))]
fn save(_: &World) -> Result<Vec<u8>, Refusal> {
    Err(Refusal::new(501, "this build of Drydock has no save files"))
}

#[cfg(not(feature = "saves"))]
fn load(_: &[u8]) -> Result<World, Refusal> {
    Err(Refusal::new(501, "this build of Drydock has no save files"))
}

fn keep_moment(server: &mut Server, request: &Request) -> Result<Reply, Refusal> {
    let given: Named = if request.body.is_empty() { Named::default() } else { document(request)? };
    let control = &mut server.control;
    let name = given.name.filter(|name| !name.is_empty()).unwrap_or_else(|| {
        control.drawn += 1;
        format!("snapshot-{}", control.drawn)
    });
    if control.moments.len() >= KEPT && !control.moments.contains_key(&name) {
        return Err(Refusal::conflict(format!(
            "{KEPT} moments are kept already: DELETE {ROOT}/snapshot first"
        )));
    }
    control.moments.insert(name.clone(), server.world.clone());
    Ok(Reply::json(201, &json!({ "name": name })))
}

fn forget_moments(server: &mut Server, call: &Call<'_>) -> Result<Reply, Refusal> {
    match call.query.some("name") {
        None => server.control.moments.clear(),
        Some(name) => {
            server.control.moments.remove(name).ok_or_else(|| no_moment(name))?;
        }
    }
    Ok(Reply::empty(204))
}

fn no_moment(name: &str) -> Refusal {
    Refusal::not_found(format!("no moment is kept under the name {name}"))
}

fn restore(server: &mut Server, request: &Request) -> Result<Reply, Refusal> {
    let is_file =
        request.header("content-type").is_some_and(|kind| kind.starts_with("application/octet-stream"));
    let world = if is_file {
        load(&request.body)?
    } else {
        let name = document::<Named>(request)?.name.unwrap_or_default();
        server.control.moments.get(&name).cloned().ok_or_else(|| no_moment(&name))?
    };
    server.go_back(world);
    Ok(Reply::empty(204))
}

fn clock(world: &World) -> Value {
    json!({ "now": rfc3339_nano(world.now()) })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Passing {
    #[serde(with = "as_text", default)]
    advance: Duration,
    to: Option<String>,
}

fn pass_time(server: &mut Server, request: &Request) -> Result<Reply, Refusal> {
    let passing: Passing = document(request)?;
    let now = server.world().now();
    let span = match &passing.to {
        Some(text) => parse_timestamp(text, now).map_err(|e| Refusal::invalid(e.daemon_text()))? - now,
        None => passing.advance,
    };
    if span < Duration::ZERO {
        return Err(Refusal::invalid("time does not go back: restore a moment"));
    }
    if span > FARTHEST {
        return Err(Refusal::invalid("at most ten years at once"));
    }
    server.advance(span);
    Ok(ok(clock(server.world())))
}

fn faults(world: &World) -> Value {
    let outage = world.faults.outage.as_ref();
    json!({
        "armed": world.faults.armed,
        "daemon": if outage.is_none() { "up" } else { "down" },
        "back": outage.and_then(|outage| outage.until).map(rfc3339_nano),
    })
}

/// What happens at once.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Now {
    OomKill {
        container: String,
    },
    StopDaemon {
        #[serde(default)]
        live_restore: bool,
    },
    StartDaemon {},
    RestartDaemon {
        #[serde(with = "as_text")]
        down: Duration,
        #[serde(default)]
        live_restore: bool,
    },
}

fn plan(server: &mut Server, request: &Request) -> Result<Reply, Refusal> {
    let mut body: Value = document(request)?;
    if let Some(now) = body.get_mut("now").map(Value::take) {
        let now = serde_json::from_value(now).map_err(|e| Refusal::invalid(e.to_string()))?;
        happen(server, &now)?;
        return Ok(ok(faults(server.world())));
    }
    let planned: Vec<Fault> = documents(request)?;
    if let Some(why) = planned.iter().find_map(|fault| fault.check().err()) {
        return Err(Refusal::invalid(why));
    }
    server.world_mut().faults.armed.extend(planned);
    Ok(Reply::json(201, &faults(server.world())))
}

fn happen(server: &mut Server, now: &Now) -> Result<(), Refusal> {
    let world = server.world_mut();
    match now {
        Now::OomKill { container } => container::oom_kill(world, container)?,
        Now::StopDaemon { live_restore } => system::stop_daemon(world, None, *live_restore),
        Now::RestartDaemon { down, live_restore } => system::stop_daemon(world, Some(*down), *live_restore),
        Now::StartDaemon {} => {
            let present = world.now();
            if let Some(outage) = &mut world.faults.outage {
                outage.until = Some(present);
            }
        }
    }
    server.advance(Duration::ZERO);
    Ok(())
}

fn make_images(server: &mut Server, request: &Request) -> Result<Reply, Refusal> {
    let images: Vec<ImageSpec> = documents(request)?;
    for image in &images {
        image.add_to(server.world_mut())?;
    }
    let names: Vec<&str> = images.iter().map(ImageSpec::name).collect();
    Ok(Reply::json(201, &json!({ "images": names })))
}

/// Which entries of the journal are meant, and how many of them are expected.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Expected {
    operation: Option<Operation>,
    name: Option<String>,
    image: Option<String>,
    failed: Option<bool>,
    times: Option<usize>,
    at_least: Option<usize>,
}

impl Expected {
    fn counts(&self, entry: &Entry) -> bool {
        let image = self.image.as_deref().map(crate::engine::door::spelled);
        self.operation.is_none_or(|operation| operation == entry.operation)
            && self.name.as_ref().is_none_or(|name| *name == entry.name)
            && image.is_none_or(|image| image == entry.image)
            && self.failed.is_none_or(|failed| failed == entry.error.is_some())
    }
}

fn shown(entry: &Entry) -> Value {
    json!({
        "time": rfc3339_nano(entry.time),
        "operation": entry.operation,
        "name": entry.name,
        "image": entry.image,
        "parameters": entry.parameters,
        "error": entry.error,
    })
}

fn journal(world: &World, call: &Call<'_>) -> Result<Reply, Refusal> {
    let text = |name: &str| call.query.some(name).map(str::to_owned);
    let operation = text("operation").map(|word| {
        serde_json::from_value(json!(word))
            .map_err(|_| Refusal::invalid(format!("no such operation: {word}")))
    });
    let chosen = Expected {
        operation: operation.transpose()?,
        name: text("name"),
        image: text("image"),
        failed: call.query.has("failed").then(|| call.query.flag("failed")),
        ..Expected::default()
    };
    let entries = world.journal.iter().flat_map(|journal| &journal.entries);
    let entries: Vec<Value> =
        entries.filter(|entry| chosen.counts(entry)).map(|entry| shown(entry)).collect();
    Ok(ok(json!({ "kept": world.journal.is_some(), "entries": entries, "leftovers": leftovers(world) })))
}

/// Keeps account from now on; with an expectation, 409 where it does not hold.
fn expect(server: &mut Server, request: &Request) -> Result<Reply, Refusal> {
    let expected: Vec<Expected> = if request.body.is_empty() { vec![] } else { documents(request)? };
    let journal = server.world_mut().journal.get_or_insert_with(Journal::default);
    for one in &expected {
        let count = journal.entries.iter().filter(|entry| one.counts(entry)).count();
        let wrong =
            one.times.is_some_and(|times| times != count) || one.at_least.is_some_and(|least| count < least);
        if wrong {
            let wanted = match (one.times, one.at_least) {
                (Some(times), _) => format!("{times} times"),
                (None, least) => format!("at least {} times", least.unwrap_or(0)),
            };
            let what = one.operation.map_or("operation", Operation::word);
            let about = [&one.name, &one.image]
                .into_iter()
                .flatten()
                .map(|word| format!(" {word}"))
                .collect::<String>();
            let lines: String = journal.entries.iter().map(|entry| format!("\n  {entry}")).collect();
            return Err(Refusal::conflict(format!(
                "{what}{about}: expected {wanted}, came {count} times. The journal:{lines}"
            )));
        }
    }
    Ok(Reply::empty(204))
}
