//! Builds as data: what one does, how far it has come, what it tells of itself, and what the builder remembers.

mod cache;
mod job;
mod plan;
mod progress;

pub use cache::{BuildCache, BuildRecord, PastBuild};
pub use job::{Active, Failed, Job, NodeState, Outcome, Output, Running};
pub use plan::{CopyOp, CopySource, MountKind, Node, Op, Plan, Range, Request, RunMount, RunOp};
pub use progress::{Event, News, Progress, Status};
