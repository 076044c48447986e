//! A request as it came, and as an endpoint sees it.

use super::query::Query;
use super::version::Version;
use super::{MAX_JSON, Refusal, body};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request as it came over the wire, its body whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Request {
    /// `GET`, `POST` …
    pub method: String,
    /// Path and query, perhaps with scheme and host in front.
    pub target: String,
    /// Headers; names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), ..Self::default() }
    }

    /// The same with a JSON body.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.headers.push(("content-type".into(), "application/json".into()));
        self.body = body.to_string().into_bytes();
        self
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The path, without scheme and host, undecoded.
    pub fn path(&self) -> String {
        let target = self.target.split(['?', '#']).next().unwrap_or_default();
        match target.split_once("://") {
            Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/").to_owned(),
            None => target.to_owned(),
        }
    }

    fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// A request as an endpoint sees it.
#[derive(Debug)]
pub struct Call<'a> {
    /// The request.
    pub request: &'a Request,
    /// The version it speaks.
    pub version: Version,
    /// The parameters of its query.
    pub query: Query,
    names: Vec<String>,
}

impl<'a> Call<'a> {
    /// A request with what stands at the places of its path that have no fixed word.
    pub(super) fn new(request: &'a Request, version: Version, names: Vec<String>) -> Self {
        Self { request, version, query: Query::parse(request.query()), names }
    }

    /// A request that is no part of the Engine API.
    pub fn plain(request: &'a Request) -> Self {
        Self::new(request, Version::newest(), vec![])
    }

    /// What stands at the first open place of the path.
    pub fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// What it is about: the name in its path, or the image that it builds.
    pub fn subject(&self) -> &str {
        if self.names.is_empty() { self.query.get("t") } else { self.name() }
    }

    /// True where the client wants the connection for itself.
    pub fn upgrades(&self) -> bool {
        self.request.header("upgrade").is_some()
    }

    /// The body as a JSON document.
    ///
    /// # Errors
    /// In the daemon's words.
    pub fn value(&self) -> Result<Value, Refusal> {
        let kind = self.request.header("content-type").unwrap_or_default();
        let media = kind.split(';').next().unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case("application/json") {
            if media.is_empty() && !self.request.body.is_empty() {
                return Err(Refusal::invalid("malformed Content-Type header (): mime: no media type"));
            }
            if !media.is_empty() {
                return Err(Refusal::invalid(format!(
                    "unsupported Content-Type header ({kind}): must be 'application/json'"
                )));
            }
        }
        if self.request.body.len() > MAX_JSON {
            return Err(Refusal::invalid("invalid JSON: the document is larger than 4 MiB"));
        }
        if self.request.body.is_empty() {
            return Err(Refusal::invalid("invalid JSON: got EOF while reading request body"));
        }
        body::read(&self.request.body).map_err(|why| Refusal::invalid(format!("invalid JSON: {why}")))
    }

    /// The body as a document of the API.
    ///
    /// # Errors
    /// In the daemon's words.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        body::of(self.value()?)
    }

    /// The body as a document of the API; what is not there is empty.
    ///
    /// # Errors
    /// In the daemon's words.
    pub fn json_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Refusal> {
        if self.request.body.is_empty() { Ok(T::default()) } else { self.json() }
    }
}
