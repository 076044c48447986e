//! Registries: Docker Hub with its catalogue, and those that hold what was pushed to them.

pub mod catalogue;
