//! Builds as data: what one does, how far it has come, what it tells of itself, and what the builder remembers.

mod cache;
mod job;
mod plan;
mod progress;

pub use cache::{BuildCache, BuildRecord, PastBuild};
pub use job::{Active, Failed, Job, NodeState, Outcome, Output, Running};
pub use plan::{
    Annotations, Bounds, CacheMount, CopyOp, CopySource, LentMount, Look, MountKind, Node, Op, Plan,
    Provenance, Range, Request, RunMount, RunOp,
};
pub use progress::{Event, News, Progress, Status};
