//! The client's side of HTTP as `curl` and `wget` share it: addresses of the web and one exchange over one
//! connection, as plain data that is polled.

use crate::base::Errno;
use crate::kernel::http::{Body, Parsed, Request, Response, parse_head};
use crate::kernel::{Read, Sys};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// The parts of `http://user@host:port/path?query`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Url {
    /// `http` or `https`, or what else was written.
    pub scheme: String,
    /// The user and password before `@`.
    pub user: Option<String>,
    /// The host.
    pub host: String,
    /// The port, written or the scheme's.
    pub port: u16,
    /// What is asked for: path and query, at least `/`.
    pub target: String,
}

impl Url {
    /// Reads an address; without a scheme it is `http`. `None` where there is no host or no such port.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => ("http".to_string(), text),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user.to_string()), place),
            None => (None, authority),
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, "")) => (host, None),
            Some((host, port)) => (host, Some(port.parse::<u16>().ok()?)),
            None => (place, None),
        };
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let path = path.split('#').next().unwrap_or("");
        let target = if path.starts_with('/') { path.to_string() } else { format!("/{path}") };
        let port = port.unwrap_or(if scheme == "https" { 443 } else { 80 });
        Some(Self { scheme, user, host: host.to_string(), port, target: target.replace(' ', "%20") })
    }

    /// Where `Location: TEXT` leads from here.
    pub fn follow(&self, text: &str) -> Option<Self> {
        if text.contains("://") {
            return Self::parse(text);
        }
        let target = if let Some(rest) = text.strip_prefix("//") {
            return Self::parse(&format!("{}://{rest}", self.scheme));
        } else if text.starts_with('/') {
            text.to_string()
        } else {
            let path = self.target.split('?').next().unwrap_or("/");
            let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
            format!("{dir}/{text}")
        };
        Some(Self { target, ..self.clone() })
    }

    /// The value of the `Host` field.
    pub fn host_field(&self) -> String {
        let usual = if self.scheme == "https" { 443 } else { 80 };
        if self.port == usual { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    /// The whole address.
    pub fn text(&self) -> String {
        format!("{}://{}{}", self.scheme, self.host_field(), self.target)
    }

    /// The last name of the path, for a file; empty where the path ends in a slash.
    pub fn file_name(&self) -> &str {
        let path = self.target.split('?').next().unwrap_or("");
        path.rsplit('/').next().unwrap_or("")
    }
}

/// What a poll of an [`Exchange`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Nothing yet: block until the connection is readable.
    Wait,
    /// The head of the answer.
    Head(Response),
    /// A piece of the body, decoded.
    Data(Vec<u8>),
    /// The answer is complete.
    End,
    /// The connection ended before an answer began.
    Empty,
    /// It ended within the body, with this many bytes missing where that is known.
    Cut(Option<u64>),
    /// It failed.
    Failed(Errno),
    /// What came is not HTTP.
    NotHttp,
}

/// One request and its answer over one connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The connection's descriptor.
    pub fd: i32,
    method: String,
    buffer: Vec<u8>,
    body: Option<Body>,
    ended: bool,
}

/// How much is read at a time, in bytes.
const PIECE: usize = 64 << 10;

impl Exchange {
    /// Connects and sends the request.
    ///
    /// # Errors
    /// As [`Sys::connect`].
    pub fn start(sys: &mut Sys<'_>, address: Ipv4Addr, port: u16, request: &Request) -> Result<Self, Errno> {
        let fd = sys.connect(address, port)?;
        sys.write(fd, &request.to_bytes());
        Ok(Self { fd, method: request.method.clone(), buffer: vec![], body: None, ended: false })
    }

    /// Reads on. After anything but [`Event::Wait`], [`Event::Head`] and [`Event::Data`] the exchange is over
    /// and [`Exchange::close`] is due.
    pub fn poll(&mut self, sys: &mut Sys<'_>) -> Event {
        loop {
            if let Some(event) = self.parse() {
                return event;
            }
            match sys.read(self.fd, PIECE) {
                Ok(Read::Data(data)) => self.buffer.extend(data),
                Ok(Read::Wait) => return Event::Wait,
                Ok(Read::End) => self.ended = true,
                Err(e) => return Event::Failed(e),
            }
        }
    }

    fn parse(&mut self) -> Option<Event> {
        let Some(body) = &mut self.body else {
            return match parse_head(&self.buffer) {
                Parsed::Done(head, used) => {
                    self.buffer.drain(..used);
                    if (100..200).contains(&head.status) && head.status != 101 {
                        return self.parse();
                    }
                    self.body = Some(Body::of_response(&self.method, head.status, &head.headers).ok()?);
                    Some(Event::Head(head))
                }
                Parsed::More if self.ended && self.buffer.is_empty() => Some(Event::Empty),
                Parsed::More if self.ended => Some(Event::NotHttp),
                Parsed::More => None,
                Parsed::Bad(_) => Some(Event::NotHttp),
            };
        };
        let mut out = vec![];
        match body.feed(&self.buffer, &mut out) {
            Ok(used) => drop(self.buffer.drain(..used)),
            Err(_) => return Some(Event::Failed(Errno::EIO)),
        }
        if !out.is_empty() {
            return Some(Event::Data(out));
        }
        match body {
            Body::Done => Some(Event::End),
            Body::UntilClose if self.ended => Some(Event::End),
            body if self.ended => Some(Event::Cut(body.missing())),
            _ => None,
        }
    }

    /// Ends the connection.
    pub fn close(&self, sys: &mut Sys<'_>) {
        let _was_open = sys.close(self.fd);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_web() {
        let url = Url::parse("example.com").unwrap();
        assert_eq!((url.text().as_str(), url.port), ("http://example.com/", 80));
        let url = Url::parse("https://u:p@h:8443/a/b?q#f").unwrap();
        assert_eq!(
            (url.host_field().as_str(), url.target.as_str(), url.file_name()),
            ("h:8443", "/a/b?q", "b")
        );
        assert_eq!(url.user.as_deref(), Some("u:p"));
        for (location, text) in [
            ("/x", "https://h:8443/x"),
            ("c", "https://h:8443/a/c"),
            ("http://other/", "http://other/"),
            ("//third/y", "https://third/y"),
        ] {
            assert_eq!(url.follow(location).unwrap().text(), text, "{location}");
        }
        for bad in ["", "http://", "http://h:99999/", "http://a b/"] {
            assert_eq!(Url::parse(bad), None, "{bad}");
        }
    }
}
