//! Image references, `[registry[:port]/][namespace/]repository[:tag][@digest]`, normalised as
//! Docker normalises them: `busybox` is `docker.io/library/busybox`, and prints as `busybox` again.

use super::go_text::quote;
use super::{Digest, glob};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The registry of names that give none.
pub const DOCKER_HUB: &str = "docker.io";
/// The tag of names that give none.
pub const LATEST: &str = "latest";

const LEGACY_HUB: &str = "index.docker.io";
const OFFICIAL: &str = "library/";
const MAX_PATH: usize = 255;
const MAX_TAG: usize = 128;
/// Longer input is refused unread; no valid reference comes near it.
const MAX_INPUT: usize = 16 * 1024;

/// Why a text is not an image reference. `Display` gives Docker's words; commands add their own in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferenceError {
    /// It does not follow the grammar at all.
    Format,
    /// The repository (named here, as normalised) has upper-case letters.
    Uppercase(String),
    /// Upper-case letters in a reference that was read without normalising it (`docker build -t`).
    UppercaseName,
    /// An empty text, read without normalising it.
    Empty,
    /// The repository is longer than 255 characters.
    NameTooLong,
    /// 64 hexadecimal digits, which would be taken for an id.
    LooksLikeId(String),
    /// The part after `@` is not a digest.
    DigestFormat,
    /// A digest of the wrong length for its algorithm.
    DigestLength,
    /// A digest by an algorithm other than sha256.
    DigestUnsupported,
}

impl fmt::Display for ReferenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format => f.write_str("invalid reference format"),
            Self::Uppercase(name) => {
                write!(f, "invalid reference format: repository name ({name}) must be lowercase")
            }
            Self::UppercaseName => f.write_str("repository name must be lowercase"),
            Self::Empty => f.write_str("repository name must have at least one component"),
            Self::NameTooLong => write!(f, "repository name must not be more than {MAX_PATH} characters"),
            Self::LooksLikeId(name) => {
                write!(f, "invalid repository name ({name}), cannot specify 64-byte hexadecimal strings")
            }
            Self::DigestFormat => f.write_str("invalid checksum digest format"),
            Self::DigestLength => f.write_str("invalid checksum digest length"),
            Self::DigestUnsupported => f.write_str("unsupported digest algorithm"),
        }
    }
}

impl std::error::Error for ReferenceError {}

impl ReferenceError {
    /// The message of `docker tag` for the target `text`.
    pub fn of_tag_target(&self, text: &str) -> String {
        format!("error parsing reference: {} is not a valid repository/tag: {self}", quote(text))
    }

    /// The message of `docker build -t` for the tag `text`, without `ERROR: failed to build: `.
    pub fn of_build_tag(&self, text: &str) -> String {
        format!("invalid tag {}: {self}", quote(text))
    }
}

/// A normalised image reference. `Display` gives the full form, which parses back to the same value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    domain: String,
    path: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// What an image argument may be: an id or a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnyReference {
    /// 64 hexadecimal digits, with or without `sha256:`.
    Id(Digest),
    /// Anything else that is a reference.
    Named(Reference),
}

