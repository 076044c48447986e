//! Commands on lists, sets, hashes and sorted sets.

use super::keys::{WRONG_TYPE, integer};
use super::protocol::Reply;
use super::store::{Bytes, Database, Value};
use crate::base::{Time, Order};
use std::collections::{BTreeSet, VecDeque};

type Outcome = Result<Reply, Reply>;

macro_rules! taker {
    ($name:ident, $kind:ident, $of:ty) => {
        fn $name(db: &Database, key: &[u8], now: Time) -> Result<$of, Reply> {
            match db.get(key, now) {
                None => Ok(<$of>::default()),
                Some(Value::$kind(v)) => Ok(v.clone()),
                Some(_) => Err(Reply::error(WRONG_TYPE)),
            }
        }
    };
}

taker!(list_of, List, VecDeque<Bytes>);
taker!(set_of, Set, BTreeSet<Bytes>);
taker!(hash_of, Hash, Vec<(Bytes, Bytes)>);
taker!(sorted_of, Sorted, Vec<(u64, Bytes)>);

/// Runs a command on a collection; `None` where it is none of these. The number of arguments has been
/// checked.
pub fn run(name: &str, args: &[Bytes], db: &mut Database, now: Time) -> Option<Outcome> {
    let (key, rest) = args.split_first()?;
    Some(match name {
        "LPUSH" | "RPUSH" | "LPOP" | "RPOP" | "LLEN" | "LRANGE" | "LINDEX" => list(name, key, rest, db, now),
        "SADD" | "SREM" | "SMEMBERS" | "SCARD" | "SISMEMBER" => set(name, key, rest, db, now),
        "HSET" | "HMSET" | "HGET" | "HGETALL" | "HDEL" | "HKEYS" | "HVALS" | "HLEN" | "HEXISTS"
        | "HINCRBY" | "HMGET" => hash(name, key, rest, db, now),
        "ZADD" | "ZRANGE" | "ZREVRANGE" | "ZSCORE" | "ZCARD" | "ZREM" | "ZINCRBY" | "ZRANK" => {
            sorted(name, key, rest, db, now)
        }
        _ => return None,
    })
}

/// The bounds of a range with numbers from the end, as positions; `None` for an empty one.
fn bounds(len: usize, from: &[u8], to: &[u8]) -> Result<Option<(usize, usize)>, Reply> {
    let len = len as i64;
    let place = |n: i64| if n < 0 { len.saturating_add(n) } else { n };
    let from = place(integer(from)?).max(0);
    let to = place(integer(to)?).min(len - 1);
    Ok((from <= to).then_some((from as usize, to as usize)))
}

fn at(rest: &[Bytes], n: usize) -> &[u8] {
    rest.get(n).map_or(&[], Vec::as_slice)
}

fn list(name: &str, key: &[u8], rest: &[Bytes], db: &mut Database, now: Time) -> Outcome {
    let mut items = list_of(db, key, now)?;
    match name {
        "LLEN" => return Ok(Reply::Int(items.len() as i64)),
        "LRANGE" => {
            let range = bounds(items.len(), at(rest, 0), at(rest, 1))?;
            return Ok(range.map_or(Reply::Array(vec![]), |(a, b)| Reply::strings(items.range(a..=b))));
        }
        "LINDEX" => {
            let n = integer(at(rest, 0))?;
            let n = if n < 0 { n.saturating_add(items.len() as i64) } else { n };
            let item = usize::try_from(n).ok().and_then(|n| items.get(n));
            return Ok(item.map_or(Reply::Nil, |i| Reply::Bulk(i.clone())));
        }
        "LPUSH" | "RPUSH" => {
            for item in rest {
                if name == "LPUSH" {
                    items.push_front(item.clone());
                } else {
                    items.push_back(item.clone());
                }
            }
            let len = items.len() as i64;
            db.put(key, Value::List(items), now);
            return Ok(Reply::Int(len));
        }
        _ => {}
    }
    let mut pop = || if name == "LPOP" { items.pop_front() } else { items.pop_back() };
    let answer = match rest.first() {
        None => pop().map_or(Reply::Nil, Reply::Bulk),
        Some(count) => {
            let count = usize::try_from(integer(count)?)
                .map_err(|_| Reply::error("ERR value is out of range, must be positive"))?;
            let taken: Vec<Reply> = std::iter::from_fn(&mut pop).take(count).map(Reply::Bulk).collect();
            if taken.is_empty() { Reply::Nil } else { Reply::Array(taken) }
        }
    };
    db.put(key, Value::List(items), now);
    Ok(answer)
}

fn set(name: &str, key: &[u8], rest: &[Bytes], db: &mut Database, now: Time) -> Outcome {
    let mut members = set_of(db, key, now)?;
    let changed = match name {
        "SMEMBERS" => return Ok(Reply::strings(&members)),
        "SCARD" => return Ok(Reply::Int(members.len() as i64)),
        "SISMEMBER" => return Ok(Reply::Int(i64::from(members.contains(at(rest, 0))))),
        "SADD" => rest.iter().filter(|m| members.insert((*m).clone())).count(),
        _ => rest.iter().filter(|m| members.remove(*m)).count(),
    };
    db.put(key, Value::Set(members), now);
    Ok(Reply::Int(changed as i64))
}

