//! What the daemon checks of a new container's configuration, beside its limits.

use super::{kill::parse_signal, logs};
use crate::engine::network;
use crate::kernel::CAPABILITIES;
use crate::model::{ContainerConfig, EngineError, Healthcheck, HostConfig};

/// The capabilities that a container has where nothing else is asked for.
const DEFAULT_CAPABILITIES: [&str; 14] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Checks a configuration.
///
/// # Errors
/// Invalid, in Docker's words; not implemented for what Drydock has not.
pub(super) fn check(config: &ContainerConfig, host: &HostConfig) -> Result<(), EngineError> {
    check_config(config)?;
    check_host(host)?;
    network::check_mode(config, host)
}

fn check_config(config: &ContainerConfig) -> Result<(), EngineError> {
    let dir = &config.working_dir;
    if !dir.is_empty() && !dir.starts_with('/') {
        return Err(EngineError::invalid(format!(
            "the working directory '{dir}' is invalid, it needs to be an absolute path"
        )));
    }
    if let Some(wrong) = config.env.iter().find(|e| e.is_empty() || e.starts_with('=')) {
        return Err(EngineError::invalid(format!("invalid environment variable: {wrong}")));
    }
    if let Some(signal) = config.stop_signal.as_deref().filter(|s| !s.is_empty()) {
        parse_signal(signal)?;
    }
    config.healthcheck.as_ref().map_or(Ok(()), check_health)
}

fn check_health(check: &Healthcheck) -> Result<(), EngineError> {
    const LEAST: i64 = 1_000_000;
    for (span, name) in [
        (check.interval, "Interval"),
        (check.timeout, "Timeout"),
        (check.start_period, "StartPeriod"),
        (check.start_interval, "StartInterval"),
    ] {
        if span != 0 && span < LEAST {
            return Err(EngineError::invalid(format!("{name} in Healthcheck cannot be less than 1ms")));
        }
    }
    if check.retries < 0 {
        return Err(EngineError::invalid("Retries in Healthcheck cannot be negative"));
    }
    Ok(())
}

fn check_host(host: &HostConfig) -> Result<(), EngineError> {
    let invalid = |why: String| Err(EngineError::invalid(why));
    if !matches!(host.isolation.as_str(), "" | "default") {
        return invalid(format!("invalid isolation ({}): linux only supports 'default'", host.isolation));
    }
    let ipc = host.ipc_mode.as_str();
    let shared = ipc.strip_prefix("container:").is_some_and(|name| !name.is_empty());
    if !matches!(ipc, "" | "none" | "private" | "shareable" | "host") && !shared {
        return invalid(format!("invalid IPC mode: {ipc}"));
    }
    if !matches!(host.runtime.as_str(), "" | "runc" | "io.containerd.runc.v2") {
        return invalid(format!("unknown or invalid runtime name: {}", host.runtime));
    }
    check_capabilities("CapAdd", host.cap_add.as_deref())?;
    check_capabilities("CapDrop", host.cap_drop.as_deref())?;
    host.security_opt.iter().flatten().try_for_each(|text| check_security(text))?;
    host.tmpfs.iter().flatten().try_for_each(|(_, options)| check_tmpfs(options))?;
    if host.storage_opt.is_some() {
        return Err(EngineError::not_simulated("limiting a container's writable layer (--storage-opt)"));
    }
    logs::check(&host.log_config)
}

fn check_capabilities(field: &str, names: Option<&[String]>) -> Result<(), EngineError> {
    for name in names.unwrap_or_default() {
        let bare = bare_capability(name);
        if bare != "ALL" && !CAPABILITIES.contains(&bare.as_str()) {
            return Err(EngineError::invalid(format!("invalid {field}: unknown capability: \"CAP_{bare}\"")));
        }
    }
    Ok(())
}

fn bare_capability(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    upper.strip_prefix("CAP_").map_or(upper.clone(), str::to_string)
}

