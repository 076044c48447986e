//! The messages of BuildKit's services that a build needs, with the numbers their fields have on the wire.
#![allow(missing_docs)]

use bytes::Bytes;
use prost::Message;
use std::collections::BTreeMap;

/// `google.protobuf.Timestamp`.
#[derive(Clone, PartialEq, Message)]
pub struct Timestamp {
    #[prost(int64, tag = "1")]
    pub seconds: i64,
    #[prost(int32, tag = "2")]
    pub nanos: i32,
}

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
pub struct RpcStatus {
    #[prost(int32, tag = "1")]
    pub code: i32,
    #[prost(string, tag = "2")]
    pub message: String,
}

/// `pb.Definition`: raw LLB, as far as it takes to see that there is some.
#[derive(Clone, PartialEq, Message)]
pub struct Definition {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub def: Vec<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Exporter {
    #[prost(string, tag = "1")]
    pub kind: String,
    #[prost(btree_map = "string, string", tag = "2")]
    pub attrs: BTreeMap<String, String>,
}

/// `moby.buildkit.v1.SolveRequest`.
#[derive(Clone, PartialEq, Message)]
pub struct ControlSolve {
    #[prost(string, tag = "1")]
    pub reference: String,
    #[prost(message, optional, tag = "2")]
    pub definition: Option<Definition>,
    #[prost(string, tag = "3")]
    pub exporter: String,
    #[prost(btree_map = "string, string", tag = "4")]
    pub exporter_attrs: BTreeMap<String, String>,
    #[prost(string, tag = "5")]
    pub session: String,
    #[prost(string, tag = "6")]
    pub frontend: String,
    #[prost(btree_map = "string, string", tag = "7")]
    pub frontend_attrs: BTreeMap<String, String>,
    #[prost(message, repeated, tag = "13")]
    pub exporters: Vec<Exporter>,
}

/// `moby.buildkit.v1.SolveResponse`.
#[derive(Clone, PartialEq, Message)]
pub struct ControlSolved {
    #[prost(btree_map = "string, string", tag = "1")]
    pub response: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
pub struct StatusRequest {
    #[prost(string, tag = "1")]
    pub reference: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct StatusResponse {
    #[prost(message, repeated, tag = "1")]
    pub vertexes: Vec<Vertex>,
    #[prost(message, repeated, tag = "2")]
    pub statuses: Vec<VertexStatus>,
    #[prost(message, repeated, tag = "3")]
    pub logs: Vec<VertexLog>,
    #[prost(message, repeated, tag = "4")]
    pub warnings: Vec<VertexWarning>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Vertex {
    #[prost(string, tag = "1")]
    pub digest: String,
    #[prost(string, tag = "3")]
    pub name: String,
    #[prost(bool, tag = "4")]
    pub cached: bool,
    #[prost(message, optional, tag = "5")]
    pub started: Option<Timestamp>,
    #[prost(message, optional, tag = "6")]
    pub completed: Option<Timestamp>,
    #[prost(string, tag = "7")]
    pub error: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct VertexStatus {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(string, tag = "2")]
    pub vertex: String,
    #[prost(string, tag = "3")]
    pub name: String,
    #[prost(int64, tag = "4")]
    pub current: i64,
    #[prost(int64, tag = "5")]
    pub total: i64,
    #[prost(message, optional, tag = "6")]
    pub timestamp: Option<Timestamp>,
    #[prost(message, optional, tag = "7")]
    pub started: Option<Timestamp>,
    #[prost(message, optional, tag = "8")]
    pub completed: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
pub struct VertexLog {
    #[prost(string, tag = "1")]
    pub vertex: String,
    #[prost(message, optional, tag = "2")]
    pub timestamp: Option<Timestamp>,
    #[prost(int64, tag = "3")]
    pub stream: i64,
    #[prost(bytes = "vec", tag = "4")]
    pub msg: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
pub struct VertexWarning {
    #[prost(string, tag = "1")]
    pub vertex: String,
    #[prost(int64, tag = "2")]
    pub level: i64,
    #[prost(bytes = "vec", tag = "3")]
    pub short: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Version {
    #[prost(string, tag = "1")]
    pub package: String,
    #[prost(string, tag = "2")]
    pub version: String,
    #[prost(string, tag = "3")]
    pub revision: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct Info {
    #[prost(message, optional, tag = "1")]
    pub version: Option<Version>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Platform {
    #[prost(string, tag = "1")]
    pub architecture: String,
    #[prost(string, tag = "2")]
    pub os: String,
    #[prost(string, tag = "3")]
    pub variant: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct Worker {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(btree_map = "string, string", tag = "2")]
    pub labels: BTreeMap<String, String>,
    #[prost(message, repeated, tag = "3")]
    pub platforms: Vec<Platform>,
    #[prost(message, optional, tag = "5")]
    pub version: Option<Version>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Workers {
    #[prost(message, repeated, tag = "1")]
    pub record: Vec<Worker>,
}

#[derive(Clone, PartialEq, Message)]
pub struct UsageRecord {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(bool, tag = "2")]
    pub mutable: bool,
    #[prost(bool, tag = "3")]
    pub in_use: bool,
    #[prost(int64, tag = "4")]
    pub size: i64,
    #[prost(string, tag = "9")]
    pub description: String,
    #[prost(int64, tag = "8")]
    pub usage_count: i64,
    #[prost(string, tag = "10")]
    pub kind: String,
    #[prost(bool, tag = "11")]
    pub shared: bool,
}

#[derive(Clone, PartialEq, Message)]
pub struct DiskUsage {
    #[prost(message, repeated, tag = "1")]
    pub record: Vec<UsageRecord>,
}

#[derive(Clone, PartialEq, Message)]
pub struct PruneRequest {
    #[prost(string, repeated, tag = "1")]
    pub filter: Vec<String>,
    #[prost(bool, tag = "2")]
    pub all: bool,
}

#[derive(Clone, PartialEq, Message)]
pub struct Capability {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(bool, tag = "2")]
    pub enabled: bool,
}

/// `moby.buildkit.v1.frontend.PongResponse`.
#[derive(Clone, PartialEq, Message)]
pub struct Pong {
    #[prost(message, repeated, tag = "1")]
    pub frontend: Vec<Capability>,
    #[prost(message, repeated, tag = "2")]
    pub llb: Vec<Capability>,
    #[prost(message, repeated, tag = "3")]
    pub workers: Vec<Worker>,
}

/// `moby.buildkit.v1.frontend.SolveRequest`.
#[derive(Clone, PartialEq, Message)]
pub struct BridgeSolve {
    #[prost(message, optional, tag = "1")]
    pub definition: Option<Definition>,
    #[prost(string, tag = "2")]
    pub frontend: String,
    #[prost(btree_map = "string, string", tag = "3")]
    pub options: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Reference {
    #[prost(string, tag = "1")]
    pub id: String,
}

/// `moby.buildkit.v1.frontend.Result`, with one reference.
#[derive(Clone, PartialEq, Message)]
pub struct BridgeResult {
    #[prost(message, optional, tag = "3")]
    pub reference: Option<Reference>,
}

#[derive(Clone, PartialEq, Message)]
pub struct BridgeSolved {
    #[prost(message, optional, tag = "3")]
    pub result: Option<BridgeResult>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Returned {
    #[prost(message, optional, tag = "2")]
    pub error: Option<RpcStatus>,
}

/// `grpc.health.v1.HealthCheckResponse`.
#[derive(Clone, PartialEq, Message)]
pub struct Health {
    #[prost(int32, tag = "1")]
    pub status: i32,
}

/// A message without fields.
#[derive(Clone, PartialEq, Message)]
pub struct Nothing {}

/// `fsutil.types.Packet`.
#[derive(Clone, PartialEq, Message)]
pub struct Packet {
    #[prost(int32, tag = "1")]
    pub kind: i32,
    #[prost(message, optional, tag = "2")]
    pub stat: Option<Stat>,
    #[prost(uint32, tag = "3")]
    pub id: u32,
    #[prost(bytes = "bytes", tag = "4")]
    pub data: Bytes,
}

/// `fsutil.types.Stat`.
#[derive(Clone, PartialEq, Message)]
pub struct Stat {
    #[prost(string, tag = "1")]
    pub path: String,
    #[prost(uint32, tag = "2")]
    pub mode: u32,
    #[prost(int64, tag = "5")]
    pub size: i64,
    #[prost(int64, tag = "6")]
    pub modified: i64,
    #[prost(string, tag = "7")]
    pub linkname: String,
}

/// `moby.buildkit.secrets.v1.GetSecretRequest`.
#[derive(Clone, PartialEq, Message)]
pub struct GetSecret {
    #[prost(string, tag = "1")]
    pub id: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct Secret {
    #[prost(bytes = "vec", tag = "1")]
    pub data: Vec<u8>,
}
