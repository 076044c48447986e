//! RESP, the protocol of redis: commands and replies as bytes.

use serde::{Deserialize, Serialize};

/// The longest string a client may send, in bytes.
const MAX_STRING: usize = 16 << 20;
/// The most arguments of one command.
const MAX_ARGS: usize = 64 << 10;
/// The longest line, in bytes.
const MAX_LINE: usize = 64 << 10;
/// How deep replies may nest.
const MAX_DEPTH: usize = 8;

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// `OK`, `PONG` and the like.
    Status(String),
    /// An error with its code word.
    Error(String),
    /// A number.
    Int(i64),
    /// A string.
    Bulk(Vec<u8>),
    /// No value.
    Nil,
    /// A list.
    Array(Vec<Reply>),
}

impl Reply {
    /// `OK`.
    pub fn ok() -> Self {
        Reply::Status("OK".to_string())
    }

    /// An error.
    pub fn error(text: impl Into<String>) -> Self {
        Reply::Error(text.into())
    }

    /// A list of strings.
    pub fn strings<'a>(items: impl IntoIterator<Item = &'a Vec<u8>>) -> Self {
        Reply::Array(items.into_iter().cloned().map(Reply::Bulk).collect())
    }

    /// The bytes on the wire.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Reply::Status(text) => out.extend_from_slice(format!("+{text}\r\n").as_bytes()),
            Reply::Error(text) => out.extend_from_slice(format!("-{text}\r\n").as_bytes()),
            Reply::Int(n) => out.extend_from_slice(format!(":{n}\r\n").as_bytes()),
            Reply::Nil => out.extend_from_slice(b"$-1\r\n"),
            Reply::Bulk(bytes) => {
                out.extend_from_slice(format!("${}\r\n", bytes.len()).as_bytes());
                out.extend_from_slice(bytes);
                out.extend_from_slice(b"\r\n");
            }
            Reply::Array(items) => {
                out.extend_from_slice(format!("*{}\r\n", items.len()).as_bytes());
                for item in items {
                    item.write(out);
                }
            }
        }
    }

    /// Reads a reply from the front of `bytes` and how long it was; `None` while it is not whole.
    ///
    /// # Errors
    /// Where the bytes are no reply.
    pub fn read(bytes: &[u8]) -> Result<Option<(Reply, usize)>, ()> {
        Self::read_at(bytes, 0)
    }

    fn read_at(bytes: &[u8], depth: usize) -> Result<Option<(Reply, usize)>, ()> {
        let Some((line, used)) = line(bytes) else {
            return if bytes.len() > MAX_LINE { Err(()) } else { Ok(None) };
        };
        let (Some(mark), text) = (line.first(), String::from_utf8_lossy(line.get(1..).unwrap_or(&[]))) else {
            return Err(());
        };
        let number = || text.parse::<i64>().map_err(|_| ());
        Ok(Some(match mark {
            b'+' => (Reply::Status(text.into_owned()), used),
            b'-' => (Reply::Error(text.into_owned()), used),
            b':' => (Reply::Int(number()?), used),
            b'$' => match usize::try_from(number()?) {
                Err(_) => (Reply::Nil, used),
                Ok(len) if len > MAX_STRING * 4 => return Err(()),
                Ok(len) => match bytes.get(used..used + len) {
                    Some(data) if bytes.len() >= used + len + 2 => (Reply::Bulk(data.to_vec()), used + len + 2),
                    _ => return Ok(None),
                },
            },
            b'*' => {
                let count = number()?.max(0);
                let mut items = vec![];
                let mut at = used;
                if depth >= MAX_DEPTH {
                    return Err(());
                }
                for _ in 0..count {
                    match Self::read_at(bytes.get(at..).unwrap_or(&[]), depth + 1)? {
                        Some((item, n)) => {
                            items.push(item);
                            at += n;
                        }
                        None => return Ok(None),
                    }
                }
                (Reply::Array(items), at)
            }
            _ => return Err(()),
        }))
    }
}

