//! BuildKit's side of the daemon: `/session` makes a client one that can be called for its files, `/grpc` carries the
//! services a build needs. `dockerfile.v0` is a call into Drydock's builder; raw LLB is refused.

mod control;
mod grpc;
mod messages;
mod progress;
mod session;
mod solve;

use super::owner::Ask;
use bytes::Bytes;
use grpc::{Incoming, Status};
use h2::server::SendResponse;
use hyper_util::rt::TokioIo;
use messages::{ControlSolve, StatusResponse};
use session::Session;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a call waits for the session or the build that it names.
const PATIENCE: Duration = Duration::from_secs(15);
/// How many calls a client may have under way.
const CALLS: u32 = 128;
/// How many builds that have ended are kept for those who still ask how they went.
const KEPT: usize = 64;

/// A build, as its calls see it.
#[derive(Default)]
struct Build {
    /// What was asked for.
    asked: Option<ControlSolve>,
    /// What has been told.
    told: Vec<StatusResponse>,
    /// What the image came to.
    response: BTreeMap<String, String>,
    /// How it ended.
    ended: Option<Result<(), Status>>,
}

#[derive(Default)]
struct State {
    sessions: BTreeMap<String, Session>,
    builds: BTreeMap<String, Build>,
    /// The builds in the order they were asked for.
    order: Vec<String>,
}

/// What all connections share.
#[derive(Clone)]
pub struct Kit {
    asks: Sender<Ask>,
    state: Arc<Mutex<State>>,
    changed: Arc<watch::Sender<u64>>,
}

impl Kit {
    /// One for a daemon.
    pub fn new(asks: Sender<Ask>) -> Self {
        Self { asks, state: Arc::default(), changed: Arc::new(watch::channel(0).0) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a build; one that is not known yet begins with it.
    fn change(&self, reference: &str, change: impl FnOnce(&mut Build)) {
        {
            let mut state = self.state();
            if !state.builds.contains_key(reference) {
                state.order.push(reference.to_owned());
                if state.order.len() > KEPT {
                    let oldest = state.order.remove(0);
                    state.builds.remove(&oldest);
                }
            }
            change(state.builds.entry(reference.to_owned()).or_default());
        }
        self.changed.send_modify(|n| *n += 1);
    }

    /// Waits until something is there.
    async fn wait<T>(&self, mut look: impl FnMut(&State) -> Option<T>) -> T {
        let mut news = self.changed.subscribe();
        loop {
            if let Some(found) = look(&self.state()) {
                return found;
            }
            let _the_sender_is_held = news.changed().await;
        }
    }

    async fn session(&self, id: &str) -> Result<Session, Status> {
        let found = self.wait(|state| state.sessions.get(id).cloned());
        let missing = |_| Status::unknown(format!("no active session for {id}: context deadline exceeded"));
        tokio::time::timeout(PATIENCE, found).await.map_err(missing)
    }
}

/// Whether a request is for BuildKit's side.
pub fn is_meant(path: &str) -> bool {
    path.ends_with("/session") || path.ends_with("/grpc")
}

/// Talks to a client whose connection was taken over.
pub async fn take_over(
    upgrade: hyper::upgrade::OnUpgrade,
    path: String,
    headers: Vec<(String, String)>,
    kit: Kit,
) {
    let Ok(upgraded) = upgrade.await else { return };
    let io = TokioIo::new(upgraded);
    if path.ends_with("/session") {
        let id = headers.iter().find(|(name, _)| name == "x-docker-expose-session-uuid");
        hold_session(io, id.map(|(_, id)| id.clone()).unwrap_or_default(), kit).await;
    } else {
        answer_calls(io, kit).await;
    }
}

/// Keeps a session for as long as its connection.
async fn hold_session(
    io: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    id: String,
    kit: Kit,
) {
    let Ok((caller, connection)) = h2::client::Builder::new()
        .initial_window_size(1 << 20)
        .initial_connection_window_size(4 << 20)
        .handshake::<_, Bytes>(io)
        .await
    else {
        return;
    };
    kit.state().sessions.insert(id.clone(), Session { caller });
    kit.changed.send_modify(|n| *n += 1);
    let _the_client_may_go = connection.await;
    kit.state().sessions.remove(&id);
}

/// Answers the calls of a connection, and drops them with it.
async fn answer_calls(
    io: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    kit: Kit,
) {
    let Ok(mut connection) =
        h2::server::Builder::new().max_concurrent_streams(CALLS).handshake::<_, Bytes>(io).await
    else {
        return;
    };
    let mut calls = JoinSet::new();
    while let Some(Ok((request, respond))) = connection.accept().await {
        calls.spawn(answer(request, respond, kit.clone()));
        while calls.try_join_next().is_some() {}
    }
}

async fn answer(request: http::Request<h2::RecvStream>, mut respond: SendResponse<Bytes>, kit: Kit) {
    let (head, body) = request.into_parts();
    let Ok(mut stream) = respond.send_response(grpc::head(), false) else { return };
    let about = head
        .headers
        .get("buildkit-controlapi-buildid")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let mut incoming = Incoming::new(body);
    let end = match head.uri.path() {
        "/moby.buildkit.v1.Control/Info" => control::info(&mut stream),
        "/moby.buildkit.v1.Control/ListWorkers" => control::workers(&mut stream),
        "/moby.buildkit.v1.Control/DiskUsage" => control::disk_usage(&kit, &mut stream).await,
        "/moby.buildkit.v1.Control/Prune" => control::prune(&kit, &mut incoming, &mut stream).await,
        "/moby.buildkit.v1.Control/Status" => progress::status(&kit, &mut incoming, &mut stream).await,
        "/moby.buildkit.v1.Control/Solve" => solve::control(&kit, &mut incoming, &mut stream).await,
        "/moby.buildkit.v1.frontend.LLBBridge/Ping" => control::ping(&mut stream),
        "/moby.buildkit.v1.frontend.LLBBridge/Solve" => {
            solve::bridge(&kit, &about, &mut incoming, &mut stream).await
        }
        "/moby.buildkit.v1.frontend.LLBBridge/Return" => {
            solve::returned(&kit, &about, &mut incoming, &mut stream).await
        }
        "/grpc.health.v1.Health/Check" => control::healthy(&mut stream),
        other => Err(Status::gap(&format!("BuildKit's {}", other.trim_start_matches('/')))),
    };
    grpc::finish(&mut stream, &end);
}
