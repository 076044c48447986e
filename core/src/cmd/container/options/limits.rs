//! Limits, devices and the restart policy.

use crate::base::units::ram_in_bytes;
use crate::grammar::{Invocation, read_csv};
use crate::model::{HostConfig, RestartPolicy};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The limits that `run`, `create` and `update` share.
pub fn resources(call: &Invocation, host: &mut HostConfig) {
    host.blkio_weight = u16::try_from(call.int("blkio-weight")).unwrap_or(0);
    host.cpu_period = call.int("cpu-period");
    host.cpu_quota = call.int("cpu-quota");
    host.realtime.period = call.int("cpu-rt-period");
    host.realtime.runtime = call.int("cpu-rt-runtime");
    host.cpu_shares = call.int("cpu-shares");
    host.nano_cpus = call.nano_cpus("cpus").unwrap_or(0);
    host.cpuset_cpus = call.str("cpuset-cpus").to_string();
    host.cpuset_mems = call.str("cpuset-mems").to_string();
    host.memory = call.bytes("memory").unwrap_or(0);
    host.memory_reservation = call.bytes("memory-reservation").unwrap_or(0);
    host.memory_swap = call.bytes("memory-swap").unwrap_or(0);
    host.pids_limit = call.changed("pids-limit").then(|| call.int("pids-limit"));
}

/// The limits that only a new container takes: devices, block input and output, `ulimit`.
///
/// # Errors
/// The client's words for a device that is malformed or a swappiness that is out of range.
pub fn devices(call: &Invocation, host: &mut HostConfig) -> Result<(), String> {
    let swappiness = call.int("memory-swappiness");
    if swappiness != -1 && !(0..=100).contains(&swappiness) {
        return Err(format!("invalid value: {swappiness}. Valid memory swappiness range is 0-100"));
    }
    host.memory_swappiness = (swappiness != -1).then_some(swappiness);
    host.oom_kill_disable = call.bool("oom-kill-disable");
    host.oom_score_adj = call.int("oom-score-adj");
    host.devices = call.list("device").iter().map(|text| device(text)).collect::<Result<_, _>>()?;
    let rules = call.list("device-cgroup-rule");
    host.device_cgroup_rules = (!rules.is_empty()).then_some(rules);
    host.blkio_weight_device = pairs(&call.list("blkio-weight-device"), "Weight", false);
    host.blkio_device_read_bps = pairs(&call.list("device-read-bps"), "Rate", true);
    host.blkio_device_write_bps = pairs(&call.list("device-write-bps"), "Rate", true);
    host.blkio_device_read_iops = pairs(&call.list("device-read-iops"), "Rate", false);
    host.blkio_device_write_iops = pairs(&call.list("device-write-iops"), "Rate", false);
    let limits = call.ulimits();
    host.ulimits =
        limits.iter().map(|l| json!({ "Name": l.name, "Hard": l.hard, "Soft": l.soft })).collect();
    host.device_requests = call.get("gpus").map(|text| vec![gpus(text)]);
    Ok(())
}

/// Reads `SOURCE[:TARGET][:rwm]`.
fn device(text: &str) -> Result<Value, String> {
    let is_mode = |part: &str| !part.is_empty() && part.bytes().all(|b| b"rwm".contains(&b));
    let parts: Vec<&str> = text.split(':').collect();
    let (source, target, mode) = match parts.as_slice() {
        [source] => (*source, *source, "rwm"),
        [source, mode] if is_mode(mode) => (*source, *source, *mode),
        [source, target] => (*source, *target, "rwm"),
        [source, target, mode] if is_mode(mode) => (*source, *target, *mode),
        [_, _, mode] => return Err(format!("bad mode specified: {mode}")),
        _ => return Err(format!("invalid device specification: {text}")),
    };
    if !source.starts_with('/') || !target.starts_with('/') {
        let wrong = if source.starts_with('/') { target } else { source };
        return Err(format!("{wrong} is not an absolute path"));
    }
    Ok(json!({ "PathOnHost": source, "PathInContainer": target, "CgroupPermissions": mode }))
}

/// Reads values such as `/dev/sda:1mb`, which the grammar has checked.
fn pairs(list: &[String], key: &str, bytes: bool) -> Vec<Value> {
    let read = |text: &String| {
        let (path, rest) = text.split_once(':')?;
        let number = if bytes { ram_in_bytes(rest).ok()? } else { rest.parse().ok()? };
        Some(json!({ "Path": path, key: number }))
    };
    list.iter().filter_map(read).collect()
}

/// Reads a value of `--gpus`, which the grammar has checked.
fn gpus(text: &str) -> Value {
    let mut count = 0;
    let (mut driver, mut devices) = (String::new(), Value::Null);
    let mut capabilities = vec!["gpu".to_string()];
    for field in read_csv(text).unwrap_or_default() {
        let (key, value) = field.split_once('=').unwrap_or(("count", &field));
        match key {
            "count" => count = if value == "all" { -1 } else { value.parse().unwrap_or(0) },
            "driver" => driver = value.to_string(),
            "device" => devices = json!(value.split(',').collect::<Vec<_>>()),
            "capabilities" => capabilities.extend(value.split(',').map(str::to_string)),
            _ => {}
        }
    }
    if count == 0 && devices.is_null() {
        count = 1;
    }
    let options: BTreeMap<String, String> = BTreeMap::new();
    json!({
        "Driver": driver, "Count": count, "DeviceIDs": devices,
        "Capabilities": [capabilities], "Options": options,
    })
}

/// Reads `--restart`.
///
/// # Errors
/// The client's words for a malformed one; which policies there are is the daemon's business.
pub fn restart_policy(text: &str) -> Result<RestartPolicy, String> {
    let Some((name, count)) = text.split_once(':') else {
        return Ok(RestartPolicy { name: text.to_string(), maximum_retry_count: 0 });
    };
    if name.is_empty() {
        return Err("invalid restart policy format: no policy provided before colon".to_string());
    }
    let maximum_retry_count = count.parse().map_err(|_| {
        "invalid restart policy format: maximum retry count must be an integer".to_string()
    })?;
    Ok(RestartPolicy { name: name.to_string(), maximum_retry_count })
}
