//! `POST /images/create`: pulls an image, or imports one.

use super::{failure, progress, tagged};
use crate::api::reply::{line, not_simulated};
use crate::api::{Answer, Answered, Call, Refusal, Reply};
use crate::base::Reference;
use crate::engine::image::{Import, import};
use crate::engine::registry;
use crate::model::{ErrorKind, World};
use serde_json::json;

/// Pulls or imports.
pub fn create(world: &mut World, call: &Call<'_>) -> Answered {
    let from = call.query.get("fromImage");
    if from.is_empty() {
        return import_archive(world, call);
    }
    let name = tagged(from, call.query.get("tag"))?;
    if name.path() == "moby/buildkit" {
        return Err(not_simulated("a builder in a container (build with DOCKER_BUILDKIT=0 instead), which"));
    }
    let names = if name.is_name_only() { registry::tags_of(world, &name)? } else { vec![name] };
    let mut reply = Reply::progress();
    for (n, name) in names.iter().enumerate() {
        match registry::pull(world, name, call.query.some("platform")) {
            Ok(pulled) => reply.body.extend(pulled.progress.iter().flat_map(|l| line(&progress(l)))),
            Err(error) if n == 0 && error.kind != ErrorKind::InBand => return Err(error.into()),
            Err(error) => {
                if error.kind == ErrorKind::InBand {
                    reply.body.extend(line(&progress(&registry::pulling(&name.clone().or_latest()))));
                }
                reply.body.extend(line(&failure(&error.message)));
                break;
            }
        }
    }
    Ok(Answer::Whole(reply))
}

fn import_archive(world: &mut World, call: &Call<'_>) -> Answered {
    let source = call.query.get("fromSrc");
    if !matches!(source, "-" | "") {
        return Err(not_simulated("importing from a URL"));
    }
    let name = match call.query.some("repo") {
        Some(repo) => Some(tagged(repo, call.query.get("tag"))?.or_latest()),
        None => None,
    };
    if name.as_ref().and_then(Reference::digest).is_some() {
        return Err(Refusal::invalid("cannot import digest reference"));
    }
    let message = call.query.get("message").to_owned();
    let platform = call.query.get("platform").to_owned();
    let request = Import { name, changes: call.query.all("changes"), message, platform };
    let image = import(world, &request, &call.request.body)?;
    let mut reply = Reply::progress();
    reply.body = line(&json!({ "status": image.id() }));
    Ok(Answer::Whole(reply))
}
