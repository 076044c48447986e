//! What clients have used of the Engine API, and what of it is not simulated: what a test suite needs of Drydock.

use crate::api::{Reply, Request, find, split};
use crate::model::Release;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The largest body whose options are counted, in bytes.
const READ: usize = 64 << 10;
/// How many different options and gaps are told of an operation.
const MOST: usize = 1000;

/// What was used of one operation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Used {
    count: u64,
    options: BTreeSet<String>,
    statuses: BTreeMap<u16, u64>,
    gaps: BTreeSet<String>,
}

/// What was used, by operation: `POST /containers/create`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::session) struct Coverage(BTreeMap<String, Used>);

impl Coverage {
    /// Counts a request; a reply that goes on has no status yet.
    pub(in crate::session) fn note(&mut self, request: &Request, reply: Option<&Reply>) {
        let path = request.path();
        let bare = split(&path, Release::default()).map_or(path.as_str(), |(_, bare)| bare);
        let name = match find(&request.method, bare) {
            Some((route, _)) => format!("{} {}", request.method, route.path),
            None => "unknown".to_owned(),
        };
        let used = self.0.entry(name).or_default();
        used.count += 1;
        if used.options.len() < MOST {
            let query = request.target.split_once('?').map_or("", |(_, query)| query);
            let given =
                query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(_, v)| !v.is_empty());
            used.options.extend(given.map(|(name, _)| name.to_owned()));
            let is_json =
                request.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
            if is_json
                && request.body.len() <= READ
                && let Ok(body) = serde_json::from_slice(&request.body)
            {
                fields("", &body, 2, &mut used.options);
            }
        }
        let Some(reply) = reply else { return };
        *used.statuses.entry(reply.status).or_default() += 1;
        if reply.status == 501 && used.gaps.len() < MOST {
            let said: Option<Value> = serde_json::from_slice(&reply.body).ok();
            let message = said.as_ref().and_then(|said| said.get("message")?.as_str()).unwrap_or_default();
            used.gaps.insert(message.to_owned());
        }
    }

    /// What was used, and what of it answered 501.
    pub(in crate::session) fn report(&self) -> Value {
        let operations = self.0.iter().map(|(name, used)| {
            let statuses: BTreeMap<String, u64> =
                used.statuses.iter().map(|(status, count)| (status.to_string(), *count)).collect();
            json!({ "operation": name, "count": used.count, "options": used.options, "statuses": statuses })
        });
        let gaps = self.0.iter().flat_map(|(name, used)| {
            used.gaps.iter().map(move |gap| json!({ "operation": name, "message": gap }))
        });
        json!({ "operations": operations.collect::<Vec<_>>(), "not_simulated": gaps.collect::<Vec<_>>() })
    }
}

/// The names of the fields that say something: `HostConfig.Binds`.
fn fields(above: &str, value: &Value, deeper: u32, found: &mut BTreeSet<String>) {
    let Some(object) = value.as_object() else { return };
    for (name, value) in object {
        let says_something = match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(all) => !all.is_empty(),
            Value::Object(all) => !all.is_empty(),
            Value::Number(number) => number.as_f64() != Some(0.0),
            Value::Bool(true) => true,
        };
        if !says_something || found.len() >= MOST {
            continue;
        }
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        match value {
            Value::Object(_) if deeper > 1 => fields(&path, value, deeper - 1, found),
            _ => drop(found.insert(path)),
        }
    }
}
