//! The daemon's image operations, one file each, and how images are packed for the way between the
//! store, registries and archives.

mod find;
mod name;
pub mod pack;
pub mod size;

pub use find::{By, ForContainer, Found, find, for_container, matches_platform};
pub use name::{Left, emit, forget, give, repo_digests, repo_tags, tag};
