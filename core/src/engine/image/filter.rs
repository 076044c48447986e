//! `--filter` of `images` and `image prune`.

use super::find::{find, repository_of};
use crate::base::time_format::parse_timestamp;
use crate::base::{Reference, Time};
use crate::model::{EngineError, Image, ImageStore};
use std::collections::BTreeMap;

/// Filters that were read: what an image must be to pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// Without a name, or with one.
    pub dangling: Option<bool>,
    labels: Vec<(String, Option<String>)>,
    not_labels: Vec<(String, Option<String>)>,
    before: Option<Time>,
    since: Option<Time>,
    until: Option<Time>,
    references: Vec<String>,
}

/// The filters of `images`.
pub const LIST: &[&str] = &["dangling", "label", "label!", "before", "since", "until", "reference"];
/// The filters of `image prune`.
pub const PRUNE: &[&str] = &["dangling", "label", "label!", "until"];

impl Filters {
    /// Reads pairs of name and value.
    ///
    /// # Errors
    /// A filter that is not `known`, a value that makes no sense, an image that is not there.
    pub fn read(
        store: &ImageStore,
        given: &[(String, String)],
        known: &[&str],
        now: Time,
    ) -> Result<Filters, EngineError> {
        let mut filters = Filters::default();
        for (name, value) in given {
            if !known.contains(&name.as_str()) {
                return Err(EngineError::invalid(format!("invalid filter '{name}'")));
            }
            let created = || find(store, value).map(|found| Some(found.image.created()));
            match name.as_str() {
                "dangling" => filters.dangling = Some(switch(name, value)?),
                "label" => filters.labels.push(label(value)),
                "label!" => filters.not_labels.push(label(value)),
                "before" => filters.before = created()?,
                "since" => filters.since = created()?,
                "until" => {
                    let at = parse_timestamp(value, now).map_err(|e| {
                        let why = e.daemon_text();
                        EngineError::invalid(format!("invalid value for 'until' filter: {why}"))
                    })?;
                    filters.until = Some(filters.until.map_or(at, |other| other.min(at)));
                }
                _ => filters.references.push(value.clone()),
            }
        }
        Ok(filters)
    }

    /// Whether an image passes, names aside.
    pub fn pass(&self, store: &ImageStore, image: &Image) -> bool {
        let created = image.created();
        let no_labels = BTreeMap::new();
        let labels = image.config.config.labels.as_ref().unwrap_or(&no_labels);
        let has = |(key, value): &(String, Option<String>)| {
            labels.get(key).is_some_and(|found| value.as_ref().is_none_or(|value| value == found))
        };
        self.dangling.is_none_or(|dangling| dangling == store.names_of(image.id()).next().is_none())
            && self.before.is_none_or(|at| created < at)
            && self.since.is_none_or(|at| created > at)
            && self.until.is_none_or(|at| created < at)
            && self.labels.iter().all(has)
            && !self.not_labels.iter().any(has)
    }

    /// Whether a name passes `reference=PATTERN`.
    pub fn pass_name(&self, name: &Reference) -> bool {
        self.references.is_empty()
            || self.references.iter().any(|pattern| name.matches(pattern).unwrap_or(false))
    }

    /// The same whatever is dangling.
    pub(super) fn without_dangling(self) -> Self {
        Self { dangling: None, ..self }
    }

    /// Whether names are filtered at all.
    pub fn wants_names(&self) -> bool {
        !self.references.is_empty()
    }
}

fn switch(name: &str, value: &str) -> Result<bool, EngineError> {
    match value {
        "true" | "1" | "t" | "T" | "TRUE" | "True" => Ok(true),
        "false" | "0" | "f" | "F" | "FALSE" | "False" => Ok(false),
        _ => Err(EngineError::invalid(format!("invalid filter '{name}=[{value}]'"))),
    }
}

fn label(text: &str) -> (String, Option<String>) {
    match text.split_once('=') {
        Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
        None => (text.to_owned(), None),
    }
}

/// Whether the argument of `docker images` means this name: a repository or pattern, perhaps with a tag.
pub fn is_named(name: &Reference, wanted: &str) -> bool {
    if name.matches(wanted).unwrap_or(false) {
        return true;
    }
    Reference::parse(wanted).is_ok_and(|wanted| {
        repository_of(&name.canonical()) == wanted.name()
            && wanted.tag().is_none_or(|tag| name.tag() == Some(tag))
            && wanted.digest().is_none_or(|digest| name.digest() == Some(digest))
    })
}
