//! Floor 5: the daemon. Every verb of Docker as a function over the world, one file each.

pub mod image;
pub mod network;
pub mod registry;
