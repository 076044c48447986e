//! What becomes of containers when the daemon stops, and when it is back.

use super::kill::{stop_signal, unfreeze};
use crate::base::{Duration, ObjectId};
use crate::model::{Status, Stopping, Transition, World, next};

/// The grace period of a container that names none, in seconds.
const GRACE: i64 = 10;

/// Ends all containers, as the daemon does that stops: politely first. Their restart policies wait until it is back.
pub(crate) fn shut_down(world: &mut World) {
    let all: Vec<ObjectId> = world.containers.keys().copied().collect();
    for id in all {
        let now = world.now();
        let Some(container) = world.container_mut(id) else { continue };
        if container.status == Status::Restarting {
            container.status = next(container.status, Transition::CancelRestart).unwrap_or(Status::Exited);
            container.restart_at = None;
            super::schedule(world, id);
            if let Some(outage) = &mut world.faults.outage {
                outage.again.push(id);
            }
            continue;
        }
        let Some(runtime) = container.runtime.clone() else { continue };
        let grace = Duration::secs(container.config.stop_timeout.unwrap_or(GRACE).max(0));
        container.stopping = Some(Stopping { deadline: Some(now + grace), restart: false });
        let signal = stop_signal(container);
        unfreeze(world, id);
        let _it_may_be_ending = world.kernel.signal(runtime.init, signal);
        super::schedule(world, id);
    }
}

/// Starts a container again where its restart policy says so; `waited` where it was about to be when the daemon
/// stopped.
pub(crate) fn revive(world: &mut World, id: ObjectId, waited: bool) {
    let Some(container) = world.container(id) else { return };
    if container.status.is_alive() {
        return;
    }
    let policy = &container.host.restart_policy;
    let again = match policy.name.as_str() {
        "always" => true,
        "unless-stopped" => !container.stopped_by_user,
        "on-failure" => {
            let most = policy.maximum_retry_count;
            waited || (container.exit_code != 0 && (most == 0 || i64::from(container.restart_count) < most))
        }
        _ => false,
    };
    if again {
        let _failures_are_recorded = super::start::start(world, id);
    }
}
