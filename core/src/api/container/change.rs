//! Small changes to a container: `pause`, `unpause`, `rename`, `update`, `resize`.

use super::named;
use crate::api::reply::{done, ok};
use crate::api::{Answered, Call, Refusal};
use crate::engine::container::{self, Update};
use crate::model::{HostConfig, RestartPolicy, World};
use serde_json::{Value, json};

/// `POST /containers/ID/pause`.
pub fn pause(world: &mut World, call: &Call<'_>) -> Answered {
    container::pause(world, call.name())?;
    done(204)
}

/// `POST /containers/ID/unpause`.
pub fn unpause(world: &mut World, call: &Call<'_>) -> Answered {
    container::unpause(world, call.name())?;
    done(204)
}

/// `POST /containers/ID/rename`.
pub fn rename(world: &mut World, call: &Call<'_>) -> Answered {
    container::rename(world, call.name(), call.query.get("name"))?;
    done(204)
}

/// `POST /containers/ID/update`.
pub fn update(world: &mut World, call: &Call<'_>) -> Answered {
    let mut body = call.value()?;
    let policy = body.as_object_mut().and_then(|fields| fields.shift_remove("RestartPolicy"));
    let restart_policy: Option<RestartPolicy> = match policy {
        Some(Value::Null) | None => None,
        Some(policy) => Some(crate::api::body::of(policy)?),
    };
    let restart_policy = restart_policy.filter(|policy| !policy.name.is_empty());
    let limits: HostConfig = crate::api::body::of(body)?;
    let warnings = container::update(world, call.name(), &Update { limits, restart_policy })?;
    ok(&json!({ "Warnings": warnings }))
}

/// The size that `resize` asks for: rows and columns.
pub fn size(call: &Call<'_>) -> Result<(u16, u16), Refusal> {
    let side = |name: &str| -> Result<u16, Refusal> {
        let wrong = || Refusal::invalid(format!("invalid resize {name}"));
        u16::try_from(call.query.number(name)?.ok_or_else(wrong)?).map_err(|_| wrong())
    };
    Ok((side("h")?, side("w")?))
}

/// `POST /containers/ID/resize`.
pub fn resize(world: &mut World, call: &Call<'_>) -> Answered {
    let size = size(call)?;
    let container = named(world, call)?;
    let Some(runtime) = &container.runtime else { return Err(container::not_running(container).into()) };
    let (id, tty) = (container.id, runtime.tty);
    if let Some(tty) = tty.and_then(|tty| world.kernel.tty_mut(tty)) {
        tty.size = size;
    }
    let extra = [("height", size.0.to_string()), ("width", size.1.to_string())];
    container::emit(world, id, "resize", &extra);
    done(200)
}
