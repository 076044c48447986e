//! `GET /containers/ID/logs`.

use super::named;
use crate::api::frame::{Framing, MULTIPLEXED, RAW};
use crate::api::{Answer, Answered, Call, Polled, Refusal, Reply, Stream, Version};
use crate::base::Time;
use crate::base::time_format::parse_timestamp;
use crate::engine::container::logs::{Line, Reader, Wanted};
use crate::model::World;
use serde::{Deserialize, Serialize};

/// A log that is followed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Following {
    reader: Reader,
    framing: Framing,
}

/// Reads a log.
pub fn logs(world: &mut World, call: &Call<'_>) -> Answered {
    let query = &call.query;
    let container = named(world, call)?;
    let raw = container.config.tty;
    let framing = Framing { raw, stdout: query.flag("stdout"), stderr: query.flag("stderr") };
    if !framing.stdout && !framing.stderr {
        return Err(Refusal::invalid("Bad parameters: you must choose at least one stream"));
    }
    let moment = |name: &str| -> Result<Option<Time>, Refusal> {
        let Some(text) = query.some(name).filter(|t| *t != "0") else { return Ok(None) };
        let wrong = |_| Refusal::invalid(format!("invalid value for {name:?}: {text}"));
        parse_timestamp(text, world.now()).map(Some).map_err(wrong)
    };
    let wanted = Wanted {
        since: moment("since")?,
        until: moment("until")?,
        tail: query.get("tail").parse().ok(),
        timestamps: query.flag("timestamps"),
        details: query.flag("details"),
    };
    let alive = container.status.is_alive();
    let (reader, lines) = Reader::open(world, container.id, wanted)?;
    let mut following = Following { reader, framing };
    let kind = if raw || call.version < Version(1, 42) { RAW } else { MULTIPLEXED };
    let mut head = Reply::empty(200).header("Content-Type", kind);
    following.put(&mut head.body, &lines);
    if query.flag("follow") && alive {
        return Ok(Answer::Stream(head, Box::new(Stream::Logs(following))));
    }
    Ok(Answer::Whole(head))
}

impl Following {
    fn put(&mut self, out: &mut Vec<u8>, lines: &[Line]) {
        for line in lines {
            self.framing.put(out, line.stream, &self.reader.text(line));
        }
    }

    /// The lines that have come.
    pub fn poll(&mut self, world: &World) -> Polled {
        let mut polled = Polled::default();
        let lines = self.reader.more(world);
        self.put(&mut polled.bytes, &lines);
        Polled { done: self.reader.is_over(world), due: self.reader.until(), ..polled }
    }
}
