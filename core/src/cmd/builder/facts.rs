//! What buildx knows of the one builder there is, the daemon's own.

use crate::cmd::Failure;
use crate::cmd::endpoint::no_builder;

/// Its name, and that of its node.
pub const NAME: &str = "default";
/// The version of BuildKit in the daemon.
pub const BUILDKIT: &str = "v0.32.2";
/// What its machine can run.
pub const PLATFORMS: [&str; 5] = ["linux/amd64", "linux/amd64/v2", "linux/amd64/v3", "linux/amd64/v4", "linux/386"];

/// Checks that a builder is there; an empty name is the current one.
///
/// # Errors
/// In the words of buildx.
pub fn check(name: &str) -> Result<(), Failure> {
    if name.is_empty() || name == NAME { Ok(()) } else { Err(no_builder(name)) }
}
