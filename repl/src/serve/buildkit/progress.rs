//! What is told of a build, as vertices, statuses and logs.

use super::Kit;
use super::grpc::{Incoming, Status, send};
use super::messages::{
    StatusRequest, StatusResponse, Timestamp, Vertex, VertexLog, VertexStatus, VertexWarning,
};
use bytes::Bytes;
use drydock::base::{Digest, Time};
use drydock::kernel::Stream;
use drydock::model::build::{Event, News};
use h2::SendStream;
use std::collections::BTreeMap;

fn stamp(time: Time) -> Option<Timestamp> {
    let nanos = i32::try_from(time.0.rem_euclid(1_000_000_000)).unwrap_or(0);
    Some(Timestamp { seconds: time.0.div_euclid(1_000_000_000), nanos })
}

/// What is known of the steps of a build while its events are translated.
pub struct Translator {
    reference: String,
    started: BTreeMap<usize, Time>,
}

impl Translator {
    /// For a build.
    pub fn new(reference: &str) -> Self {
        Self { reference: reference.to_owned(), started: BTreeMap::new() }
    }

    /// An event; none for what is not shown.
    pub fn translate(&mut self, name: String, event: Event) -> Option<StatusResponse> {
        let digest = Digest::of(format!("{} {}", self.reference, event.step).as_bytes()).to_string();
        let started = *self.started.entry(event.step).or_insert(event.time);
        let vertex = Vertex { digest: digest.clone(), name, started: stamp(started), ..Vertex::default() };
        let ended = |vertex: Vertex| Vertex { completed: stamp(event.time), ..vertex };
        let with = |vertex: Vertex| StatusResponse { vertexes: vec![vertex], ..StatusResponse::default() };
        Some(match event.news {
            News::Started => with(vertex),
            News::Cached => with(Vertex { cached: true, ..ended(vertex) }),
            News::Done => with(ended(vertex)),
            News::Failed(error) => with(Vertex { error, ..ended(vertex) }),
            News::Canceled => with(Vertex { error: "context canceled".to_owned(), ..ended(vertex) }),
            News::Same => return None,
            News::Warning(text) => StatusResponse {
                warnings: vec![VertexWarning { vertex: digest, level: 1, short: text.into_bytes() }],
                ..StatusResponse::default()
            },
            News::Log { stream, text, .. } => StatusResponse {
                logs: vec![VertexLog {
                    vertex: digest,
                    timestamp: stamp(event.time),
                    stream: if stream == Stream::Stdout { 1 } else { 2 },
                    msg: (text + "\n").into_bytes(),
                }],
                ..StatusResponse::default()
            },
            News::Status(status) => StatusResponse {
                statuses: vec![VertexStatus {
                    vertex: digest,
                    name: status.id.clone(),
                    current: i64::try_from(status.current).unwrap_or(i64::MAX),
                    total: i64::try_from(status.total).unwrap_or(i64::MAX),
                    timestamp: stamp(event.time),
                    started: stamp(status.began),
                    completed: status.done.then(|| stamp(event.time)).flatten(),
                    id: status.id,
                }],
                ..StatusResponse::default()
            },
        })
    }
}

/// `Control.Status`: everything that is told, until the build has ended.
pub async fn status(
    kit: &Kit,
    incoming: &mut Incoming,
    stream: &mut SendStream<Bytes>,
) -> Result<(), Status> {
    let request: StatusRequest = incoming.only().await?;
    let mut sent = 0;
    loop {
        let (news, ended) = kit
            .wait(|state| {
                let build = state.builds.get(&request.reference)?;
                let news: Vec<StatusResponse> = build.told.iter().skip(sent).cloned().collect();
                (!news.is_empty() || build.ended.is_some()).then(|| (news, build.ended.is_some()))
            })
            .await;
        sent += news.len();
        for one in &news {
            send(stream, one, false)?;
        }
        if ended {
            return Ok(());
        }
    }
}
