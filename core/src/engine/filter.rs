//! `--filter`: conditions by name, each with its values, and Docker's rules for how values match.

use crate::base::Time;
use crate::base::time_format::parse_timestamp;
use crate::model::EngineError;
use std::collections::{BTreeMap, BTreeSet};

/// The conditions of one listing or prune.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters(BTreeMap<String, BTreeSet<String>>);

impl Filters {
    /// Takes over names and values.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, value) in pairs {
            all.entry(name).or_default().insert(value);
        }
        Self(all)
    }

    /// Refuses names that the operation does not know.
    ///
    /// # Errors
    /// `invalid filter 'NAME'`.
    pub fn check(&self, known: &[&str]) -> Result<(), EngineError> {
        match self.0.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(EngineError::invalid(format!("invalid filter '{name}'"))),
            None => Ok(()),
        }
    }

    /// The values of a condition; none where it is not given.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.get(name).into_iter().flatten().map(String::as_str)
    }

    /// True where the condition is given.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// True where the condition is not given, or one of its values is `text`.
    pub fn exact(&self, name: &str, text: &str) -> bool {
        !self.has(name) || self.values(name).any(|v| v == text)
    }

    /// True where the condition is not given, or one of its values is `text` or matches it as a regular
    /// expression.
    pub fn matches(&self, name: &str, text: &str) -> bool {
        let fits = |v: &str| v == text || regex_lite::Regex::new(v).is_ok_and(|regex| regex.is_match(text));
        !self.has(name) || self.values(name).any(fits)
    }

    /// True where every value (`key` or `key=value`) is among the labels.
    pub fn labels(&self, name: &str, labels: &BTreeMap<String, String>) -> bool {
        self.values(name).all(|wanted| match wanted.split_once('=') {
            Some((key, value)) => labels.get(key).is_some_and(|v| v == value),
            None => labels.contains_key(wanted),
        })
    }

    /// `label` and `label!` together, as prunes have them.
    pub fn prune_labels(&self, labels: &BTreeMap<String, String>) -> bool {
        self.labels("label", labels) && !(self.has("label!") && self.labels("label!", labels))
    }

    /// A switch; `None` where it is not given.
    ///
    /// # Errors
    /// `invalid filter 'NAME=[VALUE]'` for anything but 0, 1, false and true, or both.
    pub fn switch(&self, name: &str) -> Result<Option<bool>, EngineError> {
        let values: Vec<&str> = self.values(name).collect();
        let yes = values.iter().any(|v| matches!(*v, "1" | "true"));
        let no = values.iter().any(|v| matches!(*v, "0" | "false"));
        match (values.is_empty(), yes, no) {
            (true, ..) => Ok(None),
            (false, true, false) => Ok(Some(true)),
            (false, false, true) => Ok(Some(false)),
            _ => Err(EngineError::invalid(format!("invalid filter '{name}=[{}]'", values.join(" ")))),
        }
    }

    /// The moment of `until`: what was made later is left alone.
    ///
    /// # Errors
    /// More than one, or not a moment.
    pub fn until(&self, now: Time) -> Result<Option<Time>, EngineError> {
        let values: Vec<&str> = self.values("until").collect();
        match values[..] {
            [] => Ok(None),
            [text] => {
                let parsed = parse_timestamp(text, now);
                parsed.map(Some).map_err(|e| EngineError::invalid(e.daemon_text()))
            }
            _ => Err(EngineError::invalid("more than one until filter specified")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(pairs: &[(&str, &str)]) -> Filters {
        Filters::new(pairs.iter().map(|(k, v)| ((*k).to_string(), (*v).to_string())))
    }

    #[test]
    fn values_match_as_in_docker() {
        let of = filters(&[("name", "^dat"), ("label", "a"), ("label", "b=1"), ("dangling", "perhaps")]);
        assert!(of.matches("name", "data") && !of.matches("name", "mydata") && of.matches("id", "whatever"));
        let labels = |text: &[(&str, &str)]| text.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        assert!(of.labels("label", &labels(&[("a", "x"), ("b", "1")])));
        assert!(!of.labels("label", &labels(&[("a", "x"), ("b", "2")])));
        assert_eq!(of.switch("dangling").unwrap_err().message, "invalid filter 'dangling=[perhaps]'");
        assert_eq!(of.check(&["name", "label"]).unwrap_err().message, "invalid filter 'dangling'");
        let not = filters(&[("label!", "keep")]);
        assert!(not.prune_labels(&labels(&[])) && !not.prune_labels(&labels(&[("keep", "")])));
    }
}
