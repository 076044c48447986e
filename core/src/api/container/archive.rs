//! Files of a container: `HEAD`, `GET` and `PUT /containers/ID/archive`, and `export`.

use super::named;
use crate::api::reply::done;
use crate::api::{Answer, Answered, Call, Refusal, Reply};
use crate::base::time_format::rfc3339_nano;
use crate::engine::container::archive::{self, PathStat, Put};
use crate::model::World;
use crate::render::json::{Escape, compact};
use serde_json::json;

/// The header that describes what is at a path.
const STAT: &str = "X-Docker-Container-Path-Stat";

fn path<'a>(call: &'a Call<'_>) -> Result<&'a str, Refusal> {
    call.query.some("path").ok_or_else(|| Refusal::invalid("bad parameter: 'path' is required"))
}

/// `HEAD`: what is at a path.
pub fn head(world: &mut World, call: &Call<'_>) -> Answered {
    let stat = archive::stat_path(world, call.name(), path(call)?)?;
    Ok(Answer::Whole(Reply::empty(200).header(STAT, &described(&stat))))
}

/// `GET`: the tree at a path.
pub fn get(world: &mut World, call: &Call<'_>) -> Answered {
    let (stat, entries) = archive::read_archive(world, call.name(), path(call)?)?;
    let reply = Reply::bytes("application/x-tar", archive::to_bytes(&entries)?);
    Ok(Answer::Whole(reply.header(STAT, &described(&stat))))
}

/// `PUT`: files into a directory.
pub fn put(world: &mut World, call: &Call<'_>) -> Answered {
    let path = path(call)?;
    let entries = archive::of_bytes(&call.request.body)?;
    let how = Put {
        any_kind: !call.query.flag("noOverwriteDirNonDir"),
        keep_owners: call.query.flag("copyUIDGID"),
    };
    archive::write_archive(world, call.name(), path, &entries, how)?;
    done(200)
}

/// The whole root.
pub fn export(world: &mut World, call: &Call<'_>) -> Answered {
    let id = named(world, call)?.id;
    let entries = archive::export(world, id)?;
    Ok(Answer::Whole(Reply::bytes("application/octet-stream", archive::to_bytes(&entries)?)))
}

/// The description as JSON in base64, with the mode as Go writes it.
fn described(stat: &PathStat) -> String {
    let kind: u32 = match stat.kind {
        'd' => 1 << 31,
        'l' => 1 << 27,
        'b' => 1 << 26,
        'c' => (1 << 26) | (1 << 21),
        'p' => 1 << 25,
        's' => 1 << 24,
        _ => 0,
    };
    let special = [(0o4000, 1 << 23), (0o2000, 1 << 22), (0o1000, 1 << 20)];
    let special = special.iter().filter(|(bit, _)| stat.mode & bit != 0).map(|(_, go)| go);
    let mode: u32 = special.fold(kind | (stat.mode & 0o777), |mode, bit| mode | bit);
    let value = json!({
        "name": stat.name,
        "size": stat.size,
        "mode": mode,
        "mtime": rfc3339_nano(stat.mtime),
        "linkTarget": stat.link_target,
    });
    crate::base::base64::encode(compact(&value, Escape::Html).as_bytes())
}
