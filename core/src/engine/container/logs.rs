//! `logs`: what a container has printed, line by line, as its log driver keeps it.

use crate::base::time_format::rfc3339_nano_padded;
use crate::base::units::ram_in_bytes;
use crate::base::{ObjectId, Order, Time};
use crate::kernel::{Chunk, Stream};
use crate::model::{Container, EngineError, LogConfig, World};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A longer line is cut into pieces of this many bytes, as dockerd's copier does.
const LONGEST: usize = 16 * 1024;

/// One entry of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When it was begun.
    pub time: Time,
    /// Where it went.
    pub stream: Stream,
    /// Its bytes, the line feed included where there was one.
    pub data: Vec<u8>,
}

/// Puts chunks together to lines: the lines begun and not ended, one for each stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splitter {
    open: [Option<(Time, Vec<u8>)>; 2],
}

impl Splitter {
    /// Takes output in; gives the lines that it ends.
    pub fn push(&mut self, chunks: &[Arc<Chunk>]) -> Vec<Line> {
        let mut lines = Vec::new();
        for chunk in chunks {
            let Some(open) = self.open.get_mut(chunk.stream as usize) else { continue };
            for part in chunk.data.split_inclusive(|b| *b == b'\n') {
                let (_, data) = open.get_or_insert_with(|| (chunk.time, Vec::new()));
                data.extend_from_slice(part);
                if part.ends_with(b"\n") || data.len() >= LONGEST {
                    lines.extend(open.take().map(|(time, data)| Line { time, stream: chunk.stream, data }));
                }
            }
        }
        lines
    }

    /// The lines that will not be ended any more.
    pub fn finish(&mut self) -> Vec<Line> {
        let streams = [Stream::Stdout, Stream::Stderr];
        let open = self.open.iter_mut().zip(streams);
        let mut lines: Vec<Line> = open
            .filter_map(|(open, stream)| open.take().map(|(time, data)| Line { time, stream, data }))
            .collect();
        lines.order_by_key(|line| line.time);
        lines
    }
}

/// What a client wants of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Lines from this moment on.
    pub since: Option<Time>,
    /// Lines up to this moment.
    pub until: Option<Time>,
    /// The last so many of those that are there; `None` for all.
    pub tail: Option<usize>,
    /// With the time in front of each.
    pub timestamps: bool,
    /// With labels and variables in front of each.
    pub details: bool,
}

/// A client that reads a log, and perhaps follows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    container: Option<ObjectId>,
    wanted: Wanted,
    details: String,
    /// How many chunks of the container's output have been read.
    read: u64,
    splitter: Splitter,
}

impl Reader {
    /// Opens a container's log; with it come the lines that are there.
    ///
    /// # Errors
    /// Not found; a log driver that cannot be read.
    pub fn open(world: &World, id: ObjectId, wanted: Wanted) -> Result<(Self, Vec<Line>), EngineError> {
        let missing = || EngineError::not_found(format!("No such container: {id}"));
        let container = world.container(id).ok_or_else(missing)?;
        check_readable(container)?;
        let details = if wanted.details { details(container) } else { String::new() };
        let mut reader = Self { container: Some(id), wanted, details, ..Self::default() };
        let mut lines = reader.arrived(world);
        lines.drain(..rotated(&container.host.log_config, &lines));
        reader.choose(&mut lines);
        if let Some(count) = reader.wanted.tail {
            lines.drain(..lines.len().saturating_sub(count));
        }
        Ok((reader, lines))
    }

    /// The lines that have come since the last call.
    pub fn more(&mut self, world: &World) -> Vec<Line> {
        let mut lines = self.arrived(world);
        self.choose(&mut lines);
        lines
    }

