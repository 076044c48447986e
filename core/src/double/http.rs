//! HTTP from the test to a published port, as a browser on the host would speak it.

use super::Drydock;
use crate::base::{Duration, Errno};
use crate::kernel::http::{Body, Parsed, Request, Response, parse_head};
use crate::kernel::net::StreamId;
use crate::kernel::{Pulse, Read};
use std::fmt;

/// How much virtual time an answer may take.
const PATIENCE: Duration = Duration::secs(60);
/// How much is read at once, in bytes.
const PIECE: usize = 64 << 10;
/// The longest answer, in bytes.
const MOST: usize = 64 << 20;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpError {
    /// The address is none of a port of this host: `http://localhost:PORT/…`.
    Address(String),
    /// Nobody listens, or the connection broke.
    Connection(Errno),
    /// The other side closed the connection before its answer was complete, or answered no HTTP.
    Broken,
    /// No answer within a minute of virtual time.
    TimedOut,
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HttpError::Address(url) => {
                write!(f, "{url} is no address of a published port: http://localhost:PORT/ is")
            }
            HttpError::Connection(e) => write!(f, "{e}"),
            HttpError::Broken => write!(f, "the connection ended without a whole answer"),
            HttpError::TimedOut => write!(f, "no answer within a minute of virtual time"),
        }
    }
}

impl std::error::Error for HttpError {}

impl Drydock {
    /// Asks a published port of the host: `http("GET", "http://localhost:8080/health")`. Redirects are not
    /// followed.
    ///
    /// # Errors
    /// Where no whole answer comes; a status such as 404 is an answer.
    pub fn http(&mut self, method: &str, url: &str) -> Result<Response, HttpError> {
        self.http_send(method, url, &[], b"")
    }

    /// [`Drydock::http`] with header fields and a body.
    ///
    /// # Errors
    /// As [`Drydock::http`].
    pub fn http_send(
        &mut self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Response, HttpError> {
        let (port, host, target) = address(url).ok_or_else(|| HttpError::Address(url.to_string()))?;
        let mut fields = vec![("Host".to_string(), host), ("Connection".to_string(), "close".to_string())];
        fields.extend(headers.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())));
        if !body.is_empty() {
            fields.push(("Content-Length".into(), body.len().to_string()));
        }
        let request = Request {
            method: method.to_string(),
            target,
            version: "HTTP/1.1".into(),
            headers: fields,
            body: body.to_vec(),
        };
        let ns = self.session.world().host.ns;
        let stream = self.session.world_mut().kernel.dial(ns, port).map_err(HttpError::Connection)?;
        let answer = self.exchange(stream, method, request.to_bytes());
        self.session.world_mut().kernel.hang_up(stream);
        self.session.advance(Duration::ZERO);
        answer
    }

    fn exchange(
        &mut self,
        stream: StreamId,
        method: &str,
        mut unsent: Vec<u8>,
    ) -> Result<Response, HttpError> {
        let give_up = self.session.world().now() + PATIENCE;
        let mut received = vec![];
        loop {
            let kernel = &mut self.session.world_mut().kernel;
            if !unsent.is_empty() {
                let taken = kernel.send(stream, &unsent).map_err(HttpError::Connection)?;
                unsent.drain(..taken.min(unsent.len()));
            }
            let ended = match kernel.receive(stream, PIECE).map_err(HttpError::Connection)? {
                Read::Data(data) => {
                    received.extend_from_slice(&data);
                    false
                }
                Read::Wait => false,
                Read::End => true,
            };
            if let Some(answer) = whole(method, &received, ended)? {
                return Ok(answer);
            }
            if ended || received.len() > MOST {
                return Err(HttpError::Broken);
            }
            let now = self.session.world().now();
            match self.session.pulse() {
                _ if now >= give_up => return Err(HttpError::TimedOut),
                Pulse::Busy => {}
                Pulse::Quiet(Some(next)) if next <= give_up => self.session.advance(next - now),
                Pulse::Quiet(_) => self.session.advance(give_up - now),
            }
        }
    }
}

/// Port, value of the Host field, and target.
fn address(url: &str) -> Option<(u16, String, String)> {
    let rest = url.strip_prefix("http://")?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (name, port) = host.split_once(':').unwrap_or((host, "80"));
    let target = if path.is_empty() { "/" } else { path };
    let local = ["localhost", "127.0.0.1", "0.0.0.0"].contains(&name);
    Some((port.parse().ok().filter(|_| local)?, host.to_string(), target.to_string()))
}

/// The answer, where all of it is here.
fn whole(method: &str, received: &[u8], ended: bool) -> Result<Option<Response>, HttpError> {
    let (mut response, used) = match parse_head(received) {
        Parsed::Done(response, used) => (response, used),
        Parsed::More => return Ok(None),
        Parsed::Bad(_) => return Err(HttpError::Broken),
    };
    let mut body =
        Body::of_response(method, response.status, &response.headers).map_err(|_| HttpError::Broken)?;
    let rest = received.get(used..).unwrap_or_default();
    body.feed(rest, &mut response.body).map_err(|_| HttpError::Broken)?;
    Ok((body.is_done() || (ended && body == Body::UntilClose)).then_some(response))
}
