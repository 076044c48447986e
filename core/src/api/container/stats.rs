//! `GET /containers/ID/stats`: what a container uses, once or every second.

use super::named;
use crate::api::reply::{line, ok};
use crate::api::{Answer, Answered, Call, Polled, Reply, Stream};
use crate::base::time_format::{ZERO_TIME, rfc3339_nano};
use crate::base::{Duration, ObjectId, Time};
use crate::engine::container::{Usage, usage};
use crate::model::World;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Between two looks.
const INTERVAL: Duration = Duration::secs(1);
/// How many processors the machine has, as `info` says.
const PROCESSORS: u64 = 2;

/// A client that watches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Watching {
    container: ObjectId,
    /// One look is enough, after a first one that it is compared with.
    once: bool,
    before: (Time, u64),
    next: Time,
}

/// Tells what a container uses.
pub fn stats(world: &mut World, call: &Call<'_>) -> Answered {
    let container = named(world, call)?;
    let (id, runs) = (container.id, container.runtime.is_some());
    let stream = call.query.flag_or("stream", true);
    let now = usage(world, id)?;
    if !stream && (call.query.flag("one-shot") || !runs) {
        return ok(&describe(world, id, &now, None));
    }
    let state = Watching {
        container: id,
        once: !stream,
        before: (now.at, now.cpu_micros),
        next: world.now() + INTERVAL,
    };
    let mut head = Reply::empty(200).header("Content-Type", "application/json");
    if stream {
        head.body = shown(&describe(world, id, &now, None));
    }
    Ok(Answer::Stream(head, Box::new(Stream::Stats(state))))
}

fn shown(value: &Value) -> Vec<u8> {
    let mut bytes = line(value);
    bytes.retain(|b| *b != b'\r');
    bytes
}

impl Watching {
    /// The next look, once a second has passed.
    pub fn poll(&mut self, world: &World) -> Polled {
        if world.now() < self.next {
            let gone = world.container(self.container).is_none();
            return Polled { done: gone, due: Some(self.next), ..Polled::default() };
        }
        let Ok(now) = usage(world, self.container) else { return Polled { done: true, ..Polled::default() } };
        let bytes = shown(&describe(world, self.container, &now, Some(self.before)));
        self.before = (now.at, now.cpu_micros);
        self.next = world.now() + INTERVAL;
        Polled { bytes, done: self.once, due: Some(self.next) }
    }
}

fn processor(at: Time, micros: u64, boot: Time) -> Value {
    let nanos = micros.saturating_mul(1000);
    let up = u64::try_from((at - boot).0).unwrap_or(0);
    json!({
        "cpu_usage": {
            "total_usage": nanos,
            "percpu_usage": [nanos - nanos / 2, nanos / 2],
            "usage_in_kernelmode": 0,
            "usage_in_usermode": nanos,
        },
        "system_cpu_usage": up.saturating_mul(PROCESSORS),
        "online_cpus": PROCESSORS,
        "throttling_data": { "periods": 0, "throttled_periods": 0, "throttled_time": 0 },
    })
}

fn describe(world: &World, id: ObjectId, now: &Usage, before: Option<(Time, u64)>) -> Value {
    let Some(container) = world.container(id) else { return json!({}) };
    let mut out = json!({
        "id": id.to_string(),
        "name": format!("/{}", container.name),
        "os_type": "linux",
    });
    let nothing = json!({
        "cpu_usage": { "total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0 },
        "throttling_data": { "periods": 0, "throttled_periods": 0, "throttled_time": 0 },
    });
    let Some(fields) = out.as_object_mut() else { return out };
    let mut put = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
    if container.runtime.is_none() {
        put("read", json!(ZERO_TIME));
        put("cpu_stats", nothing.clone());
        put("memory_stats", json!({}));
        put("pids_stats", json!({}));
        put("blkio_stats", disk());
        put("num_procs", json!(0));
        put("storage_stats", json!({}));
        put("preread", json!(ZERO_TIME));
        put("precpu_stats", nothing);
        return out;
    }
    let boot = world.kernel.boot;
    let zero = json!({
        "rx_bytes": 0, "rx_packets": 0, "rx_errors": 0, "rx_dropped": 0,
        "tx_bytes": 0, "tx_packets": 0, "tx_errors": 0, "tx_dropped": 0,
    });
    let networks = container.endpoints.values().filter(|e| e.address.is_some());
    let networks = networks.enumerate().map(|(n, _)| (format!("eth{n}"), zero.clone()));
    put("read", json!(rfc3339_nano(now.at)));
    put("cpu_stats", processor(now.at, now.cpu_micros, boot));
    put("memory_stats", memory(now));
    put("networks", Value::Object(networks.collect()));
    put("pids_stats", json!({ "current": now.pids }));
    put("blkio_stats", disk());
    put("num_procs", json!(0));
    put("storage_stats", json!({}));
    put("preread", json!(before.map_or_else(|| ZERO_TIME.to_owned(), |(at, _)| rfc3339_nano(at))));
    put("precpu_stats", before.map_or(nothing, |(at, micros)| processor(at, micros, boot)));
    out
}

fn memory(now: &Usage) -> Value {
    json!({
        "usage": now.memory,
        "max_usage": now.memory,
        "stats": {
            "cache": 0,
            "hierarchical_memory_limit": now.limit,
            "rss": now.memory,
            "total_cache": 0,
            "total_inactive_file": 0,
            "total_rss": now.memory,
        },
        "limit": now.limit,
    })
}

/// The model has no disk traffic.
fn disk() -> Value {
    json!({
        "io_service_bytes_recursive": [],
        "io_serviced_recursive": [],
        "io_queue_recursive": [],
        "io_service_time_recursive": [],
        "io_wait_time_recursive": [],
        "io_merged_recursive": [],
        "io_time_recursive": [],
        "sectors_recursive": [],
    })
}