/// The capabilities of a container's processes, without `CAP_`; an empty name where there are none, since
/// an empty list means all of them.
pub(super) fn capabilities(host: &HostConfig) -> Vec<String> {
    let list = |names: &Option<Vec<String>>| -> Vec<String> {
        names.iter().flatten().map(|n| bare_capability(n)).collect()
    };
    let (add, drop) = (list(&host.cap_add), list(&host.cap_drop));
    let every = |names: &[String]| names.iter().any(|n| n == "ALL");
    let granted = |name: &str| {
        let named = |names: &[String]| names.iter().any(|n| n == name);
        if host.privileged || named(&add) || (every(&add) && !named(&drop)) {
            return true;
        }
        DEFAULT_CAPABILITIES.contains(&name) && !named(&drop) && !every(&drop)
    };
    let all: Vec<String> =
        CAPABILITIES.iter().filter(|name| granted(name)).map(|name| (*name).to_string()).collect();
    if all.is_empty() { vec![String::new()] } else { all }
}

/// True where a security option asks for this: `no-new-privileges` (with or without a value of truth), or a
/// seccomp profile of this name.
pub(super) fn has_security(host: &HostConfig, what: &str) -> bool {
    host.security_opt.iter().flatten().any(|text| match text.split_once('=') {
        None => text == what,
        Some(("seccomp", profile)) => profile == what,
        Some((key, value)) => key == what && matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True"),
    })
}

fn check_security(text: &str) -> Result<(), EngineError> {
    if text == "no-new-privileges" {
        return Ok(());
    }
    let quoted = crate::base::go_text::quote(text);
    let Some((key, value)) = text.split_once('=') else {
        return Err(EngineError::invalid(format!("invalid --security-opt 1: {quoted}")));
    };
    match key {
        "label" | "apparmor" | "seccomp" => Ok(()),
        "no-new-privileges" | "writable-cgroups" => match value {
            "true" | "false" | "1" | "0" | "t" | "f" | "T" | "F" | "TRUE" | "FALSE" | "True" | "False" => {
                Ok(())
            }
            _ => Err(EngineError::invalid(format!("invalid --security-opt 2: {quoted}"))),
        },
        _ => Err(EngineError::invalid(format!("invalid --security-opt 2: {quoted}"))),
    }
}

fn check_tmpfs(options: &str) -> Result<(), EngineError> {
    const FLAGS: [&str; 34] = [
        "defaults",
        "ro",
        "rw",
        "suid",
        "nosuid",
        "dev",
        "nodev",
        "exec",
        "noexec",
        "sync",
        "async",
        "dirsync",
        "remount",
        "mand",
        "nomand",
        "atime",
        "noatime",
        "diratime",
        "nodiratime",
        "bind",
        "rbind",
        "unbindable",
        "runbindable",
        "private",
        "rprivate",
        "shared",
        "rshared",
        "slave",
        "rslave",
        "relatime",
        "norelatime",
        "strictatime",
        "nostrictatime",
        "",
    ];
    const KEYS: [&str; 4] = ["mode", "uid", "gid", "size"];
    const GAPS: [&str; 3] = ["nr_inodes", "nr_blocks", "mpol"];
    for option in options.split(',') {
        let key = option.split('=').next().unwrap_or_default();
        if GAPS.contains(&key) {
            return Err(EngineError::not_simulated(&format!("the tmpfs option {key}")));
        }
        let fits = match option.split_once('=') {
            Some((key, _)) => KEYS.contains(&key),
            None => FLAGS.contains(&option),
        };
        if !fits {
            let quoted = crate::base::go_text::quote(option);
            return Err(EngineError::invalid(format!("invalid tmpfs option {quoted}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_added_and_dropped() {
        let with = |add: &[&str], drop: &[&str]| {
            let list = |names: &[&str]| Some(names.iter().map(|n| (*n).to_string()).collect());
            capabilities(&HostConfig { cap_add: list(add), cap_drop: list(drop), ..HostConfig::default() })
        };
        assert_eq!(with(&["cap_net_admin"], &["ALL"]), ["NET_ADMIN"]);
        assert_eq!(with(&["ALL"], &["CHOWN"]).len(), CAPABILITIES.len() - 1);
        assert_eq!(with(&[], &["CHOWN"]).len(), DEFAULT_CAPABILITIES.len() - 1);
    }
}
