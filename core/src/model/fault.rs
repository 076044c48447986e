//! Faults that a test plans: which operation of the daemon they strike, and how. Data like all of the world, so a
//! script of faults can be saved, sent and played again.

use super::{EngineError, ErrorKind, Operation};
use crate::base::go_duration::as_text;
use crate::base::{Duration, Time};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// An operation that is to go wrong.
///
/// ```
/// use drydock::double::{Drydock, Fault, Operation};
/// let mut docker = Drydock::new();
/// docker.inject(Fault::on(Operation::Pull).of("alpine").nth(2).error(500, "i/o timeout"));
/// assert_eq!(docker.sh("docker pull alpine").code, 0);
/// let played = docker.sh("docker pull alpine");
/// assert_eq!((played.stderr.as_str(), played.code), ("Error response from daemon: i/o timeout\n", 1));
/// assert_eq!(docker.sh("docker pull alpine").code, 0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which operation.
    pub on: Operation,
    /// Only where it is about a container, an image, a network or a volume of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The first that is struck, counted from 1.
    #[serde(default = "one")]
    pub nth: u64,
    /// How many are struck from then on; `None` for all.
    #[serde(default = "once")]
    pub times: Option<u64>,
    /// How many there have been.
    #[serde(default)]
    pub seen: u64,
    /// What becomes of them.
    pub effect: Effect,
}

fn one() -> u64 {
    1
}

fn once() -> Option<u64> {
    Some(1)
}

/// What a fault does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// The daemon refuses with this status and message.
    Error {
        /// The status of the Engine API.
        status: u16,
        /// What the daemon says.
        message: String,
    },
    /// The registry has had enough (`toomanyrequests`).
    RateLimit,
    /// There is no space left on the daemon's disk.
    DiskFull,
    /// The daemon takes so much virtual time before it begins.
    #[serde(with = "as_text")]
    Latency(Duration),
    /// The connection breaks before anything happens.
    Reset,
    /// It happens, but the answer breaks off after so many bytes of its body. What ends with its client (a pull, a
    /// build) does not happen.
    Eof {
        /// How many bytes arrive.
        #[serde(default)]
        after: u64,
    },
    /// It goes well, and a while later the kernel kills the container for memory.
    OomKill {
        /// How much later.
        #[serde(default, with = "as_text")]
        after: Duration,
    },
    /// The daemon stops before anything happens, and is back after a while.
    DaemonRestart {
        /// For how long it is gone.
        #[serde(with = "as_text")]
        down: Duration,
        /// Containers run on meanwhile.
        #[serde(default)]
        live_restore: bool,
    },
}

impl Fault {
    /// The next operation of that kind fails, once.
    pub fn on(on: Operation) -> Self {
        let message = format!("{} failed by a fault of the test", on.word());
        let effect = Effect::Error { status: 500, message };
        Self { on, of: None, nth: 1, times: Some(1), seen: 0, effect }
    }

    /// Only where it is about a container, an image, a network or a volume of that name.
    #[must_use]
    pub fn of(mut self, name: &str) -> Self {
        self.of = Some(name.to_string());
        self
    }

    /// The first that is struck is the `n`th from now, counted from 1.
    #[must_use]
    pub fn nth(mut self, n: u64) -> Self {
        self.nth = n.max(1);
        self
    }

    /// So many are struck.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// All are struck from then on.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// What becomes of them.
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// The daemon refuses with this status of the Engine API and this message.
    #[must_use]
    pub fn error(self, status: u16, message: impl Into<String>) -> Self {
        self.effect(Effect::Error { status, message: message.into() })
    }

    /// The registry has had enough: `toomanyrequests`.
    #[must_use]
    pub fn rate_limit(self) -> Self {
        self.effect(Effect::RateLimit)
    }

    /// There is no space left on the daemon's disk.
    #[must_use]
    pub fn disk_full(self) -> Self {
        self.effect(Effect::DiskFull)
    }

    /// The daemon takes so much virtual time before it begins.
    #[must_use]
    pub fn latency(self, span: std::time::Duration) -> Self {
        self.effect(Effect::Latency(span.into()))
    }

    /// The connection breaks before anything happens.
    #[must_use]
    pub fn reset(self) -> Self {
        self.effect(Effect::Reset)
    }

    /// The answer breaks off after so many bytes of its body.
    #[must_use]
    pub fn eof(self, after: u64) -> Self {
        self.effect(Effect::Eof { after })
    }

    /// It goes well, and so much later the kernel kills the container for memory.
    #[must_use]
    pub fn oom_kill(self, after: std::time::Duration) -> Self {
        self.effect(Effect::OomKill { after: after.into() })
    }

