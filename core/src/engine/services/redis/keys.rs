//! Commands on keys and on strings.

use super::protocol::Reply;
use super::store::{Bytes, Database, Value};
use crate::base::{Duration, Time, glob::path_match};

/// What redis says where a key holds another kind of value.
pub const WRONG_TYPE: &str = "WRONGTYPE Operation against a key holding the wrong kind of value";
/// What it says of text that is no number.
pub const NOT_INTEGER: &str = "ERR value is not an integer or out of range";
const SYNTAX: &str = "ERR syntax error";
/// The longest a string may grow, in bytes.
const MAX_STRING: usize = 16 << 20;

/// A number within an argument.
pub fn integer(text: &[u8]) -> Result<i64, Reply> {
    std::str::from_utf8(text)
        .ok()
        .and_then(|t| t.parse::<i64>().ok())
        .ok_or_else(|| Reply::error(NOT_INTEGER))
}

/// The string under a key.
fn string(db: &Database, key: &[u8], now: Time) -> Result<Option<Bytes>, Reply> {
    match db.get(key, now) {
        None => Ok(None),
        Some(Value::Str(s)) => Ok(Some(s.clone())),
        Some(_) => Err(Reply::error(WRONG_TYPE)),
    }
}

/// Runs a command on keys or strings; `None` where it is none of these. The number of arguments has been
/// checked.
pub fn run(name: &str, args: &[Bytes], db: &mut Database, now: Time) -> Option<Result<Reply, Reply>> {
    let key: &[u8] = args.first().map_or(&[], Vec::as_slice);
    let second: &[u8] = args.get(1).map_or(&[], Vec::as_slice);
    Some(match name {
        "GET" => string(db, key, now).map(|s| s.map_or(Reply::Nil, Reply::Bulk)),
        "SET" => set(args, db, now),
        "SETNX" => Ok(match db.get(key, now) {
            Some(_) => Reply::Int(0),
            None => {
                db.set(key, Value::Str(second.to_vec()), None);
                Reply::Int(1)
            }
        }),
        "SETEX" => integer(second).map(|n| {
            let expires = Some(now + Duration::secs(n));
            db.set(key, Value::Str(args.get(2).cloned().unwrap_or_default()), expires);
            Reply::ok()
        }),
        "GETSET" => string(db, key, now).map(|old| {
            db.set(key, Value::Str(second.to_vec()), None);
            old.map_or(Reply::Nil, Reply::Bulk)
        }),
        "GETDEL" => string(db, key, now).map(|old| {
            db.remove(key, now);
            old.map_or(Reply::Nil, Reply::Bulk)
        }),
        "MGET" => Ok(Reply::Array(
            args.iter().map(|k| string(db, k, now).ok().flatten().map_or(Reply::Nil, Reply::Bulk)).collect(),
        )),
        "MSET" => {
            if !args.len().is_multiple_of(2) {
                return Some(Err(Reply::error("ERR wrong number of arguments for 'mset' command")));
            }
            for pair in args.chunks_exact(2) {
                db.set(&pair[0], Value::Str(pair[1].clone()), None);
            }
            Ok(Reply::ok())
        }
        "STRLEN" => string(db, key, now).map(|s| Reply::Int(s.map_or(0, |s| s.len() as i64))),
        "APPEND" => append(key, second, db, now),
        "INCR" => add(key, 1, db, now),
        "DECR" => add(key, -1, db, now),
        "INCRBY" => integer(second).and_then(|n| add(key, n, db, now)),
        "DECRBY" => integer(second).and_then(|n| add(key, n.saturating_neg(), db, now)),
        "DEL" | "UNLINK" => Ok(Reply::Int(args.iter().filter(|k| db.remove(k, now)).count() as i64)),
        "EXISTS" => Ok(Reply::Int(args.iter().filter(|k| db.get(k, now).is_some()).count() as i64)),
        "TYPE" => Ok(Reply::Status(db.get(key, now).map_or("none", Value::kind).to_string())),
        "KEYS" => Ok(keys(key, db, now)),
        "SCAN" => Ok(scan(args, db, now)),
        "EXPIRE" => integer(second).map(|n| expire(key, Duration::secs(n), db, now)),
        "PEXPIRE" => integer(second).map(|n| expire(key, Duration::millis(n), db, now)),
        "PERSIST" => Ok(Reply::Int(match db.entry_mut(key, now) {
            Some(entry) => i64::from(entry.expires.take().is_some()),
            None => 0,
        })),
        "TTL" => Ok(Reply::Int(left(key, db, now).map_or_else(|n| n, |d| (d.0 + 500_000_000) / 1_000_000_000))),
        "PTTL" => Ok(Reply::Int(left(key, db, now).map_or_else(|n| n, |d| d.0 / 1_000_000))),
        "RENAME" => match db.entry(key, now).cloned() {
            None => Err(Reply::error("ERR no such key")),
            Some(entry) => {
                db.remove(key, now);
                db.set(second, entry.value, entry.expires);
                Ok(Reply::ok())
            }
        },
        "RANDOMKEY" => Ok(db.keys(now).next().map_or(Reply::Nil, |k| Reply::Bulk(k.clone()))),
        _ => return None,
    })
}

