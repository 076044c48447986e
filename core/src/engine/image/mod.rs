//! The daemon's image operations, one file each, and how images are packed for the way between the
//! store, registries and archives.

pub mod pack;
