//! What follows when a process of the daemon's ends: a container's first one, or an exec.

use super::{emit, output, schedule};
use crate::base::{Duration, ObjectId};
use crate::engine::{network, volume};
use crate::kernel::{Exit, NsId, Pid, Signal};
use crate::model::{Container, Status, Transition, World, next};

/// The first wait before a restart; it doubles up to [`LONGEST_WAIT`], as dockerd does.
const FIRST_WAIT: Duration = Duration::millis(100);
/// The longest wait before a restart.
const LONGEST_WAIT: Duration = Duration::secs(60);
/// A container that lived this long starts over with [`FIRST_WAIT`].
const LIVED: Duration = Duration::secs(10);

/// Reaps a process of a container or an exec and does what its end means.
pub fn handle_exit(world: &mut World, pid: Pid, owner: Option<ObjectId>) {
    let Some(id) = owner else { return };
    let Some(exit) = world.kernel.reap(pid) else { return };
    if world.container(id).is_some_and(|c| c.runtime.as_ref().is_some_and(|r| r.init == pid)) {
        end_container(world, id, exit);
    } else if world.exec(id).is_some_and(|e| e.exit_code.is_none()) {
        end_exec(world, id, exit);
    }
}

/// Notes that a process of a container was killed since memory ran out.
pub fn handle_out_of_memory(world: &mut World, ns: NsId) {
    let lives = |c: &Container| c.runtime.as_ref().is_some_and(|r| r.ns == ns);
    let Some(id) = world.containers.iter().find(|(_, c)| lives(c)).map(|(id, _)| *id) else { return };
    if let Some(container) = world.container_mut(id) {
        container.oom_killed = true;
    }
    emit(world, id, "oom", &[]);
}

fn end_exec(world: &mut World, id: ObjectId, exit: Exit) {
    output::collect_exec(world, id);
    let Some(exec) = world.exec_mut(id) else { return };
    exec.exit_code = Some(exit.status());
    let (container, pipe, sink, terminal) = (exec.container, exec.stdin.take(), exec.sink, exec.terminal);
    if let Some(pipe) = pipe {
        world.kernel.close_pipe_writer(pipe);
    }
    sink.into_iter().for_each(|s| world.kernel.remove_sink(s));
    terminal.into_iter().for_each(|t| world.kernel.remove_tty(t));
    super::health::finish(world, id);
    emit(
        world,
        container,
        "exec_die",
        &[("execID", id.to_string()), ("exitCode", exit.status().to_string())],
    );
}

/// Ends the execs that died with their container.
fn end_execs_of(world: &mut World, id: ObjectId) {
    let Some(container) = world.container(id) else { return };
    let running = container.execs.iter().filter_map(|id| world.exec(*id)).filter(|e| e.exit_code.is_none());
    let open: Vec<(ObjectId, Pid)> = running.filter_map(|e| e.pid.map(|pid| (e.id, pid))).collect();
    for (exec, pid) in open {
        let exit = world.kernel.reap(pid).unwrap_or(Exit::Signal(Signal::KILL));
        end_exec(world, exec, exit);
    }
}

fn end_container(world: &mut World, id: ObjectId, exit: Exit) {
    output::collect_container(world, id);
    end_execs_of(world, id);
    let now = world.now();
    network::detach(world, id);
    volume::unmount(world, id);
    release_kernel(world, id);
    let Some(container) = world.container_mut(id) else { return };
    let lived = now - container.started.unwrap_or(now);
    let stopping = container.stopping.take();
    let code = exit.status();
    container.exit_code = code;
    container.finished = Some(now);
    let again = wants_restart(container, code) && stopping.is_none();
    let by = if again { Transition::ExitToRestart } else { Transition::Exit };
    container.status = next(container.status, by).unwrap_or(Status::Exited);
    if again {
        container.quick_failures = if lived >= LIVED { 0 } else { container.quick_failures + 1 };
        let doublings = container.quick_failures.saturating_sub(1).min(16);
        let wait = Duration(FIRST_WAIT.0.saturating_mul(1 << doublings).min(LONGEST_WAIT.0));
        container.restart_at = Some(now + wait);
    }
    super::health::end(world, id);
    if stopping.is_some() {
        emit(world, id, "stop", &[]);
    }
    let seconds = lived.0 / 1_000_000_000;
    let extra = [("execDuration", seconds.to_string()), ("exitCode", code.to_string())];
    emit(world, id, "die", &extra);
    finish(world, id, stopping.is_some_and(|s| s.restart));
}

/// What a container that has ended does next: run again for `docker restart`, go away for `--rm`.
fn finish(world: &mut World, id: ObjectId, restart: bool) {
    let Some(container) = world.container(id) else { return };
    let auto_remove = container.host.auto_remove;
    if restart {
        if let Ok(super::Start::Running) = super::start::start(world, id) {
            emit(world, id, "restart", &[]);
        }
    } else if auto_remove {
        let remove = super::Remove { force: true, volumes: true, link: false };
        let _it_has_ended = super::remove(world, id, remove);
    } else {
        schedule(world, id);
    }
}

fn wants_restart(container: &Container, code: i32) -> bool {
    if container.stopped_by_user {
        return false;
    }
    let policy = &container.host.restart_policy;
    match policy.name.as_str() {
        "always" | "unless-stopped" => true,
        "on-failure" => {
            let most = policy.maximum_retry_count;
            code != 0 && (most == 0 || i64::from(container.restart_count) < most)
        }
        _ => false,
    }
}

/// Gives back what a run held of the kernel.
fn release_kernel(world: &mut World, id: ObjectId) {
    let Some(runtime) = world.container_mut(id).and_then(|c| c.runtime.take()) else { return };
    let kernel = &mut world.kernel;
    if let Some(pipe) = runtime.stdin {
        kernel.close_pipe_writer(pipe);
    }
    runtime.sink.into_iter().for_each(|s| kernel.remove_sink(s));
    runtime.tty.into_iter().for_each(|t| kernel.remove_tty(t));
    for fs in runtime.tmpfs {
        kernel.remove_fs(fs);
    }
    kernel.remove_namespace(runtime.ns);
    let shared = kernel.pid_space(runtime.pids).is_some_and(|space| !space.members.is_empty());
    if !shared {
        kernel.remove_pid_space(runtime.pids);
    }
}
