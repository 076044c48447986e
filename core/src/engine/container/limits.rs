//! What the daemon checks of a configuration before it makes a container.

use crate::model::{EngineError, HostConfig, RestartPolicy};

/// The least memory a container may be limited to, in bytes.
const LEAST_MEMORY: i64 = 6 << 20;
/// How many processors the host has.
const PROCESSORS: i64 = 2;

/// Checks limits and policies and fills in what follows from them.
///
/// # Errors
/// Invalid, in Docker's words.
pub(super) fn check(mut host: HostConfig) -> Result<(HostConfig, Vec<String>), EngineError> {
    let mut warnings = vec![];
    check_resources(&mut host, &mut warnings, false)?;
    check_restart(&host.restart_policy)?;
    if host.auto_remove && !matches!(host.restart_policy.name.as_str(), "" | "no") {
        return Err(EngineError::invalid("can't create 'AutoRemove' container with restart policy"));
    }
    Ok((host, warnings))
}

/// Memory, processors, block devices and process numbers; `update` is set where a container exists already.
///
/// # Errors
/// Invalid, in Docker's words.
pub(super) fn check_resources(
    host: &mut HostConfig,
    warnings: &mut Vec<String>,
    update: bool,
) -> Result<(), EngineError> {
    check_memory(host, update)?;
    if host.oom_kill_disable && host.memory == 0 && !update {
        warnings.push(
            "OOM killer is disabled for the container, but no memory limit is set, this can result in the system \
             running out of resources."
                .to_string(),
        );
    }
    check_cpu(host)?;
    if host.pids_limit == Some(0) {
        host.pids_limit = None;
    }
    if host.blkio_weight != 0 && !(10..=1000).contains(&host.blkio_weight) {
        return Err(EngineError::invalid("Range of blkio weight is from 10 to 1000"));
    }
    if !(-1000..=1000).contains(&host.oom_score_adj) {
        return Err(EngineError::invalid(format!(
            "Invalid value {}, range for oom score adj is [-1000, 1000]",
            host.oom_score_adj
        )));
    }
    Ok(())
}

fn check_memory(host: &mut HostConfig, update: bool) -> Result<(), EngineError> {
    let refuse = |why: &str| Err(EngineError::invalid(why));
    if host.memory != 0 && host.memory < LEAST_MEMORY {
        return refuse("Minimum memory limit allowed is 6MB");
    }
    if host.memory > 0 && host.memory_swap > 0 && host.memory_swap < host.memory {
        return refuse("Minimum memoryswap limit should be larger than memory limit, see usage");
    }
    if host.memory == 0 && host.memory_swap > 0 && !update {
        return refuse("You should always set the Memory limit when using Memoryswap limit, see usage");
    }
    if host.memory_reservation > 0 && host.memory_reservation < LEAST_MEMORY {
        return refuse("Minimum memory reservation allowed is 6MB");
    }
    if host.memory > 0 && host.memory_reservation > host.memory {
        return refuse("Minimum memory limit can not be less than memory reservation limit, see usage");
    }
    if host.memory > 0 && host.memory_swap == 0 && !update {
        host.memory_swap = host.memory.saturating_mul(2);
    }
    Ok(())
}

fn check_cpu(host: &HostConfig) -> Result<(), EngineError> {
    let refuse = |why: String| Err(EngineError::invalid(why));
    let conflict = |why: &str| Err(EngineError::invalid(format!("Conflicting options: {why}")));
    if host.nano_cpus > 0 && host.cpu_period > 0 {
        return conflict("Nano CPUs and CPU Period cannot both be set");
    }
    if host.nano_cpus > 0 && host.cpu_quota > 0 {
        return conflict("Nano CPUs and CPU Quota cannot both be set");
    }
    if host.nano_cpus < 0 || host.nano_cpus > PROCESSORS * 1_000_000_000 {
        return refuse(format!(
            "range of CPUs is from 0.01 to {PROCESSORS}.00, as there are only {PROCESSORS} CPUs available"
        ));
    }
    // A period is 100 ms: less than this would be under the kernel's quota of 1 ms.
    if host.nano_cpus > 0 && host.nano_cpus < 10_000_000 {
        return refuse(format!(
            "range of CPUs is from 0.01 to {PROCESSORS}.00, as there are only {PROCESSORS} CPUs available"
        ));
    }
    if host.cpu_shares < 0 {
        return refuse(format!("invalid CPU shares ({}): value must be a positive integer", host.cpu_shares));
    }
    if host.cpu_period != 0 && !(1000..=1_000_000).contains(&host.cpu_period) {
        return refuse(
            "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)".into(),
        );
    }
    if host.cpu_quota > 0 && host.cpu_quota < 1000 {
        return refuse("CPU cfs quota can not be less than 1ms (i.e. 1000)".into());
    }
    for (text, what, last) in [(&host.cpuset_cpus, "cpus", PROCESSORS - 1), (&host.cpuset_mems, "mems", 0)] {
        check_set(text, what, last)?;
    }
    Ok(())
}

/// A set such as `0-2,3` of which every member must exist.
fn check_set(text: &str, what: &str, last: i64) -> Result<(), EngineError> {
    for part in text.split(',').filter(|p| !p.is_empty()) {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        let (Ok(low), Ok(high)) = (low.parse::<u32>(), high.parse::<u32>()) else {
            return Err(EngineError::invalid(format!(
                "Invalid value {text} for cpuset {what}: invalid format: {text}"
            )));
        };
        if i64::from(low.max(high)) > last {
            let (name, all) =
                if what == "cpus" { ("CPUs", format!("0-{last}")) } else { ("memory nodes", "0".into()) };
            return Err(EngineError::invalid(format!(
                "Requested {name} are not available - requested {text}, available: {all}"
            )));
        }
    }
    Ok(())
}

/// The restart policy.
pub(super) fn check_restart(policy: &RestartPolicy) -> Result<(), EngineError> {
    match policy.name.as_str() {
        "on-failure" if policy.maximum_retry_count < 0 => {
            Err(EngineError::invalid("invalid restart policy: maximum retry count cannot be negative"))
        }
        "on-failure" => Ok(()),
        "" | "no" | "always" | "unless-stopped" if policy.maximum_retry_count != 0 => {
            Err(EngineError::invalid(
                "invalid restart policy: maximum retry count can only be used with 'on-failure'",
            ))
        }
        "" | "no" | "always" | "unless-stopped" => Ok(()),
        other => Err(EngineError::invalid(format!(
            "invalid restart policy: unknown policy '{other}'; use one of 'no', 'always', 'on-failure', or \
             'unless-stopped'"
        ))),
    }
}
