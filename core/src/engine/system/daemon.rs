//! The daemon stops and comes back: what becomes of its clients, of containers, and of what it only had in mind.
//!
//! As dockerd does it: a stop sends every container its stop signal and kills it after its grace period, unless the
//! daemon is set to `live-restore`. When it is back it starts again what the restart policies say: with `always` even
//! what a user had stopped, with `unless-stopped` what no user had stopped, with `on-failure` what had failed. Its
//! memory of events is empty then.

use crate::base::{Duration, ObjectId, Time};
use crate::engine::{build, container};
use crate::kernel::{Code, Pid};
use crate::model::{Outage, World};

/// The program that clients become whose connection has broken.
pub const LOST: &str = "docker lost connection";

/// Stops the daemon. It is back after `down`, or when somebody starts it; not before its containers have ended.
pub fn stop_daemon(world: &mut World, down: Option<Duration>, live_restore: bool) {
    let until = down.map(|down| world.now() + down);
    if let Some(outage) = &mut world.faults.outage {
        outage.until = until;
        return;
    }
    world.faults.outage = Some(Outage { until, live_restore, missed: false, again: Vec::new() });
    let builds: Vec<u64> = world.builds.keys().copied().collect();
    builds.into_iter().for_each(|number| build::cancel(world, number));
    let clients = |code: &Code| matches!(code, Code::State(name, _) if name.starts_with("docker "));
    let cut: Vec<Pid> = world.kernel.processes().filter(|p| clients(&p.program)).map(|p| p.pid).collect();
    for pid in cut {
        world.kernel.become_program(pid, LOST);
    }
    if !live_restore {
        container::shut_down(world);
    }
}

/// Starts the daemon again, where it is gone.
pub fn start_daemon(world: &mut World) {
    let Some(outage) = world.faults.outage.take() else { return };
    world.events = imbl::Vector::new();
    let listed: Vec<ObjectId> = world.names.values().copied().collect();
    for id in listed {
        container::revive(world, id, outage.again.contains(&id));
    }
    world.kernel.wake_daemon_waiters();
}

/// When the daemon comes back by itself.
pub(in crate::engine) fn next_return(world: &World) -> Option<Time> {
    let outage = world.faults.outage.as_ref()?;
    let ended = outage.live_restore || world.containers.values().all(|c| !c.status.is_alive());
    outage.until.filter(|_| ended)
}

/// Brings the daemon back where its time has come.
pub(in crate::engine) fn come_back(world: &mut World) {
    if next_return(world).is_some_and(|when| when <= world.now()) {
        start_daemon(world);
    }
}
