//! What versions of a package will do: `>=4,<5`, `==2.3.*`, `~=1.4`, of pip and apk.
//!
//! The indexes know one version of each package, the newest. Whoever asks for an older one by number gets it, since
//! guides name versions that were released; one that is newer is not there.

use std::cmp::Ordering;

/// What has to hold of a version, all of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Constraint(Vec<(String, String)>);

const SIGNS: [char; 5] = ['=', '<', '>', '~', '!'];

impl Constraint {
    /// A requirement as its name, without extras, and what has to hold: `flask[async]>=2,<3`.
    pub fn read(requirement: &str) -> (String, Self) {
        let at = requirement.find(SIGNS).unwrap_or(requirement.len());
        let (name, rest) = requirement.split_at(at);
        let parts = rest.split(',').map(str::trim).filter(|part| !part.is_empty()).map(|part| {
            let (sign, version) = part.split_at(part.find(|c| !SIGNS.contains(&c)).unwrap_or(part.len()));
            (sign.to_string(), version.trim().to_string())
        });
        (name.split('[').next().unwrap_or(name).trim().to_string(), Self(parts.collect()))
    }

    /// True where a version will do.
    pub fn fits(&self, version: &str) -> bool {
        self.0.iter().all(|(sign, wanted)| {
            let order = compare(version, wanted);
            let (prefix, pattern) = match wanted.strip_suffix(".*") {
                Some(prefix) => (prefix, true),
                None => (wanted.as_str(), false),
            };
            match sign.as_str() {
                "==" | "=" if pattern => begins(version, prefix),
                "!=" if pattern => !begins(version, prefix),
                "==" | "===" | "=" => order == Ordering::Equal,
                "!=" => order != Ordering::Equal,
                ">=" => order != Ordering::Less,
                "<=" => order != Ordering::Greater,
                ">" => order == Ordering::Greater,
                "<" => order == Ordering::Less,
                // `~=1.4.2` is 1.4.2 or a later 1.4; apk's `~1.4` is any 1.4.
                "~=" => {
                    let series = wanted.rsplit_once('.').map_or(wanted.as_str(), |(series, _)| series);
                    order != Ordering::Less && begins(version, series)
                }
                "~" | "=~" => begins(version, wanted),
                _ => false,
            }
        })
    }

    /// The version to take: the newest where it will do, else one that is asked for by its number and not newer.
    pub fn choose(&self, newest: &str) -> Option<String> {
        let named = self.0.iter().filter(|(sign, _)| matches!(sign.as_str(), "==" | "===" | ">=" | "~="));
        let named = named.map(|(_, version)| version.replace(".*", ".0"));
        let older = |version: &String| compare(version, newest) == Ordering::Less;
        let mut all = std::iter::once(newest.to_string()).chain(named.filter(older));
        all.find(|version| version.starts_with(|c: char| c.is_ascii_digit()) && self.fits(version))
    }
}

impl std::fmt::Display for Constraint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<String> = self.0.iter().map(|(sign, version)| format!("{sign}{version}")).collect();
        f.write_str(&parts.join(","))
    }
}

/// The numbers of a version, without zeros at the end.
fn numbers(version: &str) -> Vec<u64> {
    let runs = version.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    let mut all: Vec<u64> = runs.map(|run| run.parse().unwrap_or(u64::MAX)).collect();
    while all.last() == Some(&0) {
        all.pop();
    }
    all
}

/// The order of two versions by their numbers.
pub fn compare(a: &str, b: &str) -> Ordering {
    numbers(a).cmp(&numbers(b))
}

/// True where a version is the prefix or goes on behind it.
pub fn begins(version: &str, prefix: &str) -> bool {
    version.strip_prefix(prefix).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
}