impl Reference {
    /// Reads a reference as users write it. A missing tag stays missing; see [`Reference::or_latest`].
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        if text.len() == 64 && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(ReferenceError::LooksLikeId(text.into()));
        }
        let (domain, remainder) = split_domain(text);
        let remote = remainder.split(':').next().unwrap_or_default();
        if remote.len() <= MAX_INPUT && remote.to_lowercase() != remote {
            return Err(ReferenceError::Uppercase(remote.into()));
        }
        read(&format!("{domain}/{remainder}"))
    }

    /// The full form, with the digest or tag there is and no `latest` added: the same as `Display`.
    pub fn canonical(&self) -> String {
        self.to_string()
    }

    /// The registry: `docker.io`, `localhost:5000`, …
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The repository within its registry: `library/busybox`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The tag that was given.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest that was given.
    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// Registry and repository: `docker.io/library/busybox`.
    pub fn name(&self) -> String {
        if self.domain.is_empty() { self.path.clone() } else { format!("{}/{}", self.domain, self.path) }
    }

    /// The name as Docker prints it: `busybox`, `alice/webapp`, `localhost:5000/app`.
    pub fn familiar_name(&self) -> String {
        if self.domain != DOCKER_HUB {
            return self.name();
        }
        match self.path.strip_prefix(OFFICIAL) {
            Some(rest) if !rest.contains('/') => rest.into(),
            _ => self.path.clone(),
        }
    }

    /// The reference as Docker prints it: `busybox:latest`.
    pub fn familiar(&self) -> String {
        self.with_suffix(self.familiar_name())
    }

    /// The same with the tag `latest` where there is neither tag nor digest.
    pub fn or_latest(mut self) -> Self {
        if self.is_name_only() {
            self.tag = Some(LATEST.into());
        }
        self
    }

    /// Says whether there is neither tag nor digest.
    pub fn is_name_only(&self) -> bool {
        self.tag.is_none() && self.digest.is_none()
    }

    /// The name alone.
    pub fn without_tag(&self) -> Self {
        Self { tag: None, digest: None, ..self.clone() }
    }

    /// The name with `tag`, without a digest.
    ///
    /// # Errors
    /// [`ReferenceError::Format`] where `tag` is not a tag.
    pub fn with_tag(&self, tag: &str) -> Result<Self, ReferenceError> {
        if !is_tag(tag) {
            return Err(ReferenceError::Format);
        }
        Ok(Self { tag: Some(tag.into()), digest: None, ..self.clone() })
    }

    /// The name with `digest`, without a tag.
    pub fn with_digest(&self, digest: Digest) -> Self {
        Self { tag: None, digest: Some(digest), ..self.clone() }
    }

    /// The same without its tag where there is a digest too: the digest decides.
    pub fn digest_wins(mut self) -> Self {
        if self.digest.is_some() {
            self.tag = None;
        }
        self
    }

    /// Says whether the pattern of a `reference=` filter names this image: it must match the
    /// familiar form or the familiar name whole, and a star stops at a slash.
    pub fn matches(&self, pattern: &str) -> Result<bool, glob::BadPattern> {
        Ok(glob::path_match(pattern, &self.familiar())? || glob::path_match(pattern, &self.familiar_name())?)
    }

    fn with_suffix(&self, mut out: String) -> String {
        if let Some(tag) = &self.tag {
            out.push(':');
            out.push_str(tag);
        }
        if let Some(digest) = &self.digest {
            out.push('@');
            out.push_str(&digest.to_string());
        }
        out
    }
}

impl AnyReference {
    /// Reads an id (whole, not a prefix) or a name.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        match Digest::parse(text) {
            Some(id) => Ok(Self::Id(id)),
            None => Reference::parse(text).map(Self::Named),
        }
    }
}

/// Checks a tag as `docker build -t` does before anything else: the grammar alone, nothing normalised.
pub fn check_build_tag(text: &str) -> Result<(), ReferenceError> {
    read(text).map(|_| ())
}

/// Registry and the rest, with Docker Hub's names filled in. The first component is a registry
/// where it cannot be a namespace: a dot, a port, an upper-case letter, or `localhost`.
fn split_domain(text: &str) -> (&str, String) {
    let (domain, rest) = match text.split_once('/') {
        None => (DOCKER_HUB, text),
        Some((LEGACY_HUB, rest)) => (DOCKER_HUB, rest),
        Some((first, rest))
            if first == "localhost" || first.contains(['.', ':']) || first.to_lowercase() != first =>
        {
            (first, rest)
        }
        Some(_) => (DOCKER_HUB, text),
    };
    let official = domain == DOCKER_HUB && !rest.contains('/');
    (domain, format!("{}{rest}", if official { OFFICIAL } else { "" }))
}

