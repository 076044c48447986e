//! The options that `run` and `create` share, made into what the daemon is asked for. What the client itself
//! refuses is refused here, in the order in which Docker's client looks at its options.

mod environment;
mod limits;
mod mounts;
mod network;
mod ports;

pub use environment::environment;
pub use limits::{resources, restart_policy};
pub use mounts::absolute;

use crate::base::Gather;
use crate::engine::container::Create;
use crate::grammar::Invocation;
use crate::kernel::Sys;
use crate::model::{ContainerConfig, Healthcheck, HostConfig, LogConfig};
use std::collections::BTreeMap;

/// Reads the options of `run` or `create`; the arguments are image and command.
///
/// # Errors
/// What the client itself refuses.
pub fn request(sys: &mut Sys<'_>, call: &Invocation) -> Result<Create, String> {
    let mut config = config(call);
    let mut host = host(sys, call)?;
    let mac = call.str("mac-address");
    if !mac.is_empty() && !network::is_mac(mac) {
        return Err(format!("{mac} is not a valid mac address"));
    }
    limits::devices(call, &mut host)?;
    config.volumes = mounts::mounts(call, &sys.cwd(), &mut host)?;
    (config.exposed_ports, host.port_bindings) = ports::ports(call)?;
    host.publish_all_ports = call.bool("publish-all");
    config.env = environment(sys, call).map_err(|e| format!("--env-file: {e}"))?;
    config.labels = environment::labels(sys, call)
        .map_err(|e| format!("--label-file: {}", e.replacen("invalid env file", "invalid label file", 1)))?;
    modes(call, &mut host)?;
    host.restart_policy = restart_policy(call.str("restart"))?;
    host.log_config = logging(call)?;
    security(sys, call, &mut host)?;
    config.healthcheck = healthcheck(call)?;
    let (mode, endpoints) = network::networks(call)?;
    if host.auto_remove && !matches!(host.restart_policy.name.as_str(), "" | "no") {
        return Err("conflicting options: cannot specify both --restart and --rm".to_string());
    }
    if network::is_user_defined(&mode) {
        host.links = None;
    }
    host.network_mode = mode;
    let name = call.get("name").filter(|n| !n.is_empty()).map(str::to_string);
    let platform = call.get("platform").filter(|p| !p.is_empty()).map(str::to_string);
    platform.iter().try_for_each(|p| check_platform(p))?;
    Ok(Create { name, config, host, endpoints, platform })
}

fn config(call: &Invocation) -> ContainerConfig {
    let text = |flag: &str| call.str(flag).to_string();
    let streams: Vec<String> = call.list("attach").iter().map(|s| s.to_lowercase()).collect();
    let has = |name: &str| streams.iter().any(|s| s == name);
    let all = streams.is_empty();
    let open_stdin = call.bool("interactive");
    ContainerConfig {
        hostname: text("hostname"),
        domainname: text("domainname"),
        user: text("user"),
        attach_stdin: has("stdin") || open_stdin,
        attach_stdout: all || has("stdout"),
        attach_stderr: all || has("stderr"),
        tty: call.bool("tty"),
        open_stdin,
        stdin_once: open_stdin,
        cmd: (call.args.len() > 1).then(|| call.args.iter().skip(1).cloned().collect()),
        image: call.arg(0).to_string(),
        working_dir: text("workdir"),
        entrypoint: call.get("entrypoint").map(|e| vec![e.to_string()]),
        stop_signal: call.get("stop-signal").filter(|s| !s.is_empty()).map(str::to_string),
        stop_timeout: call.changed("stop-timeout").then(|| call.int("stop-timeout")),
        ..ContainerConfig::default()
    }
}

fn host(sys: &Sys<'_>, call: &Invocation) -> Result<HostConfig, String> {
    let mut host = HostConfig::default();
    let list = |flag: &str| Some(call.list(flag)).filter(|l| !l.is_empty());
    resources(call, &mut host);
    host.container_id_file = call.str("cidfile").to_string();
    host.auto_remove = call.bool("rm");
    if call.bool("tty")
        && let Some((rows, columns)) = sys.tty_size(1)
    {
        host.console_size = [u32::from(rows), u32::from(columns)];
    }
    let annotations: BTreeMap<String, String> = call.pairs("annotation").into_iter().gather();
    host.annotations = (!annotations.is_empty()).then_some(annotations);
    host.cap_add = list("cap-add");
    host.cap_drop = list("cap-drop");
    host.dns = list("dns");
    host.dns_options = call.list("dns-option");
    host.dns_search = call.list("dns-search");
    host.extra_hosts = list("add-host").map(|all| all.iter().map(|h| extra_host(h)).collect());
    host.group_add = list("group-add");
    host.links = list("link");
    host.privileged = call.bool("privileged");
    host.readonly_rootfs = call.bool("read-only");
    host.cgroup_parent = call.str("cgroup-parent").to_string();
    host.isolation = call.str("isolation").to_string();
    let sysctls: BTreeMap<String, String> = call.pairs("sysctl").into_iter().gather();
    host.sysctls = (!sysctls.is_empty()).then_some(sysctls);
    host.init = call.changed("init").then(|| call.bool("init"));
    if let Some(runtime) = call.get("runtime").filter(|r| !r.is_empty()) {
        host.runtime = runtime.to_string();
    }
    if let Some(size) = call.bytes("shm-size").filter(|n| *n > 0) {
        host.shm_size = size;
    }
    let mut storage = BTreeMap::new();
    for text in call.list("storage-opt") {
        let (key, value) = text.split_once('=').ok_or("invalid storage option")?;
        storage.insert(key.to_string(), value.to_string());
    }
    host.storage_opt = (!storage.is_empty()).then_some(storage);
    Ok(host)
}