fn set(args: &[Bytes], db: &mut Database, now: Time) -> Result<Reply, Reply> {
    let [key, value, options @ ..] = args else { return Err(Reply::error(SYNTAX)) };
    let (mut expires, mut keep, mut only) = (None, false, None);
    let mut old = false;
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match String::from_utf8_lossy(option).to_ascii_uppercase().as_str() {
            word @ ("EX" | "PX") => {
                let n = integer(options.next().ok_or_else(|| Reply::error(SYNTAX))?)?;
                if n <= 0 {
                    return Err(Reply::error("ERR invalid expire time in 'set' command"));
                }
                expires = Some(now + if word == "EX" { Duration::secs(n) } else { Duration::millis(n) });
            }
            "NX" => only = Some(false),
            "XX" => only = Some(true),
            "KEEPTTL" => keep = true,
            "GET" => old = true,
            _ => return Err(Reply::error(SYNTAX)),
        }
    }
    let before = db.entry(key, now).cloned();
    let answer = match &before {
        Some(e) if old => match &e.value {
            Value::Str(s) => Reply::Bulk(s.clone()),
            _ => return Err(Reply::error(WRONG_TYPE)),
        },
        None if old => Reply::Nil,
        _ => Reply::ok(),
    };
    if only.is_some_and(|must| must != before.is_some()) {
        return Ok(if old { answer } else { Reply::Nil });
    }
    let expires = if keep { before.and_then(|e| e.expires) } else { expires };
    db.set(key, Value::Str(value.clone()), expires);
    Ok(answer)
}

fn append(key: &[u8], more: &[u8], db: &mut Database, now: Time) -> Result<Reply, Reply> {
    let mut text = string(db, key, now)?.unwrap_or_default();
    if text.len() + more.len() > MAX_STRING {
        return Err(Reply::error("ERR string exceeds maximum allowed size (proto-max-bulk-len)"));
    }
    text.extend_from_slice(more);
    let len = text.len() as i64;
    db.put(key, Value::Str(text), now);
    Ok(Reply::Int(len))
}

fn add(key: &[u8], n: i64, db: &mut Database, now: Time) -> Result<Reply, Reply> {
    let before = string(db, key, now)?.map_or(Ok(0), |s| integer(&s))?;
    let sum = before
        .checked_add(n)
        .ok_or_else(|| Reply::error("ERR increment or decrement would overflow"))?;
    db.put(key, Value::Str(sum.to_string().into_bytes()), now);
    Ok(Reply::Int(sum))
}

fn keys(pattern: &[u8], db: &Database, now: Time) -> Reply {
    let pattern = String::from_utf8_lossy(pattern).into_owned();
    let fits = |k: &&Bytes| {
        // Redis lets `*` match a slash too; `path_match` must not see any.
        let hide = |t: &str| t.replace('/', "\u{1}");
        path_match(&hide(&pattern), &hide(&String::from_utf8_lossy(k))).unwrap_or(false)
    };
    Reply::strings(db.keys(now).filter(fits))
}

fn scan(args: &[Bytes], db: &Database, now: Time) -> Reply {
    let at = args.iter().position(|a| a.eq_ignore_ascii_case(b"MATCH"));
    let pattern = at.and_then(|at| args.get(at + 1)).map_or(&b"*"[..], Vec::as_slice);
    Reply::Array(vec![Reply::Bulk(b"0".to_vec()), keys(pattern, db, now)])
}

fn expire(key: &[u8], span: Duration, db: &mut Database, now: Time) -> Reply {
    match db.entry_mut(key, now) {
        None => Reply::Int(0),
        Some(entry) => {
            entry.expires = Some(now + span);
            Reply::Int(1)
        }
    }
}

/// How long a key has; -2 where there is none, -1 where it stays.
fn left(key: &[u8], db: &Database, now: Time) -> Result<Duration, i64> {
    let entry = db.entry(key, now).ok_or(-2)?;
    entry.expires.map(|e| e - now).ok_or(-1)
}
