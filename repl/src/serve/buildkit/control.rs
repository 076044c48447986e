//! What clients ask about the builder itself: its version, its worker, what its cache holds.

use super::Kit;
use super::grpc::{Incoming, Status, send};
use super::messages::{
    Capability, DiskUsage, Health, Info, Nothing, Platform, Pong, PruneRequest, UsageRecord, Version, Worker,
    Workers,
};
use crate::serve::owner::{Answer, Ask};
use bytes::Bytes;
use drydock::api::Request;
use h2::SendStream;
use serde_json::Value;
use std::collections::BTreeMap;
use tokio::sync::oneshot;

type Out = SendStream<Bytes>;
type Ended = Result<(), Status>;

/// What of the gateway there is.
const FRONTEND: [&str; 6] =
    ["solve.base", "return", "proto.refarray", "frontend.caps", "gateway.solve.metadata", "frontend.inputs"];

fn version() -> Version {
    Version {
        package: "github.com/moby/buildkit".to_owned(),
        version: "v0.32.2".to_owned(),
        revision: String::new(),
    }
}

fn worker() -> Worker {
    let labels = [
        ("org.mobyproject.buildkit.worker.executor", "containerd"),
        ("org.mobyproject.buildkit.worker.network", "host"),
        ("org.mobyproject.buildkit.worker.snapshotter", "overlayfs"),
    ];
    let platform = |architecture: &str, variant: &str| Platform {
        architecture: architecture.to_owned(),
        os: "linux".to_owned(),
        variant: variant.to_owned(),
    };
    Worker {
        id: "drydock".to_owned(),
        labels: labels
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
        platforms: [("amd64", ""), ("amd64", "v2"), ("amd64", "v3"), ("amd64", "v4"), ("386", "")]
            .map(|(architecture, variant)| platform(architecture, variant))
            .to_vec(),
        version: Some(version()),
    }
}

/// `Control.Info`.
pub fn info(stream: &mut Out) -> Ended {
    send(stream, &Info { version: Some(version()) }, false)
}

/// `Control.ListWorkers`.
pub fn workers(stream: &mut Out) -> Ended {
    send(stream, &Workers { record: vec![worker()] }, false)
}

/// `LLBBridge.Ping`.
pub fn ping(stream: &mut Out) -> Ended {
    let frontend = FRONTEND.map(|id| Capability { id: id.to_owned(), enabled: true }).to_vec();
    send(stream, &Pong { frontend, llb: vec![], workers: vec![worker()] }, false)
}

/// `Health.Check`: serving, which is 1.
pub fn healthy(stream: &mut Out) -> Ended {
    send(stream, &Health { status: 1 }, false)
}

async fn asked(kit: &Kit, request: Request) -> Result<Value, Status> {
    let (answer, answered) = oneshot::channel();
    kit.asks.send(Ask::Handle(request, answer)).await.map_err(Status::broken)?;
    match answered.await.map_err(Status::broken)? {
        Answer::Whole(reply) => serde_json::from_slice(&reply.body).map_err(Status::broken),
        Answer::Stream(..) => Err(Status::broken("a stream in the place of an answer")),
    }
}

async fn records(kit: &Kit) -> Result<Vec<UsageRecord>, Status> {
    let usage = asked(kit, Request::new("GET", "/v1.51/system/df?type=build-cache")).await?;
    let all = usage["BuildCache"].as_array().cloned().unwrap_or_default();
    let record = |one: &Value| UsageRecord {
        id: one["ID"].as_str().unwrap_or_default().to_owned(),
        mutable: false,
        in_use: one["InUse"].as_bool().unwrap_or_default(),
        size: one["Size"].as_i64().unwrap_or_default(),
        description: one["Description"].as_str().unwrap_or_default().to_owned(),
        usage_count: one["UsageCount"].as_i64().unwrap_or_default(),
        kind: one["Type"].as_str().unwrap_or_default().to_owned(),
        shared: one["Shared"].as_bool().unwrap_or_default(),
    };
    Ok(all.iter().map(record).collect())
}

/// `Control.DiskUsage`.
pub async fn disk_usage(kit: &Kit, stream: &mut Out) -> Ended {
    send(stream, &DiskUsage { record: records(kit).await? }, false)
}

/// `Control.Prune`: a record for everything that goes.
pub async fn prune(kit: &Kit, incoming: &mut Incoming, stream: &mut Out) -> Ended {
    let request: PruneRequest = incoming.only().await?;
    if request.filter.iter().any(|filter| !filter.is_empty()) {
        return Err(Status::gap("pruning the build cache with a filter"));
    }
    let before = records(kit).await?;
    let target = if request.all { "/build/prune?all=1" } else { "/build/prune" };
    let pruned = asked(kit, Request::new("POST", target)).await?;
    let gone: Vec<&str> =
        pruned["CachesDeleted"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for record in before.iter().filter(|record| gone.contains(&record.id.as_str())) {
        send(stream, record, false)?;
    }
    Ok(())
}

/// An answer without content.
pub fn nothing(stream: &mut Out) -> Ended {
    send(stream, &Nothing {}, false)
}
