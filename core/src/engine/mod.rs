//! Floor 5: the daemon. Every verb of Docker as a function over [`World`], one file each, and the tick
//! that moves on what waits: exits, restarts, grace periods, health checks.
//!
//! An operation that returns an error has changed nothing; [`atomically`] holds that for those with
//! several steps.

pub mod build;
pub mod container;
pub(crate) mod door;
pub(crate) mod durations;
pub mod filter;
pub mod host;
pub mod image;
pub mod languages;
pub mod network;
pub mod packages;
pub mod registry;
pub mod services;
pub mod system;
pub mod volume;

use crate::base::Time;
use crate::kernel::Notice;
use crate::model::{EngineError, World};

/// Runs an operation of several steps; on an error the world is put back as it was.
///
/// # Errors
/// Those of the operation.
pub fn atomically<T>(
    world: &mut World,
    operation: impl FnOnce(&mut World) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    let before = world.clone();
    let result = operation(world);
    if result.is_err() {
        *world = before;
    }
    result
}

/// Moves the daemon on after a round of the scheduler or a jump of the clock: collects output, notices ends,
/// kills what outstayed its grace period, restarts what should be. Wakes waiting clients where anything
/// changed.
pub fn tick(world: &mut World) {
    let mut changed = false;
    loop {
        let built = build::advance(world);
        let notices = world.kernel.take_notices();
        let due = next_due(world).filter(|due| *due <= world.now());
        if notices.is_empty() && due.is_none() && !built {
            break;
        }
        changed = true;
        for notice in notices {
            match notice {
                Notice::OutOfMemory(ns) => container::handle_out_of_memory(world, ns),
                Notice::Output(owner) => container::collect_output(world, owner),
                Notice::Exited(pid, owner) => container::handle_exit(world, pid, owner),
            }
        }
        if let Some(due) = container::next_deadline(world).filter(|due| *due <= world.now()) {
            container::meet_deadlines(world, due);
        }
        container::meet_doom(world);
        system::come_back(world);
    }
    if changed {
        world.kernel.wake_daemon_waiters();
    }
}

/// When the daemon itself has something to do next.
pub fn next_deadline(world: &World) -> Option<Time> {
    next_due(world).into_iter().chain(build::next_deadline(world)).min()
}

fn next_due(world: &World) -> Option<Time> {
    let planned = [container::next_doom(world), system::next_return(world)];
    container::next_deadline(world).into_iter().chain(planned.into_iter().flatten()).min()
}