fn hash(name: &str, key: &[u8], rest: &[Bytes], db: &mut Database, now: Time) -> Outcome {
    let mut fields = hash_of(db, key, now)?;
    let get = |fields: &[(Bytes, Bytes)], field: &[u8]| {
        fields.iter().find(|(f, _)| f == field).map_or(Reply::Nil, |(_, v)| Reply::Bulk(v.clone()))
    };
    let answer = match name {
        "HGET" => return Ok(get(&fields, at(rest, 0))),
        "HMGET" => return Ok(Reply::Array(rest.iter().map(|f| get(&fields, f)).collect())),
        "HLEN" => return Ok(Reply::Int(fields.len() as i64)),
        "HEXISTS" => return Ok(Reply::Int(i64::from(get(&fields, at(rest, 0)) != Reply::Nil))),
        "HKEYS" => return Ok(Reply::strings(fields.iter().map(|(f, _)| f))),
        "HVALS" => return Ok(Reply::strings(fields.iter().map(|(_, v)| v))),
        "HGETALL" => return Ok(Reply::strings(fields.iter().flat_map(|(f, v)| [f, v]))),
        "HDEL" => {
            let before = fields.len();
            fields.retain(|(f, _)| !rest.contains(f));
            Reply::Int((before - fields.len()) as i64)
        }
        "HINCRBY" => {
            let before = match get(&fields, at(rest, 0)) {
                Reply::Bulk(v) => integer(&v).map_err(|_| Reply::error("ERR hash value is not an integer"))?,
                _ => 0,
            };
            let sum = before
                .checked_add(integer(at(rest, 1))?)
                .ok_or_else(|| Reply::error("ERR increment or decrement would overflow"))?;
            assign(&mut fields, at(rest, 0), sum.to_string().as_bytes());
            Reply::Int(sum)
        }
        _ => {
            if !rest.len().is_multiple_of(2) {
                let name = name.to_ascii_lowercase();
                return Err(Reply::error(format!("ERR wrong number of arguments for '{name}' command")));
            }
            let added = rest.chunks_exact(2).filter(|p| assign(&mut fields, &p[0], &p[1])).count();
            if name == "HMSET" { Reply::ok() } else { Reply::Int(added as i64) }
        }
    };
    db.put(key, Value::Hash(fields), now);
    Ok(answer)
}

/// Sets a field; true where it is new.
fn assign(fields: &mut Vec<(Bytes, Bytes)>, field: &[u8], value: &[u8]) -> bool {
    match fields.iter_mut().find(|(f, _)| f == field) {
        Some((_, v)) => {
            *v = value.to_vec();
            false
        }
        None => {
            fields.push((field.to_vec(), value.to_vec()));
            true
        }
    }
}

fn score(text: &[u8]) -> Result<f64, Reply> {
    std::str::from_utf8(text)
        .ok()
        .and_then(|t| t.parse::<f64>().ok())
        .filter(|f| !f.is_nan())
        .ok_or_else(|| Reply::error("ERR value is not a valid float"))
}

fn sorted(name: &str, key: &[u8], rest: &[Bytes], db: &mut Database, now: Time) -> Outcome {
    let mut members = sorted_of(db, key, now)?;
    let find = |members: &[(u64, Bytes)], m: &[u8]| members.iter().position(|(_, n)| n == m);
    let show = |bits: u64| Reply::Bulk(f64::from_bits(bits).to_string().into_bytes());
    let answer = match name {
        "ZCARD" => return Ok(Reply::Int(members.len() as i64)),
        "ZSCORE" => return Ok(find(&members, at(rest, 0)).map_or(Reply::Nil, |n| show(members[n].0))),
        "ZRANK" => return Ok(find(&members, at(rest, 0)).map_or(Reply::Nil, |n| Reply::Int(n as i64))),
        "ZRANGE" | "ZREVRANGE" => {
            let word = |w: &[u8]| rest.iter().skip(2).any(|a| a.eq_ignore_ascii_case(w));
            if name == "ZREVRANGE" || word(b"REV") {
                members.reverse();
            }
            let Some((a, b)) = bounds(members.len(), at(rest, 0), at(rest, 1))? else {
                return Ok(Reply::Array(vec![]));
            };
            let mut out = vec![];
            for (bits, member) in members.iter().take(b + 1).skip(a) {
                out.push(Reply::Bulk(member.clone()));
                if word(b"WITHSCORES") {
                    out.push(show(*bits));
                }
            }
            return Ok(Reply::Array(out));
        }
        "ZREM" => {
            let before = members.len();
            members.retain(|(_, m)| !rest.contains(m));
            Reply::Int((before - members.len()) as i64)
        }
        "ZINCRBY" => {
            let before = find(&members, at(rest, 1)).map_or(0.0, |n| f64::from_bits(members[n].0));
            let sum = before + score(at(rest, 0))?;
            members.retain(|(_, m)| m != at(rest, 1));
            members.push((sum.to_bits(), at(rest, 1).to_vec()));
            show(sum.to_bits())
        }
        _ => {
            if !rest.len().is_multiple_of(2) {
                return Err(Reply::error("ERR syntax error"));
            }
            let mut added = 0;
            for pair in rest.chunks_exact(2) {
                let value = score(&pair[0])?;
                let before = members.len();
                members.retain(|(_, m)| *m != pair[1]);
                added += i64::from(before == members.len());
                members.push((value.to_bits(), pair[1].clone()));
            }
            Reply::Int(added)
        }
    };
    members.order_by(|(a, m), (b, n)| f64::from_bits(*a).total_cmp(&f64::from_bits(*b)).then(m.cmp(n)));
    db.put(key, Value::Sorted(members), now);
    Ok(answer)
}
