//! Why an operation of the daemon failed: a kind, the message in Docker's words, and hints beside it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The kind of a failure. One function makes an exit code of it for the command line, one an HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ErrorKind {
    /// The request makes no sense.
    InvalidParameter,
    /// What it names is not there.
    NotFound,
    /// What it asks for clashes with the state of things.
    Conflict,
    /// Credentials are missing or wrong.
    Unauthorized,
    /// Refused whatever the credentials.
    Forbidden,
    /// Nothing to do: the state is already as asked.
    NotModified,
    /// The daemon could not do it.
    System,
    /// A part of Docker that Drydock does not simulate.
    NotImplemented,
    /// The other side (a registry, a daemon) could not be reached.
    Unavailable,
    /// A test planned it, with this status.
    Planned(u16),
    /// The connection to the daemon broke; the message is the client's own.
    Disconnected,
    /// It failed after the daemon had begun to answer, so the stream of the answer tells of it.
    InBand,
}

impl ErrorKind {
    /// The status the Engine API answers with.
    pub fn http_status(self) -> u16 {
        match self {
            ErrorKind::InvalidParameter => 400,
            ErrorKind::NotFound => 404,
            ErrorKind::Conflict => 409,
            ErrorKind::Unauthorized => 401,
            ErrorKind::Forbidden => 403,
            ErrorKind::NotModified => 304,
            ErrorKind::System => 500,
            ErrorKind::NotImplemented => 501,
            ErrorKind::Unavailable => 503,
            ErrorKind::Planned(status) => status,
            ErrorKind::Disconnected | ErrorKind::InBand => 500,
        }
    }
}

/// A failed operation of the daemon. The world is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineError {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// The message, in Docker's words, without `Error response from daemon: `.
    pub message: String,
    /// Why, for the prompt's `:why` and for lessons; never part of what Docker prints.
    pub hint: Option<String>,
}

impl EngineError {
    /// A failure of a kind with Docker's message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    /// [`ErrorKind::NotFound`].
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// [`ErrorKind::Conflict`].
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    /// [`ErrorKind::InvalidParameter`].
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidParameter, message)
    }

    /// [`ErrorKind::System`].
    pub fn system(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::System, message)
    }

    /// [`ErrorKind::NotImplemented`]: names the gap in one clear sentence.
    pub fn not_simulated(what: &str) -> Self {
        Self::new(ErrorKind::NotImplemented, format!("{what} is not simulated by Drydock"))
    }

    /// What a daemon outside of every swarm says to commands that need a manager.
    pub fn no_swarm_manager() -> Self {
        Self::new(
            ErrorKind::Unavailable,
            "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to \
             swarm and try again.",
        )
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EngineError {}
