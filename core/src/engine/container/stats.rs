//! `stats`: what a container uses of the machine. Processor time is what its processes have taken of the
//! simulated clock; memory is a model: so much for each process, and what lies on temporary filesystems.

use crate::base::{ObjectId, Time};
use crate::kernel::MEMORY_KB;
use crate::model::{Container, EngineError, World};

/// What a container used up to a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// When it was looked at.
    pub at: Time,
    /// Processor time, in microseconds, of the processes that live.
    pub cpu_micros: u64,
    /// Memory in bytes.
    pub memory: u64,
    /// How much memory it may take, in bytes; 0 for one that does not run.
    pub limit: u64,
    /// How many processes.
    pub pids: u64,
}

/// What a container uses now; nothing where it does not run.
///
/// # Errors
/// Not found.
pub fn usage(world: &World, id: ObjectId) -> Result<Usage, EngineError> {
    let container =
        world.container(id).ok_or_else(|| EngineError::not_found(format!("No such container: {id}")))?;
    let at = world.now();
    let Some(runtime) = &container.runtime else { return Ok(Usage { at, ..Usage::default() }) };
    let mut usage = Usage { at, limit: limit(container), ..Usage::default() };
    for process in world.kernel.processes_of(runtime.ns) {
        usage.cpu_micros = usage.cpu_micros.saturating_add(process.cpu_micros);
        usage.pids += 1;
    }
    usage.memory = world.kernel.memory_of(runtime.ns);
    Ok(usage)
}

/// The memory a container may take: its own limit, or the machine's memory.
fn limit(container: &Container) -> u64 {
    u64::try_from(container.host.memory).ok().filter(|m| *m > 0).unwrap_or(MEMORY_KB << 10)
}

/// The share of one processor that was used between two looks, in percent.
pub fn cpu_percent(before: &Usage, after: &Usage) -> f64 {
    let span = (after.at - before.at).0;
    if span <= 0 {
        return 0.0;
    }
    let used = after.cpu_micros.saturating_sub(before.cpu_micros) as f64 * 1000.0;
    used / span as f64 * 100.0
}