/// `name=address` and `name:[address]` as the daemon takes them.
fn extra_host(text: &str) -> String {
    let (name, address) = text.split_once('=').or_else(|| text.split_once(':')).unwrap_or((text, ""));
    let bare = address.strip_prefix('[').and_then(|a| a.strip_suffix(']')).unwrap_or(address);
    format!("{name}:{bare}")
}

/// The namespaces that may be shared.
fn modes(call: &Invocation, host: &mut HostConfig) -> Result<(), String> {
    let (pid, uts) = (call.str("pid"), call.str("uts"));
    let (userns, cgroupns) = (call.str("userns"), call.str("cgroupns"));
    let is_container = |text: &str| text.strip_prefix("container:").is_some_and(|name| !name.is_empty());
    if !matches!(pid, "" | "host") && !is_container(pid) {
        return Err("--pid: invalid PID mode".to_string());
    }
    if !matches!(uts, "" | "host") {
        return Err("--uts: invalid UTS mode".to_string());
    }
    if !matches!(userns, "" | "host") {
        return Err("--userns: invalid USER mode".to_string());
    }
    if !matches!(cgroupns, "" | "host" | "private") {
        return Err("--cgroupns: invalid CGROUP mode".to_string());
    }
    host.pid_mode = pid.to_string();
    host.uts_mode = uts.to_string();
    host.userns_mode = userns.to_string();
    if !cgroupns.is_empty() {
        host.cgroupns_mode = cgroupns.to_string();
    }
    if !call.str("ipc").is_empty() {
        host.ipc_mode = call.str("ipc").to_string();
    }
    Ok(())
}

fn logging(call: &Invocation) -> Result<LogConfig, String> {
    let driver = call.str("log-driver");
    let options: BTreeMap<String, String> = call.pairs("log-opt").into_iter().gather();
    if driver == "none" && !options.is_empty() {
        return Err("invalid logging opts for driver none".to_string());
    }
    let kind = if driver.is_empty() { LogConfig::default().kind } else { driver.to_string() };
    Ok(LogConfig { kind, config: options })
}

fn security(sys: &mut Sys<'_>, call: &Invocation, host: &mut HostConfig) -> Result<(), String> {
    let mut options = Vec::new();
    for text in call.list("security-opt") {
        let text = match (text.split_once('='), text.split_once(':')) {
            (None, Some((key, value))) => format!("{key}={value}"),
            (None, None) if text != "no-new-privileges" => {
                return Err(format!("invalid --security-opt: {}", crate::base::go_text::quote(&text)));
            }
            _ => text,
        };
        match text.split_once('=') {
            Some(("seccomp", profile)) if !matches!(profile, "unconfined" | "builtin") => {
                let profile = environment::read_text(sys, profile)
                    .map_err(|e| format!("opening seccomp profile ({profile}) failed: {e}"))?;
                options.push(format!("seccomp={profile}"));
            }
            Some(("systempaths", "unconfined")) => {
                host.masked_paths = Some(vec![]);
                host.readonly_paths = Some(vec![]);
            }
            _ => options.push(text),
        }
    }
    host.security_opt = (!options.is_empty()).then_some(options);
    Ok(())
}

fn healthcheck(call: &Invocation) -> Result<Option<Healthcheck>, String> {
    let spans = ["health-interval", "health-timeout", "health-start-period", "health-start-interval"];
    let command = call.str("health-cmd");
    let any = !command.is_empty() || call.int("health-retries") != 0 || spans.iter().any(|s| call.changed(s));
    if call.bool("no-healthcheck") {
        if any {
            return Err("--no-healthcheck conflicts with --health-* options".to_string());
        }
        return Ok(Some(Healthcheck { test: vec!["NONE".into()], ..Healthcheck::default() }));
    }
    if !any {
        return Ok(None);
    }
    let span = |flag: &str| match call.duration(flag).map_or(0, |d| d.0) {
        n if n < 0 => Err(format!("--{flag} cannot be negative")),
        n => Ok(n),
    };
    let interval = span("health-interval")?;
    let timeout = span("health-timeout")?;
    if call.int("health-retries") < 0 {
        return Err("--health-retries cannot be negative".to_string());
    }
    let test = match command {
        "" => vec![],
        line => vec!["CMD-SHELL".to_string(), line.to_string()],
    };
    Ok(Some(Healthcheck {
        test,
        interval,
        timeout,
        start_period: span("health-start-period")?,
        start_interval: span("health-start-interval")?,
        retries: call.int("health-retries"),
    }))
}

/// Checks the form of `--platform`, `os[/arch[/variant]]`.
fn check_platform(text: &str) -> Result<(), String> {
    let fits = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
    };
    let quote = crate::base::go_text::quote;
    for part in text.splitn(4, '/') {
        if !fits(part) {
            return Err(format!(
                "{} is an invalid component of {}: platform specifier component must match \
                 \"^[A-Za-z0-9_.-]+$\": invalid argument",
                quote(part),
                quote(text)
            ));
        }
    }
    let known = [
        "linux", "windows", "darwin", "freebsd", "amd64", "x86_64", "arm64", "aarch64", "arm", "386", "ppc64le",
        "s390x", "riscv64", "mips64le",
    ];
    match text.split('/').count() {
        1 if !known.contains(&text) => {
            Err(format!("{}: unknown operating system or architecture: invalid argument", quote(text)))
        }
        1..=3 => Ok(()),
        _ => Err(format!("{}: cannot parse platform specifier: invalid argument", quote(text))),
    }
}
