//! What a behaviour says: stages that follow one another in time, and reactions to signals.
//!
//! ```
//! use drydock::double::{Act, Behaviour};
//! let text = r#"{
//!     "stages": [
//!         {"do": [{"stdout": "starting"}]},
//!         {"after": "2s", "do": [{"listen": {"port": 8080, "routes": {"/": {"body": "hello"}}}}, {"healthy": true}]},
//!         {"after": "1h", "do": [{"stderr": "out of luck"}, {"exit": 1}]}
//!     ],
//!     "signals": {"TERM": [{"stdout": "bye"}, {"exit": 0}]}
//! }"#;
//! let behaviour = Behaviour::from_json(text).unwrap();
//! assert_eq!(behaviour.signals["TERM"], [Act::stdout("bye"), Act::Exit(0)]);
//! assert_eq!(Behaviour::from_json(&behaviour.to_json()), Ok(behaviour));
//! assert!(Behaviour::from_json(r#"{"signals": {"KILL": []}}"#).is_err());
//! ```

use crate::base::Duration;
use crate::base::go_duration::{as_text, format_duration};
use crate::kernel::Signal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a container of a user's own image does.
///
/// After its last stage it runs on until a signal ends it. A signal that is not named does what it does to any
/// first process of a container that has no handler for it: nothing, but for `KILL`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// What it does by itself, in order.
    pub stages: Vec<Stage>,
    /// What it does when a signal such as `TERM` comes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub signals: BTreeMap<String, Vec<Act>>,
}

/// Some acts, and when they are done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stage {
    /// How long after the stage before it, or after the start; written as in Go, `1m30s`.
    #[serde(with = "as_text", skip_serializing_if = "is_zero")]
    pub after: Duration,
    /// What is done, in order.
    #[serde(rename = "do")]
    pub acts: Vec<Act>,
}

/// One thing that a behaviour does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Act {
    /// Prints a line to standard output.
    Stdout(String),
    /// Prints a line to standard error.
    Stderr(String),
    /// Listens on a port of all addresses and answers HTTP.
    Listen {
        /// The port.
        port: u16,
        /// Answers by `/path`, by `METHOD /path`, or `*` for all others; what is not there is a 404.
        #[serde(default)]
        routes: BTreeMap<String, Reply>,
    },
    /// From now on its health check succeeds, or fails.
    Healthy(bool),
    /// Ends with a code.
    Exit(i32),
}

/// An answer to an HTTP request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Header fields; `Date`, `Content-Length` and a `Content-Type` come by themselves.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl Default for Reply {
    fn default() -> Self {
        Self::new(200, "")
    }
}

impl Reply {
    /// An answer with a status and a body.
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: BTreeMap::new(), body: body.into() }
    }

    /// With one more header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_string(), value.to_string());
        self
    }
}

impl Act {
    /// A line on standard output.
    pub fn stdout(line: impl Into<String>) -> Self {
        Act::Stdout(line.into())
    }

    /// A line on standard error.
    pub fn stderr(line: impl Into<String>) -> Self {
        Act::Stderr(line.into())
    }

    /// A port, with its answers by path.
    pub fn listen<'a>(port: u16, routes: impl IntoIterator<Item = (&'a str, Reply)>) -> Self {
        let routes = routes.into_iter().map(|(path, reply)| (path.to_string(), reply)).collect();
        Act::Listen { port, routes }
    }

    fn check(&self) -> Result<(), String> {
        match self {
            Act::Listen { port: 0, .. } => Err("a behaviour cannot listen on port 0".into()),
            Act::Listen { routes, .. } => {
                routes.iter().try_for_each(|(route, reply)| check_reply(route, reply))
            }
            Act::Exit(code) if !(0..=255).contains(code) => Err(format!("{code} is no exit code (0 to 255)")),
            _ => Ok(()),
        }
    }
}

fn check_reply(route: &str, reply: &Reply) -> Result<(), String> {
    let path = route.split_once(' ').map_or(route, |(_, path)| path);
    if route != "*" && !path.starts_with('/') {
        return Err(format!("{route:?} is no route: /path, METHOD /path or *"));
    }
    if !(200..600).contains(&reply.status) {
        return Err(format!("{} is no status of an answer (200 to 599)", reply.status));
    }
    let broken = |text: &String| text.contains(['\r', '\n']);
    match reply.headers.iter().find(|(name, value)| name.is_empty() || broken(name) || broken(value)) {
        Some((name, _)) => Err(format!("the header field {name:?} is not well formed")),
        None => Ok(()),
    }
}

impl Behaviour {
    /// One that does nothing, for ever.
    pub fn new() -> Self {
        Self::default()
    }

    /// Does these things with the stage before, or at the start.
    #[must_use]
    pub fn at_once(self, acts: impl IntoIterator<Item = Act>) -> Self {
        self.after(std::time::Duration::ZERO, acts)
    }

    /// Does these things so long after the stage before, or after the start.
    #[must_use]
    pub fn after(mut self, span: std::time::Duration, acts: impl IntoIterator<Item = Act>) -> Self {
        self.stages.push(Stage { after: span.into(), acts: acts.into_iter().collect() });
        self
    }

    /// Does these things when a signal such as `TERM` or `HUP` comes.
    #[must_use]
    pub fn on_signal(mut self, signal: &str, acts: impl IntoIterator<Item = Act>) -> Self {
        self.signals.insert(signal.to_string(), acts.into_iter().collect());
        self
    }

    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let behaviour: Self = serde_json::from_str(text).map_err(|e| e.to_string())?;
        behaviour.check()?;
        Ok(behaviour)
    }

    /// Reads one in YAML.
    ///
    /// ```
    /// use drydock::double::{Act, Behaviour};
    /// let behaviour = Behaviour::from_yaml("
    /// stages:
    ///   - do: [stdout: starting]
    ///   - after: 30s
    ///     do:
    ///       - listen: {port: 8080, routes: {/ready: {body: 'yes'}}}
    ///       - healthy: true
    /// signals:
    ///   TERM: [stdout: bye, exit: 0]
    /// ").unwrap();
    /// assert_eq!(behaviour.signals["TERM"], [Act::stdout("bye"), Act::Exit(0)]);
    /// ```
    ///
    /// # Errors
    /// What is wrong with it, and where.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(text: &str) -> Result<Self, String> {
        let behaviour: Self = serde_saphyr::from_str(text).map_err(|e| e.to_string())?;
        behaviour.check()?;
        Ok(behaviour)
    }

    /// The same as [`Behaviour::from_json`] reads it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Checks that all of it can be done.
    ///
    /// # Errors
    /// What cannot.
    pub fn check(&self) -> Result<(), String> {
        for name in self.signals.keys() {
            match Signal::parse(name) {
                None => return Err(format!("{name:?} is no signal")),
                Some(signal) if signal.is_uncatchable() => {
                    return Err(format!("no program can react to the signal {name}"));
                }
                Some(_) => {}
            }
        }
        if let Some(stage) = self.stages.iter().find(|stage| stage.after < Duration::ZERO) {
            return Err(format!("a stage cannot come {} after another", format_duration(stage.after)));
        }
        let stages = self.stages.iter().flat_map(|stage| &stage.acts);
        stages.chain(self.signals.values().flatten()).try_for_each(Act::check)
    }
}

fn is_zero(span: &Duration) -> bool {
    *span == Duration::ZERO
}
