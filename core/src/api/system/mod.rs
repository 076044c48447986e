//! Endpoints of the daemon as a whole.

pub mod df;
pub mod events;

use super::reply::{no_swarm, not_simulated, ok};
use super::{Answer, Answered, Call, Refusal, Reply, Version};
use crate::engine::registry::{self, Credentials};
use crate::engine::system;
use crate::model::World;
use serde::Deserialize;
use serde_json::json;

/// `GET` and `HEAD /_ping`.
pub fn ping(_: &mut World, call: &Call<'_>) -> Answered {
    let reply = Reply::empty(200)
        .header("Builder-Version", "2")
        .header("Cache-Control", "no-cache, no-store, must-revalidate")
        .header("Pragma", "no-cache")
        .header("Swarm", "inactive")
        .header("Content-Type", "text/plain; charset=utf-8");
    let body = if call.request.method == "HEAD" { vec![] } else { b"OK".to_vec() };
    Ok(Answer::Whole(Reply { body, ..reply }))
}

/// `GET /version`.
pub fn version(world: &mut World, _: &Call<'_>) -> Answered {
    ok(&system::version(world.release))
}

/// `GET /info`.
pub fn info(world: &mut World, call: &Call<'_>) -> Answered {
    let mut info = system::info(world);
    if call.version < Version(1, 49)
        && let Some(fields) = info.as_object_mut()
    {
        fields.shift_remove("FirewallBackend");
    }
    ok(&info)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Auth {
    username: String,
    password: String,
    serveraddress: String,
}

/// `POST /auth`.
pub fn auth(world: &mut World, call: &Call<'_>) -> Answered {
    let auth: Auth = call.json()?;
    let server = match auth.serveraddress.as_str() {
        "" | "docker.io" | "index.docker.io" | "https://index.docker.io/v1/" | "registry-1.docker.io" => {
            "https://index.docker.io/v1/"
        }
        other => {
            let host = other.trim_start_matches("https://").trim_start_matches("http://");
            host.split('/').next().unwrap_or(host)
        }
    };
    registry::login(world, server, &Credentials { user: auth.username, password: auth.password })?;
    ok(&json!({ "IdentityToken": "", "Status": "Login Succeeded" }))
}

/// `GET /plugins`: there are none.
pub fn plugins(_: &mut World, _: &Call<'_>) -> Answered {
    ok(&json!([]))
}

/// `GET /plugins/NAME/json`.
pub fn no_plugin(_: &mut World, call: &Call<'_>) -> Answered {
    Err(Refusal::not_found(format!("plugin {:?} not found", call.name())))
}

/// What only a manager of a swarm answers.
pub fn swarm(_: &mut World, _: &Call<'_>) -> Answered {
    Err(no_swarm())
}

/// `POST /swarm/leave`, where there is nothing to leave.
pub fn not_in_swarm(_: &mut World, _: &Call<'_>) -> Answered {
    Err(Refusal::new(503, "This node is not part of a swarm"))
}

/// What Docker has and Drydock does not simulate.
pub fn gap(world: &mut World, call: &Call<'_>) -> Answered {
    let whole = call.request.path();
    let path = super::version::split(&whole, world.release).map_or(whole.as_str(), |(_, path)| path);
    Err(not_simulated(&format!("the endpoint {} {path}", call.request.method)))
}