    fn arrived(&mut self, world: &World) -> Vec<Line> {
        let Some(container) = self.container.and_then(|id| world.container_or_departed(id)) else {
            return vec![];
        };
        let chunks = container.printed_since(self.read);
        self.read = container.printed();
        let mut lines = self.splitter.push(&chunks);
        if !container.status.is_alive() {
            lines.extend(self.splitter.finish());
        }
        lines
    }

    fn choose(&self, lines: &mut Vec<Line>) {
        let Wanted { since, until, .. } = self.wanted;
        lines.retain(|l| {
            since.is_none_or(|since| l.time >= since) && until.is_none_or(|until| l.time <= until)
        });
    }

    /// A line as it is shown.
    pub fn text(&self, line: &Line) -> Vec<u8> {
        let mut text = Vec::new();
        if self.wanted.timestamps {
            text.extend(format!("{} ", rfc3339_nano_padded(line.time)).into_bytes());
        }
        if self.wanted.details {
            text.extend(format!("{} ", self.details).into_bytes());
        }
        text.extend(&line.data);
        text
    }

    /// True where nothing more can come.
    pub fn is_over(&self, world: &World) -> bool {
        let alive = |id| world.container_or_departed(id).is_some_and(|c| c.status.is_alive());
        !self.container.is_some_and(alive) || self.wanted.until.is_some_and(|until| until <= world.now())
    }

    /// When it ends by the clock.
    pub fn until(&self) -> Option<Time> {
        self.wanted.until
    }
}

/// Checks that a container's log can be read.
///
/// # Errors
/// `configured logging driver does not support reading`.
fn check_readable(container: &Container) -> Result<(), EngineError> {
    match container.host.log_config.kind.as_str() {
        "none" => Err(EngineError::new(
            crate::model::ErrorKind::NotImplemented,
            "configured logging driver does not support reading",
        )),
        _ => Ok(()),
    }
}

/// What `--details` puts in front of every line: the labels and variables that the log options name.
fn details(container: &Container) -> String {
    let option = |name: &str| container.host.log_config.config.get(name).map_or("", String::as_str);
    let mut all: Vec<(String, String)> = Vec::new();
    for key in option("labels").split(',').filter(|k| !k.is_empty()) {
        all.extend(container.config.labels.get(key).map(|v| (key.to_string(), v.clone())));
    }
    if let Some(wanted) = pattern(option("labels-regex")) {
        all.extend(
            container
                .config
                .labels
                .iter()
                .filter(|(k, _)| wanted.is_match(k))
                .map(|(k, v)| (k.clone(), v.clone())),
        );
    }
    let env = container.config.env.iter().filter_map(|e| e.split_once('='));
    let named: Vec<&str> = option("env").split(',').collect();
    let wanted = pattern(option("env-regex"));
    let chosen = env.filter(|(k, _)| named.contains(k) || wanted.as_ref().is_some_and(|w| w.is_match(k)));
    all.extend(chosen.map(|(k, v)| (k.to_string(), v.to_string())));
    if !option("tag").is_empty() {
        all.push(("tag".to_string(), option("tag").to_string()));
    }
    all.order();
    all.dedup();
    all.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(",")
}

fn pattern(text: &str) -> Option<regex_lite::Regex> {
    regex_lite::Regex::new(text).ok().filter(|_| !text.is_empty())
}

/// How many bytes a file of the log may take, where that is bounded, and how many files there may be.
fn files(log: &LogConfig) -> Option<(usize, usize)> {
    let size = log.config.get("max-size").and_then(|text| ram_in_bytes(text).ok())?;
    let files = log.config.get("max-file").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1);
    Some((usize::try_from(size).ok()?, files))
}

/// How many of the first lines went with files that were removed: a file is full once it holds `max-size`, and is
/// looked at before each entry.
fn rotated(log: &LogConfig, lines: &[Line]) -> usize {
    let Some((size, most)) = files(log) else { return 0 };
    let mut starts = std::collections::VecDeque::from([0]);
    let mut held = 0;
    for (at, line) in lines.iter().enumerate() {
        if held >= size {
            starts.push_back(at);
            held = 0;
        }
        if starts.len() > most {
            starts.pop_front();
        }
        held += entry_size(line);
    }
    starts.front().copied().unwrap_or(0)
}

