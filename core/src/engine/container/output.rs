//! Collecting what containers and execs print.

use crate::base::ObjectId;
use crate::model::{Container, World};
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
        container.output_bytes += chunks.iter().map(|c| c.data.len()).sum::<usize>();
        container.output.extend(chunks.into_iter().map(Arc::new));
        trim(container);
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

/// Drops the oldest output where there is too much.
fn trim(container: &mut Container) {
    while container.output_bytes > MOST && container.output.len() > 1 {
        let Some(oldest) = container.output.pop_front() else { break };
        container.output_bytes = container.output_bytes.saturating_sub(oldest.data.len());
        container.output_dropped += 1;
    }
}
