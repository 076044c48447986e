//! gRPC over HTTP/2, as much as BuildKit's services use: messages with a length in front, a status in the trailers.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use h2::{RecvStream, SendStream};
use http::{HeaderMap, HeaderValue};
use prost::Message;

/// The largest message, in bytes.
const MAX_MESSAGE: usize = 64 << 20;

/// How a call ended that did not end well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// gRPC's number.
    pub code: i32,
    /// Why.
    pub message: String,
}

impl Status {
    /// Something that is in no other class.
    pub fn unknown(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into() }
    }

    /// What is not simulated.
    pub fn gap(what: &str) -> Self {
        Self { code: 12, message: format!("{what} is not simulated by Drydock") }
    }

    /// A peer that breaks the rules, or has gone.
    pub fn broken(why: impl std::fmt::Display) -> Self {
        Self { code: 14, message: why.to_string() }
    }

    fn of(trailers: &HeaderMap) -> Result<(), Self> {
        let text = |name: &str| trailers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        match text("grpc-status").parse().unwrap_or(2) {
            0 => Ok(()),
            code => Err(Self { code, message: text("grpc-message").to_owned() }),
        }
    }

    fn trailers(&self) -> HeaderMap {
        let mut map = HeaderMap::new();
        map.insert("grpc-status", HeaderValue::from(self.code));
        let mut message = String::new();
        for byte in self.message.bytes() {
            match byte {
                b' '..=b'~' if byte != b'%' => message.push(char::from(byte)),
                _ => message.push_str(&format!("%{byte:02X}")),
            }
        }
        if let Ok(value) = HeaderValue::from_str(&message) {
            map.insert("grpc-message", value);
        }
        map
    }
}

/// Messages as they come in.
pub struct Incoming {
    body: RecvStream,
    held: BytesMut,
}

impl Incoming {
    /// Those of a body.
    pub fn new(body: RecvStream) -> Self {
        Self { body, held: BytesMut::new() }
    }

    /// The next one; `None` at the end of a stream that ended well.
    pub async fn next<M: Message + Default>(&mut self) -> Result<Option<M>, Status> {
        loop {
            if let Some(message) = self.take()? {
                return M::decode(message).map(Some).map_err(Status::broken);
            }
            match self.body.data().await {
                Some(data) => {
                    let data = data.map_err(Status::broken)?;
                    self.body.flow_control().release_capacity(data.len()).map_err(Status::broken)?;
                    self.held.extend_from_slice(&data);
                }
                None => {
                    let trailers = self.body.trailers().await.map_err(Status::broken)?;
                    return trailers.map_or(Ok(()), |map| Status::of(&map)).map(|()| None);
                }
            }
        }
    }

    /// The only message of a request.
    pub async fn only<M: Message + Default>(&mut self) -> Result<M, Status> {
        match self.take()? {
            Some(message) => M::decode(message).map_err(Status::broken),
            None => loop {
                if let Some(message) = self.take()? {
                    return M::decode(message).map_err(Status::broken);
                }
                let Some(data) = self.body.data().await else {
                    return Err(Status::broken("the request has no message"));
                };
                let data = data.map_err(Status::broken)?;
                self.body.flow_control().release_capacity(data.len()).map_err(Status::broken)?;
                self.held.extend_from_slice(&data);
            },
        }
    }

    fn take(&mut self) -> Result<Option<Bytes>, Status> {
        let Some(head) = self.held.get(..5) else { return Ok(None) };
        if head[0] != 0 {
            return Err(Status::gap("a compressed message"));
        }
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        if length > MAX_MESSAGE {
            return Err(Status { code: 8, message: "the message is larger than 64 MiB".to_owned() });
        }
        if self.held.len() < 5 + length {
            return Ok(None);
        }
        self.held.advance(5);
        Ok(Some(self.held.split_to(length).freeze()))
    }
}

/// Sends a message.
pub fn send(stream: &mut SendStream<Bytes>, message: &impl Message, last: bool) -> Result<(), Status> {
    let mut frame = BytesMut::with_capacity(5 + message.encoded_len());
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.encoded_len()).unwrap_or(u32::MAX));
    frame.put(message.encode_to_vec().as_slice());
    stream.send_data(frame.freeze(), last).map_err(Status::broken)
}

/// Ends a reply.
pub fn finish(stream: &mut SendStream<Bytes>, end: &Result<(), Status>) {
    let good = Status { code: 0, message: String::new() };
    let _the_peer_may_have_gone = stream.send_trailers(end.as_ref().err().unwrap_or(&good).trailers());
}

/// The head of a reply.
pub fn head() -> http::Response<()> {
    let mut head = http::Response::new(());
    head.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
    head
}
