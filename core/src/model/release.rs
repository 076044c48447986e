//! Which engine the daemon answers as: its version, and the versions of the API it speaks.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A release of the engine.
///
/// Images and the command line are those of 29.7.2 whatever the release: what changes is what the daemon says of
/// itself, which versions of the API it accepts, and the fields and texts that depend on the version of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// The version of the engine.
    pub version: &'static str,
    /// The newest version of the API it speaks.
    pub api: &'static str,
    /// The oldest version of the API it speaks.
    pub min_api: &'static str,
}

const fn release(version: &'static str, api: &'static str, min_api: &'static str) -> Release {
    Release { version, api, min_api }
}

/// The releases there are, the newest first. Source: the version matrix and the release notes of Docker's documentation.
const RELEASES: [Release; 21] = [
    release("29.7.2", "1.55", "1.40"),
    release("29.1.5", "1.52", "1.44"),
    release("29.0.4", "1.52", "1.44"),
    release("28.5.2", "1.51", "1.24"),
    release("28.4.0", "1.51", "1.24"),
    release("28.3.3", "1.51", "1.24"),
    release("28.2.2", "1.50", "1.24"),
    release("28.1.1", "1.49", "1.24"),
    release("28.0.4", "1.48", "1.24"),
    release("27.5.1", "1.47", "1.24"),
    release("27.4.1", "1.47", "1.24"),
    release("27.3.1", "1.47", "1.24"),
    release("27.2.1", "1.47", "1.24"),
    release("27.1.2", "1.46", "1.24"),
    release("27.0.3", "1.46", "1.24"),
    release("26.1.4", "1.45", "1.24"),
    release("26.0.2", "1.45", "1.24"),
    release("25.0.5", "1.44", "1.24"),
    release("24.0.9", "1.43", "1.12"),
    release("23.0.6", "1.42", "1.12"),
    release("20.10.24", "1.41", "1.12"),
];

impl Default for Release {
    fn default() -> Self {
        RELEASES[0]
    }
}

impl Release {
    /// The newest release that a version names: `28.5`, `28`, `27.3.1`.
    ///
    /// # Errors
    /// Where there is none, with those there are.
    pub fn find(wanted: &str) -> Result<Self, String> {
        let named = |release: &&Release| {
            release.version == wanted
                || release.version.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.'))
        };
        RELEASES.iter().find(named).copied().ok_or_else(|| {
            let known: Vec<&str> = RELEASES.iter().map(|release| release.version).collect();
            format!("Drydock does not answer as engine {wanted}; it does as {}", known.join(", "))
        })
    }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.version.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Release {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::find(&String::deserialize(d)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_by_their_beginning() {
        assert_eq!(Release::find("28.5").map(|r| r.api), Ok("1.51"));
        assert_eq!(Release::find("28").map(|r| r.version), Ok("28.5.2"));
        assert_eq!(Release::find("27.3.1").map(|r| r.version), Ok("27.3.1"));
        for wanted in ["2", "28.", "", "28.5.1", "30.0"] {
            assert!(Release::find(wanted).is_err(), "{wanted}");
        }
    }
}
