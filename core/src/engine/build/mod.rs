//! Builds: a Dockerfile and a context become an image, as BuildKit makes it.
//!
//! A Dockerfile is read ([`dockerfile`]), planned as steps of the stages it needs ([`plan()`]) and carried out
//! step by step by the daemon: the build under way is plain data ([`crate::model::build::Job`]) that every tick
//! moves on.

mod cache;
pub mod context;
mod convert;
mod copy;
pub mod dockerfile;
mod export;
mod fetch;
mod history;
mod ignore;
mod input;
mod job;
mod key;
mod mounts;
mod outline;
mod output;
mod plan;
mod run;
mod stages;
mod steps;
mod travel;
mod visit;
mod wording;

pub use crate::model::build::{Annotations, Bounds, Provenance};
pub use cache::{Record, discard, disk, prune, total};
pub use convert::plan;
pub use export::Built;
pub use history::{find_past, forget_past, new_reference, remember};
pub use ignore::Patterns;
pub use job::{
    Handed, advance, begin, cancel, forget, next_deadline, reference, result, take_archive, take_image, told,
};
pub use outline::{Offer, Outline, outline, targets};
pub use plan::{Planned, Refusal, Request, understand};
pub use travel::{files as cache_files, from_files as cache_from_files, from_image as cache_from_image};
pub(in crate::engine) use wording::below;