/// What a line takes in a file of the driver `json-file`, in bytes.
fn entry_size(line: &Line) -> usize {
    let text = serde_json::Value::from(String::from_utf8_lossy(&line.data)).to_string();
    r#"{"log":,"stream":"stdout","time":"2006-01-02T15:04:05.999999999Z"}"#.len() + 1 + text.len()
}

/// Checks driver and options when a container is made.
///
/// # Errors
/// Docker's words for a driver or an option there is none of.
pub(super) fn check(log: &LogConfig) -> Result<(), EngineError> {
    const KNOWN: [&str; 12] = [
        "max-file",
        "max-size",
        "compress",
        "labels",
        "labels-regex",
        "env",
        "env-regex",
        "tag",
        "mode",
        "max-buffer-size",
        "cache-disabled",
        "cache-max-size",
    ];
    const ELSEWHERE: [&str; 8] =
        ["syslog", "journald", "gelf", "fluentd", "awslogs", "splunk", "gcplogs", "etwlogs"];
    let kind = log.kind.as_str();
    match kind {
        "none" => return Ok(()),
        "" | "json-file" | "local" => {}
        other if ELSEWHERE.contains(&other) => {
            return Err(EngineError::not_simulated(&format!("the log driver '{other}'")));
        }
        other => {
            return Err(EngineError::not_found(format!(
                "error looking up logging plugin {other}: plugin \"{other}\" not found"
            )));
        }
    }
    if let Some(mode) =
        log.config.get("mode").filter(|m| !["", "blocking", "non-blocking"].contains(&m.as_str()))
    {
        return Err(EngineError::invalid(format!("logger: unknown logging mode: {mode}")));
    }
    match log.config.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        Some(key) => Err(EngineError::invalid(format!("unknown log opt '{key}' for {kind} log driver"))),
        None => Ok(()),
    }
}

/// Checks the values of options when a container starts.
///
/// # Errors
/// `failed to initialize logging driver: …`.
pub(super) fn open(log: &LogConfig) -> Result<(), EngineError> {
    let fail = |why: &str| {
        Err(EngineError::system(format!(
            "failed to create task for container: failed to initialize logging driver: {why}"
        )))
    };
    if log.kind == "none" {
        return Ok(());
    }
    if let Some(Err(e)) = log.config.get("max-size").filter(|s| *s != "-1").map(|text| ram_in_bytes(text)) {
        return fail(&e.to_string());
    }
    match log.config.get("max-file").map(|text| (text, text.parse::<i64>())) {
        Some((text, Err(_))) => {
            fail(&format!("strconv.Atoi: parsing {}: invalid syntax", crate::base::go_text::quote(text)))
        }
        Some((_, Ok(n))) if n < 1 => fail("max-file cannot be less than 1"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_together_stream_by_stream() {
        let chunk = |time, stream, data: &str| {
            Arc::new(Chunk { time: Time(time), stream, data: Arc::from(data.as_bytes()) })
        };
        let mut splitter = Splitter::default();
        let lines = splitter.push(&[
            chunk(1, Stream::Stdout, "one\ntw"),
            chunk(2, Stream::Stderr, "oops\n"),
            chunk(3, Stream::Stdout, "o\nend"),
        ]);
        let shown: Vec<_> =
            lines.iter().map(|l| (l.time.0, String::from_utf8_lossy(&l.data).into_owned())).collect();
        assert_eq!(shown, [(1, "one\n".into()), (2, "oops\n".into()), (1, "two\n".into())]);
        assert_eq!(splitter.finish().first().map(|l| l.data.clone()), Some(b"end".to_vec()));
        assert_eq!(splitter, Splitter::default());
    }
}
