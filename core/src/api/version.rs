//! Versions of the API: what stands in front of a path, and what is refused.

use super::Refusal;
use crate::engine::system::{API, MIN_API};
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

/// Takes the version off a path; the newest where it names none.
///
/// # Errors
/// A version that is too old or too new.
pub fn split(path: &str) -> Result<(Version, &str), Refusal> {
    let rest = path.strip_prefix("/v").unwrap_or_default();
    let word = rest.split('/').next().unwrap_or_default();
    let is_version = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !is_version {
        return Ok((Version::newest(), path));
    }
    let path = rest.get(word.len()..).filter(|p| !p.is_empty()).unwrap_or("/");
    let version = Version::parse(word).unwrap_or(Version(0, 0));
    if Version::parse(MIN_API).is_some_and(|least| version < least) {
        return Err(Refusal::invalid(format!(
            "client version {word} is too old. Minimum supported API version is {MIN_API}, please upgrade your client \
             to a newer version"
        )));
    }
    if version > Version::newest() {
        return Err(Refusal::invalid(format!(
            "client version {word} is too new. Maximum supported API version is {API}"
        )));
    }
    Ok((version, path))
}
