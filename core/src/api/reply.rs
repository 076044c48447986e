//! Replies: status, headers and body, and the refusals that become them.

use super::{Answer, Answered};
use crate::engine::system::{API, VERSION};
use crate::model::{Cut, EngineError, ErrorKind, Release};
use crate::render::json::{Escape, compact};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Headers besides those that the transport adds: `Date`, the framing of the body.
    pub headers: Vec<(String, String)>,
    /// The body; of a stream, what it begins with.
    pub body: Vec<u8>,
    /// The body is a stream of documents: how long it is is not told beforehand.
    #[serde(default)]
    pub flows: bool,
    /// A fault: how the connection breaks.
    #[serde(default)]
    pub cut: Option<Cut>,
}

impl Reply {
    /// A reply without a body.
    pub fn empty(status: u16) -> Self {
        let headers = [
            ("Api-Version", API.to_owned()),
            ("Docker-Experimental", "false".to_owned()),
            ("Ostype", "linux".to_owned()),
            ("Server", format!("Docker/{VERSION} (linux)")),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Self { status, headers, body: vec![], flows: false, cut: None }
    }

    /// The same in the name of a release of the engine.
    #[must_use]
    pub(super) fn of(mut self, release: Release) -> Self {
        if release == Release::default() {
            return self;
        }
        for (name, value) in &mut self.headers {
            match name.as_str() {
                "Api-Version" => release.api.clone_into(value),
                "Server" => *value = format!("Docker/{} (linux)", release.version),
                _ => {}
            }
        }
        self
    }

    /// No answer: the connection breaks.
    pub fn broken() -> Self {
        Self { cut: Some(Cut::Reset), ..Self::empty(503) }
    }

    /// The same with another header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A JSON document, escaped as Go does.
    pub fn json(status: u16, value: &Value) -> Self {
        let mut reply = Self::empty(status).header("Content-Type", "application/json");
        reply.body = (compact(value, Escape::Html) + "\n").into_bytes();
        reply
    }

    /// 200 with a stream of JSON documents, which are still to be written.
    pub fn progress() -> Self {
        Self { flows: true, ..Self::empty(200).header("Content-Type", "application/json") }
    }

    /// Bytes of a kind.
    pub fn bytes(kind: &str, body: Vec<u8>) -> Self {
        Self { body, ..Self::empty(200).header("Content-Type", kind) }
    }

    /// `{"message":"…"}`.
    pub fn refused(refusal: &Refusal) -> Self {
        Self::json(refusal.status, &json!({ "message": refusal.message }))
    }

    /// The same as routing gives it that found nothing: without the daemon's headers.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.headers.retain(|(name, _)| name == "Content-Type");
        self
    }

    /// The same as the check of versions gives it.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.headers.retain(|(name, _)| name != "Docker-Experimental");
        self
    }
}

/// Why a request is not answered as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// The message.
    pub message: String,
    /// Why, for the user's question.
    pub hint: Option<String>,
}

impl Refusal {
    /// A refusal.
    pub fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), hint: None }
    }

    /// 400.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// 404.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, message)
    }

    /// 409.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, message)
    }
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        Self { status: error.kind.http_status(), message: error.message, hint: error.hint }
    }
}

/// 501 that names what is missing.
pub fn not_simulated(what: &str) -> Refusal {
    EngineError::not_simulated(what).into()
}

/// A part of a swarm, which this node is not in.
pub fn no_swarm() -> Refusal {
    EngineError::new(
        ErrorKind::Unavailable,
        "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to \
         swarm and try again.",
    )
    .into()
}

/// 200 with a document.
pub fn ok(value: &Value) -> Answered {
    Ok(Answer::Whole(Reply::json(200, value)))
}

/// 201 with a document.
pub fn created(value: &Value) -> Answered {
    Ok(Answer::Whole(Reply::json(201, value)))
}

/// A status without a body.
pub fn done(status: u16) -> Answered {
    Ok(Answer::Whole(Reply::empty(status)))
}

/// A document of serialisable parts.
pub fn value_of(what: &impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(what).map_err(|e| Refusal::new(500, e.to_string()))
}

/// One line of a stream of JSON documents, as Go's encoder and the progress writer end it.
pub fn line(value: &Value) -> Vec<u8> {
    (compact(value, Escape::Html) + "\r\n").into_bytes()
}
