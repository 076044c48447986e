//! The verbs as clients ask for them: each passes the door, where faults strike and the journal is written. The daemon
//! itself, as in a restart or a build, uses those behind it.

use super::archive::{self, PathStat, Put};
use super::{Commit, Create, Created, ExecCreate, ExecStart, Pruned, Remove, Start, Stop, Update};
use crate::base::ObjectId;
use crate::engine::door::{About, failed, is_watched, pass};
use crate::engine::filter::Filters;
use crate::fs::tar::TarEntry;
use crate::model::{EngineError, Image, Operation, World};
use serde_json::json;
use std::sync::Arc;

fn by_id(world: &World, id: ObjectId) -> About {
    About::container(world, &id.to_string())
}

/// A start that failed in the runtime leaves a trace, and counts as a failure all the same.
fn note_failure(world: &mut World, started: &Start) {
    if let Start::Failed(error, _) = started {
        failed(world, error);
    }
}

/// [`super::create::create`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn create(world: &mut World, request: Create) -> Result<Created, EngineError> {
    let about = |request: &Create| {
        let image = About::image(&request.config.image).image;
        let parameters = json!({
            "Config": request.config, "HostConfig": request.host, "EndpointsConfig": request.endpoints,
            "Platform": request.platform,
        });
        About { image, ..About::named(request.name.as_deref().unwrap_or_default()) }.with(parameters)
    };
    let about = if is_watched(world) { about(&request) } else { About::default() };
    pass(world, Operation::Create, |_| about, |world| super::create::create(world, request))
}

/// [`super::start::start`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn start(world: &mut World, id: ObjectId) -> Result<Start, EngineError> {
    let about = |world: &World| by_id(world, id);
    let started = pass(world, Operation::Start, about, |world| super::start::start(world, id))?;
    note_failure(world, &started);
    Ok(started)
}

fn about_stop(world: &World, reference: &str, how: &Stop) -> About {
    About::container(world, reference).with(json!({ "t": how.timeout, "signal": how.signal }))
}

/// [`super::stop::stop`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn stop(world: &mut World, reference: &str, how: &Stop) -> Result<ObjectId, EngineError> {
    let about = |world: &World| about_stop(world, reference, how);
    pass(world, Operation::Stop, about, |world| super::stop::stop(world, reference, how))
}

/// [`super::stop::restart`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn restart(world: &mut World, reference: &str, how: &Stop) -> Result<Start, EngineError> {
    let about = |world: &World| about_stop(world, reference, how);
    let started =
        pass(world, Operation::Restart, about, |world| super::stop::restart(world, reference, how))?;
    note_failure(world, &started);
    Ok(started)
}

/// [`super::kill::kill`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn kill(world: &mut World, reference: &str, signal: &str) -> Result<(), EngineError> {
    let about = |world: &World| About::container(world, reference).with(json!({ "signal": signal }));
    pass(world, Operation::Kill, about, |world| super::kill::kill(world, reference, signal))
}

/// [`super::pause::pause`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn pause(world: &mut World, reference: &str) -> Result<ObjectId, EngineError> {
    let about = |world: &World| About::container(world, reference);
    pass(world, Operation::Pause, about, |world| super::pause::pause(world, reference))
}

/// [`super::pause::unpause`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn unpause(world: &mut World, reference: &str) -> Result<ObjectId, EngineError> {
    let about = |world: &World| About::container(world, reference);
    pass(world, Operation::Unpause, about, |world| super::pause::unpause(world, reference))
}

/// [`super::rename::rename`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn rename(world: &mut World, reference: &str, name: &str) -> Result<(), EngineError> {
    let about = |world: &World| About::container(world, reference).with(json!({ "name": name }));
    pass(world, Operation::Rename, about, |world| super::rename::rename(world, reference, name))
}

/// [`super::update::update`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn update(world: &mut World, reference: &str, request: &Update) -> Result<Vec<String>, EngineError> {
    let about = |world: &World| {
        let parameters = json!({ "HostConfig": request.limits, "RestartPolicy": request.restart_policy });
        About::container(world, reference).with(parameters)
    };
    pass(world, Operation::Update, about, |world| super::update::update(world, reference, request))
}

/// [`super::remove::remove_named`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn remove_named(world: &mut World, reference: &str, how: Remove) -> Result<(), EngineError> {
    let about = |world: &World| {
        let parameters = json!({ "force": how.force, "v": how.volumes, "link": how.link });
        About::container(world, reference).with(parameters)
    };
    pass(world, Operation::Remove, about, |world| super::remove::remove_named(world, reference, how))
}

/// [`super::exec::exec_create`] for a client: with it an exec counts as asked for.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn exec_create(world: &mut World, id: ObjectId, request: ExecCreate) -> Result<ObjectId, EngineError> {
    let parameters = json!({
        "Cmd": request.argv, "Env": request.env, "User": request.user, "WorkingDir": request.workdir,
        "Tty": request.tty, "AttachStdin": request.open_stdin, "Privileged": request.privileged,
    });
    let about = |world: &World| by_id(world, id).with(parameters);
    pass(world, Operation::Exec, about, |world| super::exec::exec_create(world, id, request))
}

/// [`super::exec::exec_start`] for a client.
///
/// # Errors
/// Those of the verb.
pub fn exec_start(world: &mut World, id: ObjectId) -> Result<ExecStart, EngineError> {
    super::exec::exec_start(world, id)
}

/// [`super::commit::commit`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn commit(world: &mut World, id: ObjectId, how: &Commit) -> Result<Arc<Image>, EngineError> {
    let about = |world: &World| {
        let name = how.name.as_ref().map(|name| name.clone().or_latest().familiar());
        by_id(world, id).with(json!({
            "repo": name, "author": how.author, "comment": how.message, "changes": how.changes, "pause": how.pause,
        }))
    };
    pass(world, Operation::Commit, about, |world| super::commit::commit(world, id, how))
}

/// [`archive::read_archive`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn read_archive(
    world: &mut World,
    name: &str,
    path: &str,
) -> Result<(PathStat, Vec<TarEntry>), EngineError> {
    let about = |world: &World| About::container(world, name).with(json!({ "path": path }));
    pass(world, Operation::CopyFrom, about, |world| archive::read_archive(world, name, path))
}

/// [`archive::write_archive`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn write_archive(
    world: &mut World,
    name: &str,
    path: &str,
    entries: &[TarEntry],
    how: Put,
) -> Result<(), EngineError> {
    let about = |world: &World| About::container(world, name).with(json!({ "path": path }));
    pass(world, Operation::CopyTo, about, |world| archive::write_archive(world, name, path, entries, how))
}

/// [`archive::export`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn export(world: &mut World, id: ObjectId) -> Result<Vec<TarEntry>, EngineError> {
    pass(world, Operation::Export, |world| by_id(world, id), |world| archive::export(world, id))
}

/// [`super::prune::prune`] for a client.
///
/// # Errors
/// Those of the verb, and of faults.
pub fn prune(world: &mut World, filters: &Filters) -> Result<Pruned, EngineError> {
    let about = |_: &World| About::named("containers");
    pass(world, Operation::Prune, about, |world| super::prune::prune(world, filters))
}
