//! Images as archives: `GET /images/get`, `/images/NAME/get` and `POST /images/load`.

use super::failure;
use crate::api::reply::{line, not_simulated};
use crate::api::{Answer, Answered, Call, Reply};
use crate::engine::image::{load as load_images, matches_platform, save};
use crate::model::World;
use serde_json::{Value, json};

/// Saves one image.
pub fn get(world: &mut World, call: &Call<'_>) -> Answered {
    saved(world, call, &[call.name().to_owned()])
}

/// Saves several images.
pub fn get_all(world: &mut World, call: &Call<'_>) -> Answered {
    let names: Vec<String> = call.query.all("names");
    let names: Vec<String> = names.iter().flat_map(|n| n.split(',')).map(str::to_owned).collect();
    saved(world, call, &names)
}

fn saved(world: &mut World, call: &Call<'_>, names: &[String]) -> Answered {
    for platform in call.query.all("platform") {
        let value: Value = serde_json::from_str(&platform).unwrap_or_default();
        let part = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let wanted = format!("{}/{}", part("os"), part("architecture"));
        for name in names {
            let found = crate::engine::image::find(&world.images, name)?;
            if !matches_platform(&found.image, &wanted) {
                return Err(not_simulated(&format!("saving an image for the platform {wanted}")));
            }
        }
    }
    Ok(Answer::Whole(Reply::bytes("application/x-tar", save(world, names)?)))
}

/// Loads images.
pub fn load(world: &mut World, call: &Call<'_>) -> Answered {
    let mut reply = Reply::progress();
    match load_images(world, &call.request.body) {
        Ok(loaded) => {
            for image in loaded {
                let text = match image.name {
                    Some(name) => format!("Loaded image: {}\n", name.familiar()),
                    None => format!("Loaded image ID: {}\n", image.id),
                };
                reply.body.extend(line(&json!({ "stream": text })));
            }
        }
        Err(error) => reply.body = line(&failure(&error.message)),
    }
    Ok(Answer::Whole(reply))
}
