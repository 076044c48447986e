//! The daemon's image operations, one file each, and how images are packed for the way between the
//! store, registries and archives.

mod filter;
mod find;
mod history;
mod inspect;
mod list;
mod name;
pub mod pack;
mod prune;
mod remove;
pub mod size;

pub use find::{By, ForContainer, Found, find, for_container, matches_platform};
pub use history::{Step, history};
pub use inspect::inspect;
pub use list::{List, Summary, list};
pub use name::{Left, emit, forget, give, repo_digests, repo_tags, tag};
pub use prune::{Pruned, disk, prune};
pub use remove::{Removed, remove};
