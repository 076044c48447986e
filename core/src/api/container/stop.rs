//! Ends of containers: `stop`, `restart`, `kill`.

use super::named;
use crate::api::reply::done;
use crate::api::{Answer, Answered, Call, Later, Refusal};
use crate::engine::container::{self, Start, Stop};
use crate::model::World;

fn how(call: &Call<'_>) -> Result<Stop, Refusal> {
    let signal = call.query.some("signal").map(str::to_owned);
    Ok(Stop { timeout: call.query.number("t")?, signal })
}

/// `POST /containers/ID/stop`.
pub fn stop(world: &mut World, call: &Call<'_>) -> Answered {
    let how = how(call)?;
    let container = named(world, call)?;
    let (id, alive) = (container.id, container.runtime.is_some() || container.restart_at.is_some());
    if let Some(signal) = &how.signal {
        container::parse_signal(signal)?;
    }
    if !alive {
        return done(304);
    }
    container::stop(world, &id.to_string(), &how)?;
    Ok(Answer::Later(Later::Stop(id)))
}

/// `POST /containers/ID/restart`.
pub fn restart(world: &mut World, call: &Call<'_>) -> Answered {
    let how = how(call)?;
    let id = named(world, call)?.id;
    let cannot = |refusal: Refusal| Refusal {
        message: format!("Cannot restart container {}: {}", call.name(), refusal.message),
        ..refusal
    };
    match container::restart(world, &id.to_string(), &how).map_err(|e| cannot(e.into()))? {
        Start::Failed(error, _) => Err(cannot(error.into())),
        _ => Ok(Answer::Later(Later::Restart(id, call.name().to_owned()))),
    }
}

/// `POST /containers/ID/kill`.
pub fn kill(world: &mut World, call: &Call<'_>) -> Answered {
    container::kill(world, call.name(), call.query.get("signal"))?;
    done(204)
}