/// The grammar, without normalising.
fn read(text: &str) -> Result<Reference, ReferenceError> {
    if text.is_empty() {
        return Err(ReferenceError::Empty);
    }
    if text.len() > MAX_INPUT {
        return Err(ReferenceError::Format);
    }
    let Some(parts) = split_parts(text) else {
        return Err(match split_parts(&text.to_lowercase()) {
            Some(_) => ReferenceError::UppercaseName,
            None => ReferenceError::Format,
        });
    };
    let (domain, path) = match parts.name.split_once('/') {
        Some((first, rest)) if is_domain(first) => (first, rest),
        _ => ("", parts.name),
    };
    if path.len() > MAX_PATH {
        return Err(ReferenceError::NameTooLong);
    }
    let digest = parts.digest.map(read_digest).transpose()?;
    Ok(Reference { domain: domain.into(), path: path.into(), tag: parts.tag.map(Into::into), digest })
}

struct Parts<'a> {
    name: &'a str,
    tag: Option<&'a str>,
    digest: Option<&'a str>,
}

fn split_parts(text: &str) -> Option<Parts<'_>> {
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    let last = rest.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = match rest.get(last..)?.split_once(':') {
        Some((component, tag)) => (rest.get(..last + component.len())?, Some(tag)),
        None => (rest, None),
    };
    let path = match name.split_once('/') {
        Some((first, rest)) if is_domain(first) => rest,
        _ => name,
    };
    let good = path.split('/').all(is_path_component)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest_shape);
    good.then_some(Parts { name, tag, digest })
}

fn is_domain(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    if port.is_some_and(|p| p.is_empty() || !p.bytes().all(|c| c.is_ascii_digit())) {
        return false;
    }
    if let Some(ip) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return !ip.is_empty() && ip.bytes().all(|c| c.is_ascii_hexdigit() || c == b':');
    }
    host.split('.').all(|label| {
        let alnum = |c: Option<&u8>| c.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = label.as_bytes();
        alnum(bytes.first())
            && alnum(bytes.last())
            && bytes.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'-')
    })
}

/// Lower-case letters and digits in runs, joined by one dot, one or two underscores, or dashes.
fn is_path_component(text: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(word)
        && text.ends_with(word)
        && text.split(word).all(|gap| matches!(gap, "" | "." | "_" | "__") || gap.bytes().all(|c| c == b'-'))
}

fn is_tag(text: &str) -> bool {
    text.len() <= MAX_TAG
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-'))
}

fn is_digest_shape(text: &str) -> bool {
    let Some((algorithm, hex)) = text.split_once(':') else { return false };
    algorithm.split(['-', '_', '+', '.']).all(|part| {
        part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.bytes().all(|c| c.is_ascii_alphanumeric())
    }) && hex.len() >= 32
        && hex.bytes().all(|c| c.is_ascii_hexdigit())
}

fn read_digest(text: &str) -> Result<Digest, ReferenceError> {
    match text.split_once(':') {
        Some(("sha256", hex)) if hex.len() != 64 => Err(ReferenceError::DigestLength),
        Some(("sha256", _)) => Digest::parse(text).ok_or(ReferenceError::DigestFormat),
        Some((algorithm, _)) if algorithm.bytes().any(|c| c.is_ascii_uppercase()) => {
            Err(ReferenceError::DigestFormat)
        }
        Some(_) => Err(ReferenceError::DigestUnsupported),
        None => Err(ReferenceError::DigestFormat),
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_suffix(self.name()))
    }
}

impl std::str::FromStr for Reference {
    type Err = ReferenceError;
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        Self::parse(text)
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalises_and_prints_short() {
        for (text, full, short) in [
            ("busybox", "docker.io/library/busybox", "busybox"),
            ("alice/webapp:v1", "docker.io/alice/webapp:v1", "alice/webapp:v1"),
            ("docker.io/busybox:1", "docker.io/library/busybox:1", "busybox:1"),
            ("index.docker.io/library/busybox", "docker.io/library/busybox", "busybox"),
            ("library/a/b", "docker.io/library/a/b", "library/a/b"),
            ("localhost/app", "localhost/app", "localhost/app"),
            ("host:5000/app", "host:5000/app", "host:5000/app"),
            ("[::1]:5000/app:x", "[::1]:5000/app:x", "[::1]:5000/app:x"),
            ("Team/app", "Team/app", "Team/app"),
            ("a.b_c/app", "a.b_c/app", "a.b_c/app"),
            ("registry.local:5000/team/mybox:v1.2-rc_3", "registry.local:5000/team/mybox:v1.2-rc_3", ""),
            ("a__b/c---d", "docker.io/a__b/c---d", "a__b/c---d"),
        ] {
            let r = Reference::parse(text).unwrap();
            assert_eq!(r.to_string(), full);
            assert_eq!(r.familiar(), if short.is_empty() { full } else { short });
        }
        let digest = Digest::of(b"x");
        let r = Reference::parse(&format!("busybox:1@{digest}")).unwrap();
        assert_eq!((r.tag(), r.digest()), (Some("1"), Some(digest)));
        assert_eq!(r.digest_wins().familiar(), format!("busybox@{digest}"));
        assert_eq!(Reference::parse("busybox").unwrap().or_latest().familiar(), "busybox:latest");
    }

