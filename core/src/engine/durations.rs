//! How long the daemon takes for what clients ask of it. Only worlds whose time nobody feeds take it
//! ([`World::takes_time`]): scripts and transcripts, so that their events, logs and ages are those of a session that
//! somebody typed. At a prompt and in `serve` the clock on the wall tells.
//!
//! The figures are the spans between the events of a real engine, where it tells them (recorded with 29.7.2 on an idle
//! machine with two processors); the others are of its order of magnitude.

use crate::base::Duration;
use crate::model::{Operation, World};

/// How long one operation takes, before it shows.
pub(crate) fn of(operation: Operation) -> Duration {
    Duration::millis(match operation {
        // Recorded: `volume create` to `container create`, and from the end of one to the next (36 to 55 ms).
        Operation::Create => 45,
        // Recorded: `container create` to `container start`, most of it the network's (170 to 184 ms).
        Operation::Start | Operation::Restart => 175,
        // Recorded: `exec_start` to `exec_die` of `true` (46 to 64 ms).
        Operation::Exec => 50,
        // Recorded: `network create` to `volume create`.
        Operation::CreateVolume => 15,
        // Recorded: what `network connect` takes of a start.
        Operation::Connect | Operation::CreateNetwork => 135,
        // Recorded: what `network disconnect` takes of an end.
        Operation::Disconnect | Operation::RemoveNetwork | Operation::Stop | Operation::Kill => 88,
        Operation::Remove | Operation::RemoveImage | Operation::RemoveVolume | Operation::Prune => 40,
        Operation::Commit | Operation::Import | Operation::Load | Operation::Save | Operation::Export => 120,
        // The first answer of a registry; what the layers take comes on top.
        Operation::Pull | Operation::Push | Operation::Login | Operation::Search => 650,
        Operation::Pause
        | Operation::Unpause
        | Operation::CopyFrom
        | Operation::CopyTo
        | Operation::Build => 20,
        _ => 4,
    })
}

/// Lets time pass, where operations take time.
pub(crate) fn take(world: &mut World, span: Duration) {
    if world.takes_time {
        world.kernel.now += span;
    }
}

#[cfg(test)]
mod tests {
    use super::{of, take};
    use crate::base::{Duration, Time};
    use crate::engine::host::new_world;
    use crate::model::Operation;

    #[test]
    fn time_passes_only_where_nobody_feeds_it() {
        let mut world = new_world(7, Time(0), &[]);
        take(&mut world, of(Operation::Start));
        assert_eq!(world.now(), Time(0));
        world.takes_time = true;
        take(&mut world, of(Operation::Start));
        assert_eq!(world.now() - Time(0), Duration::millis(175));
        assert!(Operation::ALL.iter().all(|operation| of(*operation) > Duration::ZERO));
    }
}
