//! `POST /images/NAME/push`.

use super::{credentials, failure, progress, tagged};
use crate::api::reply::line;
use crate::api::{Answer, Answered, Call, Reply};
use crate::engine::image;
use crate::engine::registry;
use crate::model::World;
use serde_json::json;

/// Pushes an image, or all tags of a repository.
pub fn push(world: &mut World, call: &Call<'_>) -> Answered {
    let name = tagged(call.name(), call.query.get("tag"))?;
    let who = credentials(call);
    let all = name.is_name_only();
    let names = if all { registry::tags_here(world, &name) } else { vec![name.clone()] };
    let mut reply = Reply::progress();
    reply.body = line(&json!({ "status": registry::heading(&name) }));
    if names.is_empty() {
        let why = format!("An image does not exist locally with the tag: {}", name.familiar_name());
        reply.body.extend(line(&failure(&why)));
    }
    for name in &names {
        match registry::push(world, name, who.as_ref()) {
            Ok(pushed) => {
                reply.body.extend(pushed.progress.iter().flat_map(|l| line(&progress(l))));
                if let Ok(found) = image::find(&world.images, &name.canonical()) {
                    let target = &found.image.target;
                    let aux = json!({
                        "Tag": name.tag().unwrap_or_default(),
                        "Digest": target.digest,
                        "Size": target.size,
                    });
                    reply.body.extend(line(&json!({ "progressDetail": {}, "aux": aux })));
                }
            }
            Err(error) => {
                reply.body.extend(line(&failure(&error.message)));
                break;
            }
        }
    }
    Ok(Answer::Whole(reply))
}