    #[test]
    fn refuses_in_dockers_words() {
        let said = |text: &str| Reference::parse(text).unwrap_err().to_string();
        assert_eq!(
            said("BusyBox"),
            "invalid reference format: repository name (library/BusyBox) must be lowercase"
        );
        assert_eq!(
            said("127.0.0.1:5000/UPPER"),
            "invalid reference format: repository name (UPPER) must be lowercase"
        );
        let id = "0".repeat(64);
        assert_eq!(
            said(&id),
            format!("invalid repository name ({id}), cannot specify 64-byte hexadecimal strings")
        );
        assert_eq!(said(&format!("a@sha256:{}", "a".repeat(40))), "invalid checksum digest length");
        assert_eq!(said(&format!("a@sha256:{}", "A".repeat(64))), "invalid checksum digest format");
        assert_eq!(said(&format!("a@md5:{}", "a".repeat(32))), "unsupported digest algorithm");
        assert_eq!(said(&"a".repeat(256)), "repository name must not be more than 255 characters");
        let long_tag = format!("a:{}", "t".repeat(129));
        for bad in [
            "",
            "busybox:bad:tag",
            "http://example.com/x",
            "busybox@sha256:short",
            ":v1",
            "mybox:-v",
            "my box",
            "127.0.0.1:5000/reg5/",
            "a//b",
            "a..b",
            "-dash",
            "a___b",
            &long_tag,
        ] {
            assert_eq!(Reference::parse(bad), Err(ReferenceError::Format), "{bad}");
        }
        assert_eq!(check_build_tag("Demo"), Err(ReferenceError::UppercaseName));
        assert_eq!(
            check_build_tag("demo:bad:tag").unwrap_err().of_build_tag("demo:bad:tag"),
            "invalid tag \"demo:bad:tag\": invalid reference format"
        );
        assert_eq!(check_build_tag(""), Err(ReferenceError::Empty));
        assert_eq!(
            Reference::parse("Bad").unwrap_err().of_tag_target("Bad"),
            "error parsing reference: \"Bad\" is not a valid repository/tag: \
             invalid reference format: repository name (library/Bad) must be lowercase"
        );
    }

    #[test]
    fn filters_by_pattern() {
        let app = Reference::parse("team/app:v1").unwrap();
        for (pattern, want) in [("*:v1", false), ("team/*:v*", true), ("team/app", true), ("*/*", true)] {
            assert_eq!(app.matches(pattern), Ok(want), "{pattern}");
        }
        assert!(app.matches("team/[").is_err());
    }

    proptest::proptest! {
        #[test]
        fn what_parses_prints_and_parses_again(
            text in "([a-zA-Z0-9._-]{1,6}(:[0-9]{1,4})?/)?([a-z0-9._-]{1,5}/){0,2}[a-z0-9_.-]{1,6}(:[\\w.-]{1,6})?",
        ) {
            if let Ok(r) = Reference::parse(&text) {
                proptest::prop_assert_eq!(Reference::parse(&r.to_string()), Ok(r));
            }
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,40}|[a-zA-Z0-9./:@_\\[\\]-]{0,40}") {
            let _ = AnyReference::parse(&text);
            let _ = check_build_tag(&text);
        }
    }
}
