//! The body of a message, decoded as its bytes come: by length, in chunks, or until the connection ends.

use super::{Headers, field, has_body};
use serde::{Deserialize, Serialize};

/// How a body is delimited, and how far it has been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// This many bytes are still to come.
    Length(u64),
    /// Chunks; before the next step this much of a line has been read.
    Chunks {
        /// Bytes of the present chunk still to come; `None` while a size line is read.
        left: Option<u64>,
        /// The line that is being read.
        line: String,
        /// The last chunk has come: trailers, then the end.
        trailers: bool,
    },
    /// All until the connection ends.
    UntilClose,
    /// It is complete.
    Done,
}

/// The message does not say in a readable way how long its body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyError;

/// The longest size line of a chunk, in bytes.
const MAX_LINE: usize = 4096;

impl Body {
    fn declared(headers: &Headers) -> Result<Option<Body>, BodyError> {
        let chunked =
            field(headers, "transfer-encoding").is_some_and(|v| v.to_ascii_lowercase().contains("chunked"));
        if chunked {
            return Ok(Some(Body::Chunks { left: None, line: String::new(), trailers: false }));
        }
        match field(headers, "content-length").map(|v| v.trim().parse::<u64>()) {
            None => Ok(None),
            Some(Ok(0)) => Ok(Some(Body::Done)),
            Some(Ok(n)) => Ok(Some(Body::Length(n))),
            Some(Err(_)) => Err(BodyError),
        }
    }

    /// The body that goes with the head of a request: none where nothing says so.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn of_request(headers: &Headers) -> Result<Body, BodyError> {
        Ok(Self::declared(headers)?.unwrap_or(Body::Done))
    }

    /// The body that goes with the head of a response to a request with this method.
    ///
    /// # Errors
    /// [`BodyError`].
    pub fn of_response(method: &str, status: u16, headers: &Headers) -> Result<Body, BodyError> {
        if method == "HEAD" || !has_body(status) {
            return Ok(Body::Done);
        }
        Ok(Self::declared(headers)?.unwrap_or(Body::UntilClose))
    }

    /// True where nothing more belongs to the body.
    pub fn is_done(&self) -> bool {
        *self == Body::Done
    }

    /// How many bytes are known to be missing; `None` where that is not known.
    pub fn missing(&self) -> Option<u64> {
        match self {
            Body::Length(n) => Some(*n),
            Body::Done => Some(0),
            _ => None,
        }
    }

    /// Takes what belongs to the body from the front of `bytes`, decoded into `out`; how many bytes it took.
    ///
    /// # Errors
    /// [`BodyError`] for chunks that are none.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<usize, BodyError> {
        let mut used = 0;
        while used < bytes.len() && !self.is_done() {
            used += self.feed_some(&bytes[used..], out)?;
        }
        Ok(used)
    }

    fn feed_some(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<usize, BodyError> {
        match self {
            Body::Done => Ok(0),
            Body::UntilClose => {
                out.extend_from_slice(bytes);
                Ok(bytes.len())
            }
            Body::Length(left) => {
                let n = bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                out.extend_from_slice(&bytes[..n]);
                *left -= n as u64;
                if *left == 0 {
                    *self = Body::Done;
                }
                Ok(n)
            }
            Body::Chunks { left: Some(left), .. } if *left > 0 => {
                let n = bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                out.extend_from_slice(&bytes[..n]);
                *left -= n as u64;
                Ok(n)
            }
            Body::Chunks { .. } => self.feed_line(bytes),
        }
    }

    /// Reads a byte of a size line, of the line feed after a chunk, or of a trailer.
    fn feed_line(&mut self, bytes: &[u8]) -> Result<usize, BodyError> {
        let Body::Chunks { left, line, trailers } = self else { return Ok(0) };
        let Some(byte) = bytes.first() else { return Ok(0) };
        if *byte != b'\n' {
            if line.len() >= MAX_LINE {
                return Err(BodyError);
            }
            line.push(char::from(*byte));
            return Ok(1);
        }
        let text = std::mem::take(line);
        let text = text.trim_end_matches('\r');
        if *trailers {
            if text.is_empty() {
                *self = Body::Done;
            }
        } else if left.take().is_none() {
            let digits = text.split(';').next().unwrap_or("").trim();
            let size = u64::from_str_radix(digits, 16).map_err(|_| BodyError)?;
            *trailers = size == 0;
            *left = (size > 0).then_some(size);
        } else if !text.is_empty() {
            return Err(BodyError);
        }
        Ok(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_decode_however_they_are_cut() {
        let wire = b"4\r\nWiki\r\n6;ext=1\r\npedia \r\n0\r\nTrailer: x\r\n\r\nNEXT";
        let headers = vec![("Transfer-Encoding".to_string(), "chunked".to_string())];
        for cut in 0..wire.len() {
            let mut body = Body::of_request(&headers).unwrap();
            let mut out = vec![];
            let first = body.feed(&wire[..cut], &mut out).unwrap();
            let used = first + body.feed(&wire[first..], &mut out).unwrap();
            assert_eq!((out.as_slice(), body.is_done()), (&b"Wikipedia "[..], true), "{cut}");
            assert_eq!(&wire[used..], b"NEXT");
        }
        let mut body = Body::of_request(&headers).unwrap();
        assert_eq!(body.feed(b"zz\r\n", &mut vec![]), Err(BodyError));
    }
}
