//! A volume of the `local` driver.

use crate::base::Time;
use crate::kernel::FsId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Its name; 64 random digits for an anonymous one.
    pub name: String,
    /// When it was made.
    pub created: Time,
    /// `local`.
    pub driver: String,
    /// `--opt`.
    pub options: Option<BTreeMap<String, String>>,
    /// Labels; anonymous ones carry `com.docker.volume.anonymous`.
    pub labels: Option<BTreeMap<String, String>>,
    /// Its files.
    pub fs: FsId,
}

/// The label that marks a volume as anonymous.
pub const ANONYMOUS_LABEL: &str = "com.docker.volume.anonymous";

impl Volume {
    /// True where it was made without a name.
    pub fn is_anonymous(&self) -> bool {
        self.labels.as_ref().is_some_and(|labels| labels.contains_key(ANONYMOUS_LABEL))
    }

    /// Where the host would see its files.
    pub fn mountpoint(&self) -> String {
        format!("/var/lib/docker/volumes/{}/_data", self.name)
    }
}