    /// The daemon stops before anything happens, and is back after a while.
    #[must_use]
    pub fn daemon_restart(self, down: std::time::Duration) -> Self {
        self.effect(Effect::DaemonRestart { down: down.into(), live_restore: false })
    }

    /// Checks that it can ever strike and do what it says.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> Result<(), String> {
        let word = self.on.word();
        let spans = |span: Duration, what: &str| {
            if span < Duration::ZERO { Err(format!("{what} cannot be negative")) } else { Ok(()) }
        };
        if self.nth == 0 {
            return Err("nth counts from 1".into());
        }
        if self.times == Some(0) {
            return Err("a fault that strikes no times does nothing".into());
        }
        match &self.effect {
            Effect::Error { status, .. } if !(400..600).contains(status) => {
                Err(format!("{status} is no status of a failure (400 to 599)"))
            }
            Effect::RateLimit if !matches!(self.on, Operation::Pull | Operation::Push) => {
                Err(format!("a registry limits pull and push, not {word}"))
            }
            Effect::OomKill { .. }
                if !matches!(self.on, Operation::Start | Operation::Restart | Operation::Exec) =>
            {
                Err(format!(
                    "oom_kill strikes start, restart and exec, not {word}: it needs a container that runs"
                ))
            }
            Effect::OomKill { after } => spans(*after, "the time before an oom_kill"),
            Effect::Latency(span) => spans(*span, "latency"),
            Effect::DaemonRestart { down, .. } => spans(*down, "the time that the daemon is gone"),
            _ => Ok(()),
        }
    }

    /// Counts an operation; true where it is struck.
    pub(crate) fn counts(&mut self) -> bool {
        self.seen = self.seen.saturating_add(1);
        self.seen >= self.nth && !self.ended_before(self.seen)
    }

    /// True where it will strike no more.
    pub(crate) fn is_spent(&self) -> bool {
        self.ended_before(self.seen.saturating_add(1))
    }

    fn ended_before(&self, seen: u64) -> bool {
        self.times.is_some_and(|times| seen >= self.nth.saturating_add(times))
    }
}

/// How the connection of a request breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cut {
    /// Without any answer.
    Reset,
    /// After so many bytes of the answer's body.
    After(u64),
}

/// The request that is being answered, as far as faults are concerned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Visit {
    /// What struck its operations when it was tried before, in order.
    pub replay: VecDeque<Option<Effect>>,
    /// What has struck its operations now, in order.
    pub made: VecDeque<Option<Effect>>,
    /// It is to be tried again so much later.
    pub delay: Option<Duration>,
    /// Its connection breaks.
    pub cut: Option<Cut>,
    /// What it did is to be undone: it has ended with its connection.
    pub undo: bool,
    /// It is answered over the Engine API, which can break off.
    pub over_http: bool,
}

/// The daemon is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// Until then; `None` until somebody starts it.
    pub until: Option<Time>,
    /// Containers run on meanwhile.
    pub live_restore: bool,
    /// A client has missed it meanwhile.
    pub(crate) missed: bool,
    /// The containers that run again when it is back, whatever their state says.
    pub(crate) again: Vec<crate::base::ObjectId>,
}

impl Outage {
    /// True where a client has asked for the daemon since it is gone.
    pub fn is_missed(&self) -> bool {
        self.missed
    }
}

/// The faults of a world.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// Those that are still to come.
    pub armed: Vec<Fault>,
    /// Containers that the kernel will kill for memory, and when.
    pub doomed: Vec<(Time, crate::base::ObjectId)>,
    /// The daemon is gone.
    pub outage: Option<Outage>,
    pub(crate) visit: Option<Visit>,
}

impl EngineError {
    /// What a client says whose connection broke before it had an answer.
    pub(crate) fn connection_reset(operation: Operation, name: &str) -> Self {
        let (method, path) = operation.request();
        let method = method.chars().take(1).chain(method.to_lowercase().chars().skip(1)).collect::<String>();
        let path = path.replace("{}", name);
        let query = if operation == Operation::Create && !name.is_empty() {
            format!("?name={name}")
        } else {
            String::new()
        };
        Self::new(
            ErrorKind::Disconnected,
            format!(
                "error during connect: {method} \"http://%2Fvar%2Frun%2Fdocker.sock/v1.55{path}{query}\": read unix \
                 @->/var/run/docker.sock: read: connection reset by peer"
            ),
        )
    }

    /// What a client says whose answer broke off.
    pub(crate) fn broke_off() -> Self {
        Self::new(ErrorKind::Disconnected, "unexpected EOF")
    }
}
