//! `POST /containers/ID/start`.

use super::named;
use crate::api::reply::done;
use crate::api::{Answered, Call, Refusal};
use crate::engine::container::{self, Start};
use crate::model::World;

/// Starts a container.
pub fn start(world: &mut World, call: &Call<'_>) -> Answered {
    let id = named(world, call)?.id;
    match container::start(world, id)? {
        Start::Running => done(204),
        Start::Already => done(304),
        Start::Failed(error, code) => {
            container::discard(world, id);
            let refusal = Refusal::from(error);
            Err(if matches!(code, 126 | 127) { Refusal { status: 400, ..refusal } } else { refusal })
        }
    }
}
