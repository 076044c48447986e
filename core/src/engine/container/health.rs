//! Health checks: when they run, how long they may take, what they make of a container.

use super::{ExecCreate, ExecStart, emit, exec_create, exec_start, schedule};
use crate::base::{Duration, ObjectId, Time};
use crate::kernel::Signal;
use crate::model::{ContainerConfig, Exec, Health, Healthcheck, Probe, World};
use std::collections::VecDeque;

/// Between checks, and what a check may take, where neither is set.
const DEFAULT: i64 = 30_000_000_000;
/// Between checks in the start period, where not set.
const START_INTERVAL: i64 = 5_000_000_000;
/// Failures in a row that make a container unhealthy, where not set.
const RETRIES: u32 = 3;
/// How many checks are remembered.
const REMEMBERED: usize = 5;
/// How much of a check's output is remembered, in bytes.
const OUTPUT: usize = 4096;

impl Health {
    /// The health of a container that has not been checked yet.
    pub fn starting() -> Self {
        Self { status: "starting".into(), failing_streak: 0, log: VecDeque::new(), next: None, running: None }
    }
}

/// True where a container has a check that runs.
pub(super) fn is_checked(config: &ContainerConfig) -> bool {
    config.healthcheck.as_ref().is_some_and(|h| h.test.first().is_some_and(|kind| kind != "NONE"))
}

/// A container's own settings over its image's check.
pub(super) fn merge(own: Option<Healthcheck>, image: Option<&Healthcheck>) -> Option<Healthcheck> {
    let (Some(mut own), Some(image)) = (own.clone(), image) else { return own.or_else(|| image.cloned()) };
    if own.test.is_empty() {
        own.test = image.test.clone();
    }
    let or = |own: i64, image: i64| if own == 0 { image } else { own };
    own.interval = or(own.interval, image.interval);
    own.timeout = or(own.timeout, image.timeout);
    own.start_period = or(own.start_period, image.start_period);
    own.start_interval = or(own.start_interval, image.start_interval);
    own.retries = or(own.retries, image.retries);
    Some(own)
}

fn or_default(n: i64, default: i64) -> Duration {
    Duration(if n > 0 { n } else { default })
}

/// The wait before the next check: the start interval while the start period lasts.
fn interval(check: &Healthcheck, since_start: Duration, status: &str) -> Duration {
    if status == "starting" && since_start < Duration(check.start_period) {
        or_default(check.start_interval, START_INTERVAL)
    } else {
        or_default(check.interval, DEFAULT)
    }
}

/// A container has started: its health starts over.
pub(super) fn begin(world: &mut World, id: ObjectId) {
    let now = world.now();
    if let Some(container) = world.container_mut(id)
        && is_checked(&container.config)
        && let Some(check) = container.config.healthcheck.clone()
    {
        let mut health = Health::starting();
        health.next = Some(now + interval(&check, Duration::ZERO, "starting"));
        container.health = Some(health);
    }
    schedule(world, id);
}

/// A container has ended: checks stop, and it counts as unhealthy (FACTS: seen on 29.7.2).
pub(super) fn end(world: &mut World, id: ObjectId) {
    if let Some(health) = world.container_mut(id).and_then(|c| c.health.as_mut()) {
        health.status = "unhealthy".into();
        health.next = None;
        health.running = None;
    }
}

/// A container has been unfrozen: checks go on, and their verdict stands until the next one.
pub(super) fn resume(world: &mut World, id: ObjectId) {
    let now = world.now();
    if let Some(container) = world.container_mut(id)
        && let Some(check) = container.config.healthcheck.clone()
        && let Some(health) = container.health.as_mut()
    {
        let since_start = now - container.started.unwrap_or(now);
        health.next = Some(now + interval(&check, since_start, &health.status));
    }
    schedule(world, id);
}

