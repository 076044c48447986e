//! What the daemon checks of a configuration before it makes a container.

use crate::model::{EngineError, HostConfig};

/// The least memory a container may be limited to, in bytes.
const LEAST_MEMORY: i64 = 6 << 20;

/// Checks limits and policies and fills in what follows from them.
///
/// # Errors
/// Invalid, in Docker's words.
pub(super) fn check(mut host: HostConfig) -> Result<(HostConfig, Vec<String>), EngineError> {
    let mut warnings = vec![];
    check_memory(&mut host, &mut warnings)?;
    check_restart(&host)?;
    if host.auto_remove && !matches!(host.restart_policy.name.as_str(), "" | "no") {
        return Err(EngineError::invalid("can't create 'AutoRemove' container with restart policy"));
    }
    Ok((host, warnings))
}

/// Memory and swap.
pub(super) fn check_memory(host: &mut HostConfig, _warnings: &mut Vec<String>) -> Result<(), EngineError> {
    if host.memory != 0 && host.memory < LEAST_MEMORY {
        return Err(EngineError::invalid("Minimum memory limit allowed is 6MB"));
    }
    if host.memory_swap > 0 && host.memory == 0 {
        return Err(EngineError::invalid(
            "You should always set the Memory limit when using Memoryswap limit, see usage",
        ));
    }
    if host.memory > 0 && host.memory_swap > 0 && host.memory_swap < host.memory {
        return Err(EngineError::invalid(
            "Minimum memoryswap limit should be larger than memory limit, see usage",
        ));
    }
    if host.memory > 0 && host.memory_reservation > host.memory {
        return Err(EngineError::invalid(
            "Minimum memory limit can not be less than memory reservation limit, see usage",
        ));
    }
    if host.memory > 0 && host.memory_swap == 0 {
        host.memory_swap = host.memory.saturating_mul(2);
    }
    Ok(())
}

/// The restart policy.
pub(super) fn check_restart(host: &HostConfig) -> Result<(), EngineError> {
    let policy = &host.restart_policy;
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
