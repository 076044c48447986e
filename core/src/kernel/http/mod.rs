//! HTTP/1.1 messages: read from bytes that come in pieces, written as bytes. `curl`, `wget`, the services
//! of containers and the simulated internet all use these; nothing here waits or keeps a connection.
//!
//! A server collects what it reads and asks [`parse_request`] until it says [`Parsed::Done`]; it answers with
//! [`Response::new`], [`Response::to_bytes`]. A client sends [`Request::to_bytes`], asks [`parse_head`] for
//! the head of the answer, and hands everything after it to a [`Body`].

mod body;

pub use body::{Body, BodyError};

use crate::base::{Time, time_format};
use serde::{Deserialize, Serialize};

/// The largest head of a message in bytes, as nginx and curl have it within an order of magnitude.
pub const MAX_HEAD: usize = 64 << 10;
/// The largest body of a request in bytes.
pub const MAX_BODY: usize = 16 << 20;

/// Header fields in the order they are on the wire.
pub type Headers = Vec<(String, String)>;

/// What reading a message from a buffer gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed<T> {
    /// A message; it took this many bytes of the buffer.
    Done(T, usize),
    /// More bytes are needed.
    More,
    /// These bytes are no message; the status a server answers with.
    Bad(u16),
}

/// A request with its whole body.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Request {
    /// `GET`, `POST` …
    pub method: String,
    /// What follows the method: `/path?query`.
    pub target: String,
    /// `HTTP/1.1` or `HTTP/1.0`.
    pub version: String,
    /// Header fields.
    pub headers: Headers,
    /// The body, decoded.
    pub body: Vec<u8>,
}

/// A response. On the way in it is a head only, and [`Body`] has the rest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Response {
    /// `HTTP/1.1` or `HTTP/1.0`.
    pub version: String,
    /// The status.
    pub status: u16,
    /// What follows the status on its line.
    pub reason: String,
    /// Header fields.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

/// The first value of a field; names compare without case.
pub fn field<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

impl Request {
    /// The first value of a header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        field(&self.headers, name)
    }

    /// The path of the target, percent-decoded, without the query.
    pub fn path(&self) -> String {
        let target = self.target.split(['?', '#']).next().unwrap_or("/");
        let target = match target.find("://") {
            Some(at) => target[at + 3..].find('/').map_or("/", |slash| &target[at + 3 + slash..]),
            None => target,
        };
        percent_decode(target)
    }

    /// What follows the `?` of the target, as it was sent.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, q)| q)
    }

    /// True where the client wants the connection to stay open.
    pub fn keep_alive(&self) -> bool {
        match self.header("connection").map(str::to_ascii_lowercase) {
            Some(c) if c.contains("close") => false,
            Some(c) if c.contains("keep-alive") => true,
            _ => self.version == "HTTP/1.1",
        }
    }

    /// The bytes on the wire. The caller has put in `Host` and, for a body, `Content-Length`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = format!("{} {} {}\r\n", self.method, self.target, self.version).into_bytes();
        push_headers(&mut out, &self.headers);
        out.extend_from_slice(&self.body);
        out
    }
}

impl Response {
    /// A response of HTTP/1.1 with the usual reason and no header fields.
    pub fn new(status: u16) -> Self {
        let reason = reason(status).to_string();
        Self { version: "HTTP/1.1".into(), status, reason, headers: vec![], body: vec![] }
    }

    /// This response with one more header field.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_string(), value.into()));
        self
    }

    /// This response with a body; `Content-Length` is the caller's, where it wants it in its own place.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The first value of a header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        field(&self.headers, name)
    }

    /// The line with the status.
    pub fn status_line(&self) -> String {
        format!("{} {} {}", self.version, self.status, self.reason).trim_end().to_string()
    }

    /// The head on the wire, with the empty line that ends it.
    pub fn head_bytes(&self) -> Vec<u8> {
        let mut out = format!("{} {} {}\r\n", self.version, self.status, self.reason).into_bytes();
        push_headers(&mut out, &self.headers);
        out
    }

    /// The bytes on the wire; without the body for an answer to `HEAD` and where the status has none.
    pub fn to_bytes(&self, head_only: bool) -> Vec<u8> {
        let mut out = self.head_bytes();
        if !head_only && has_body(self.status) {
            out.extend_from_slice(&self.body);
        }
        out
    }
}

fn push_headers(out: &mut Vec<u8>, headers: &Headers) {
    for (name, value) in headers {
        out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

/// False for statuses whose answers end with their head.
pub fn has_body(status: u16) -> bool {
    !(matches!(status, 204 | 304) || (100..200).contains(&status))
}

/// The end of the head within `bytes`, after the empty line.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let window = &bytes[..bytes.len().min(MAX_HEAD)];
    let crlf = window.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4);
    let lf = window.windows(2).position(|w| w == b"\n\n").map(|at| at + 2);
    match (crlf, lf) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn split_head(head: &[u8]) -> Option<(String, Headers)> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.lines();
    let first = lines.next()?.to_string();
    let mut headers = vec![];
    for line in lines.take_while(|l| !l.is_empty()) {
        let (name, value) = line.split_once(':')?;
        if name.is_empty() || name.contains(' ') {
            return None;
        }
        headers.push((name.to_string(), value.trim().to_string()));
    }
    Some((first, headers))
}

