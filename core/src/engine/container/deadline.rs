//! What the daemon does by the clock: grace periods, restarts, health checks.

use super::emit;
use crate::base::{ObjectId, Time};
use crate::kernel::Signal;
use crate::model::{Container, Status, World};

/// When a container next needs the daemon.
fn due(container: &Container) -> Option<Time> {
    let stop = container.stopping.as_ref().and_then(|s| s.deadline);
    let health = container.health.as_ref().filter(|_| container.status == Status::Running).and_then(|h| {
        match &h.running {
            Some((_, given_up)) => Some(*given_up),
            None => h.next,
        }
    });
    [stop, container.restart_at, health].into_iter().flatten().min()
}

/// Notes when a container next needs the daemon. Call it after a change of anything that [`due`] reads.
pub fn schedule(world: &mut World, id: ObjectId) {
    let when = world.container(id).and_then(due);
    world.deadlines.set(id, when);
}

/// When the daemon next has something to do for a container.
pub fn next_deadline(world: &World) -> Option<Time> {
    world.deadlines.next()
}

/// Does what is due at `now`.
pub fn meet_deadlines(world: &mut World, now: Time) {
    for id in world.deadlines.take_due(now) {
        let Some(container) = world.container_mut(id) else { continue };
        if container.stopping.as_ref().is_some_and(|s| s.deadline.is_some_and(|d| d <= now)) {
            if let Some(stopping) = &mut container.stopping {
                stopping.deadline = None;
            }
            if let Some(init) = container.runtime.as_ref().map(|r| r.init) {
                let _it_may_be_ending = world.kernel.signal(init, Signal::KILL);
                emit(world, id, "kill", &[("signal", Signal::KILL.number().to_string())]);
            }
        } else if container.restart_at.is_some_and(|d| d <= now) {
            container.restart_at = None;
            container.restart_count += 1;
            let _failures_are_recorded = super::start::begin(world, id);
        }
        super::health::on_time(world, id, now);
        schedule(world, id);
    }
}
