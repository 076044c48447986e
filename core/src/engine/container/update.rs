//! `update`: other limits and another restart policy for a container that exists.

use super::{emit, find, limits, start};
use crate::base::ObjectId;
use crate::model::{Container, EngineError, HostConfig, RestartPolicy, Status, World};

/// What changes; zero and empty values leave a setting as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Update {
    /// The new limits, in the fields of a host configuration.
    pub limits: HostConfig,
    /// The new restart policy.
    pub restart_policy: Option<RestartPolicy>,
}

/// Changes a container's limits.
///
/// # Errors
/// Not found; invalid or conflict for values that do not fit.
pub fn update(world: &mut World, reference: &str, request: &Update) -> Result<Vec<String>, EngineError> {
    let mut asked = request.limits.clone();
    let mut warnings = vec![];
    limits::check_resources(&mut asked, &mut warnings, true)?;
    if let Some(policy) = &request.restart_policy {
        limits::check_restart(policy)?;
    }
    let id = find(world, reference)?;
    let Some(container) = world.container(id) else { return Ok(warnings) };
    let merged = merge(container, &asked, request.restart_policy.as_ref())
        .map_err(|e| EngineError { message: format!("Cannot update container {id}: {}", e.message), ..e })?;
    apply(world, id, merged);
    emit(world, id, "update", &[]);
    Ok(warnings)
}

fn apply(world: &mut World, id: ObjectId, host: HostConfig) {
    let Some(container) = world.container_mut(id) else { return };
    *container.host = host;
    let limits = start::limits(container);
    if let Some(ns) = container.runtime.as_ref().map(|r| r.ns)
        && let Some(namespace) = world.kernel.namespace_mut(ns)
    {
        namespace.limits = limits;
    }
}

fn merge(
    container: &Container,
    asked: &HostConfig,
    policy: Option<&RestartPolicy>,
) -> Result<HostConfig, EngineError> {
    let mut host = HostConfig::clone(&container.host);
    if matches!(container.status, Status::Removing | Status::Dead) {
        return Err(EngineError::conflict("Container is marked for removal and cannot be \"update\"."));
    }
    if host.nano_cpus > 0 && (asked.cpu_period > 0 || asked.cpu_quota > 0) {
        let what = if asked.cpu_period > 0 { "CPU Period" } else { "CPU Quota" };
        return Err(EngineError::conflict(format!(
            "Conflicting options: {what} cannot be updated as NanoCPUs has already been set"
        )));
    }
    if asked.nano_cpus > 0 && (host.cpu_period > 0 || host.cpu_quota > 0) {
        let what = if host.cpu_quota > 0 { "CPU Quota" } else { "CPU Period" };
        return Err(EngineError::conflict(format!(
            "Conflicting options: Nano CPUs cannot be updated as {what} has already been set"
        )));
    }
    if asked.memory > host.memory_swap && host.memory_swap > 0 && asked.memory_swap == 0 {
        return Err(EngineError::conflict(
            "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time",
        ));
    }
    for (new, old) in [
        (asked.cpu_shares, &mut host.cpu_shares),
        (asked.cpu_period, &mut host.cpu_period),
        (asked.cpu_quota, &mut host.cpu_quota),
        (asked.realtime.period, &mut host.realtime.period),
        (asked.realtime.runtime, &mut host.realtime.runtime),
        (asked.nano_cpus, &mut host.nano_cpus),
        (asked.memory, &mut host.memory),
        (asked.memory_swap, &mut host.memory_swap),
        (asked.memory_reservation, &mut host.memory_reservation),
    ] {
        if new != 0 {
            *old = new;
        }
    }
    for (new, old) in
        [(&asked.cpuset_cpus, &mut host.cpuset_cpus), (&asked.cpuset_mems, &mut host.cpuset_mems)]
    {
        if !new.is_empty() {
            old.clone_from(new);
        }
    }
    if asked.blkio_weight != 0 {
        host.blkio_weight = asked.blkio_weight;
    }
    if asked.pids_limit.is_some() {
        host.pids_limit = asked.pids_limit;
    }
    if let Some(policy) = policy {
        if host.auto_remove && !matches!(policy.name.as_str(), "" | "no") {
            return Err(EngineError::conflict(
                "Restart policy cannot be updated because AutoRemove is enabled for the container",
            ));
        }
        host.restart_policy = policy.clone();
    }
    Ok(host)
}
