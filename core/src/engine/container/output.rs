//! Collecting what containers and execs print.

use crate::base::ObjectId;
use crate::kernel::Chunk;
use crate::model::World;
use std::sync::Arc;

/// How much of one container's output is remembered, in bytes; the oldest goes first.
const MOST: usize = 64 << 20;

/// Takes new output of a container or an exec into its record.
pub fn collect_output(world: &mut World, owner: ObjectId) {
    if world.containers.contains_key(&owner) {
        collect_container(world, owner);
    } else {
        collect_exec(world, owner);
    }
}

/// Takes new output of one container into its record.
pub(super) fn collect_container(world: &mut World, id: ObjectId) {
    let Some(runtime) = world.container(id).and_then(|c| c.runtime.as_ref()) else { return };
    let (sink, tty) = (runtime.sink, runtime.tty);
    let chunks = match (sink, tty) {
        (Some(sink), _) => world.kernel.take_sink(sink),
        (_, Some(tty)) => world.kernel.take_tty_output(tty),
        _ => vec![],
    };
    if chunks.is_empty() {
        return;
    }
    if let Some(container) = world.container_mut(id) {
        container.output.extend(chunks.into_iter().map(Arc::new));
        trim(&mut container.output, &mut container.output_at_start);
    }
}

/// Takes new output of one exec into its record.
pub(super) fn collect_exec(world: &mut World, id: ObjectId) {
    let Some(exec) = world.exec(id) else { return };
    let chunks = match (exec.sink, exec.terminal) {
        (Some(sink), _) => world.kernel.take_sink(sink),
        (_, Some(tty)) => world.kernel.take_tty_output(tty),
        _ => vec![],
    };
    if !chunks.is_empty()
        && let Some(exec) = world.exec_mut(id)
    {
        exec.output.extend(chunks.into_iter().map(Arc::new));
    }
}

fn trim(output: &mut imbl::Vector<Arc<Chunk>>, start: &mut usize) {
    let mut total: usize = output.iter().rev().take(4096).map(|c| c.data.len()).sum();
    while total > MOST {
        let Some(oldest) = output.pop_front() else { break };
        total = total.saturating_sub(oldest.data.len());
        *start = start.saturating_sub(1);
    }
}
