//! `POST /containers/ID/wait`: the head at once, the exit code when there is one.

use super::named;
use crate::api::reply::line;
use crate::api::{Answer, Answered, Call, Polled, Refusal, Reply, Stream};
use crate::base::{ObjectId, Time};
use crate::model::{Status, World};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What a client waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Condition {
    /// It does not run, or a run that had not ended at this moment has: one that is started over counts.
    NotRunning(Option<Time>),
    /// The end of a run that had not ended at this moment.
    NextExit(Option<Time>),
    Removed,
}

/// A client that waits for a container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    container: ObjectId,
    condition: Condition,
}

/// Waits for a container.
pub fn wait(world: &mut World, call: &Call<'_>) -> Answered {
    let container = named(world, call)?;
    let condition = match call.query.get("condition") {
        "" | "not-running" => Condition::NotRunning(container.finished),
        "next-exit" => Condition::NextExit(container.finished),
        "removed" => Condition::Removed,
        other => {
            return Err(Refusal::invalid(format!(
                "invalid condition: {}",
                crate::base::go_text::quote(other)
            )));
        }
    };
    let head = Reply::empty(200).header("Content-Type", "application/json");
    Ok(Answer::Stream(head, Box::new(Stream::Wait(Waiting { container: container.id, condition }))))
}

impl Waiting {
    /// The answer, once it is known.
    pub fn poll(&mut self, world: &World) -> Polled {
        let Some(code) = self.code(world) else { return Polled::default() };
        let mut bytes = line(&json!({ "StatusCode": code }));
        bytes.retain(|b| *b != b'\r');
        Polled { bytes, done: true, due: None }
    }

    fn code(&self, world: &World) -> Option<i32> {
        let Some(container) = world.container(self.container) else {
            return Some(world.container_or_departed(self.container).map_or(0, |c| c.exit_code));
        };
        let over = match self.condition {
            Condition::NotRunning(before) => {
                let over = !container.status.is_alive() && container.status != Status::Restarting;
                over || container.finished != before
            }
            Condition::NextExit(before) => container.finished != before,
            Condition::Removed => false,
        };
        over.then_some(container.exit_code)
    }
}
