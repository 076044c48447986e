//! The daemon's image operations, one file each, and how images are packed for the way between the
//! store, registries and archives.

mod find;
pub mod pack;

pub use find::{ForContainer, find, for_container};
