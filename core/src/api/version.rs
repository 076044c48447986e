//! Versions of the API: what stands in front of a path, and what is refused.

use super::Refusal;
use super::reply::not_simulated;
use crate::engine::system::{API, MIN_API};
use crate::model::Release;
use std::fmt;

/// A version of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

impl Version {
    /// Reads `1.45`.
    pub fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        Some(Self(major.parse().ok()?, minor.parse().ok()?))
    }

    /// The newest there is.
    pub fn newest() -> Self {
        Self::parse(API).unwrap_or(Self(1, 0))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// Takes the version off a path; the newest that a release speaks where it names none.
///
/// # Errors
/// A version that is too old or too new for the release; one that Drydock does not simulate.
pub fn split(path: &str, release: Release) -> Result<(Version, &str), Refusal> {
    let Release { api, min_api, .. } = release;
    let newest = Version::parse(api).unwrap_or_else(Version::newest);
    let rest = path.strip_prefix("/v").unwrap_or_default();
    let word = rest.split('/').next().unwrap_or_default();
    let is_version = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !is_version {
        return Ok((newest, path));
    }
    let path = rest.get(word.len()..).filter(|p| !p.is_empty()).unwrap_or("/");
    let version = Version::parse(word).unwrap_or(Version(0, 0));
    if Version::parse(min_api).is_some_and(|least| version < least) {
        return Err(Refusal::invalid(format!(
            "client version {word} is too old. Minimum supported API version is {min_api}, please upgrade your client \
             to a newer version"
        )));
    }
    if Version::parse(MIN_API).is_some_and(|least| version < least) {
        return Err(not_simulated(&format!("version {word} of the Engine API (the oldest is {MIN_API})")));
    }
    if version > newest {
        return Err(Refusal::invalid(format!(
            "client version {word} is too new. Maximum supported API version is {api}"
        )));
    }
    Ok((version, path))
}