fn line(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let end = bytes.iter().position(|b| *b == b'\n')?;
    let line = &bytes[..end];
    Some((line.strip_suffix(b"\r").unwrap_or(line), end + 1))
}

/// The bytes of a command.
pub fn command(args: &[Vec<u8>]) -> Vec<u8> {
    let mut out = vec![];
    Reply::strings(args).write(&mut out);
    out
}

/// The words of a command, and how many bytes they took.
pub type Command = (Vec<Vec<u8>>, usize);

/// Reads a command from the front of `bytes` and how long it was; `None` while it is not whole.
///
/// # Errors
/// What the server says before it closes the connection.
pub fn read_command(bytes: &[u8]) -> Result<Option<Command>, &'static str> {
    let Some((first, mut at)) = line(bytes) else {
        return if bytes.len() > MAX_LINE { Err("ERR Protocol error: too big inline request") } else { Ok(None) };
    };
    let Some(count) = first.strip_prefix(b"*") else {
        let words = split(&String::from_utf8_lossy(first)).ok_or("ERR Protocol error: unbalanced quotes in request")?;
        return Ok(Some((words, at)));
    };
    let number = |text: &[u8]| std::str::from_utf8(text).ok().and_then(|t| t.parse::<i64>().ok());
    let count = number(count).filter(|n| *n <= MAX_ARGS as i64).ok_or("ERR Protocol error: invalid multibulk length")?;
    let mut args = vec![];
    for _ in 0..count.max(0) {
        let rest = bytes.get(at..).unwrap_or(&[]);
        let Some((head, used)) = line(rest) else { return Ok(None) };
        let Some(len) = head.strip_prefix(b"$") else { return Err("ERR Protocol error: expected '$'") };
        let len = number(len)
            .and_then(|n| usize::try_from(n).ok())
            .filter(|n| *n <= MAX_STRING)
            .ok_or("ERR Protocol error: invalid bulk length")?;
        let Some(data) = rest.get(used..used + len) else { return Ok(None) };
        if rest.len() < used + len + 2 {
            return Ok(None);
        }
        args.push(data.to_vec());
        at += used + len + 2;
    }
    Ok(Some((args, at)))
}

/// The words of a line, with quotes; `None` where a quote is not closed.
pub fn split(line: &str) -> Option<Vec<Vec<u8>>> {
    let mut words = vec![];
    let mut chars = line.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Some(words);
        }
        let mut word = String::new();
        while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
            match c {
                '"' | '\'' => loop {
                    match chars.next()? {
                        '\\' if c == '"' => word.push(match chars.next()? {
                            'n' => '\n',
                            'r' => '\r',
                            't' => '\t',
                            other => other,
                        }),
                        '\\' if chars.peek() == Some(&'\'') => word.extend(chars.next()),
                        end if end == c => break,
                        other => word.push(other),
                    }
                },
                c => word.push(c),
            }
        }
        words.push(word.into_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_replies_survive_every_cut() {
        let args = vec![b"SET".to_vec(), b"k".to_vec(), b"a\r\nb".to_vec()];
        let wire = command(&args);
        for cut in 0..wire.len() {
            assert_eq!(read_command(&wire[..cut]), Ok(None), "{cut}");
        }
        assert_eq!(read_command(&wire), Ok(Some((args, wire.len()))));
        let reply = Reply::Array(vec![Reply::Int(-1), Reply::Nil, Reply::Array(vec![Reply::ok()])]);
        let mut wire = vec![];
        reply.write(&mut wire);
        assert_eq!(Reply::read(&wire), Ok(Some((reply, wire.len()))));
        assert_eq!(read_command(b"*1\r\n$-5\r\n"), Err("ERR Protocol error: invalid bulk length"));
        assert_eq!(split("set 'a b' \"c\\n\""), Some(vec![b"set".to_vec(), b"a b".to_vec(), b"c\n".to_vec()]));
        assert_eq!(split("set 'a"), None);
    }
}
