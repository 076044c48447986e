//! Builds: a Dockerfile and a context become an image, as BuildKit makes it.
//!
//! A Dockerfile is read ([`dockerfile`]), planned as steps of the stages it needs ([`plan()`]) and carried out
//! step by step by a [`Job`], which is plain data: it waits while the process of a `RUN` runs.

mod cache;
pub mod context;
mod convert;
mod copy;
pub mod dockerfile;
mod export;
mod history;
mod ignore;
mod job;
mod key;
mod plan;
mod progress;
mod run;
mod steps;
mod wording;

pub use cache::{Record, discard, disk, prune, total};
pub use convert::plan;
pub use export::Built;
pub use history::{find_past, forget_past, new_reference, remember};
pub use ignore::Patterns;
pub use job::{Failed, Job, Turn, reference};
pub use plan::{Op, Plan, Refusal, Request};
pub use progress::{Note, Progress};
pub(in crate::engine) use wording::below;