/// Begins a check that is due, or gives up one that takes too long.
pub(super) fn on_time(world: &mut World, id: ObjectId, now: Time) {
    let Some(container) = world.container(id) else { return };
    let Some(health) = &container.health else { return };
    if container.status != crate::model::Status::Running {
        return;
    }
    match health.running {
        Some((exec, given_up)) if given_up <= now => {
            let pid = world.exec(exec).and_then(|e| e.pid);
            if let Some(pid) = pid {
                let _it_may_be_ending = world.kernel.signal(pid, Signal::KILL);
            }
            let timeout = container_timeout(world, id);
            let printed = world.exec(exec).map(printed).unwrap_or_default();
            let text = format!(
                "Health check exceeded timeout ({}){}{printed}",
                crate::base::go_duration::format_duration(timeout),
                if printed.is_empty() { "" } else { ": " },
            );
            record(world, id, exec, -1, text);
        }
        None if health.next.is_some_and(|next| next <= now) => probe(world, id, now),
        _ => {}
    }
}

fn container_timeout(world: &World, id: ObjectId) -> Duration {
    let check = world.container(id).and_then(|c| c.config.healthcheck.as_ref());
    or_default(check.map_or(0, |c| c.timeout), DEFAULT)
}

fn probe(world: &mut World, id: ObjectId, now: Time) {
    let Some(container) = world.container(id) else { return };
    let Some(check) = container.config.healthcheck.clone() else { return };
    let argv = match check.test.split_first() {
        Some((kind, line)) if kind == "CMD-SHELL" => {
            let shell = container.config.shell.clone().unwrap_or_else(|| vec!["/bin/sh".into(), "-c".into()]);
            shell.into_iter().chain(line.iter().cloned()).collect()
        }
        Some((_, argv)) => argv.to_vec(),
        None => return,
    };
    let request = ExecCreate { argv, probe: true, ..ExecCreate::default() };
    let Ok(exec) = exec_create(world, id, request) else { return };
    if let Some(health) = world.container_mut(id).and_then(|c| c.health.as_mut()) {
        health.running = Some((exec, now + or_default(check.timeout, DEFAULT)));
        health.next = None;
    }
    match exec_start(world, exec) {
        Ok(ExecStart::Running) => schedule(world, id),
        Ok(ExecStart::Failed(error, _)) => record(world, id, exec, -1, error.message),
        Err(error) => record(world, id, exec, -1, error.message),
    }
}

/// A check has ended by itself.
pub(super) fn finish(world: &mut World, exec: ObjectId) {
    let Some(e) = world.exec(exec).filter(|e| e.probe) else { return };
    let (container, code) = (e.container, e.exit_code.unwrap_or(-1));
    let text = printed(e);
    record(world, container, exec, code, text);
}

/// The beginning of what a check has printed.
fn printed(exec: &Exec) -> String {
    let bytes: Vec<u8> = exec.output.iter().flat_map(|c| c.data.iter().copied()).take(OUTPUT).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn record(world: &mut World, id: ObjectId, exec: ObjectId, code: i32, output: String) {
    let now = world.now();
    let timeout = container_timeout(world, id);
    world.execs.remove(&exec);
    let Some(container) = world.container_mut(id) else { return };
    container.execs.retain(|e| *e != exec);
    let Some(check) = container.config.healthcheck.clone() else { return };
    let since_start = now - container.started.unwrap_or(now);
    let Some(health) = container.health.as_mut() else { return };
    let Some((running, given_up)) = health.running.take() else { return };
    if running != exec {
        health.running = Some((running, given_up));
        return;
    }
    let start = Time(given_up.0.saturating_sub(timeout.0));
    health.log.push_back(Probe { start, end: now, exit_code: code, output });
    while health.log.len() > REMEMBERED {
        health.log.pop_front();
    }
    let before = health.status.clone();
    if code == 0 {
        health.failing_streak = 0;
        health.status = "healthy".into();
    } else if before != "starting" || since_start >= Duration(check.start_period) {
        health.failing_streak += 1;
        let most = u32::try_from(check.retries).ok().filter(|n| *n > 0).unwrap_or(RETRIES);
        if health.failing_streak >= most {
            health.status = "unhealthy".into();
        }
    }
    health.next = Some(now + interval(&check, since_start, &health.status));
    let after = health.status.clone();
    if before != after {
        emit(world, id, &format!("health_status: {after}"), &[]);
    }
    schedule(world, id);
}