/// Reads one request with its body from the front of `bytes`.
pub fn parse_request(bytes: &[u8]) -> Parsed<Request> {
    let skip = bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count().min(4);
    let bytes_after = &bytes[skip..];
    let Some(end) = end_of_head(bytes_after) else {
        return if bytes_after.len() >= MAX_HEAD { Parsed::Bad(431) } else { Parsed::More };
    };
    let Some((line, headers)) = split_head(&bytes_after[..end]) else { return Parsed::Bad(400) };
    let words: Vec<&str> = line.split(' ').collect();
    let (method, target, version) = match words[..] {
        [m, t, v @ ("HTTP/1.1" | "HTTP/1.0")] => (m, t, v),
        [_, _, v] if v.starts_with("HTTP/") => return Parsed::Bad(505),
        _ => return Parsed::Bad(400),
    };
    let token = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&c);
    if method.is_empty() || !method.bytes().all(token) || target.is_empty() {
        return Parsed::Bad(400);
    }
    let mut reader = match Body::of_request(&headers) {
        Ok(body) => body,
        Err(_) => return Parsed::Bad(400),
    };
    let mut body = vec![];
    let used = match reader.feed(&bytes_after[end..], &mut body) {
        Ok(used) => used,
        Err(_) => return Parsed::Bad(400),
    };
    if body.len() > MAX_BODY {
        return Parsed::Bad(413);
    }
    if !reader.is_done() {
        return Parsed::More;
    }
    let (method, target, version) = (method.to_string(), target.to_string(), version.to_string());
    Parsed::Done(Request { method, target, version, headers, body }, skip + end + used)
}

/// Reads the head of a response from the front of `bytes`.
pub fn parse_head(bytes: &[u8]) -> Parsed<Response> {
    let not_http = bytes.len() >= 5 && !bytes.starts_with(b"HTTP/");
    let Some(end) = end_of_head(bytes) else {
        return if not_http || bytes.len() >= MAX_HEAD { Parsed::Bad(0) } else { Parsed::More };
    };
    let Some((line, headers)) = split_head(&bytes[..end]) else { return Parsed::Bad(0) };
    let mut words = line.splitn(3, ' ');
    let version = words.next().unwrap_or("").to_string();
    let status = words.next().and_then(|s| s.parse().ok()).filter(|s| (100..1000).contains(s));
    match status {
        Some(status) if version.starts_with("HTTP/") => {
            let reason = words.next().unwrap_or("").to_string();
            Parsed::Done(Response { version, status, reason, headers, body: vec![] }, end)
        }
        _ => Parsed::Bad(0),
    }
}

/// `%41` and the like as the bytes they stand for; what is no such escape stays.
pub fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The reason that goes with a status (RFC 9110).
pub fn reason(status: u16) -> &'static str {
    match status {
        100 => "Continue",
        101 => "Switching Protocols",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Content Too Large",
        414 => "URI Too Long",
        416 => "Range Not Satisfiable",
        418 => "I'm a teapot",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}

/// `Sat, 21 Nov 2026 01:33:04 GMT`: the dates of `Date` and `Last-Modified`.
pub fn date(at: Time) -> String {
    let c = time_format::ansi_c(at);
    let words: Vec<&str> = c.split_whitespace().collect();
    match words[..] {
        [weekday, month, day, clock, year] => format!("{weekday}, {day:0>2} {month} {year} {clock} GMT"),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_comes_in_pieces_and_the_next_one_stays_in_the_buffer() {
        let wire =
            b"POST /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n";
        let first = wire.len() - 18;
        for cut in 0..first {
            assert_eq!(parse_request(&wire[..cut]), Parsed::More, "{cut}");
        }
        let Parsed::Done(request, used) = parse_request(wire) else { panic!("a whole request") };
        assert_eq!((used, request.path().as_str(), request.query()), (first, "/a b", "x=1"));
        assert_eq!((request.body.as_slice(), request.header("HOST")), (&b"abc"[..], Some("h")));
        assert!(request.keep_alive());
        assert_eq!(request.to_bytes(), wire[..first]);
    }

    #[test]
    fn what_is_no_request_is_refused_with_a_status() {
        for (wire, status) in [
            ("nonsense\r\n\r\n", 400),
            ("GET / HTTP/2.0\r\n\r\n", 505),
            ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        ] {
            assert_eq!(parse_request(wire.as_bytes()), Parsed::Bad(status), "{wire:?}");
        }
        assert_eq!(parse_request(&vec![b'a'; MAX_HEAD]), Parsed::Bad(431));
    }

    #[test]
    fn a_response_round_trips_through_its_bytes() {
        let response = Response::new(404).with("Content-Length", "5").with_body("gone\n");
        let wire = response.to_bytes(false);
        assert_eq!(wire, b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\ngone\n");
        let Parsed::Done(head, used) = parse_head(&wire) else { panic!("a head") };
        assert_eq!((head.status_line().as_str(), &wire[used..]), ("HTTP/1.1 404 Not Found", &b"gone\n"[..]));
        assert_eq!(parse_head(b"220 smtp ready\r\n"), Parsed::Bad(0));
        assert_eq!(date(Time(1_795_225_984_000_000_000)), "Sat, 21 Nov 2026 01:53:04 GMT");
    }
}
